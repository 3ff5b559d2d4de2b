"""Data on their way out: who may, what leaves, recorded in the audit, whole files or none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import LANGUAGES, Catalogue, Language, say
from aml_maint.domain.pseudonym import Privacy
from aml_maint.services.changes import Changes, Touched
from aml_maint.services.data_terms import terms
from aml_maint.services.exchange_tables import DataExtract, Told, ward_extract
from aml_maint.services.language import catalogue
from aml_maint.services.saving import new_file, new_folder
from aml_maint.services.workplace import Workplace
from aml_maint.store import disk

_BUFFER = 1 << 20  # bytes


class DataFormat(StrEnum):
    """What the tables are written as."""

    CSV = "csv"
    """A folder with one file a table."""
    XLSX = "xlsx"
    """One workbook."""
    SAV = "sav"
    """A folder with one SPSS file a table."""
    FHIR = "fhir"
    """A bundle of FHIR resources, release 4."""

    @property
    def suffix(self) -> str:
        """The ending of its file; empty for a folder."""
        return {DataFormat.XLSX: ".xlsx", DataFormat.FHIR: ".fhir.json"}.get(self, "")


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


def check_format(wanted: Wanted) -> None:
    """BadInput for a format that can't tell what is wanted."""
    if wanted.format is DataFormat.FHIR and wanted.privacy is Privacy.INTERVALS:
        raise BadInput(
            say("export.fhir_intervals"), hint=say("export.fhir_intervals.hint"), field="privacy"
        )


def export_data(
    place: Workplace, wanted: Wanted, path: Path, told: Told | None = None,
    command_id: UUID | None = None,
) -> Exported:  # fmt: skip
    """Write the data of the ward and record that they left.

    Raises as `check_export` and the writing of files do; then there is no file. What `told`
    raises ends the export in the same way.
    """
    check_format(wanted)
    check_export(place, wanted)
    with making(place, wanted, path, told) as made:
        note_export(place, wanted, made, command_id)
    return made


@contextmanager
def making(
    place: Workplace, wanted: Wanted, path: Path, told: Told | None = None
) -> Iterator[Exported]:
    """Make the files; they get their names when the block is left without an error."""
    check_format(wanted)
    if wanted.format is DataFormat.FHIR:
        with new_file(path) as file:
            yield _write_fhir(place, wanted, file, path, told)
        return
    extract = ward_extract(place, wanted.privacy, told, wanted.language)
    withheld = extract.release.withheld
    if wanted.format is DataFormat.XLSX:
        with new_file(path) as file:
            rows = _write_xlsx(extract, file, wanted)
            yield Exported(path, rows, dict(sorted(withheld.items())))
        return
    with new_folder(path) as folder:
        if wanted.format is DataFormat.SAV:
            rows = _write_sav(extract, folder, wanted, place.clock.now().local)
        else:
            rows = _write_csv(extract, folder, wanted)
        yield Exported(path, rows, dict(sorted(withheld.items())))


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

    from aml_maint.reports.data_csv import write_csv

    return write_csv(extract.tables, _files_in(folder), terms(), _both(), mark=wanted.mark)


def _write_xlsx(extract: DataExtract, file: Path, wanted: Wanted) -> dict[str, int]:
    from aml_maint.reports.data_xlsx import write_xlsx

    disk.make_private(file)
    words = catalogue(wanted.language)
    return write_xlsx(extract.tables, file, terms(), _both(), words, extract.ask)


def _write_sav(
    extract: DataExtract, folder: Path, wanted: Wanted, made: datetime
) -> dict[str, int]:
    from aml_maint.reports.data_csv import write_dictionary
    from aml_maint.reports.data_sav import write_sav

    counts = {}
    for table in extract.tables:
        file = folder / f"{table.name}.sav"
        disk.make_private(file)
        words = catalogue(wanted.language)
        counts[table.name] = write_sav(table, file, terms(), words, made, extract.ask)
    write_dictionary(extract.tables, _files_in(folder), terms(), _both(), mark=True)
    return counts


def _write_fhir(
    place: Workplace, wanted: Wanted, file: Path, path: Path, told: Told | None
) -> Exported:
    from aml_maint.services.fhir_exporting import write_fhir

    disk.make_private(file)
    with file.open("wb", buffering=_BUFFER) as out:
        rows, withheld = write_fhir(place, out, wanted.privacy, wanted.language, told)
    return Exported(path, rows, withheld)


def _both() -> list[Catalogue]:
    return [catalogue(language) for language in LANGUAGES]


def _files_in(folder: Path) -> Callable[[str], AbstractContextManager[BinaryIO]]:
    """Makes new files in a folder that only their owner can read."""

    @contextmanager
    def new(name: str) -> Iterator[BinaryIO]:
        disk.make_private(folder / name)
        with (folder / name).open("wb") as file:
            yield file

    return new
