"""Distribution functions from densities on equally spaced nodes, to the accuracy of the trapezoid rule.

A density that has died out at both ends of its nodes is a sum of sinc functions for all practical purposes,
and the integral of a sinc is the sine integral. Stenger 1993, doi 10.1007/978-1-4612-2706-9.
"""

from __future__ import annotations

import numpy as np

from synthesize.proportions.counts import Floats


def cumulative(at: Floats, nodes: Floats, step: Floats, mass: Floats) -> Floats:
    """Return P(X ≤ at) for X with `mass` (…, m) = density × step at `nodes` (…, m); `at` broadcasts to (…)."""
    from scipy.special import sici

    sine_integral = sici(np.pi * (at[..., None] - nodes) / step[..., None])[0]
    return np.asarray(np.sum(mass * (0.5 + sine_integral / np.pi), axis=-1))


def roughness(mass: Floats) -> Floats:
    """Return how much the even and the odd nodes disagree, a bound for the error of `cumulative`."""
    return np.abs(mass[..., ::2].sum(axis=-1) - mass[..., 1::2].sum(axis=-1))
