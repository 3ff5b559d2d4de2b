"""The flow sheet on paper: as on the screen, without colour, and on every page whose it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from aml_maint.domain.administration import CellState, Status
from aml_maint.domain.course import HoldReason
from aml_maint.domain.messages import Language
from aml_maint.domain.moment import Moment
from aml_maint.domain.quantities import Dose, LabValue
from aml_maint.domain.schedule import SlotId
from aml_maint.reports.flow_sheet import FlowSheetPrint, PrintedCell, PrintedRow, PrintedSign
from aml_maint.reports.flow_sheet_pdf import MARKS, content
from aml_maint.services.dosing import DoseEntry, correct_dose, log_dose
from aml_maint.services.flow_sheet_print import (
    flow_sheet_file_name,
    flow_sheet_pdf,
    flow_sheet_print,
)
from aml_maint.services.language import catalogue
from aml_maint.services.observations import record_count
from aml_maint.services.treatment import hold_component
from aml_maint.services.workplace import Workplace
from aml_maint.store.database import Store
from tests.builders import PASSPHRASE, a_patient, a_ward, moment, on_course, set_clock

FIRST = date(2026, 3, 2)
LANGUAGES: tuple[Language, ...] = ("en", "zh")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Workplace]:
    store = Store.create(tmp_path / "ward.amldb", PASSPHRASE, "ward", durable=False)
    yield a_ward(store)
    store.close()


@pytest.fixture
def course(place: Workplace) -> str:
    """Day 5: given, given late, missed and corrected, held, a gate closed by 48, a half dose."""
    patient, course_id = on_course(place, a_patient("MRN-77"))
    record_count(
        place, patient.id, "platelets", LabValue.parse("96", "10*9/L"), moment("2026-03-02T06:00")
    )

    def log(day: int, slot: str, status: Status, at: str = "", **facts: object) -> None:
        on = FIRST + timedelta(days=day - 1)
        set_clock(place, f"{on}T23:30")
        given = moment(f"{on}T{at}") if at else None
        log_dose(place, DoseEntry(SlotId(course_id, "sorafenib", on, slot), status, given,
                                  **facts))  # type: ignore[arg-type]  # fmt: skip

    log(1, "morning", Status.GIVEN, "07:10")
    log(1, "evening", Status.GIVEN, "22:40", reason="asleep")
    log(2, "morning", Status.PARTLY_GIVEN, "07:05", dose=Dose.of("200", "mg"), reason="vomited")
    log(2, "evening", Status.MISSED, reason="forgotten")
    slot = SlotId(course_id, "sorafenib", FIRST + timedelta(days=1), "evening")
    from aml_maint.store import doses

    wrong = doses.live_between(place.store, slot.planned_on, slot.planned_on, course_id)[slot]
    correct_dose(place, wrong.id, DoseEntry(slot, Status.REFUSED, reason="feels_well"), "misheard")
    set_clock(place, "2026-03-06T09:00")
    hold_component(place, course_id, "thalidomide", date(2026, 3, 6), HoldReason.TOXICITY,
                   decided_by="Dr Wu")  # fmt: skip
    record_count(
        place, patient.id, "platelets", LabValue.parse("48", "10*9/L"), moment("2026-03-06T08:00")
    )
    return course_id


def pages(sheet: FlowSheetPrint, language: Language = "en") -> list[str]:
    reader = PdfReader(BytesIO(flow_sheet_pdf(sheet, language)))
    return [page.extract_text() for page in reader.pages]


def test_the_page_lies_across_and_says_whose_cycle_it_is_in_both_languages(
    place: Workplace, course: str
) -> None:
    sheet = flow_sheet_print(place, course)
    for language, words in (
        ("en", ("Flow sheet", "MRN-77", "born 14-Jul-1961", "sorafenib", "DRAFT")),
        ("zh", ("用药流程表", "MRN-77", "1961年7月14日", "索拉非尼", "草稿")),
    ):
        reader = PdfReader(BytesIO(flow_sheet_pdf(sheet, language)))
        (page,) = reader.pages
        assert page.mediabox.width > page.mediabox.height
        text = page.extract_text()
        assert all(word in text for word in words), text
    assert "Page 1 of 1" in pages(sheet)[0]


def test_every_sign_of_the_screen_is_on_the_paper_with_its_words(
    place: Workplace, course: str
) -> None:
    sheet = flow_sheet_print(place, course)
    morning, evening = sheet.rows[0], sheet.rows[1]
    first = [row.cells[0] for row in (morning, evening)]
    assert [cell.dose.state for cell in first if cell] == [CellState.GIVEN, CellState.GIVEN_LATE]
    half, refused = morning.cells[1], evening.cells[1]
    assert half is not None and (half.dose.state, half.dose.below) == (
        CellState.PARTLY_GIVEN, "200",
    )  # fmt: skip
    assert refused is not None and refused.dose.state is CellState.REFUSED and refused.dose.struck
    gates = [
        cell.dose.count
        for row in sheet.rows
        for cell in row.cells
        if cell is not None and cell.dose.state is CellState.GATE_CLOSED
    ]
    assert gates and set(gates) == {"48"}
    legend = dict(content(sheet, catalogue("en"))["legend"])
    assert {"given", "given_late", "partly_given", "refused", "held", "gate_closed"} <= set(legend)
    assert dict(content(sheet, catalogue("en"))["marks"]) == {"struck": "corrected"}


def test_the_totals_stand_below_with_their_reasons(place: Workplace, course: str) -> None:
    sums = content(flow_sheet_print(place, course), catalogue("en"))["sums"]
    (sorafenib,) = [one for one in sums if one["drug"] == "sorafenib"]
    assert sorafenib["given"].endswith("due")
    told = sorafenib["rest"].replace("\N{NO-BREAK SPACE}", " ")
    assert "refused 1 (feels no need 1), unconfirmed 4" in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_and_every_mark_can_be_set(
    place: Workplace, course: str, language: Language
) -> None:
    sheet = flow_sheet_print(place, course)
    signs = [
        *(
            PrintedSign(state, "48" if state is CellState.GATE_CLOSED else "")
            for state in CellState
        ),
        *(PrintedSign(CellState.GIVEN, marks=(mark,)) for mark in MARKS if "_" in mark),
        PrintedSign(CellState.GIVEN, below="23:15", struck=True, care=True),
    ]
    cells: list[PrintedCell | None] = [PrintedCell(sign, sign) for sign in signs]
    cells += [None] * (len(sheet.days) - len(cells))
    row = replace(sheet.rows[0], cells=tuple(cells), vacated=frozenset({len(sheet.days) - 1}))
    full = replace(sheet, rows=(row, *sheet.rows[1:]), unplanned=(sheet.rows[1],), demo=True)
    told = content(full, catalogue(language))
    assert len(told["legend"]) == len(CellState)
    assert [mark for mark, _ in told["marks"]] == list(MARKS)
    assert len(pages(full, language)) == 1


def test_a_cycle_that_overran_for_weeks_goes_on_on_further_pages(
    place: Workplace, course: str
) -> None:
    set_clock(place, "2026-04-20T09:00")
    sheet = flow_sheet_print(place, course)
    assert len(sheet.days) == 50
    told = pages(sheet)
    assert len(told) >= 2
    for page in told:
        assert "MRN-77" in page and "DRAFT" in page
    blocks = content(sheet, catalogue("en"))["blocks"]
    assert [day["number"] for block in blocks for day in block["days"]] == list(range(1, 51))


def test_a_name_prints_literally_whatever_it_holds(place: Workplace, course: str) -> None:
    sheet = flow_sheet_print(place, course)
    hostile = '#pagebreak() *bold* <b> $x$ "quote" \\ end'
    odd = replace(sheet, patient=replace(sheet.patient, family_name=hostile, given_name=""))
    (page,) = pages(odd)
    assert "".join(hostile.split()).casefold() in "".join(page.split()).casefold()


def test_the_demo_ward_is_marked_and_the_file_name_names_nobody(
    place: Workplace, course: str
) -> None:
    sheet = replace(flow_sheet_print(place, course), demo=True)
    assert "DEMO" in pages(sheet)[0]
    name = flow_sheet_file_name(sheet, "en")
    assert name.endswith("-c01-20260306-0900-en.pdf")
    assert not any(word in name.casefold() for word in ("chen", "wei", "mrn"))


def test_an_earlier_cycle_can_be_printed_and_a_missing_one_can_not(
    place: Workplace, course: str
) -> None:
    from aml_maint.domain.errors import BadInput

    assert flow_sheet_print(place, course, 1).cycle == 1
    with pytest.raises(BadInput):
        flow_sheet_print(place, course, 2)


def test_the_same_moment_gives_the_same_bytes(place: Workplace, course: str) -> None:
    sheet = flow_sheet_print(place, course)
    assert flow_sheet_pdf(sheet, "en") == flow_sheet_pdf(sheet, "en")
    later = Moment.at(datetime(2026, 3, 6, 10, 0), "Asia/Shanghai")
    assert flow_sheet_pdf(replace(sheet, made_utc=later.utc), "en") != flow_sheet_pdf(sheet, "en")


def test_a_row_is_told_in_words_to_those_who_can_not_see_it(place: Workplace, course: str) -> None:
    alt = content(flow_sheet_print(place, course), catalogue("en"))["alt"]
    assert "sorafenib" in alt and "given late 1" in alt.replace("\N{NO-BREAK SPACE}", " ")


def test_the_row_of_a_second_time_of_day_has_no_name(place: Workplace, course: str) -> None:
    rows: tuple[PrintedRow, ...] = flow_sheet_print(place, course).rows
    assert rows[0].name is not None and rows[1].name is None
