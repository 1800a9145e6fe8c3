"""Does the rate change with a number known of each study? GLMM meta-regression with one covariate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from synthesize.estimate import Result
from synthesize.proportions.counts import Floats, Studies, studies
from synthesize.proportions.glmm import fit_many
from synthesize.proportions.glmm_design import fit_design
from synthesize.proportions.glmm_estimates import against_random_effects
from synthesize.proportions.normal import chi2_tail, t_quantile

METHOD, SMALL_STUDIES = "glmm_regression", "small_study_test"
METHODS = {METHOD: "odds ratio per unit of a covariate, same model, t(k − 2), from 10 studies (with --moderator)"}
FEWEST = 10
FLAT = 50.0
"""A standard error per standard deviation of the covariate that only a likelihood without a maximum has."""
SEPARATED = "the covariate separates studies with from studies without events"
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
    fitted = _fit(data, z)
    if fitted is None:
        return data.refuse(METHOD, SEPARATED)
    scale, df = float(z.std()), data.k - 2
    slope, se = fitted.slope / scale, fitted.se / scale
    half = t_quantile(level, df) * se
    if abs(slope) + half > LARGEST:
        return data.refuse(METHOD, "one unit of the covariate is far beyond its range: give it in smaller units")
    return data.estimate(
        METHOD, value=float(np.exp(slope)), lower=float(np.exp(slope - half)), upper=float(np.exp(slope + half)),
        tau2=fitted.tau2, p_value=fitted.p_value, loglik=fitted.loglik,
        detail={"slope": slope, "se": se, "intercept": fitted.centre - slope * float(z.mean()),
                "interval": f"Wald, t({df})", "lrt": fitted.lrt, "lrt_p": chi2_tail(fitted.lrt),
                "tau2_without_covariate": fitted.tau2_without,
                "value_definition": f"odds ratio per unit of {name}"},
        notes=("between studies: it does not say how the rate changes within one",),
    )  # fmt: skip


def small_study_test(data: Studies) -> Result:
    """Return `small_study_test`: whether the rate changes with 1/n, from k = 10 studies.

    The idea of Peters 2006, doi 10.1001/jama.295.6.676, in the binomial model, where the rate and its standard
    error are not tied to each other as they are in Egger's test on proportions.
    """
    reason = against_random_effects(data)
    if reason is None and data.k < FEWEST:
        reason = f"{data.k} studies: such a test needs at least {FEWEST}"
    if reason is None and np.ptp(data.n) == 0:
        reason = "all studies are of one size"
    fitted = None if reason else _fit(data, 1.0 / data.n)
    if fitted is None:
        return data.refuse(SMALL_STUDIES, reason or SEPARATED)
    return data.estimate(
        SMALL_STUDIES, p_value=fitted.p_value,
        detail={"slope_per_sd": fitted.slope, "se": fitted.se, "covariate": "1 / total", "df": data.k - 2,
                "value": "a test: it has a p-value and no rate"},
        notes=("a weak test: small studies can differ for many reasons, and no difference proves nothing",),
    )  # fmt: skip


class _Fitted(NamedTuple):
    """The model in a covariate scaled to mean 0 and standard deviation 1."""

    centre: float
    slope: float
    se: float
    tau2: float
    tau2_without: float
    loglik: float
    lrt: float
    p_value: float


def _fit(data: Studies, z: Floats) -> _Fitted | None:
    """Fit slope and intercept; None where the likelihood has no maximum."""
    from scipy.special import stdtr

    design = np.stack([np.ones(data.k), (z - z.mean()) / z.std()], axis=1)[None]
    fits = fit_design(data.x[None], data.n[None], design)
    centre, slope, tau = (float(part) for part in fits.theta[0])
    se = float(fits.se[0, 1])
    if not fits.converged[0] or not se < FLAT:
        return None
    null = fit_many(data.x[None], data.n[None])
    loglik = float(fits.loglik[0] + null.constant[0])
    lrt = max(0.0, 2.0 * (loglik - float(null.loglik[0])))
    p_value = 2.0 * float(stdtr(data.k - 2, -abs(slope) / se))
    return _Fitted(centre, slope, se, tau**2, float(null.tau2[0]), loglik, lrt, p_value)
