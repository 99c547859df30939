"""Traffic filter rule sets and what they are associated with."""
