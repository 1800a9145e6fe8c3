"""Times to an event: curves, comparisons and models."""
