"""`shift` and `omit`, with previews, and `shift undo`: decisions that change the plan."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable

from aml_maint.cli import seat, values
from aml_maint.cli.command import Answer, Command
from aml_maint.cli.output import table
from aml_maint.cli.saved import once, saved
from aml_maint.domain.errors import BadInput, Refused
from aml_maint.domain.messages import Catalogue, say
from aml_maint.domain.replan import Preview
from aml_maint.domain.schedule import PlannedDose
from aml_maint.domain.shift import ShiftMode, ShiftScope
from aml_maint.services.record_numbers import course_of
from aml_maint.services.replanning import (
    WantedOmission,
    WantedShift,
    changes_of,
    omit_doses,
    preview_omission,
    preview_shift,
    shift_doses,
    undo_change,
)


def _decision_arguments(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("--slot", metavar="SLOT", help="cli.help.slot")
    add("--reason", required=True, metavar="TEXT", help="cli.help.why_changed")
    add("--by", required=True, metavar="NAME", help="cli.help.decided_by")
    add("--dry-run", action="store_true", help="cli.help.preview_only")
    add("--command-id", metavar="UUID", help="cli.help.command_id")


def _shift_arguments(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("patient", metavar="MRN", help="cli.help.mrn")
    add("--scope", required=True, metavar="SCOPE", help="cli.help.shift_scope")
    add("--from", dest="first", required=True, metavar="YYYY-MM-DD", help="cli.help.shift_from")
    add("--days", required=True, metavar="N", help="cli.help.shift_days")
    add("--component", metavar="COMPONENT", help="cli.help.shift_component")
    add("--mode", metavar="MODE", help="cli.help.shift_mode")
    add("--alone", action="store_true", help="cli.help.shift_alone")
    _decision_arguments(parser)


def _shift(options: Namespace) -> Answer:
    text = options.days
    later = values.whole(text.removeprefix("-"), "days")
    wanted = WantedShift(
        values.word(options.scope, ShiftScope, "scope"),
        values.day(options.first, "from"),
        -later if text.startswith("-") else later,
        options.reason,
        options.by,
        options.component,
        options.slot,
        None if options.mode is None else values.word(options.mode, ShiftMode, "mode"),
        not options.alone,
    )
    with seat.ward(options) as place:
        course = course_of(place, options.patient)
        if options.dry_run:
            return _previewed(preview_shift(place, course.id, wanted))
        changes = once(
            options, place, "shift_doses", lambda id: shift_doses(place, course.id, wanted, id)
        )
        newest = next(c.id for c in changes_of(place, course.id) if c.table == "shifts")
    return saved(changes, say("cli.shifted", id=newest), change=newest)


def _omit_arguments(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("patient", metavar="MRN", help="cli.help.mrn")
    add("component", metavar="COMPONENT", help="cli.help.component")
    add("--from", dest="first", required=True, metavar="YYYY-MM-DD", help="cli.help.shift_from")
    add("--to", dest="last", metavar="YYYY-MM-DD", help="cli.help.omit_to")
    _decision_arguments(parser)


def _omit(options: Namespace) -> Answer:
    wanted = WantedOmission(
        options.component,
        values.day(options.first, "from"),
        options.reason,
        options.by,
        values.optional_day(options.last, "to"),
        options.slot,
    )
    with seat.ward(options) as place:
        course = course_of(place, options.patient)
        if options.dry_run:
            return _previewed(preview_omission(place, course.id, wanted))
        changes = once(
            options, place, "omit_doses", lambda id: omit_doses(place, course.id, wanted, id)
        )
        newest = next(c.id for c in changes_of(place, course.id) if c.table == "omissions")
    return saved(changes, say("cli.omitted", id=newest), change=newest)


def _undo_arguments(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("patient", metavar="MRN", help="cli.help.mrn")
    add("--change", metavar="UUID", help="cli.help.change")
    add("--reason", required=True, metavar="TEXT", help="cli.help.why_changed")
    add("--command-id", metavar="UUID", help="cli.help.command_id")


def _undo(options: Namespace) -> Answer:
    with seat.ward(options) as place:
        course = course_of(place, options.patient)
        known = changes_of(place, course.id)
        change = options.change or (known[0].id if known else None)
        if change is None:
            raise BadInput(say("replan.no_such_change"), field="change")
        changes = once(
            options,
            place,
            "undo_change",
            lambda id: undo_change(place, course.id, change, options.reason, id),
        )
    return saved(changes, say("cli.change_undone"), change=change)


def _previewed(found: Preview) -> Answer:
    """Before, after and conflicts; with conflicts the command ends as the write would."""
    data = {
        "saved": False,
        "before": [_dose(dose) for dose in found.before],
        "after": [_dose(dose) for dose in found.after],
        "conflicts": list(found.conflicts),
        "counts": [count._asdict() for count in found.counts],
        "seams": [seam._asdict() for seam in found.seams],
    }
    problem = Refused(found.conflicts[0]) if found.conflicts else None
    return Answer(data, lambda words: _lines(words, found), problem=problem)


def _dose(dose: PlannedDose) -> dict[str, object]:
    return {
        "slot": str(dose.id),
        "component": dose.id.component,
        "cycle": dose.cycle,
        "cycle_day": dose.day,
        "planned": dose.at,
        "omitted": "yes" if dose.omission else "no",
    }


def _lines(words: Catalogue, found: Preview) -> Iterable[str]:
    yield words.text("cli.preview", doses=len(found.after))
    rows = []
    for old, new in zip(found.before, found.after, strict=True):
        now = say("cli.preview.omitted") if new.omission else new.at
        drug = words.text(old.component.drug.name)
        rows.append((f"  {drug}", words.value(old.at), f"→ {words.value(now)}"))
    yield from table(rows)
    for count in found.counts:
        if count.before != count.after:
            yield words.text("cli.preview.count", **count._asdict())
    for seam in found.seams:
        yield words.text("cli.preview.seam", **seam._asdict())
    for conflict in found.conflicts:
        yield words.text("cli.preview.conflict", conflict=conflict)


COMMANDS = {
    "shift": Command(_shift_arguments, _shift),
    "shift undo": Command(_undo_arguments, _undo),
    "omit": Command(_omit_arguments, _omit),
}
