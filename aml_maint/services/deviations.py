"""The deviation log of a course: read from the facts, and saved as a table."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace

from aml_maint.domain.course import Course
from aml_maint.domain.deviation_log import deviations, of_cycle
from aml_maint.domain.deviations import CourseFacts, Deviation, DeviationKind, ExtraDose
from aml_maint.domain.messages import Language, Message, say
from aml_maint.domain.moment import Moment
from aml_maint.domain.patient import Patient
from aml_maint.domain.schedule import EXTRA
from aml_maint.reports.table_file import Cell, TableFile, TableFormat
from aml_maint.services.course_doses import CourseDoses, logged_days
from aml_maint.services.language import catalogue
from aml_maint.services.medicines import drugs_of
from aml_maint.services.replanning import changes_of
from aml_maint.services.site_settings import site_settings
from aml_maint.services.unplanned_view import unplanned_pair
from aml_maint.services.workplace import Workplace
from aml_maint.store import assessments, courses, patients


@dataclass(frozen=True)
class DeviationLog:
    """The deviations of a course, or of one of its cycles, in order of their days."""

    patient: Patient
    course: Course
    cycle: int | None
    now: Moment
    entries: tuple[Deviation, ...]

    def only(self, kinds: Collection[DeviationKind]) -> DeviationLog:
        """The log with the deviations of some kinds only."""
        return replace(self, entries=tuple(one for one in self.entries if one.kind in kinds))


def deviation_log(place: Workplace, course_id: str, cycle: int | None = None) -> DeviationLog:
    """Every departure from the plan of a course, or of one cycle of it, as of now.

    BadInput for a cycle that was not started.
    """
    now = place.clock.now()
    course = courses.course(place.store, course_id, place.shelf)
    first, last = logged_days(course, cycle, now.day_in(course.zone))
    known = CourseDoses(place.store, course, now, first, last, for_log=True)
    patient = patients.patient(place.store, course.patient_id)
    return DeviationLog(patient, course, cycle, now, departures(place, known, cycle))


def departures(
    place: Workplace, known: CourseDoses, cycle: int | None = None
) -> tuple[Deviation, ...]:
    """The same of doses that were read already, without whose they are."""
    course, now = known.course, known.now
    today = now.day_in(course.zone)
    first, last = logged_days(course, cycle, today)
    found = [
        known.when_given(view)
        for view in known.between(first, last)
        if view.planned.due <= now.utc or view.record is not None
    ]
    unplanned = [
        record
        for record in known.unplanned
        if record.slot.slot == EXTRA and record.slot.planned_on <= last
    ]
    drugs = drugs_of(place) if unplanned else {}
    extra = [known.when_given(unplanned_pair(course, drugs, record).main) for record in unplanned]
    facts = CourseFacts(
        course,
        today,
        found,
        [ExtraDose(view.planned.component.drug.name, view) for view in extra],
        changes_of(place, course.id)[::-1],
        assessments.made_of(place.store, [course.patient_id])[course.patient_id],
        assessments.overrides(place.store, course.id),
        assessment_days=site_settings(place).days("cycle.assessment_days"),
    )
    entries = deviations(facts)
    return entries if cycle is None else of_cycle(entries, cycle)


COLUMNS = (
    "mrn", "cycle", "day", "date", "kind", "kind_words", "drug", "planned", "done", "reason",
    "decided_by", "recorded_by", "recorded",
)  # fmt: skip


def deviation_table(log: DeviationLog, language: Language) -> TableFile:
    """The log as a table; `kind` is a code that stays the same in every language."""
    words = catalogue(language)

    def told(message: Message | None) -> str:
        return "" if message is None else _plain(words.text(message))

    rows: list[tuple[Cell, ...]] = [
        (
            log.patient.mrn,
            one.cycle,
            one.day,
            one.on,
            one.kind.value,
            told(say(f"deviation.kind.{one.kind.value}")),
            words.value(one.drugs),
            told(one.planned),
            told(one.done),
            told(one.why),
            one.by,
            one.recorded_by,
            None if one.recorded is None else one.recorded.local,
        )
        for one in log.entries
    ]
    heads = tuple(words.text(f"deviation.column.{name}") for name in COLUMNS)
    return TableFile(words.text("deviation.title"), heads, tuple(rows))


def deviation_file_name(log: DeviationLog, language: Language, kind: TableFormat) -> str:
    """A name to save the table under. It tells the files apart and names no patient."""
    course = re.sub(r"[^0-9a-z]", "", log.course.id.casefold())[:8]
    which = "all" if log.cycle is None else f"c{log.cycle:02d}"
    return f"deviations-{course}-{which}-{log.now.local:%Y%m%d-%H%M}-{language}.{kind}"


def _plain(text: str) -> str:
    """A text with plain spaces: those that never break are for screens and paper."""
    return text.replace("\N{NO-BREAK SPACE}", " ")
