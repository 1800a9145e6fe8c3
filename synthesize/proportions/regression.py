"""Does the rate change with a number known of each study? GLMM meta-regression with one covariate."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from synthesize.estimate import Result
from synthesize.proportions.counts import studies
from synthesize.proportions.glmm import fit_many
from synthesize.proportions.glmm_design import fit_design
from synthesize.proportions.glmm_estimates import against_random_effects
from synthesize.proportions.normal import chi2_tail, t_quantile

METHOD = "glmm_regression"
METHODS = {METHOD: "odds ratio per unit of a covariate, same model, t(k − 2), from 10 studies (with --moderator)"}
FEWEST = 10
FLAT = 50.0
"""A standard error per standard deviation of the covariate that only a likelihood without a maximum has."""
LARGEST = 600.0
"""Log odds ratio up to which the odds ratio is a number."""


def meta_regression(
    events: ArrayLike,
    totals: ArrayLike,
    covariate: Sequence[float],
    *,
    level: float = 0.95,
    question: str = "cr_rate",
    name: str = "covariate",
) -> Result:
    """Return `glmm_regression`: the odds ratio per unit of `covariate` (k,), finite numbers.

    Refuses fewer than 10 studies for the one covariate, and a covariate that does not vary. Raises
    `ValueError` as `pool` does, and for a covariate of another length or with anything but numbers.
    """
    from scipy.special import stdtr

    data = studies(events, totals, level=level, question=question, subset=f"per unit of {name}")
    z = np.asarray(covariate, dtype=float)
    if z.shape != data.x.shape or not np.isfinite(z).all():
        raise ValueError(f"the covariate needs one finite number for each of the {data.k} studies")
    reason = against_random_effects(data)
    if reason is None and data.k < FEWEST:
        reason = f"{data.k} studies: one covariate needs at least {FEWEST}"
    if reason is None and np.ptp(z) == 0:
        reason = "the covariate is the same in every study"
    if reason is not None:
        return data.refuse(METHOD, reason)
    centre, scale = float(z.mean()), float(z.std())
    design = np.stack([np.ones(data.k), (z - centre) / scale], axis=1)[None]
    fits = fit_design(data.x[None], data.n[None], design)
    if not fits.converged[0] or not fits.se[0, 1] < FLAT:
        return data.refuse(METHOD, "the covariate separates studies with from studies without events")
    slope, se = float(fits.theta[0, 1] / scale), float(fits.se[0, 1] / scale)
    null = fit_many(data.x[None], data.n[None])
    lrt = max(0.0, 2.0 * float(fits.loglik[0] - null.loglik[0] + null.constant[0]))
    half, df = t_quantile(level, data.k - 2) * se, data.k - 2
    if abs(slope) + half > LARGEST:
        return data.refuse(METHOD, "one unit of the covariate is far beyond its range: give it in smaller units")
    return data.estimate(
        METHOD, value=float(np.exp(slope)), lower=float(np.exp(slope - half)), upper=float(np.exp(slope + half)),
        tau2=float(fits.theta[0, 2] ** 2), p_value=2.0 * float(stdtr(df, -abs(slope) / se)),
        loglik=float(fits.loglik[0] + null.constant[0]),
        detail={"slope": slope, "se": se, "intercept": float(fits.theta[0, 0] - slope * centre),
                "interval": f"Wald, t({df})", "lrt": lrt, "lrt_p": chi2_tail(lrt),
                "tau2_without_covariate": float(null.tau2[0]),
                "value_definition": f"odds ratio per unit of {name}"},
        notes=("between studies: it does not say how the rate changes within one",),
    )  # fmt: skip
