"""The worklist of today on paper: by patient, with room to write."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from aml_maint.domain.administration import TAKEN, CellState
from aml_maint.domain.messages import Language, Message, say
from aml_maint.domain.quantities import dose_text
from aml_maint.reports.ward_list import ListedDose, ListedPatient, WardList
from aml_maint.services.dose_view import DoseView
from aml_maint.services.language import catalogue
from aml_maint.services.worklist import WorkRow, worklist
from aml_maint.services.workplace import Workplace


def ward_list(place: Workplace, chosen: Collection[str] | None = None) -> WardList:
    """Today's worklist of the patients chosen by id, of all if nothing is chosen."""
    found = worklist(place)
    by_patient: dict[str, list[WorkRow]] = {}
    for row in found.rows:
        by_patient.setdefault(row.patient.id, []).append(row)
    listed = [
        _patient(rows, found.day)
        for patient_id, rows in by_patient.items()
        if chosen is None or patient_id in chosen
    ]
    listed.sort(key=lambda one: (one.patient.ward, one.patient.bed, one.patient.full_name))
    return WardList(
        day=found.day,
        patients=tuple(listed),
        left_out=len(by_patient) - len(listed),
        made=found.now.local,
        made_utc=found.now.utc,
        made_by=place.actor.name,
        made_role=place.actor.role.value,
        demo=place.is_demo,
    )


def ward_list_pdf(found: WardList, language: Language) -> bytes:
    """The pages to print; FontMissing when no installed font has the characters they need."""
    # Loaded when asked for: most starts of the program print nothing.
    from aml_maint.reports.ward_list import ward_list_document

    return ward_list_document(found, catalogue(language))


def ward_list_file_name(found: WardList, language: Language) -> str:
    """A name to save it under, which names no patient."""
    return f"worklist-{found.made:%Y%m%d-%H%M}-{language}.pdf"


def _patient(rows: list[WorkRow], day: date) -> ListedPatient:
    doses = [
        _dose(view, day)
        for row in rows
        for view in (row.pair.premedication, row.pair.main)
        if view is not None
    ]
    doses.sort(key=lambda dose: (dose.on or day, dose.at))
    first = rows[0]
    return ListedPatient(
        first.patient, first.has_similar_name, first.cycle, first.day, tuple(doses)
    )


def _dose(view: DoseView, day: date) -> ListedDose:
    planned = view.planned
    amount = say("today.no_dose") if planned.dose is None else dose_text(planned.dose)
    line = say(
        "today.dose_line",
        drug=planned.component.drug.name,
        dose=amount,
        route=say(f"route.{planned.component.drug.route}"),
    )
    on = planned.at.date()
    why = None
    if view.record is None and view.gate is not None and view.state is CellState.GATE_CLOSED:
        why = view.gate.reason
    return ListedDose(
        planned.at.time(), None if on == day else on, line, view.state, _told(view), why
    )


def _told(view: DoseView) -> Message:
    """How a dose stands, with the time it was given or the reason it was not."""
    record, state = view.record, say(f"state.{view.state.value}")
    if record is None:
        hold = view.planned.hold
        return state if hold is None else say("today.state.on_hold", day=hold.first_day)
    if record.status in TAKEN and record.given is not None:
        return say("today.state.taken", state=state,
                   when=say("today.time", time=record.given.local.time()))  # fmt: skip
    if record.reason is None:
        return state
    return say("today.state.because", state=state, reason=say(f"reason.{record.reason}"))
