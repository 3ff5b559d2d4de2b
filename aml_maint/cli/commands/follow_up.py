"""`follow-up` and its parts: whom to ask after, and what is known of a patient's fate."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID, uuid4

from aml_maint.cli import seat, values
from aml_maint.cli.command import Answer, Command
from aml_maint.cli.saved import once, saved
from aml_maint.domain.follow_up import (
    Contact,
    DeathCause,
    DiseaseEvent,
    EventKind,
    FollowUp,
    Means,
)
from aml_maint.domain.messages import Catalogue, Message, say
from aml_maint.services.changes import Changes
from aml_maint.services.follow_up import (
    OpenFollowUp,
    follow_up,
    open_follow_ups,
    record_contact,
    record_disease_event,
    withdraw_contact,
    withdraw_disease_event,
)
from aml_maint.services.record_numbers import patient_of


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("patient", metavar="MRN", nargs="?", help="cli.help.follow_up_mrn")


def _follow_up(options: Namespace) -> Answer:
    with seat.ward(options) as place:
        if options.patient is None:
            return _due(open_follow_ups(place))
        patient = patient_of(place, options.patient)
        known = follow_up(place, patient.id)
    data = {
        "mrn": patient.mrn,
        "last_known": known.last_known,
        "contacts": [_contact(one) for one in known.contacts],
        "events": [_event(one) for one in known.events],
    }
    return Answer(data, lambda words: _lines(words, known))


def _due(found: tuple[OpenFollowUp, ...]) -> Answer:
    data = [
        {"mrn": one.patient.mrn, "last_known": one.last_known, "due": one.due_on} for one in found
    ]

    def lines(words: Catalogue) -> Iterable[str]:
        for one in found:
            yield words.text(
                "cli.follow_up.due", mrn=one.patient.mrn, name=one.patient.full_name,
                last=one.last_known, due=one.due_on,
            )  # fmt: skip
        if not found:
            yield words.text("ask_after.none")

    return Answer({"patients": data}, lines)


def _contact(one: Contact) -> dict[str, object]:
    return {
        "id": one.id, "date": one.on, "means": one.means, "next": one.next_on, "note": one.note,
    }  # fmt: skip


def _event(one: DiseaseEvent) -> dict[str, object]:
    return {
        "id": one.id, "date": one.on, "kind": one.kind, "cause": one.cause, "note": one.note,
    }  # fmt: skip


def _lines(words: Catalogue, known: FollowUp) -> Iterable[str]:
    entries: list[Contact | DiseaseEvent] = [*known.contacts, *known.events]
    for one in sorted(entries, key=lambda entry: entry.on, reverse=True):
        yield words.text("cli.follow_up.one", day=one.on, what=_told(one), id=one.id)
    if not entries:
        yield words.text("follow_up.state.nothing")


def _told(one: Contact | DiseaseEvent) -> Message:
    if isinstance(one, Contact):
        told = say("follow_up.alive", means=say(f"means.{one.means.value}"))
    else:
        told = say(f"event_kind.{one.kind.value}")
        if one.cause is not None:
            cause = say(f"death_cause.{one.cause.value}")
            told = say("follow_up.noted", what=told, note=cause)
    return say("follow_up.noted", what=told, note=one.note) if one.note else told


def _entry_arguments(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("--on", metavar="DATE", help="cli.help.follow_up_on")
    add("--note", default="", metavar="TEXT", help="cli.help.note")
    add("--command-id", metavar="UUID", help="cli.help.command_id")


def _contact_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("patient", metavar="MRN", help="cli.help.mrn")
    parser.add_argument("means", metavar="MEANS", help="cli.help.follow_up_means")
    parser.add_argument("--next", metavar="DATE", help="cli.help.follow_up_next")
    _entry_arguments(parser)


def _record_contact(options: Namespace) -> Answer:
    means = values.word(options.means, Means, "means")
    on, next_on = (values.optional_day(getattr(options, name), name) for name in ("on", "next"))
    with seat.ward(options) as place:
        patient = patient_of(place, options.patient)
        day = on or place.clock.now().local.date()
        made = Contact(str(uuid4()), patient.id, day, means, options.note, next_on)
        changes = once(options, place, "record_contact", lambda id: record_contact(place, made, id))
    return _saved(changes, made.id)


def _event_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("patient", metavar="MRN", help="cli.help.mrn")
    parser.add_argument("kind", metavar="EVENT", help="cli.help.follow_up_event_kind")
    parser.add_argument("--cause", metavar="CAUSE", help="cli.help.follow_up_cause")
    _entry_arguments(parser)


def _record_event(options: Namespace) -> Answer:
    kind = values.word(options.kind, EventKind, "kind")
    named = options.cause
    cause = None if named is None else values.word(named, DeathCause, "cause")
    on = values.optional_day(options.on, "on")
    with seat.ward(options) as place:
        patient = patient_of(place, options.patient)
        day = on or place.clock.now().local.date()
        made = DiseaseEvent(str(uuid4()), patient.id, kind, day, cause, options.note)
        changes = once(
            options, place, "record_disease_event",
            lambda id: record_disease_event(place, made, id),
        )  # fmt: skip
    return _saved(changes, made.id)


def _saved(changes: Changes, id: str) -> Answer:
    answer = saved(changes, say("cli.follow_up.saved"))
    # What a command sent before made has the id that it got then.
    if changes.replayed:
        return answer
    assert isinstance(answer.data, dict)
    return replace(answer, data={**answer.data, "id": id})


def _undo_arguments(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("patient", metavar="MRN", help="cli.help.mrn")
    add("entry", metavar="ID", help="cli.help.follow_up_id")
    add("--why", required=True, metavar="TEXT", help="cli.help.follow_up_why")
    add("--command-id", metavar="UUID", help="cli.help.command_id")


def _undo(options: Namespace) -> Answer:
    with seat.ward(options) as place:
        patient = patient_of(place, options.patient)
        contacts = {one.id for one in follow_up(place, patient.id).contacts}
        is_contact = options.entry in contacts
        action = "withdraw_contact" if is_contact else "withdraw_disease_event"

        def take_back(id: UUID | None) -> Changes:
            withdraw = withdraw_contact if is_contact else withdraw_disease_event
            return withdraw(place, options.entry, options.why, id)

        changes = once(options, place, action, take_back)
    return saved(changes, say("cli.follow_up.undone"))


COMMANDS = {
    "follow-up": Command(_arguments, _follow_up),
    "follow-up contact": Command(_contact_arguments, _record_contact),
    "follow-up event": Command(_event_arguments, _record_event),
    "follow-up undo": Command(_undo_arguments, _undo),
}
