"""`labs`, `labs import` and `laboratories`: results with their grades, files, reference limits."""

from __future__ import annotations

import re
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable
from datetime import time

from aml_maint.cli import seat, values
from aml_maint.cli.command import Answer, Command
from aml_maint.cli.progress import watching
from aml_maint.cli.saved import once, saved
from aml_maint.domain.errors import BadInput, UserError
from aml_maint.domain.lab_judgement import Judgement, not_graded
from aml_maint.domain.messages import Catalogue, say
from aml_maint.domain.patient import Patient, Sex
from aml_maint.domain.quantities import lab_text, unit_code
from aml_maint.domain.reference_limits import Laboratory, ReferenceLimit
from aml_maint.services import delimited, lab_import
from aml_maint.services.lab_import import Accepted, LabPreview, RowState
from aml_maint.services.lab_reading import LabSeries, lab_book
from aml_maint.services.lab_table import LabMapping, Part
from aml_maint.services.laboratories import (
    add_laboratory,
    laboratories,
    laboratory_named,
    reference_limits,
    set_reference_limit,
)
from aml_maint.services.late_counts import LateDose
from aml_maint.services.library import lab_catalogue
from aml_maint.services.long_work import Step, Stopped
from aml_maint.services.record_numbers import patient_of
from aml_maint.services.trust import backup_before_import

_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


def _labs_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("patient", metavar="MRN", help="cli.help.mrn")
    parser.add_argument("--analyte", metavar="ANALYTE", help="cli.help.analyte")


def _labs(options: Namespace) -> Answer:
    wanted = None if options.analyte is None else _analyte(options.analyte)
    with seat.ward(options) as place:
        book = lab_book(place, patient_of(place, options.patient).id)
    series = [one for one in book.series if wanted in (None, one.analyte.id)]
    data = {
        "results": [
            _told(one, judged, book.laboratories.get(judged.result.laboratory or ""))
            for one in series
            for judged in one.judgements
        ]
    }

    def lines(words: Catalogue) -> Iterable[str]:
        for one in series:
            for judged in one.judgements:
                yield _line(words, one, judged)
        if not series:
            yield words.text("cli.labs.none")

    return Answer(data, lines)


def _told(series: LabSeries, judged: Judgement, laboratory: str | None) -> dict[str, object]:
    result = judged.result
    return {
        "analyte": result.analyte,
        "value": result.value.printed.replace("\N{NO-BREAK SPACE}", ""),
        "unit": result.value.unit,
        "collected": result.collected.local,
        "laboratory": laboratory,
        "lower_limit": result.lower_limit,
        "upper_limit": result.upper_limit,
        "beside": judged.beside,
        "grade": judged.grade,
        "reason": not_graded(judged),
        "baseline_grade": judged.baseline.grade if judged.baseline else None,
        "worse": judged.worse,
        "delta": judged.delta,
        "item": series.item.id if series.item else None,
    }


def _line(words: Catalogue, series: LabSeries, judged: Judgement) -> str:
    told = words.text(
        "cli.labs.line",
        collected=judged.result.collected.local,
        analyte=series.analyte.name,
        value=lab_text(judged.result.value),
        reason=not_graded(judged),
    )
    parts = [told]
    if judged.worse:
        parts.append(words.text("labs.worse"))
    if judged.delta is not None:
        parts.append(words.text(judged.delta))
    return "; ".join(parts)


def _import_arguments(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("file", metavar="FILE", help="cli.help.labs_file")
    add("--patient", metavar="MRN", help="cli.help.labs_patient")
    add("--laboratory", default="", metavar="NAME", help="cli.help.laboratory")
    add("--column", action="append", default=[], metavar="NAME=PART", help="cli.help.labs_column")
    add("--analyte", action="append", default=[], metavar="COLUMN=ANALYTE:UNIT",
        help="cli.help.labs_analyte")  # fmt: skip
    add("--time", metavar="HH:MM", help="cli.help.labs_time")
    add("--dry-run", action="store_true", help="cli.help.dry_run")
    add("--accept-changes", default="", metavar="REASON", help="cli.help.labs_changes")
    add("--accept-doubts", action="store_true", help="cli.help.labs_doubts")
    add("--skip-rejected", action="store_true", help="cli.help.labs_skip")
    add("--command-id", metavar="UUID", help="cli.help.command_id")


def _import(options: Namespace) -> Answer:
    command_id = values.command_id(options.command_id)
    data = values.content(options.file, delimited.LARGEST)
    mapping = _mapping(options, data)
    accepted = Accepted(options.accept_changes, options.accept_doubts, options.skip_rejected)
    with seat.ward(options) as place, watching(options) as watch:
        patient = None if options.patient is None else patient_of(place, options.patient)
        done = place.done_before(command_id, "import_labs")
        preview = lab_import.preview_labs(
            place, data, mapping, patient=patient, laboratory=options.laboratory, watch=watch
        )
        sequence = done.sequence if done is not None else None
        try:
            if done is None and options.dry_run:
                lab_import.check_importable(preview, accepted)
            elif done is None:
                watch(Step.BACKUP, 0, 0)
                backup_before_import(place)
                written = lab_import.import_labs(place, preview, accepted, command_id, watch)
                sequence = written.sequence
        except Stopped:
            raise
        except UserError as problem:
            return _preview_answer(preview, options.dry_run, None, problem)
        late = lab_import.late_doses(place, preview) if sequence is not None else ()
    return _preview_answer(preview, options.dry_run, sequence, late=late)


def _mapping(options: Namespace, data: bytes) -> LabMapping:
    """What the file's heads tell, and over it what was said on the command line."""
    guessed = lab_import.mapping_for(data)
    header = lab_import.header_of(data)
    parts, analytes = dict(guessed.parts), dict(guessed.analytes)
    for text in options.column:
        name, part = _pair(text, header, "column")
        meant = values.word(part, Part, "column")
        parts = {k: v for k, v in parts.items() if v is not meant} | {name: meant}
        analytes.pop(name, None)
    for text in options.analyte:
        name, both = _pair(text, header, "analyte")
        analyte, _, unit = both.partition(":")
        found = lab_catalogue().analyte(_analyte(analyte))
        found.check_unit(unit_code(unit))
        analytes[name] = found.id, unit_code(unit)
        parts.pop(name, None)
    return LabMapping(parts, analytes, _time(options.time))


def _pair(text: str, header: tuple[str, ...], field: str) -> tuple[str, str]:
    name, sign, value = text.rpartition("=")
    if not sign or name not in header:
        raise BadInput(
            say("cli.labs.no_column", text=text), hint=say("cli.labs.columns", known=header),
            field=field,
        )  # fmt: skip
    return name, value


def _analyte(text: str) -> str:
    found = lab_catalogue().find(text)
    if found is None:
        raise BadInput(say("error.unknown_analyte", analyte=text), field="analyte")
    return found.id


def _time(text: str | None) -> time | None:
    if text is None:
        return None
    match = _CLOCK.fullmatch(text)
    if match is None:
        raise BadInput(say("labs.error.time", text=text), field="time")
    return time(int(match[1]), int(match[2]))


def _preview_answer(
    preview: LabPreview,
    dry_run: bool,
    sequence: int | None,
    problem: UserError | None = None,
    late: tuple[tuple[Patient, LateDose], ...] = (),
) -> Answer:
    counts = {state.value: preview.count(state) for state in RowState}
    rows = [
        {
            "row": row.cell.row,
            "column": row.cell.column,
            "patient": row.patient.mrn if row.patient else row.cell.mrn or None,
            "analyte": row.cell.analyte or row.cell.name,
            "value": row.cell.value.printed.replace("\N{NO-BREAK SPACE}", "")
            if row.cell.value
            else None,
            "unit": row.cell.value.unit if row.cell.value else None,
            "collected": row.cell.collected.local if row.cell.collected else None,
            "state": row.state,
            "message": row.told,
        }
        for row in preview.rows
    ]
    data = {
        **counts,
        "rows": rows,
        "ignored_columns": preview.ignored_columns,
        "dry_run": dry_run,
        "written": sequence is not None,
        "sequence": sequence,
        "deviations": [
            {
                "patient": patient.mrn,
                "component": dose.record.slot.component,
                "date": dose.record.slot.planned_on,
                "slot": dose.record.slot.slot,
                "given": dose.given.local,
            }
            for patient, dose in late
        ],
    }
    notes = []
    if late:
        listed = tuple(
            say("cli.labs.late_dose", mrn=p.mrn, drug=d.drug, given=d.given.local) for p, d in late
        )
        notes.append(say("cli.late_count", doses=listed))
    if preview.ignored_columns:
        notes.append(say("cli.ignored_columns", columns=preview.ignored_columns))
    if preview.unknown:
        notes.append(say("cli.labs.unknown", names=tuple(preview.unknown)))

    def lines(words: Catalogue) -> Iterable[str]:
        yield words.text("cli.labs.counts", **counts)
        if problem is None:
            key = "dry_run" if dry_run else "written" if sequence is not None else "nothing"
            yield words.text(f"cli.import.{key}")

    return Answer(data, lines, tuple(notes), problem)


def _laboratories_arguments(parser: ArgumentParser) -> None:
    del parser  # takes none


def _laboratories(options: Namespace) -> Answer:
    with seat.ward(options) as place:
        known, limits = laboratories(place), reference_limits(place)
    data = {
        "laboratories": [
            {
                "name": one.name,
                "limits": [
                    {
                        "analyte": limit.analyte, "sex": limit.sex or "any", "low": limit.low,
                        "high": limit.high, "unit": limit.unit, "from": limit.from_day,
                        "to": limit.last_day, "decided_by": limit.decided_by,
                    }
                    for limit in limits
                    if limit.laboratory == one.id
                ],
            }
            for one in known
        ]
    }  # fmt: skip

    def lines(words: Catalogue) -> Iterable[str]:
        for one in known:
            count = sum(limit.laboratory == one.id for limit in limits)
            yield words.text("cli.laboratory", name=one.name, count=count)
        if not known:
            yield words.text("cli.laboratory.none")

    return Answer(data, lines)


def _add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="cli.help.laboratory")
    parser.add_argument("--command-id", metavar="UUID", help="cli.help.command_id")


def _add(options: Namespace) -> Answer:
    with seat.ward(options) as place:
        changes = once(
            options, place, "add_laboratory",
            lambda id: add_laboratory(place, Laboratory("", options.name), id),
        )  # fmt: skip
    return saved(changes, say("cli.laboratory.added", name=options.name), name=options.name)


def _limit_arguments(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("name", metavar="NAME", help="cli.help.laboratory")
    add("analyte", metavar="ANALYTE", help="cli.help.analyte")
    add("unit", metavar="UNIT", help="cli.help.unit")
    add("--low", metavar="X", help="cli.help.limit_low")
    add("--high", metavar="X", help="cli.help.limit_high")
    add("--sex", metavar="SEX", help="cli.help.limit_sex")
    add("--from", dest="first", required=True, metavar="YYYY-MM-DD", help="cli.help.limit_from")
    add("--to", dest="last", metavar="YYYY-MM-DD", help="cli.help.limit_to")
    add("--command-id", metavar="UUID", help="cli.help.command_id")


def _limit(options: Namespace) -> Answer:
    with seat.ward(options) as place:
        limit = ReferenceLimit(
            "",
            laboratory_named(place, options.name).id,
            _analyte(options.analyte),
            None if options.sex is None else values.word(options.sex, Sex, "sex"),
            values.optional_decimal(options.low, "low"),
            values.optional_decimal(options.high, "high"),
            unit_code(options.unit),
            values.day(options.first, "from"),
            values.optional_day(options.last, "to"),
        )
        changes = once(
            options, place, "set_reference_limit",
            lambda id: set_reference_limit(place, limit, id),
        )  # fmt: skip
    told = say("cli.laboratory.limit", analyte=say(f"analyte.{limit.analyte}"), name=options.name)
    return saved(changes, told, analyte=limit.analyte)


COMMANDS = {
    "labs": Command(_labs_arguments, _labs),
    "labs import": Command(_import_arguments, _import),
    "import labs": Command(_import_arguments, _import),
    "laboratories": Command(_laboratories_arguments, _laboratories),
    "laboratories add": Command(_add_arguments, _add),
    "laboratories limit": Command(_limit_arguments, _limit),
}
