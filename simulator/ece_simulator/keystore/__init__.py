"""The Elasticsearch keystore of a deployment."""
