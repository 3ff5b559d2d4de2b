"""A patient's marrows with verdicts: baseline, late results, counts, reviews, waiting specimens."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from aml_maint.domain.errors import BadInput, Refused
from aml_maint.domain.marrow import Assay, FlowResult, Marrow, PcrResult, Purpose, Specimen, Tube
from aml_maint.domain.mrd import MrdClass
from aml_maint.domain.mrd_course import MrdState
from aml_maint.domain.quantities import LabValue
from aml_maint.domain.response import ElnResponse, Response
from aml_maint.domain.response_board import ResponseBoard
from aml_maint.domain.response_review import Decision
from aml_maint.domain.specimen_clock import SpecimenState
from aml_maint.services.history import patient_history
from aml_maint.services.language import catalogue
from aml_maint.services.marrow import record_marrow, record_specimen
from aml_maint.services.observations import record_counts
from aml_maint.services.response_board import (
    mrd_histories,
    response_board,
    review_response,
    tracked_specimens,
)
from aml_maint.services.site_settings import change_setting
from aml_maint.services.workplace import Workplace
from aml_maint.store import courses, marrows
from tests.builders import NURSE, PHYSICIAN, a_marrow, moment, on_course, set_clock


@pytest.fixture
def patient(place: Workplace) -> str:
    """On a course since 2 March 2026; it is 1 June."""
    one, _ = on_course(place)
    set_clock(place, "2026-06-01T12:00")
    return one.id


def add(place: Workplace, patient: str, day: str, blasts: str | None, flow: str | None,
        **facts: Any) -> str:  # fmt: skip
    """A marrow of a day; its id."""
    one = replace(a_marrow(patient, f"{day}T09:00", blasts, flow, **facts), id=str(uuid4()))
    record_marrow(place, one)
    return one.id


def codes(board: ResponseBoard) -> list[tuple[str, str]]:
    return [(e.code.value, date.fromordinal(e.day).isoformat()) for e in board.study.events]


def counted(place: Workplace, patient: str) -> dict[str, object] | None:
    """What cohorts count of a patient's marrows."""
    mine = courses.of_patients(place.store, [patient], place.shelf)
    found = mrd_histories(place, mine).get(patient)
    if found is None:
        return None
    return {
        "rows": [(row.marrow, row.day, row.mrd, row.verdict.mrd, row.review) for row in found.rows],
        "baseline": found.baseline and found.baseline.marrow.id,
        "converted": found.converted,
    }


def on_the_board(place: Workplace, patient: str) -> dict[str, object]:
    """The same as the patient's own board has it."""
    board = response_board(place, patient)
    converted = board.study.converted
    return {
        "rows": [(row.marrow, row.day, row.mrd, row.verdict.mrd, row.review)
                 for row in board.rows if row.mrd is not None],
        "baseline": board.baseline and board.baseline.marrow.id,
        "converted": None if converted is None else date.fromordinal(converted.day),
    }  # fmt: skip


def test_what_cohorts_count_is_what_the_board_shows(place: Workplace, patient: str) -> None:
    add(place, patient, "2026-02-01", "60", "40", purpose=Purpose.DIAGNOSIS)
    add(place, patient, "2026-02-20", "1", "0.06")
    add(place, patient, "2026-03-30", "1", "-")
    doubted = add(place, patient, "2026-04-20", "1", "0.02")
    add(place, patient, "2026-05-11", "12", "8")
    add(place, patient, "2026-05-25", "1", None)
    record_counts(place, patient, {"platelets": LabValue.parse("120", "10*9/L")},
                  moment("2026-03-30T08:00"))  # fmt: skip
    review_response(
        place.acting_as(PHYSICIAN), doubted, Decision.OVERRULED, Response.CR, MrdClass.NEGATIVE,
        "the antibody was old",
    )  # fmt: skip
    found = counted(place, patient)
    assert found == on_the_board(place, patient)
    assert found["converted"] == date(2026, 3, 30) and len(found["rows"]) == 5


def test_without_a_marrow_the_board_is_empty(place: Workplace, patient: str) -> None:
    board = response_board(place, patient)
    assert (board.rows, board.baseline, board.latest, board.pending) == ((), None, None, ())
    assert (board.study.state, board.repeat_by) == (MrdState.UNKNOWN, None)
    assert counted(place, patient) is None


def test_the_last_flow_before_the_course_is_the_baseline(place: Workplace, patient: str) -> None:
    add(place, patient, "2026-02-01", "1", "0.5", purpose=Purpose.DIAGNOSIS)
    add(place, patient, "2026-02-20", "1", "0.06")
    add(place, patient, "2026-02-27", "1", None)
    add(place, patient, "2026-03-30", "1", "0.02")
    board = response_board(place, patient)
    assert board.baseline is not None and board.baseline.day == date(2026, 2, 20)
    assert codes(board) == [("mrd_persistent", "2026-03-30")]
    assert board.study.state is MrdState.PERSISTENT
    # 0.06 % is below ELN's threshold: there the start was negative.
    assert board.eln.state is MrdState.NEGATIVE


def test_a_marrow_taken_as_baseline_is_the_baseline(place: Workplace, patient: str) -> None:
    add(place, patient, "2026-02-20", "1", "0.06")
    add(place, patient, "2026-03-03", "1", "-", purpose=Purpose.BASELINE)
    add(place, patient, "2026-03-30", "1", "0.02")
    board = response_board(place, patient)
    assert codes(board) == [("mrd_conversion_pending", "2026-03-30")]
    assert board.repeat_by == date(2026, 4, 27)


def test_a_baseline_that_says_nothing_leaves_the_start_unknown(
    place: Workplace, patient: str
) -> None:
    add(place, patient, "2026-03-01", "1", "-", events=100_000)
    add(place, patient, "2026-03-30", "1", "0.02")
    assert codes(response_board(place, patient)) == [("mrd_positive", "2026-03-30")]
    assert counted(place, patient) == on_the_board(place, patient)


def test_a_result_that_comes_late_and_out_of_order_changes_a_pending_relapse(
    place: Workplace, patient: str
) -> None:
    add(place, patient, "2026-03-01", "1", "-")
    second = add(place, patient, "2026-04-20", "1", None)
    add(place, patient, "2026-05-11", "1", "0.03")
    add(place, patient, "2026-03-30", "1", "0.02")  # entered last, collected first
    before = response_board(place, patient)
    assert before.study.state is MrdState.CONFIRMED
    assert [one.marrow.id for one in before.pending] == [second]
    flow = marrows.marrow(place.store, second).specimen(Assay.FLOW)
    assert flow is not None
    record_specimen(place, second, replace(flow, result=FlowResult(None, True, 700_000)))
    after = response_board(place, patient)
    assert codes(after) == [
        ("mrd_conversion_pending", "2026-03-30"),
        ("molecular_relapse_not_confirmed", "2026-04-20"),
        ("mrd_conversion_pending", "2026-05-11"),
    ]
    assert after.repeat_by == date(2026, 6, 8)
    assert counted(place, patient) == on_the_board(place, patient)


def test_the_blood_counts_nearest_to_the_marrow_decide_elns_response(
    place: Workplace, patient: str
) -> None:
    add(place, patient, "2026-03-30", "1", "-")
    assert response_board(place, patient).rows[0].verdict.response.eln is (
        ElnResponse.COUNTS_MISSING
    )
    for day, platelets in (("2026-03-22", "20"), ("2026-03-31", "120"), ("2026-04-04", "30")):
        values = {
            "platelets": LabValue.parse(platelets, "10*9/L"),
            "granulocytes": LabValue.parse("1200", "/uL"),
        }
        record_counts(place, patient, values, moment(f"{day}T07:00"))
    row = response_board(place, patient).rows[0]
    assert (row.counts.granulocytes, row.counts.platelets) == (Decimal("1.2"), Decimal(120))
    assert row.verdict.response.eln is ElnResponse.CR


def test_results_of_other_analytes_and_weeks_are_none_of_a_marrows_counts(
    place: Workplace, patient: str
) -> None:
    add(place, patient, "2026-03-30", "1", "-")
    values = {"platelets": LabValue.parse("120", "10*9/L")}
    record_counts(place, patient, values, moment("2026-04-06T09:01"))
    assert response_board(place, patient).rows[0].counts.platelets is None
    change_setting(place.acting_as(PHYSICIAN), "marrow.counts_within", 8, "weekly counts")
    assert response_board(place, patient).rows[0].counts.platelets == 120


def pcr_marrow(patient: str, day: str, ratio: str | None, purpose: Purpose) -> Marrow:
    percent = None if ratio is None else Decimal(ratio)
    result = PcrResult("RUNX1::RUNX1T1", percent, percent is None)
    specimen = Specimen("", Assay.PCR, Tube.EDTA, result=result)
    return Marrow("", patient, moment(f"{day}T09:00"), purpose, (specimen,))


def test_pcr_is_told_against_the_last_sample_and_diagnosis(place: Workplace, patient: str) -> None:
    record_marrow(place, pcr_marrow(patient, "2025-08-01", "100", Purpose.DIAGNOSIS))
    record_marrow(place, pcr_marrow(patient, "2026-03-30", "0.01", Purpose.SCHEDULED))
    record_marrow(place, pcr_marrow(patient, "2026-04-30", "0.1", Purpose.SCHEDULED))
    rows = response_board(place, patient).rows
    assert rows[0].pcr["RUNX1::RUNX1T1"].since_last is None
    assert rows[1].pcr["RUNX1::RUNX1T1"].since_last == Decimal(-4)
    change = rows[2].pcr["RUNX1::RUNX1T1"]
    assert (change.since_last, change.since_diagnosis) == (Decimal(1), Decimal(-3))
    assert change.alert is not None
    assert rows[2].verdict.mrd is None, "PCR sets no class"


# ---- the physician's word


def test_a_physician_confirms_what_was_computed(place: Workplace, patient: str) -> None:
    id = add(place, patient, "2026-03-30", "1", "0.02")
    assert response_board(place, patient).rows[0].wants_review
    review_response(place.acting_as(PHYSICIAN), id, Decision.CONFIRMED)
    row = response_board(place, patient).rows[0]
    assert row.review is not None and row.review.decided_by == PHYSICIAN.name
    assert (row.response, row.mrd) == (Response.CR, MrdClass.POSITIVE)
    assert not row.wants_review and not row.review_is_stale


def test_an_overruling_needs_a_reason_and_changes_the_course(
    place: Workplace, patient: str
) -> None:
    add(place, patient, "2026-03-01", "1", "-")
    id = add(place, patient, "2026-03-30", "1", "0.012")
    desk = place.acting_as(PHYSICIAN)
    with pytest.raises(BadInput) as refused:
        review_response(desk, id, Decision.OVERRULED, Response.CR, MrdClass.NEGATIVE)
    assert refused.value.field == "reason"
    with pytest.raises(BadInput):
        review_response(desk, id, Decision.OVERRULED, Response.CR, MrdClass.POSITIVE, "same")
    review_response(
        desk, id, Decision.OVERRULED, Response.CR, MrdClass.NEGATIVE, "regenerating marrow"
    )
    board = response_board(place, patient)
    assert board.rows[1].mrd is MrdClass.NEGATIVE
    assert (codes(board), board.study.state) == ([], MrdState.NEGATIVE)
    review_response(desk, id, Decision.OVERRULED, Response.CR, None, "sample mixed up")
    board = response_board(place, patient)
    assert board.rows[1].mrd is None and codes(board) == []
    review_response(desk, id, Decision.CONFIRMED)
    assert codes(response_board(place, patient)) == [("mrd_conversion_pending", "2026-03-30")]


def test_the_physicians_reason_stands_in_the_place_of_the_computed_one(
    place: Workplace, patient: str
) -> None:
    desk = place.acting_as(PHYSICIAN)
    add(place, patient, "2026-03-01", "1", "-")
    id = add(place, patient, "2026-03-30", "1", "0.005")
    review_response(desk, id, Decision.OVERRULED, Response.RELAPSE, MrdClass.POSITIVE, "skin")
    (event,) = response_board(place, patient).study.events
    assert catalogue("en").text(event.reason) == "decided by Wu Min: skin"


def test_mrd_without_a_result_is_recorded_and_not_overruled(place: Workplace, patient: str) -> None:
    id = add(place, patient, "2026-03-30", "1", None)
    desk = place.acting_as(PHYSICIAN)
    with pytest.raises(BadInput, match="no_mrd_to_overrule"):
        review_response(desk, id, Decision.OVERRULED, Response.CR, MrdClass.POSITIVE, "by letter")


def test_a_word_on_other_facts_is_marked_when_results_change(
    place: Workplace, patient: str
) -> None:
    id = add(place, patient, "2026-03-30", "1", None)
    review_response(place.acting_as(PHYSICIAN), id, Decision.CONFIRMED)
    flow = marrows.marrow(place.store, id).specimen(Assay.FLOW)
    assert flow is not None
    record_specimen(place, id, replace(flow, result=FlowResult(Decimal("0.2"), events=700_000)))
    row = response_board(place, patient).rows[0]
    assert row.review_is_stale and row.wants_review


def test_only_a_physician_judges_and_only_what_is_back(place: Workplace, patient: str) -> None:
    id = add(place, patient, "2026-03-30", None, None)
    with pytest.raises(BadInput):
        review_response(place.acting_as(PHYSICIAN), id, Decision.CONFIRMED)
    other = add(place, patient, "2026-04-30", "1", None)
    with pytest.raises(Refused):
        review_response(place.acting_as(replace(NURSE, also=())), other, Decision.CONFIRMED)


def test_a_review_is_carried_out_once_and_told_in_the_history(
    place: Workplace, patient: str
) -> None:
    id = add(place, patient, "2026-03-30", "1", "-")
    command, desk = uuid4(), place.acting_as(PHYSICIAN)
    first = review_response(desk, id, Decision.CONFIRMED, command_id=command)
    assert not first.replayed
    assert review_response(desk, id, Decision.CONFIRMED, command_id=command).replayed
    latest = patient_history(place, patient).entries[0]
    told = catalogue("en").text(latest.what)
    assert told.startswith("Verdict on a marrow: confirmed by Wu Min: remission by marrow (CR)")


# ---- waiting


def test_specimens_that_are_out_are_listed_with_their_working_days(
    place: Workplace, patient: str
) -> None:
    add(place, patient, "2026-05-29", "1", None)  # a Friday; due 5 June
    add(place, patient, "2026-05-15", "1", None)  # due 22 May
    found = tracked_specimens(place, [patient])
    assert [(one.state, one.due_on) for one in found] == [
        (SpecimenState.OVERDUE, date(2026, 5, 22)), (SpecimenState.IN_TRANSIT, date(2026, 6, 5)),
    ]  # fmt: skip
    assert [one.specimen.id for one in response_board(place, patient).pending] == [
        one.specimen.id for one in found
    ]


def test_chinese_holidays_do_not_count_and_worked_saturdays_do(
    place: Workplace, patient: str
) -> None:
    add(place, patient, "2026-04-30", "1", None)  # Labour Day follows, Saturday 9 May is worked
    (one,) = tracked_specimens(place, [patient])
    assert one.due_on == date(2026, 5, 11)


def test_the_site_sets_the_target_and_the_span_of_sustained(place: Workplace, patient: str) -> None:
    desk = place.acting_as(PHYSICIAN)
    add(place, patient, "2026-03-01", "1", "0.06")
    add(place, patient, "2026-03-30", "1", "-")
    add(place, patient, "2026-04-20", "1", "-")
    add(place, patient, "2026-05-29", "1", None)
    assert response_board(place, patient).study.state is MrdState.NEGATIVE
    change_setting(desk, "mrd.sustained_after", 21, "as our protocol has it")
    change_setting(desk, "specimen.target", 1, "our laboratory is next door")
    board = response_board(place, patient)
    assert board.study.state is MrdState.SUSTAINED
    assert board.pending[0].due_on == date(2026, 6, 1)
    latest = board.latest
    assert latest is not None and latest.day == date(2026, 5, 29)
