"""Where an estimate puts its mass, and what follows: quantiles and shares, each with both of its ends.

The data say how much mass an innermost interval holds, not where in it. So every quantile and share is
computed three times: with all mass at the left ends, at the right ends, and midway (as R's `survfit` places
it). For exact times the three are one and the same, and are the Kaplan–Meier estimate.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from synthesize.survival.censored import Censored, Support
from synthesize.survival.follow_up import SAME, Floats, Whole
from synthesize.survival.npmle import fit


class Ends(NamedTuple):
    """One quantity (B,) by the place of the mass: left ends, midway, right ends."""

    left: Floats
    middle: Floats
    right: Floats


class Located(NamedTuple):
    """Mass (B, m) in (left, right] (B, m; equal for an exact time), and the gap (B,) to the maximum.

    `tie` is the error within which a curve counts as being at a level.
    """

    mass: Floats
    left: Floats
    right: Floats
    gap: Floats
    tie: float

    @property
    def middle(self) -> Floats:
        """The middle of each interval; infinity for an open one."""
        return (self.left + self.right) / 2

    def quantile(self, share: float) -> Ends:
        """Return the times by which `share` have had the event; infinity where that many never have.

        Where the curve rests exactly at that level, the middle between this time and the next.
        """
        reached = np.cumsum(self.mass, axis=1)
        rows = np.arange(len(reached))
        here = np.argmax(reached >= share - self.tie, axis=1)
        level = reached[rows, here]
        following = np.argmax(reached > level[:, None] + self.tie, axis=1)
        resting = (np.abs(level - share) < self.tie) & np.isfinite(self.right[rows, following])
        following = np.where(resting, following, here)
        left, middle, right = (
            (times[rows, here] + times[rows, following]) / 2 for times in (self.left, self.middle, self.right)
        )
        # a patient still without the event gives no time, only the knowledge that it is later
        return Ends(np.where(np.isinf(right), np.inf, left), middle, right)

    def share_by(self, month: float) -> Ends:
        """Return the share with the event by `month`; with mass at the left ends it is largest."""
        started = (self.left < month) | ((self.left == month) & (self.right == month))
        return Ends(
            *(np.minimum(np.sum(self.mass * chosen, axis=1), 1.0)
              for chosen in (started, self.middle <= month, self.right <= month))
        )  # fmt: skip


def located(data: Censored, support: Support, counts: Floats, *, tolerance: float) -> Located:
    """Return the nonparametric maximum-likelihood estimates of weighted data, `counts` (B, n) a patient.

    In closed form (Kaplan–Meier) when every time is exact or right-censored, by EM–ICM otherwise.
    """
    left, right = _ends(data, support, counts)
    if (data.exact | data.open_ended).all():
        mass = product_limit_mass(data, support, counts)
        return Located(mass, left, right, np.zeros(len(mass)), SAME)
    found = fit(support, counts, tolerance=tolerance)
    return Located(found.mass, left, right, found.gap, 1e-6)


def product_limit_mass(data: Censored, support: Support, counts: Floats) -> Floats:
    """Return the Kaplan–Meier mass (B, m); what is left at the end belongs to the last innermost interval."""
    place = np.arange(len(support.left))
    leaves = np.where(data.exact, support.last, support.first - 1)
    gone = _counts_below(counts, leaves, place)
    at_risk = counts.sum(axis=1, keepdims=True) - gone
    exact, when = counts[:, data.exact], support.last[data.exact]
    events = _counts_below(exact, when, place + 1) - _counts_below(exact, when, place)
    staying = 1.0 - np.divide(events, at_risk, out=np.zeros_like(events), where=at_risk > 0)
    survival = np.cumprod(staying, axis=1)
    survival[:, -1] = 0.0
    return -np.diff(survival, axis=1, prepend=1.0)


def _counts_below(counts: Floats, index: Whole, place: Whole) -> Floats:
    """Return Σ of counts (B, n) over the patients with `index` below each `place` (B, m)."""
    order = np.argsort(index, kind="stable")
    summed = np.zeros((len(counts), len(index) + 1))
    np.cumsum(counts[:, order], axis=1, out=summed[:, 1:])
    return summed[:, np.searchsorted(index[order], place)]


def _ends(data: Censored, support: Support, counts: Floats) -> tuple[Floats, Floats]:
    """Return the innermost interval of each row's own patients around each innermost interval of all (B, m).

    It runs from the last lower end before it to the first upper end after it, among the patients with a
    count; leaving patients out can only widen it.
    """
    if data.exact.all():  # without a count an exact time has no mass, so its ends do not matter
        at = np.broadcast_to(data.left_time(support.left), (len(counts), len(support.left)))
        return at, at
    place = np.arange(len(support.left))
    by_left, by_right = np.argsort(data.left, kind="stable"), np.argsort(data.right, kind="stable")
    earliest, latest = data.left.min(), data.right.max()
    lefts = np.where(counts[:, by_left] > 0, data.left[by_left], earliest)
    rights = np.where(counts[:, by_right] > 0, data.right[by_right], latest)
    np.maximum.accumulate(lefts, axis=1, out=lefts)
    rights = np.minimum.accumulate(rights[:, ::-1], axis=1)[:, ::-1]
    last_left = np.searchsorted(support.first[by_left], place, side="right") - 1
    first_right = np.searchsorted(support.last[by_right], place, side="left")
    return data.left_time(lefts[:, last_left]), data.right_time(rights[:, first_right])
