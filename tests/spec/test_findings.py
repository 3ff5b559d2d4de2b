"""What needs attention: each rule with its edge (requirements, "Findings v1").

Times are of the course's clocks. Day 1 of cycle 1 is Monday 2 March 2026.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from aml_maint.domain.administration import Administration, Status
from aml_maint.domain.course import (
    Course,
    CycleStart,
    EndReason,
    Hold,
    HoldReason,
    PlannedStart,
)
from aml_maint.domain.errors import BadInput
from aml_maint.domain.finding_rules import findings
from aml_maint.domain.finding_snapshot import Snapshot
from aml_maint.domain.findings import (
    Action,
    Dismissal,
    Finding,
    FindingKind,
    Severity,
)
from aml_maint.domain.gate import GateEvidence
from aml_maint.domain.labs import LabResult
from aml_maint.domain.marrow import (
    AspirateQuality,
    Assay,
    FlowResult,
    Marrow,
    Morphology,
    Result,
    Specimen,
)
from aml_maint.domain.messages import LANGUAGES
from aml_maint.domain.moment import Moment
from aml_maint.domain.quantities import Dose, LabValue
from aml_maint.domain.regimen import DoseOrder
from aml_maint.domain.schedule import PlannedDose, SlotId, doses_between
from aml_maint.services.dose_view import views
from aml_maint.services.language import catalogue
from aml_maint.services.library import regimen
from tests.builders import DAY_1, LIMITS, ZONE, moment

Kind = FindingKind
IBUPROFEN = DoseOrder("ibuprofen", Dose(Decimal(200), "mg"), DAY_1)


def on(day: int) -> date:
    """Day `day` of cycle 1."""
    return DAY_1 + timedelta(days=day - 1)


def course(**facts: object) -> Course:
    plain = Course("c", "p", regimen("sorafenib_iti"), ZONE, (CycleStart(1, DAY_1),), (IBUPROFEN,))
    return replace(plain, **facts)  # type: ignore[arg-type]


def count(value: str, collected: str, analyte: str = "platelets") -> LabResult:
    unit = {"platelets": "10*9/L", "egfr": "mL/min/{1.73_m2}"}[analyte]
    result = LabValue.parse(value, unit)
    return LabResult(f"{analyte} {collected}", "p", analyte, result, moment(collected))


def marrow(collected: str, *results: Result) -> Marrow:
    """A marrow with these results, an adequate morphology if none is named."""
    assays = {Morphology: Assay.MORPHOLOGY, FlowResult: Assay.FLOW}
    specimens = tuple(
        Specimen(f"s {number} {collected}", assays[type(result)], result=result)
        for number, result in enumerate(results or [Morphology(Decimal(1))])
    )
    return Marrow("m " + collected, "p", moment(collected), specimens=specimens)


def recorded(planned: PlannedDose, status: Status, reason: str | None = None) -> Administration:
    given = Moment.at(planned.due, ZONE) if status is Status.GIVEN else None
    return Administration(
        str(planned.id), planned.id, "p", status, planned.ideal, planned.at, given,
        planned.dose if given else None, moment("2027-01-01T00:00"), "Li Na", "nurse", reason,
    )  # fmt: skip


GIVEN = (Status.GIVEN, None)
NOT_HERE = "no record"


def snapshot(
    now: str,
    of: Course | None = None,
    *,
    counts: Sequence[LabResult] | None = None,
    marrows: Sequence[Marrow] | None = None,
    but: dict[str, tuple[Status, str | None] | str] | None = None,
) -> Snapshot:
    """A patient whose past doses were all given, but those named by `component/day/slot`.

    With no counts named all gates are open; with no marrows named one was on day -3.
    """
    mine = of or course()
    at = moment(now)
    today = at.local.date()
    if counts is None:
        days = [(today - timedelta(days=back)).isoformat() for back in range(9, -1, -1)]
        counts = [count("120", f"{day}T00:00") for day in days]
        counts += [count("90", f"{day}T00:00", "egfr") for day in days]
    if marrows is None:
        marrows = [marrow((DAY_1 - timedelta(days=4)).isoformat() + "T10:00")]
    planned = doses_between(mine, today - timedelta(days=7), today + timedelta(days=1))
    records = {}
    for dose in planned:
        name = f"{dose.id.component}/{(dose.id.planned_on - DAY_1).days + 1}/{dose.id.slot}"
        what = (but or {}).get(name, GIVEN if dose.due <= at.utc else NOT_HERE)
        if isinstance(what, tuple) and (dose.dose is not None or what[0] is not Status.GIVEN):
            records[dose.id] = recorded(dose, *what)
    evidence = GateEvidence(tuple(counts), first_day=mine.first_day)
    standing = views(planned, records, evidence, at.utc)
    return Snapshot(at, today, LIMITS, mine, standing, evidence, tuple(marrows))


def kinds(found: Snapshot) -> list[str]:
    return [finding.kind.value for finding in findings(found)]


def only(found: Snapshot) -> Finding:
    (finding,) = findings(found)
    return finding


def said(finding: Finding) -> str:
    return catalogue("en").text(finding.why).replace("\N{NO-BREAK SPACE}", " ")


def test_a_patient_whose_doses_counts_and_marrow_are_in_order_needs_nothing() -> None:
    assert findings(snapshot("2026-03-10T12:00")) == ()


# -- doses ---------------------------------------------------------------------------------------

# Sorafenib is due at 07:00 and on time until 09:00.
OVERDUE = [("08:59", []), ("09:00", []), ("09:01", ["dose_overdue"])]


@pytest.mark.parametrize(("now", "expected"), OVERDUE)
def test_a_dose_is_overdue_when_its_window_is_over_and_nothing_is_recorded(
    now: str, expected: list[str]
) -> None:
    found = snapshot(f"2026-03-10T{now}", but={"sorafenib/9/morning": NOT_HERE})
    assert kinds(found) == expected


def test_all_overdue_doses_of_today_are_one_finding_that_names_them_in_order() -> None:
    lost = {f"danshen/9/{slot}": NOT_HERE for slot in ("midday", "morning")}
    finding = only(snapshot("2026-03-10T16:00", but=lost | {"sorafenib/9/morning": NOT_HERE}))
    assert finding.severity is Severity.URGENT
    assert finding.action is Action.RECORD_DOSES
    assert said(finding) == (
        "3 doses are overdue: sorafenib 07:00, compound Danshen tablets 08:00, "
        "compound Danshen tablets 13:00"
    )
    assert [slot.slot for slot in finding.slots] == ["morning", "morning", "midday"]


# How many days ago it was planned → is it still asked for. The week before is looked at.
UNCONFIRMED = [(1, True), (7, True), (8, False)]


@pytest.mark.parametrize(("days", "asked"), UNCONFIRMED)
def test_an_unconfirmed_dose_of_the_last_seven_days_is_asked_for(days: int, asked: bool) -> None:
    found = snapshot("2026-03-15T12:00", but={f"thalidomide/{14 - days}/bedtime": NOT_HERE})
    assert kinds(found) == (["dose_unconfirmed"] if asked else [])


def test_a_dose_of_yesterday_that_is_still_in_its_window_is_not_asked_for_twice() -> None:
    found = snapshot("2026-03-10T00:00", but={"thalidomide/8/bedtime": NOT_HERE})
    assert kinds(found) == []  # 22:00 and two hours: on time until midnight


NOT_TAKEN = [
    ({"thalidomide/8/bedtime": (Status.MISSED, "forgotten")}, Severity.NOTICE),
    ({"thalidomide/8/bedtime": (Status.REFUSED, "side_effects")}, Severity.NOTICE),
    (
        {
            "thalidomide/8/bedtime": (Status.MISSED, "asleep"),
            "sorafenib/8/evening": (Status.MISSED, "asleep"),
        },
        Severity.NOTICE,
    ),
    (
        {
            "thalidomide/8/bedtime": (Status.MISSED, "asleep"),
            "thalidomide/7/bedtime": (Status.REFUSED, "feels_well"),
        },
        Severity.ATTENTION,
    ),
]


@pytest.mark.parametrize(("lost", "severity"), NOT_TAKEN)
def test_missed_and_refused_doses_are_told_and_several_of_one_drug_weigh_more(
    lost: dict[str, tuple[Status, str | None] | str], severity: Severity
) -> None:
    finding = only(snapshot("2026-03-10T12:00", but=lost))
    assert (finding.kind, finding.severity) == (Kind.DOSE_MISSED, severity)
    assert len(finding.slots) == len(lost)


def test_a_dose_not_taken_is_told_with_its_day_and_reason() -> None:
    lost: dict[str, tuple[Status, str | None] | str] = {
        "thalidomide/8/bedtime": (Status.MISSED, "forgotten")
    }
    assert said(only(snapshot("2026-03-10T12:00", but=lost))) == (
        "One dose not taken in the last 7 days: thalidomide 09-Mar-2026 missed (forgotten)"
    )


def test_a_dose_held_by_the_clinic_is_not_told_as_missed() -> None:
    held = {"thalidomide/8/bedtime": (Status.HELD, "toxicity")}
    assert kinds(snapshot("2026-03-10T12:00", but=dict(held))) == []


@pytest.mark.parametrize(
    ("now", "severity"),
    [
        ("2026-03-10T06:00", Severity.URGENT),  # day 9: interferon and so ibuprofen are due
        ("2026-03-09T06:00", Severity.ATTENTION),  # day 8: tomorrow
    ],
)
def test_a_planned_drug_without_an_ordered_dose_is_told_before_it_is_due(
    now: str, severity: Severity
) -> None:
    found = findings(snapshot(now, course(orders=())))
    first = next(one for one in found if one.kind is Kind.DOSE_NOT_ORDERED)
    assert (first.subject, first.severity, first.action) == (
        "ibuprofen", severity, Action.ORDER_DOSE,
    )  # fmt: skip


# -- holds ---------------------------------------------------------------------------------------

# Review day, last day of the hold → is the review due on 10 March?
REVIEWS = [
    ("2026-03-10", None, True),
    ("2026-03-11", None, False),
    ("2026-03-09", "2026-03-20", True),
    ("2026-03-09", "2026-03-09", False),
    (None, None, False),
]


@pytest.mark.parametrize(("review", "last", "due"), REVIEWS)
def test_a_running_hold_is_reviewed_on_its_day(
    review: str | None, last: str | None, due: bool
) -> None:
    hold = Hold(
        "h", "thalidomide", date(2026, 3, 5), date.fromisoformat(last) if last else None,
        HoldReason.TOXICITY, "Wu Min", "", date.fromisoformat(review) if review else None,
    )  # fmt: skip
    found = snapshot("2026-03-10T12:00", course(holds=(hold,)))
    assert (Kind.HOLD_REVIEW.value in kinds(found)) is due


# -- gates ---------------------------------------------------------------------------------------

# Platelets of day 8, 16:00, seen at 12:00 on day 9 → kind. Danshen > 50, ibuprofen ≥ 50.
GATES = [
    ("120", []),
    ("50.1", []),
    ("50", ["gate_closed"]),
    ("49", ["gate_closed", "gate_closed"]),
    ("> 40", ["gate_undecided", "gate_undecided"]),
]


@pytest.mark.parametrize(("value", "expected"), GATES)
def test_a_closed_or_undecided_gate_is_told_for_each_drug_that_it_keeps_waiting(
    value: str, expected: list[str]
) -> None:
    counts = [count(value, "2026-03-09T16:00"), count("90", "2026-03-09T16:00", "egfr")]
    lost = dict.fromkeys(("danshen/9/midday", "danshen/9/evening"), NOT_HERE)
    found = snapshot("2026-03-10T12:00", counts=counts, but=dict(lost))
    told = [kind for kind in kinds(found) if kind.startswith("gate")]
    assert told == expected


def test_a_closed_gate_names_value_day_rule_and_whose_rule_it_is() -> None:
    counts = [count("50", "2026-03-09T16:00"), count("90", "2026-03-09T16:00", "egfr")]
    found = snapshot("2026-03-10T07:30", counts=counts)
    finding = next(one for one in findings(found) if one.kind is Kind.GATE_CLOSED)
    assert said(finding) == (
        "platelets 50 × 10⁹/L of 09-Mar-2026 16:00: must be above 50 × 10⁹/L, not met. "
        "Waiting: compound Danshen tablets"
    )
    assert "Cheng 2025" in catalogue("en").text(finding.source)
    assert (finding.severity, finding.action) == (Severity.ATTENTION, Action.RECORD_COUNT)


def test_a_count_that_is_missing_or_too_old_is_one_finding_for_all_drugs_that_wait() -> None:
    found = snapshot("2026-03-10T07:30", counts=[count("90", "2026-03-09T16:00", "egfr")])
    missing = [one for one in findings(found) if one.kind is Kind.COUNT_MISSING]
    assert [one.subject for one in missing] == ["platelets"]
    assert said(missing[0]).endswith("Waiting: ibuprofen, compound Danshen tablets")
    assert missing[0].severity is Severity.URGENT


# Collected on 3 March 07:30 (day 2); fresh for seven days, three if low. Seen on …
STALE = [
    ("120", "2026-03-10T07:30", False),
    ("120", "2026-03-10T07:31", True),
    ("74", "2026-03-06T07:30", False),
    ("74", "2026-03-06T07:31", True),
]


@pytest.mark.parametrize(("value", "now", "stale"), STALE)
def test_a_count_goes_stale_by_the_clock(value: str, now: str, stale: bool) -> None:
    counts = [count(value, "2026-03-03T07:30"), count("90", "2026-03-03T07:30", "egfr")]
    found = snapshot(now, counts=counts)
    assert (Kind.COUNT_STALE.value in kinds(found)) is stale


def test_a_count_is_asked_for_the_day_before_it_is_too_old_for_a_dose() -> None:
    counts = [count("120", "2026-03-03T12:00"), count("90", "2026-03-09T12:00", "egfr")]
    two_days, day_before = (
        snapshot(now, counts=counts) for now in ("2026-03-08T12:00", "2026-03-09T12:00")
    )
    assert Kind.COUNT_DUE.value not in kinds(two_days)
    finding = next(one for one in findings(day_before) if one.kind is Kind.COUNT_DUE)
    assert said(finding) == (
        "platelets of 03-Mar-2026 12:00 is too old from 10-Mar-2026 13:00 on: a new count keeps "
        "ibuprofen, compound Danshen tablets going"
    )
    assert finding.severity is Severity.NOTICE


def test_a_held_or_ended_drug_waits_for_no_count() -> None:
    hold = Hold("h", "interferon", on(1), None, HoldReason.TOXICITY, "Wu Min")
    danshen = replace(hold, id="d", component="danshen")
    held = course(holds=(hold, danshen))
    over = course(ended_on=on(8), end_reason=EndReason.WISH)
    for one in (held, over):
        assert Kind.COUNT_MISSING.value not in kinds(snapshot("2026-03-10T07:30", one, counts=[]))
    assert Kind.COUNT_MISSING.value in kinds(snapshot("2026-03-10T07:30", counts=[]))


def test_doses_given_before_a_low_count_was_known_are_told() -> None:
    counts = [
        count("120", "2026-03-03T00:00"), count("90", "2026-03-03T00:00", "egfr"),
        count("48", "2026-03-09T12:00"),
    ]  # fmt: skip
    found = [
        one
        for one in findings(snapshot("2026-03-10T07:30", counts=counts))
        if one.kind is Kind.GIVEN_WHILE_CLOSED
    ]
    (finding,) = found
    assert finding.subject == "danshen"
    assert [slot.slot for slot in finding.slots] == ["midday", "evening"]
    assert finding.action is Action.LOOK_AT_DOSES


def test_a_dose_given_by_a_named_override_is_no_such_surprise() -> None:
    counts = [count("48", "2026-03-09T12:00"), count("90", "2026-03-09T12:00", "egfr")]
    plain = snapshot("2026-03-10T07:30", counts=counts)
    known = views(
        [dose.planned for dose in plain.doses],
        {
            dose.planned.id: replace(
                dose.record, gate='{"override_by": "Wu Min", "override_reason": "bridging"}'
            )
            for dose in plain.doses
            if dose.record is not None
        },
        plain.evidence,
        plain.now.utc,
    )
    assert Kind.GIVEN_WHILE_CLOSED.value in kinds(plain)
    assert Kind.GIVEN_WHILE_CLOSED.value not in kinds(replace(plain, doses=known))


# -- cycles --------------------------------------------------------------------------------------

# Cycle 1 ends on 29 March. Today → severity and the words.
CYCLES = [
    ("2026-03-26", None, ""),
    ("2026-03-27", Severity.NOTICE, "Cycle 2 is due to start in 3 days, on 30-Mar-2026"),
    ("2026-03-29", Severity.NOTICE, "Cycle 2 is due to start tomorrow, on 30-Mar-2026"),
    ("2026-03-30", Severity.ATTENTION, "Cycle 2 is due to start today, 30-Mar-2026"),
    ("2026-03-31", Severity.ATTENTION, "Cycle 2 was due to start yesterday, on 30-Mar-2026"),
    ("2026-04-04", Severity.ATTENTION, "Cycle 2 was due to start 5 days ago, on 30-Mar-2026"),
]


@pytest.mark.parametrize(("today", "severity", "words"), CYCLES)
def test_the_next_cycle_is_announced_and_then_due_until_it_is_started(
    today: str, severity: Severity | None, words: str
) -> None:
    found = findings(snapshot(f"{today}T12:00", marrows=[marrow("2026-03-25T10:00")]))
    told = [one for one in found if one.kind is Kind.CYCLE_DUE]
    assert [(one.severity, said(one)) for one in told] == ([(severity, words)] if severity else [])


def test_a_started_cycle_is_due_no_more() -> None:
    two = course(cycles=(CycleStart(1, DAY_1), CycleStart(2, on(29))))
    found = snapshot("2026-03-30T12:00", two, marrows=[marrow("2026-03-25T10:00")])
    assert Kind.CYCLE_DUE.value not in kinds(found)


def test_after_the_last_cycle_of_a_regimen_the_end_is_asked_for_instead() -> None:
    limited = replace(regimen("sorafenib_iti"), max_cycles=1)
    found = findings(snapshot("2026-03-30T12:00", course(regimen=limited), marrows=[
        marrow("2026-03-25T10:00")
    ]))  # fmt: skip
    (finding,) = [one for one in found if one.kind is Kind.CYCLE_DUE]
    assert (finding.action, finding.subject) == (Action.END_COURSE, "end")
    before = snapshot("2026-03-29T12:00", course(regimen=limited), marrows=[
        marrow("2026-03-25T10:00")
    ])  # fmt: skip
    assert Kind.CYCLE_DUE.value not in kinds(before)


@pytest.mark.parametrize(("today", "told"), [("2026-02-26", False), ("2026-02-27", True)])
def test_a_course_that_begins_in_three_days_is_announced(today: str, told: bool) -> None:
    found = snapshot(f"{today}T12:00", marrows=[marrow("2026-02-25T10:00")])
    assert (Kind.CYCLE_DUE.value in kinds(found)) is told


def test_a_patient_without_a_course_is_offered_one_and_one_whose_course_ended_is_not() -> None:
    now = moment("2026-03-10T12:00")
    assert [one.kind for one in findings(Snapshot(now, on(9), LIMITS))] == [Kind.NO_COURSE]
    over = course(ended_on=on(3), end_reason=EndReason.WISH)
    assert kinds(snapshot("2026-03-20T12:00", over)) == []


# -- marrow --------------------------------------------------------------------------------------

# The last sample was on 2 March: the next is due on 30 March, seven days either way.
MARROWS = [
    ("2026-03-22", None, ""),
    ("2026-03-23", Severity.NOTICE, "The marrow is due in 7 days, on 30-Mar-2026"),
    ("2026-03-30", Severity.ATTENTION, "The marrow is due today, 30-Mar-2026"),
    ("2026-04-06", Severity.ATTENTION, "The marrow was due 7 days ago, on 30-Mar-2026"),
    ("2026-04-07", Severity.ATTENTION, "The marrow was due 8 days ago, on 30-Mar-2026"),
]


@pytest.mark.parametrize(("today", "severity", "words"), MARROWS)
def test_the_marrow_is_due_every_28_days_after_the_last_sample(
    today: str, severity: Severity | None, words: str
) -> None:
    last = marrow("2026-03-02T10:00")
    found = findings(snapshot(f"{today}T12:00", marrows=[last]))
    told = [(one.severity, said(one)) for one in found if one.kind is Kind.MARROW_DUE]
    tail = "; the last one was collected on 02-Mar-2026"
    assert told == ([(severity, words + tail)] if severity else [])


def test_past_its_window_a_marrow_due_is_a_new_finding() -> None:
    last = [marrow("2026-03-02T10:00")]
    found = [snapshot(f"2026-04-0{day}T12:00", marrows=last) for day in (5, 6, 7)]
    digests = [
        next(one.digest for one in findings(one) if one.kind is Kind.MARROW_DUE) for one in found
    ]
    assert digests[0] == digests[1] != digests[2]


def test_a_sample_that_could_not_be_judged_does_not_count_unless_flow_gave_an_answer() -> None:
    first = marrow("2026-03-02T10:00")
    nothing = Morphology(None, AspirateQuality.DRY_TAP)
    dry = marrow("2026-03-30T10:00", nothing)
    found = snapshot("2026-04-05T12:00", marrows=[first, dry])
    finding = next(one for one in findings(found) if one.kind is Kind.MARROW_DUE)
    assert said(finding).endswith("the sample of 30-Mar-2026 could not be judged")
    answered = marrow("2026-03-30T10:00", nothing, FlowResult(None, True))
    found = snapshot("2026-04-05T12:00", marrows=[first, answered])
    assert Kind.MARROW_DUE.value not in kinds(found)


def test_without_any_marrow_on_record_one_is_due_when_the_course_begins() -> None:
    finding = next(
        one for one in findings(snapshot("2026-03-02T06:00", marrows=[]))
        if one.kind is Kind.MARROW_DUE
    )  # fmt: skip
    assert said(finding) == "The marrow is due today, 02-Mar-2026; none is on record"


def test_a_regimen_that_asks_for_no_marrow_gets_none() -> None:
    other = course(regimen=regimen("iti"), orders=())
    assert Kind.MARROW_DUE.value not in kinds(snapshot("2026-06-02T06:00", other, marrows=[]))


# -- order, identity, dismissal ------------------------------------------------------------------


def many() -> tuple[Finding, ...]:
    return findings(
        snapshot(
            "2026-03-30T12:00", course(orders=()), counts=[], marrows=[],
            but={
                "sorafenib/29/morning": NOT_HERE,
                "sorafenib/28/morning": (Status.MISSED, "forgotten"),
                "thalidomide/27/bedtime": NOT_HERE,
            },
        )
    )  # fmt: skip


def test_the_most_pressing_comes_first() -> None:
    severities = [list(Severity).index(one.severity) for one in many()]
    assert severities == sorted(severities)
    assert many()[0].kind is Kind.DOSE_OVERDUE


def test_no_two_findings_of_a_patient_have_the_same_key() -> None:
    keys = [one.key for one in many()]
    assert len(keys) >= 6
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_says_why_and_whose_rule_it_is_in_both_languages(language: str) -> None:
    words = catalogue("zh" if language == "zh" else "en")
    for one in many():
        assert words.text(one.why)
        assert words.text(one.source)
        assert words.text(f"finding.kind.{one.kind.value}")
        assert words.text(f"finding.action.{one.action.value}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_severity_and_action_has_words(language: str) -> None:
    words = catalogue("zh" if language == "zh" else "en")
    for group, values in (("kind", Kind), ("severity", Severity), ("action", Action)):
        for value in values:
            assert words.text(f"finding.{group}.{value.value}")


def test_a_dismissal_holds_while_the_facts_stay_and_ends_when_they_change() -> None:
    lost = {"thalidomide/8/bedtime": NOT_HERE}
    before = only(snapshot("2026-03-10T12:00", but=dict(lost)))
    dismissal = Dismissal(
        "d", "p", before.key, before.digest, "home leave", moment("2026-03-10T12:00"), "Li Na",
        "nurse",
    )  # fmt: skip
    later = only(snapshot("2026-03-10T18:00", but=dict(lost)))
    assert dismissal.covers(later)
    more = snapshot("2026-03-10T18:00", but=lost | {"thalidomide/7/bedtime": NOT_HERE})
    assert not dismissal.covers(only(more))


def test_a_dismissal_takes_a_reason() -> None:
    with pytest.raises(BadInput) as refused:
        Dismissal("d", "p", "k", "f", "  ", moment("2026-03-10T12:00"), "Li Na", "nurse")
    assert refused.value.field == "reason"


def test_a_finding_is_about_slots_of_the_plan_that_a_screen_can_open() -> None:
    finding = only(snapshot("2026-03-10T12:00", but={"sorafenib/9/morning": NOT_HERE}))
    assert finding.slots == (SlotId("c", "sorafenib", on(9), "morning"),)
    assert finding.day == on(9)


@pytest.mark.parametrize(("day", "told"), [(28, False), (29, True), (32, True)])
def test_a_cycle_that_was_put_off_is_due_on_the_day_decided(day: int, told: bool) -> None:
    """Day 32 instead of day 29; it is told of from three days ahead, as any cycle."""
    decided = PlannedStart("s", 2, on(32), "counts", "Wu")
    put_off = course(planned_starts=(decided,))
    found = [f for f in findings(snapshot(f"{on(day)}T12:00", put_off)) if f.kind is Kind.CYCLE_DUE]
    assert bool(found) is told
    assert all(finding.day == on(32) for finding in found)
