"""The matrix: ten routes, two security models, each from configuration to an answered search across the connection."""
