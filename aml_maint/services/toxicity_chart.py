"""A patient's toxicities at a glance: terms by cycles, events in detail, and what waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from aml_maint.domain.administration import Administration
from aml_maint.domain.advice import Suggestion, suggestions, suggestions_for
from aml_maint.domain.assessment import Assessment, AssessmentKind, Due, speaks_for
from aml_maint.domain.course import Course, CycleDay
from aml_maint.domain.labs import LabResult
from aml_maint.domain.patient import Patient
from aml_maint.domain.toxicity import ToxicityItem
from aml_maint.domain.toxicity_event import ToxicityEvent, fold, longer_than_expected
from aml_maint.domain.toxicity_subject import CycleSpan, Measured, before_treatment
from aml_maint.services import library
from aml_maint.services.assessments import assessments_due
from aml_maint.services.site_settings import site_settings
from aml_maint.services.toxicity_tables import cycles_of, graded
from aml_maint.services.workplace import Workplace
from aml_maint.store import assessments, courses, doses, labs, patients, toxicities


class CellState(StrEnum):
    """What a cell of the grid says."""

    BLANK = "blank"
    NOT_EVALUATED = "not_evaluated"
    NONE = "none"
    UNGRADED = "ungraded"
    GRADED = "graded"


@dataclass(frozen=True)
class GridCell:
    """One term in one cycle (or before the first): its worst grade, and out of how many episodes.

    `evidence` is the laboratory value that gave the grade, if one did. `longer` tells that an
    event in it had by then lasted longer than is published.
    """

    state: CellState
    grade: int | None = None
    events: tuple[ToxicityEvent, ...] = ()
    evidence: LabResult | None = None
    ongoing: bool = False
    longer: bool = False

    @property
    def episodes(self) -> int:
        """How many episodes lie in it."""
        return len(self.events)


@dataclass(frozen=True)
class GridRow:
    """One term over the baseline and every cycle.

    `trend` compares the last two cells that have a grade: 1 worse, -1 better, 0 the same.
    """

    item: ToxicityItem
    cells: tuple[GridCell, ...]
    worst: int | None
    trend: int | None
    ongoing: bool
    unsigned: bool


@dataclass(frozen=True)
class EventView:
    """An event with what a screen says of it."""

    event: ToxicityEvent
    item: ToxicityItem
    place: CycleDay | None
    injection: Administration | None
    hours_after: int | None
    """Hours from the injection to the onset; None unless the hour of the onset is known."""
    longer: int | None
    """Days by which it outlasts what is published."""
    suggestions: tuple[Suggestion, ...]

    @property
    def is_signed(self) -> bool:
        """Has a physician signed this version?"""
        return self.event.review is not None


@dataclass(frozen=True)
class ToxicityChart:
    """Everything of the Toxicity tab, as of `today`."""

    patient: Patient
    course: Course | None
    today: date
    cycles: tuple[CycleSpan, ...]
    rows: tuple[GridRow, ...]
    episodes: tuple[tuple[EventView, ...], ...]
    """Every event, the latest first; repeated ones folded together."""
    assessments: tuple[Assessment, ...]
    due: tuple[Due, ...]

    @property
    def events(self) -> tuple[EventView, ...]:
        """Every event by itself."""
        return tuple(view for group in self.episodes for view in group)

    @property
    def unsigned(self) -> tuple[EventView, ...]:
        """Those that wait for a physician."""
        return tuple(view for view in self.events if not view.is_signed)

    def of_term(self, term: str) -> tuple[EventView, ...]:
        """The events of a term, the latest first."""
        return tuple(view for view in self.events if view.item.id == term)


def toxicity_chart(place: Workplace, patient_id: str) -> ToxicityChart:
    """The toxicities of a patient over the cycles of the latest course."""
    course = courses.latest_by_patient(place.store, place.shelf, patient_id).get(patient_id)
    zone = course.zone if course is not None else place.zone
    today = place.clock.now().day_in(zone)
    events = toxicities.of_patient(place.store, patient_id)
    made = assessments.of_patient(place.store, patient_id)
    spans = cycles_of([course], today) if course is not None else ()
    results = _graded_results(labs.of_patient(place.store, patient_id), zone)
    reader = _Reader(place, course, events, today)
    settings = site_settings(place)
    groups = fold(events, timedelta(days=settings.days("toxicity.fold_within")))
    groups.sort(key=lambda group: max(e.onset.local for e in group.events), reverse=True)
    return ToxicityChart(
        patients.patient(place.store, patient_id),
        course,
        today,
        spans,
        _rows(events, made, results, spans, settings.days("toxicity.baseline_days")),
        tuple(tuple(reader.view(event) for event in reversed(g.events)) for g in groups),
        tuple(made),
        assessments_due(place, course, today) if course is not None else (),
    )


def unsigned_events(place: Workplace) -> list[tuple[Patient, EventView]]:
    """Every event of the ward that waits for a physician, the most severe first."""
    waiting = toxicities.unreviewed(place.store)
    people = patients.by_ids(place.store, list({event.patient_id for event in waiting}))
    latest = courses.latest_by_patient(place.store, place.shelf)
    found: list[tuple[Patient, EventView]] = []
    for patient_id, patient in people.items():
        mine = [event for event in waiting if event.patient_id == patient_id]
        today = place.clock.now().day_in(mine[0].zone)
        every = toxicities.of_patient(place.store, patient_id)
        reader = _Reader(place, latest.get(patient_id), every, today)
        found += [(patient, reader.view(event)) for event in mine]
    found.sort(key=lambda pair: (not pair[1].event.serious, -(pair[1].event.worst or 0)))
    return found


def advice_on(course: Course, row: GridRow) -> tuple[Suggestion, ...]:
    """What the regimen says of a term at its latest grade, where a value and no event gave it."""
    latest = next((c for c in reversed(row.cells) if c.state is not CellState.BLANK), None)
    if latest is None or latest.events:
        return ()
    return suggestions(course.regimen, row.item.id, latest.grade)


class _Reader:
    """Puts beside each event what belongs to it."""

    def __init__(
        self, place: Workplace, course: Course | None, events: Sequence[ToxicityEvent], today: date
    ) -> None:
        self._place = place
        self._course = course
        self._events = events
        self._today = today

    def view(self, event: ToxicityEvent) -> EventView:
        """An event with its cycle day, its injection, and what the regimen says."""
        item = library.toxicity_items_by_id()[event.term]
        course = self._course
        linked = event.linked_administration
        injection = doses.of_id(self._place.store, linked) if linked is not None else None
        mine = course is not None and (event.course_id in {course.id, None})
        return EventView(
            event,
            item,
            course.cycle_day(event.onset.day) if course is not None and mine else None,
            injection,
            _hours_after(injection, event),
            longer_than_expected(event, item, self._today),
            suggestions_for(course.regimen, event, self._events)
            if course is not None and event.is_ongoing
            else (),
        )


def _hours_after(injection: Administration | None, event: ToxicityEvent) -> int | None:
    if injection is None or injection.given is None or event.onset.precision in {"day", "month"}:
        return None
    given = injection.given.local.replace(tzinfo=None)
    return max(round((event.onset.local - given) / timedelta(hours=1)), 0)


Results = Mapping[str, Sequence[tuple[LabResult, Measured]]]


def _graded_results(found: Sequence[LabResult], zone: str) -> Results:
    by_term: dict[str, list[tuple[LabResult, Measured]]] = {}
    for result in found:
        measured = graded(result, zone)
        if measured is not None:
            by_term.setdefault(measured.term, []).append((result, measured))
    return by_term


def _rows(
    events: Sequence[ToxicityEvent],
    made: Sequence[Assessment],
    results: Results,
    spans: Sequence[CycleSpan],
    baseline_days: int,
) -> tuple[GridRow, ...]:
    terms = dict.fromkeys(event.term for event in events)
    terms |= dict.fromkeys(results)
    for one in made:
        terms |= dict.fromkeys(finding.term for finding in one.findings)
    items = library.toxicity_items_by_id()
    rows = [
        _row(items[term], events, made, results.get(term, ()), spans, baseline_days)
        for term in terms
    ]
    order = {item.id: number for number, item in enumerate(library.toxicity_items())}
    rows.sort(key=lambda row: (not row.ongoing, -(row.worst or 0), order[row.item.id]))
    return tuple(rows)


def _row(
    item: ToxicityItem,
    events: Sequence[ToxicityEvent],
    made: Sequence[Assessment],
    results: Sequence[tuple[LabResult, Measured]],
    spans: Sequence[CycleSpan],
    baseline_days: int,
) -> GridRow:
    mine = [event for event in events if event.term == item.id]
    cells = [_baseline(item.id, mine, made, results, spans, baseline_days)]
    for span in spans:
        asked = [a for a in made if speaks_for(a, span.number)]
        cell = _cell(item.id, mine, asked, results, span.first, span.last)
        longer = any(longer_than_expected(event, item, span.last) for event in cell.events)
        cells.append(replace(cell, longer=longer))
    known = [cell.grade for cell in cells if cell.grade is not None]
    trend = None
    if len(known) > 1:
        trend = (known[-1] > known[-2]) - (known[-1] < known[-2])
    return GridRow(
        item,
        tuple(cells),
        max(known, default=None),
        trend,
        any(event.is_ongoing for event in mine),
        any(event.review is None for event in mine),
    )


def _baseline(
    term: str,
    mine: Sequence[ToxicityEvent],
    made: Sequence[Assessment],
    results: Sequence[tuple[LabResult, Measured]],
    spans: Sequence[CycleSpan],
    baseline_days: int,
) -> GridCell:
    """The cell before the first cycle: as assessed, as measured last, or of what was there."""
    asked = [a for a in made if a.cycle == 1 and a.kind is AssessmentKind.BEFORE]
    if not spans:
        return _cell(term, mine, asked, results, date.min, date.max)
    first = spans[0].first
    # Day 1 itself: counts of that morning are taken before the first dose.
    chosen = before_treatment([one for _, one in results], first, baseline_days)
    near = [pair for pair in results if pair[1] in chosen]
    before = [event for event in mine if event.onset.last_day < first]
    last = first - timedelta(days=1)
    return _cell(term, before, asked, near, date.min, last, results_until=first)


def _cell(
    term: str,
    mine: Sequence[ToxicityEvent],
    asked: Sequence[Assessment],
    results: Sequence[tuple[LabResult, Measured]],
    first: date,
    last: date,
    *,
    results_until: date | None = None,
) -> GridCell:
    """One cell; a finding of an assessment is blank only if nobody made one."""
    present = tuple(event for event in mine if event.is_present(first, last))
    grades = [event.worst_between(first, last) for event in present]
    grades += [a.grade(term) for a in asked if a.asked(term)]
    until = results_until or last
    inside = [pair for pair in results if first <= pair[1].on <= until]
    worst_value = max(inside, key=lambda pair: pair[1].grade, default=None)
    known = [grade for grade in grades if grade is not None]
    evidence = None
    if worst_value is not None and worst_value[1].grade >= max(known, default=0):
        evidence = worst_value[0]
        known.append(worst_value[1].grade)
    ongoing = any(event.is_ongoing for event in present)
    worst = max(known, default=None)
    if present and not worst:
        return GridCell(CellState.UNGRADED, None, present, None, ongoing)
    if worst is not None:
        state = CellState.GRADED if worst else CellState.NONE
        return GridCell(state, worst, present, evidence, ongoing)
    if any(a.asked(term) for a in asked):
        return GridCell(CellState.NOT_EVALUATED)
    return GridCell(CellState.BLANK)
