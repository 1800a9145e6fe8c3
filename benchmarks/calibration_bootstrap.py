"""The likelihood-ratio interval calibrated by simulation: what a parametric bootstrap would buy.

In a few cells only, because each data set costs two hundred others. The log-likelihood ratio at the true rate is held
against χ², against its own distribution at the truth and the best spread there (simulated), and, divided by its
simulated mean, against χ² again (Bartlett's correction by simulation).
"""

from __future__ import annotations

import numpy as np

from benchmarks.calibration_candidates import ratio_at
from benchmarks.calibration_rates import LEVEL, draw, expit
from benchmarks.calibration_tally import Cell, Row, generator
from synthesize.proportions.glmm import identifiable
from synthesize.proportions.normal import chi2_quantile

CELLS: tuple[Cell, ...] = (
    {"median_rate": 0.03, "tau": 0.0, "k": 3}, {"median_rate": 0.03, "tau": 0.5, "k": 3},
    {"median_rate": 0.03, "tau": 1.0, "k": 3}, {"median_rate": 0.008, "tau": 1.0, "k": 4},
    {"median_rate": 0.03, "tau": 1.0, "k": 4}, {"median_rate": 0.003, "tau": 1.0, "k": 6},
    {"median_rate": 0.03, "tau": 0.5, "k": 6}, {"median_rate": 0.003, "tau": 0.5, "k": 10},
    {"median_rate": 0.008, "tau": 0.5, "k": 10},
)  # fmt: skip
RESAMPLES = 199
SHARE = 5
"""Each data set costs two hundred others, so a fifth of the replicates is drawn."""


def simulate(cell: Cell, replicates: int) -> list[Row]:
    """Return how often tests at the 5 % level keep the true rate: χ², simulated distribution, simulated mean."""
    x, n, beta = draw(cell, max(1, replicates // SHARE))
    drawn, numbers = len(x), generator({**cell, "resamples": RESAMPLES})
    good = identifiable(x, n)
    x, n = x[good], n[good]
    ratio, spread = ratio_at(x, n, beta)
    exceeded, mean = np.empty(len(x)), np.empty(len(x))
    for place in range(len(x)):
        logit = beta + spread[place] * numbers.standard_normal((RESAMPLES, x.shape[1]))
        again = numbers.binomial(n[place].astype(int), expit(logit)).astype(float)
        totals = np.broadcast_to(n[place], again.shape)
        again = again[identifiable(again, totals)]
        simulated, _ = ratio_at(again, totals[: len(again)], beta)
        exceeded[place] = (1 + np.sum(simulated >= ratio[place])) / (1 + len(again))
        mean[place] = simulated.mean()
    quantile = chi2_quantile(LEVEL)
    kept = {"chi2": ratio <= quantile, "bootstrap": exceeded > 1 - LEVEL, "bartlett": ratio / mean <= quantile}
    common = {"data_sets": drawn, "refused": round(1 - len(x) / drawn, 5)}
    return [{"method": name, "truth": "median", **common, "coverage": round(float(one.mean()), 5)}
            for name, one in kept.items()]  # fmt: skip
