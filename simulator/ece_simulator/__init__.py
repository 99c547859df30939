"""Simulator of Elastic Cloud Enterprise."""
