"""Terraform's plugin protocol, version 6, in Python."""
