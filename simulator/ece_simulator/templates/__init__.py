"""Deployment templates and the instance configurations they use."""
