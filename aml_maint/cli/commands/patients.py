"""`patients` and `admit`: who is in the ward's file."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable

from aml_maint.cli import seat, values
from aml_maint.cli.command import Answer, Command
from aml_maint.cli.output import table
from aml_maint.cli.saved import once, saved
from aml_maint.domain.messages import Catalogue, say
from aml_maint.domain.patient import Flt3Itd, Patient, Risk, Sex
from aml_maint.services.people import PatientRow, admit_patient, list_patients


def _list_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("search", metavar="SEARCH", nargs="?", default="", help="cli.help.search")


def _list(options: Namespace) -> Answer:
    with seat.ward(options) as place:
        rows = list_patients(place, options.search)
    return Answer([_row(row) for row in rows], lambda words: _lines(words, rows))


def _row(row: PatientRow) -> dict[str, object]:
    patient = row.patient
    return {
        "mrn": patient.mrn,
        "family_name": patient.family_name,
        "given_name": patient.given_name,
        "sex": patient.sex,
        "born_on": patient.born_on,
        "ward": patient.ward,
        "bed": patient.bed,
        "regimen": row.course.regimen.id if row.course else None,
        "cycle": row.place.cycle if row.place else None,
        "day": row.place.day if row.place else None,
        "from_cohort": row.reported,
        "similar_name": row.has_similar_name,
    }


def _lines(words: Catalogue, rows: Iterable[PatientRow]) -> list[str]:
    return table(
        (
            row.patient.mrn,
            row.patient.full_name,
            words.text(row.course.regimen.name) if row.course else "–",
            words.text("cli.cycle_day", cycle=row.place.cycle, day=row.place.day)
            if row.place
            else "–",
        )
        for row in rows
    )


def _admit_arguments(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("mrn", metavar="MRN", help="cli.help.new_mrn")
    add("family_name", metavar="FAMILY", help="cli.help.family_name")
    add("given_name", metavar="GIVEN", nargs="?", default="", help="cli.help.given_name")
    add("--sex", default=Sex.UNKNOWN.value, metavar="WORD", help="cli.help.sex")
    add("--born", metavar="YYYY-MM-DD", help="cli.help.born")
    add("--diagnosed", metavar="YYYY-MM-DD", help="cli.help.diagnosed")
    add("--diagnosis", default="", metavar="TEXT", help="cli.help.diagnosis")
    add("--flt3-itd", default=Flt3Itd.NOT_RECORDED.value, metavar="WORD", help="cli.help.flt3")
    add("--risk", default=Risk.NOT_RECORDED.value, metavar="WORD", help="cli.help.admit_risk")
    add("--ward", default="", metavar="TEXT", help="cli.help.ward")
    add("--bed", default="", metavar="TEXT", help="cli.help.bed")
    add("--command-id", metavar="UUID", help="cli.help.command_id")


def _admit(options: Namespace) -> Answer:
    patient = Patient(
        id="",
        family_name=options.family_name,
        given_name=options.given_name,
        mrn=options.mrn,
        sex=values.word(options.sex, Sex, "sex"),
        born_on=values.optional_day(options.born, "born_on"),
        diagnosis=options.diagnosis,
        diagnosed_on=values.optional_day(options.diagnosed, "diagnosed_on"),
        flt3_itd=values.word(options.flt3_itd, Flt3Itd, "flt3_itd"),
        eln_risk=values.word(options.risk, Risk, "risk"),
        ward=options.ward,
        bed=options.bed,
    )
    with seat.ward(options) as place:
        changes = once(
            options, place, "admit_patient", lambda id: admit_patient(place, patient, id)
        )
    return saved(changes, say("cli.admitted", mrn=patient.mrn), mrn=patient.mrn)


COMMANDS = {"patients": Command(_list_arguments, _list), "admit": Command(_admit_arguments, _admit)}
