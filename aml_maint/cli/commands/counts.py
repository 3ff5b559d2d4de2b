"""`count` and `count withdraw`: one laboratory result of a patient."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from uuid import UUID

from aml_maint.cli import seat, values
from aml_maint.cli.command import Answer, Command
from aml_maint.cli.saved import late_answer, once
from aml_maint.domain.messages import say
from aml_maint.domain.quantities import LabValue, lab_text
from aml_maint.services.changes import Changes
from aml_maint.services.late_counts import given_while_closed
from aml_maint.services.observations import record_count, withdraw_count
from aml_maint.services.record_numbers import patient_of, result_of


def _place_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("patient", metavar="MRN", help="cli.help.mrn")
    parser.add_argument("analyte", metavar="ANALYTE", help="cli.help.analyte")


def _arguments(parser: ArgumentParser) -> None:
    _place_arguments(parser)
    add = parser.add_argument
    add("value", metavar="VALUE", help="cli.help.value")
    add("unit", metavar="UNIT", help="cli.help.unit")
    add("--collected", required=True, metavar="ISO", help="cli.help.collected")
    add("--uln", metavar="X", help="cli.help.uln")
    add("--command-id", metavar="UUID", help="cli.help.command_id")


def _count(options: Namespace) -> Answer:
    value = LabValue.parse(options.value, options.unit)
    limit = values.optional_decimal(options.uln, "uln")
    with seat.ward(options) as place:
        patient = patient_of(place, options.patient)
        collected = values.moment(options.collected, place.zone, "collected")
        changes = once(
            options,
            place,
            "record_counts",
            lambda id: record_count(
                place, patient.id, options.analyte, value, collected,
                upper_limit=limit, command_id=id,
            ),
        )  # fmt: skip
        late = given_while_closed(place, patient.id, options.analyte, collected)
    told = say(
        "cli.counted",
        analyte=say(f"analyte.{options.analyte}"),
        value=lab_text(value),
        collected=collected.local,
    )
    return late_answer(changes, told, options.analyte, late)


def _withdraw_arguments(parser: ArgumentParser) -> None:
    _place_arguments(parser)
    add = parser.add_argument
    add("--collected", required=True, metavar="ISO", help="cli.help.collected")
    add("--why", required=True, metavar="TEXT", help="cli.help.why_undo")
    add("--command-id", metavar="UUID", help="cli.help.command_id")


def _withdraw(options: Namespace) -> Answer:
    with seat.ward(options) as place:
        patient = patient_of(place, options.patient)
        collected = values.moment(options.collected, place.zone, "collected")

        def withdraw(command_id: UUID | None) -> Changes:
            result = result_of(place, patient, options.analyte, collected)
            return withdraw_count(place, result.id, options.why, command_id)

        changes = once(options, place, "withdraw_count", withdraw)
        late = given_while_closed(place, patient.id, options.analyte, collected)
    told = say("cli.count_withdrawn", collected=collected.local)
    return late_answer(changes, told, options.analyte, late)


COMMANDS = {
    "count": Command(_arguments, _count),
    "count withdraw": Command(_withdraw_arguments, _withdraw),
}
