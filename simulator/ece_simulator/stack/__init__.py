"""Stack versions an installation offers."""
