"""Findings of a real ward file: read at once, set aside with a reason, brought back."""

from __future__ import annotations

from uuid import uuid4

import pytest

from aml_maint.domain.command import Actor, Role
from aml_maint.domain.course import EndReason
from aml_maint.domain.errors import BadInput, Refused
from aml_maint.domain.findings import Finding, FindingKind
from aml_maint.services.dosing import RangeConfirmation, confirm_range
from aml_maint.services.findings import (
    dismiss_finding,
    patient_findings,
    restore_finding,
    ward_findings,
)
from aml_maint.services.people import admit_patient
from aml_maint.services.treatment import end_course
from aml_maint.services.worklist import worklist
from aml_maint.services.workplace import Workplace
from aml_maint.store.database import Store
from aml_maint.store.replay import verify_chain
from tests.builders import DAY_1, PHYSICIAN, UNASSESSED, a_patient, on_course, platelets, set_clock

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
    assert counts[0] == counts[1] == counts[2] <= 20


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
