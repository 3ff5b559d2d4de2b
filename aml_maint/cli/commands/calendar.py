"""`calendar`: the patient's calendar of a cycle, to print or for a calendar program."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from aml_maint.cli import seat, values
from aml_maint.cli.command import Answer, Command
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say
from aml_maint.services.calendars import calendar_ics, calendar_pdf, patient_calendar
from aml_maint.services.record_numbers import course_of
from aml_maint.services.saving import save_document


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("patient", metavar="MRN", help="cli.help.mrn")
    parser.add_argument("--cycle", metavar="N", help="cli.help.cycle")
    parser.add_argument("--out", required=True, metavar="FILE", help="cli.help.calendar_out")
    parser.add_argument("--with-names", action="store_true", help="cli.help.with_names")


def _calendar(options: Namespace) -> Answer:
    cycle = None if options.cycle is None else values.whole(options.cycle, "cycle")
    out = Path(options.out)
    kind = out.suffix.casefold()
    if kind not in {".pdf", ".ics"}:
        raise BadInput(say("calendar.error.suffix", file=out.name or str(out)), field="out")
    if kind == ".pdf" and options.with_names:
        raise BadInput(say("calendar.error.names_in_pdf"), field="with_names")
    with seat.ward(options) as place:
        course = course_of(place, options.patient)
        calendar = patient_calendar(place, course.id, cycle)
    if kind == ".pdf":
        content = calendar_pdf(calendar, options.language)
    else:
        content = calendar_ics(calendar, options.language, with_names=options.with_names)
    save_document(out, content)
    data = {
        "calendar": str(out),
        "cycle": calendar.cycle,
        "language": options.language,
        "with_names": options.with_names,
        "size": len(content),
    }
    return Answer(data, lambda words: [words.text("cli.calendar_written", file=str(out))])


def _ics(options: Namespace) -> Answer:
    """The calendar file only, as one of the exports."""
    out = Path(options.out)
    if out.suffix.casefold() != ".ics":
        raise BadInput(say("calendar.error.not_ics", file=out.name or str(out)), field="out")
    return _calendar(options)


COMMANDS = {
    "calendar": Command(_arguments, _calendar),
    "export ics": Command(_arguments, _ics),
}
