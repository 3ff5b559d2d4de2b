"""`replan`: the decisions that change a plan, each with `--preview`, their list, and undo."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable

from aml_maint.cli import seat, values
from aml_maint.cli.command import Answer, Command
from aml_maint.cli.commands.replan_preview import previewed
from aml_maint.cli.saved import once, saved
from aml_maint.domain.course import Course, EndReason, HoldReason
from aml_maint.domain.errors import BadInput, Refused
from aml_maint.domain.messages import Catalogue, say
from aml_maint.domain.shift import ShiftMode, ShiftScope
from aml_maint.services.assessment_gate import Unassessed
from aml_maint.services.record_numbers import course_of
from aml_maint.services.replan_wanted import ACTIONS, Wanted
from aml_maint.services.replanning import (
    PlanChange,
    WantedDelay,
    WantedDose,
    WantedEnd,
    WantedHold,
    WantedOmission,
    WantedRegimen,
    WantedResume,
    WantedShift,
    change_plan,
    changes_of,
    preview_change,
    preview_undo_of,
    undo_change,
)

_Read = Callable[[Namespace, Course], Wanted]


def _command(arguments: Callable[[ArgumentParser], None], read: _Read) -> Command:
    """A decision: `read` says what is wanted; `--preview` shows it, else it is made."""

    def declare(parser: ArgumentParser) -> None:
        parser.add_argument("patient", metavar="MRN", help="cli.help.mrn")
        arguments(parser)
        parser.add_argument("--preview", action="store_true", help="cli.help.preview")
        parser.add_argument("--command-id", metavar="UUID", help="cli.help.command_id")

    def run(options: Namespace) -> Answer:
        with seat.ward(options) as place:
            course = course_of(place, options.patient)
            wanted = read(options, course)
            if options.preview:
                return previewed(preview_change(place, course.id, wanted))
            changes = once(
                options, place, ACTIONS[type(wanted)],
                lambda id: change_plan(place, course.id, wanted, id),
            )  # fmt: skip
            made = {change.id: change for change in changes_of(place, course.id, with_undone=True)}
            change = made[str(changes.command_id)]
        return saved(
            changes, say("cli.changed", what=change.what, id=change.id),
            change=change.id, what=change.what,
        )  # fmt: skip

    return Command(declare, run)


def _decision(parser: ArgumentParser) -> None:
    parser.add_argument("--reason", required=True, metavar="TEXT", help="cli.help.why_changed")
    parser.add_argument("--by", required=True, metavar="NAME", help="cli.help.replan_by")


def _days(text: str) -> int:
    later = values.whole(text.removeprefix("-"), "days")
    return -later if text.startswith("-") else later


def _mode(options: Namespace) -> ShiftMode | None:
    return None if options.mode is None else values.word(options.mode, ShiftMode, "mode")


def _shift_arguments(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("--scope", required=True, metavar="SCOPE", help="cli.help.shift_scope")
    add("--from", dest="first", required=True, metavar="YYYY-MM-DD", help="cli.help.shift_from")
    add("--days", required=True, metavar="N", help="cli.help.shift_days")
    add("--component", metavar="COMPONENT", help="cli.help.shift_component")
    add("--mode", metavar="MODE", help="cli.help.shift_mode")
    add("--slot", metavar="SLOT", help="cli.help.slot")
    add("--alone", action="store_true", help="cli.help.shift_alone")
    _decision(parser)


def _shift(options: Namespace, _: Course) -> Wanted:
    return WantedShift(
        values.word(options.scope, ShiftScope, "scope"),
        values.day(options.first, "from"),
        _days(options.days),
        options.reason,
        options.by,
        options.component,
        options.slot,
        _mode(options),
        not options.alone,
    )


def _delay_arguments(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("--days", required=True, metavar="N", help="cli.help.shift_days")
    add("--mode", metavar="MODE", help="cli.help.replan_delay_mode")
    add("--component", metavar="COMPONENT", help="cli.help.shift_component")
    add("--alone", action="store_true", help="cli.help.shift_alone")
    _decision(parser)


def _delay(options: Namespace, _: Course) -> Wanted:
    mode = _mode(options) or ShiftMode.KEEP_GRID
    days = _days(options.days)
    by, component = options.by, options.component
    return WantedDelay(days, options.reason, by, mode, component, not options.alone)


def _omit_arguments(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("component", metavar="COMPONENT", help="cli.help.component")
    add("--from", dest="first", required=True, metavar="YYYY-MM-DD", help="cli.help.shift_from")
    add("--to", dest="last", metavar="YYYY-MM-DD", help="cli.help.replan_omit_to")
    add("--slot", metavar="SLOT", help="cli.help.slot")
    _decision(parser)


def _omit(options: Namespace, _: Course) -> Wanted:
    return WantedOmission(
        options.component,
        values.day(options.first, "from"),
        options.reason,
        options.by,
        values.optional_day(options.last, "to"),
        options.slot,
    )


def _hold_arguments(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("components", nargs="+", metavar="COMPONENT", help="cli.help.replan_drugs")
    add("--from", dest="first", required=True, metavar="YYYY-MM-DD", help="cli.help.replan_from")
    add("--to", dest="last", metavar="YYYY-MM-DD", help="cli.help.replan_last")
    add("--reason", required=True, metavar="REASON", help="cli.help.replan_hold_reason")
    add("--by", required=True, metavar="NAME", help="cli.help.replan_by")
    add("--note", default="", metavar="TEXT", help="cli.help.replan_note")
    add("--review", metavar="YYYY-MM-DD", help="cli.help.replan_review")


def _hold(options: Namespace, _: Course) -> Wanted:
    return WantedHold(
        tuple(options.components),
        values.day(options.first, "from"),
        values.word(options.reason, HoldReason, "reason"),
        options.by,
        values.optional_day(options.last, "to"),
        options.note,
        values.optional_day(options.review, "review"),
    )


def _resume_arguments(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("components", nargs="+", metavar="COMPONENT", help="cli.help.replan_held")
    add("--from", dest="first", required=True, metavar="YYYY-MM-DD",
        help="cli.help.replan_resume_from")  # fmt: skip
    add("--reason", default="", metavar="TEXT", help="cli.help.why_changed")


def _resume(options: Namespace, course: Course) -> Wanted:
    running = {hold.component: hold.id for hold in course.holds if hold.last_day is None}
    if any(component not in running for component in options.components):
        raise Refused(say("error.no_running_hold"))
    held = tuple(running[component] for component in options.components)
    first = values.day(options.first, "from")
    return WantedResume(held, values.day_before(first), options.reason)


def _dose_arguments(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("component", metavar="COMPONENT", help="cli.help.component")
    add("--from", dest="first", required=True, metavar="YYYY-MM-DD", help="cli.help.replan_from")
    add("--level", metavar="N", help="cli.help.replan_dose_level")
    add("--option", default="1", metavar="N", help="cli.help.replan_dose_option")
    add("--dose", nargs=2, metavar=("VALUE", "UNIT"), help="cli.help.replan_dose_amount")
    _decision(parser)


def _dose(options: Namespace, _: Course) -> Wanted:
    if (options.level is None) == (options.dose is None):
        raise BadInput(say("replan.dose_or_level"), field="dose")
    return WantedDose(
        options.component,
        values.day(options.first, "from"),
        options.reason,
        options.by,
        None if options.dose is None else values.dose(*options.dose),
        None if options.level is None else _days(options.level),
        values.whole(options.option, "option") - 1,
    )


def _stop_arguments(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("--last-day", required=True, metavar="YYYY-MM-DD", help="cli.help.replan_end")
    add("--reason", required=True, metavar="REASON", help="cli.help.replan_end_reason")
    add("--by", required=True, metavar="NAME", help="cli.help.replan_by")
    add("--note", default="", metavar="TEXT", help="cli.help.replan_note")
    add("--unassessed", nargs=2, metavar=("NAME", "WHY"), help="cli.help.unassessed")


def _stop(options: Namespace, _: Course) -> Wanted:
    reason = values.word(options.reason, EndReason, "reason")
    unassessed = Unassessed(*options.unassessed) if options.unassessed else None
    last_day = values.day(options.last_day, "last_day")
    return WantedEnd(last_day, reason, options.by, options.note, unassessed)


def _regimen_arguments(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("regimen", metavar="REGIMEN", help="cli.help.regimen")
    add("--from", dest="first", required=True, metavar="YYYY-MM-DD", help="cli.help.replan_from")
    add("--version-number", metavar="N", help="cli.help.replan_version")
    add("--dose", nargs=3, action="append", default=[], metavar=("COMPONENT", "VALUE", "UNIT"),
        help="cli.help.order")  # fmt: skip
    _decision(parser)


def _regimen(options: Namespace, _: Course) -> Wanted:
    number = options.version_number
    return WantedRegimen(
        options.regimen,
        values.day(options.first, "from"),
        options.reason,
        options.by,
        None if number is None else values.whole(number, "version"),
        {component: values.dose(*amount) for component, *amount in options.dose},
    )


def _undo_arguments(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("patient", metavar="MRN", help="cli.help.mrn")
    add("--change", metavar="UUID", help="cli.help.change")
    add("--reason", default="", metavar="TEXT", help="cli.help.why_changed")
    add("--preview", action="store_true", help="cli.help.preview")
    add("--command-id", metavar="UUID", help="cli.help.command_id")


def _undo(options: Namespace) -> Answer:
    with seat.ward(options) as place:
        course = course_of(place, options.patient)
        known = {change.id: change for change in changes_of(place, course.id, with_undone=True)}
        standing = [change for change in known.values() if change.undone is None]
        wanted = options.change or (standing[0].id if standing else "")
        if wanted not in known:
            raise BadInput(say("replan.no_such_change"), field="change")
        if options.preview:
            found = preview_undo_of(place, course.id, wanted)
            return previewed(found, known[wanted].undo_name)
        changes = once(
            options, place, "undo_change",
            lambda id: undo_change(place, course.id, wanted, options.reason, id),
        )  # fmt: skip
    return saved(changes, say("cli.change_undone", what=known[wanted].what), change=wanted)


def _list_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("patient", metavar="MRN", help="cli.help.mrn")
    parser.add_argument("--all", action="store_true", help="cli.help.replan_all")


def _list(options: Namespace) -> Answer:
    with seat.ward(options) as place:
        course = course_of(place, options.patient)
        found = changes_of(place, course.id, with_undone=options.all)
    return Answer({"changes": [_data(change) for change in found]}, lambda w: _lines(w, found))


def _data(change: PlanChange) -> dict[str, object]:
    undone = change.undone
    return {
        "change": change.id,
        "what": change.what,
        "reason": change.why,
        "decided_by": change.decided_by,
        "entered": change.entered.local,
        "entered_by": change.entered_by,
        "undone": None if undone is None else {"at": undone[0].local, "by": undone[1]},
    }


def _lines(words: Catalogue, found: Iterable[PlanChange]) -> Iterable[str]:
    empty = True
    for change in found:
        empty = False
        told = {"entered": change.entered.local, "what": change.what}
        if change.undone is None:
            yield words.text("cli.changes.line", **told)
        else:
            at, who = change.undone
            yield words.text("cli.changes.undone", at=at.local, who=who, **told)
        yield words.text(
            "cli.changes.why", why=change.why or "–", by=change.decided_by, who=change.entered_by,
            id=change.id,
        )  # fmt: skip
    if empty:
        yield words.text("cli.changes.none")


COMMANDS = {
    "replan": Command(_list_arguments, _list),
    "replan shift": _command(_shift_arguments, _shift),
    "replan delay": _command(_delay_arguments, _delay),
    "replan omit": _command(_omit_arguments, _omit),
    "replan hold": _command(_hold_arguments, _hold),
    "replan resume": _command(_resume_arguments, _resume),
    "replan dose": _command(_dose_arguments, _dose),
    "replan stop": _command(_stop_arguments, _stop),
    "replan regimen": _command(_regimen_arguments, _regimen),
    "replan undo": Command(_undo_arguments, _undo),
}
