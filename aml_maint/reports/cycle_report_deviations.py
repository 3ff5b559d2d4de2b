"""The departures from the plan in a cycle, in words: the same that the deviation log lists."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from aml_maint.domain.deviation_words import happened, kind_told
from aml_maint.domain.deviations import Deviation, DeviationKind
from aml_maint.domain.messages import Catalogue, Message, say
from aml_maint.reports.cycle_report import CycleReport

_KINDS = tuple(DeviationKind)
# Who decided is told of these; of the others the log tells who recorded them.
_DECIDED = frozenset(_KINDS) - {
    DeviationKind.LATE, DeviationKind.EARLY, DeviationKind.PREMEDICATION_GAP,
    DeviationKind.OTHER_AMOUNT, DeviationKind.PARTLY_GIVEN, DeviationKind.GATE,
    DeviationKind.MISSED, DeviationKind.REFUSED, DeviationKind.HELD, DeviationKind.UNCONFIRMED,
}  # fmt: skip


def deviation_texts(report: CycleReport, catalogue: Catalogue) -> dict[str, Any]:
    """Each way of departing with the drugs it was, and below it the days with what happened."""
    text = catalogue.text
    by_title: dict[str, list[Deviation]] = {}
    for one in sorted(report.deviations, key=lambda one: _KINDS.index(one.kind)):
        by_title.setdefault(text("report.deviation.title", kind=kind_told(one)), []).append(one)
    return {
        "heading": text("report.heading.deviations"),
        "items": [[title, [text(line) for line in _lines(of)]] for title, of in by_title.items()],
        "none": text("report.deviation.none"),
    }


def _lines(of: Iterable[Deviation]) -> Iterable[Message]:
    """What happened, once for all the days on which just the same happened."""
    days: dict[Message, list[int]] = {}
    for one in of:
        days.setdefault(happened(one, by=one.kind in _DECIDED), []).append(one.day or 0)
    for what, numbers in days.items():
        if numbers == [0]:
            yield what
        else:
            yield say("report.deviation.on", days=days_told(numbers), what=what)


def days_told(numbers: Iterable[int]) -> str:
    """Numbers of days, runs of three and more as ranges: 1–4, 6, 7."""
    found = []
    ordered = enumerate(sorted(set(numbers)))
    for _, group in groupby(ordered, key=lambda pair: pair[1] - pair[0]):
        run = [number for _, number in group]
        if len(run) > 2:
            found.append(f"{run[0]}\N{EN DASH}{run[-1]}")
        else:
            found += [str(number) for number in run]
    return ", ".join(found)
