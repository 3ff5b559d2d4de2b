"""Axes of months: years where they fit."""

from __future__ import annotations

_STEPS = (1, 2, 3, 6, 12, 24, 36, 60, 120)
_MOST_TICKS = 9


def month_ticks(longest: float, most: int = _MOST_TICKS) -> tuple[int, list[int]]:
    """Where an axis that holds so many months ends, and at most so many ticks beside the first."""
    step = next((s for s in _STEPS if longest / s <= min(most, _MOST_TICKS)), _STEPS[-1])
    last = max(step, -(-int(longest + 0.999) // step) * step)
    return last, list(range(0, last + 1, step))
