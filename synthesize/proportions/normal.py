"""Logits, quantiles and back-transformations that several estimators share."""

from __future__ import annotations

import math

import numpy as np


def expit(logit: float) -> float:
    """Return the rate of a logit, without overflow at either end."""
    return 1.0 / (1.0 + math.exp(-logit)) if logit >= 0 else math.exp(logit) / (1.0 + math.exp(logit))


def z_quantile(level: float) -> float:
    """Return the two-sided normal quantile of `level`."""
    from scipy.special import ndtri

    return float(ndtri((1.0 + level) / 2.0))


def t_quantile(level: float, df: int) -> float:
    """Return the two-sided quantile of Student's t with `df` degrees of freedom."""
    from scipy.special import stdtrit

    return float(stdtrit(df, (1.0 + level) / 2.0))


def chi2_quantile(level: float) -> float:
    """Return the quantile of χ² with one degree of freedom."""
    return z_quantile(level) ** 2


def chi2_tail(value: float, df: int = 1) -> float:
    """Return P(χ²(df) > value)."""
    from scipy.special import chdtrc

    return float(chdtrc(df, max(value, 0.0)))


def half_half_p(statistic: float) -> float:
    """Return the p-value of a likelihood-ratio test of a variance at its boundary.

    Half a point mass at zero, half χ²(1). Self and Liang 1987, doi 10.1080/01621459.1987.10478472.
    """
    return 1.0 if statistic <= 0 else 0.5 * chi2_tail(statistic)


def marginal_mean(beta: float, tau: float) -> float:
    """Return the mean rate over studies, E expit(β + τz), by the trapezoid rule (error under 1e-12 to τ = 30)."""
    z = np.linspace(-9.0, 9.0, 2001)
    weight = np.exp(-0.5 * z * z)
    eta = beta + tau * z
    return float(np.sum(weight * np.exp(eta - np.logaddexp(0.0, eta))) / np.sum(weight))
