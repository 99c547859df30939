"""Facts about the installation."""
