"""The axis of rare proportions: square roots, so that 0 has a place and an interval of 0 to 3 % stays readable.

The square root is close to the scale on which a small proportion has the same precision everywhere, so
studies of one size have bars of about one length. A logarithm would have no place for the studies without
an event, and a plain scale squeezes the pooled estimates into the first tenth.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

FINEST = 1e-9
"""The shortest axis: no study could tell a smaller rate from none."""
STEPS = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)


@dataclass(frozen=True)
class RootScale:
    """Runs from 0 to `limit` (a share of 1); labels are shares times `factor` (100 for per cent)."""

    limit: float
    factor: float

    def place(self, share: float) -> float:
        """Return where `share` stands, 0 to 1; what lies beyond the axis stands at its end."""
        return math.sqrt(min(max(share, 0.0) / self.limit, 1.0))

    def beyond(self, share: float) -> bool:
        """Say whether `share` lies beyond the end of the axis."""
        return share > self.limit * (1 + 1e-9)

    def ticks(self, apart: float) -> list[tuple[float, str]]:
        """Return places and labels, none nearer to another than `apart` (0 to 1), round numbers first."""
        top = self.limit * self.factor
        decades = [10.0 ** math.floor(math.log10(top) - down) for down in range(5)]
        round_numbers = [digit * decade for digits in ((5, 2, 1), (3, 4)) for decade in decades for digit in digits]
        chosen: list[float] = []
        for number in (0.0, top, *round_numbers):
            place = math.sqrt(number / top)
            if place <= 1 and all(abs(place - math.sqrt(other / top)) >= apart for other in chosen):
                chosen.append(number)
        return [(math.sqrt(number / top), f"{number:.6g}") for number in sorted(chosen)]


def root_scale(needed: Sequence[float], welcome: Sequence[float], factor: float) -> RootScale:
    """Return an axis that holds all of `needed`, and of `welcome` what is at most four times as large.

    `needed` are the counted rates and pooled intervals, `welcome` the upper ends of the studies and of the
    predictions: one tiny study must not decide the axis. Without any positive number the axis ends at 1 %.
    """
    core = max(needed, default=0.0) or min((end for end in welcome if end > 0), default=0.01)
    reach = max([FINEST, core, *(end for end in welcome if end <= 4 * core)]) * factor
    decade = 10.0 ** math.floor(math.log10(reach))
    limit = next(step for step in STEPS if step * decade >= reach * (1 - 1e-9)) * decade
    return RootScale(min(limit / factor, 1.0), factor)
