"""Terraform resources of Elastic Cloud Enterprise as raw constructs, generated."""
