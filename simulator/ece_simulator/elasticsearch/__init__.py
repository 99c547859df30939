"""The Elasticsearch part of a deployment: what remote clusters need of it, and nothing of ECE."""
