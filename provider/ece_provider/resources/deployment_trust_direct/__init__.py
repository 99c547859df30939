"""``ece_deployment_trust_direct``: trust of a deployment in the holders of certificates of a CA."""
