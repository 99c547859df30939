"""Remote clusters as ECE manages them: the certificate model within one installation."""
