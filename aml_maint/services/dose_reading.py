"""What a screen reads around recording doses: the standing records, earlier ones, last sites."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from aml_maint.domain.administration import Administration
from aml_maint.domain.moment import Moment
from aml_maint.domain.schedule import SlotId, doses_between
from aml_maint.services import library
from aml_maint.services.dose_view import DosePair, paired, views
from aml_maint.services.worklist import Worklist, worklist
from aml_maint.services.workplace import Workplace
from aml_maint.store import courses, doses, labs

# How far back injection sites are looked for.
_SITES_DAYS = 28


@dataclass(frozen=True)
class SiteUse:
    """When and for which component an injection site was last used."""

    site: str
    component: str
    given: Moment


def standing(
    place: Workplace, course_id: str, first: date, last: date
) -> dict[SlotId, Administration]:
    """The standing records of a course's doses planned on `first`..`last`."""
    return doses.live_between(place.store, first, last, course_id)


def record_ids(place: Workplace, slots: Iterable[SlotId]) -> tuple[str, ...]:
    """The ids of the standing records of some planned doses of one course."""
    wanted = list(slots)
    planned = [slot.planned_on for slot in wanted]
    found = standing(place, wanted[0].course, min(planned), max(planned))
    return tuple(found[slot].id for slot in wanted if slot in found)


def sites_used(place: Workplace, course_id: str, until: date) -> tuple[SiteUse, ...]:
    """The last use of each injection site in the four weeks up to a day, the latest first."""
    records = standing(place, course_id, until - timedelta(days=_SITES_DAYS), until).values()
    given = sorted(
        (SiteUse(r.site, r.slot.component, r.given) for r in records if r.site and r.given),
        key=lambda use: use.given,
        reverse=True,
    )
    latest: dict[str, SiteUse] = {}
    for use in given:
        latest.setdefault(use.site, use)
    return tuple(latest.values())


def pairs_of(place: Workplace, slots: Iterable[SlotId]) -> dict[SlotId, DosePair]:
    """Planned doses as they stand now, with their premedications; unknown ones are left out."""
    wanted = set(slots)
    now = place.clock.now().utc
    found: dict[SlotId, DosePair] = {}
    for course_id in {slot.course for slot in wanted}:
        course = courses.course(place.store, course_id, library.regimen)
        days = [slot.planned_on for slot in wanted if slot.course == course_id]
        first, last = min(days) - course.reach, max(days) + course.reach
        known = standing(place, course_id, first - course.reach, last + course.reach)
        results = labs.of_patient(place.store, course.patient_id)
        for pair in paired(views(doses_between(course, first, last), known, results, now)):
            if pair.main.slot in wanted:
                found[pair.main.slot] = pair
    return found


@dataclass(frozen=True)
class Reading:
    """The worklist as of now, and how the doses stand that a screen shows and it lacks."""

    worklist: Worklist
    gone: dict[SlotId, DosePair]


def ward_now(place: Workplace, shown: Iterable[SlotId]) -> Reading:
    """Read the worklist anew for a screen that shows some doses."""
    fresh = worklist(place)
    known = {row.pair.main.slot for row in fresh.rows}
    return Reading(fresh, pairs_of(place, [slot for slot in shown if slot not in known]))
