"""`report`: the report of a cycle as PDF."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from aml_maint.cli import seat, values
from aml_maint.cli.command import Answer, Command
from aml_maint.services.record_numbers import course_of
from aml_maint.services.reporting import cycle_report_pdf
from aml_maint.services.saving import save_document


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("patient", metavar="MRN", help="cli.help.mrn")
    parser.add_argument("--cycle", metavar="N", help="cli.help.cycle")
    parser.add_argument("--out", required=True, metavar="FILE", help="cli.help.out")


def _report(options: Namespace) -> Answer:
    cycle = None if options.cycle is None else values.whole(options.cycle, "cycle")
    out = Path(options.out)
    with seat.ward(options) as place:
        course = course_of(place, options.patient)
        pdf = cycle_report_pdf(place, course.id, cycle, options.language)
    save_document(out, pdf)
    data = {
        "report": str(out),
        "cycle": cycle or len(course.cycles),
        "language": options.language,
        "size": len(pdf),
    }
    return Answer(data, lambda words: [words.text("cli.report_written", file=str(out))])


COMMANDS = {"report": Command(_arguments, _report)}
