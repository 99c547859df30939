"""Client of the Elastic Cloud Enterprise REST API."""
