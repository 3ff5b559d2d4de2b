"""The cohort: who belongs to it by some filter, Table 1, outcomes, and what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from aml_maint.domain.cohort_member import (
    Completeness,
    LastKnown,
    Member,
    MrdPoint,
    Status,
    completeness,
    reported_member,
)
from aml_maint.domain.cohort_tables import Grouping, Line, table_1
from aml_maint.domain.course import Course
from aml_maint.domain.disease import Diagnosis, EarlierTherapy, SorafenibTiming
from aml_maint.domain.endpoints import Counting, Endpoint, Fate
from aml_maint.domain.errors import BadInput
from aml_maint.domain.follow_up import FollowUp
from aml_maint.domain.messages import Name, say
from aml_maint.domain.mrd import NEGATIVE, POSITIVE
from aml_maint.domain.outcome import DAYS_PER_MONTH
from aml_maint.domain.outcome_estimate import Outcome, estimate
from aml_maint.domain.patient import Patient, Risk, Sex
from aml_maint.domain.response_board import MarrowRow
from aml_maint.services import library
from aml_maint.services.long_work import Parts, whole
from aml_maint.services.response_board import MrdHistory, mrd_histories
from aml_maint.services.toxicity_tables import Tables, ToxicityRecord, toxicity_tables
from aml_maint.services.workplace import Workplace
from aml_maint.store import cohorts, courses, diseases, follow_ups, patients

if TYPE_CHECKING:
    from aml_maint.domain.study_checks import Checked

# What stands for the ward's own patients where a study is named.
WARD = "ward"
# So many patients are read at a time: some hundredths of a second. Ten times as many at once would
# take a thirtieth less in all.
_AT_A_TIME = 50


@dataclass(frozen=True)
class CohortFilter:
    """Whom to look at; what is left out filters nothing. `study` "ward" is the ward's own."""

    study: str | None = None
    regimen: str | None = None
    sex: Sex | None = None
    risk: Risk | None = None
    baseline_positive: bool | None = None
    least_age: int | None = None
    most_age: int | None = None
    status: Status | None = None
    last_known: LastKnown | None = None
    sorafenib: SorafenibTiming | None = None
    started_from: date | None = None
    started_until: date | None = None

    def __post_init__(self) -> None:
        first, last = self.started_from, self.started_until
        if first is not None and last is not None and last < first:
            raise BadInput(say("error.end_before_start"), field="started_until")

    def fits(self, member: Member) -> bool:
        """Does a patient belong? One of whom an asked-for fact is unknown does not."""
        asked: tuple[tuple[object, object], ...] = (
            (self.study, member.study or WARD),
            (self.regimen, member.regimen),
            (self.sex, member.sex),
            (self.risk, member.risk),
            (self.baseline_positive, member.fate.baseline_positive),
            (self.status, member.status),
            (self.last_known, member.last_known),
            (self.sorafenib, member.sorafenib),
        )
        if any(wanted is not None and wanted != found for wanted, found in asked):
            return False
        return self._fits_age(member.age) and self._fits_start(member.fate.maintenance_from)

    def _fits_start(self, day: date | None) -> bool:
        if self.started_from is None and self.started_until is None:
            return True
        if day is None or (self.started_from is not None and day < self.started_from):
            return False
        return self.started_until is None or day <= self.started_until

    def _fits_age(self, age: Decimal | None) -> bool:
        if self.least_age is None and self.most_age is None:
            return True
        if age is None or (self.least_age is not None and age < self.least_age):
            return False
        # Whole years: who is 60 and a half is 60.
        return self.most_age is None or int(age) <= self.most_age


@dataclass(frozen=True)
class Everyone:
    """Everyone of whom a cohort could be made, as of a day."""

    members: tuple[Member, ...]
    today: date


@dataclass(frozen=True)
class Cohort:
    """The patients of a filter, and everyone of whom a cohort could be made.

    `counted` are the tables of toxicity, None while they have not been read.
    """

    members: tuple[Member, ...]
    everyone: tuple[Member, ...]
    filter: CohortFilter
    counted: Tables | None
    today: date

    @property
    def toxicity(self) -> Tables:
        """The tables of toxicity; RuntimeError while they have not been read."""
        if self.counted is None:
            raise RuntimeError("the toxicities of this cohort have not been read")
        return self.counted

    @property
    def is_mixed(self) -> bool:
        """Do patients of several origins stand together, such as the ward's and a publication's?"""
        return len({member.study for member in self.members}) > 1

    @cached_property
    def studies(self) -> tuple[str, ...]:
        """Where the patients come from: the ward's own, then published cohorts by name."""
        found = {member.study for member in self.everyone}
        return tuple(study or WARD for study in sorted(found))

    @cached_property
    def regimens(self) -> tuple[str, ...]:
        """The regimens that the ward's patients are on."""
        return tuple(sorted({m.regimen for m in self.everyone if m.regimen}))

    @cached_property
    def regimen_names(self) -> dict[str, Name]:
        """The regimens that the ward's patients are on, by id."""
        return {id: library.regimen(id).name for id in self.regimens}

    def table_1(self, grouping: Grouping = Grouping.NONE) -> tuple[Line, ...]:
        """Who the patients are."""
        return table_1(self.members, grouping)

    def outcome(
        self,
        endpoint: Endpoint,
        counting: Counting | None = None,
        grouping: Grouping = Grouping.NONE,
    ) -> Outcome:
        """An outcome of these patients."""
        return estimate(self.members, endpoint, counting, grouping)

    @cached_property
    def completeness(self) -> tuple[Completeness, ...]:
        """What is missing, fact by fact."""
        return completeness(self.members)

    @cached_property
    def checks(self) -> tuple[Checked, ...]:
        """What the publications print beside what their own patients give, whatever the filter."""
        from aml_maint.domain.study_checks import check_study

        found: list[Checked] = []
        for id, study in library.studies().items():
            mine = [member for member in self.everyone if member.study == id]
            if mine:
                found += check_study(study, mine)
        return tuple(found)


def cohort(
    place: Workplace, wanted: CohortFilter | None = None, cut_off: date | None = None
) -> Cohort:
    """The patients of a filter, with toxicities up to the cut-off. BadInput for a day to come."""
    wanted = wanted or CohortFilter()
    found = chosen(whole(read_everyone(place)), wanted, cut_off)
    ids = {member.id for member in found.members if not member.study}
    counted = toxicity_tables(place, until=cut_off, patient_ids=ids)
    return replace(found, counted=counted)


def chosen(
    everyone: Everyone,
    wanted: CohortFilter,
    cut_off: date | None,
    record: ToxicityRecord | None = None,
) -> Cohort:
    """The cohort of a filter out of everyone, with its toxicities if they have been read.

    BadInput for a cut-off to come, and for a study that nobody belongs to.
    """
    if cut_off is not None and cut_off > everyone.today:
        raise BadInput(say("error.date_in_future"), field="cut_off")
    if wanted.study not in {None, *(member.study or WARD for member in everyone.members)}:
        raise BadInput(say("error.no_such_study", study=wanted.study), field="study")
    members = tuple(member for member in everyone.members if wanted.fits(member))
    ids = {member.id for member in members if not member.study}
    counted = None if record is None else record.tables(ids)
    return Cohort(members, everyone.members, wanted, counted, everyone.today)


def read_everyone(place: Workplace) -> Parts[Everyone]:
    """Read the ward's own patients who ever began maintenance, by record number, and those of
    publications; some at a time."""
    today = place.clock.now().local.date()
    ids = courses.patients_begun(place.store, today)
    found: list[Member] = []
    for start in range(0, len(ids), _AT_A_TIME):
        yield start, len(ids)
        found += _ward(place, ids[start : start + _AT_A_TIME], today)
    found.sort(key=lambda member: member.label)
    return Everyone((*found, *_reported(place)), today)


def _reported(place: Workplace) -> list[Member]:
    """The patients of published cohorts, by study and number."""
    found = []
    for study in cohorts.studies(place.store):
        ids = cohorts.patients_of_study(place.store, study)
        for number, patient in cohorts.by_study(place.store, study).items():
            found.append(reported_member(ids[number], study, patient))
    return found


def _ward(place: Workplace, ids: Sequence[str], today: date) -> list[Member]:
    """Some of the ward's own patients, with one question for each kind of fact."""
    store = place.store
    begun = courses.of_patients(store, ids, place.shelf)
    people = patients.by_ids(store, ids)
    known = diseases.of_patients(store, people)
    fates = follow_ups.of_patients(store, ids)
    histories = mrd_histories(place, begun)
    therapies = diseases.therapies_of(store, ids)
    return [
        replace(
            _member(people[id], mine, known.get(id), fates.get(id, FollowUp()), histories.get(id)),
            earlier=", ".join(map(_told, therapies.get(id, ()))),
            cycles=sum(len(course.cycles) for course in mine),
            on_therapy=_on_therapy(mine, today),
        )
        for id, mine in begun.items()
    ]


def _member(
    patient: Patient,
    mine: Sequence[Course],
    diagnosis: Diagnosis | None,
    fate: FollowUp,
    marrows: MrdHistory | None,
) -> Member:
    start = mine[0].first_day
    cytogenetics = diagnosis.cytogenetics if diagnosis else None
    age = patient.age(start)
    baseline = marrows.baseline if marrows else None
    flow = baseline.marrow.flow if baseline else None
    return Member(
        id=patient.id,
        label=patient.mrn,
        study="",
        sex=patient.sex,
        age=None if age is None else Decimal(age),
        wbc=diagnosis.wbc if diagnosis else None,
        blasts=diagnosis.blasts_percent if diagnosis else None,
        fab=diagnosis.fab if diagnosis else "",
        normal_karyotype=None if cytogenetics is None else not cytogenetics,
        genes=tuple(v.gene.upper() for v in diagnosis.mutations) if diagnosis else None,
        flt3_itd=patient.flt3_itd,
        risk=patient.eln_risk,
        sorafenib=diagnosis.sorafenib if diagnosis else SorafenibTiming.NOT_RECORDED,
        fate=_fate(patient, start, fate, marrows),
        regimen=mine[-1].regimen.id,
        baseline_percent=flow.value if flow else None,
        mrd=_mrd_line(marrows, start),
        karyotype=diagnosis.karyotype if diagnosis else "",
    )


def _told(therapy: EarlierTherapy) -> str:
    """As letters write it: `ID-Ara-C*2`."""
    return f"{therapy.regimen}*{therapy.cycles}" if therapy.cycles else therapy.regimen


def _on_therapy(mine: Sequence[Course], today: date) -> tuple[tuple[Decimal, Decimal], ...]:
    """The stretches of maintenance, in months since its first day."""
    start = mine[0].first_day
    return tuple(
        (_months(start, course.first_day), _months(start, min(course.ended_on or today, today)))
        for course in mine
        if course.first_day <= today
    )


def _months(start: date, day: date) -> Decimal:
    return (Decimal((day - start).days) / DAYS_PER_MONTH).quantize(Decimal("0.1"))


def _fate(patient: Patient, start: date, fate: FollowUp, marrows: MrdHistory | None) -> Fate:
    baseline = marrows.baseline if marrows else None
    return Fate(
        diagnosed_on=patient.diagnosed_on,
        maintenance_from=start,
        last_known=fate.last_known,
        events=fate.events,
        baseline_positive=_positive(baseline) if baseline else None,
        converted_on=marrows.converted if marrows else None,
    )


def _positive(row: MarrowRow) -> bool | None:
    """Is a marrow MRD positive by the study's rule, by the word that is in force?"""
    if row.mrd in POSITIVE:
        return True
    return False if row.mrd in NEGATIVE else None


def _mrd_line(marrows: MrdHistory | None, start: date) -> tuple[MrdPoint, ...]:
    if marrows is None:
        return ()
    return tuple(
        MrdPoint(
            _months(start, row.day),
            _positive(row),
            row.verdict.mrd.percent if row.verdict.mrd else None,
            row.day,
        )
        for row in marrows.rows
    )
