"""``ece_platform_certificate``: the certificate chain that a service of the platform shows."""
