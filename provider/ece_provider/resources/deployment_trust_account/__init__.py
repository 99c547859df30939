"""``ece_deployment_trust_account``: which deployments of the same installation a deployment trusts."""
