"""The departures from the plan in a cycle, in words: the same that the deviation log lists."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from aml_maint.domain.deviations import Deviation, DeviationKind, Group
from aml_maint.domain.messages import Catalogue, Message, say
from aml_maint.reports.cycle_report import CycleReport

_KINDS = tuple(DeviationKind)
# Who decided is told of these; of the others the log tells who recorded them.
_DECIDED = frozenset(_KINDS) - {
    DeviationKind.LATE, DeviationKind.EARLY, DeviationKind.PREMEDICATION_GAP,
    DeviationKind.OTHER_AMOUNT, DeviationKind.PARTLY_GIVEN, DeviationKind.GATE,
    DeviationKind.MISSED, DeviationKind.REFUSED, DeviationKind.HELD, DeviationKind.UNCONFIRMED,
}  # fmt: skip

# What stands for the plan of these is the rule that was set aside.
_AGAINST = frozenset({
    DeviationKind.OVERRIDE, DeviationKind.GATE, DeviationKind.GAP_OVERRIDE,
    DeviationKind.HOLD_OVERRIDE,
})  # fmt: skip


def deviation_texts(report: CycleReport, catalogue: Catalogue) -> dict[str, Any]:
    """Each way of departing with the drugs it was, and below it the days with what happened."""
    text = catalogue.text
    by_title: dict[str, list[Deviation]] = {}
    for one in sorted(report.deviations, key=lambda one: _KINDS.index(one.kind)):
        by_title.setdefault(text(_title(one)), []).append(one)
    return {
        "heading": text("report.heading.deviations"),
        "items": [[title, [text(line) for line in _lines(of)]] for title, of in by_title.items()],
        "none": text("report.deviation.none"),
    }


def _title(one: Deviation) -> Message:
    kind = say(f"deviation.kind.{one.kind.value}")
    if one.drugs:
        return say("report.deviation.of", drugs=one.drugs, kind=kind)
    return say("report.deviation.title", kind=kind)


def _lines(of: Iterable[Deviation]) -> Iterable[Message]:
    """What happened, once for all the days on which just the same happened."""
    days: dict[Message, list[int]] = {}
    for one in of:
        days.setdefault(_happened(one), []).append(one.day or 0)
    for happened, numbers in days.items():
        if numbers == [0]:
            yield happened
        else:
            told = days_told(numbers)
            yield say("report.deviation.on", days=told, what=happened)


def _happened(one: Deviation) -> Message:
    told = one.done
    if one.group is Group.NOT_GIVEN and one.planned is not None:
        # The title says already what became of it.
        told = say("report.deviation.planned", planned=one.planned)
    elif one.planned is not None:
        key = "report.deviation.although" if one.kind in _AGAINST else "report.deviation.instead"
        told = Message(key, {"planned": one.planned, "done": told})
    if one.why is not None:
        told = say("report.deviation.because", what=told, why=one.why)
    if one.kind in _DECIDED and one.by:
        told = say("report.deviation.by", what=told, by=one.by)
    return told


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
