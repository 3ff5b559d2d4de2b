"""`import-cohort`: a published cohort from a table, previewed and then taken in as a whole."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable

from aml_maint.cli import seat, values
from aml_maint.cli.command import Answer, Command
from aml_maint.cli.progress import watching
from aml_maint.domain.cohort import COLUMNS
from aml_maint.domain.errors import BadInput, UserError
from aml_maint.domain.messages import Catalogue, say
from aml_maint.services import delimited, importing
from aml_maint.services.importing import CohortPreview
from aml_maint.services.long_work import Step, Stopped
from aml_maint.services.trust import backup_before_import

DEFAULT_STUDY = "Cheng2025"


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="cli.help.cohort_file")
    parser.add_argument("--dry-run", action="store_true", help="cli.help.dry_run")
    parser.add_argument("--accept-changes", action="store_true", help="cli.help.accept_changes")
    parser.add_argument("--study", default=DEFAULT_STUDY, metavar="NAME", help="cli.help.study")
    parser.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="NAME=COLUMN",
        help="cli.help.cohort_column",
    )
    parser.add_argument("--command-id", metavar="UUID", help="cli.help.command_id")


def _import(options: Namespace) -> Answer:
    command_id = values.command_id(options.command_id)
    data = values.content(options.file, delimited.LARGEST)
    with seat.ward(options) as place, watching(options) as watch:
        columns = _columns(options.column)
        preview = importing.preview_cohort(place, data, options.study, columns, watch)
        accept: bool = options.accept_changes
        try:
            if options.dry_run:
                importing.check_importable(preview, accept_changes=accept)
                written = None
            else:
                watch(Step.BACKUP, 0, 0)
                backup_before_import(place)
                written = importing.import_cohort(
                    place, preview, command_id, accept_changes=accept, watch=watch
                )
        except Stopped:
            raise
        except UserError as problem:
            return _answer(preview, options.dry_run, None, problem)
    return _answer(preview, options.dry_run, written.sequence if written else None)


def _columns(named: list[str]) -> dict[str, str]:
    """Our column by the file's, as said on the command line."""
    found = {}
    for text in named:
        name, sign, column = text.rpartition("=")
        if not sign or column not in COLUMNS:
            raise BadInput(
                say("cli.cohort.no_column", text=text),
                hint=say("cli.cohort.columns", known=COLUMNS), field="column",
            )  # fmt: skip
        found[name] = column
    return found


def _answer(
    preview: CohortPreview, dry_run: bool, sequence: int | None, problem: UserError | None = None
) -> Answer:
    data = {
        "new": preview.new,
        "same": preview.same,
        "changed": preview.changed,
        "rejected": preview.rejected,
        "rows": [
            {
                "row": row.row,
                "patient": row.number,
                "state": row.state,
                "differs": row.differs,
                "problems": [{"field": p.field, "message": p.message} for p in row.problems],
            }
            for row in preview.rows
        ],
        "study": preview.study,
        "ignored_columns": preview.ignored_columns,
        "dry_run": dry_run,
        "written": sequence is not None,
        "sequence": sequence,
    }
    ignored = say("cli.ignored_columns", columns=preview.ignored_columns)
    notes = (ignored,) if preview.ignored_columns else ()

    def lines(words: Catalogue) -> Iterable[str]:
        yield words.text(
            "cli.import.counts",
            new=preview.new,
            same=preview.same,
            changed=preview.changed,
            rejected=preview.rejected,
        )
        if problem is None:
            key = "dry_run" if dry_run else "written" if sequence is not None else "nothing"
            yield words.text(f"cli.import.{key}")

    return Answer(data, lines, notes, problem)


_COMMAND = Command(_arguments, _import)
COMMANDS = {"import-cohort": _COMMAND, "import cohort": _COMMAND}
