"""A small PubMed of synthetic records on loopback, and every way in which the real one has been seen to fail."""
