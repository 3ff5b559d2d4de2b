"""What the Toxicity tab is told: cells, episodes, what lasts too long, what waits."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from aml_maint.domain.administration import Status
from aml_maint.domain.assessment import Assessment, AssessmentKind, Finding
from aml_maint.domain.known_time import KnownTime
from aml_maint.domain.quantities import LabValue
from aml_maint.domain.regimen import Advice
from aml_maint.domain.schedule import SlotId
from aml_maint.domain.toxicity_event import Criterion, GradePoint, ToxicityEvent
from aml_maint.services.assessments import record_assessment
from aml_maint.services.dosing import DoseEntry, log_dose
from aml_maint.services.lab_reading import lab_book
from aml_maint.services.observations import record_count
from aml_maint.services.people import admit_patient
from aml_maint.services.site_settings import change_setting
from aml_maint.services.toxicities import record_event, sign_events
from aml_maint.services.toxicity_chart import (
    CellState,
    GridRow,
    advice_on,
    toxicity_chart,
    unsigned_events,
)
from aml_maint.services.toxicity_tables import toxicity_tables
from aml_maint.services.treatment import start_cycle
from aml_maint.services.workplace import Workplace
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


def two_cycles(place: Workplace) -> tuple[str, str]:
    """A patient on day 8 of cycle 2."""
    patient, course = on_course(place)
    set_clock(place, "2026-03-30T08:00")
    start_cycle(place, course, date(2026, 3, 30), override=UNASSESSED)
    set_clock(place, "2026-04-06T09:00")
    return patient.id, course


def event(place: Workplace, who: tuple[str, str], term: str, grade: int | None, first: int,
          last: int | None = None, **facts: Any) -> None:  # fmt: skip
    """An event from one day of the course to another."""
    begins = DAY_1 + timedelta(days=first - 1)
    ends = None if last is None else DAY_1 + timedelta(days=last - 1)
    record_event(place, replace(ToxicityEvent.of(*who, term, ZONE, grade, begins, ends), **facts))


def row(place: Workplace, who: tuple[str, str], term: str) -> GridRow:
    return next(r for r in toxicity_chart(place, who[0]).rows if r.item.id == term)


def states(found: GridRow) -> list[tuple[str, int | None]]:
    return [(cell.state.value, cell.grade) for cell in found.cells]


def test_an_event_that_spans_cycles_stands_in_each_with_the_grade_it_had_there(
    place: Workplace,
) -> None:
    who = two_cycles(place)
    points = tuple(
        GradePoint(KnownTime.on(DAY_1 + timedelta(days=day - 1)), grade)
        for day, grade in ((20, 1), (27, 3), (30, 1))
    )
    event(place, who, "rash", 1, 20, grades=points)
    found = row(place, who, "rash")
    assert states(found) == [("blank", None), ("graded", 3), ("graded", 3)]
    assert found.ongoing and found.unsigned
    event(place, who, "diarrhoea", 2, 27, 30)
    assert states(row(place, who, "diarrhoea"))[1:] == [("graded", 2), ("graded", 2)]


def test_an_assessment_before_the_next_cycle_looks_back_on_the_last(place: Workplace) -> None:
    who = two_cycles(place)
    for cycle, on in ((1, DAY_1), (2, date(2026, 3, 30))):
        record_assessment(place, Assessment(
            "", who[0], who[1], cycle, AssessmentKind.BEFORE, on,
            (Finding("myalgia", 0), Finding("fatigue", None)),
        ))  # fmt: skip
    assert states(row(place, who, "myalgia")) == [("none", 0), ("none", 0), ("blank", None)]
    assert [c.state for c in row(place, who, "fatigue").cells] == [
        CellState.NOT_EVALUATED, CellState.NOT_EVALUATED, CellState.BLANK,
    ]  # fmt: skip


def test_what_is_present_but_not_graded_is_no_grade_0(place: Workplace) -> None:
    who = two_cycles(place)
    event(place, who, "headache", None, 3, 4)
    assert states(row(place, who, "headache"))[1] == ("ungraded", None)
    assert row(place, who, "headache").worst is None


def test_repeated_episodes_are_counted_in_their_cell_and_folded_by_the_sites_own_gap(
    place: Workplace,
) -> None:
    who = two_cycles(place)
    for day in (1, 3, 12):
        event(place, who, "fever_drug", 1, day, day + 1)
    assert row(place, who, "fever_drug").cells[1].episodes == 3
    groups = [len(group) for group in toxicity_chart(place, who[0]).episodes]
    assert groups == [1, 2]  # 4 March to 13 March is longer than a week
    change_setting(place, "toxicity.fold_within", 10, "our ward's view")
    assert [len(group) for group in toxicity_chart(place, who[0]).episodes] == [3]


def test_a_laboratory_value_gives_the_grade_and_is_the_evidence(place: Workplace) -> None:
    who = two_cycles(place)

    def platelets(value: str, at: str) -> None:
        record_count(place, who[0], "platelets", LabValue.parse(value, "10*9/L"), moment(at))

    for value, at in (("80", "2026-03-01T06:00"), ("20", "2026-03-12T06:00"),
                      ("45", "2026-03-20T06:00"), ("120", "2026-04-01T06:00")):  # fmt: skip
        platelets(value, at)
    found = row(place, who, "platelets")
    assert states(found) == [("graded", 1), ("graded", 4), ("none", 0)]
    evidence = found.cells[1].evidence
    assert evidence is not None and evidence.value.printed == "20"
    assert (found.worst, found.trend) == (4, -1)
    chart = toxicity_chart(place, who[0])
    assert chart.course is not None
    assert advice_on(chart.course, found) == ()  # it is over
    platelets("20", "2026-04-05T06:00")
    (advice,) = advice_on(chart.course, row(place, who, "platelets"))
    assert (advice.advice, advice.component and advice.component.id) == (Advice.HOLD, "interferon")


def test_what_outlasts_the_paper_is_marked_and_what_is_over_is_advised_on_no_more(
    place: Workplace,
) -> None:
    who = two_cycles(place)
    event(place, who, "rhinorrhoea", 1, 1, 10)
    event(place, who, "hand_foot_skin_reaction", 3, 30)
    event(place, who, "hand_foot_skin_reaction", 3, 2, 9)
    views = {view.event.onset.iso: view for view in toxicity_chart(place, who[0]).events}
    assert views["2026-03-02"].longer == 3
    assert views["2026-03-03"].suggestions == ()
    (advice,) = views["2026-03-31"].suggestions
    assert (advice.advice, advice.occurrence) == (Advice.HOLD, 2)


def test_the_queue_of_the_ward_names_serious_and_severe_events_first(place: Workplace) -> None:
    who = two_cycles(place)
    other = a_patient("MRN-2")
    admit_patient(place, other)
    event(place, who, "rash", 1, 3)
    event(place, (other.id, None), "infection", 2, 4, serious=True,  # type: ignore[arg-type]
          criteria=frozenset({Criterion.HOSPITALISATION}))  # fmt: skip
    event(place, who, "diarrhoea", 4, 3)
    waiting = unsigned_events(place)
    assert [view.event.term for _, view in waiting] == ["infection", "diarrhoea", "rash"]
    assert [patient.mrn for patient, _ in waiting] == ["MRN-2", "MRN-1", "MRN-1"]
    sign_events(place.acting_as(PHYSICIAN), [(v.event.event_id, v.event.id) for _, v in waiting])
    assert unsigned_events(place) == []


def test_a_patient_without_a_course_has_a_chart_too(place: Workplace) -> None:
    patient = a_patient()
    admit_patient(place, patient)
    assert toxicity_chart(place, patient.id).rows == ()
    record_event(place, ToxicityEvent.of(patient.id, None, "rash", ZONE, 2, date(2026, 3, 1)))
    found = toxicity_chart(place, patient.id)
    assert [(r.item.id, states(r)) for r in found.rows] == [("rash", [("graded", 2)])]
    assert (found.course, found.cycles, found.due) == (None, (), ())


@pytest.mark.parametrize(
    ("day", "counts"),
    [("2026-02-01", False), ("2026-02-02", True), ("2026-03-02", True), ("2026-03-03", False)],
)
def test_the_baseline_is_of_the_last_28_days_up_to_day_1_in_grid_trend_and_tables_alike(
    place: Workplace, day: str, counts: bool
) -> None:
    """[D] so many days before treatment a result still tells how the patient began."""
    set_clock(place, "2026-03-02T07:05")
    patient, course = on_course(place)
    log_dose(place, DoseEntry(SlotId(course, "sorafenib", DAY_1, "morning"), Status.GIVEN))
    set_clock(place, "2026-03-20T09:00")
    for value, at in (("60", f"{day}T06:30"), ("40", "2026-03-10T06:30")):
        record_count(place, patient.id, "platelets", LabValue.parse(value, "10*9/L"), moment(at))
    row = next(r for r in toxicity_chart(place, patient.id).rows if r.item.id == "platelets")
    assert (row.cells[0].grade is not None) is counts
    (series,) = lab_book(place, patient.id).series
    assert (series.judgements[-1].baseline is not None) is counts
    (subject,) = toxicity_tables(place).subjects
    assert (subject.baseline("platelets") is not None) is counts
