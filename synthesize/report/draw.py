"""Which figures the report has, and what goes into each."""

from __future__ import annotations

from synthesize.analysis import Synthesis


def figures(synthesis: Synthesis) -> dict[str, bytes]:
    """Return the figures as SVG and PNG by name."""
    return {}
