"""References that people already hold, from the files their programs write."""
