"""An Elasticsearch cluster run by Elastic Cloud on Kubernetes: manifests, what the operator makes of them, kubectl."""
