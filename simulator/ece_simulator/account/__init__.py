"""The one account of an installation."""
