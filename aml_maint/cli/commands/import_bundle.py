"""`import fhir`: what another ward exported, previewed and then taken in as a whole."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable

from aml_maint.cli import seat, values
from aml_maint.cli.command import Answer, Command
from aml_maint.cli.progress import watching
from aml_maint.domain.errors import UserError
from aml_maint.domain.messages import Catalogue
from aml_maint.services import fhir_importing
from aml_maint.services.bundle_reading import LARGEST, RowState
from aml_maint.services.fhir_importing import BundlePreview
from aml_maint.services.long_work import Step, Stopped
from aml_maint.services.trust import backup_before_import


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="cli.help.import_fhir_file")
    parser.add_argument("--dry-run", action="store_true", help="cli.help.dry_run")
    parser.add_argument("--new-only", action="store_true", help="cli.help.import_new_only")
    parser.add_argument("--command-id", metavar="UUID", help="cli.help.command_id")


def _import(options: Namespace) -> Answer:
    command_id = values.command_id(options.command_id)
    data = values.content(options.file, LARGEST)
    leave: bool = options.new_only
    with seat.ward(options) as place, watching(options) as watch:
        done = place.done_before(command_id, "import_bundle")
        preview = fhir_importing.preview_bundle(place, data, watch)
        sequence = done.sequence if done is not None else None
        try:
            if done is None and options.dry_run:
                fhir_importing.check_importable(preview, leave_conflicts=leave)
            elif done is None:
                watch(Step.BACKUP, 0, 0)
                backup_before_import(place)
                written = fhir_importing.import_bundle(
                    place, preview, command_id, leave_conflicts=leave, watch=watch
                )
                sequence = written.sequence if written else None
        except Stopped:
            raise
        except UserError as problem:
            return _answer(preview, options.dry_run, None, problem)
    return _answer(preview, options.dry_run, sequence)


def _answer(
    preview: BundlePreview, dry_run: bool, sequence: int | None, problem: UserError | None = None
) -> Answer:
    counts = {state.value: preview.count(state) for state in RowState}
    data = {
        **counts,
        "tables": preview.tables,
        "rows": [
            {"row": one.row, "field": one.field, "message": one.message}
            for one in (*preview.problems, *preview.told(RowState.REJECTED, RowState.CONFLICT))
        ],
        "dry_run": dry_run,
        "written": sequence is not None,
        "sequence": sequence,
    }

    def lines(words: Catalogue) -> Iterable[str]:
        yield words.text("cli.import.fhir_counts", **counts)
        if problem is None:
            key = "dry_run" if dry_run else "written" if sequence is not None else "nothing"
            yield words.text(f"cli.import.{key}")

    return Answer(data, lines, (), problem)


COMMANDS = {"import fhir": Command(_arguments, _import)}
