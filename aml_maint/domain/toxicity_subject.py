"""One patient as the tables of toxicity count them, and the rule by which they do.

The rule is printed with every table: a patient counts once per term, at the worst grade between
the first dose and some days after the last. What began before the first dose counts only if it
got worse. Hand-foot skin reaction, rash and sleepiness have terms of their own; in the view by
WHO items they are counted under their WHO item, and there once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property

from aml_maint.domain.assessment import Assessment, speaks_for
from aml_maint.domain.toxicity import ToxicityItem
from aml_maint.domain.toxicity_event import ToxicityEvent


@dataclass(frozen=True)
class CycleSpan:
    """A cycle from its first to its last day."""

    number: int
    first: date
    last: date


@dataclass(frozen=True)
class Measured:
    """A laboratory value that was graded."""

    term: str
    on: date
    grade: int


@dataclass(frozen=True)
class Worst:
    """The worst that a patient had of a term; a grade of None is "not graded"."""

    grade: int | None
    first_day: date


@dataclass(frozen=True)
class Subject:
    """A patient with everything the tables count.

    `first_dose` is None while no dose was given, which leaves the patient out of every
    denominator. `until` is the last day looked at.
    """

    id: str
    label: str
    first_dose: date | None
    last_dose: date | None
    until: date
    cycles: tuple[CycleSpan, ...] = ()
    events: tuple[ToxicityEvent, ...] = ()
    measured: tuple[Measured, ...] = ()
    assessments: tuple[Assessment, ...] = ()
    baselines: Mapping[str, int] = field(default_factory=dict)
    """Term → the laboratory grade before the first dose."""
    after_last_dose: int = field(kw_only=True)
    """Events count until so many days after the last dose."""

    @property
    def window(self) -> tuple[date, date] | None:
        """The days on which an event counts."""
        if self.first_dose is None or self.last_dose is None:
            return None
        end = self.last_dose + timedelta(days=self.after_last_dose)
        return self.first_dose, max(min(end, self.until), self.first_dose)

    @property
    def days_at_risk(self) -> int:
        """How many days the window has."""
        days = self.window
        return (days[1] - days[0]).days + 1 if days else 0

    def counted(self) -> tuple[ToxicityEvent, ...]:
        """The events of the treatment: begun in the window, or worse in it than before."""
        return self._counted

    @cached_property
    def _counted(self) -> tuple[ToxicityEvent, ...]:
        days = self.window
        if days is None:
            return ()
        return tuple(event for event in self.events if _emerged(event, *days))

    @cached_property
    def _events_of(self) -> Mapping[str, Sequence[ToxicityEvent]]:
        """By term; a table asks for each term in each cycle."""
        found: dict[str, list[ToxicityEvent]] = {}
        for event in self.events:
            found.setdefault(event.term, []).append(event)
        return found

    @cached_property
    def _measured_of(self) -> Mapping[str, Sequence[Measured]]:
        found: dict[str, list[Measured]] = {}
        for one in self.measured:
            found.setdefault(one.term, []).append(one)
        return found

    @cached_property
    def _worst_of(self) -> Mapping[str, Worst]:
        terms = dict.fromkeys([*(event.term for event in self._counted), *self._measured_of])
        return {term: one for term in terms if (one := self._worst(term)) is not None}

    def baseline(self, term: str) -> int | None:
        """The grade before the first dose: as assessed, else as measured, else as of an event."""
        before = [a for a in self.assessments if a.kind == "before" and a.cycle == 1]
        for one in reversed(before):
            if (found := one.grade(term)) is not None:
                return found
        if term in self.baselines:
            return self.baselines[term]
        given = [e.baseline for e in self.events if e.term == term and e.baseline is not None]
        return given[0] if given else None

    def worst(self, term: str) -> Worst | None:
        """The worst of a term in the window; None if there was none.

        A laboratory grade counts when it is above the one before treatment.
        """
        return self._worst_of.get(term)

    def _worst(self, term: str) -> Worst | None:
        days = self.window
        if days is None:
            return None
        found = [
            Worst(event.worst_between(*days), max(event.onset.day, days[0]))
            for event in self._counted
            if event.term == term
        ]
        start = self.baselines.get(term, 0)
        found += [
            Worst(one.grade, one.on)
            for one in self._measured_of.get(term, ())
            if days[0] <= one.on <= days[1] and one.grade > start
        ]
        if not found:
            return None
        first_day = min(one.first_day for one in found)
        return Worst(max((w.grade for w in found if w.grade is not None), default=None), first_day)

    def worst_in(self, term: str, span: CycleSpan) -> int | None:
        """The worst grade of a term in a cycle; 0 if it was looked for and not found, else None."""
        grades = [
            event.worst_between(span.first, span.last)
            for event in self._events_of.get(term, ())
            if event.is_present(span.first, span.last)
        ]
        grades += [
            one.grade
            for one in self._measured_of.get(term, ())
            if span.first <= one.on <= span.last
        ]
        for one in self.assessments:
            if speaks_for(one, span.number) and one.asked(term):
                grades.append(one.grade(term))
        return max((grade for grade in grades if grade is not None), default=None)

    def was_measured(self, term: str) -> bool:
        """Was a laboratory value of the term graded in the window?"""
        days = self.window
        return days is not None and any(
            days[0] <= one.on <= days[1] for one in self._measured_of.get(term, ())
        )


def before_treatment(
    found: Iterable[Measured], first_day: date, within: int
) -> tuple[Measured, ...]:
    """The results of one term that are its baseline: those of the last day that had any.

    Collected up to the first day of treatment, that day included, and at most `within` days
    before it; the same for grid, tables and trends.
    """
    earliest = first_day - timedelta(days=within)
    near = [one for one in found if earliest <= one.on <= first_day]
    last = max((one.on for one in near), default=None)
    return tuple(one for one in near if one.on == last)


def _emerged(event: ToxicityEvent, first: date, last: date) -> bool:
    if not event.is_present(first, last):
        return False
    if event.onset.last_day >= first:
        return True
    before = event.worst_between(date.min, first - timedelta(days=1))
    known = [grade for grade in (before, event.baseline) if grade is not None]
    now = event.worst_between(first, last)
    return now is not None and (not known or now > max(known))


def under_who_items(
    subjects: Iterable[Subject], items: Mapping[str, ToxicityItem]
) -> tuple[Subject, ...]:
    """The same patients with each event under the WHO item that it belongs to."""

    def term_of(term: str) -> str:
        item = items.get(term)
        return item.who_item if item is not None and item.who_item is not None else term

    return tuple(
        replace(
            subject,
            events=tuple(replace(event, term=term_of(event.term)) for event in subject.events),
        )
        for subject in subjects
    )


def terms_of(subjects: Sequence[Subject]) -> tuple[str, ...]:
    """All terms that any of the patients had."""
    found: dict[str, None] = {}
    for subject in subjects:
        for event in subject.counted():
            found.setdefault(event.term)
        for one in subject.measured:
            if subject.worst(one.term) is not None:
                found.setdefault(one.term)
    return tuple(found)
