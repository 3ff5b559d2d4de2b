"""What was found in the cycle, in words: counts and toxicities."""

from __future__ import annotations

from typing import Any

from aml_maint.domain.messages import Catalogue, Message, Name, say
from aml_maint.domain.quantities import lab_text
from aml_maint.domain.toxicity_event import ToxicityEvent
from aml_maint.reports.cycle_report import (
    TEMPERATURE,
    CycleReport,
    Reading,
    readings_of,
    worst_reading,
    worst_toxicities,
)
from aml_maint.reports.cycle_report_strip import LANES


def counts(report: CycleReport, catalogue: Catalogue) -> dict[str, Any]:
    """The first, the worst (with its WHO grade) and the last result of each analyte."""
    text = catalogue.text
    rows = []
    for analyte in LANES:
        readings = readings_of(report, analyte)
        if readings:
            worst = worst_reading(readings)
            rows.append(
                [
                    text(f"analyte.{analyte}"),
                    str(len(readings)),
                    text(_dated(report, readings[0])),
                    text(_worst(report, worst)),
                    "–" if worst.grade is None else str(worst.grade),
                    text(_dated(report, readings[-1])),
                ]
            )
    names = ("analyte", "results", "first", "worst", "grade", "last")
    return {
        "heading": text("report.heading.counts"),
        "columns": [text(f"report.column.{name}") for name in names],
        "rows": rows,
        "none": text("report.counts.none"),
    }


def _dated(report: CycleReport, reading: Reading) -> Message:
    day = report.day_number(reading.at.day_in(report.course.zone))
    return say("report.reading", value=lab_text(reading.value), day=day)


def _worst(report: CycleReport, reading: Reading) -> Message:
    key = "report.highest" if reading.analyte == TEMPERATURE else "report.lowest"
    day = reading.at.day_in(report.course.zone)
    return say(key, value=lab_text(reading.value), number=report.day_number(day), day=day)


def toxicities(report: CycleReport, catalogue: Catalogue) -> dict[str, Any]:
    """The worst grade of each term with its dates."""
    text = catalogue.text
    rows = []
    for worst, episodes in worst_toxicities(report):
        grade = worst.grade
        rows.append(
            [
                text(worst.term)
                if episodes == 1
                else text("report.episodes", term=worst.term, episodes=episodes),
                text("report.not_evaluated") if grade is None else str(grade),
                text(_course_of(report, worst.event)),
            ]
        )
    return {
        "heading": text("report.heading.toxicities"),
        "columns": [text(f"report.column.{name}") for name in ("term", "grade", "dates")],
        "rows": rows,
        "none": text("report.toxicities.none"),
    }


def _course_of(report: CycleReport, event: ToxicityEvent) -> Message:
    """From when to when, its grade now if it goes on, and what is thought to have caused it."""
    onset = event.onset.text()
    if event.resolved is not None:
        told = say("report.toxicity.resolved", onset=onset, resolved=event.resolved.text())
    elif event.current is None:
        told = say("report.toxicity.ongoing", onset=onset)
    else:
        told = say("report.toxicity.ongoing_at", onset=onset, grade=event.current)
    causes = tuple(
        say(
            "report.toxicity.cause",
            cause=_cause(report, cause.cause),
            causality=say(f"causality.{cause.causality.value}"),
        )
        for cause in event.causes
        if cause.causality is not None
    )
    return say("report.toxicity.with_causes", what=told, causes=causes) if causes else told


def _cause(report: CycleReport, cause: str) -> Message | Name:
    """A drug of the course by its name; else the other cause."""
    for component in report.course.components:
        if component.drug.id == cause or component.id == cause:
            return component.drug.name
    return say(f"cause.{cause}")
