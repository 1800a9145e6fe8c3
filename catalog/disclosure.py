"""What is shown of a patient outside the data folder: figures that could single somebody out leave through here."""

from __future__ import annotations

from typing import overload

OLDEST_SHOWN = 90
"""Ages over 89 are one category, "90 or older" (HIPAA, 45 CFR 164.514(b)(2)(i)(C))."""


@overload
def shown_age(age: float) -> float: ...
@overload
def shown_age(age: None) -> None: ...
def shown_age(age: float | None) -> float | None:
    """Return an age in years as it may leave the data folder: over 89 it is 90; unknown stays unknown."""
    return None if age is None else OLDEST_SHOWN if age > OLDEST_SHOWN - 1 else age
