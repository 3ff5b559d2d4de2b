"""The worklist on paper: whose doses, how they stand, room to write, and nobody left out unsaid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from aml_maint.domain.administration import CellState, Status
from aml_maint.domain.messages import Language
from aml_maint.domain.schedule import SlotId
from aml_maint.reports.ward_list import WardList, content
from aml_maint.services.dosing import DoseEntry, log_dose
from aml_maint.services.language import catalogue
from aml_maint.services.ward_list_print import ward_list, ward_list_file_name, ward_list_pdf
from aml_maint.services.workplace import Workplace
from aml_maint.store.database import Store
from tests.builders import (
    DAY_1,
    PASSPHRASE,
    a_patient,
    a_ward,
    on_course,
    platelets,
    set_clock,
)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Workplace]:
    """Day 1, 07:30: Chen Wei got the morning sorafenib; Chen Wen's count of 42 shuts a gate."""
    store = Store.create(tmp_path / "ward.amldb", PASSPHRASE, "ward", durable=False)
    place = a_ward(store)
    patient, course = on_course(place, a_patient("MRN-1"))
    other, _ = on_course(place, a_patient("MRN-2", given_name="Wen", ward="Ward B", bed="01"))
    platelets(place, patient, "96", "2026-03-02T06:00")
    platelets(place, other, "42", "2026-03-02T06:00")
    set_clock(place, "2026-03-02T07:30")
    log_dose(place, DoseEntry(SlotId(course, "sorafenib", DAY_1, "morning"), Status.GIVEN))
    yield place
    store.close()


def pages(found: WardList, language: Language = "en") -> list[str]:
    reader = PdfReader(BytesIO(ward_list_pdf(found, language)))
    return [page.extract_text() for page in reader.pages]


def test_every_patient_is_told_by_bed_name_birth_and_number(place: Workplace) -> None:
    told = "\n".join(pages(ward_list(place))).replace("\N{NO-BREAK SPACE}", " ")
    for words in ("Ward A 12", "CHEN, Wei", "14-Jul-1961", "MRN-1", "Ward B 01", "CHEN, Wen"):
        assert words in told
    assert told.count("similar name on the ward") == 2


def test_the_doses_stand_in_order_of_time_with_what_became_of_them(place: Workplace) -> None:
    first, second = content(ward_list(place), catalogue("en"))["patients"]
    times = [dose["at"] for dose in first["doses"]]
    assert times == sorted(times) and times[0] == "07:00"
    given = first["doses"][0]
    assert (given["state"], given["open"]) == ("given", False)
    assert given["told"].replace("\N{NO-BREAK SPACE}", " ") == "given 07:30"
    closed = [dose for dose in second["doses"] if dose["state"] == "gate_closed"]
    assert closed and all("42" in dose["why"] and not dose["open"] for dose in closed)


def test_a_list_of_some_patients_says_how_many_it_leaves_out(place: Workplace) -> None:
    everybody = ward_list(place)
    assert everybody.left_out == 0
    chosen = everybody.patients[0].patient.id
    some = ward_list(place, {chosen})
    assert [one.patient.id for one in some.patients] == [chosen]
    assert "1 further patients" in pages(some)[0]


def test_a_dose_of_an_earlier_day_tells_its_day(place: Workplace) -> None:
    set_clock(place, "2026-03-03T10:00")
    first = content(ward_list(place), catalogue("en"))["patients"][0]
    waiting = [d for d in first["doses"] if d["state"] == CellState.UNCONFIRMED.value]
    assert waiting and {dose["on"] for dose in waiting} == {"02-Mar"}


def test_a_patient_whose_doses_run_over_a_page_is_named_on_both(place: Workplace) -> None:
    set_clock(place, "2026-03-08T10:00")
    told = pages(ward_list(place))
    assert len(told) > 2
    for page in told:
        assert "MRN-1" in page or "MRN-2" in page


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_is_set_in_both_languages_and_marked_on_the_demo_ward(
    place: Workplace, language: Language
) -> None:
    found = replace(ward_list(place), demo=True)
    assert ("DEMO" if language == "en" else "演示") in pages(found, language)[0]


def test_an_empty_ward_says_so(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "empty.amldb", PASSPHRASE, "ward", durable=False)
    (page,) = pages(ward_list(a_ward(store)))
    assert "No doses are planned" in page
    store.close()


def test_a_name_prints_literally_and_the_file_name_names_nobody(place: Workplace) -> None:
    found = ward_list(place)
    hostile = "#pagebreak() *b* <i> $x$"
    one = found.patients[0]
    odd = replace(one, patient=replace(one.patient, family_name=hostile, given_name=""))
    told = "".join(pages(replace(found, patients=(odd,)))[0].split()).casefold()
    assert "".join(hostile.split()).casefold() in told
    assert ward_list_file_name(found, "en") == "worklist-20260302-0730-en.pdf"
