"""Measurements as ratios in one run; never tests."""
