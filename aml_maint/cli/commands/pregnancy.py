"""`childbearing` and `pregnancy-test`: what the gate of thalidomide goes by."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from uuid import UUID

from aml_maint.cli import seat, values
from aml_maint.cli.command import Answer, Command
from aml_maint.cli.saved import late_answer, once, saved
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say
from aml_maint.domain.pregnancy import Childbearing, Specimen, TestOutcome
from aml_maint.services.changes import Changes
from aml_maint.services.late_counts import given_while_closed
from aml_maint.services.pregnancy import (
    pregnancy_facts,
    record_pregnancy_test,
    state_childbearing,
    withdraw_pregnancy_test,
)
from aml_maint.services.record_numbers import patient_of

SUBJECT = "pregnancy_test"


def _statement_arguments(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("patient", metavar="MRN", help="cli.help.mrn")
    add("answer", metavar="ANSWER", help="cli.help.childbearing_answer")
    add("--why", required=True, metavar="TEXT", help="cli.help.childbearing_why")
    add("--by", metavar="NAME", help="cli.help.childbearing_by")
    add("--command-id", metavar="UUID", help="cli.help.command_id")


def _state(options: Namespace) -> Answer:
    answer = values.word(options.answer, Childbearing, "answer")
    with seat.ward(options) as place:
        patient = patient_of(place, options.patient)
        changes = once(
            options, place, "state_childbearing",
            lambda id: state_childbearing(
                place, patient.id, answer, options.why, stated_by=options.by, command_id=id
            ),
        )  # fmt: skip
    told = say("cli.childbearing", answer=say(f"pregnancy.{answer.value}"))
    return saved(changes, told, answer=answer)


def _test_arguments(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("patient", metavar="MRN", help="cli.help.mrn")
    add("outcome", metavar="OUTCOME", help="cli.help.pregnancy_outcome")
    add("--specimen", required=True, metavar="SPECIMEN", help="cli.help.pregnancy_specimen")
    add("--collected", required=True, metavar="ISO", help="cli.help.collected")
    add("--note", default="", metavar="TEXT", help="cli.help.note")
    add("--command-id", metavar="UUID", help="cli.help.command_id")


def _test(options: Namespace) -> Answer:
    outcome = values.word(options.outcome, TestOutcome, "outcome")
    specimen = values.word(options.specimen, Specimen, "specimen")
    with seat.ward(options) as place:
        patient = patient_of(place, options.patient)
        collected = values.moment(options.collected, place.zone, "collected")
        changes = once(
            options, place, "record_pregnancy_test",
            lambda id: record_pregnancy_test(
                place, patient.id, outcome, specimen, collected, note=options.note, command_id=id
            ),
        )  # fmt: skip
        late = given_while_closed(place, patient.id, SUBJECT, collected)
    told = say(
        "cli.pregnancy_test", outcome=say(f"pregnancy.{outcome.value}"), collected=collected.local
    )
    return late_answer(changes, told, SUBJECT, late)


def _withdraw_arguments(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("patient", metavar="MRN", help="cli.help.mrn")
    add("--collected", required=True, metavar="ISO", help="cli.help.collected")
    add("--why", required=True, metavar="TEXT", help="cli.help.why_undo")
    add("--command-id", metavar="UUID", help="cli.help.command_id")


def _withdraw(options: Namespace) -> Answer:
    with seat.ward(options) as place:
        patient = patient_of(place, options.patient)
        collected = values.moment(options.collected, place.zone, "collected")

        def withdraw(command_id: UUID | None) -> Changes:
            for test in reversed(pregnancy_facts(place, patient.id).tests):
                if test.collected.utc == collected.utc:
                    return withdraw_pregnancy_test(place, test.id, options.why, command_id)
            raise BadInput(
                say("cli.no_pregnancy_test", collected=collected.local), field="collected"
            )

        changes = once(options, place, "withdraw_pregnancy_test", withdraw)
        late = given_while_closed(place, patient.id, SUBJECT, collected)
    told = say("cli.pregnancy_test_withdrawn", collected=collected.local)
    return late_answer(changes, told, SUBJECT, late)


COMMANDS = {
    "childbearing": Command(_statement_arguments, _state),
    "pregnancy-test": Command(_test_arguments, _test),
    "pregnancy-test withdraw": Command(_withdraw_arguments, _withdraw),
}
