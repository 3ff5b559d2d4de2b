"""`unplanned` with `unplanned correct` and `unplanned undo`: doses that no plan asked for."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

from aml_maint.cli import seat, values
from aml_maint.cli.command import Answer, Command
from aml_maint.cli.saved import once, saved
from aml_maint.domain.administration import Administration
from aml_maint.domain.course import Course
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import Message, say
from aml_maint.domain.quantities import dose_text
from aml_maint.domain.regimen import Drug
from aml_maint.services.changes import Changes
from aml_maint.services.dose_reading import standing
from aml_maint.services.dosing import Override, undo_doses
from aml_maint.services.medicines import Medicine, drugs_of, medicine_of
from aml_maint.services.record_numbers import course_of
from aml_maint.services.unplanned import UnplannedEntry, correct_unplanned, log_unplanned
from aml_maint.services.workplace import Workplace


def _what_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("patient", metavar="MRN", help="cli.help.mrn")
    parser.add_argument("drug", metavar="DRUG", help="cli.help.unplanned_drug")
    parser.add_argument("--command-id", metavar="UUID", help="cli.help.command_id")


def _entry_arguments(parser: ArgumentParser) -> None:
    _what_arguments(parser)
    add = parser.add_argument
    add("--given", metavar="ISO", help="cli.help.given")
    add("--dose", nargs=2, metavar=("VALUE", "UNIT"), help="cli.help.dose")
    add("--route", metavar="ROUTE", help="cli.help.route")
    add("--for", dest="indication", metavar="CODE", help="cli.help.indication")
    add("--reason", metavar="CODE", help="cli.help.unplanned_reason")
    add("--ordered-by", default="", metavar="NAME", help="cli.help.ordered_by")
    add("--order", metavar="UUID", help="cli.help.order_id")
    add("--site", metavar="SITE", help="cli.help.site")
    add("--lot", metavar="TEXT", help="cli.help.lot")
    add("--witness", metavar="NAME", help="cli.help.witness")
    add("--witness-passphrase-file", metavar="FILE", help="cli.help.witness_passphrase_file")
    add("--temperature", metavar="CELSIUS", help="cli.help.temperature")
    add("--note", default="", metavar="TEXT", help="cli.help.note")
    add("--override-by", metavar="NAME", help="cli.help.override_by")
    add("--override-reason", metavar="TEXT", help="cli.help.override_reason")


def _which_arguments(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("--date", required=True, metavar="YYYY-MM-DD", help="cli.help.given_day")
    add("--number", metavar="N", help="cli.help.unplanned_number")
    add("--why", required=True, metavar="TEXT", help="cli.help.why")


def _correct_arguments(parser: ArgumentParser) -> None:
    _entry_arguments(parser)
    _which_arguments(parser)


def _undo_arguments(parser: ArgumentParser) -> None:
    _what_arguments(parser)
    _which_arguments(parser)


def _entry(options: Namespace, course: Course, old: Administration | None = None) -> UnplannedEntry:
    """The entry as typed; a correction keeps what nobody typed as it was recorded."""
    override = None
    if options.override_by is not None or options.override_reason is not None:
        override = Override(options.override_by or "", options.override_reason or "")
    degrees = values.optional_decimal(options.temperature, "temperature")
    given = None
    if options.given is not None:
        given = values.moment(options.given, course.zone, "given")
    dose = None if options.dose is None else values.dose(*options.dose)
    was = old.unplanned if old is not None else None
    return UnplannedEntry(
        course.id,
        options.drug,
        dose or (old.dose if old else None),
        given or (old.given if old else None),
        options.route or (was.route if was else None),
        options.indication or (was.indication if was else None),
        options.reason or (old.reason if old else None),
        options.ordered_by or (was.ordered_by if was else ""),
        options.order or (was.order if was else None),
        options.note or (old.note if old else ""),
        options.site or (old.site if old else None),
        options.lot or (old.lot if old else None),
        degrees if degrees is not None else (old.temperature if old else None),
        override,
        options.witness or (old.witness if old else None),
        seat.witness_passphrase(options),
    )


def _log(options: Namespace) -> Answer:
    with seat.ward(options) as place:
        course = course_of(place, options.patient)
        entry = _named(options, _entry(options, course))
        changes = once(
            options, place, "log_unplanned", lambda command: log_unplanned(place, entry, command)
        )
        record = _by_id(place, course, entry.id, (entry.given or changes.at).day_in(course.zone))
        drug = medicine_of(drugs_of(place), course, entry.drug, changes.at.day_in(course.zone)).drug
    return _saved(changes, "cli.unplanned_logged", drug, record, entry.id)


def _correct(options: Namespace) -> Answer:
    with seat.ward(options) as place:
        course = course_of(place, options.patient)
        day = values.day(options.date, "date")
        medicine = medicine_of(drugs_of(place), course, options.drug, day)
        new_id = str(values.command_id(options.command_id) or uuid4())

        def correct(command_id: UUID | None) -> Changes:
            old = _record_of(place, course, medicine, day, options.number)
            entry = replace(_entry(options, course, old), id=new_id)
            return correct_unplanned(place, old.id, entry, options.why, command_id)

        changes = once(options, place, "correct_unplanned", correct)
        record = _by_id(place, course, new_id, day)
    return _saved(changes, "cli.unplanned_corrected", medicine.drug, record, new_id)


def _undo(options: Namespace) -> Answer:
    with seat.ward(options) as place:
        course = course_of(place, options.patient)
        day = values.day(options.date, "date")
        medicine = medicine_of(drugs_of(place), course, options.drug, day)

        def undo(command_id: UUID | None) -> Changes:
            record = _record_of(place, course, medicine, day, options.number)
            return undo_doses(place, [record.id], command_id, reason=options.why)

        changes = once(options, place, "undo_dose", undo)
    return saved(changes, say("cli.unplanned_undone", drug=medicine.drug.name, day=day))


def _named(options: Namespace, entry: UnplannedEntry) -> UnplannedEntry:
    """The entry under the id of its command, so that a command sent again names the same dose."""
    command = values.command_id(options.command_id)
    return entry if command is None else replace(entry, id=str(command))


def _of_day(place: Workplace, course: Course, day: date) -> list[Administration]:
    records = standing(place, course.id, day, day).values()
    unplanned = [record for record in records if record.slot.is_unplanned]
    return sorted(unplanned, key=lambda record: (record.planned, record.slot.sequence))


def _by_id(place: Workplace, course: Course, id: str, day: date) -> Administration | None:
    return next((record for record in _of_day(place, course, day) if record.id == id), None)


def _record_of(
    place: Workplace, course: Course, medicine: Medicine, day: date, number: str | None
) -> Administration:
    """The standing record that is meant; BadInput when there is none, or several."""
    known = [r for r in _of_day(place, course, day) if r.slot.component == medicine.component.id]
    if not known:
        raise BadInput(say("record.nothing_recorded", day=day), field="date")
    if number is None and len(known) == 1:
        return known[0]
    wanted = values.whole(number, "number") if number is not None else 0
    if not 1 <= wanted <= len(known):
        told = say(
            "cli.unplanned_which",
            drug=medicine.drug.name,
            day=day,
            known=tuple(f"{n} ({r.planned:%H:%M})" for n, r in enumerate(known, 1)),
        )
        raise BadInput(told, field="number")
    return known[wanted - 1]


def _saved(
    changes: Changes, key: str, drug: Drug, record: Administration | None, id: str
) -> Answer:
    if record is None or record.dose is None or record.given is None:
        # Taken back since it was sent first; that it was sent before is said all the same.
        return saved(changes, say("cli.saved_before", sequence=changes.sequence), id=id)
    told = {"drug": drug.name, "dose": dose_text(record.dose), "given": record.given.local}
    return saved(changes, Message(key, told), id=id, slot=str(record.slot))


COMMANDS = {
    "unplanned": Command(_entry_arguments, _log),
    "unplanned correct": Command(_correct_arguments, _correct),
    "unplanned undo": Command(_undo_arguments, _undo),
}
