"""`export`: the data of the ward as files, without names unless they are asked for."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from aml_maint.cli import seat
from aml_maint.cli.collecting import uncollected
from aml_maint.cli.command import Answer, Command
from aml_maint.cli.progress import watching
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import Catalogue, say
from aml_maint.domain.pseudonym import Privacy
from aml_maint.services.exchange_tables import file_stem
from aml_maint.services.exporting import DataFormat, Exported, Wanted, check_export, export_data
from aml_maint.services.long_work import Step


def _arguments(parser: ArgumentParser, data_format: DataFormat) -> None:
    add = parser.add_argument
    add("--out", metavar="PATH", help="cli.help.export_out")
    add("--identified", action="store_true", help="cli.help.export_identified")
    add("--intervals", action="store_true", help="cli.help.export_intervals")
    if data_format is DataFormat.CSV:
        add("--bom", action="store_true", help="cli.help.export_bom")


def _export(data_format: DataFormat, options: Namespace) -> Answer:
    privacy = _privacy(options)
    mark = getattr(options, "bom", False)
    wanted = Wanted(data_format, privacy, options.language, mark)
    with seat.ward(options) as place, watching(options) as watch, uncollected():
        check_export(place, wanted)
        name = f"{file_stem(place, privacy)}{data_format.suffix}"
        done = export_data(place, wanted, Path(options.out or name), partial(watch, Step.WRITING))
    return _answer(wanted, done)


def _privacy(options: Namespace) -> Privacy:
    if options.identified:
        if options.intervals:
            raise BadInput(say("cli.export.both"), field="intervals")
        return Privacy.IDENTIFIED
    return Privacy.INTERVALS if options.intervals else Privacy.SHIFTED


def _answer(wanted: Wanted, done: Exported) -> Answer:
    rows = sum(done.rows.values())
    data = {
        "path": str(done.path),
        "format": wanted.format,
        "privacy": wanted.privacy,
        "tables": done.rows,
        "rows": rows,
        "withheld": done.withheld,
    }
    pseudonymised = wanted.privacy.is_pseudonymised
    notes = [say(f"cli.export.{'pseudonymised' if pseudonymised else 'identified'}")]
    if done.withheld:
        what = tuple(
            say("cli.export.withheld_one", variable=variable, count=count)
            for variable, count in done.withheld.items()
        )
        notes.append(say("cli.export.withheld", what=what))

    def lines(words: Catalogue) -> Iterable[str]:
        yield words.text("cli.export.done", path=str(done.path), tables=len(done.rows), rows=rows)

    return Answer(data, lines, tuple(notes))


COMMANDS = {
    f"export {one}": Command(partial(_arguments, data_format=one), partial(_export, one))
    for one in DataFormat
}
