"""Sums of smooth functions over 0, 1, …, m − 1 with few terms, exact to rounding, for m up to millions.

The beta–binomial likelihood is made of Σ log(a + jγ) over j < m. Written with gamma functions the sums cancel
badly for small γ; written out they take m terms. Here the integers beyond `EXACT` are cut into blocks
[L, 2L), and each is replaced by the ten-point Gauss rule for sums over equally spaced integers (discrete
Chebyshev polynomials; Gautschi 2004, Orthogonal Polynomials, section 1.5.2). log(a + jγ) has its singularity
at j ≤ 0, at least one block's length away, so the rule's error is about 5.8^-20.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from synthesize.proportions.counts import Floats

EXACT = 16
POINTS = 10


@lru_cache(maxsize=4096)
def sum_rule(m: int) -> tuple[Floats, Floats]:
    """Return nodes j and weights w with Σ_{j<m} f(j) = Σ w·f(j), for `m` ≥ 0."""
    nodes, weights = [np.arange(min(m, EXACT), dtype=float)], [np.ones(min(m, EXACT))]
    low = EXACT
    while low < m:
        high = min(2 * low, m)
        node, weight = _gauss(high - low)
        nodes.append(low + node)
        weights.append(weight)
        low = high
    return np.concatenate(nodes), np.concatenate(weights)


def _gauss(count: int) -> tuple[Floats, Floats]:
    """Return the Gauss rule for the sum over 0 … count − 1; all the integers where they are few."""
    if count <= POINTS:
        return np.arange(count, dtype=float), np.ones(count)
    degree = np.arange(1, POINTS, dtype=float)
    beside = np.sqrt(degree**2 * (float(count) ** 2 - degree**2) / (4 * (4 * degree**2 - 1)))
    jacobi = np.diag(np.full(POINTS, (count - 1) / 2.0)) + np.diag(beside, 1) + np.diag(beside, -1)
    nodes, axes = np.linalg.eigh(jacobi)
    return nodes, count * axes[0] ** 2


def sum_rules(m: Floats) -> tuple[Floats, Floats]:
    """Return nodes and weights of shape m.shape + (q,), padded with weight 0."""
    rules = [sum_rule(int(value)) for value in m.ravel()]
    longest = max((len(node) for node, _ in rules), default=0)
    nodes, weights = np.zeros((len(rules), longest)), np.zeros((len(rules), longest))
    for row, (node, weight) in enumerate(rules):
        nodes[row, : len(node)], weights[row, : len(node)] = node, weight
    return nodes.reshape(*m.shape, longest), weights.reshape(*m.shape, longest)
