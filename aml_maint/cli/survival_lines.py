"""Survival figures as people read them on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aml_maint.domain.messages import Catalogue
from aml_maint.domain.outcome_words import at_text, median_text
from aml_maint.domain.survival import Curve


def curve_lines(words: Catalogue, curve: Curve, times: Sequence[str]) -> Iterable[str]:
    """n, events, the median in words, and survival at the times asked for."""
    yield words.text(
        "cli.survival.curve", n=curve.n, events=curve.events, median=median_text(curve.median)
    )
    for time in times:
        yield words.text(at_text(curve.at(float(time))))
