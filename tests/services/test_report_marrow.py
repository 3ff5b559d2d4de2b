"""The marrow in the cycle report: both verdicts with their reasons, and MRD drawn over time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from aml_maint.domain.marrow import Assay, FlowResult
from aml_maint.domain.messages import LANGUAGES
from aml_maint.domain.mrd import MrdClass
from aml_maint.domain.response import Response
from aml_maint.domain.response_review import Decision
from aml_maint.reports.cycle_report_pdf import content
from aml_maint.reports.report_facts import report_facts
from aml_maint.services.language import catalogue
from aml_maint.services.marrow import record_marrow, record_specimen
from aml_maint.services.reporting import cycle_report, cycle_report_pdf
from aml_maint.services.response_board import review_response
from aml_maint.services.treatment import start_cycle
from aml_maint.services.workplace import Workplace
from aml_maint.store import marrows
from tests.builders import PHYSICIAN, UNASSESSED, a_marrow, on_course, set_clock
from tests.reports.sample_cycle import text_of


@pytest.fixture
def course(place: Workplace) -> tuple[str, str]:
    """A patient with a negative marrow before the course, on day 25 of cycle 1; patient, course."""
    patient, course_id = on_course(place)
    set_clock(place, "2026-03-26T12:00")
    add(place, patient.id, "2026-02-27", "1.5", "-")
    return patient.id, course_id


def add(place: Workplace, patient: str, day: str, blasts: str | None, flow: str | None) -> str:
    one = replace(a_marrow(patient, f"{day}T09:00", blasts, flow), id=str(uuid4()))
    record_marrow(place, one)
    return one.id


def section(place: Workplace, course_id: str, cycle: int | None = None) -> dict[str, Any]:
    found = content(cycle_report(place, course_id, cycle), catalogue("en"))["marrows"]
    assert isinstance(found, dict)
    return found


def codes(place: Workplace, course_id: str) -> dict[str, str]:
    words = {language: catalogue(language) for language in LANGUAGES}
    return {fact.id: fact.code for fact in report_facts(cycle_report(place, course_id), words)}


def lines(place: Workplace, course_id: str) -> list[str]:
    (item,) = section(place, course_id)["items"]
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in item["lines"]]


def test_both_rules_say_their_verdict_with_its_reason(
    place: Workplace, course: tuple[str, str]
) -> None:
    patient, course_id = course
    marrow = add(place, patient, "2026-03-23", "1.5", "0.05")
    assert lines(place, course_id) == [
        "study rule: remission by marrow (CR) (1.5 % blasts, below 5 %); MRD positive (0.05 % is "
        "at or above 0.01 %)",
        "ELN rule: remission, blood counts missing (blasts below 5 %; granulocytes and platelets "
        "are needed to tell CR, CRh and CRi apart); detected below ELN’s threshold (0.05 % was "
        "detected, below 0.1 %)",
        "molecular relapse pending (first positive after negative; protocol counts it at once, "
        "ELN wants a second sample within 4 weeks)",
        "Not yet reviewed by a physician",
    ]
    state = section(place, course_id)["state"].replace("\N{NO-BREAK SPACE}", " ")
    assert state.endswith("second sample due by 20-Apr-2026")
    review_response(
        place.acting_as(PHYSICIAN), marrow, Decision.OVERRULED, Response.CR, MrdClass.NEGATIVE,
        "mixed-up tube",
    )  # fmt: skip
    assert lines(place, course_id)[-1].startswith(
        "By a physician: remission by marrow (CR), MRD negative. Overruled by Wu Min"
    )


def test_the_picture_has_every_mark_at_its_place_by_shape(
    place: Workplace, course: tuple[str, str]
) -> None:
    patient, course_id = course
    add(place, patient, "2026-03-09", "1", "0.005")
    add(place, patient, "2026-03-23", "1", "0.1")
    chart = section(place, course_id)["chart"]
    marks = [(mark["shape"], round(mark["at"][1], 3)) for mark in chart["marks"]]
    # The axis goes from 0.001 to 1: 0.1 lies two thirds up.
    assert marks == [("not_detected", 0), ("below", 0.233), ("positive", 0.667)]
    assert [words for _, words in chart["decades"]] == ["0.001", "0.01", "0.1", "1"]
    assert [(round(up, 3), track) for up, track, _ in chart["limits"]] == [
        (0.333, "study"), (0.667, "eln"),
    ]  # fmt: skip
    # A line joins what was detected and never what was not.
    assert [len(run) for run in chart["runs"]] == [2]
    assert "23-Mar-2026" in chart["alt"] and "MRD positive" in chart["alt"]


def test_a_cycle_without_a_marrow_still_shows_mrd_so_far(
    place: Workplace, course: tuple[str, str]
) -> None:
    patient, course_id = course
    assert section(place, course_id)["chart"] is None  # one result is told in words alone
    add(place, patient, "2026-02-20", "1", "0.02")
    found = section(place, course_id)
    assert (found["items"], len(found["chart"]["marks"])) == ([], 2)


def test_without_any_marrow_there_is_no_picture(place: Workplace) -> None:
    _, course_id = on_course(place)
    found = section(place, course_id)
    assert (found["items"], found["chart"], found["state"]) == ([], None, None)


def test_an_old_cycle_tells_what_stood_at_its_end_and_not_what_came_of_it(
    place: Workplace, course: tuple[str, str]
) -> None:
    patient, course_id = course
    add(place, patient, "2026-03-23", "1", "0.05")
    set_clock(place, "2026-03-30T12:00")
    start_cycle(place, course_id, date(2026, 3, 30), override=UNASSESSED)
    before = section(place, course_id, 1)
    set_clock(place, "2026-04-10T12:00")
    add(place, patient, "2026-04-09", "1", "0.06")
    after = section(place, course_id, 1)
    assert (after["items"], after["state"]) == (before["items"], before["state"])
    assert len(after["chart"]["marks"]) == 2
    assert "molecular relapse confirmed" in str(section(place, course_id, 2)["items"])


def test_a_result_that_comes_later_changes_the_facts_that_a_signature_rests_on(
    place: Workplace, course: tuple[str, str]
) -> None:
    patient, course_id = course
    marrow = add(place, patient, "2026-03-23", "1", None)
    before = codes(place, course_id)
    flow = marrows.marrow(place.store, marrow).specimen(Assay.FLOW)
    assert flow is not None
    record_specimen(
        place, marrow, replace(flow, result=FlowResult(Decimal("0.05"), events=700_000))
    )
    after = codes(place, course_id)
    changed = {key for key in after if after[key] != before.get(key)}
    assert changed == {f"marrow {marrow}", f"verdict {marrow}", "mrd state"}


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "study rule: remission by marrow"), ("zh", "研究标准：骨髓缓解")],
)
def test_it_is_printed_in_both_languages(
    place: Workplace, course: tuple[str, str], language: str, words: str
) -> None:
    patient, course_id = course
    add(place, patient, "2026-03-23", "1.5", "0.05")
    document = cycle_report_pdf(place, course_id, None, "zh" if language == "zh" else "en")
    assert words.replace(" ", "") in text_of(document).replace(" ", "")
