"""The pregnancy gate at work: switched on by the site, fed by statements and tests."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest

from aml_maint.domain.administration import CellState, Status
from aml_maint.domain.errors import BadInput, Refused
from aml_maint.domain.findings import Action, FindingKind
from aml_maint.domain.pregnancy import Childbearing, Specimen, TestOutcome
from aml_maint.domain.quantities import Dose, LabValue
from aml_maint.domain.schedule import SlotId
from aml_maint.services.dose_entry import Override
from aml_maint.services.dosing import DoseEntry, log_dose
from aml_maint.services.findings import patient_findings
from aml_maint.services.late_counts import given_while_closed
from aml_maint.services.observations import record_count
from aml_maint.services.pregnancy import (
    pregnancy_facts,
    record_pregnancy_test,
    state_childbearing,
    withdraw_pregnancy_test,
)
from aml_maint.services.sheet import cycle_sheet
from aml_maint.services.site_settings import change_setting
from aml_maint.services.workplace import Workplace
from aml_maint.store.replay import verify_chain
from tests.builders import DAY_1, moment, on_course, platelets, set_clock

DAY_2 = DAY_1 + timedelta(days=1)


def tonight(course: str, day: date = DAY_2) -> SlotId:
    return SlotId(course, "thalidomide", day, "bedtime")


def switched_on(place: Workplace) -> tuple[str, str]:
    """A patient on a course, the gate in force, and the clock at the evening of day 2."""
    patient, course = on_course(place)
    change_setting(place, "pregnancy.gate", True, "our hospital's rule")
    set_clock(place, "2026-03-03T22:05")
    return patient.id, course


def state_of(place: Workplace, course: str, slot: SlotId) -> CellState:
    pairs = (pair for row in cycle_sheet(place, course).rows for pair in row.cells if pair)
    return next(pair.main.state for pair in pairs if pair.main.slot == slot)


def test_switched_on_it_asks_first_whether_the_patient_can_become_pregnant(
    place: Workplace,
) -> None:
    patient, course = switched_on(place)
    assert state_of(place, course, tonight(course, DAY_1)) is CellState.UNCONFIRMED
    assert state_of(place, course, tonight(course)) is CellState.GATE_CLOSED
    with pytest.raises(Refused) as refusal:
        log_dose(place, DoseEntry(tonight(course), Status.GIVEN))
    assert refusal.value.message.key == "gate.pregnancy.not_stated"
    finding = next(
        one for one in patient_findings(place, patient).open
        if one.kind is FindingKind.PREGNANCY_TEST
    )  # fmt: skip
    assert finding.action is Action.STATE_CHILDBEARING
    state_childbearing(place, patient, Childbearing.POSSIBLE, "as she says")
    (action,) = {
        one.action for one in patient_findings(place, patient).open
        if one.kind is FindingKind.PREGNANCY_TEST
    }  # fmt: skip
    assert action is Action.RECORD_PREGNANCY_TEST


def test_a_statement_that_she_cannot_opens_it_for_good(place: Workplace) -> None:
    patient, course = switched_on(place)
    state_childbearing(place, patient, Childbearing.NOT_POSSIBLE, "hysterectomy 2019")
    assert state_of(place, course, tonight(course)) is CellState.DUE
    log_dose(place, DoseEntry(tonight(course), Status.GIVEN))
    assert verify_chain(place.store).ok


def test_a_negative_test_opens_it_and_a_late_positive_one_lists_what_was_given(
    place: Workplace,
) -> None:
    patient, course = switched_on(place)
    state_childbearing(place, patient, Childbearing.POSSIBLE, "as she says")
    negative = moment("2026-03-03T08:00")
    record_pregnancy_test(place, patient, TestOutcome.NEGATIVE, Specimen.URINE, negative)
    log_dose(place, DoseEntry(tonight(course), Status.GIVEN))
    positive = moment("2026-03-03T15:00")
    set_clock(place, "2026-03-04T09:00")
    record_pregnancy_test(place, patient, TestOutcome.POSITIVE, Specimen.SERUM, positive)
    (late,) = given_while_closed(place, patient, "pregnancy_test", positive)
    assert late.record.slot == tonight(course)
    assert late.reason.key == "gate.pregnancy.positive"
    assert state_of(place, course, tonight(course, DAY_2 + timedelta(days=1))) is (
        CellState.GATE_CLOSED
    )


def test_a_test_entered_in_error_is_taken_back_with_a_reason(place: Workplace) -> None:
    patient, _ = switched_on(place)
    at = moment("2026-03-03T08:00")
    record_pregnancy_test(place, patient, TestOutcome.NEGATIVE, Specimen.URINE, at)
    (test,) = pregnancy_facts(place, patient).tests
    with pytest.raises(BadInput):
        withdraw_pregnancy_test(place, test.id, " ")
    withdraw_pregnancy_test(place, test.id, "another patient's")
    assert pregnancy_facts(place, patient).tests == ()
    with pytest.raises(Refused):
        withdraw_pregnancy_test(place, test.id, "again")


def test_a_test_from_the_future_is_refused(place: Workplace) -> None:
    patient, _ = switched_on(place)
    with pytest.raises(BadInput) as refusal:
        record_pregnancy_test(
            place, patient, TestOutcome.NEGATIVE, Specimen.URINE, moment("2026-03-09T08:00")
        )
    assert refusal.value.field == "collected"


def test_a_dose_given_against_two_gates_keeps_what_both_said(place: Workplace) -> None:
    patient, course = on_course(place)
    change_setting(place, "ibuprofen.renal_gate", True, "after a kidney injury on the ward")
    set_clock(place, "2026-03-04T18:05")
    platelets(place, patient, "48", "2026-03-04T07:00")
    kidney = LabValue(Decimal(25), "mL/min/{1.73_m2}")
    record_count(place, patient.id, "egfr", kidney, moment("2026-03-04T07:00"))
    slot = SlotId(course, "ibuprofen", DAY_1 + timedelta(days=2), "evening")
    override = Override("Wu Min", "one dose, discussed")
    log_dose(place, DoseEntry(slot, Status.GIVEN, dose=Dose.of("200", "mg"), override=override))
    sheet = cycle_sheet(place, course)
    record = next(
        pair.premedication.record
        for row in sheet.rows
        for pair in row.cells
        if pair and pair.premedication and pair.premedication.slot == slot
    )
    assert record is not None
    kept = json.loads(record.gate or "{}")
    assert (kept["rule"], kept["value"]) == ("nsaid_platelets", "48")
    assert (kept["rule_2"], kept["value_2"]) == ("nsaid_renal", "25")
