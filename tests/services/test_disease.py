"""Diagnosis, risk, earlier therapy, contacts and events: recorded, corrected, ruled out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from aml_maint.domain.disease import (
    Diagnosis,
    EarlierTherapy,
    NoTransplant,
    RiskOverrule,
    SorafenibTiming,
    TherapyKind,
)
from aml_maint.domain.errors import BadInput, Refused
from aml_maint.domain.follow_up import (
    Contact,
    DeathCause,
    DiseaseEvent,
    EventKind,
    FollowUp,
    Means,
)
from aml_maint.domain.marrow import GeneVariant
from aml_maint.domain.patient import Flt3Itd, Risk
from aml_maint.domain.risk import Cebpa
from aml_maint.services.disease import (
    disease,
    record_diagnosis,
    record_therapy,
    withdraw_therapy,
)
from aml_maint.services.follow_up import (
    follow_up,
    open_follow_ups,
    record_contact,
    record_disease_event,
    withdraw_contact,
    withdraw_disease_event,
)
from aml_maint.services.history import patient_history
from aml_maint.services.language import catalogue
from aml_maint.services.people import admit_patient
from aml_maint.services.site_settings import change_setting
from aml_maint.services.workplace import Workplace
from aml_maint.store import diseases, follow_ups, patients
from aml_maint.store.replay import verify_chain
from tests.builders import NURSE, PHYSICIAN, a_patient, platelets, set_clock

TODAY = date(2026, 3, 20)


@pytest.fixture
def patient(place: Workplace) -> str:
    one = a_patient()
    admit_patient(place, one)
    set_clock(place, "2026-03-20T12:00")
    return one.id


def a_diagnosis(patient: str, **facts: Any) -> Diagnosis:
    values: dict[str, Any] = {
        "diagnosed_on": date(2025, 8, 1), "who_class": "AML with mutated NPM1", "fab": "M2",
        "wbc": Decimal("59.0"), "blasts_percent": Decimal("81"), "cytogenetics": (),
        "karyotype": "46,XY[20]", "flt3_itd": Flt3Itd.POSITIVE, "flt3_ratio": Decimal("0.62"),
        "mutations": (GeneVariant("NPM1", "type A", Decimal("41.0")), GeneVariant("TET2")),
        "sorafenib": SorafenibTiming.INDUCTION, "no_transplant": NoTransplant.NO_DONOR,
        "no_transplant_note": "no sibling",
    }  # fmt: skip
    return Diagnosis(patient, **(values | facts))


def test_a_diagnosis_comes_back_as_recorded_and_sets_the_patients_risk(
    place: Workplace, patient: str
) -> None:
    one = a_diagnosis(patient)
    record_diagnosis(place.acting_as(PHYSICIAN), one)
    found = disease(place, patient)
    assert found.diagnosis == one == found.draft
    assert found.patient.eln_risk is Risk.INTERMEDIATE
    assert found.patient.flt3_itd is Flt3Itd.POSITIVE
    people = {patient: found.patient}
    assert diseases.of_patients(place.store, people) == {patient: one}


def test_before_a_diagnosis_is_recorded_the_draft_holds_what_the_patient_says(
    place: Workplace, patient: str
) -> None:
    found = disease(place, patient)
    assert found.diagnosis is None and found.therapies == ()
    assert found.draft.diagnosed_on == date(2025, 8, 1)
    assert found.draft.flt3_itd is Flt3Itd.POSITIVE


def test_a_correction_needs_a_reason_and_leaves_no_earlier_mutation_standing(
    place: Workplace, patient: str
) -> None:
    desk = place.acting_as(PHYSICIAN)
    record_diagnosis(desk, a_diagnosis(patient))
    other = a_diagnosis(
        patient, mutations=(GeneVariant("TET2"), GeneVariant("RUNX1", "", Decimal(30)))
    )
    with pytest.raises(BadInput) as refused:
        record_diagnosis(desk, other)
    assert refused.value.field == "reason"
    with pytest.raises(BadInput):
        record_diagnosis(desk, a_diagnosis(patient), "nothing in it is other")
    record_diagnosis(desk, other, "sequencing came later")
    found = disease(place, patient)
    assert found.diagnosis is not None
    assert {v.gene for v in found.diagnosis.mutations} == {"TET2", "RUNX1"}
    assert found.patient.eln_risk is Risk.ADVERSE
    assert verify_chain(place.store).ok


def test_an_overruled_risk_stands_with_name_and_reason(place: Workplace, patient: str) -> None:
    overrule = RiskOverrule(Risk.ADVERSE, "second laboratory found -7", "Wu Min")
    one = a_diagnosis(patient, overrule=overrule)
    record_diagnosis(place.acting_as(PHYSICIAN), one)
    found = disease(place, patient)
    assert found.patient.eln_risk is Risk.ADVERSE
    assert found.diagnosis is not None and found.diagnosis.overrule == overrule
    assert found.diagnosis.computed_risk.risk is Risk.INTERMEDIATE


# what is known → computed risk
RISKS: list[tuple[dict[str, Any], Risk]] = [
    ({"cytogenetics": None}, Risk.INDETERMINATE),
    ({"cytogenetics": None, "fusion": "RUNX1::RUNX1T1"}, Risk.FAVOURABLE),
    ({"cytogenetics": ("complex",)}, Risk.ADVERSE),
    ({"flt3_itd": Flt3Itd.NEGATIVE}, Risk.FAVOURABLE),
    ({"mutations": (GeneVariant("TP53", "a", Decimal(4)),)}, Risk.INTERMEDIATE),
    ({"mutations": (GeneVariant("TP53", "a", Decimal(4)), GeneVariant("TP53", "b", Decimal(12)))},
     Risk.ADVERSE),
    ({"mutations": (GeneVariant("TP53", "a", Decimal(4)), GeneVariant("TP53", "b"))},
     Risk.ADVERSE),
    ({"mutations": (GeneVariant("CEBPA"),), "cebpa": Cebpa.BZIP_INFRAME}, Risk.FAVOURABLE),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "risk"), RISKS)
def test_the_risk_follows_from_what_is_known(facts: dict[str, Any], risk: Risk) -> None:
    assert a_diagnosis("p", **facts).risk is risk


def test_a_diagnosis_that_cannot_be_is_refused(place: Workplace, patient: str) -> None:
    for facts in (
        {"wbc": Decimal(-1)}, {"flt3_ratio": Decimal(-1)}, {"blasts_percent": Decimal(101)},
        {"mutations": (GeneVariant("NPM1"), GeneVariant("npm1"))},
    ):  # fmt: skip
        with pytest.raises(BadInput):
            a_diagnosis(patient, **facts)
    with pytest.raises(BadInput):
        RiskOverrule(Risk.ADVERSE, " ", "Wu Min")
    with pytest.raises(BadInput):
        RiskOverrule(Risk.ADVERSE, "reason", "")
    for day in (date(2026, 3, 21), date(1961, 7, 13)):
        with pytest.raises(BadInput):
            record_diagnosis(place.acting_as(PHYSICIAN), a_diagnosis(patient, diagnosed_on=day))
    with pytest.raises(Refused):
        record_diagnosis(place.acting_as(replace(NURSE, also=())), a_diagnosis(patient))


def a_therapy(patient: str, **facts: Any) -> EarlierTherapy:
    values: dict[str, Any] = {
        "cycles": 3, "first_day": date(2025, 8, 3), "last_day": date(2025, 12, 1),
        "response": "CR after the first",
    }  # fmt: skip
    kind = facts.pop("kind", TherapyKind.CONSOLIDATION)
    return EarlierTherapy(str(uuid4()), patient, kind, "ID-Ara-C", **(values | facts))


def test_earlier_therapies_stand_in_the_order_given_until_taken_back(
    place: Workplace, patient: str
) -> None:
    desk = place.acting_as(PHYSICIAN)
    later = a_therapy(patient)
    first = a_therapy(patient, kind=TherapyKind.INDUCTION, first_day=date(2025, 8, 2))
    undated = a_therapy(patient, first_day=None, last_day=None, cycles=None)
    for therapy in (later, first, undated):
        record_therapy(desk, therapy)
    assert disease(place, patient).therapies == (undated, first, later)
    with pytest.raises(BadInput):
        withdraw_therapy(desk, first.id, " ")
    withdraw_therapy(desk, first.id, "another patient's")
    assert disease(place, patient).therapies == (undated, later)
    with pytest.raises(BadInput):
        withdraw_therapy(desk, first.id, "again")
    with pytest.raises(BadInput):
        record_therapy(desk, a_therapy(patient, first_day=date(2026, 3, 21), last_day=None))


@pytest.mark.parametrize(
    "facts", [{"cycles": 0}, {"first_day": date(2026, 1, 2), "last_day": date(2026, 1, 1)}]
)
def test_a_therapy_that_cannot_be_is_refused(facts: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        a_therapy("p", **facts)
    with pytest.raises(BadInput):
        EarlierTherapy("t", "p", TherapyKind.OTHER, " ")


# ---- follow-up


def contact(patient: str, day: str, **facts: Any) -> Contact:
    return Contact("", patient, date.fromisoformat(day), Means.TELEPHONE, **facts)


def event(patient: str, kind: EventKind, day: str, **facts: Any) -> DiseaseEvent:
    cause = DeathCause.UNKNOWN if kind is EventKind.DEATH else None
    return DiseaseEvent("", patient, kind, date.fromisoformat(day), cause, **facts)


def test_contacts_and_events_are_kept_by_day(place: Workplace, patient: str) -> None:
    desk = place.acting_as(PHYSICIAN)
    record_contact(desk, contact(patient, "2026-03-10", note="well"))
    record_contact(desk, contact(patient, "2026-01-10", next_on=date(2026, 4, 1)))
    record_disease_event(desk, event(patient, EventKind.MOLECULAR_RELAPSE, "2026-02-01"))
    found = follow_up(place, patient)
    assert [one.on.month for one in found.contacts] == [1, 3]
    assert found.last_known == date(2026, 3, 10)
    relapse = found.first(EventKind.MOLECULAR_RELAPSE)
    assert relapse is not None and relapse.on == date(2026, 2, 1)
    assert follow_ups.of_patients(place.store, [patient]) == {patient: found}
    assert follow_ups.of_patients(place.store, [patient]) == {patient: found}
    assert follow_ups.events_between(place.store, patient, relapse.on, relapse.on) == [relapse]


def test_a_sample_shows_that_somebody_was_alive(place: Workplace, patient: str) -> None:
    one = patients.patient(place.store, patient)
    platelets(place, one, "120", "2026-03-02T00:30")  # the day of the ward, not that of UTC
    assert follow_up(place, patient).last_known == date(2026, 3, 2)


def test_nothing_happens_after_a_death_and_nobody_dies_twice(
    place: Workplace, patient: str
) -> None:
    desk = place.acting_as(PHYSICIAN)
    record_disease_event(desk, event(patient, EventKind.TRANSPLANT, "2026-02-01"))
    with pytest.raises(BadInput):
        record_disease_event(desk, event(patient, EventKind.DEATH, "2026-01-31"))
    record_disease_event(desk, event(patient, EventKind.DEATH, "2026-03-01"))
    for wrong in (
        event(patient, EventKind.DEATH, "2026-03-02"),
        event(patient, EventKind.MORPHOLOGICAL_RELAPSE, "2026-03-02"),
        event(patient, EventKind.TRANSPLANT, "2026-02-01"),
        event(patient, EventKind.SECOND_THERAPY, "2026-03-21"),
    ):
        with pytest.raises(BadInput):
            record_disease_event(desk, wrong)
    with pytest.raises(BadInput):
        record_contact(desk, contact(patient, "2026-03-02"))
    record_contact(desk, contact(patient, "2026-03-01"))
    assert follow_up(place, patient).last_known == date(2026, 3, 1)


def test_what_was_entered_in_error_is_taken_back_with_a_reason(
    place: Workplace, patient: str
) -> None:
    desk = place.acting_as(PHYSICIAN)
    record_contact(desk, contact(patient, "2026-03-10"))
    record_disease_event(desk, event(patient, EventKind.DEATH, "2026-03-11"))
    found = follow_up(place, patient)
    (one,), (death,) = found.contacts, found.events
    with pytest.raises(BadInput):
        withdraw_contact(desk, one.id, "")
    with pytest.raises(BadInput):
        withdraw_disease_event(desk, death.id, "")
    withdraw_contact(desk, one.id, "spoke to the wrong family")
    withdraw_disease_event(desk, death.id, "namesake")
    found = follow_up(place, patient)
    assert found == FollowUp((), (), None)
    with pytest.raises(BadInput):
        withdraw_disease_event(desk, death.id, "again")
    assert verify_chain(place.store).ok


def test_a_death_has_a_cause_and_nothing_else_has_one() -> None:
    with pytest.raises(BadInput):
        DiseaseEvent("", "p", EventKind.DEATH, TODAY)
    with pytest.raises(BadInput):
        DiseaseEvent("", "p", EventKind.LOST, TODAY, DeathCause.UNKNOWN)
    with pytest.raises(BadInput):
        contact("p", "2026-03-10", next_on=date(2026, 3, 10))


# contacts (day, next), events, sign of life → due
DUE: list[tuple[list[Any], list[Any], date | None, date | None]] = [
    ([], [], None, None),
    ([], [], date(2026, 1, 1), date(2026, 1, 1) + timedelta(days=90)),
    ([("2026-02-01", None)], [], date(2026, 1, 1), date(2026, 5, 2)),
    ([("2026-02-01", "2026-02-15")], [], None, date(2026, 2, 15)),
    ([("2026-02-01", "2026-02-15")], [], date(2026, 2, 20), date(2026, 5, 21)),
    ([("2026-02-01", None)], [EventKind.LOST], None, None),
    ([("2026-02-01", None)], [EventKind.DEATH], None, None),
    ([("2026-02-01", None)], [EventKind.TRANSPLANT], None, date(2026, 6, 8)),
]


@pytest.mark.parametrize(("contacts", "kinds", "seen", "due"), DUE)
def test_who_has_to_be_asked_after(
    contacts: list[Any], kinds: list[Any], seen: date | None, due: date | None
) -> None:
    made = tuple(
        contact("p", on, next_on=date.fromisoformat(after) if after else None)
        for on, after in contacts
    )
    events = tuple(event("p", kind, "2026-03-10") for kind in kinds)
    assert FollowUp(made, events, seen).due_on(90) == due


def test_open_follow_ups_come_longest_due_first(place: Workplace, patient: str) -> None:
    desk = place.acting_as(PHYSICIAN)
    other = replace(a_patient("MRN-2"))
    admit_patient(place, other)
    record_contact(desk, contact(patient, "2026-03-01", next_on=date(2026, 3, 10)))
    record_contact(desk, contact(other.id, "2025-10-01"))
    found = open_follow_ups(place)
    assert [(one.patient.mrn, one.due_on) for one in found] == [
        ("MRN-2", date(2025, 12, 30)), ("MRN-1", date(2026, 3, 10)),
    ]  # fmt: skip
    assert [one.patient.mrn for one in open_follow_ups(place, date(2026, 3, 9))] == ["MRN-2"]
    change_setting(desk, "follow_up.silent_after", 180, "we see them twice a year")
    assert [one.patient.mrn for one in open_follow_ups(place)] == ["MRN-1"]


def test_each_act_is_carried_out_once_and_told_in_the_history(
    place: Workplace, patient: str
) -> None:
    desk = place.acting_as(PHYSICIAN)
    ids = [uuid4() for _ in range(7)]
    therapy = a_therapy(patient)
    call = replace(contact(patient, "2026-03-10", next_on=date(2026, 5, 1)), id=str(uuid4()))
    death = replace(event(patient, EventKind.DEATH, "2026-03-11"), id=str(uuid4()))
    overruled = a_diagnosis(patient, overrule=RiskOverrule(Risk.ADVERSE, "-7", "Wu Min"))
    acts = (
        lambda: record_diagnosis(desk, overruled, "", ids[0]),
        lambda: record_therapy(desk, therapy, ids[1]),
        lambda: record_contact(desk, call, ids[2]),
        lambda: record_disease_event(desk, death, ids[3]),
        lambda: withdraw_therapy(desk, therapy.id, "wrong", ids[4]),
        lambda: withdraw_contact(desk, call.id, "wrong", ids[5]),
        lambda: withdraw_disease_event(desk, death.id, "wrong", ids[6]),
    )
    assert [act().replayed for act in acts] == [False] * 7
    assert [act().replayed for act in acts] == [True] * 7
    words = catalogue("en")
    lines = [words.text(e.what) for e in patient_history(place, patient).entries]
    assert any("risk adverse by Wu Min" in line for line in lines)
    assert any(line.startswith("Event taken back: death") for line in lines)
    for entry in patient_history(place, patient).entries:
        for detail in entry.details:
            assert words.text(detail.title) and words.text(detail.after)
