#!/bin/sh
# Makes certificates signed by elastic-stack-ca.p12, on the one node that holds this CA and its
# key; a password of the CA is asked for.
set -eu
umask 027
cd /usr/share/elasticsearch
rm -f /etc/elasticsearch/remote-clusters/onprem/nodes.zip
bin/elasticsearch-certutil cert --silent --pem --ca elastic-stack-ca.p12 --in /etc/elasticsearch/remote-clusters/onprem/instances.yaml --out /etc/elasticsearch/remote-clusters/onprem/nodes.zip
unzip -o -q /etc/elasticsearch/remote-clusters/onprem/nodes.zip -d /etc/elasticsearch/remote-clusters/onprem
