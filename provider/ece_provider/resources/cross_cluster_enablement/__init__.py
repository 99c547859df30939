"""``ece_cross_cluster_enablement``: Enable CCR, for deployments made before ECE 2.9.0."""
