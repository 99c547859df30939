"""A provider that keeps its objects as JSON files in a folder; the conformance suite drives it with real Terraform."""
