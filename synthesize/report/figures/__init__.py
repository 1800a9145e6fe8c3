"""Figures for a paper: forest plot, cumulative complete remission, Kaplan–Meier; the same bytes every time."""
