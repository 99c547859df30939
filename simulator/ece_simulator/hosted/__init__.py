"""Elastic Cloud Hosted: an organisation with regions, and only what its users may call."""
