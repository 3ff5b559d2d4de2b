"""All tables of the ward as data: read once, described by one dictionary, released row by row."""

from __future__ import annotations

import pickle
import re
import zlib
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

from aml_maint.domain.cohort_member import Member
from aml_maint.domain.course import Course
from aml_maint.domain.data_dictionary import DataTable, Extract
from aml_maint.domain.endpoints import Counting, Endpoint, observe
from aml_maint.domain.messages import Language, Message
from aml_maint.domain.outcome import Basis, Observation
from aml_maint.domain.pseudonym import Privacy
from aml_maint.domain.toxicity_subject import Subject, terms_of
from aml_maint.services.cohort import CohortFilter, chosen, read_everyone
from aml_maint.services.course_doses import CourseDoses, logged_days
from aml_maint.services.data_terms import data_dictionary, terms
from aml_maint.services.deviations import departures
from aml_maint.services.language import catalogue
from aml_maint.services.long_work import whole
from aml_maint.services.releasing import Release
from aml_maint.services.study_ids import pseudonyms
from aml_maint.services.toxicity_tables import toxicity_record
from aml_maint.services.workplace import Workplace
from aml_maint.store import courses, exports, patients
from aml_maint.store.exports import Columns

Row = Mapping[str, Any]
Told = Callable[[int, int], None]
"""Hears how many rows of how many are done; what it raises ends the export."""

# So many rows are read, made ready and written at a time.
_AT_ONCE = 200
_PLANNED = (
    "patient_id", "course_id", "cycle", "day", "component", "slot", "ideal", "planned",
    "dose_value", "dose_unit", "state", "administration_id",
)  # fmt: skip
_DEVIATIONS = (
    "patient_id", "course_id", "cycle", "day", "on_day", "kind", "component", "slot", "planned",
    "done", "why", "decided_by", "recorded_by", "recorded",
)  # fmt: skip
# Months from dates have no end of digits; an hour is enough.
_FINE = Decimal("0.0001")


@dataclass(frozen=True)
class DataExtract:
    """The tables of an export in order, to be written one after the other."""

    tables: tuple[Extract, ...]
    release: Release
    ask: Callable[[], None]
    """Is it still wanted? What it raises ends the export, also after the last row."""

    @property
    def privacy(self) -> Privacy:
        """What it tells of persons."""
        return self.release.privacy


def ward_extract(
    place: Workplace, privacy: Privacy, told: Told | None = None, language: Language = "en"
) -> DataExtract:
    """Every table of the ward, row by row while it is written; `told` hears how far it is.

    `language` is that of the sentences in it.
    """
    release, reading = ward_release(place, privacy, told, language)
    return DataExtract(
        tuple(reading.extract(table, release) for table in data_dictionary().tables),
        release,
        reading.tell,
    )


def ward_release(
    place: Workplace,
    privacy: Privacy,
    told: Told | None = None,
    language: Language = "en",
    *,
    computed: bool = True,
) -> tuple[Release, WardReading]:
    """How the tables leave, and what reads them.

    `computed` says if the tables that follow from others will be read, too.
    """
    days = {
        id: date.fromisoformat(day) if day else None
        for id, day in exports.first_days(place.store).items()
    }
    release = Release(
        privacy, pseudonyms(place), days, data_dictionary().codes["precision"], terms()
    )
    return release, WardReading(place, privacy, days, told or _nothing, language, computed=computed)


def _nothing(done: int, total: int) -> None:
    """Nobody listens."""


class WardReading:
    """Reads table after table and tells how far it is."""

    def __init__(
        self, place: Workplace, privacy: Privacy, day_0: Mapping[str, date | None], told: Told,
        language: Language, *, computed: bool,
    ) -> None:  # fmt: skip
        self._place = place
        self._day_0 = day_0
        self._told = told
        self._words = catalogue(language)
        self._identified = not privacy.is_pseudonymised
        self._courses = courses.all_of(place.store, place.shelf)
        self._now = place.clock.now()
        self._departed: dict[str, bytes] = {}  # by course, found while its doses were judged
        counts = place.store.counts()
        sources = [table.source for table in data_dictionary().tables if not table.is_computed]
        planned = sum(len(course.cycles) for course in self._courses) * 210 if computed else 0
        self._total = sum(counts[source] for source in sources) + planned
        self._done = 0

    def extract(
        self, table: DataTable, release: Release, only: Container[str] | None = None
    ) -> Extract:
        """A table as it leaves, or `only` some variables of it, read from no more than it needs."""
        wanted = release.columns(table, only)
        return release.extract(table, self.blocks(table, wanted), only)

    def blocks(self, table: DataTable, wanted: Container[str] | None = None) -> Iterator[Columns]:
        """The rows of a table, some at a time; of a table on record only the columns `wanted`."""
        match table.source:
            case "@planned_doses":
                found = exports.in_columns(_PLANNED, self._planned(), _AT_ONCE)
            case "@deviations":
                found = exports.in_columns(_DEVIATIONS, self._deviations(), _AT_ONCE)
            case "@analysis":
                found = _of_rows(self._analysis())
            case "patients":
                found = _of_rows(self._patients())
            case source:
                found = exports.standing(self._place.store, source, table.order, _AT_ONCE, wanted)
        for columns in found:
            yield columns
            self._done += len(next(iter(columns.values())))
            self.tell()
        self.tell()

    def tell(self) -> None:
        """Say how far it is; what whoever hears it raises ends the export."""
        self._told(min(self._done, self._total), self._total)

    def finish(self) -> None:
        """Say that all is done."""
        self._told(self._total, self._total)

    def _patients(self) -> Iterator[Row]:
        people = {patient.id: patient for patient in patients.all_patients(self._place.store)}
        names = pseudonyms(self._place)
        rows = rows_of(exports.standing(self._place.store, "patients", "", _AT_ONCE))
        # In the order of record numbers a study id would tell its neighbours.
        for row in sorted(rows, key=lambda row: row["mrn"]) if self._identified else rows:
            day = self._day_0[row["id"]]
            age = None if day is None else people[row["id"]].age(day)
            yield row | {"study_id": names.study_id(row["id"]), "age": age, "day_0": day}

    def _planned(self) -> Iterator[tuple[Any, ...]]:
        """The doses of each course's plan, to the end of the cycle that is running."""
        for course in self._courses:
            self.tell()
            patient, id = course.patient_id, course.id
            last = course.cycles[-1].first_day + timedelta(
                days=course.cycle_days(course.cycles[-1].number) - 1
            )
            known = self._doses(course, last)
            for view in known.between(course.first_day, last):
                dose, record = view.planned, view.record
                yield (
                    patient, id, dose.cycle, dose.day, dose.component.id, dose.id.slot,
                    dose.ideal, dose.at, dose.dose.value if dose.dose else None,
                    dose.dose.unit if dose.dose else None, view.state.value,
                    record.id if record else None,
                )  # fmt: skip
            self._departed[id] = zlib.compress(pickle.dumps(self._departures(known)), 1)

    def _doses(self, course: Course, last: date) -> CourseDoses:
        """The doses of a course, up to a day or as far as its log goes."""
        now = self._now
        logged = logged_days(course, None, now.day_in(course.zone))[1]
        first = course.first_day
        return CourseDoses(
            self._place.store, course, now, first, max(last, logged), for_log=True
        )  # fmt: skip

    def _deviations(self) -> Iterator[tuple[Any, ...]]:
        """What departed from the plan of each course, in the words of its log."""
        for course in self._courses:
            self.tell()  # most rows of a long course take a while to find, and are few
            kept = self._departed.pop(course.id, None)
            if kept is not None:
                yield from pickle.loads(zlib.decompress(kept))
            else:
                yield from self._departures(self._doses(course, course.first_day))

    def _departures(self, known: CourseDoses) -> list[tuple[Any, ...]]:
        course = known.course
        return [
            (
                course.patient_id, course.id, one.cycle, one.day, one.on, one.kind.value,
                one.slot.component if one.slot else None, one.slot.slot if one.slot else None,
                self._said(one.planned), self._said(one.done), self._said(one.why), one.by,
                one.recorded_by, one.recorded.local if one.recorded else None,
            )
            for one in departures(self._place, known)
        ]  # fmt: skip

    def _said(self, message: Message | None) -> str:
        """A sentence; without names none leaves, so none is made."""
        return self._words.text(message) if message and self._identified else ""

    def _analysis(self) -> Iterator[Row]:
        """What a statistician begins with: one row a patient, as the Cohort page counts them."""
        everyone = whole(read_everyone(self._place), self.tell)
        record = whole(toxicity_record(self._place, fevers=False), self.tell)
        found = chosen(everyone, CohortFilter(), None, record)
        given = exports.taken_doses(self._place.store)
        subjects = {subject.id: subject for subject in found.toxicity.subjects}
        for member in sorted(found.everyone, key=lambda one: one.id):
            yield _analysed(member, given.get(member.id, 0), subjects.get(member.id))


def rows_of(blocks: Iterable[Columns]) -> Iterator[dict[str, Any]]:
    """Rows by the names of their columns."""
    for columns in blocks:
        for values in zip(*columns.values(), strict=True):
            yield dict(zip(columns, values, strict=True))


def _of_rows(rows: Iterator[Row]) -> Iterator[Columns]:
    """The columns of rows that all have the same names."""
    while found := list(islice(rows, _AT_ONCE)):
        yield {name: [row[name] for row in found] for name in found[0]}


def _analysed(member: Member, given: int, subject: Subject | None) -> Row:
    overall = observe(member.fate, Endpoint.OS, Counting())
    relapse_free = observe(member.fate, Endpoint.RFS_ANY, Counting())
    positive = member.fate.baseline_positive
    return {
        "patient_id": member.id,
        "study": member.study,
        "regimen": member.regimen,
        "sex": member.sex.value,
        "age": member.age,
        "wbc": member.wbc,
        "blasts": member.blasts,
        "fab": member.fab,
        "normal_karyotype": member.normal_karyotype,
        "flt3_itd": member.flt3_itd.value,
        "risk": member.risk.value,
        "sorafenib": member.sorafenib.value,
        "baseline_mrd_positive": positive,
        "baseline_mrd_percent": member.baseline_percent,
        **_observed("os", overall),
        **_observed("rfs", relapse_free),
        "doses_given": given if subject is not None else None,
        "worst_grade": _worst(subject),
        "serious": None if subject is None else any(e.serious for e in subject.events),
    }


def _observed(name: str, found: Observation | Message) -> dict[str, Any]:
    if isinstance(found, Message):
        return {f"{name}_months": None, f"{name}_event": None}
    months = found.months
    if found.basis is Basis.DATES:
        months = months.quantize(_FINE)
    return {f"{name}_months": months, f"{name}_event": found.event}


def _worst(subject: Subject | None) -> int | None:
    """The worst grade of any term; None where nothing was graded."""
    if subject is None:
        return None
    worst = (subject.worst(term) for term in terms_of([subject]))
    return max((one.grade for one in worst if one and one.grade is not None), default=None)


def file_stem(place: Workplace, privacy: Privacy) -> str:
    """A name for an export that tells exports apart and names nobody."""
    kind = "identified" if not privacy.is_pseudonymised else f"pseudonymised-{privacy}"
    made = place.clock.now().local
    return re.sub(r"[^a-z0-9-]", "", f"aml-data-{made:%Y%m%d-%H%M}-{kind}")
