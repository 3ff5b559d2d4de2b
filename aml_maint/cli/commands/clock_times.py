"""`clock-time`: a time of day that one patient's course has for its own."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from datetime import time

from aml_maint.cli import seat, values
from aml_maint.cli.command import Answer, Command
from aml_maint.cli.saved import once, saved
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say
from aml_maint.services.clock_times import set_clock_time
from aml_maint.services.record_numbers import course_of

# Typed in the place of a time, it gives a slot back to the site's.
THE_SITES = "site"


def _arguments(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("patient", metavar="MRN", help="cli.help.mrn")
    add("component", metavar="COMPONENT", help="cli.help.component")
    add("slot", metavar="SLOT", help="cli.help.clock_slot")
    add("time", metavar="HH:MM", help="cli.help.clock_time_at")
    add("--why", required=True, metavar="TEXT", help="cli.help.why_set")
    add("--from", dest="from_day", metavar="YYYY-MM-DD", help="cli.help.settings_from")
    add("--by", metavar="NAME", help="cli.help.decided_by")
    add("--command-id", metavar="UUID", help="cli.help.command_id")


def _set(options: Namespace) -> Answer:
    at = _time(options.time)
    from_day = values.optional_day(options.from_day, "from_day")
    with seat.ward(options) as place:
        course = course_of(place, options.patient)
        changes = once(
            options, place, "set_clock_time",
            lambda id: set_clock_time(
                place, course.id, options.component, options.slot, at, options.why,
                decided_by=options.by, from_day=from_day, command_id=id,
            ),
        )  # fmt: skip
        since = max(one.from_day for one in course_of(place, options.patient).times)
    told = say("cli.clock_time", time=at or say("cli.clock_time.site"), day=since)
    return saved(changes, told, component=options.component, slot=options.slot,
                 time=None if at is None else f"{at:%H:%M}", **{"from": since})  # fmt: skip


def _time(text: str) -> time | None:
    if text == THE_SITES:
        return None
    try:
        return time.fromisoformat(text)
    except ValueError as error:
        raise BadInput(say("cli.not_a_time_of_day", text=text), field="time") from error


COMMANDS = {"clock-time": Command(_arguments, _set)}
