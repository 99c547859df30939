"""Certificates of the platform."""
