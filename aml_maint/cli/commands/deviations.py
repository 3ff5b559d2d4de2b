"""`deviations`: the deviation log of a course, printed or saved as a table."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable
from pathlib import Path

from aml_maint.cli import seat, values
from aml_maint.cli.command import Answer, Command
from aml_maint.domain.deviation_words import happened, kind_told
from aml_maint.domain.deviations import Deviation, DeviationKind
from aml_maint.domain.messages import Catalogue, Message, say
from aml_maint.domain.pseudonym import Privacy
from aml_maint.reports.table_file import FORMATS, table_bytes
from aml_maint.services.deviation_release import note_deviations, released_table
from aml_maint.services.deviations import DeviationLog, deviation_log
from aml_maint.services.record_numbers import course_of
from aml_maint.services.saving import expect_place, save_document
from aml_maint.services.workplace import Workplace


def _arguments(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("patient", metavar="MRN", help="cli.help.mrn")
    add("--cycle", metavar="N", help="cli.help.deviation_cycle")
    add("--kind", metavar="KIND", action="append", help="cli.help.deviation_kind")
    for kind in FORMATS:
        add(f"--{kind}", metavar="FILE", help=f"cli.help.deviation_{kind}")
    add("--identified", action="store_true", help="cli.help.deviation_identified")


def _deviations(options: Namespace) -> Answer:
    cycle = None if options.cycle is None else values.whole(options.cycle, "cycle")
    kinds = [values.word(one, DeviationKind, "kind") for one in options.kind or ()]
    with seat.ward(options) as place:
        course = course_of(place, options.patient)
        log = deviation_log(place, course.id, cycle)
        if kinds:
            log = log.only(kinds)
        files = _save(options, place, log)
    data = {
        "mrn": log.patient.mrn,
        "course": course.id,
        "cycle": cycle,
        "now": log.now.local,
        "deviations": [_one(one) for one in log.entries],
        "files": files,
    }
    return Answer(data, lambda words: [*_lines(words, log), *_written(words, files)])


def _save(options: Namespace, place: Workplace, log: DeviationLog) -> dict[str, dict[str, object]]:
    """Write the tables that were asked for, and record first that they leave."""
    named = {kind: name for kind in FORMATS if (name := getattr(options, kind)) is not None}
    privacy = Privacy.IDENTIFIED if options.identified else Privacy.SHIFTED
    files: dict[str, dict[str, object]] = {}
    if named:
        table = released_table(place, log, options.language, privacy)
        for name in named.values():
            expect_place(Path(name))
        note_deviations(place, log, privacy)
        for kind, name in named.items():
            content = table_bytes(table, kind)
            save_document(Path(name), content)
            files[kind] = {"file": name, "size": len(content)}
    return files


def _one(one: Deviation) -> dict[str, object]:
    return {
        "kind": one.kind,
        "group": one.group,
        "date": one.on,
        "cycle": one.cycle,
        "day": one.day,
        "drugs": list(one.drugs),
        "planned": one.planned,
        "done": one.done,
        "reason": one.why,
        "by": one.by,
        "recorded_by": one.recorded_by,
        "recorded": None if one.recorded is None else one.recorded.local,
        "slot": None if one.slot is None else str(one.slot),
    }


def _lines(words: Catalogue, log: DeviationLog) -> Iterable[str]:
    if not log.entries:
        yield words.text("cli.deviations.none")
    for one in log.entries:
        yield words.text(_line(one))


def _line(one: Deviation) -> Message:
    what, told = kind_told(one), happened(one, by=True)
    if one.cycle is None:
        return say("cli.deviations.one", day=one.on, what=what, told=told)
    return say(
        "cli.deviations.one_in_cycle",
        day=one.on, cycle=one.cycle, number=one.day, what=what, told=told,
    )  # fmt: skip


def _written(words: Catalogue, files: dict[str, dict[str, object]]) -> Iterable[str]:
    for file in files.values():
        yield words.text("cli.deviations.written", file=file["file"])


COMMANDS = {"deviations": Command(_arguments, _deviations)}
