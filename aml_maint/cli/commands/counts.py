"""`count`: one laboratory result of a patient."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from aml_maint.cli import seat, values
from aml_maint.cli.command import Answer, Command
from aml_maint.cli.saved import once, saved
from aml_maint.domain.messages import say
from aml_maint.domain.quantities import LabValue, lab_text
from aml_maint.services.observations import record_count
from aml_maint.services.record_numbers import patient_of


def _arguments(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("patient", metavar="MRN", help="cli.help.mrn")
    add("analyte", metavar="ANALYTE", help="cli.help.analyte")
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
            lambda id: record_count(
                place, patient.id, options.analyte, value, collected,
                upper_limit=limit, command_id=id,
            ),
        )  # fmt: skip
    told = say(
        "cli.counted",
        analyte=say(f"analyte.{options.analyte}"),
        value=lab_text(value),
        collected=collected.local,
    )
    return saved(changes, told, analyte=options.analyte)


COMMANDS = {"count": Command(_arguments, _count)}
