"""``ece_deployment_trust_external``: which deployments of another ECE a deployment trusts."""
