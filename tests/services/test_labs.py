"""Laboratory results entered and imported: reconciled, asked about, limited, graded, replayable."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest

from aml_maint.domain.administration import Status
from aml_maint.domain.command import Actor, Role
from aml_maint.domain.errors import BadInput, Refused
from aml_maint.domain.lab_reconcile import Standing
from aml_maint.domain.patient import Patient, Sex
from aml_maint.domain.quantities import LabValue
from aml_maint.domain.reference_limits import Laboratory, ReferenceLimit
from aml_maint.domain.schedule import SlotId
from aml_maint.services.dosing import DoseEntry, log_dose
from aml_maint.services.lab_entry import LabEntry, check_labs, record_labs, usual_laboratory
from aml_maint.services.lab_import import (
    Accepted,
    LabPreview,
    RowState,
    import_labs,
    late_doses,
    mapping_for,
    preview_labs,
)
from aml_maint.services.lab_reading import lab_book
from aml_maint.services.lab_table import LabMapping, Part
from aml_maint.services.laboratories import (
    add_laboratory,
    laboratories,
    laboratory_named,
    reference_limits,
    set_reference_limit,
    withdraw_reference_limit,
)
from aml_maint.services.observations import record_count
from aml_maint.services.people import admit_patient
from aml_maint.services.sheet import cycle_sheet
from aml_maint.services.workplace import Workplace
from aml_maint.store import labs
from aml_maint.store.replay import verify_chain
from tests.builders import DAY_1, PHYSICIAN, a_patient, moment, on_course, platelets, set_clock


@pytest.fixture
def patient(place: Workplace) -> Patient:
    """A patient on the ward, noon of day 5."""
    patient = a_patient("MRN-1")
    admit_patient(place, patient)
    set_clock(place, "2026-03-06T12:00")
    return patient


def entry(patient: Patient, analyte: str, text: str, unit: str, **facts: object) -> LabEntry:
    values = {"collected": moment("2026-03-06T06:30"), **facts}
    return LabEntry(patient.id, analyte, LabValue.parse(text, unit), **values)  # type: ignore[arg-type]


def a_laboratory(place: Workplace, name: str = "Central laboratory") -> str:
    add_laboratory(place.acting_as(PHYSICIAN), Laboratory("", name))
    return laboratory_named(place, name).id


def a_limit(laboratory: str, high: str = "40", **facts: object) -> ReferenceLimit:
    values: dict[str, object] = {
        "analyte": "alt", "sex": None, "low": Decimal(0), "unit": "U/L",
        "from_day": date(2026, 1, 1), **facts,
    }  # fmt: skip
    return ReferenceLimit("", laboratory, high=Decimal(high), **values)  # type: ignore[arg-type]


# Entering


def test_a_grid_of_results_is_one_entry_in_the_trail(place: Workplace, patient: Patient) -> None:
    before = place.store.head().sequence
    done = record_labs(
        place,
        patient.id,
        [
            entry(patient, "platelets", "96", "10*9/L"),
            entry(patient, "haemoglobin", "10.9", "g/dL"),
            entry(patient, "sodium", "140", "mmol/L", collected=moment("2026-03-02T07:00")),
        ],
    )
    assert done.count == 3
    assert place.store.head().sequence == before + 1
    assert verify_chain(place.store).ok


def test_a_command_sent_again_records_nothing_again(place: Workplace, patient: Patient) -> None:
    id, grid = uuid4(), [entry(patient, "platelets", "96", "10*9/L")]
    record_labs(place, patient.id, grid, id)
    assert record_labs(place, patient.id, grid, id).replayed
    assert len(labs.of_patient(place.store, patient.id)) == 1


def test_what_is_on_record_already_is_left_alone_also_in_another_unit(
    place: Workplace, patient: Patient
) -> None:
    record_labs(place, patient.id, [entry(patient, "haemoglobin", "109", "g/L")])
    again = entry(patient, "haemoglobin", "10.9", "g/dL")
    with pytest.raises(Refused) as caught:
        record_labs(place, patient.id, [again])
    assert caught.value.message.key == "labs.error.all_known"
    done = record_labs(place, patient.id, [again, entry(patient, "platelets", "96", "10*9/L")])
    assert done.count == 1


def test_another_value_of_a_sample_needs_a_reason_and_keeps_the_first_one_in_the_trail(
    place: Workplace, patient: Patient
) -> None:
    record_labs(place, patient.id, [entry(patient, "platelets", "96", "10*9/L")])
    other = [entry(patient, "platelets", "69", "10*9/L")]
    with pytest.raises(Refused) as caught:
        record_labs(place, patient.id, other)
    assert caught.value.message.key == "labs.error.changed"
    assert caught.value.rows[0].field == "platelets"
    record_labs(place, patient.id, other, change_reason="digits swapped")
    (now,) = labs.of_patient(place.store, patient.id)
    assert now.value.value == Decimal(69)
    assert now.replaces is not None
    assert verify_chain(place.store).ok


def test_two_values_of_one_sample_are_a_conflict_that_no_reason_settles(
    place: Workplace, patient: Patient
) -> None:
    both = [entry(patient, "platelets", text, "10*9/L") for text in ("96", "69")]
    assert check_labs(place, both).count(Standing.CONFLICT) == 2
    with pytest.raises(Refused) as caught:
        record_labs(place, patient.id, both, change_reason="whatever")
    assert caught.value.message.key == "labs.error.conflict"


def test_an_unusual_value_is_asked_about_and_the_answer_kept(
    place: Workplace, patient: Patient
) -> None:
    odd = entry(patient, "haemoglobin", "25", "g/L")
    with pytest.raises(Refused) as caught:
        record_labs(place, patient.id, [odd])
    assert caught.value.message.key == "labs.error.questions"
    record_labs(place, patient.id, [replace(odd, confirmed=True)])
    (kept,) = labs.of_patient(place.store, patient.id)
    assert kept.confirmed


@pytest.mark.parametrize(
    ("analyte", "value", "unit", "facts", "field"),
    [
        ("nonsense", "1", "mmol/L", {}, "analyte"),
        ("sodium", "140", "mg/dL", {}, "unit"),
        ("platelets", "60000", "10*9/L", {}, "value"),
        ("alt", "40", "U/L", {"upper_limit": Decimal(10), "lower_limit": Decimal(20)},
         "upper_limit"),
        ("alt", "40", "U/L", {"collected": moment("2026-03-07T06:30")}, "collected"),
    ],
)  # fmt: skip
def test_what_can_not_be_is_refused_and_nothing_is_written(
    place: Workplace, patient: Patient, analyte: str, value: str, unit: str,
    facts: dict[str, object], field: str,
) -> None:  # fmt: skip
    good = entry(patient, "platelets", "96", "10*9/L")
    with pytest.raises(BadInput) as caught:
        record_labs(place, patient.id, [good, entry(patient, analyte, value, unit, **facts)])
    assert caught.value.field == field
    assert labs.of_patient(place.store, patient.id) == []


# Laboratories and their limits


def test_a_laboratory_is_added_once_whatever_its_case(place: Workplace) -> None:
    a_laboratory(place, "Central")
    with pytest.raises(BadInput):
        add_laboratory(place.acting_as(PHYSICIAN), Laboratory("", " central "))
    assert [one.name for one in laboratories(place)] == ["Central"]
    with pytest.raises(BadInput):
        laboratory_named(place, "Elsewhere")


def test_a_nurse_sets_no_reference_limit(place: Workplace) -> None:
    laboratory = a_laboratory(place)
    nurse = place.acting_as(Actor("Zhao Yan", Role.NURSE, "ward-pc-1"))
    with pytest.raises(Refused):
        set_reference_limit(nurse, a_limit(laboratory))


def test_a_result_is_graded_by_its_laboratorys_limit_from_the_day_it_holds(
    place: Workplace, patient: Patient
) -> None:
    laboratory = a_laboratory(place)
    record_labs(place, patient.id, [entry(patient, "alt", "60", "U/L", laboratory=laboratory)])

    def grade() -> int | None:
        (series,) = lab_book(place, patient.id).series
        return series.judgements[0].grade

    assert grade() is None
    office = place.acting_as(PHYSICIAN)
    set_reference_limit(office, a_limit(laboratory, "40"))
    assert grade() == 1
    set_reference_limit(office, a_limit(laboratory, "50", from_day=date(2026, 3, 7)))
    assert grade() == 1
    set_reference_limit(office, a_limit(laboratory, "50", from_day=date(2026, 3, 6)))
    assert grade() == 0
    assert {one.decided_by for one in reference_limits(place)} == {PHYSICIAN.name}
    last = next(one for one in reference_limits(place) if one.from_day == date(2026, 3, 6))
    withdraw_reference_limit(office, last.id, "typed for the wrong laboratory")
    assert grade() == 1
    assert verify_chain(place.store).ok


def test_the_cycle_sheet_grades_by_the_same_limits(place: Workplace) -> None:
    patient, course = on_course(place)
    set_clock(place, "2026-03-06T12:00")
    record_labs(place, patient.id, [entry(patient, "platelets", "49", "10*9/L")])
    lane = next(one for one in cycle_sheet(place, course).lanes if one.analyte == "platelets")
    assert [point.grade for point in lane.points] == [3]


def test_a_limit_of_the_other_sex_grades_nobody(place: Workplace, patient: Patient) -> None:
    laboratory = a_laboratory(place)
    set_reference_limit(place.acting_as(PHYSICIAN), a_limit(laboratory, sex=Sex.FEMALE))
    record_labs(place, patient.id, [entry(patient, "alt", "60", "U/L", laboratory=laboratory)])
    (series,) = lab_book(place, patient.id).series
    assert series.judgements[0].grade is None


def test_a_limit_that_no_patient_has_is_asked_about(place: Workplace) -> None:
    laboratory = a_laboratory(place)
    wrong = a_limit(laboratory, "1.1", analyte="creatinine", unit="umol/L", low=None)
    with pytest.raises(BadInput) as caught:
        set_reference_limit(place.acting_as(PHYSICIAN), wrong)
    assert caught.value.field == "high"


def test_the_laboratory_that_measured_last_is_offered_first(
    place: Workplace, patient: Patient
) -> None:
    assert usual_laboratory(place) is None
    first = a_laboratory(place, "A")
    assert usual_laboratory(place) == first
    second = a_laboratory(place, "B")
    assert usual_laboratory(place) is None
    record_labs(place, patient.id, [entry(patient, "alt", "60", "U/L", laboratory=second)])
    assert usual_laboratory(place) == second


# Reading


def test_a_book_holds_panels_in_order_and_samples_the_latest_first(
    place: Workplace, patient: Patient
) -> None:
    earlier = moment("2026-03-02T07:00")
    record_labs(
        place,
        patient.id,
        [
            entry(patient, "sodium", "140", "mmol/L"),
            entry(patient, "platelets", "96", "10*9/L"),
            entry(patient, "platelets", "99", "10*9/L", collected=earlier),
        ],
    )
    book = lab_book(place, patient.id)
    assert [panel.id for panel, _ in book.panels] == ["blood_count", "electrolytes"]
    assert book.collections == (moment("2026-03-06T06:30"), earlier)
    series = book.of("platelets")
    assert series is not None
    found = series.at(earlier)
    assert found is not None and found.result.value.value == Decimal(99)
    assert series.at(moment("2026-03-03T07:00")) is None
    assert book.of("potassium") is None


# Files

LONG = """MRN,采样时间,项目,结果,单位,参考范围,备注
MRN-1,2026-03-06 06:30,PLT,96,10^9/L,125-350,
MRN-1,2026/3/6 06:30,谷丙转氨酶,60 ↑,U/L,9–50,
MRN-1,2026年3月6日 06:30,肌酐,<20,μmol/L,≤104,
MRN-1,2026-03-06T06:30:00,尿比重,1.015,,,
"""

WIDE = """病案号;日期;时间;PLT (10^9/L);Hb[g/dL];Colour
MRN-1;2026-03-02;06:30;120;11.2;red
MRN-1;2026-03-05;06:45;96;;red
"""


def preview(place: Workplace, text: str, **more: object) -> LabPreview:
    return preview_labs(place, text.encode(), **more)  # type: ignore[arg-type]


def states(found: LabPreview) -> list[str]:
    return [row.state.value for row in found.rows]


def test_one_result_a_row_is_read_by_its_heads_with_limits_flags_and_comparators(
    place: Workplace, patient: Patient
) -> None:
    found = preview(place, LONG)
    assert states(found) == ["new", "new", "new", "unknown"]
    assert dict(found.unknown) == {"尿比重": 1}
    assert found.ignored_columns == ("备注",)
    import_labs(place, found, Accepted())
    by_analyte = {one.analyte: one for one in labs.of_patient(place.store, patient.id)}
    assert (by_analyte["alt"].lower_limit, by_analyte["alt"].upper_limit) == (
        Decimal(9), Decimal(50),
    )  # fmt: skip
    assert by_analyte["creatinine"].value.printed.startswith("<")
    assert by_analyte["creatinine"].upper_limit == Decimal(104)
    assert by_analyte["platelets"].collected == moment("2026-03-06T06:30")
    assert verify_chain(place.store).ok


def test_one_sample_a_row_is_read_with_the_unit_in_each_head(
    place: Workplace, patient: Patient
) -> None:
    found = preview(place, WIDE)
    assert found.mapping.analytes == {
        "PLT (10^9/L)": ("platelets", "10*9/L"), "Hb[g/dL]": ("haemoglobin", "g/dL"),
    }  # fmt: skip
    assert states(found) == ["new", "new", "new"]
    assert import_labs(place, found, Accepted()).count == 3


def test_a_column_without_unit_is_read_only_when_it_is_told(
    place: Workplace, patient: Patient
) -> None:
    text = "PLT,date,time\n96,2026-03-05,06:30\n"
    with pytest.raises(BadInput) as caught:
        preview(place, text, patient=patient)
    assert caught.value.field == "mapping"
    told = LabMapping(mapping_for(text.encode()).parts, {"PLT": ("platelets", "10*9/L")})
    assert states(preview(place, text, mapping=told, patient=patient)) == ["new"]


def test_a_second_import_of_the_same_file_finds_all_of_it_on_record(
    place: Workplace, patient: Patient
) -> None:
    import_labs(place, preview(place, WIDE), Accepted())
    again = preview(place, WIDE)
    assert states(again) == ["same"] * 3
    with pytest.raises(Refused) as caught:
        import_labs(place, again, Accepted())
    assert caught.value.message.key == "labs.error.nothing_new"


def test_a_corrected_file_changes_results_only_with_a_reason(
    place: Workplace, patient: Patient
) -> None:
    import_labs(place, preview(place, WIDE), Accepted())
    changed = preview(place, WIDE.replace(";96;", ";69;"))
    assert states(changed) == ["same", "same", "changed"]
    with pytest.raises(Refused):
        import_labs(place, changed, Accepted())
    import_labs(place, changed, Accepted(changes="laboratory corrected its report"))
    platelets_now = [
        one.value.value for one in labs.of_patient(place.store, patient.id)
        if one.analyte == "platelets"
    ]  # fmt: skip
    assert platelets_now == [Decimal(120), Decimal(69)]


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("MRN-9,2026-03-05 06:30,PLT,96,10^9/L,", "结果"),
        ("MRN-1,05/03/2026 06:30,PLT,96,10^9/L,", "date"),
        ("MRN-1,2026-02-30 06:30,PLT,96,10^9/L,", "date"),
        ("MRN-1,2026-03-05,PLT,96,10^9/L,", "time"),
        ("MRN-1,2026-03-05 25:00,PLT,96,10^9/L,", "time"),
        ("MRN-1,2026-03-05 06:30,PLT,normal,10^9/L,", "value"),
        ("MRN-1,2026-03-05 06:30,PLT,96,,", "unit"),
        ("MRN-1,2026-03-05 06:30,PLT,96,mmol/L,", "unit"),
        ("MRN-1,2026-03-08 06:30,PLT,96,10^9/L,", "结果"),
    ],
)
def test_a_row_that_can_not_be_meant_is_rejected_with_its_column_and_blocks_the_rest(
    place: Workplace, patient: Patient, row: str, field: str
) -> None:
    head = "MRN,采样时间,项目,结果,单位,参考范围\n"
    text = head + "MRN-1,2026-03-04 06:30,PLT,99,10^9/L,\n" + row + "\n"
    found = preview(place, text)
    assert states(found) == ["new", "rejected"]
    with pytest.raises(BadInput) as caught:
        import_labs(place, found, Accepted())
    (problem,) = caught.value.rows
    assert (problem.row, problem.field) == (3, field)
    assert labs.of_patient(place.store, patient.id) == []
    assert import_labs(place, found, Accepted(skip=True)).count == 1


def test_the_time_of_collection_may_be_given_for_the_whole_file(
    place: Workplace, patient: Patient
) -> None:
    text = "MRN,date,test,result,unit\nMRN-1,2026-03-05,PLT,96,10^9/L\n"
    mapping = mapping_for(text.encode())
    assert states(preview(place, text, mapping=mapping)) == ["rejected"]
    timed = replace(mapping, time=moment("2026-03-05T06:30").local.time())
    (row,) = preview(place, text, mapping=timed).rows
    assert row.cell.collected == moment("2026-03-05T06:30")


def test_an_unusual_value_in_a_file_waits_for_somebody_to_say_that_it_is_right(
    place: Workplace, patient: Patient
) -> None:
    found = preview(place, WIDE.replace("11.2", "2.5"))
    assert states(found) == ["new", "doubtful", "new"]
    with pytest.raises(Refused) as caught:
        import_labs(place, found, Accepted())
    assert caught.value.message.key == "labs.error.questions"
    import_labs(place, found, Accepted(doubts=True))
    kept = {one.analyte: one.confirmed for one in labs.of_patient(place.store, patient.id)}
    assert kept == {"platelets": False, "haemoglobin": True}


def test_two_values_of_one_sample_in_a_file_are_a_conflict(
    place: Workplace, patient: Patient
) -> None:
    found = preview(place, WIDE + "MRN-1;2026-03-05;06:45;97;;red\n")
    assert states(found) == ["new", "new", "conflict", "conflict"]
    with pytest.raises(BadInput):
        import_labs(place, found, Accepted())
    assert import_labs(place, found, Accepted(skip=True)).count == 2


def test_a_file_names_its_laboratory_which_must_be_known(
    place: Workplace, patient: Patient
) -> None:
    text = "MRN,collected,test,result,unit,lab\nMRN-1,2026-03-05 06:30,ALT,60,U/L,Central\n"
    assert states(preview(place, text)) == ["rejected"]
    laboratory = a_laboratory(place, "central")
    import_labs(place, preview(place, text), Accepted())
    (kept,) = labs.of_patient(place.store, patient.id)
    assert kept.laboratory == laboratory


def test_an_import_is_refused_when_the_record_moved_on_since_the_preview(
    place: Workplace, patient: Patient
) -> None:
    found = preview(place, WIDE)
    value = LabValue.parse("119", "10*9/L")
    record_count(place, patient.id, "platelets", value, moment("2026-03-02T06:30"))
    with pytest.raises(Refused) as caught:
        import_labs(place, found, Accepted())
    assert caught.value.message.key == "labs.error.moved_on"


def test_a_late_count_of_a_file_lists_the_doses_it_would_have_held_back(place: Workplace) -> None:
    patient, course = on_course(place)
    platelets(place, patient, "120", "2026-03-01T06:30")
    set_clock(place, "2026-03-02T08:05")
    log_dose(place, DoseEntry(SlotId(course, "danshen", DAY_1, "morning"), Status.GIVEN))
    text = "MRN,collected,test,result,unit\nMRN-1,2026-03-02 06:30,PLT,40,10^9/L\n"
    found = preview(place, text)
    import_labs(place, found, Accepted())
    assert [late.record.slot.component for _, late in late_doses(place, found)] == ["danshen"]


def test_the_parts_of_a_mapping_that_are_missing_are_named() -> None:
    mapping = LabMapping({"a": Part.MRN, "b": Part.ANALYTE})
    assert mapping.missing(patient_known=False) == (Part.DATE, Part.VALUE, Part.UNIT)
    assert LabMapping({}, {"x": ("platelets", "10*9/L")}).missing(patient_known=False) == (
        Part.MRN,
        Part.DATE,
    )


def test_states_of_rows_are_those_of_reconciling_and_three_more() -> None:
    assert {state.value for state in Standing} < {state.value for state in RowState}


def test_gates_are_told_the_results_since_a_day_and_the_last_two_before_it(
    place: Workplace,
) -> None:
    patient = on_course(place)[0]
    for day, value in ((2, "180"), (10, "150"), (20, "90"), (25, "80")):
        set_clock(place, f"2026-04-{day:02}T09:00")
        platelets(place, patient, value, f"2026-04-{day:02}T07:00")
    since = moment("2026-04-22T00:00").utc
    found = labs.for_gates(place.store, [patient.id], ["platelets"], since)[patient.id]
    # Two, since it counts how far the last one fell.
    assert [result.value.printed for result in found] == ["150", "90", "80"]
