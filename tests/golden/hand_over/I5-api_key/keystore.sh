#!/bin/sh
# Makes the Secret that ECK puts into the keystore of shop.
# The key itself is only in secrets/central, mode 0600 and without a line break.
set -eu
kubectl -n elastic create secret generic central-remote-key \
  --from-file=cluster.remote.central.credentials=secrets/central \
  --dry-run=client -o yaml | kubectl -n elastic apply -f -
