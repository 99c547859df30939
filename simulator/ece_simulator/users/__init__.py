"""Users, sessions and API keys of one installation."""
