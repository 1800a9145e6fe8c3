"""PubMed: search, fetch, parse and screen what is published."""
