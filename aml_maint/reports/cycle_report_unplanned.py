"""Doses that no plan asked for, in words: per drug how many and how much, then each of them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from aml_maint.domain.messages import Catalogue, Message, say
from aml_maint.domain.quantities import Dose, dose_text, factor
from aml_maint.reports.cycle_report import CycleReport, ReportedDose


def unplanned_texts(report: CycleReport, catalogue: Catalogue) -> dict[str, Any]:
    """Each drug as a title with its particulars; no items when there were none."""
    text = catalogue.text
    by_drug: dict[tuple[str, str], list[ReportedDose]] = {}
    for dose in report.unplanned:
        slot = dose.planned.id
        by_drug.setdefault((slot.slot, slot.component), []).append(dose)
    return {
        "heading": text("report.heading.unplanned") if by_drug else None,
        "items": [
            [text(_title(doses)), [text(_told(report, dose)) for dose in _by_time(doses)]]
            for doses in by_drug.values()
        ],
    }


def _by_time(doses: Sequence[ReportedDose]) -> list[ReportedDose]:
    return sorted(doses, key=lambda dose: dose.planned.at)


def _title(doses: Sequence[ReportedDose]) -> Message:
    given = [dose.planned.dose for dose in doses if dose.planned.dose is not None]
    unit = given[0].unit
    total = sum((one.value * factor(one.unit, unit) for one in given), Decimal(0))
    first = doses[0].planned
    return say(
        "report.unplanned.title",
        drug=first.component.drug.name,
        kind=say(f"slot.{first.id.slot}"),
        count=len(doses),
        total=dose_text(Dose(total, unit)),
    )


def _told(report: CycleReport, dose: ReportedDose) -> Message:
    """When, how much, what for; by another route than by mouth or under the skin, that too."""
    planned, record = dose.planned, dose.record
    assert record is not None and record.unplanned is not None and record.dose is not None
    unplanned = record.unplanned
    why = say(f"indication.{unplanned.indication}" if unplanned.indication
              else f"reason.{record.reason}")  # fmt: skip
    told: dict[str, object] = {
        "day": report.day_number(planned.on),
        "at": planned.at.time(),
        "dose": dose_text(record.dose),
        "why": why,
    }
    usual = unplanned.route in {"oral", "subcutaneous"}
    what = Message("report.unplanned.given", told)
    if not usual:
        route = say(f"route.{unplanned.route}")
        what = Message("report.unplanned.other_route", told | {"route": route})
    if record.note.strip():
        what = say("report.particulars.with_note", what=what, note=record.note)
    if dose.override is None:
        return what
    by, reason = dose.override
    rules = tuple(say(f"unplanned.rule.{rule}") for rule in dose.kept.get("set_aside", "").split())
    return say("report.unplanned.override", what=what, rules=rules, by=by, reason=reason)
