"""``ece_remote_cluster``: what the local cluster is told about a remote one, and whether they are connected."""
