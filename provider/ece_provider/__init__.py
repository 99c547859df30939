"""Terraform provider for Elastic Cloud Enterprise."""
