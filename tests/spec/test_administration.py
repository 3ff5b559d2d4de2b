"""How a dose stands: windows, late, overdue, unconfirmed (clinical rules, "Missed, late, held")."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest

from aml_maint.domain.administration import (
    Administration,
    CellState,
    Status,
    cell_state,
    is_needed,
    off_time,
    premedication_gap,
    reason_text,
)
from aml_maint.domain.course import Course, CycleStart, Hold, HoldReason
from aml_maint.domain.errors import BadInput
from aml_maint.domain.gate import GateEvidence, evaluate_all
from aml_maint.domain.intensity import DoseOutcome, intensity, reasons
from aml_maint.domain.moment import Moment
from aml_maint.domain.quantities import Dose
from aml_maint.domain.schedule import PlannedDose, doses_of_cycle, doses_on
from aml_maint.services.library import regimen

ZONE = "Asia/Shanghai"
DAY_1 = date(2026, 3, 1)
COURSE = Course("c", "p", regimen("sorafenib_iti"), ZONE, (CycleStart(1, DAY_1),))
_ids = count()


def dose(component: str, slot: str = "", day: date = DAY_1) -> PlannedDose:
    return next(
        d
        for d in doses_on(COURSE, day)
        if d.component.id == component and (not slot or d.id.slot == slot)
    )


def local(text: str) -> datetime:
    return Moment.at(datetime.fromisoformat(text), ZONE).utc


def record(
    planned: PlannedDose, status: Status, at: str | None = None, **more: Any
) -> Administration:
    given = None if at is None else Moment.at(datetime.fromisoformat(at), ZONE)
    recorded = Moment.at(datetime(2026, 4, 30, 12, tzinfo=UTC), ZONE)
    amount = planned.dose or Dose.of("200", "mg")
    values: dict[str, Any] = {
        "dose": amount if given else None,
        "reason": None if status is Status.GIVEN else "other",
    }
    return Administration(
        str(next(_ids)), planned.id, "p", status, planned.at, planned.at, given,
        recorded=recorded, recorded_by="Li Na", recorded_role="nurse", **(values | more),
    )  # fmt: skip


# component, slot, now → state with nothing recorded
UNRECORDED = [
    ("sorafenib", "morning", "2026-03-01T04:59", "planned"),  # ± 2 hours around 07:00
    ("sorafenib", "morning", "2026-03-01T05:00", "due"),
    ("sorafenib", "morning", "2026-03-01T09:00", "due"),
    ("sorafenib", "morning", "2026-03-01T09:01", "overdue"),
    ("sorafenib", "morning", "2026-03-01T23:59", "overdue"),
    ("sorafenib", "morning", "2026-03-02T00:00", "unconfirmed"),  # its day is over
    ("interferon", "evening", "2026-03-01T14:59", "planned"),  # ± 4 hours around 19:00
    ("interferon", "evening", "2026-03-01T23:00", "due"),
    ("interferon", "evening", "2026-03-01T23:01", "overdue"),
    ("thalidomide", "bedtime", "2026-03-01T20:00", "due"),
    ("thalidomide", "bedtime", "2026-03-02T00:00", "due"),
    ("thalidomide", "bedtime", "2026-03-02T00:01", "unconfirmed"),
    ("ibuprofen", "evening", "2026-03-01T17:44", "planned"),  # 75 to 45 minutes before 19:00
    ("ibuprofen", "evening", "2026-03-01T17:45", "due"),
    ("ibuprofen", "evening", "2026-03-01T18:15", "due"),
    ("ibuprofen", "evening", "2026-03-01T18:16", "overdue"),
]


@pytest.mark.parametrize(("component", "slot", "now", "state"), UNRECORDED)
def test_an_unrecorded_dose_is_planned_due_overdue_and_then_unconfirmed(
    component: str, slot: str, now: str, state: str
) -> None:
    assert cell_state(dose(component, slot), None, None, local(now)) == CellState(state)


# component, given at → state and side of the window
GIVEN = [
    ("sorafenib", "2026-03-01T07:00", "given", None),
    ("sorafenib", "2026-03-01T09:00", "given", None),
    ("sorafenib", "2026-03-01T09:01", "given_late", "late"),
    ("sorafenib", "2026-03-01T04:59", "given_early", "early"),
    ("interferon", "2026-03-01T23:01", "given_late", "late"),
]


@pytest.mark.parametrize(("component", "at", "state", "side"), GIVEN)
def test_a_dose_given_outside_its_window_is_late_or_early(
    component: str, at: str, state: str, side: str | None
) -> None:
    planned = dose(component)
    found = cell_state(planned, record(planned, Status.GIVEN, at), None, local(at))
    assert found == CellState(state)
    assert off_time(planned, local(at)) == side


def test_ibuprofens_window_hangs_on_the_interferon_really_given() -> None:
    planned = dose("ibuprofen")
    taken = record(planned, Status.GIVEN, "2026-03-01T18:00")
    assert cell_state(planned, taken, None, local("2026-03-02T12:00")) is CellState.GIVEN
    late_injection = local("2026-03-01T20:00")
    moved = cell_state(planned, taken, None, local("2026-03-02T12:00"), late_injection)
    assert moved is CellState.GIVEN_EARLY


def test_the_gap_of_the_pair_is_known_only_when_both_were_given() -> None:
    before, after = dose("ibuprofen"), dose("interferon")
    first = record(before, Status.GIVEN, "2026-03-01T18:02")
    second = record(after, Status.GIVEN, "2026-03-01T19:00")
    assert premedication_gap(first, second) == 58
    assert premedication_gap(first, record(after, Status.MISSED)) is None
    assert premedication_gap(record(before, Status.REFUSED), second) is None


@pytest.mark.parametrize(
    "status", [Status.MISSED, Status.HELD, Status.REFUSED, Status.NOT_APPLICABLE]
)
def test_a_recorded_status_speaks_for_itself(status: Status) -> None:
    planned = dose("sorafenib")
    found = cell_state(planned, record(planned, status), None, local("2026-03-01T07:00"))
    assert found.value == status.value


@pytest.mark.parametrize(
    ("status", "at", "needed"),
    [
        (Status.GIVEN, "2026-03-01T19:00", True),
        (Status.PARTLY_GIVEN, "2026-03-01T19:00", True),
        (Status.HELD, None, False),
        (Status.MISSED, None, False),
        (Status.REFUSED, None, False),
        (Status.NOT_APPLICABLE, None, False),
    ],
)
def test_ibuprofen_is_needed_only_with_an_interferon_that_is_given(
    status: Status, at: str | None, needed: bool
) -> None:
    found = is_needed(record(dose("interferon"), status, at))
    assert found is needed
    before = dose("ibuprofen")
    now = local("2026-03-01T18:00")
    expected = CellState.DUE if needed else CellState.NOT_APPLICABLE
    assert cell_state(before, None, None, now, needed=found) is expected
    # What was recorded of it speaks all the same.
    taken = record(before, Status.GIVEN, "2026-03-01T18:00")
    assert cell_state(before, taken, None, now, needed=found) is CellState.GIVEN


def test_ibuprofen_is_needed_while_nothing_is_recorded_of_the_interferon() -> None:
    assert is_needed(None)


def test_a_held_dose_and_a_closed_gate_are_shown_before_overdue() -> None:
    held = dose("sorafenib")._replace(
        hold=Hold("h", "sorafenib", DAY_1, None, HoldReason.TOXICITY, "Dr Wu")
    )
    assert cell_state(held, None, None, local("2026-03-01T23:00")) is CellState.HELD
    danshen = dose("danshen", "morning")
    verdict = evaluate_all(danshen.component, GateEvidence(), danshen.due)
    assert cell_state(danshen, None, verdict, local("2026-03-05T00:00")) is CellState.GATE_CLOSED


REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("given without a time", {"given": None}),
    ("given without an amount", {"dose": None}),
    ("given in the future", {"given": Moment.at(datetime(2026, 5, 1, tzinfo=UTC), ZONE)}),
    ("missed with an amount", {"status": Status.MISSED, "reason": "forgotten"}),
    ("held without a reason", {"status": Status.HELD, "given": None, "dose": None}),
    ("a reason that is no code", {"reason": "because"}),
    ("a reason of another status", {"reason": "side_effects"}),
    ("a site that is none", {"site": "nose"}),
]


@pytest.mark.parametrize(("name", "change"), REFUSED, ids=[name for name, _ in REFUSED])
def test_an_impossible_record_cannot_be_made(name: str, change: dict[str, Any]) -> None:
    good = record(dose("sorafenib"), Status.GIVEN, "2026-03-01T07:00")
    with pytest.raises(BadInput):
        replace(good, **change)


def test_a_reason_has_words_only_for_its_status() -> None:
    assert reason_text(Status.HELD, "count").key == "reason.count"
    with pytest.raises(BadInput):
        reason_text(Status.MISSED, "count")


def outcomes(component: str, records: dict[int, Administration | None]) -> list[DoseOutcome]:
    """Outcomes of a component's doses in cycle 1 by number; the others were given as planned."""
    found = []
    planned = [d for d in doses_of_cycle(COURSE, 1) if d.component.id == component]
    for number, one in enumerate(planned, 1):
        taken = records.get(number, record(one, Status.GIVEN, one.at.isoformat()))
        state = cell_state(one, taken, None, local("2026-04-20T00:00"))
        found.append(DoseOutcome(one, state, taken))
    return found


def test_relative_dose_intensity_of_12_of_14_injections_with_a_3_day_delay_is_77_4_percent() -> (
    None
):
    planned = [d for d in doses_of_cycle(COURSE, 1) if d.component.id == "interferon"]
    missed = {n: record(planned[n - 1], Status.MISSED) for n in (3, 9)}
    found = intensity("interferon", outcomes("interferon", dict(missed)), 28, 31)
    assert (found.planned, found.given, found.missed) == (14, 12, 2)
    assert found.given_dose == 720
    assert found.rdi is not None
    assert round(found.rdi * 100, 1) == Decimal("77.4")
    assert found.adherence == Decimal(12) / 14


def test_relative_dose_intensity_of_sorafenib_halved_for_14_days_is_75_percent() -> None:
    planned = [d for d in doses_of_cycle(COURSE, 1) if d.component.id == "sorafenib"]
    half = {n: record(planned[n - 1], Status.REFUSED) for n in range(29, 57) if n % 2 == 0}
    found = intensity("sorafenib", outcomes("sorafenib", dict(half)), 28, 28)
    assert found.given_dose == 16_800
    assert found.planned_dose == 22_400
    assert found.rdi == Decimal("0.75")


def test_extra_doses_count_as_given_in_the_intensity_and_never_as_planned() -> None:
    extra = [Dose.of("60", "ug"), Dose.of("30", "ug")]
    found = intensity("interferon", outcomes("interferon", {}), 28, 28, extra=extra)
    assert (found.planned, found.given, found.extra) == (14, 14, 2)
    assert (found.planned_dose, found.given_dose) == (840, 930)
    assert found.rdi == Decimal(930) / 840  # above 100 %: more was given than planned
    assert found.adherence == 1


def test_unconfirmed_is_never_counted_as_given() -> None:
    found = intensity("thalidomide", outcomes("thalidomide", {5: None, 6: None}), 28, 28)
    assert (found.planned, found.given, found.unconfirmed) == (28, 26, 2)
    assert found.given_dose == 2_600


def test_doses_held_by_the_clinic_do_not_count_against_adherence() -> None:
    planned = [d for d in doses_of_cycle(COURSE, 1) if d.component.id == "thalidomide"]
    held = {n: record(planned[n - 1], Status.HELD, reason="toxicity") for n in (1, 2, 3, 4)}
    found = intensity("thalidomide", outcomes("thalidomide", dict(held)), 28, 28)
    assert found.adherence == 1
    assert found.rdi == Decimal(24) / 28


def test_doses_behind_a_closed_gate_are_not_due() -> None:
    planned = [d for d in doses_of_cycle(COURSE, 1) if d.component.id == "danshen"]
    made = [
        DoseOutcome(one, CellState.GATE_CLOSED if n < 6 else CellState.GIVEN,
                    None if n < 6 else record(one, Status.GIVEN, one.at.isoformat()))
        for n, one in enumerate(planned)
    ]  # fmt: skip
    found = intensity("danshen", made, 28, 28)
    assert (found.planned, found.given, found.gate_closed) == (78, 78, 6)
    assert found.rdi == 1


def test_a_dose_recorded_as_held_behind_a_closed_gate_is_not_due_either() -> None:
    planned = [d for d in doses_of_cycle(COURSE, 1) if d.component.id == "danshen"]
    made = []
    for number, one in enumerate(planned):
        held = record(one, Status.HELD, reason="count")
        taken = record(one, Status.GIVEN, one.at.isoformat())
        made.append(
            DoseOutcome(one, CellState.HELD, held, gate_closed=True)
            if number < 6
            else DoseOutcome(one, CellState.GIVEN, taken)
        )
    found = intensity("danshen", made, 28, 28)
    assert (found.planned, found.given, found.held) == (78, 78, 6)
    assert (found.rdi, found.adherence) == (1, 1)


def test_a_dose_in_its_window_counts_neither_for_nor_against() -> None:
    planned = [d for d in doses_of_cycle(COURSE, 1) if d.component.id == "sorafenib"][:2]
    made = [
        DoseOutcome(planned[0], CellState.GIVEN, record(planned[0], Status.GIVEN, "2026-03-01T07")),
        DoseOutcome(planned[1], CellState.DUE, None),
    ]
    found = intensity("sorafenib", made, 1, 1)
    assert (found.planned, found.given, found.rdi) == (1, 1, 1)


def test_what_is_given_on_overrun_days_is_given_within_the_actual_days() -> None:
    late = Course("c", "p", COURSE.regimen, ZONE, (CycleStart(1, DAY_1),
                  CycleStart(2, DAY_1 + timedelta(days=31))))  # fmt: skip
    all_of_it = [
        DoseOutcome(one, CellState.GIVEN, record(one, Status.GIVEN, one.at.isoformat()))
        for one in doses_of_cycle(late, 1)
        if one.component.id == "sorafenib"
    ]
    planned, overrun = all_of_it[:56], all_of_it[56:]
    assert len(overrun) == 6
    never_stopped = intensity("sorafenib", planned, 28, 31, overrun)
    assert (never_stopped.planned, never_stopped.given) == (56, 56)
    assert never_stopped.given_dose == 62 * 400
    assert never_stopped.rdi == 1
    stopped = intensity("sorafenib", planned, 28, 31)
    assert stopped.rdi is not None
    assert round(stopped.rdi * 100, 1) == Decimal("90.3")


def test_intensity_is_unknown_where_no_dose_is_planned_or_known() -> None:
    assert intensity("sorafenib", [], 28, 28).rdi is None
    assert intensity("sorafenib", [], 28, 28).adherence is None
    unordered = intensity("ibuprofen", outcomes("ibuprofen", {}), 28, 28)
    assert unordered.rdi is None
    assert unordered.given_dose == 14 * 200


def test_intensity_is_unknown_when_the_dose_was_ordered_only_after_some_were_due() -> None:
    late = [
        replace(o, planned=o.planned._replace(dose=Dose.of("200", "mg"))) if n >= 7 else o
        for n, o in enumerate(outcomes("ibuprofen", {}))
    ]
    found = intensity("ibuprofen", late, 28, 28)
    assert found.planned_dose is None
    assert found.rdi is None


def test_reasons_are_counted_by_status_and_code() -> None:
    planned = [d for d in doses_of_cycle(COURSE, 1) if d.component.id == "thalidomide"]
    held = {n: record(planned[n - 1], Status.HELD, reason="count") for n in (1, 2)}
    late = {9: record(planned[8], Status.GIVEN, "2026-03-10T05:00", reason="asleep")}
    found = reasons(outcomes("thalidomide", {**held, **late}))
    assert found == {(Status.HELD, "count"): 2, (Status.GIVEN, "asleep"): 1}


def test_a_day_has_24_hours_even_when_recorded_from_another_zone() -> None:
    planned = dose("sorafenib")
    given = Moment.at(datetime(2026, 2, 28, 23, 30, tzinfo=UTC), "Europe/Berlin")
    base = record(planned, Status.GIVEN, "2026-03-01T07:00")
    assert cell_state(planned, replace(base, given=given), None, planned.due) is CellState.GIVEN
    assert given.utc - planned.due == timedelta(minutes=30)
