"""ECE deployments, traffic filters and their environment as CDK constructs."""
