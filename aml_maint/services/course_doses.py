"""How the doses of a course stand, read and judged once for all that tells of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from aml_maint.domain.administration import Administration
from aml_maint.domain.course import Course
from aml_maint.domain.gate import GateEvidence, evaluate_all, is_gated
from aml_maint.domain.moment import Moment
from aml_maint.domain.schedule import SlotId, doses_between
from aml_maint.services.dose_intensity import runs_until
from aml_maint.services.dose_view import DoseView, views
from aml_maint.services.workplace import Workplace
from aml_maint.store import courses, doses, gate_evidence
from aml_maint.store.database import Store


@dataclass(frozen=True)
class CourseDoses:
    """The doses of a course on the days `first`..`last` as they stand at `now`.

    What is on record is read when it is first asked for, and a dose judged when it is; one that
    was given by its gate when it was due, or, `for_log`, when it was given.
    """

    store: Store
    course: Course
    now: Moment
    first: date
    last: date
    for_log: bool = False
    _found: dict[tuple[date, date], list[DoseView]] = field(default_factory=dict)
    _standing: dict[SlotId, DoseView] = field(default_factory=dict)
    _given: dict[SlotId, DoseView] = field(default_factory=dict)

    @cached_property
    def evidence(self) -> GateEvidence:
        """What the gates of the course go by."""
        return gate_evidence.of_course(self.store, self.course)

    @cached_property
    def _on_record(self) -> tuple[list[Administration], frozenset[SlotId]]:
        """Records of a moved dose stand under the day first planned, which may lie further off."""
        first, last = self.first - self.course.reach, self.last + self.course.reach
        return doses.of_course(self.store, self.course.id, first, last)

    @cached_property
    def records(self) -> dict[SlotId, Administration]:
        """The standing records of planned doses, also of those that others hang on."""
        return {one.slot: one for one in self._on_record[0] if one.unplanned is None}

    @cached_property
    def unplanned(self) -> list[Administration]:
        """The standing records of doses that no plan asked for, by time."""
        mine = [
            one
            for one in self._on_record[0]
            if one.unplanned is not None and self.first <= one.slot.planned_on <= self.last
        ]
        return sorted(mine, key=lambda one: (one.given or one.recorded, one.id))

    @property
    def struck(self) -> frozenset[SlotId]:
        """The doses of which an earlier record was corrected or taken back."""
        return self._on_record[1]

    def between(self, first: date, last: date) -> list[DoseView]:
        """The planned doses of some of the days, in order of time."""
        for (began, ended), found in self._found.items():
            if began <= first and last <= ended:
                return [view for view in found if first <= view.planned.on <= last]
        planned = doses_between(self.course, first, last)
        fresh = [dose for dose in planned if dose.id not in self._standing]
        found = views(
            fresh, self.records, self.evidence, self.now.utc, self.struck, for_log=self.for_log
        )
        self._standing.update((view.slot, view) for view in found)
        self._found[first, last] = [self._standing[dose.id] for dose in planned]
        return [*self._found[first, last]]

    def when_given(self, view: DoseView) -> DoseView:
        """The dose with what its gate said when it was given, by all that is known now."""
        record, component = view.record, view.planned.component
        if record is None or record.given is None or not is_gated(component):
            return view
        if self.for_log and not view.slot.is_unplanned:
            return view  # it was judged so from the beginning
        found = self._given.get(view.slot)
        if found is None:
            gate = evaluate_all(component, self.evidence, record.given.utc)
            found = DoseView(view.planned, view.state, record, gate, view.window, view.struck)
            self._given[view.slot] = found
        return found


def logged_days(course: Course, cycle: int | None, today: date) -> tuple[date, date]:
    """The days that a log of a course, or of a cycle, is about; what runs goes on up to today."""
    end = course.ended_on or today
    if cycle is None:
        return course.first_day, max(course.first_day, min(end, today))
    first = course.cycle(cycle).first_day
    last = course.cycle_end(cycle) if cycle < len(course.cycles) else end
    return first, max(first, min(last, today))


def doses_of_cycle(place: Workplace, course_id: str, cycle: int | None) -> tuple[CourseDoses, int]:
    """The doses of a cycle, the latest if none is named, and its number; BadInput if there is none.

    They reach as far as its flow sheet and its log do.
    """
    now = place.clock.now()
    course = courses.course(place.store, course_id, place.shelf)
    number = cycle if cycle is not None else len(course.cycles)
    first, today = course.cycle(number).first_day, now.day_in(course.zone)
    last = max(runs_until(course, number, today), logged_days(course, number, today)[1])
    return CourseDoses(place.store, course, now, first, last), number
