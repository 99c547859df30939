"""``ece_default_trust``: whom deployments trust that are created later."""
