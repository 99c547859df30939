"""``ece_trust_relationship``: another ECE that the platform knows, by its CA."""
