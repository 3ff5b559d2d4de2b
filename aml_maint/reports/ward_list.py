"""The worklist of a day on paper: carried round, and written on when the screens are dark."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from aml_maint.domain.administration import OPEN_STATES, CellState
from aml_maint.domain.messages import Catalogue, Message
from aml_maint.domain.patient import Patient
from aml_maint.reports.cycle_report_strip import LEGEND
from aml_maint.reports.pdf import typeset


@dataclass(frozen=True)
class ListedDose:
    """One dose of the day, or one left to resolve: `on` is its day where that is another one.

    `told` says how it stands; `why` what holds it back or its evidence.
    """

    at: time
    on: date | None
    dose: Message
    state: CellState
    told: Message
    why: Message | None


@dataclass(frozen=True)
class ListedPatient:
    """One patient with the doses in order of time."""

    patient: Patient
    similar: bool
    cycle: int
    day: int
    doses: tuple[ListedDose, ...]


@dataclass(frozen=True)
class WardList:
    """The patients of a ward, by ward and bed, as of `made`."""

    day: date
    patients: tuple[ListedPatient, ...]
    left_out: int
    """How many patients with doses that day are not on this list."""
    made: datetime
    made_utc: datetime
    made_by: str
    made_role: str
    demo: bool


def ward_list_document(found: WardList, catalogue: Catalogue) -> bytes:
    """The PDF in the catalogue's language. FontMissing when a font is lacking."""
    return typeset("ward_list.typ", content(found, catalogue), catalogue.language, found.made_utc)


def content(found: WardList, catalogue: Catalogue) -> Mapping[str, Any]:
    """Every text of the list as the template lays it out. Holds no markup."""
    text = catalogue.text
    shown = {dose.state for one in found.patients for dose in one.doses}
    page, pages = "\ue000", "\ue001"  # private characters that no text holds
    before, _, rest = text("report.page", page=page, pages=pages).partition(page)
    between, _, after = rest.partition(pages)
    return {
        # A viewer shows this title in its window, so it names no patient.
        "document_title": text("ward_list.title", day=found.day),
        "title": text("ward_list.title", day=found.day),
        "left_out": text("ward_list.left_out", count=found.left_out) if found.left_out else None,
        "empty": text("ward_list.empty") if not found.patients else None,
        "demo": text("report.demo") if found.demo else None,
        "keep_together": text("report.keep_together"),
        "made": text("ward_list.made", at=found.made, by=found.made_by,
                     role=text(f"role.{found.made_role}")),
        "page": [before, between, after],
        "heads": [text(f"ward_list.head.{name}") for name in ("time", "dose", "state", "given",
                                                              "sign")],
        "how": text("ward_list.how"),
        "patients": [_patient(one, catalogue) for one in found.patients],
        "legend": [[s.value, text(f"state.{s.value}")] for s in LEGEND if s in shown],
    }  # fmt: skip


def _patient(one: ListedPatient, catalogue: Catalogue) -> dict[str, Any]:
    text, patient = catalogue.text, one.patient
    born = patient.born_on
    return {
        "place": " ".join(part for part in (patient.ward, patient.bed) if part),
        "name": patient.full_name,
        "similar": text("ward_list.similar") if one.similar else None,
        "facts": [
            text("today.born.unknown") if born is None else text("sheet_print.born", born=born),
            text("sheet_print.mrn", mrn=patient.mrn),
            text("today.cycle_day.long", cycle=one.cycle, day=one.day),
        ],
        "doses": [_dose(dose, catalogue) for dose in one.doses],
    }


def _dose(dose: ListedDose, catalogue: Catalogue) -> dict[str, Any]:
    text = catalogue.text
    return {
        "at": catalogue.value(dose.at),
        "on": None if dose.on is None else catalogue.short_day(dose.on),
        "dose": text(dose.dose),
        "state": dose.state.value,
        "told": text(dose.told),
        "why": None if dose.why is None else text(dose.why),
        "open": dose.state in OPEN_STATES,
    }
