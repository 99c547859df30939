"""What self-managed and ECK clusters have in common: nodes that are made of settings and files."""
