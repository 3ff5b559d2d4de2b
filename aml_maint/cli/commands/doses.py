"""`log` with `log confirm`, `log correct` and `log undo`: what happened to planned doses."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import replace
from uuid import UUID

from aml_maint.cli import seat, values
from aml_maint.cli.command import Answer, Command
from aml_maint.cli.saved import once, saved
from aml_maint.domain.administration import TAKEN, Administration, Status
from aml_maint.domain.course import Course
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say
from aml_maint.domain.schedule import SlotId
from aml_maint.services.changes import Changes
from aml_maint.services.dosing import (
    DoseEntry,
    Override,
    RangeConfirmation,
    confirm_range,
    correct_dose,
    log_dose,
    undo_doses,
)
from aml_maint.services.record_numbers import course_of, record_of, slot_of


def _slot_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("patient", metavar="MRN", help="cli.help.mrn")
    parser.add_argument("component", metavar="COMPONENT", help="cli.help.component")
    parser.add_argument("--date", required=True, metavar="YYYY-MM-DD", help="cli.help.planned_on")
    parser.add_argument("--slot", metavar="SLOT", help="cli.help.slot")
    parser.add_argument("--command-id", metavar="UUID", help="cli.help.command_id")


def _entry_arguments(parser: ArgumentParser) -> None:
    _slot_arguments(parser)
    add = parser.add_argument
    add("--status", required=True, metavar="STATUS", help="cli.help.status")
    add("--given", metavar="ISO", help="cli.help.given")
    add("--dose", nargs=2, metavar=("VALUE", "UNIT"), help="cli.help.dose")
    add("--reason", metavar="CODE", help="cli.help.reason")
    add("--site", metavar="SITE", help="cli.help.site")
    add("--lot", metavar="TEXT", help="cli.help.lot")
    add("--temperature", metavar="CELSIUS", help="cli.help.temperature")
    add("--witness", metavar="NAME", help="cli.help.witness")
    add("--witness-passphrase-file", metavar="FILE", help="cli.help.witness_passphrase_file")
    add("--note", default="", metavar="TEXT", help="cli.help.note")
    add("--override-by", metavar="NAME", help="cli.help.override_by")
    add("--override-reason", metavar="TEXT", help="cli.help.override_reason")


def _correct_arguments(parser: ArgumentParser) -> None:
    _entry_arguments(parser)
    parser.add_argument("--why", required=True, metavar="TEXT", help="cli.help.why")


def _slot(options: Namespace, course: Course) -> SlotId:
    day = values.day(options.date, "date")
    return slot_of(course, options.component, day, options.slot)


def _entry(options: Namespace, course: Course) -> DoseEntry:
    override = None
    if options.override_by is not None or options.override_reason is not None:
        override = Override(options.override_by or "", options.override_reason or "")
    return DoseEntry(
        slot=_slot(options, course),
        status=values.word(options.status, Status, "status"),
        given=None if options.given is None
        else values.moment(options.given, course.zone, "given"),
        dose=None if options.dose is None else values.dose(*options.dose),
        reason=options.reason,
        note=options.note,
        site=options.site,
        lot=options.lot,
        temperature=values.optional_decimal(options.temperature, "temperature"),
        override=override,
        witness=options.witness,
        witness_passphrase=seat.witness_passphrase(options),
    )  # fmt: skip


def _log(options: Namespace) -> Answer:
    with seat.ward(options) as place:
        entry = _entry(options, course_of(place, options.patient))
        changes = log_dose(place, entry, values.command_id(options.command_id))
    told = say("cli.logged", state=say(f"state.{entry.status.value}"), day=entry.slot.planned_on)
    return saved(changes, told, slot=str(entry.slot), status=entry.status)


def _correct(options: Namespace) -> Answer:
    with seat.ward(options) as place:
        entry = _entry(options, course_of(place, options.patient))

        def correct(command_id: UUID | None) -> Changes:
            record = record_of(place, entry.slot)
            whole = _left_as_it_was(entry, record)
            return correct_dose(place, record.id, whole, options.why, command_id)

        changes = once(options, place, "correct_dose", correct)
    told = say("cli.corrected", state=say(f"state.{entry.status.value}"), day=entry.slot.planned_on)
    return saved(changes, told, slot=str(entry.slot), status=entry.status)


def _left_as_it_was(entry: DoseEntry, record: Administration) -> DoseEntry:
    """The correction with what nobody typed as it was recorded; time and amount come later."""
    if entry.status not in TAKEN or record.status not in TAKEN:
        return entry
    return replace(
        entry,
        reason=entry.reason or (record.reason if entry.status is record.status else None),
        note=entry.note or record.note,
        site=entry.site or record.site,
        lot=entry.lot or record.lot,
        temperature=record.temperature if entry.temperature is None else entry.temperature,
        witness=entry.witness or record.witness,
    )


def _undo_arguments(parser: ArgumentParser) -> None:
    _slot_arguments(parser)
    parser.add_argument("--why", default="", metavar="TEXT", help="cli.help.why_undo")


def _undo(options: Namespace) -> Answer:
    with seat.ward(options) as place:
        slot = _slot(options, course_of(place, options.patient))

        def undo(command_id: UUID | None) -> Changes:
            record = record_of(place, slot)
            return undo_doses(place, [record.id], command_id, reason=options.why)

        changes = once(options, place, "undo_dose", undo)
    return saved(changes, say("cli.undone", day=slot.planned_on), slot=str(slot))


def _confirm_arguments(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("patient", metavar="MRN", help="cli.help.mrn")
    add("--from", dest="first", required=True, metavar="YYYY-MM-DD", help="cli.help.from")
    add("--to", dest="last", required=True, metavar="YYYY-MM-DD", help="cli.help.to")
    add("--component", action="append", default=[], metavar="COMPONENT",
        help="cli.help.only_component")  # fmt: skip
    add("--command-id", metavar="UUID", help="cli.help.command_id")


def _confirm(options: Namespace) -> Answer:
    first, last = values.day(options.first, "from"), values.day(options.last, "to")
    if last < first:
        raise BadInput(say("cli.range_ends_first"), field="to")
    with seat.ward(options) as place:
        course = course_of(place, options.patient)
        known = {component.id for component in course.regimen.components}
        for component in options.component:
            if component not in known:
                raise BadInput(
                    say("error.unknown_component", component=component), field="component"
                )
        wanted = RangeConfirmation(course.id, first, last, tuple(options.component))
        changes = confirm_range(place, wanted, values.command_id(options.command_id))
    told = say("cli.confirmed", count=changes.count, first=first, last=last)
    return saved(changes, told, count=changes.count)


COMMANDS = {
    "log": Command(_entry_arguments, _log),
    "log confirm": Command(_confirm_arguments, _confirm),
    "log correct": Command(_correct_arguments, _correct),
    "log undo": Command(_undo_arguments, _undo),
}
