"""Pooled CR rate, time to CR, recurrence after CR; evidence table, figures and report."""
