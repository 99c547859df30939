"""Plans: the work a write leaves behind."""
