"""The tables of toxicity: how many had what, how bad, from what, when and for how long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from aml_maint.domain.exact_interval import Rate, Share
from aml_maint.domain.toxicity import ToxicityItem
from aml_maint.domain.toxicity_event import (
    Causality,
    Outcome,
    ToxicityEvent,
    longer_than_expected,
)
from aml_maint.domain.toxicity_subject import CycleSpan, Subject, Worst, terms_of


@dataclass(frozen=True)
class Incidence:
    """How many patients had a term: at all, mild or moderate, severe, and not graded.

    `any` is the sum of the other three. `rate` counts patients until their first event.
    """

    term: str
    any: Share
    mild: Share
    severe: Share
    ungraded: int
    by_grade: tuple[int, int, int, int]
    rate: Rate
    measured: bool
    """By laboratory values, with the denominator of those who had one."""


@dataclass(frozen=True)
class WorstGrade:
    """The worst grade of a patient, term and cycle; 0 is "looked for, none"."""

    subject: Subject
    term: str
    cycle: int
    grade: int


@dataclass(frozen=True)
class Attribution:
    """How many patients had a term at least possibly caused by a drug, and how it was judged."""

    term: str
    drug: str
    related: Share
    severe: Share
    by_level: dict[Causality, int]
    unjudged: int


@dataclass(frozen=True)
class Spread:
    """A median with its range, over so many."""

    n: int
    median: Decimal
    least: int
    most: int


@dataclass(frozen=True)
class Timing:
    """When a term first came, counted in days from the first dose (day 1), and how long it was.

    `duration` is of the episodes that are over; `ongoing` ones have no duration yet.
    """

    term: str
    patients: int
    episodes: int
    onset: Spread | None
    duration: Spread | None
    ongoing: int
    longer: int
    """Episodes that outlasted what is published."""


@dataclass(frozen=True)
class Shift:
    """Patients by grade before treatment (rows, the last not evaluated) and worst grade after."""

    term: str
    counts: tuple[tuple[int, ...], ...]

    @property
    def worse(self) -> int:
        """Patients whose worst grade is above the one before."""
        return sum(
            count
            for before, row in enumerate(self.counts[:5])
            for after, count in enumerate(row)
            if after > before
        )


@dataclass(frozen=True)
class Serious:
    """A serious event with its patient."""

    subject: Subject
    event: ToxicityEvent

    @property
    def is_fatal(self) -> bool:
        """Did the patient die of it?"""
        return self.event.outcome is Outcome.FATAL


def treated(subjects: Sequence[Subject]) -> tuple[Subject, ...]:
    """The patients with at least one dose: the denominator."""
    return tuple(subject for subject in subjects if subject.first_dose is not None)


def incidence(subjects: Sequence[Subject], terms: Sequence[str] = ()) -> tuple[Incidence, ...]:
    """One row per term that anybody had (or of the terms named), the most frequent first."""
    people = treated(subjects)
    rows = [_incidence(people, term) for term in terms or terms_of(people)]
    return tuple(sorted(rows, key=lambda row: (-row.any.count, -row.severe.count, row.term)))


def _incidence(people: Sequence[Subject], term: str) -> Incidence:
    measured = any(subject.was_measured(term) for subject in people)
    worst = {subject.id: subject.worst(term) for subject in people}
    if measured:
        people = [s for s in people if s.was_measured(term) or worst[s.id] is not None]
    found = [one for s in people if (one := worst[s.id]) is not None]
    by_grade = tuple(sum(one.grade == grade for one in found) for grade in range(1, 5))
    n = len(people)
    return Incidence(
        term,
        Share(len(found), n),
        Share(by_grade[0] + by_grade[1], n),
        Share(by_grade[2] + by_grade[3], n),
        sum(one.grade is None for one in found),
        (by_grade[0], by_grade[1], by_grade[2], by_grade[3]),
        Rate(len(found), sum(_days_until(s, worst[s.id]) for s in people)),
        measured,
    )


def _days_until(subject: Subject, worst: Worst | None) -> int:
    """The days at risk up to the first event, that day included."""
    days = subject.window
    if worst is None or days is None:
        return subject.days_at_risk
    return (worst.first_day - days[0]).days + 1


def any_toxicity(subjects: Sequence[Subject]) -> Incidence:
    """The same over all terms: patients with any event, at the worst of all their grades."""
    people = treated(subjects)
    grades: list[int | None] = []
    days = 0
    for subject in people:
        found = [one for t in terms_of([subject]) if (one := subject.worst(t)) is not None]
        if not found:
            days += subject.days_at_risk
            continue
        first = min(found, key=lambda one: one.first_day)
        days += _days_until(subject, first)
        grades.append(max((one.grade for one in found if one.grade is not None), default=None))
    count = tuple(grades.count(grade) for grade in range(1, 5))
    n = len(people)
    return Incidence(
        "", Share(len(grades), n), Share(count[0] + count[1], n), Share(count[2] + count[3], n),
        grades.count(None), (count[0], count[1], count[2], count[3]), Rate(len(grades), days),
        measured=False,
    )  # fmt: skip


def worst_grades(subjects: Sequence[Subject]) -> tuple[WorstGrade, ...]:
    """Table 1: the worst grade of each patient, term and cycle; blank cells are left out."""
    found = []
    for subject in treated(subjects):
        for term in _all_terms(subject):
            for span in subject.cycles:
                grade = subject.worst_in(term, span)
                if grade is not None:
                    found.append(WorstGrade(subject, term, span.number, grade))
    return tuple(found)


def _all_terms(subject: Subject) -> tuple[str, ...]:
    found = dict.fromkeys(event.term for event in subject.events)
    found |= dict.fromkeys(one.term for one in subject.measured)
    for made in subject.assessments:
        found |= dict.fromkeys(finding.term for finding in made.findings)
    return tuple(found)


def attribution(subjects: Sequence[Subject], drugs: Sequence[str]) -> tuple[Attribution, ...]:
    """By drug and term: patients with an event judged possible or more, and the judgements."""
    people = treated(subjects)
    rows = []
    for drug in drugs:
        for term in dict.fromkeys(e.term for s in people for e in s.counted()):
            mine = {s.id: [e for e in s.counted() if e.term == term] for s in people}
            related = {
                s.id: [e for e in mine[s.id] if e.is_related(drug)] for s in people if mine[s.id]
            }
            hit = [events for events in related.values() if events]
            severe = [events for events in hit if any((e.worst or 0) >= 3 for e in events)]
            judged = [
                cause.causality
                for events in mine.values()
                for event in events
                if (cause := event.cause(drug)) is not None and cause.causality is not None
            ]
            if judged:
                n = len(people)
                total = sum(len(events) for events in mine.values())
                levels = {level: judged.count(level) for level in Causality if level in judged}
                rows.append(
                    Attribution(
                        term, drug, Share(len(hit), n), Share(len(severe), n), levels,
                        total - len(judged),
                    )
                )  # fmt: skip
    return tuple(rows)


def timing(subjects: Sequence[Subject], items: dict[str, ToxicityItem]) -> tuple[Timing, ...]:
    """Onset and duration per term, over the patients and episodes that had it."""
    people = treated(subjects)
    rows = []
    for term in dict.fromkeys(e.term for s in people for e in s.counted()):
        onsets: list[int] = []
        lengths: list[int] = []
        ongoing = longer = episodes = 0
        for subject in people:
            mine = [event for event in subject.counted() if event.term == term]
            days = subject.window
            if not mine or days is None:
                continue
            episodes += len(mine)
            first = min(max(event.onset.day, days[0]) for event in mine)
            onsets.append((first - days[0]).days + 1)
            for event in mine:
                if event.is_ongoing:
                    ongoing += 1
                else:
                    lengths.append(event.days(subject.until))
                if term in items and longer_than_expected(event, items[term], subject.until):
                    longer += 1
        rows.append(
            Timing(term, len(onsets), episodes, _spread(onsets), _spread(lengths), ongoing, longer)
        )
    return tuple(sorted(rows, key=lambda row: (-row.patients, row.term)))


def _spread(values: Sequence[int]) -> Spread | None:
    if not values:
        return None
    from statistics import median

    middle = median(Decimal(value) for value in values)
    return Spread(len(values), middle, min(values), max(values))


def shift(subjects: Sequence[Subject], term: str) -> Shift:
    """Shift of one term: the grade before treatment against the worst one after.

    Who was neither measured nor had an event, and was never asked, is in no column.
    """
    counts = [[0] * 5 for _ in range(6)]
    for subject in treated(subjects):
        after = _worst_after(subject, term)
        if after is None:
            continue
        before = subject.baseline(term)
        counts[5 if before is None else before][after] += 1
    return Shift(term, tuple(tuple(row) for row in counts))


def _worst_after(subject: Subject, term: str) -> int | None:
    days = subject.window
    if days is None:
        return None
    spans = [*subject.cycles, CycleSpan(0, *days)]
    grades = [subject.worst_in(term, span) for span in spans]
    return max((grade for grade in grades if grade is not None), default=None)


def serious(subjects: Sequence[Subject]) -> tuple[Serious, ...]:
    """Every serious event of the treated patients, by day; also those outside the window."""
    found = [
        Serious(subject, event)
        for subject in treated(subjects)
        for event in subject.events
        if event.serious
    ]
    return tuple(sorted(found, key=lambda one: (one.event.onset.local, one.subject.label)))
