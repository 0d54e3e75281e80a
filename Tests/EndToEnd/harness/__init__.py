"""What the end-to-end tests share: a real issuer, a real processor, and clients for both."""
