"""Toxicity events through the services: recorded, going on, corrected, judged, signed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from aml_maint.domain.administration import Status
from aml_maint.domain.assessment import Assessment, AssessmentKind, Finding
from aml_maint.domain.command import Actor, Role
from aml_maint.domain.course import EndReason
from aml_maint.domain.errors import BadInput, Refused
from aml_maint.domain.known_time import KnownTime
from aml_maint.domain.quantities import LabValue
from aml_maint.domain.schedule import SlotId
from aml_maint.domain.toxicity_event import (
    Causality,
    Cause,
    Criterion,
    GradePoint,
    Outcome,
    Reporter,
    ToxicityEvent,
)
from aml_maint.services.assessment_gate import SETTING, Unassessed
from aml_maint.services.assessments import (
    assessments_due,
    correct_assessment,
    questions,
    record_assessment,
    withdraw_assessment,
)
from aml_maint.services.dosing import DoseEntry, correct_dose, log_dose
from aml_maint.services.lab_entry import LabEntry, record_labs
from aml_maint.services.observations import withdraw_count
from aml_maint.services.sheet import cycle_sheet
from aml_maint.services.site_settings import change_setting
from aml_maint.services.toxicities import (
    add_grade,
    record_event,
    resolve_event,
    revise_event,
    sign_events,
    versions_of,
    withdraw_event,
)
from aml_maint.services.treatment import end_course, start_cycle
from aml_maint.services.workplace import Workplace
from aml_maint.store import assessments, courses, doses, labs, toxicities
from aml_maint.store.replay import verify_chain
from tests.builders import (
    DAY_1,
    PHYSICIAN,
    UNASSESSED,
    ZONE,
    a_patient,
    moment,
    on_course,
    set_clock,
)

NOW = "2026-03-12T09:00"


def an_event(patient: str, course: str | None, term: str = "diarrhoea", grade: int | None = 2,
             onset: str = "2026-03-05", resolved: str | None = None, **facts: Any,
             ) -> ToxicityEvent:  # fmt: skip
    ends = None if resolved is None else KnownTime.parse(resolved)
    one = ToxicityEvent.of(patient, course, term, ZONE, grade, KnownTime.parse(onset), ends)
    return replace(one, **facts)


def ward(place: Workplace) -> tuple[str, str]:
    patient, course = on_course(place)
    set_clock(place, NOW)
    return patient.id, course


def only(place: Workplace, patient: str) -> ToxicityEvent:
    (found,) = toxicities.of_patient(place.store, patient)
    return found


def test_an_event_comes_back_with_everything_that_was_recorded_of_it(place: Workplace) -> None:
    patient, course = ward(place)
    full = an_event(
        patient, course, "fever_drug", None, "2026-03-05T21",
        grades=(GradePoint(KnownTime.parse("2026-03-05T21"), None,
                           LabValue.parse("38.6", "Cel"), note="under the arm"),
                GradePoint(KnownTime.parse("2026-03-06T03:10"), 1)),
        resolved="2026-03-06T09", baseline=0,
        causes=(Cause("interferon_alfa_1b", Causality.PROBABLE, "Wu Min"),
                Cause("infection", Causality.UNLIKELY, "Wu Min")),
        serious=True, criteria=frozenset({Criterion.HOSPITALISATION}),
        treatment="paracetamol 500 mg", reporter=Reporter.PATIENT, note="chills",
    )  # fmt: skip
    record_event(place, full)
    kept = only(place, patient)
    assert kept.event_id == kept.id
    assert [(p.at.iso, p.grade) for p in kept.grades] == [
        ("2026-03-05T21", 2), ("2026-03-06T03:10", 1),
    ]  # fmt: skip
    same = replace(
        kept, id="", event_id="", recorded=None, recorded_by="", recorded_role="",
        grades=(replace(kept.grades[0], grade=None), kept.grades[1]),
    )  # fmt: skip
    assert same == full
    assert (kept.recorded_by, kept.recorded_role) == ("Li Na", "nurse")
    assert verify_chain(place.store).ok


def test_a_temperature_grades_itself_and_no_milder_grade_is_taken(place: Workplace) -> None:
    patient, course = ward(place)

    def fever(degrees: str, grade: int | None) -> ToxicityEvent:
        point = GradePoint(KnownTime.on(DAY_1), grade, LabValue.parse(degrees, "Cel"))
        return an_event(patient, course, "fever_drug", grades=(point,))

    record_event(place, fever("37.9", None))
    assert only(place, patient).worst == 1
    with pytest.raises(BadInput) as refused:
        record_event(place, fever("38", 1))
    assert refused.value.field == "grade"
    with pytest.raises(BadInput) as refused:
        record_event(place, fever("37.2", None))  # grade 0 is no event
    assert refused.value.field == "value"
    with pytest.raises(BadInput):
        record_event(place, fever("50", None))
    record_event(place, fever("38.4", 4))  # with hypotension, by clinical judgement
    assert {e.worst for e in toxicities.of_patient(place.store, patient)} == {1, 4}


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"term": "no_such_term"}, "term"),
        ({"onset": "2026-03-12T09:01"}, "onset"),
        ({"onset": "2026-04"}, "onset"),
        ({"onset": "1961-07-13"}, "onset"),
        ({"resolved": "2026-03-13"}, "resolved"),
        ({"linked_administration": str(uuid4())}, "injection"),
        ({"causes": (Cause("aspirin", Causality.POSSIBLE, "Wu Min"),)}, "causes"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field_and_nothing_written(
    place: Workplace, facts: dict[str, Any], field: str
) -> None:
    patient, course = ward(place)
    before = place.store.head()
    with pytest.raises(BadInput) as refused:
        record_event(place, an_event(patient, course, **facts))
    assert refused.value.field == field
    assert place.store.head() == before


def test_the_month_of_today_is_not_in_the_future(place: Workplace) -> None:
    patient, course = ward(place)
    record_event(place, an_event(patient, course, onset="2026-03"))
    assert only(place, patient).onset.iso == "2026-03"


def test_a_command_sent_twice_records_one_event(place: Workplace) -> None:
    patient, course = ward(place)
    command = uuid4()
    record_event(place, an_event(patient, course), command)
    assert record_event(place, an_event(patient, course), command).replayed
    only(place, patient)


def test_another_patients_course_is_refused(place: Workplace) -> None:
    patient, _ = ward(place)
    _, foreign = on_course(place, a_patient("MRN-2"))
    with pytest.raises(BadInput):
        record_event(place, an_event(patient, foreign))


def given_interferon(place: Workplace, course: str) -> str:
    set_clock(place, "2026-03-02T19:02")
    slot = SlotId(course, "interferon", DAY_1, "evening")
    log_dose(place, DoseEntry(slot, Status.GIVEN))
    return doses.live_between(place.store, DAY_1, DAY_1, course)[slot].id


def test_an_event_hangs_on_its_injection_also_after_that_record_is_corrected(
    place: Workplace,
) -> None:
    patient, course = on_course(place)
    injection = given_interferon(place, course)
    set_clock(place, NOW)
    fever = an_event(patient.id, course, "fever_drug", onset="2026-03-02T23",
                     linked_administration=injection)  # fmt: skip
    record_event(place, fever)
    slot = SlotId(course, "interferon", DAY_1, "evening")
    correct_dose(place, injection, DoseEntry(slot, Status.GIVEN, site="arm_left"), "site added")
    standing = doses.of_id(place.store, injection)
    assert standing is not None and standing.site == "arm_left"
    assert only(place, patient.id).linked_administration == standing.id
    resolve_event(place, only(place, patient.id).event_id, KnownTime.parse("2026-03-03"))


def test_nothing_begins_before_the_injection_that_it_is_linked_to(place: Workplace) -> None:
    patient, course = on_course(place)
    injection = given_interferon(place, course)
    set_clock(place, NOW)
    for onset, refused in (("2026-03-02T19:01", True), ("2026-03-02T18", True),
                           ("2026-03-02T19", False), ("2026-03-02", False)):  # fmt: skip
        fever = an_event(patient.id, course, onset=onset, linked_administration=injection)
        if refused:
            with pytest.raises(BadInput) as problem:
                record_event(place, fever)
            assert problem.value.field == "onset"
        else:
            record_event(place, fever)


# -- its course, and corrections -----------------------------------------------------------------


def test_a_course_goes_on_and_ends_without_a_reason_and_keeps_every_version(
    place: Workplace,
) -> None:
    patient, course = ward(place)
    record_event(place, an_event(patient, course, grade=1))
    event_id = only(place, patient).event_id
    add_grade(place, event_id, GradePoint(KnownTime.parse("2026-03-07"), 3))
    resolve_event(place, event_id, KnownTime.parse("2026-03-10"))
    kept = only(place, patient)
    assert ([p.grade for p in kept.grades], kept.outcome) == ([1, 3], Outcome.RECOVERED)
    history = versions_of(place, event_id)
    assert [(len(v.grades), v.resolved is None) for v in history] == [
        (1, True), (2, True), (2, False),
    ]  # fmt: skip
    with pytest.raises(Refused):
        add_grade(place, event_id, GradePoint(KnownTime.parse("2026-03-11"), 1))
    with pytest.raises(Refused):
        resolve_event(place, event_id, KnownTime.parse("2026-03-11"))
    assert verify_chain(place.store).ok


def test_a_correction_needs_a_reason_and_the_earlier_version_stays(place: Workplace) -> None:
    patient, course = ward(place)
    record_event(place, an_event(patient, course, grade=2))
    wrong = only(place, patient)
    right = replace(wrong, grades=(replace(wrong.grades[0], grade=1),))
    with pytest.raises(BadInput) as refused:
        revise_event(place, right)
    assert refused.value.field == "reason"
    revise_event(place, right, "misread the form")
    history = versions_of(place, wrong.event_id)
    assert [(v.worst, v.reason) for v in history] == [(2, ""), (1, "misread the form")]
    with pytest.raises(Refused):  # the version that was read is no longer the latest
        revise_event(place, replace(wrong, note="late"), "again")


def test_an_event_entered_in_error_is_taken_back_with_a_reason(place: Workplace) -> None:
    patient, course = ward(place)
    record_event(place, an_event(patient, course))
    event = only(place, patient)
    with pytest.raises(BadInput):
        withdraw_event(place, event.event_id, " ")
    withdraw_event(place, event.event_id, "wrong patient")
    assert toxicities.of_patient(place.store, patient) == []
    assert cycle_sheet(place, course).toxicities == ()
    assert len(versions_of(place, event.event_id)) == 1
    with pytest.raises(Refused):
        withdraw_event(place, event.event_id, "again")


# -- review --------------------------------------------------------------------------------------


def test_only_a_physician_signs_and_only_what_was_read(place: Workplace) -> None:
    patient, course = ward(place)
    record_event(place, an_event(patient, course))
    record_event(place, an_event(patient, course, "myalgia", 1))
    waiting = toxicities.unreviewed(place.store)
    chosen = [(e.event_id, e.id) for e in waiting]
    only_a_nurse = place.acting_as(Actor("Li Na", Role.NURSE, "ward-pc-1"))
    with pytest.raises(Refused) as refused:
        sign_events(only_a_nurse, chosen)
    assert refused.value.message.key == "error.role"
    physician = place.acting_as(PHYSICIAN)
    with pytest.raises(BadInput):
        sign_events(physician, [])
    add_grade(place, waiting[0].event_id, GradePoint(KnownTime.parse("2026-03-07"), 3))
    with pytest.raises(Refused):  # one of them has changed since it was read: none is signed
        sign_events(physician, chosen)
    assert len(toxicities.unreviewed(place.store)) == 2
    now = [(e.event_id, e.id) for e in toxicities.unreviewed(place.store)]
    changes = sign_events(physician, now, "seen at the visit")
    assert changes.patients == {patient}
    assert toxicities.unreviewed(place.store) == []
    review = toxicities.standing(place.store, waiting[0].event_id).review
    assert review is not None
    assert (review.by, review.comment) == ("Wu Min", "seen at the visit")
    with pytest.raises(Refused):
        sign_events(physician, now)


def test_what_is_added_after_the_signature_waits_for_another(place: Workplace) -> None:
    patient, course = ward(place)
    record_event(place, an_event(patient, course))
    event = only(place, patient)
    sign_events(place.acting_as(PHYSICIAN), [(event.event_id, event.id)])
    resolve_event(place, event.event_id, KnownTime.parse("2026-03-08"))
    assert [e.event_id for e in toxicities.unreviewed(place.store)] == [event.event_id]
    signed, changed = versions_of(place, event.event_id)
    assert signed.review is not None
    assert changed.review is None


# -- assessments ---------------------------------------------------------------------------------


def an_assessment(patient: str, course: str | None, kind: str = "before", cycle: int = 1,
                  on: date = DAY_1, **found: int | None) -> Assessment:  # fmt: skip
    findings = tuple(Finding(term, grade) for term, grade in found.items())
    return Assessment("", patient, course, cycle, AssessmentKind(kind), on, findings)


def test_an_assessment_keeps_0_and_not_evaluated_apart(place: Workplace) -> None:
    patient, course = ward(place)
    record_assessment(place, an_assessment(patient, course, myalgia=0, rash=None))
    (made,) = assessments.of_patient(place.store, patient)
    assert (made.grade("myalgia"), made.asked("myalgia")) == (0, True)
    assert (made.grade("rash"), made.asked("rash")) == (None, True)
    assert (made.grade("fatigue"), made.asked("fatigue")) == (None, False)
    assert toxicities.of_patient(place.store, patient) == []


def test_a_finding_begins_an_event_goes_on_with_it_and_a_0_ends_it(place: Workplace) -> None:
    patient, course = ward(place)
    record_assessment(place, an_assessment(patient, course, rash=0, myalgia=None))
    first = DAY_1 + timedelta(days=3)
    record_assessment(place, an_assessment(patient, course, "visit", on=first, rash=1, myalgia=2))
    rash = next(e for e in toxicities.of_patient(place.store, patient) if e.term == "rash")
    assert (rash.onset.iso, rash.current, rash.baseline) == ("2026-03-05", 1, 0)
    later = DAY_1 + timedelta(days=5)
    record_assessment(place, an_assessment(patient, course, "visit", on=later, rash=3, myalgia=2))
    record_assessment(
        place, an_assessment(patient, course, "visit", on=later, rash=0, myalgia=None)
    )
    events = {e.term: e for e in toxicities.of_patient(place.store, patient)}
    assert [p.grade for p in events["rash"].grades] == [1, 3]
    assert events["rash"].resolved == KnownTime.on(later)
    assert [p.grade for p in events["myalgia"].grades] == [2]  # the same grade adds nothing
    assert events["myalgia"].is_ongoing  # not evaluated ends nothing
    assert events["myalgia"].baseline is None
    assert verify_chain(place.store).ok


def test_what_a_patient_had_before_the_first_cycle_is_its_own_baseline(place: Workplace) -> None:
    patient, course = ward(place)
    record_assessment(place, an_assessment(patient, course, constipation=1))
    event = only(place, patient)
    assert (event.baseline, event.is_worse_than_baseline) == (1, False)
    record_event(place, an_event(patient, course, "rash"))
    rash = next(e for e in toxicities.of_patient(place.store, patient) if e.term == "rash")
    assert rash.baseline is None


def test_an_assessment_from_before_an_events_last_grade_leaves_the_event_alone(
    place: Workplace,
) -> None:
    patient, course = ward(place)
    record_event(place, an_event(patient, course, "rash", onset="2026-03-05"))
    record_assessment(place, an_assessment(patient, course, on=date(2026, 3, 3), rash=0))
    assert only(place, patient).is_ongoing


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"cycle": 3}, "cycle"),
        ({"cycle": 2, "kind": "after"}, "cycle"),
        ({"cycle": 0}, "cycle"),
        ({"on": date(2026, 3, 13)}, "on"),
        ({"kind": "after", "on": date(2026, 3, 1)}, "on"),
        ({"rash": 5}, "rash"),
        ({"rash": None}, None),
        ({"no_such_term": 1}, "term"),
    ],
)
def test_an_assessment_that_cannot_be_is_refused(
    place: Workplace, facts: dict[str, Any], field: str | None
) -> None:
    patient, course = ward(place)
    before = place.store.head()
    with pytest.raises(BadInput) as refused:
        record_assessment(place, an_assessment(patient, course, **({"rash": 1} | facts)))
    assert refused.value.field == field
    assert place.store.head() == before


def test_a_corrected_assessment_needs_a_reason_and_replaces_the_first(place: Workplace) -> None:
    patient, course = ward(place)
    record_assessment(place, an_assessment(patient, course, rash=0, myalgia=0))
    (made,) = assessments.of_patient(place.store, patient)
    right = replace(made, findings=(Finding("rash", None), Finding("myalgia", 0)))
    with pytest.raises(BadInput):
        correct_assessment(place, right, "")
    correct_assessment(place, right, "rash was not looked for")
    (found,) = assessments.of_patient(place.store, patient)
    assert (found.grade("rash"), found.reason) == (None, "rash was not looked for")
    withdraw_assessment(place, found.id, "wrong patient")
    assert assessments.of_patient(place.store, patient) == []


def test_the_list_asks_what_the_regimens_drugs_do_the_papers_five_first(place: Workplace) -> None:
    _, course = ward(place)
    sheet = questions(place, course, 1, AssessmentKind.BEFORE, DAY_1)
    asked = [question.item.id for question in sheet.questions]
    assert asked[:5] == [
        "fever_drug", "rhinorrhoea", "hand_foot_skin_reaction", "diarrhoea", "myalgia",
    ]  # fmt: skip
    assert {"peripheral_neuropathy", "rash", "haemorrhage", "depression"} <= set(asked)
    assert not {"platelets", "creatinine", "other", "arterial_event"} & set(asked)


def test_the_list_also_asks_for_what_goes_on_and_tells_what_was_found_last(
    place: Workplace,
) -> None:
    patient, course = ward(place)
    record_event(place, an_event(patient, course, "haematuria", 1))
    record_assessment(place, an_assessment(patient, course, rash=0))
    sheet = questions(place, course, 1, AssessmentKind.AFTER, date(2026, 3, 12))
    lines = {question.item.id: question for question in sheet.questions}
    running = lines["haematuria"].ongoing
    assert running is not None and running.current == 1
    assert (lines["rash"].before, lines["myalgia"].before) == (0, None)


def due(place: Workplace, course: str, today: str) -> list[tuple[int, str]]:
    found = courses.course(place.store, course, place.shelf)
    day = date.fromisoformat(today)
    return [(one.cycle, one.kind.value) for one in assessments_due(place, found, day)]


def test_each_end_of_a_cycle_asks_for_an_assessment_once(place: Workplace) -> None:
    patient, course = on_course(place)
    assert due(place, course, "2026-03-02") == [(1, "before")]
    record_assessment(place, an_assessment(patient.id, course, rash=0))
    assert due(place, course, "2026-03-02") == []
    assert due(place, course, "2026-03-28") == []
    set_clock(place, "2026-03-30T09:00")
    assert due(place, course, "2026-03-29") == [(1, "after")]
    record_assessment(
        place, an_assessment(patient.id, course, "before", 2, date(2026, 3, 30), rash=0)
    )
    assert due(place, course, "2026-03-30") == []  # one between two cycles serves both
    start_cycle(place, course, date(2026, 3, 30))
    assert due(place, course, "2026-03-31") == []


# -- no cycle without its assessment ---------------------------------------------------------------


def test_a_cycle_starts_only_after_its_assessment(place: Workplace) -> None:
    patient, course = on_course(place)
    set_clock(place, "2026-03-30T09:00")
    day_29 = date(2026, 3, 30)
    with pytest.raises(Refused) as refused:
        start_cycle(place, course, day_29)
    assert refused.value.field == "override_reason"
    too_old = an_assessment(patient.id, course, "after", 1, date(2026, 3, 22), rash=0)
    record_assessment(place, too_old)
    with pytest.raises(Refused):
        start_cycle(place, course, day_29)
    record_assessment(place, an_assessment(patient.id, course, "after", 1,
                                           date(2026, 3, 23), rash=0))  # fmt: skip
    start_cycle(place, course, day_29)
    assert assessments.overrides(place.store, course) == []


def test_going_on_without_it_takes_a_name_and_a_reason_and_is_kept(place: Workplace) -> None:
    _, course = on_course(place)
    set_clock(place, "2026-03-30T09:00")
    day_29 = date(2026, 3, 30)
    for decision, field in ((Unassessed(" ", "why"), "override_by"),
                            (Unassessed("Wu Min", " "), "override_reason")):  # fmt: skip
        with pytest.raises(BadInput) as refused:
            start_cycle(place, course, day_29, override=decision)
        assert refused.value.field == field
    nurse = place.acting_as(Actor("Li Na", Role.NURSE, "ward-pc-1"))
    with pytest.raises(Refused):
        start_cycle(nurse, course, day_29, override=UNASSESSED)
    start_cycle(place, course, day_29, override=UNASSESSED)
    kept = assessments.overrides(place.store, course)
    assert [(o.cycle, o.kind.value, o.decided_by) for o in kept] == [
        (1, "after", "Wu Min"), (2, "before", "Wu Min"),
    ]  # fmt: skip
    assert due(place, course, "2026-03-30") == []
    assert verify_chain(place.store).ok


def test_a_start_recorded_long_ahead_is_a_plan(place: Workplace) -> None:
    _, course = on_course(place)
    set_clock(place, "2026-03-22T09:00")
    start_cycle(place, course, date(2026, 3, 30))


def test_a_site_may_switch_it_off(place: Workplace) -> None:
    _, course = on_course(place)
    change_setting(place, SETTING, False, "our ward assesses on paper")
    set_clock(place, "2026-03-30T09:00")
    start_cycle(place, course, date(2026, 3, 30))


@pytest.mark.parametrize(
    ("reason", "refused"),
    [(EndReason.WISH, True), (EndReason.RELAPSE, True), (EndReason.DEATH, False),
     (EndReason.LOST, False)],
)  # fmt: skip
def test_a_course_ends_only_after_its_assessment_unless_nobody_can_be_assessed(
    place: Workplace, reason: EndReason, refused: bool
) -> None:
    _, course = ward(place)
    if refused:
        with pytest.raises(Refused):
            end_course(place, course, date(2026, 3, 11), reason)
        end_course(place, course, date(2026, 3, 11), reason, override=UNASSESSED)
    else:
        end_course(place, course, date(2026, 3, 11), reason)


def test_a_linked_result_gives_grade_and_value_by_its_laboratorys_limit(place: Workplace) -> None:
    patient, course = ward(place)

    def alt(value: str, **facts: Any) -> str:
        entry = LabEntry(patient, "alt", LabValue.parse(value, "U/L"), moment("2026-03-04T06:30"),
                         upper_limit=Decimal(40), **facts)  # fmt: skip
        record_labs(place, patient, [entry])
        return labs.of_patient(place.store, patient)[-1].id

    result = alt("102")
    point = GradePoint(KnownTime.on(DAY_1 + timedelta(days=2)), None, result_id=result)
    record_event(place, an_event(patient, course, "transaminases", grades=(point,)))
    (kept,) = only(place, patient).grades
    assert (kept.grade, kept.value, kept.result_id) == (2, LabValue.parse("102", "U/L"), result)
    milder = replace(point, grade=1)
    for wrong, field in (
        (an_event(patient, course, "transaminases", grades=(milder,)), "grade"),
        (an_event(patient, course, "bilirubin", grades=(point,)), "result"),
        (an_event(patient, course, "transaminases",
                  grades=(replace(point, result_id=str(uuid4())),)), "result"),
    ):  # fmt: skip
        with pytest.raises(BadInput) as refused:
            record_event(place, wrong)
        assert refused.value.field == field
    # A result taken back since does not stand in the way of what is added to the event.
    withdraw_count(place, result, "another patient's")
    add_grade(
        place, only(place, patient).event_id, GradePoint(KnownTime.on(DAY_1 + timedelta(days=5)), 1)
    )
    assert [one.grade for one in only(place, patient).grades] == [2, 1]
    assert only(place, patient).grades[0].result_id == result
