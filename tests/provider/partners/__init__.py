"""Keys and connections with partners outside of ECE."""
