"""`start-course` and `start-cycle`: the recorded acts that a plan rests on."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from aml_maint.cli import seat, values
from aml_maint.cli.command import Answer, Command
from aml_maint.cli.saved import once, saved
from aml_maint.domain.messages import say
from aml_maint.services.assessment_gate import Unassessed
from aml_maint.services.record_numbers import course_of, patient_of
from aml_maint.services.treatment import start_course, start_cycle


def _course_arguments(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("patient", metavar="MRN", help="cli.help.mrn")
    add("regimen", metavar="REGIMEN", help="cli.help.regimen")
    add("--start", required=True, metavar="YYYY-MM-DD", help="cli.help.start")
    add("--dose", nargs=3, action="append", default=[], metavar=("COMPONENT", "VALUE", "UNIT"),
        help="cli.help.order")  # fmt: skip
    add("--zone", metavar="ZONE", help="cli.help.zone")
    add("--command-id", metavar="UUID", help="cli.help.command_id")


def _start_course(options: Namespace) -> Answer:
    start = values.day(options.start, "start")
    orders = {component: values.dose(*amount) for component, *amount in options.dose}
    zone = None if options.zone is None else values.zone(options.zone)
    with seat.ward(options) as place:
        patient = patient_of(place, options.patient)
        changes = once(
            options,
            place,
            "start_course",
            lambda id: start_course(
                place, patient.id, options.regimen, start, zone=zone, orders=orders, command_id=id
            ),
        )
    return saved(changes, say("cli.course_started", day=start), regimen=options.regimen)


def _cycle_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("patient", metavar="MRN", help="cli.help.mrn")
    parser.add_argument("--start", required=True, metavar="YYYY-MM-DD", help="cli.help.start")
    parser.add_argument("--unassessed", nargs=2, metavar=("NAME", "WHY"),
                        help="cli.help.unassessed")  # fmt: skip
    parser.add_argument("--command-id", metavar="UUID", help="cli.help.command_id")


def _start_cycle(options: Namespace) -> Answer:
    start = values.day(options.start, "start")
    with seat.ward(options) as place:
        course = course_of(place, options.patient)
        override = Unassessed(*options.unassessed) if options.unassessed else None
        changes = once(
            options,
            place,
            "start_cycle",
            lambda id: start_cycle(place, course.id, start, id, override=override),
        )
        number = len(course_of(place, options.patient).cycles)
    return saved(changes, say("cli.cycle_started", cycle=number, day=start), cycle=number)


COMMANDS = {
    "start-course": Command(_course_arguments, _start_course),
    "start-cycle": Command(_cycle_arguments, _start_cycle),
}
