"""How patients, doses and their states are said on screen: messages only, no language here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime

from aml_maint.domain.administration import OPEN_STATES, TAKEN, Administration, CellState
from aml_maint.domain.gate import GateState, GateVerdict
from aml_maint.domain.messages import Message, Name, say
from aml_maint.domain.moment import Moment
from aml_maint.domain.patient import Patient
from aml_maint.domain.quantities import Dose, dose_text, lab_text, lab_unit_text
from aml_maint.domain.regimen import PregnancyRule
from aml_maint.domain.schedule import PlannedDose
from aml_maint.gui.dose_targets import (
    is_off_time,
    is_past_day,
    minutes_to_dose,
    next_part,
    since_premedication,
)
from aml_maint.services.dose_view import DosePair, DoseView


def patient_name(patient: Patient) -> Message:
    """The patient's name as it stands everywhere: `FAMILY, Given`."""
    return say("today.text", text=patient.full_name)


def born(patient: Patient) -> Message:
    """The birth date, or that it is not recorded."""
    if patient.born_on is None:
        return say("today.born.unknown")
    return say("today.born", day=patient.born_on)


def place_of(patient: Patient) -> str:
    """Where a patient is found: the bed, else the ward, else nothing."""
    return patient.bed or patient.ward


def cycle_day(dose: PlannedDose) -> Message:
    """`C3 D5`."""
    return say("today.cycle_day", cycle=dose.cycle, day=dose.day)


def amount(dose: Dose | None) -> Message:
    """A dose, or that none has been ordered."""
    return say("today.no_dose") if dose is None else dose_text(dose)


def route(dose: PlannedDose) -> Message:
    """The way a drug is given, in words."""
    return say(f"route.{dose.component.drug.route}")


def dose_line(dose: PlannedDose) -> Message:
    """Generic name, em dash, dose, em dash, route (clinical rules, "How doses read")."""
    return say(
        "today.dose_line",
        drug=dose.component.drug.name,
        dose=amount(dose.dose),
        route=route(dose),
    )


def dose_short(dose: PlannedDose) -> Message:
    """Generic name and dose, for sentences."""
    return say("today.dose_short", drug=dose.component.drug.name, dose=amount(dose.dose))


def planned_time(view: DoseView, on: date) -> Message:
    """The planned time; with its day when that is another than `on`."""
    at = view.planned.at
    if at.date() == on:
        return say("today.time", time=at.time())
    return say("today.day_time", day=at.date(), time=at.time())


def span(minutes: int) -> Message:
    """A length of time: minutes up to two hours, then hours and minutes, then days."""
    if minutes < 120:
        return say("today.minutes", minutes=minutes)
    hours, rest = divmod(minutes, 60)
    if hours < 48:
        return (
            say("today.hours", hours=hours, minutes=rest)
            if rest
            else say("today.whole_hours", hours=hours)
        )
    return say("today.days", days=hours // 24)


def window_words(view: DoseView) -> Message:
    """From when to when a dose is on time."""
    opens, closes = (
        Moment.at(at, view.planned.zone).local for at in (view.window.opens, view.window.closes)
    )
    if opens.date() == closes.date():
        return say("today.window", opens=opens.time(), closes=closes.time())
    return say("today.window.days", opens=opens, closes=closes)


def state_words(view: DoseView, now: Moment) -> Message:
    """How a dose stands, in words beside its sign."""
    record = view.record
    if record is not None:
        return _recorded_words(view, record)
    if view.state is CellState.OVERDUE:
        return say("today.state.overdue", time=span(_minutes(view.planned.due, now.utc)))
    if view.state is CellState.HELD and view.planned.hold is not None:
        return say("today.state.on_hold", day=view.planned.hold.first_day)
    return say(f"state.{view.state.value}")


def countdown(pair: DosePair, now: Moment) -> Message | None:
    """How long until the dose that a premedication given prepares; None when none waits."""
    left, passed = minutes_to_dose(pair, now), since_premedication(pair, now)
    if left is None or passed is None:
        return None
    drug = pair.main.planned.component.drug.name
    link = pair.premedication.planned.component.link if pair.premedication else None
    if left > 0:
        return say("today.countdown", drug=drug, minutes=left)
    if link is not None and passed > -link.earliest_minutes:
        return say("today.countdown.past", drug=drug, minutes=passed)
    return say("today.countdown.now", drug=drug, minutes=passed)


def short_countdown(pair: DosePair, now: Moment) -> Message | None:
    """The same without the drug, for a line that names it already."""
    left, passed = minutes_to_dose(pair, now), since_premedication(pair, now)
    if left is None or passed is None:
        return None
    if left > 0 or pair.premedication is None:
        return say("today.in_minutes", minutes=left)
    return say("today.after_minutes", minutes=passed, drug=drug(pair.premedication))


def short_evidence(verdict: GateVerdict) -> Message:
    """Why a gate is not open, in one line; the full sentence is the verdict's own."""
    if isinstance(verdict.rule, PregnancyRule):
        return say(f"gate.short.{verdict.reason.key.removeprefix('gate.')}")
    analyte = verdict.subject
    if verdict.result is None:
        return say("today.evidence.missing", analyte=analyte)
    value = lab_text(verdict.result.value)
    day = verdict.result.collected.local.date()
    told = verdict.reason.params
    if verdict.is_stale:
        return say("today.evidence.stale", analyte=analyte, value=value, day=day,
                   days=told.get("days", ""))  # fmt: skip
    key = "undecided" if verdict.state is GateState.UNDECIDED else verdict.state.value
    return say(f"today.evidence.{key}", analyte=analyte, value=value, rule=told.get("rule", ""))


def short_warning(verdict: GateVerdict) -> Message:
    """Why an open gate asks for care, in one line."""
    return say("gate.short.warn", analyte=verdict.subject, value=verdict.found or "")


def gate_age(verdict: GateVerdict) -> Message | None:
    """How old a verdict's evidence was when it was judged; None without evidence."""
    if verdict.age is None:
        return None
    hours = int(verdict.age.total_seconds() // 3600)
    number, unit = (hours // 24, "days") if hours >= 48 else (hours, "hours")
    return Message(f"gate.age.{unit}{'.one' if number == 1 else ''}", {"number": number})


def gate_source(verdict: GateVerdict) -> Name:
    """Whose rule it is: of the limit, or of the age that a result may have."""
    return verdict.founded_on.title


def spoken(patient: Patient, view: DoseView, now: Moment) -> Message:
    """The whole sentence of one dose, for a screen reader."""
    return say(
        "today.spoken",
        dose=dose_short(view.planned),
        patient=patient_name(patient),
        due=planned_time(view, now.local.date()),
        state=state_words(view, now),
    )


def evidence_kept(record: Administration) -> tuple[Message, ...]:
    """What was kept with a record of its gate and of an override."""
    if record.gate is None:
        return ()
    kept: dict[str, str] = json.loads(record.gate)
    found = []
    for mark in ("", *(f"_{number}" for number in range(2, 9))):
        if f"value{mark}" in kept:
            found.append(_value_kept(kept, mark, record.recorded.zone))
    rules = kept.get("set_aside", "").split()
    if rules:
        told = tuple(say(f"unplanned.rule.{rule}") for rule in rules)
        found.append(say("unplanned.set_aside", rules=told))
    if "override_by" in kept:
        found.append(
            say("today.kept.override", by=kept["override_by"], reason=kept["override_reason"])
        )
    return tuple(found)


def _value_kept(kept: Mapping[str, str], mark: str, zone: str) -> Message:
    """What one gate went by, a laboratory value or a pregnancy test."""
    at = Moment.at(datetime.fromisoformat(kept[f"collected{mark}"]), zone).local
    value = kept[f"value{mark}"]
    if f"unit{mark}" not in kept:
        return say("today.kept.test", outcome=say(f"pregnancy.{value}"), at=at)
    unit = lab_unit_text(kept[f"unit{mark}"])
    return say("today.kept.count", value=value, unit=unit, at=at)


def drug(view: DoseView) -> Name:
    """The generic name."""
    return view.planned.component.drug.name


def _recorded_words(view: DoseView, record: Administration) -> Message:
    if record.status in TAKEN and record.given is not None:
        local = record.given.local
        when = (
            say("today.time", time=local.time())
            if local.date() == view.planned.on
            else say("today.day_time", day=local.date(), time=local.time())
        )
        kind = f"slot.{view.slot.slot}" if view.slot.is_unplanned else f"state.{view.state.value}"
        return say("today.state.taken", state=say(kind), when=when)
    if record.reason is None:
        return say(f"state.{view.state.value}")
    return say(
        "today.state.because",
        state=say(f"state.{view.state.value}"),
        reason=say(f"reason.{record.reason}"),
    )


def _minutes(since: datetime, until: datetime) -> int:
    return max(int((until - since).total_seconds() // 60), 0)


def give_words(pair: DosePair, now: Moment) -> Message:
    """What Enter would record of a dose now."""
    view = next_part(pair)
    if view.record is not None or view.state not in OPEN_STATES:
        return say("today.verb.give")
    if view.planned.dose is None:
        return say("today.verb.give.ask", drug=drug(view))
    if is_past_day(view, now):
        return say("today.verb.give.past")
    if is_off_time(pair, view, now):
        late = now.utc > view.window.closes
        return say("today.verb.give.late" if late else "today.verb.give.early")
    if pair.premedication is not None:
        return say("today.verb.give.part", drug=drug(view))
    return say("today.verb.give")
