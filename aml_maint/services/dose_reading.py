"""What a screen reads around recording doses: the standing records, earlier ones, last sites."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from aml_maint.domain.administration import Administration
from aml_maint.domain.course import Course
from aml_maint.domain.schedule import SlotId, doses_between
from aml_maint.services.dose_view import DosePair, paired, views
from aml_maint.services.long_work import Parts
from aml_maint.services.medicines import drugs_of
from aml_maint.services.unplanned_view import taken_back, unplanned_pair
from aml_maint.services.worklist import Worklist, first_look_in_parts, renewed, worklist_in_parts
from aml_maint.services.workplace import Workplace
from aml_maint.store import courses, doses, gate_evidence


def standing(
    place: Workplace, course_id: str, first: date, last: date
) -> dict[SlotId, Administration]:
    """The standing records of a course's doses of `first`..`last`, unplanned ones included."""
    found = doses.live_between(place.store, first, last, course_id)
    unplanned = doses.unplanned_between(place.store, first, last, course_id)
    return found | {record.slot: record for record in unplanned}


def pairs_of(place: Workplace, slots: Iterable[SlotId]) -> dict[SlotId, DosePair]:
    """Doses as they stand now, with their premedications; unknown ones are left out.

    An unplanned dose that was taken back stands as not applicable.
    """
    wanted = set(slots)
    now = place.clock.now().utc
    found: dict[SlotId, DosePair] = {}
    for course_id in {slot.course for slot in wanted}:
        course = courses.course(place.store, course_id, place.shelf)
        days = [slot.planned_on for slot in wanted if slot.course == course_id]
        first, last = min(days) - course.reach, max(days) + course.reach
        known = standing(place, course_id, first - course.reach, last + course.reach)
        evidence = gate_evidence.of_course(place.store, course)
        for pair in paired(views(doses_between(course, first, last), known, evidence, now)):
            if pair.main.slot in wanted:
                found[pair.main.slot] = pair
        for slot in wanted:
            if slot.is_unplanned and slot.course == course_id:
                found |= _unplanned(place, course, slot, known)
    return found


def _unplanned(
    place: Workplace, course: Course, slot: SlotId, known: Mapping[SlotId, Administration]
) -> dict[SlotId, DosePair]:
    drugs = drugs_of(place)
    if slot in known:
        return {slot: unplanned_pair(course, drugs, known[slot])}
    past = doses.history(place.store, slot)
    return {slot: taken_back(course, drugs, past[-1])} if past else {}


@dataclass(frozen=True)
class Reading:
    """The worklist as of now, and how the doses stand that a screen shows and it lacks."""

    worklist: Worklist
    gone: dict[SlotId, DosePair]


def ward_at_first(place: Workplace) -> Parts[Reading]:
    """What of the worklist can still be done today, for a screen that shows nothing yet."""
    worklist = yield from first_look_in_parts(place)
    return Reading(worklist, {})


def ward_now(
    place: Workplace,
    shown: Iterable[SlotId],
    former: Worklist | None = None,
    patients: frozenset[str] | None = None,
) -> Parts[Reading]:
    """Read the worklist anew for a screen that shows some doses.

    With a `former` one only `patients` are read, whose doses were written since, in one go.
    """
    if former is None or patients is None:
        fresh = yield from worklist_in_parts(place)
    else:
        fresh = renewed(place, former, patients)
    known = {row.pair.main.slot for row in fresh.rows}
    return Reading(fresh, pairs_of(place, [slot for slot in shown if slot not in known]))
