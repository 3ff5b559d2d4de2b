"""`report --batch`: the reports of many cycles into one folder."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable
from pathlib import Path

from aml_maint.cli import seat, values
from aml_maint.cli.command import Answer
from aml_maint.cli.progress import Interrupted, steps_told, stop_asked
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import Catalogue, say
from aml_maint.services.record_numbers import patient_of
from aml_maint.services.report_batch import (
    BatchChoice,
    BatchOutcome,
    SavedReport,
    batch_lines,
    save_batch,
)
from aml_maint.services.saving import folder_to_fill
from aml_maint.services.workplace import Workplace


def add_batch_options(parser: ArgumentParser) -> None:
    """Declare those that only a batch has."""
    add = parser.add_argument_group("cli.help.report_batch").add_argument
    add("--batch", action="store_true", help="cli.help.many")
    add("--ward", metavar="NAME", help="cli.help.many_ward")
    add("--closed", action="store_true", help="cli.help.many_closed")


def batch(options: Namespace) -> Answer:
    """Save them one by one; Ctrl-C ends it after the report that is being made."""
    with seat.ward(options) as place:
        lines = batch_lines(place, _choice(place, options))
        if not lines:
            raise BadInput(say("report_batch.none"), hint=say("report_batch.none.hint"))
        folder = folder_to_fill(Path(options.out))
        with stop_asked() as stopped:
            told = steps_told(options, "report_batch.making")
            done = save_batch(place, lines, options.lang, folder, told, stopped)
    return _answer(options, done)


def _choice(place: Workplace, options: Namespace) -> BatchChoice:
    number = options.patient
    return BatchChoice(
        patient_id=None if number is None else patient_of(place, number).id,
        ward=options.ward,
        first=values.optional_day(options.started_from, "from"),
        last=values.optional_day(options.started_until, "until"),
        closed=options.closed,
        signed=options.signed,
    )


def _answer(options: Namespace, done: BatchOutcome) -> Answer:
    written = [saved for saved in done.files if saved.written]
    there = len(done.files) - len(written)
    problem = done.problem
    if problem is None and not done.is_whole:
        told = say("report_batch.stopped", written=len(done.files), count=done.count)
        problem = Interrupted(told, hint=say("report_batch.stopped.hint"))
    data = {
        "folder": options.out,
        "language": options.lang,
        "count": done.count,
        "written": len(written),
        "up_to_date": there,
        "complete": done.is_whole,
        "files": [_file(saved) for saved in done.files],
    }

    def lines(words: Catalogue) -> Iterable[str]:
        yield words.text("cli.batch.written", count=len(written), folder=options.out)
        if there:
            yield words.text("cli.batch.there", count=there)

    return Answer(data, lines, problem=problem)


def _file(saved: SavedReport) -> dict[str, object]:
    line = saved.line
    return {
        "file": saved.path.name,
        "patient": line.patient.mrn,
        "cycle": line.cycle,
        "edition": line.signed.signature.edition if line.signed else None,
        "written": saved.written,
    }
