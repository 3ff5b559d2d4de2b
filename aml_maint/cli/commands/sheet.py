"""`sheet`: the flow sheet of a cycle on a page to print."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from aml_maint.cli import seat, values
from aml_maint.cli.command import Answer, Command
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say
from aml_maint.services.flow_sheet_print import flow_sheet_pdf, flow_sheet_print
from aml_maint.services.record_numbers import course_of
from aml_maint.services.saving import save_document


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("patient", metavar="MRN", help="cli.help.mrn")
    parser.add_argument("--cycle", metavar="N", help="cli.help.cycle")
    parser.add_argument("--pdf", required=True, metavar="FILE", help="cli.help.sheet_pdf")


def _sheet(options: Namespace) -> Answer:
    cycle = None if options.cycle is None else values.whole(options.cycle, "cycle")
    out = Path(options.pdf)
    if out.suffix.casefold() != ".pdf":
        raise BadInput(say("sheet_print.error.suffix", file=out.name or str(out)), field="pdf")
    with seat.ward(options) as place:
        course = course_of(place, options.patient)
        sheet = flow_sheet_print(place, course.id, cycle)
    content = flow_sheet_pdf(sheet, options.language)
    save_document(out, content)
    data = {
        "sheet": str(out),
        "cycle": sheet.cycle,
        "language": options.language,
        "size": len(content),
    }
    return Answer(data, lambda words: [words.text("cli.sheet_written", file=str(out))])


COMMANDS = {"sheet": Command(_arguments, _sheet)}
