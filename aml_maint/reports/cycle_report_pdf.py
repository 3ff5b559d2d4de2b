"""The cycle report as a PDF: the report's value and a language in, typeset pages out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import aml_maint
from aml_maint.domain.messages import NBSP, Catalogue, Message, say
from aml_maint.domain.patient import AllergyState, Patient
from aml_maint.reports.cycle_report import CycleReport
from aml_maint.reports.cycle_report_definitions import definitions
from aml_maint.reports.cycle_report_deviations import deviation_texts
from aml_maint.reports.cycle_report_findings import counts, toxicities
from aml_maint.reports.cycle_report_marrow import marrows
from aml_maint.reports.cycle_report_plan import amendments, next_plan
from aml_maint.reports.cycle_report_signature import signature_block
from aml_maint.reports.cycle_report_strip import strip
from aml_maint.reports.cycle_report_table import dose_table
from aml_maint.reports.cycle_report_unplanned import unplanned_texts
from aml_maint.reports.pdf import typeset

# Names are printed in full on page 1; the head and foot of each page have one line for them.
ONE_LINE = 64


def cycle_report_document(report: CycleReport, *catalogues: Catalogue) -> bytes:
    """The PDF of a report in the language of each catalogue, one after the other.

    FontMissing when a font is lacking.
    """
    parts = [content(report, catalogue) for catalogue in catalogues]
    return frozen_document(parts, report.generated.utc)


def frozen_document(parts: Sequence[Mapping[str, Any]], at: datetime) -> bytes:
    """The PDF of texts that were laid down before, with the time (UTC) that they were made at."""
    chinese = any(part["language"] == "zh" for part in parts)
    return typeset("cycle_report.typ", {"parts": parts}, "zh" if chinese else "en", at)


def content(report: CycleReport, catalogue: Catalogue) -> dict[str, Any]:
    """Every text of the report, in order, as the template lays it out. Holds no markup."""
    text = catalogue.text
    return {
        "language": catalogue.language,
        **_marks(report, catalogue),
        "name": report.patient.full_name,
        "identity": [text(fact) for fact in _identity(report)],
        "facts": [[text(label), text(value)] for label, value in _facts(report)],
        "doses": dose_table(report, catalogue),
        "strip": strip(report, catalogue),
        "counts": counts(report, catalogue),
        "toxicities": toxicities(report, catalogue),
        "marrows": marrows(report, catalogue),
        "deviations": deviation_texts(report, catalogue),
        "unplanned": unplanned_texts(report, catalogue),
        "definitions": definitions(report, catalogue),
        "provenance": text(_provenance(report)),
        "amendments": amendments(report, catalogue),
        "next": next_plan(report, catalogue),
        "signature": signature_block(report, catalogue),
    }


def _marks(report: CycleReport, catalogue: Catalogue) -> dict[str, Any]:
    """What stands on every page: whose, which ward, draft, demo, page numbers."""
    text = catalogue.text
    patient = report.patient
    page, pages = "\ue000", "\ue001"  # private characters that no text holds
    before, _, rest = text("report.page", page=page, pages=pages).partition(page)
    between, _, after = rest.partition(pages)
    return {
        # A viewer shows this title in its window, so it names no patient.
        "document_title": text(
            "report.document_title" if report.signature is None else "signing.document_title",
            cycle=report.cycle,
        ),
        "title": text("report.title"),
        "draft": text("report.draft") if report.signature is None else None,
        "mark": text(_mark(report)),
        "demo": text("report.demo") if report.demo else None,
        "to_date": None if report.finished else text(
            "report.to_date", at=report.generated.local
        ),
        "ward": _one_line(patient.ward.strip()) or text("report.ward_not_recorded"),
        "running": [
            _one_line(patient.full_name),
            text(_born(report)),
            text("report.mrn", mrn=_one_line(patient.mrn)),
        ],
        "cycle": text("report.cycle_number", cycle=report.cycle),
        "page": [before, between, after],
        "keep_together": text("report.keep_together"),
        "generated": text("report.generated_at", at=report.generated.local),
    }  # fmt: skip


def _mark(report: CycleReport) -> Message:
    if report.signature is None:
        return say("signing.mark.draft")
    return say("signing.mark.signed", edition=report.signature.edition)


def _one_line(text: str) -> str:
    return text if len(text) <= ONE_LINE else text[: ONE_LINE - 1] + "…"


def _identity(report: CycleReport) -> list[Message]:
    patient = report.patient
    return [
        _born(report),
        say(f"sex.{patient.sex.value}"),
        say("report.mrn", mrn=patient.mrn),
    ]


def _born(report: CycleReport) -> Message:
    patient = report.patient
    age = patient.age(report.last_day)
    if patient.born_on is None or age is None:
        return say("report.born_not_recorded")
    return say("report.born", day=patient.born_on, age=age)


def _facts(report: CycleReport) -> list[tuple[str, Message]]:
    patient, regimen = report.patient, report.course.regimen
    return [
        (
            "report.label.regimen",
            say("report.regimen", regimen=regimen.name, version=regimen.version),
        ),
        ("report.label.cycle", _dates(report)),
        ("report.label.days", _days(report)),
        ("report.label.start", _start(report)),
        ("report.label.allergies", _allergies(patient)),
        ("report.label.diagnosis", _diagnosis(patient)),
        ("report.label.flt3", say(f"flt3.{patient.flt3_itd.value}")),
        ("report.label.risk", say(f"risk.{patient.eln_risk.value}")),
    ]


def _dates(report: CycleReport) -> Message:
    if report.finished:
        return say("report.dates", cycle=report.cycle, first=report.first_day, last=report.last_day)
    return say(
        "report.dates_to_date",
        cycle=report.cycle,
        first=report.first_day,
        planned=report.planned_last_day,
    )


def _days(report: CycleReport) -> Message:
    told = {"planned": report.planned_days, "actual": report.actual_days}
    if report.overrun_days:
        key = "report.days_overrun" if report.finished else "report.days_to_date_overrun"
        return say(key, overrun=report.overrun_days, **told)
    return say("report.days" if report.finished else "report.days_to_date", **told)


def _start(report: CycleReport) -> Message:
    delay = report.delay_days
    if report.cycle == 1:
        return say("report.start.first")
    if delay == 0:
        return say("report.start.on_time")
    when = "late" if delay > 0 else "early"
    if abs(delay) == 1:
        return say(f"report.start.{when}.one")
    return say(f"report.start.{when}", days=abs(delay))


def _allergies(patient: Patient) -> Message:
    state = say(f"allergy.{patient.allergy_state.value}")
    listed = patient.allergies.strip()
    if patient.allergy_state is AllergyState.KNOWN and listed:
        return say("report.allergies", state=state, allergies=listed)
    return state


def _diagnosis(patient: Patient) -> Message:
    diagnosis = patient.diagnosis.strip() or say("report.not_recorded")
    if patient.diagnosed_on is None:
        return say("report.diagnosis", diagnosis=diagnosis)
    return say("report.diagnosis_dated", diagnosis=diagnosis, day=patient.diagnosed_on)


def _provenance(report: CycleReport) -> Message:
    told: dict[str, object] = {
        "at": report.generated.local,
        "by": report.generated_by,
        "role": say(f"role.{report.generated_role}"),
        "program": f"aml_maint{NBSP}{aml_maint.__version__}",
    }
    if report.signature is not None:  # its block tells who, when, and the head of the trail
        return Message("report.provenance_signed", {"program": told["program"]})
    if report.chain is None:
        return Message("report.provenance_unchained", told)
    told |= {"sequence": report.chain.sequence, "digest": report.chain.short}
    return Message("report.provenance", told)
