"""The injections of a cycle, as the report tells them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from aml_maint.domain.injection import ReactionKind, SiteReaction
from aml_maint.reports.cycle_report import CycleReport, ReportedDose
from aml_maint.reports.cycle_report_injections import injection_details
from aml_maint.services.language import catalogue
from tests.reports.sample_cycle import FIRST, make_report

NBSP = "\N{NO-BREAK SPACE}"


def told(report: CycleReport, component: str) -> list[str]:
    found = report.course.regimen.component(component)
    texts = [catalogue("en").text(one) for one in injection_details(report, found)]
    return [text.replace(NBSP, " ") for text in texts]


def with_details(report: CycleReport) -> CycleReport:
    """Interferon with sites, a lot, a temperature and a witness; one 30 minutes after ibuprofen."""
    rows = []
    for row in report.rows:
        doses: list[ReportedDose | None] = []
        for dose in row.doses:
            if dose is None or dose.record is None or not dose.taken or not dose.record.given:
                doses.append(dose)
                continue
            record = dose.record
            if row.component.id == "interferon":
                first = record.slot.planned_on == FIRST
                record = replace(
                    record, site="arm_left" if first else "thigh_left", lot="A7",
                    temperature=Decimal("36.6") if first else None,
                    witness="Zhao Yan" if first else None,
                )  # fmt: skip
            if row.component.id == "ibuprofen" and record.slot.planned_on == FIRST:
                late = replace(record.given, utc=record.given.utc + timedelta(minutes=30))
                late_at = replace(record.recorded, utc=late.utc)
                record = replace(record, given=late, recorded=late_at, reason="other")
            doses.append(replace(dose, record=record))
        rows.append(replace(row, doses=tuple(doses)))
    return replace(report, rows=tuple(rows))


def test_sites_lots_witnesses_and_the_gap_after_ibuprofen_are_counted() -> None:
    report = with_details(make_report())
    given = [d for d in report.doses("interferon") if d.taken]
    lines = told(report, "interferon")
    assert lines[0] == f"sites: 1 × upper arm, left, {len(given) - 1} × thigh, left"
    assert lines[1:3] == [f"lots: {len(given)} × A7", "witnessed by: 1 × Zhao Yan"]
    assert lines[3].startswith("ibuprofen on time before: ")
    assert lines[3].endswith(f" of {len(given)}")
    assert "day 1: 30 minutes" in lines[4:]


def test_what_was_not_recorded_is_said_and_not_left_blank() -> None:
    bare = replace(make_report(), rows=tuple(
        replace(row, doses=tuple(
            replace(d, record=replace(d.record, site=None, lot=None)) if d and d.record else d
            for d in row.doses
        ))
        for row in make_report().rows
    ))  # fmt: skip
    assert "sites: not recorded" in told(bare, "interleukin2")


def test_reactions_at_the_sites_stand_below_with_their_days() -> None:
    bruise = SiteReaction("r", "p1", "arm_left", ReactionKind.BRUISE, date(2026, 3, 4))
    gone = replace(bruise, site="thigh_left", last_day=date(2026, 3, 9))
    report = replace(make_report(), reactions=(bruise, gone))
    assert told(report, "interferon")[-1] == (
        "reactions at the sites: bruise, upper arm, left, since 04-Mar-2026, "
        "bruise, thigh, left, 04-Mar-2026 to 09-Mar-2026"
    )
    assert not any("bruise" in line for line in told(report, "interleukin2"))


def test_a_drug_that_is_swallowed_has_no_sites() -> None:
    assert told(make_report(), "sorafenib") == []
