"""Excel workbooks as tables to take in: the values that people see, and no harm from bad files."""

from __future__ import annotations

import csv
import io
import zipfile
from contextlib import suppress
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from aml_maint.domain.errors import BadInput
from aml_maint.services.delimited import MOST_ROWS, read_table
from aml_maint.services.importing import import_cohort, preview_cohort
from aml_maint.services.lab_import import Accepted, RowState, import_labs, preview_labs
from aml_maint.services.people import admit_patient
from aml_maint.services.workplace import Workplace
from tests.builders import a_patient

COHORT = Path(__file__).resolve().parents[1] / "data" / "cohort19.csv"


def workbook(*rows: tuple[Any, ...], hidden: bool = False, mac: bool = False) -> bytes:
    book = openpyxl.Workbook()
    if mac:
        book.epoch = CALENDAR_MAC_1904
    sheet = book.active
    assert sheet is not None
    if hidden:
        sheet.append(["not this one"])
        sheet.sheet_state = "hidden"
        sheet = book.create_sheet("second")
    for row in rows:
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def cells(data: bytes) -> list[dict[str, str]]:
    return [dict(line.cells) for line in read_table(data, ()).lines]


def cohort_rows() -> list[list[str]]:
    with COHORT.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def as_typed(text: str) -> Any:
    """Numbers as numbers, as Excel makes of a table that is opened and saved."""
    try:
        return float(text)
    except ValueError:
        return text or None


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (0.29, "0.29"), (0.1, "0.1"), (120, "120"), (1e-05, "0.00001"), (-3, "-3"), (2.50, "2.5"),
        ("0012", "0012"), ("1e5", "1e5"), (" x ", " x "), ("血小板", "血小板"), ("a\nb", "a\nb"),
        (True, "TRUE"), (date(2026, 3, 2), "2026-03-02"), (time(7, 5), "07:05"),
        (datetime(2026, 3, 2, 7, 5), "2026-03-02 07:05"), (None, ""), (123456789012345678, None),
    ],
)  # fmt: skip
@pytest.mark.parametrize("mac", [False, True])
def test_a_cell_is_read_as_people_see_it(typed: Any, read: str | None, mac: bool) -> None:
    (row,) = cells(workbook(("name", "value"), ("x", typed), mac=mac))
    assert row["value"] == (read if read is not None else str(typed)) or read is None


def test_the_first_sheet_that_is_shown_is_read_and_its_gaps_stay_gaps() -> None:
    data = workbook(("a", "b", "c"), (1, None, 3), (), (None, "x"), hidden=True)
    assert cells(data) == [{"a": "1", "b": "", "c": "3"}, {"a": "", "b": "x", "c": ""}]
    assert [line.number for line in read_table(data, ()).lines] == [2, 4]


def test_the_papers_cohort_is_the_same_from_a_workbook(place: Workplace) -> None:
    header, *rows = cohort_rows()
    book = workbook(tuple(header), *(tuple(map(as_typed, row)) for row in rows))
    import_cohort(place, preview_cohort(place, COHORT.read_bytes(), "cheng2025"))
    again = preview_cohort(place, book, "cheng2025")
    assert (again.same, again.new, again.changed, again.rejected) == (19, 0, 0, 0)


def test_a_cohort_whose_columns_have_other_names_is_read_by_a_mapping(place: Workplace) -> None:
    header, *rows = cohort_rows()
    header[header.index("sex")] = "性别"
    book = workbook(tuple(header), *(tuple(map(as_typed, row)) for row in rows))
    with pytest.raises(BadInput):
        preview_cohort(place, book, "cheng2025")
    assert preview_cohort(place, book, "cheng2025", {"性别": "sex"}).new == 19
    with pytest.raises(BadInput):
        preview_cohort(place, book, "cheng2025", {"gender": "sex"})


def test_a_text_is_read_as_excel_shows_it_not_as_the_file_keeps_it() -> None:
    texts = b"<t>_x005F_x0041_ _x4E2D_ _x41_ _x0000_ _xD800_</t>"
    sheet = b"""<?xml version="1.0"?><worksheet
      xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">
      <c r="A1" t="inlineStr"><is><t>a</t></is></c></row><row r="2">
      <c r="A2" t="inlineStr"><is>%s</is></c></row></sheetData></worksheet>"""
    assert cells(packed(sheet1=sheet % texts)) == [{"a": "_x0041_ 中 _x41_ _x0000_ _xD800_"}]


def test_laboratory_values_come_from_a_workbook(place: Workplace) -> None:
    admit_patient(place, a_patient("M-1"))
    book = workbook(
        ("病案号", "项目", "结果", "单位", "采样时间"),
        ("M-1", "血小板", 0.29, "10^9/L", datetime(2026, 3, 1, 6, 30)),
        ("M-1", "WBC", "3.10", "10*9/L", "2026-03-01 06:30"),
    )
    preview = preview_labs(place, book)
    assert preview.count(RowState.NEW) + preview.count(RowState.DOUBTFUL) == 2
    import_labs(place, preview, Accepted(doubts=True))
    found = place.store.rows("SELECT value FROM lab_values ORDER BY value")
    assert [row["value"] for row in found] == ["0.29", "3.10"]


# -- files that mean harm, or are broken ---------------------------------------------------------


def packed(**parts: bytes) -> bytes:
    """A workbook with some of its parts replaced."""
    source, target = io.BytesIO(workbook(("a",), ("x",))), io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", 8) as new:
        for name in old.namelist():
            content = parts.get(name.rpartition("/")[2].partition(".")[0], old.read(name))
            new.writestr(name, content)
    return target.getvalue()


BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>'

NO_ENCODING = b"<?xml version='1.0' encoding='UT'?><x/>"


@pytest.mark.parametrize("part", ["workbook", "sheet1", "sharedStrings", "styles"])
@pytest.mark.parametrize("content", [b"", b"<", b"<x/>", BOMB, NO_ENCODING, b"\0" * 100])
def test_a_broken_part_is_told_and_never_a_crash(part: str, content: bytes) -> None:
    with suppress(BadInput):
        read_table(packed(**{part: content}), ())


def test_what_unpacks_to_far_too_much_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(BadInput) as refused:
        read_table(packed(sheet1=b" " * 70_000_000), ())
    assert refused.value.message.key == "import.too_large"


def test_too_many_rows_and_far_away_cells_are_told() -> None:
    rows = b"".join(b'<row r="%d"><c><v>1</v></c></row>' % n for n in range(1, MOST_ROWS + 3))
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b"<sheetData>%s</sheetData></worksheet>"
    )
    with pytest.raises(BadInput) as refused:
        read_table(packed(sheet1=sheet % rows), ())
    assert refused.value.message.key == "import.too_many_rows"
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    with pytest.raises(BadInput):
        read_table(packed(sheet1=sheet % far), ())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(at=st.integers(0, 5_000), byte=st.integers(0, 255), cut=st.integers(0, 6_000))
def test_a_damaged_file_is_a_table_or_a_sentence(at: int, byte: int, cut: int) -> None:
    data = bytearray(workbook(("mrn", "value"), ("x", 1), ("y", date(2026, 3, 2))))
    data[at % len(data)] = byte
    with suppress(BadInput):
        read_table(bytes(data[: len(data) - cut % 200]), ())
