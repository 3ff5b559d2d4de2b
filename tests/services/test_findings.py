"""Findings of a real ward file: read at once, set aside with a reason, brought back."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest

from aml_maint.domain.assessment import Assessment, AssessmentKind
from aml_maint.domain.assessment import Finding as AssessedTerm
from aml_maint.domain.command import Actor, Role
from aml_maint.domain.course import EndReason
from aml_maint.domain.errors import BadInput, Refused
from aml_maint.domain.findings import Finding, FindingKind
from aml_maint.domain.quantities import Dose
from aml_maint.domain.response_review import Decision
from aml_maint.domain.supply import SupplyEntry, SupplyKind
from aml_maint.domain.toxicity_event import ToxicityEvent
from aml_maint.services import supply_watch
from aml_maint.services.assessments import record_assessment
from aml_maint.services.dosing import RangeConfirmation, confirm_range
from aml_maint.services.findings import (
    dismiss_finding,
    patient_findings,
    restore_finding,
    ward_findings,
)
from aml_maint.services.home_supply import SupplyStatus, record_supply, supply_status
from aml_maint.services.marrow import record_marrow
from aml_maint.services.people import admit_patient
from aml_maint.services.response_board import response_board, review_response
from aml_maint.services.site_settings import change_setting
from aml_maint.services.toxicities import record_event, sign_events
from aml_maint.services.treatment import end_course, start_cycle
from aml_maint.services.worklist import worklist
from aml_maint.services.workplace import Workplace
from aml_maint.store import toxicities
from aml_maint.store.database import Store
from aml_maint.store.replay import verify_chain
from tests.builders import (
    DAY_1,
    PHYSICIAN,
    UNASSESSED,
    ZONE,
    a_marrow,
    a_patient,
    moment,
    on_course,
    platelets,
    set_clock,
)

UNCONFIRMED = "dose_unconfirmed"


def keys(place: Workplace, patient_id: str) -> list[str]:
    return [finding.key for finding in patient_findings(place, patient_id).open]


def finding(place: Workplace, patient_id: str, key: str) -> Finding:
    return next(one for one in patient_findings(place, patient_id).open if one.key == key)


@pytest.fixture
def waiting(place: Workplace) -> tuple[str, str]:
    """A patient on day 2 with nothing confirmed of day 1; patient id, course id."""
    patient, course = on_course(place)
    set_clock(place, "2026-03-03T06:00")
    return patient.id, course


# -- reading -------------------------------------------------------------------------------------


def test_an_ended_course_leaves_only_what_was_never_confirmed(
    place: Workplace, waiting: tuple[str, str]
) -> None:
    patient_id, course = waiting
    end_course(place, course, DAY_1, EndReason.WISH, override=UNASSESSED)
    assert keys(place, patient_id) == [UNCONFIRMED]


def test_the_ward_is_read_with_the_same_number_of_queries_however_many_patients(
    place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    rows = Store.rows

    def counting(store: Store, sql: str, *values: object) -> object:
        asked.append(sql)
        return rows(store, sql, *values)  # type: ignore[arg-type]

    monkeypatch.setattr(Store, "rows", counting)
    counts = []
    for number in (1, 2, 3):
        patient, _ = on_course(place, a_patient(f"MRN-{number}"))
        platelets(place, patient, "40", "2026-03-02T06:00")
        asked.clear()
        assert len(ward_findings(place)) == number
        counts.append(len(asked))
    assert counts[0] == counts[1] == counts[2] <= 34


def test_the_patients_with_the_most_pressing_findings_come_first(place: Workplace) -> None:
    admit_patient(place, a_patient("MRN-1", family_name="An"))
    patient, _ = on_course(place, a_patient("MRN-2", family_name="Zhou"))
    found = ward_findings(place)
    assert [one.patient.mrn for one in found] == [patient.mrn, "MRN-1"]
    assert [one.kind for one in found[1].open] == [FindingKind.NO_COURSE]


def test_today_lists_the_same_findings_but_those_it_shows_dose_by_dose(
    place: Workplace, waiting: tuple[str, str]
) -> None:
    patient_id, _ = waiting
    listed = [check.finding.key for check in worklist(place).checks]
    assert sorted([*listed, UNCONFIRMED]) == sorted(keys(place, patient_id))


# -- setting aside -------------------------------------------------------------------------------


def test_a_finding_set_aside_is_listed_apart_with_who_when_and_why(
    place: Workplace, waiting: tuple[str, str]
) -> None:
    patient_id, _ = waiting
    dismiss_finding(place.acting_as(PHYSICIAN), patient_id, "marrow_due", " done elsewhere ")
    found = patient_findings(place, patient_id)
    assert "marrow_due" not in [one.key for one in found.open]
    (aside,) = found.set_aside
    assert aside.finding.key == "marrow_due"
    assert (aside.dismissal.by, aside.dismissal.role) == ("Wu Min", "physician")
    assert aside.dismissal.reason == "done elsewhere"
    assert aside.dismissal.at == place.clock.now()
    assert "marrow_due" not in [check.kind for check in worklist(place).checks]


def test_a_dismissal_ends_by_itself_when_the_facts_change(
    place: Workplace, waiting: tuple[str, str]
) -> None:
    patient_id, course = waiting
    dismiss_finding(place, patient_id, UNCONFIRMED, "patient brings the diary tomorrow")
    set_clock(place, "2026-03-03T06:30")
    assert UNCONFIRMED not in keys(place, patient_id)
    confirm_range(place, RangeConfirmation(course, DAY_1, DAY_1))
    set_clock(place, "2026-03-04T06:30")
    assert UNCONFIRMED in keys(place, patient_id)
    assert patient_findings(place, patient_id).set_aside == ()


def test_a_finding_brought_back_stands_again_and_can_be_set_aside_anew(
    place: Workplace, waiting: tuple[str, str]
) -> None:
    patient_id, _ = waiting
    dismiss_finding(place, patient_id, "marrow_due", "wrong patient")
    (aside,) = patient_findings(place, patient_id).set_aside
    restore_finding(place, aside.dismissal.id)
    assert "marrow_due" in keys(place, patient_id)
    dismiss_finding(place, patient_id, "marrow_due", "done elsewhere")
    assert "marrow_due" not in keys(place, patient_id)
    with pytest.raises(Refused):
        restore_finding(place, aside.dismissal.id)


def test_a_dismissal_needs_a_reason_and_a_finding_that_is_there(
    place: Workplace, waiting: tuple[str, str]
) -> None:
    patient_id, _ = waiting
    with pytest.raises(BadInput) as blank:
        dismiss_finding(place, patient_id, "marrow_due", "  ")
    assert blank.value.field == "reason"
    with pytest.raises(Refused):
        dismiss_finding(place, patient_id, "no_such_finding", "because")
    assert len(keys(place, patient_id)) == len(patient_findings(place, patient_id).open)


def test_what_changed_since_it_was_seen_can_not_be_dismissed(
    place: Workplace, waiting: tuple[str, str]
) -> None:
    patient_id, course = waiting
    seen = finding(place, patient_id, UNCONFIRMED).digest
    confirm_range(place, RangeConfirmation(course, DAY_1, DAY_1))
    with pytest.raises(Refused) as refused:
        dismiss_finding(place, patient_id, UNCONFIRMED, "known", seen)
    assert refused.value.message.key == "error.finding_changed"


def test_a_command_sent_twice_dismisses_once(place: Workplace, waiting: tuple[str, str]) -> None:
    patient_id, _ = waiting
    command = uuid4()
    first = dismiss_finding(place, patient_id, "marrow_due", "done", command_id=command)
    again = dismiss_finding(place, patient_id, "marrow_due", "done", command_id=command)
    assert again.replayed and again.sequence == first.sequence
    (aside,) = patient_findings(place, patient_id).set_aside
    back = uuid4()
    restored = restore_finding(place, aside.dismissal.id, back)
    assert restore_finding(place, aside.dismissal.id, back).sequence == restored.sequence


def test_dismissals_can_be_rebuilt_from_the_trail(
    place: Workplace, waiting: tuple[str, str]
) -> None:
    patient_id, _ = waiting
    dismiss_finding(place, patient_id, "marrow_due", "done elsewhere")
    (aside,) = patient_findings(place, patient_id).set_aside
    restore_finding(place, aside.dismissal.id)
    assert verify_chain(place.store).reason is None


def test_the_findings_of_one_patient_are_no_ones_elses(place: Workplace) -> None:
    one, _ = on_course(place)
    other, _ = on_course(place, a_patient("MRN-2"))
    dismiss_finding(place, one.id, "marrow_due", "done elsewhere")
    assert "marrow_due" in keys(place, other.id)


def test_a_reader_of_the_trail_finds_the_reason(place: Workplace, waiting: tuple[str, str]) -> None:
    from aml_maint.store import audit

    patient_id, _ = waiting
    someone = Actor("Zhao Li", Role.COORDINATOR, "office")
    changes = dismiss_finding(place.acting_as(someone), patient_id, "marrow_due", "done elsewhere")
    event = audit.event(place.store, changes.sequence)
    assert event is not None
    assert (event.command.actor.name, event.command.reason) == ("Zhao Li", "done elsewhere")


# -- what else findings rest on ------------------------------------------------------------------


def kinds(place: Workplace, patient_id: str) -> set[FindingKind]:
    return {finding.kind for finding in patient_findings(place, patient_id).open}


def assess(place: Workplace, patient_id: str, course: str, kind: AssessmentKind, on: date) -> None:
    found = Assessment("", patient_id, course, 1, kind, on, (AssessedTerm("diarrhoea", 0),))
    record_assessment(place, found)


def test_an_assessment_is_asked_for_until_it_is_made_or_its_lack_is_decided(
    place: Workplace,
) -> None:
    patient, course = on_course(place)
    assert FindingKind.ASSESSMENT_DUE in kinds(place, patient.id)
    assess(place, patient.id, course, AssessmentKind.BEFORE, DAY_1)
    assert FindingKind.ASSESSMENT_DUE not in kinds(place, patient.id)
    set_clock(place, "2026-03-29T08:00")
    assert FindingKind.ASSESSMENT_DUE in kinds(place, patient.id)


def test_how_many_earlier_cycles_are_asked_about_is_the_sites_own(place: Workplace) -> None:
    patient, course = on_course(place)
    office = place.acting_as(PHYSICIAN)
    change_setting(office, "cycle.assessment_needed", False, "not yet")
    for days in (28, 56):
        first = DAY_1 + timedelta(days=days)
        set_clock(place, f"{first}T12:00")
        start_cycle(place, course, first)
    change_setting(office, "cycle.assessment_needed", True, "agreed")

    def asked() -> set[str]:
        found = patient_findings(place, patient.id).open
        return {one.subject for one in found if one.kind is FindingKind.ASSESSMENT_DUE}

    assert asked() == {"after/2"}
    change_setting(office, "finding.assessments_back", 2, "we make them up")
    assert asked() == {"after/1", "after/2"}
    change_setting(office, "finding.assessments_back", 0, "we do not")
    assert asked() == set()


def test_a_site_that_asks_for_no_assessments_gets_no_such_findings(place: Workplace) -> None:
    patient, _ = on_course(place)
    office = place.acting_as(PHYSICIAN)
    change_setting(office, "cycle.assessment_needed", False, "agreed")
    assert FindingKind.ASSESSMENT_DUE not in kinds(place, patient.id)


def test_a_positive_mrd_waits_for_a_physician_and_is_gone_when_one_has_spoken(
    place: Workplace,
) -> None:
    patient, _ = on_course(place)
    office = place.acting_as(PHYSICIAN)
    record_marrow(office, a_marrow(patient.id, "2026-02-20T10:00", "1.5", "-"))
    assert not kinds(place, patient.id) & {FindingKind.RESPONSE_REVIEW, FindingKind.MRD_REPEAT}
    set_clock(place, "2026-03-21T08:00")
    record_marrow(office, a_marrow(patient.id, "2026-03-20T10:00", "1.5", "0.020"))
    assert kinds(place, patient.id) >= {FindingKind.RESPONSE_REVIEW, FindingKind.MRD_REPEAT}
    marrow = response_board(place, patient.id).rows[-1].marrow
    review_response(office, marrow.id, Decision.CONFIRMED)
    assert FindingKind.RESPONSE_REVIEW not in kinds(place, patient.id)
    assert FindingKind.MRD_REPEAT in kinds(place, patient.id)


def test_an_unsigned_toxicity_is_told_until_it_is_signed(place: Workplace) -> None:
    patient, course = on_course(place)
    office = place.acting_as(PHYSICIAN)
    record_event(office, ToxicityEvent.of(patient.id, course, "diarrhoea", ZONE, 3, DAY_1))
    assert FindingKind.TOXICITY_UNSIGNED in kinds(place, patient.id)
    (event,) = toxicities.of_patient(place.store, patient.id)
    sign_events(office, [(event.event_id, event.id)])
    assert FindingKind.TOXICITY_UNSIGNED not in kinds(place, patient.id)


def tablets(place: Workplace, course: str, kind: SupplyKind, number: int, at: str) -> None:
    entry = SupplyEntry("", "sorafenib", Dose.of("200", "mg"), kind, number, moment(at), "Li Na")
    record_supply(place, course, entry)


# Sorafenib takes 4 tablets of 200 mg a day; the site wants to know below 7 days.
SUPPLIES = [(28 + 4, False), (28, False), (27, True), (4, True)]


@pytest.mark.parametrize(("number", "low"), SUPPLIES)
def test_tablets_at_home_that_last_for_fewer_than_seven_days_are_told(
    place: Workplace, number: int, low: bool
) -> None:
    patient, course = on_course(place)
    set_clock(place, "2026-03-02T06:00")
    tablets(place, course, SupplyKind.DISPENSED, number, "2026-03-02T05:00")
    assert (FindingKind.SUPPLY_LOW in kinds(place, patient.id)) is low


def test_a_patient_with_tablets_for_weeks_is_not_reckoned_in_full(
    place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient, course = on_course(place)
    tablets(place, course, SupplyKind.DISPENSED, 112, "2026-03-02T05:00")
    reckoned: list[str] = []

    def counting(place: Workplace, course_id: str) -> tuple[SupplyStatus, ...]:
        reckoned.append(course_id)
        return supply_status(place, course_id)

    monkeypatch.setattr(supply_watch, "supply_status", counting)
    ward_findings(place)
    assert reckoned == []
    set_clock(place, "2026-03-23T06:00")
    assert FindingKind.SUPPLY_LOW not in kinds(place, patient.id)  # nothing was taken
    assert reckoned == [course]
    tablets(place, course, SupplyKind.COUNTED, 20, "2026-03-23T05:00")
    assert FindingKind.SUPPLY_LOW in kinds(place, patient.id)


def test_the_limits_are_the_sites_own(place: Workplace) -> None:
    patient, _ = on_course(place)
    set_clock(place, "2026-03-25T08:00")
    assert FindingKind.CYCLE_DUE not in kinds(place, patient.id)
    office = place.acting_as(PHYSICIAN)
    change_setting(office, "finding.cycle_ahead", 5, "the ward plans ahead")
    assert FindingKind.CYCLE_DUE in kinds(place, patient.id)
