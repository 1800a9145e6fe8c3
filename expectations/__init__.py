"""The data-quality suites that must pass before any analysis."""
