"""``ece_cross_cluster_api_key``: the key that a remote cluster gives out, and its secret in the local keystore."""
