#!/bin/sh
# Puts the key of remote cluster central into the keystore of this node. The key
# itself is only in secrets/central (mode 0600): take that file to the node by a safe way.
set -eu
/usr/share/elasticsearch/bin/elasticsearch-keystore add --force --stdin cluster.remote.central.credentials < secrets/central
