"""Data on their way out: who may, what leaves, recorded in the audit, whole files or none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from aml_maint.domain.messages import LANGUAGES, Language
from aml_maint.domain.pseudonym import Privacy
from aml_maint.reports.data_csv import write_csv
from aml_maint.services.changes import Changes, Touched
from aml_maint.services.data_terms import terms
from aml_maint.services.exchange_tables import DataExtract, Told, ward_extract
from aml_maint.services.language import catalogue
from aml_maint.services.saving import new_folder
from aml_maint.services.workplace import Workplace
from aml_maint.store import disk


class DataFormat(StrEnum):
    """What the tables are written as."""

    CSV = "csv"
    """A folder with one file a table."""

    @property
    def suffix(self) -> str:
        """The ending of its file; empty for a folder."""
        return ""


@dataclass(frozen=True)
class Wanted:
    """What a person asked for. Without names unless they say otherwise.

    `mark` puts a byte order mark before text files, so that Excel reads their Chinese.
    """

    format: DataFormat = DataFormat.CSV
    privacy: Privacy = Privacy.SHIFTED
    language: Language = "en"
    mark: bool = False

    @property
    def action(self) -> str:
        """The command that it is by the table of roles."""
        return "export_research_data" if self.privacy.is_pseudonymised else "export_identified_data"


@dataclass(frozen=True)
class Exported:
    """What was written: where, how many rows of each table, and what stayed behind.

    `withheld` counts the texts that might have named somebody, by table and variable.
    """

    path: Path
    rows: dict[str, int]
    withheld: dict[str, int]


def check_export(place: Workplace, wanted: Wanted) -> None:
    """Refused, and recorded, if the person's roles don't allow it."""
    place.expect_allowed(wanted.action)


def export_data(
    place: Workplace, wanted: Wanted, path: Path, told: Told | None = None,
    command_id: UUID | None = None,
) -> Exported:  # fmt: skip
    """Write the data of the ward and record that they left.

    Raises as `check_export` and the writing of files do; then there is no file. What `told`
    raises ends the export in the same way.
    """
    check_export(place, wanted)
    with making(place, wanted, path, told) as made:
        note_export(place, wanted, made, command_id)
    return made


@contextmanager
def making(
    place: Workplace, wanted: Wanted, path: Path, told: Told | None = None
) -> Iterator[Exported]:
    """Make the files; they get their names when the block is left without an error."""
    extract = ward_extract(place, wanted.privacy, told)
    with new_folder(path) as folder:
        rows = _write_csv(extract, folder, wanted)
        yield Exported(path, rows, dict(sorted(extract.release.withheld.items())))


def note_export(
    place: Workplace, wanted: Wanted, made: Exported, command_id: UUID | None = None
) -> Changes:
    """Record in the audit trail that data left: who, as what, how much; not where to."""
    told = {
        "format": wanted.format.value,
        "privacy": wanted.privacy.value,
        "tables": len(made.rows),
        "rows": sum(made.rows.values()),
    }
    return place.write(
        wanted.action,
        lambda transaction: transaction.note(told),
        touched=Touched.WARD,
        command_id=command_id,
    )


def _write_csv(extract: DataExtract, folder: Path, wanted: Wanted) -> dict[str, int]:
    @contextmanager
    def new(name: str) -> Iterator[BinaryIO]:
        disk.make_private(folder / name)
        with (folder / name).open("wb") as file:
            yield file

    words = [catalogue(language) for language in LANGUAGES]
    return write_csv(extract.tables, new, terms(), words, mark=wanted.mark)
