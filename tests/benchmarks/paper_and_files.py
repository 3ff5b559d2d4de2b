"""Reports and exports beside the bare libraries that write them."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import typst

from aml_maint import files
from aml_maint.domain.pseudonym import Privacy
from aml_maint.reports import pdf
from aml_maint.reports.cycle_report_pdf import content
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
        found = [one["id"] for one in store.rows("SELECT id FROM courses ORDER BY id")]
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
    """The whole ward as workbook, SPSS files and FHIR bundle, beside the bare writing of them."""
    ward = setting.folder / "export.amldb"
    # All is written row by row, so a tenth of the thousand patients tells the same in minutes.
    patients, days = (5, 1) if setting.small else (100, 7)
    size = scale_ward.Size(patients, cycles=1, longest=1, days=days)
    scale_ward.build(ward, size).close()
    with opened(ward) as store:
        place = desk(store)
        tables = [
            (one.name, [v.name for v in one.variables], [*map(_plain, one.rows)])
            for one in ward_extract(place, Privacy.SHIFTED).tables
        ]
        cells = sum(len(names) * len(found) for _, names, found in tables)
        sides: dict[DataFormat, Side | str] = {
            DataFormat.XLSX: partial(_bare_xlsx, setting.folder, tables),
            DataFormat.SAV: _bare_sav(setting.folder, tables),
            DataFormat.FHIR: _bare_fhir(place),
        }
        libraries = {"xlsx": "XlsxWriter", "sav": "pyreadstat", "fhir": "json"}
        for form, bare in sides.items():
            name = f"export {patients:,} patients as {form.value}"
            against = libraries[form.value]
            if isinstance(bare, str):
                yield not_measured(name, against, EXPORT_GOAL, bare)
                continue
            ours = partial(_export, place, form, setting.folder)
            pair = interleaved(min(setting.rounds, 2), ours, bare)
            yield compared(name, against, EXPORT_GOAL, pair, f"{cells:,} cells")


def _export(place: Workplace, form: DataFormat, folder: Path) -> None:
    target = folder / f"export-{uuid4()}"
    with making(place, Wanted(form), target):
        pass
    shutil.rmtree(target) if target.is_dir() else target.unlink()


_Table = tuple[str, list[str], list[tuple[Any, ...]]]


def _plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(cell.replace(tzinfo=None) if hasattr(cell, "tzinfo") else cell for cell in row)


def _bare_xlsx(folder: Path, tables: list[_Table]) -> None:
    """The same cells by the library's own `write`, which looks at each as ours does."""
    from xlsxwriter import Workbook

    path = folder / "bare.xlsx"
    options = {"constant_memory": True, "default_date_format": "yyyy-mm-dd"}
    with Workbook(str(path), options) as book:
        for name, names, rows in tables:
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, names)
            for number, row in enumerate(rows, 1):
                for column, cell in enumerate(row):
                    if cell is not None:
                        sheet.write(number, column, cell)
    path.unlink()


def _bare_sav(folder: Path, tables: list[_Table]) -> Side | str:
    try:
        import pandas
        import pyreadstat
    except ImportError:
        return "pyreadstat writes from pandas only, which is not installed"

    def bare() -> None:
        for name, names, rows in tables:
            frame = pandas.DataFrame(rows, columns=names)
            pyreadstat.write_sav(frame, str(folder / f"{name}-bare.sav"))
            (folder / f"{name}-bare.sav").unlink()

    return bare


def _bare_fhir(place: Workplace) -> Callable[[], None]:
    """The same resources, which are there already, by the library that writes JSON."""
    found = [cast("Any", one) for one in bundle_resources(place, Privacy.SHIFTED, "en")]

    def bare() -> None:
        file = io.BytesIO()
        for one in found:
            file.write(json.dumps(one, ensure_ascii=False, default=str).encode())

    return bare
