"""Reports and exports beside the bare libraries that write them."""

from __future__ import annotations

import gc
import json
import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from functools import cache, partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import typst

from aml_maint import files
from aml_maint.cli.collecting import uncollected
from aml_maint.domain.data_dictionary import NOT_RECORDED, Cell, Kind, Variable
from aml_maint.domain.pseudonym import Privacy
from aml_maint.reports import pdf
from aml_maint.reports.cycle_report_pdf import content
from aml_maint.reports.fhir_bundle import entry_text
from aml_maint.services.exchange_tables import ward_extract
from aml_maint.services.exporting import DataFormat, Wanted, making
from aml_maint.services.fhir_exporting import bundle_resources
from aml_maint.services.language import catalogue
from aml_maint.services.reporting import cycle_report, cycle_report_pdf
from aml_maint.services.workplace import Workplace
from tests.benchmarks import scale_ward
from tests.benchmarks.measuring import (
    Figure,
    Goal,
    Setting,
    Side,
    compared,
    interleaved,
    not_measured,
)
from tests.benchmarks.survival_lifelines import PLACE
from tests.benchmarks.worklist_history import desk, opened

EXPORT_GOAL = Goal(1.5)


def report(setting: Setting) -> Iterator[Figure]:
    """A cycle report from the file to the PDF, beside typst on pages of the same kind.

    Typst remembers what it laid out: pages that it has seen before it only writes once more. A
    report that somebody asks for it has never seen, so every round has other patients on both
    sides; the same pages again are told behind it.
    """
    ward = setting.folder / "report.amldb"
    count = 2 * setting.rounds + 4
    days = 2 if setting.small else 7
    scale_ward.build(ward, scale_ward.Size(count, cycles=2, longest=2, days=days, least=2)).close()
    with opened(ward) as store:
        place = desk(store)
        # Neighbours are at the same day of their cycle, so both sides have as much to print.
        found = [one["id"] for one in store.rows("SELECT id FROM courses ORDER BY first_day, id")]
        bare = [_bare_report(place, course) for course in found[::2]]
        ours = [partial(_report, place, course) for course in found[1::2]]
        for side in (ours.pop(), bare.pop()):
            side()  # fonts are looked up once in a process
        fresh = interleaved(setting.rounds, lambda: ours.pop()(), lambda: bare.pop()())
        again = interleaved(setting.rounds, ours[0], bare[0])
    note = f"the same pages again {again.ours_cpu * 1e3:.0f} : {again.bare_cpu * 1e3:.0f} ms of it"
    yield compared("cycle report PDF", "typst on such pages", Goal(1.3), fresh, note)


def _report(place: Workplace, course: str) -> None:
    cycle_report_pdf(place, course, 2, "en")


def _bare_report(place: Workplace, course: str) -> Callable[[], None]:
    """The same document, which is there already, by the library that typesets."""
    parts = [content(cycle_report(place, course, 2), catalogue("en"))]
    inputs = {
        "data": json.dumps({"parts": parts}, ensure_ascii=False),
        "face": json.dumps(pdf.typeface("en").as_data()),
        "language": "en",
    }
    folder, at = files.resource("templates"), int(place.clock.now().utc.timestamp())

    def bare() -> None:
        typst.compile(
            folder / "cycle_report.typ", root=folder, font_paths=_fonts(), sys_inputs=inputs,
            pdf_standards=[*pdf.STANDARDS], timestamp=at,
        )  # fmt: skip

    return bare


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts()


def exports(setting: Setting) -> Iterator[Figure]:
    """The whole ward as workbook, SPSS files and FHIR bundle, beside the bare writing of them.

    On both sides without Python's search for circles of objects, which stands still while the
    window or the command line exports.
    """
    ward = setting.folder / "export.amldb"
    # All is written row by row, so a tenth of the thousand patients tells the same in minutes.
    patients, days = (5, 1) if setting.small else (setting.patients or 100, 7)
    size = scale_ward.Size(patients, cycles=1, longest=1, days=days)
    scale_ward.build(ward, size).close()
    with opened(ward) as store:
        place = desk(store)
        extract = ward_extract(place, Privacy.SHIFTED)
        kept = [(one.name, [*one.variables], [*one.rows]) for one in extract.tables]
        cells = sum(len(variables) * len(found) for _, variables, found in kept)
        makers: dict[DataFormat, Callable[[], Side | str]] = {
            DataFormat.XLSX: partial(_bare_xlsx, setting.folder, kept),
            DataFormat.SAV: partial(_bare_sav, setting.folder, kept),
            DataFormat.FHIR: partial(_bare_fhir, setting.folder, place),
        }
        libraries = {"xlsx": "XlsxWriter", "sav": "pyreadstat", "fhir": "json"}
        for form, maker in makers.items():
            name, against = f"export {patients:,} patients as {form.value}", libraries[form.value]
            bare = maker()
            if isinstance(bare, str):
                yield not_measured(name, against, EXPORT_GOAL, bare)
                continue
            ours = partial(_export, place, form, setting.folder)
            gc.collect()
            with uncollected():
                pair = interleaved(min(setting.rounds, 2), ours, bare, setting.seconds)
            yield compared(name, against, EXPORT_GOAL, pair, f"{cells:,} cells")


def _export(place: Workplace, form: DataFormat, folder: Path) -> None:
    target = folder / f"export-{uuid4()}"
    with making(place, Wanted(form), target):
        pass
    shutil.rmtree(target) if target.is_dir() else target.unlink()


_Table = tuple[str, list[Variable], list[tuple[Cell, ...]]]


def _bare_xlsx(folder: Path, tables: list[_Table]) -> Side:
    """The same cells by the library's own `write`, which looks at each as ours does."""
    from xlsxwriter import Workbook

    plain = [(name, variables, [*map(_plain, rows)]) for name, variables, rows in tables]

    def bare() -> None:
        path = folder / "bare.xlsx"
        options = {"constant_memory": True, "default_date_format": "yyyy-mm-dd"}
        with Workbook(str(path), options) as book:
            for name, variables, rows in plain:
                sheet = book.add_worksheet(name)
                sheet.write_row(0, 0, [variable.name for variable in variables])
                for number, row in enumerate(rows, 1):
                    for column, cell in enumerate(row):
                        if cell is not None:
                            sheet.write(number, column, cell)
        path.unlink()

    return bare


def _plain(row: tuple[Cell, ...]) -> tuple[Cell, ...]:
    return tuple(cell.replace(tzinfo=None) if isinstance(cell, datetime) else cell for cell in row)


def _bare_sav(folder: Path, tables: list[_Table]) -> Side | str:
    """The same numbers, dates and texts, column by column, from a data frame, packed as ours."""
    try:
        # It lies where the bare side of the survival curves does, and is no part of ours.
        sys.path += map(str, PLACE.glob("lib/python*/site-packages"))
        import pandas
        import pyreadstat
    except ImportError:
        return "pyreadstat writes from a data frame, and pandas is not in build/lifelines"
    columns = [
        (name, {
            variable.name: [_value(variable, row[at]) for row in rows]
            for at, variable in enumerate(variables)
        })
        for name, variables, rows in tables
    ]  # fmt: skip

    def bare() -> None:
        for name, found in columns:
            path = folder / f"{name}-bare.sav"
            pyreadstat.write_sav(pandas.DataFrame(found), str(path), row_compress=True)
            path.unlink()

    return bare


def _value(variable: Variable, cell: Cell) -> Any:
    """A cell as SPSS has it: code words as their numbers."""
    if variable.codes:
        numbers = {code.word: code.number for code in variable.codes}
        return float(NOT_RECORDED if cell is None else numbers[str(cell)])
    if isinstance(cell, Decimal | int):
        return float(cell)
    if cell is None and variable.kind not in {Kind.DAY, Kind.TIME, Kind.NUMBER, Kind.WHOLE}:
        return ""
    return cell.replace(tzinfo=None) if isinstance(cell, datetime) else cell


def _bare_fhir(folder: Path, place: Workplace) -> Side:
    """The same entries, which are there already, by the library that writes JSON.

    Its numbers are binary ones; ours keep the digits of a decimal.
    """
    found = [json.loads(entry_text(one)) for one in bundle_resources(place, Privacy.SHIFTED, "en")]

    def bare() -> None:
        path = folder / "bare.json"
        with path.open("wb") as file:
            for one in found:
                text = json.dumps(one, ensure_ascii=False, separators=(",", ":"))
                file.write(text.encode())
        path.unlink()

    return bare
