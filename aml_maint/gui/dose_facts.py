"""The facts of a dose and of its patient as labelled messages, for the panel and the cards."""

from __future__ import annotations

from aml_maint.domain.administration import TAKEN, Administration
from aml_maint.domain.messages import Message, Name, say
from aml_maint.domain.quantities import LabValue, dose_text, lab_text
from aml_maint.domain.unplanned import Unplanned
from aml_maint.gui import dose_words
from aml_maint.services.dose_view import DosePair, DoseView
from aml_maint.services.worklist import WorkRow

Fact = tuple[Message, Message]


def patient_facts(row: WorkRow) -> list[Fact]:
    """Who it is, so that nobody is taken for another."""
    patient = row.patient
    facts = [
        _fact("born", dose_words.born(patient)),
        _fact("number", say("today.text", text=patient.mrn)),
    ]
    places = [place for place in (patient.ward, patient.bed) if place]
    if places:
        facts.append(_fact("place", say("today.names", names=tuple(places))))
    facts.append(_fact("cycle", say("today.cycle_day.long", cycle=row.cycle, day=row.day)))
    return facts


def dose_facts(pair: DosePair, view: DoseView) -> list[Fact]:
    """The four times of a dose, its window and gate, and what was recorded of it."""
    planned, record = view.planned, view.record
    if record is not None and record.unplanned is not None:
        return [*_unplanned_facts(record.unplanned), *_record_facts(view, record)]
    facts = [_fact("ideal", say("today.moment", at=record.ideal))] if record else []
    facts.append(_fact("planned", say("today.moment", at=planned.at)))
    if record is None:
        facts.append(_fact("window", dose_words.window_words(view)))
        if planned.component.food is not None:
            facts.append(_fact("food", _named(planned.component.food)))
    else:
        facts += _record_facts(view, record)
    gap = pair.gap
    if gap is not None and view is pair.main:
        facts.append(_fact("gap", gap.told))
    if planned.hold is not None:
        reason = say(f"hold_reason.{planned.hold.reason}")
        facts.append(
            _fact("hold", say("today.hold", day=planned.hold.first_day, reason=reason,
                              by=planned.hold.decided_by))
        )  # fmt: skip
    if view.gate is not None:
        # Of a recorded dose, what was known then is kept with the record.
        kept = record is not None and record.gate is not None
        for verdict in (view.gate, *view.gate.others):
            if not kept:
                facts.append(_fact("gate", verdict.warning or verdict.reason))
            facts.append(_fact("source", _named(dose_words.gate_source(verdict))))
    return facts


def _unplanned_facts(unplanned: Unplanned) -> list[Fact]:
    told = [(say("unplanned.ordered_by"), say("today.text", text=unplanned.ordered_by))]
    if unplanned.indication is not None:
        why = say(f"indication.{unplanned.indication}")
        told.insert(0, (say("unplanned.indication"), why))
    return told


def _record_facts(view: DoseView, record: Administration) -> list[Fact]:
    facts = []
    if record.status in TAKEN and record.given is not None:
        facts.append(_fact("given", say("today.moment", at=record.given.local)))
    by = say(
        "today.recorded_by", at=record.recorded.local, by=record.recorded_by,
        role=say(f"role.{record.recorded_role}"),
    )  # fmt: skip
    facts.append(_fact("recorded", by))
    if record.dose is not None and record.dose != view.planned.dose:
        facts.append(_fact("amount", dose_text(record.dose)))
    if record.reason is not None:
        facts.append(_fact("reason", say(f"reason.{record.reason}")))
    if record.note:
        facts.append(_fact("note", say("today.text", text=record.note)))
    if record.site is not None:
        facts.append(_fact("site", say(f"site.{record.site}")))
    if record.lot:
        facts.append(_fact("lot", say("today.text", text=record.lot)))
    if record.witness is not None:
        facts.append(_fact("witness", say("today.text", text=record.witness)))
    if record.temperature is not None:
        facts.append(_fact("temperature", lab_text(LabValue(record.temperature, "Cel"))))
    facts += [_fact("kept", told) for told in dose_words.evidence_kept(record)]
    return facts


def _fact(name: str, told: Message) -> Fact:
    return say(f"today.fact.{name}"), told


def _named(name: Name) -> Message:
    return say("today.text", text=name)
