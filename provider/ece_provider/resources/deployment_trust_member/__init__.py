"""``ece_deployment_trust_member``: one cluster in a list of trust that several states share."""
