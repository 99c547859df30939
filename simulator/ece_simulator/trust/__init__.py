"""Trust: what a deployment's trust settings may say, and whom its nodes accept because of them."""
