"""A self-managed cluster: a home folder with real files, and the tools that work on them."""
