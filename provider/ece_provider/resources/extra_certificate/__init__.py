"""``ece_extra_certificate``: a certificate chain that the platform keeps beside those of its services."""
