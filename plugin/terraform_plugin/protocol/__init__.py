"""The wire: gRPC over mutual TLS, messages, and their translation to and from Python values."""
