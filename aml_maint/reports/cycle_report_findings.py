"""What was found in the cycle, in words: counts, toxicities, and departures from plan."""

from __future__ import annotations

from datetime import date
from typing import Any

from aml_maint.domain.administration import (
    Administration,
    premedication_gap,
    reason_text,
)
from aml_maint.domain.course import Hold
from aml_maint.domain.messages import Catalogue, Message, say
from aml_maint.domain.quantities import dose_text, lab_text
from aml_maint.domain.toxicity_event import ToxicityEvent
from aml_maint.reports.cycle_report import (
    TEMPERATURE,
    CycleReport,
    Deviation,
    DeviationKind,
    Reading,
    ReportedDose,
    deviations,
    gate_evidence,
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
                text(_course_of(worst.event)),
            ]
        )
    return {
        "heading": text("report.heading.toxicities"),
        "columns": [text(f"report.column.{name}") for name in ("term", "grade", "dates")],
        "rows": rows,
        "none": text("report.toxicities.none"),
    }


def _course_of(event: ToxicityEvent) -> Message:
    onset = event.onset.text()
    if event.resolved is None:
        return say("report.toxicity.ongoing", onset=onset)
    return say("report.toxicity.resolved", onset=onset, resolved=event.resolved.text())


def deviation_texts(report: CycleReport, catalogue: Catalogue) -> dict[str, Any]:
    """Doses off the plan, holds and dose changes, each as a title with its particulars."""
    text = catalogue.text
    items = [
        [
            text(f"report.deviation.{deviation.kind.value}", drug=deviation.component.drug.name),
            [text(_particulars(report, deviation, dose)) for dose in deviation.doses],
        ]
        for deviation in deviations(report)
    ]
    items += [
        [text("report.deviation.hold", drug=_drug(report, hold.component)), [text(_hold(hold))]]
        for hold in report.holds
    ]
    items += [
        [
            text("report.deviation.dose_change", drug=_drug(report, order.component)),
            [text("report.dose_from", dose=dose_text(order.dose), day=order.from_day)],
        ]
        for order in report.dose_changes
    ]
    return {
        "heading": text("report.heading.deviations"),
        "items": items,
        "none": text("report.deviation.none"),
    }


def _drug(report: CycleReport, component_id: str) -> object:
    return report.course.component(component_id).drug.name


def _hold(hold: Hold) -> Message:
    told: dict[str, object] = {
        "first": hold.first_day,
        "reason": say(f"hold_reason.{hold.reason.value}"),
        "by": hold.decided_by,
    }
    if hold.last_day is None:
        happened = Message("report.hold.running", told)
    else:
        happened = Message("report.hold.ended", told | {"last": hold.last_day})
    return _noted(happened, hold.note)


def _particulars(report: CycleReport, deviation: Deviation, dose: ReportedDose) -> Message:
    assert dose.record is not None and dose.record.given is not None  # deviations are given doses
    day = report.day_number(dose.planned.on)
    record = dose.record
    match deviation.kind:
        case DeviationKind.LATE | DeviationKind.EARLY:
            what = _off_time(report, dose, record)
            if record.reason is not None:
                reason = reason_text(record.status, record.reason)
                what = say("report.particulars.with_reason", what=what, reason=reason)
            return _noted(what, record.note)
        case DeviationKind.OTHER_AMOUNT:
            assert record.dose is not None and dose.planned.dose is not None
            told = {"given": dose_text(record.dose), "planned": dose_text(dose.planned.dose)}
            return say("report.particulars.amount", day=day, **told)
        case DeviationKind.OVERRIDE:
            by, reason_given = dose.override or ("", "")
            return say(
                "report.particulars.override", day=day, by=by, reason=reason_given,
                evidence=_evidence(dose),
            )  # fmt: skip
        case DeviationKind.GATE:
            return say("report.particulars.gate", day=day, evidence=_evidence(dose))


def _off_time(report: CycleReport, dose: ReportedDose, record: Administration) -> Message:
    """When it was due and given; of a linked dose how long before or after the one it serves."""
    assert record.given is not None  # only given doses are off their time
    day = report.day_number(dose.planned.on)
    given = record.given.local
    told: dict[str, object] = {"day": day}
    told["given"] = given.time() if given.date() == dose.planned.at.date() else given
    served = report.served_by(dose)
    gap = premedication_gap(record, served) if served is not None else None
    if served is None or gap is None:
        told["planned"] = dose.planned.at.time()
        return Message("report.particulars.time", told)
    told["minutes"] = abs(gap)
    if gap >= 0:
        return Message("report.particulars.gap_before", told)
    return Message(
        "report.particulars.gap_after", told | {"drug": _drug(report, served.slot.component)}
    )


def _evidence(dose: ReportedDose) -> Message:
    if dose.gate is not None and not dose.gate.is_open:
        return gate_evidence(dose.gate)
    kept = dose.kept
    for key in ("held_since", "too_close_to"):
        if key in kept:
            return say(f"report.particulars.{key}", day=date.fromisoformat(kept[key]))
    return say("report.particulars.other_rule")


def _noted(what: Message, note: str) -> Message:
    return say("report.particulars.with_note", what=what, note=note) if note.strip() else what
