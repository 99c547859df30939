"""Deployments and their resources."""
