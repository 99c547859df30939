"""Tests of what is handed over for a connection."""
