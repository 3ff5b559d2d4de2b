"""Departures from the plan: each kind with its edge (ICH E3; clinical rules, "Missed, late").

Day 1 of cycle 1 is Monday 2 March 2026. Oral drugs have a window of 2 hours, injections of 4.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aml_maint.domain.administration import Administration, CellState, Status, Window
from aml_maint.domain.assessment import Assessment, AssessmentKind, Override
from aml_maint.domain.assessment import Finding as Answer
from aml_maint.domain.course import (
    Course,
    CycleStart,
    EndReason,
    Hold,
    HoldReason,
    PlannedStart,
    RegimenChange,
)
from aml_maint.domain.deviation_log import deviations, of_cycle
from aml_maint.domain.deviations import (
    GROUPS,
    CourseFacts,
    Deviation,
    DeviationKind,
    ExtraDose,
    Group,
)
from aml_maint.domain.edition import ClockTime
from aml_maint.domain.gate import GateEvidence
from aml_maint.domain.labs import LabResult
from aml_maint.domain.messages import LANGUAGES, Message, say
from aml_maint.domain.moment import Moment
from aml_maint.domain.plan_facts import CourseEnd, Fact, OwnTime, Resume
from aml_maint.domain.quantities import Dose, LabValue
from aml_maint.domain.regimen import DoseOrder
from aml_maint.domain.schedule import PlannedDose, SlotId, doses_between
from aml_maint.domain.shift import Omission, Shift, ShiftMode, ShiftScope
from aml_maint.domain.unplanned import Unplanned
from aml_maint.services.dose_view import DoseView, views
from aml_maint.services.language import catalogue
from aml_maint.services.library import regimen
from tests.builders import DAY_1, ZONE, moment

K = DeviationKind
IBUPROFEN = DoseOrder("ibuprofen", Dose.of("200", "mg"), DAY_1, id="o1")
Records = Mapping[str, Callable[[PlannedDose], Administration | None]]

facts_of = partial(CourseFacts, assessment_days=7)


def on(day: int) -> date:
    """Day `day` of cycle 1."""
    return DAY_1 + timedelta(days=day - 1)


def course(**facts: object) -> Course:
    plain = Course("c", "p", regimen("sorafenib_iti"), ZONE, (CycleStart(1, DAY_1),), (IBUPROFEN,))
    return replace(plain, **facts)  # type: ignore[arg-type]


def taken(
    minutes: int = 0,
    dose: str | None = None,
    reason: str | None = None,
    gate: Mapping[str, str] | None = None,
    status: Status = Status.GIVEN,
    note: str = "",
) -> Callable[[PlannedDose], Administration]:
    """A dose given so many minutes after its planned time."""

    def record(planned: PlannedDose) -> Administration:
        at = Moment.at(planned.due + timedelta(minutes=minutes), ZONE)
        assert planned.dose is not None
        amount = planned.dose if dose is None else Dose(Decimal(dose), planned.dose.unit)
        return Administration(
            str(planned.id), planned.id, "p", status, planned.ideal, planned.at, at, amount,
            moment("2027-01-01T00:00"), "Li Na", "nurse", reason, note,
            gate=None if gate is None else json.dumps(gate),
        )  # fmt: skip

    return record


def left(status: Status, reason: str) -> Callable[[PlannedDose], Administration]:
    """A dose recorded as not given."""

    def record(planned: PlannedDose) -> Administration:
        return Administration(
            str(planned.id), planned.id, "p", status, planned.ideal, planned.at, None, None,
            moment("2027-01-01T00:00"), "Li Na", "nurse", reason,
        )  # fmt: skip

    return record


def nothing(_: PlannedDose) -> None:
    """No record."""


WHAT, ENTERED = say("deviation.left_out"), moment("2026-03-10T09:00")


@dataclass(frozen=True)
class Decided:
    """A decision about the plan, as the services read it."""

    facts: tuple[Fact, ...]
    why: Message | None = None
    decided_by: str = "Wu Min"
    what: Message = WHAT
    entered: Moment = ENTERED
    entered_by: str = "Li Na"


ASSESSED = Assessment(
    "a", "p", "c", 1, AssessmentKind.BEFORE, DAY_1, (Answer("nausea", 0),), recorded_by="Li Na"
)


def facts(
    of: Course,
    until: date,
    but: Records | None = None,
    counts: Sequence[tuple[str, str]] = (("120", "2026-03-02T00:00"),),
    **more: object,
) -> CourseFacts:
    """A course whose due doses were given as planned, but those named `component/day/slot`."""
    now = Moment.at(moment(f"{until}T12:00").local, ZONE)
    planned = [d for d in doses_between(of, of.first_day, until) if d.due <= now.utc]
    records = {}
    for dose in planned:
        name = f"{dose.id.component}/{(dose.id.planned_on - DAY_1).days + 1}/{dose.id.slot}"
        usual = nothing if dose.is_left_out else taken()
        found = (but or {}).get(name, usual)(dose)
        if found is not None:
            records[dose.id] = found
    results = tuple(
        LabResult(at, "p", "platelets", LabValue.parse(value, "10*9/L"), moment(at))
        for value, at in counts
    )
    evidence = GateEvidence(results, first_day=of.first_day)
    standing = views(planned, records, evidence, now.utc)
    values: dict[str, object] = {"assessments": (ASSESSED,), **more}
    return facts_of(of, until, standing, **values)  # type: ignore[arg-type]


def listed(found: CourseFacts) -> list[tuple[str, int | None, int | None]]:
    return [(one.kind.value, one.cycle, one.day) for one in deviations(found)]


def only(found: CourseFacts) -> Deviation:
    (one,) = deviations(found)
    return one


def said(message: Message | None) -> str:
    assert message is not None
    return catalogue("en").text(message).replace("\N{NO-BREAK SPACE}", " ")


def test_a_course_that_keeps_its_plan_departs_from_nothing() -> None:
    assert listed(facts(course(), on(6))) == []


# -- doses ---------------------------------------------------------------------------------------

SORAFENIB, INTERFERON, IBU = "sorafenib/2/morning", "interferon/1/evening", "ibuprofen/1/evening"
DANSHEN = "danshen/2/morning"
OVERRIDDEN = {"override_by": "Wu Min", "override_reason": "no bleeding"}

DOSES: list[tuple[str, str, Callable[[PlannedDose], Administration | None], list[str]]] = [
    ("2 hours late is on time", SORAFENIB, taken(120), []),
    ("2 hours and a minute is late", SORAFENIB, taken(121, reason="asleep"), ["late"]),
    ("2 hours early is on time", SORAFENIB, taken(-120), []),
    ("2 hours and a minute early", SORAFENIB, taken(-121, reason="other"), ["early"]),
    ("75 minutes before the injection", IBU, taken(-15), []),
    ("76 minutes before it", IBU, taken(-16, reason="other"), ["premedication_gap"]),
    ("45 minutes before it is the least", IBU, taken(15), []),
    ("44 minutes before it", IBU, taken(16, reason="other"), ["premedication_gap"]),
    ("after it", IBU, taken(70, reason="other"), ["premedication_gap"]),
    ("half of the dose", SORAFENIB, taken(dose="200"), ["other_amount"]),
    ("the same amount written otherwise", SORAFENIB, taken(dose="400.0"), []),
    (
        "partly given, however much", SORAFENIB,
        taken(dose="200", status=Status.PARTLY_GIVEN, reason="vomited"), ["partly_given"],
    ),
    (
        "late and half of it", SORAFENIB, taken(180, "200", "asleep"), ["late", "other_amount"],
    ),
    ("missed", SORAFENIB, left(Status.MISSED, "forgotten"), ["missed"]),
    ("refused", SORAFENIB, left(Status.REFUSED, "feels_well"), ["refused"]),
    ("held for one dose", SORAFENIB, left(Status.HELD, "fever"), ["held"]),
    ("not needed", SORAFENIB, left(Status.NOT_APPLICABLE, "not_ordered"), []),
    ("nobody wrote anything", SORAFENIB, nothing, ["unconfirmed"]),
    (
        "a gate set aside by name", DANSHEN,
        taken(gate=OVERRIDDEN | {"state": "closed"}), ["override"],
    ),
    (
        "too close to another dose", SORAFENIB,
        taken(gate=OVERRIDDEN | {"state": "open", "too_close_to": "2026-03-02"}),
        ["gap_override"],
    ),
    (
        "given on a held day", SORAFENIB,
        taken(gate=OVERRIDDEN | {"held_since": "2026-03-01"}), ["hold_override"],
    ),
    (
        "given although left out", SORAFENIB, taken(gate=OVERRIDDEN | {"omitted_by": "Wu Min"}),
        ["hold_override"],
    ),
    (
        "behind a closed gate and on a held day", DANSHEN,
        taken(gate=OVERRIDDEN | {"state": "closed", "held_since": "2026-03-01"}),
        ["override", "hold_override"],
    ),
    ("the evidence of an open gate", DANSHEN, taken(gate={"state": "open"}), []),
]  # fmt: skip


@pytest.mark.parametrize(("slot", "what", "kinds"), [row[1:] for row in DOSES],
                         ids=[row[0] for row in DOSES])  # fmt: skip
def test_a_dose_departs_from_the_plan(
    slot: str, what: Callable[[PlannedDose], Administration | None], kinds: list[str]
) -> None:
    found = deviations(facts(course(), on(3), {slot: what}))
    assert [one.kind.value for one in found] == kinds
    day = int(slot.split("/")[1])
    assert {(one.cycle, one.day, one.on) for one in found} <= {(1, day, on(day))}


@pytest.mark.parametrize(("count", "departs"), [("50", True), ("50.1", False)])
def test_a_dose_behind_a_gate_that_a_late_count_closed_is_one(count: str, departs: bool) -> None:
    counts = [("120", "2026-03-02T00:00"), (count, "2026-03-03T00:00")]
    found = facts(course(), on(2), counts=counts)
    kinds = {one.kind for one in deviations(found)}
    assert kinds == ({K.GATE} if departs else set())


def test_a_dose_of_today_that_is_overdue_can_still_be_given_and_is_none() -> None:
    today = facts(course(), on(3), {"sorafenib/3/morning": nothing})
    assert listed(today) == []
    tomorrow = facts(course(), on(4), {"sorafenib/3/morning": nothing})
    assert listed(tomorrow) == [("unconfirmed", 1, 3)]


def test_a_premedication_whose_injection_was_refused_is_not_missed() -> None:
    but = {INTERFERON: left(Status.REFUSED, "other"), IBU: nothing}
    assert [kind for kind, *_ in listed(facts(course(), on(3), but))] == ["refused"]


def test_an_injection_too_soon_after_its_premedication_is_told_once_for_the_pair() -> None:
    late = {IBU: taken(10), INTERFERON: taken(-60, reason="other")}
    (one,) = deviations(facts(course(), on(3), late))
    assert one.kind is K.PREMEDICATION_GAP
    assert said(one.planned) == "45 to 75 minutes before the injection"
    assert said(one.done) == "10 minutes after the injection"


def test_doses_of_a_held_drug_are_the_holds_departure_and_not_each_its_own() -> None:
    hold = Hold("h", "thalidomide", on(2), on(4), HoldReason.TOXICITY, "Wu Min")
    decided = Decided((hold,))
    found = facts(course(holds=(hold,)), on(6), decisions=[decided])
    assert listed(found) == [("hold", 1, 2)]


def test_a_dose_that_a_gate_keeps_from_being_given_follows_the_plan() -> None:
    of = course()
    slots = {d.id.slot for d in doses_between(of, on(1), on(1)) if d.id.component == "danshen"}
    but = {f"danshen/{day}/{slot}": nothing for day in (1, 2, 3) for slot in slots}
    assert len(but) == 9
    assert listed(facts(of, on(3), but, [("50", "2026-03-02T00:00")])) == []
    opened = listed(facts(of, on(3), but, [("50.1", "2026-03-02T00:00")]))
    assert opened == [("unconfirmed", 1, day) for day in (1, 1, 1, 2, 2, 2)]


def test_what_was_planned_what_was_done_why_and_who_are_told() -> None:
    late = taken(200, reason="asleep", note="slept in")
    one = only(facts(course(), on(3), {SORAFENIB: late}))
    assert (said(one.planned), said(one.done)) == ("at 07:00", "given 10:20")
    assert said(one.why) == "asleep, slept in"
    assert (one.by, one.recorded_by) == ("Li Na", "Li Na")
    assert one.slot == SlotId("c", "sorafenib", on(2), "morning")


def test_of_an_override_the_one_who_set_the_rule_aside_decided() -> None:
    one = only(facts(course(), on(3), {DANSHEN: taken(gate=OVERRIDDEN | {"state": "closed"})}))
    assert (one.by, one.recorded_by, said(one.why)) == ("Wu Min", "Li Na", "no bleeding")


def test_a_dose_given_on_another_day_tells_the_day_too() -> None:
    one = only(facts(course(), on(4), {"sorafenib/2/evening": taken(600, reason="other")}))
    assert said(one.done) == "given 04-Mar-2026 05:30"


# -- doses that no plan asked for ----------------------------------------------------------------


def an_extra(day: int, **kept: str) -> ExtraDose:
    slot = SlotId("c", "sorafenib", on(day), "unplanned")
    at = moment(f"{on(day)}T09:00")
    record = Administration(
        "x", slot, "p", Status.GIVEN, at.local, at.local, at, Dose.of("400", "mg"), at, "Li Na",
        "nurse", "vomited_dose", gate=json.dumps(kept) if kept else None,
        unplanned=Unplanned("oral", "Wu Min"),
    )  # fmt: skip
    component = course().component("sorafenib")
    planned = PlannedDose(
        slot, 1, day, at.local, ZONE, component, record.dose, None, None, on(day), at.local, None
    )
    view = DoseView(planned, CellState.GIVEN, record, None, Window(at.utc, at.utc))
    return ExtraDose(component.drug.name, view)


def test_an_extra_dose_is_one_with_who_ordered_it() -> None:
    one = only(facts(course(), on(3), extra=[an_extra(2)]))
    assert (one.kind, one.planned, one.by) == (K.UNPLANNED, None, "Wu Min")
    assert said(one.done) == "400 mg, given 03-Mar-2026 09:00"
    assert said(one.why) == "replaces a vomited dose"


def test_the_rule_that_an_extra_dose_went_against_is_one_more() -> None:
    extra = an_extra(2, too_close_to="2026-03-02", **OVERRIDDEN)
    found = listed(facts(course(), on(3), extra=[extra]))
    assert found == [("gap_override", 1, 2), ("unplanned", 1, 2)]


# -- decisions -----------------------------------------------------------------------------------

SHIFT = Shift("s", ShiftScope.ONWARD, ("interferon",), on(3), 2, ShiftMode.RE_ANCHOR, "away", "Wu")
DECISIONS: list[tuple[Fact, str | None, int]] = [
    (Hold("h", "thalidomide", on(5), None, HoldReason.TOXICITY, "Wu Min"), "hold", 5),
    (Omission("m", "sorafenib", on(5), on(6), "operation", "Wu Min"), "omitted", 5),
    (SHIFT, "shifted", 3),
    (PlannedStart("n", 2, on(31), "holiday", "Wu Min"), "shifted", 31),
    (DoseOrder("thalidomide", Dose.of("50", "mg"), on(9), id="o2"), "dose_change", 9),
    (OwnTime("t", ClockTime("sorafenib", "morning", None, on(4)), "", ""), "time_change", 4),
    (CourseEnd(on(20), EndReason.TOXICITY, "Wu Min"), "course_ended", 20),
    (CycleStart(2, on(29)), None, 29),
    (Resume("h", on(7)), None, 7),
]  # fmt: skip


@pytest.mark.parametrize(("fact", "kind", "day"), DECISIONS, ids=lambda v: type(v).__name__)
def test_a_decision_about_the_plan_is_one_on_its_first_day(
    fact: Fact, kind: str | None, day: int
) -> None:
    of = course()
    if isinstance(fact, DoseOrder):
        of = course(orders=(IBUPROFEN, fact))
    found = deviations(facts_of(of, on(1), decisions=[Decided((fact,))],
                                   assessments=(ASSESSED,)))  # fmt: skip
    assert [(one.kind.value, one.on) for one in found] == ([(kind, on(day))] if kind else [])
    assert all(one.by == "Wu Min" and one.recorded_by == "Li Na" for one in found)


def test_another_version_of_the_regimen_is_one() -> None:
    of = course()
    change = RegimenChange("g", on(10), of.regimen, of.regimen, "amended", "Wu Min")
    found = facts_of(of, on(1), decisions=[Decided((change,))], assessments=(ASSESSED,))
    assert listed(found) == [("regimen_change", 1, 10)]


def test_the_first_dose_of_a_drug_that_the_regimen_leaves_open_is_none_and_the_second_is() -> None:
    second = DoseOrder("ibuprofen", Dose.of("300", "mg"), on(8), id="o2")
    of = course(orders=(IBUPROFEN, second))
    found = facts_of(of, on(1), decisions=[Decided((IBUPROFEN,)), Decided((second,))],
                        assessments=(ASSESSED,))  # fmt: skip
    assert listed(found) == [("dose_change", 1, 8)]


def test_a_decision_names_every_drug_that_it_is_about_once() -> None:
    holds = tuple(
        Hold(f"h{name}", name, on(2), None, HoldReason.COUNT, "Wu Min")
        for name in ("interferon", "interleukin2")
    )
    one = only(facts_of(course(), on(1), decisions=[Decided(holds)], assessments=(ASSESSED,)))
    assert [name.en for name in one.drugs] == ["interferon alfa-1b", "interleukin-2"]


# -- cycles --------------------------------------------------------------------------------------


def two_cycles(second: int, **more: object) -> CourseFacts:
    """A course whose cycle 2 began on day `second` of the first, all assessments made."""
    of = course(cycles=(CycleStart(1, DAY_1), CycleStart(2, on(second))))
    before = replace(ASSESSED, id="b", cycle=2, on=on(second))
    values: dict[str, object] = {"assessments": (ASSESSED, before), **more}
    return facts_of(of, on(second), **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("second", "kind", "done"),
    [
        (28, "cycle_early", "began one day early"),
        (29, None, ""),
        (30, "cycle_late", "began one day late"),
        (36, "cycle_late", "began 7 days late"),
    ],
)
def test_a_cycle_that_does_not_follow_on_the_day_after_the_one_before_is_one(
    second: int, kind: str | None, done: str
) -> None:
    found = deviations(two_cycles(second))
    assert [one.kind.value for one in found] == ([kind] if kind else [])
    if kind:
        assert said(found[0].planned) == "cycle 2 on 30-Mar-2026"
        assert said(found[0].done) == done
        assert (found[0].cycle, found[0].day, found[0].on) == (2, 1, on(second))


def test_a_late_cycle_has_the_reason_and_name_of_the_latest_decision_to_put_it_off() -> None:
    put_off = [
        Decided((PlannedStart(str(day), 2, on(day), why, "Wu Min"),), say("replan.text", text=why))
        for day, why in ((31, "fever"), (33, "low count"))
    ]  # fmt: skip
    entered = Decided((CycleStart(2, on(33)),), decided_by="", entered_by="Zhao Yun")
    found = deviations(two_cycles(33, decisions=[*put_off, entered]))
    late = next(one for one in found if one.kind is K.CYCLE_LATE)
    assert (said(late.why), late.by, late.recorded_by) == ("low count", "Wu Min", "Zhao Yun")


@pytest.mark.parametrize(("days", "lacks"), [(0, False), (7, False), (8, True)])
def test_an_assessment_speaks_for_a_cycle_for_seven_days(days: int, lacks: bool) -> None:
    made = replace(ASSESSED, on=DAY_1 - timedelta(days=days))
    found = listed(facts_of(course(), on(1), assessments=(made,)))
    assert found == ([("no_assessment", 1, 1)] if lacks else [])


def test_an_assessment_that_somebody_waived_is_told_with_the_name_and_the_reason() -> None:
    waived = Override(2, AssessmentKind.BEFORE, "on paper", "Wu Min")
    found = two_cycles(29, assessments=(ASSESSED,), overrides=(waived,))
    one = only(found)
    assert (one.kind, one.cycle, said(one.why), one.by) == (
        K.NO_ASSESSMENT, 2, "on paper", "Wu Min",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("reason", "today", "lacks"),
    [
        (EndReason.TOXICITY, 20, False),
        (EndReason.TOXICITY, 21, True),
        (EndReason.DEATH, 21, False),
        (EndReason.LOST, 21, False),
    ],
)
def test_a_course_that_ended_lacks_its_last_assessment_unless_nobody_can_be_assessed(
    reason: EndReason, today: int, lacks: bool
) -> None:
    of = course(ended_on=on(20), end_reason=reason)
    found = listed(facts_of(of, on(today), assessments=(ASSESSED,)))
    assert found == ([("no_assessment", 1, 20)] if lacks else [])


# -- the log -------------------------------------------------------------------------------------


def test_the_log_is_in_order_of_days_and_a_cycle_has_its_own_part() -> None:
    hold = Hold("h", "thalidomide", on(2), on(4), HoldReason.TOXICITY, "Wu Min")
    but = {"sorafenib/3/morning": left(Status.MISSED, "away"), SORAFENIB: taken(200)}
    found = deviations(facts(course(holds=(hold,)), on(4), but, decisions=[Decided((hold,))]))
    assert [one.on for one in found] == sorted(one.on for one in found)
    assert [one.kind for one in found] == [K.LATE, K.HOLD, K.MISSED]
    assert of_cycle(found, 1) == found
    assert of_cycle(found, 2) == ()


def test_deviations_of_one_day_and_kind_are_in_order_of_their_times() -> None:
    slots = ("midday", "evening", "morning")
    but: Records = {f"danshen/2/{slot}": left(Status.MISSED, "away") for slot in slots}
    found = deviations(facts(course(), on(3), but))
    told = [said(one.planned) for one in found]
    assert told == sorted(told) == ["at 08:00", "at 13:00", "at 17:30"]


def test_every_kind_has_one_group_and_words_in_each_language() -> None:
    assert sorted(kind for kinds in GROUPS.values() for kind in kinds) == sorted(K)
    for language in LANGUAGES:
        words = catalogue(language)
        told = [words.text(f"deviation.kind.{kind.value}") for kind in K]
        assert len(set(told)) == len(K)
        assert all(words.text(f"deviation.group.{group.value}") for group in Group)


@settings(max_examples=25, deadline=None)
@given(st.integers(-700, 700), st.sampled_from(["100", "400", "600"]))
def test_a_dose_departs_exactly_by_its_time_and_its_amount(minutes: int, amount: str) -> None:
    """However late and however much: the log asks the same window as the flow sheet's sign."""
    record = taken(minutes, amount, "other")
    found = facts(course(), on(4), {SORAFENIB: record})
    kinds = {one.kind for one in deviations(found)}
    expected = {K.OTHER_AMOUNT} if amount != "400" else set()
    if minutes > 120:
        expected.add(K.LATE)
    if minutes < -120:
        expected.add(K.EARLY)
    assert kinds == expected
