"""What needs attention, patient by patient, and how a finding is set aside and brought back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID, uuid4

from aml_maint.domain.course import Course
from aml_maint.domain.errors import Refused
from aml_maint.domain.finding_rules import findings
from aml_maint.domain.finding_snapshot import Snapshot
from aml_maint.domain.findings import Dismissal, Finding, FindingKind, Limits, Severity
from aml_maint.domain.marrow import Marrow
from aml_maint.domain.messages import Message, say
from aml_maint.domain.moment import Moment
from aml_maint.domain.patient import Patient
from aml_maint.services.changes import Changes, Touched
from aml_maint.services.finding_reading import MARROWS_READ, OtherReading, read_others
from aml_maint.services.ward_reading import (
    CourseReading,
    CourseReadings,
    days_after,
    days_before,
    finding_limits,
    read_courses,
)
from aml_maint.services.workplace import Workplace
from aml_maint.store import cohorts, courses, dismissals, marrows, patients

# Courses of which the other facts are read together: some hundredths of a second. The dozen
# queries would cost as much again for a tenth of them.
_JUDGED_AT_ONCE = 50
# Today's own rows show these, dose by dose.
_SHOWN_AS_DOSES = frozenset({FindingKind.DOSE_OVERDUE, FindingKind.DOSE_UNCONFIRMED})
_ONLY_IF_PRESSING = frozenset(
    {
        FindingKind.DOSE_MISSED,
        FindingKind.TOXICITY_UNSIGNED,
        FindingKind.ADVERSE_GENETICS,
        FindingKind.TRANSPLANT_REVIEW,
    }
)


@dataclass(frozen=True)
class SetAside:
    """A finding that someone dismissed, and the dismissal that still holds."""

    finding: Finding
    dismissal: Dismissal


@dataclass(frozen=True)
class PatientFindings:
    """What needs attention in one patient, the most pressing first, and what was set aside."""

    patient: Patient
    open: tuple[Finding, ...]
    set_aside: tuple[SetAside, ...]


@dataclass(frozen=True)
class CheckDue:
    """One thing other than a dose that a patient needs, with the reason in words."""

    patient: Patient
    finding: Finding

    @property
    def kind(self) -> str:
        """What kind of finding it is."""
        return self.finding.kind.value

    @property
    def reason(self) -> Message:
        """Why, in words."""
        return self.finding.why


@dataclass(frozen=True)
class _Facts:
    """What findings about some courses need besides the doses."""

    courses: frozenset[str] = frozenset()
    examined: Mapping[str, Sequence[Marrow]] = field(default_factory=dict)
    """By patient."""
    others: OtherReading = field(default_factory=OtherReading)


class Judging:
    """Judges courses one by one as they are read, and patients without a course.

    What findings need besides the doses is read of some courses together, when the first of them
    is judged.
    """

    def __init__(
        self,
        place: Workplace,
        readings: CourseReadings,
        untreated: Sequence[Patient],
        now: Moment,
        limits: Limits,
    ) -> None:
        self._place, self._now, self._limits = place, now, limits
        self._courses = readings.courses
        self._line = {course.id: line for line, course in enumerate(readings.courses)}
        people = {**readings.people} | {patient.id: patient for patient in untreated}
        ids = list(people)
        self._people = people
        self._facts = _Facts()
        self._aside = dismissals.of_patients(place.store, ids)
        self._found: dict[str, list[Finding]] = {patient_id: [] for patient_id in ids}
        for patient in untreated:
            self._found[patient.id] += findings(Snapshot(now, _today(now), limits))

    def add(self, reading: CourseReading) -> None:
        """Judge one course; what was read of it is not kept."""
        if reading.course.id not in self._facts.courses:
            line = self._line[reading.course.id]
            self._facts = self._read(self._courses[line : line + _JUDGED_AT_ONCE])
        snapshot = Snapshot(
            self._now,
            reading.here,
            self._limits,
            reading.course,
            reading.found,
            reading.evidence,
            tuple(self._facts.examined.get(reading.patient.id, ())),
            self._facts.others.of(reading.course),
        )
        self._found[reading.patient.id] += findings(snapshot)

    def _read(self, some: Sequence[Course]) -> _Facts:
        examined = marrows.latest_of(
            self._place.store, [course.patient_id for course in some], MARROWS_READ
        )
        today = self._now.local.date()
        others = read_others(self._place, some, self._people, examined, today)
        return _Facts(frozenset(course.id for course in some), examined, others)

    def all_of(self, readings: Iterable[CourseReading]) -> list[PatientFindings]:
        """Judge some courses; the findings by patient."""
        for reading in readings:
            self.add(reading)
        return self.by_patient()

    def by_patient(self) -> list[PatientFindings]:
        """What needs attention in each patient, by all that was judged."""
        return [
            _with_dismissals(self._people[patient_id], mine, self._aside.get(patient_id, []))
            for patient_id, mine in self._found.items()
        ]


def patient_findings(place: Workplace, patient_id: str) -> PatientFindings:
    """What needs attention in a patient now, by their latest course."""
    patient = patients.patient(place.store, patient_id)
    if patient_id in cohorts.patient_ids(place.store):
        return PatientFindings(patient, (), ())
    now = place.clock.now()
    latest = courses.latest_by_patient(place.store, place.shelf, patient_id)
    limits = finding_limits(place)
    readings = read_courses(place, list(latest.values()), now, limits)
    judging = Judging(place, readings, [] if latest else [patient], now, limits)
    return judging.all_of(readings)[0]


def ward_findings(place: Workplace) -> tuple[PatientFindings, ...]:
    """What needs attention in everyone whose course runs, ended of late, or was never started.

    The patients with the most pressing findings come first.
    """
    now = place.clock.now()
    today = now.local.date()
    limits = finding_limits(place)
    running = courses.running_between(
        place.store, days_before(today, limits.look_back + 1),
        days_after(today, limits.cycle_ahead), place.shelf,
    )  # fmt: skip
    readings = read_courses(place, running, now, limits)
    judging = Judging(place, readings, patients.without_course(place.store), now, limits)
    found = judging.all_of(readings)
    return tuple(sorted((one for one in found if one.open or one.set_aside), key=_pressing))


def checks_of(
    found: Iterable[PatientFindings], others: Sequence[CheckDue] = ()
) -> tuple[CheckDue, ...]:
    """What is work of the day in some patients, without what Today shows as doses.

    `others` are checks of further patients that still stand.
    """
    checks = [
        CheckDue(one.patient, finding)
        for one in found
        for finding in one.open
        if _is_check(finding)
    ]
    checks += others
    return tuple(sorted(checks, key=lambda check: (check.finding.order[0], _name(check.patient))))


def dismiss_finding(
    place: Workplace,
    patient_id: str,
    key: str,
    reason: str,
    digest: str | None = None,
    command_id: UUID | None = None,
) -> Changes:
    """Set a finding aside until its facts change; who, when and why stay on record.

    `digest` names the facts that the person has seen. BadInput without a reason; Refused when
    the finding is no more, or rests on other facts by now.
    """
    if (done := place.done_before(command_id, "dismiss_finding")) is not None:
        return done
    found = patient_findings(place, patient_id)
    finding = next((one for one in found.open if one.key == key), None)
    if finding is None or digest not in (None, finding.digest):
        raise Refused(say("error.finding_changed"), hint=say("error.finding_changed.hint"))
    now = place.clock.now()
    dismissal = Dismissal(
        str(uuid4()), patient_id, finding.key, finding.digest, reason.strip(), now,
        place.actor.name, place.actor.role.value,
    )  # fmt: skip
    return place.write(
        "dismiss_finding",
        lambda transaction: dismissals.add(transaction, dismissal),
        touched=Touched.FINDINGS,
        patient_id=patient_id,
        command_id=command_id,
        reason=reason,
    )


def restore_finding(place: Workplace, dismissal_id: str, command_id: UUID | None = None) -> Changes:
    """Bring a finding back that was set aside; the dismissal stays in the history."""
    if (done := place.done_before(command_id, "restore_finding")) is not None:
        return done
    dismissal = dismissals.live(place.store, dismissal_id)
    return place.write(
        "restore_finding",
        lambda transaction: dismissals.withdraw(transaction, dismissal),
        touched=Touched.FINDINGS,
        patient_id=dismissal.patient_id,
        command_id=command_id,
    )


def _is_check(finding: Finding) -> bool:
    """Is it work of the ward's day? What merely is worth knowing can wait."""
    if finding.kind in _ONLY_IF_PRESSING:
        return finding.severity is not Severity.NOTICE
    return finding.kind not in _SHOWN_AS_DOSES


def _with_dismissals(
    patient: Patient, found: Sequence[Finding], aside: Sequence[Dismissal]
) -> PatientFindings:
    standing, set_aside = [], []
    for finding in sorted(found, key=lambda one: one.order):
        mine = next((one for one in aside if one.covers(finding)), None)
        if mine is None:
            standing.append(finding)
        else:
            set_aside.append(SetAside(finding, mine))
    return PatientFindings(patient, tuple(standing), tuple(set_aside))


def _today(now: Moment) -> date:
    return now.local.date()


def _pressing(found: PatientFindings) -> tuple[int, str, str]:
    first = found.open[0].order[0] if found.open else len(Severity)
    return first, *_name(found.patient)


def _name(patient: Patient) -> tuple[str, str]:
    return patient.family_name, patient.given_name
