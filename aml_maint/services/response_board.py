"""A patient's marrows with both verdicts, MRD over time, and the physician's word on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from aml_maint.domain.course import Course
from aml_maint.domain.errors import BadInput
from aml_maint.domain.follow_up import DiseaseEvent
from aml_maint.domain.labs import ANALYTES, LabResult
from aml_maint.domain.marrow import Marrow, PcrResult, Purpose
from aml_maint.domain.messages import say
from aml_maint.domain.mrd import MrdClass, Track, pcr_change
from aml_maint.domain.mrd_course import CourseSample, MrdCourse, follow
from aml_maint.domain.response import Counts, Response, judge_marrow
from aml_maint.domain.response_board import MarrowRow, ResponseBoard
from aml_maint.domain.response_review import Decision, ResponseReview, computed_words
from aml_maint.domain.site import SiteSettings
from aml_maint.domain.specimen_clock import Tracked, track
from aml_maint.services.changes import Changes, Touched
from aml_maint.services.site_settings import site_settings
from aml_maint.services.working_calendar import working_calendar
from aml_maint.services.workplace import Workplace
from aml_maint.store import courses, follow_ups, labs, marrows, response_reviews


def response_board(place: Workplace, patient_id: str, until: date | None = None) -> ResponseBoard:
    """Everything about a patient's marrows, or about those collected by a day."""
    mine = courses.of_patient(place.store, patient_id, place.shelf)
    found = marrows.of_patient(place.store, patient_id)
    events = follow_ups.events_of(place.store, [patient_id]).get(patient_id, [])
    today = place.clock.now().local.date()
    if until is not None and until < today:
        today = until
        found = [marrow for marrow in found if marrow.collected.local.date() <= until]
        events = [event for event in events if event.on <= until]
    results = {
        analyte: labs.of_analyte(place.store, patient_id, analyte)
        for analyte in ("granulocytes", "platelets")
    }
    reading = _Reading(
        site_settings(place),
        today,
        place.zone,
        results,
        response_reviews.of_patient(place.store, patient_id),
    )
    return reading.board(patient_id, found, mine, tuple(events))


@dataclass(frozen=True)
class MrdHistory:
    """What cohorts count of a patient's marrows, on the study's track.

    `rows` are those whose flow says something, oldest first. `converted` is the day of the first
    adequate negative after a positive start.
    """

    rows: tuple[MarrowRow, ...]
    baseline: MarrowRow | None
    converted: date | None


def mrd_histories(place: Workplace, mine: Mapping[str, Sequence[Course]]) -> dict[str, MrdHistory]:
    """The histories of everybody of `mine` who has a marrow, with the courses given there.

    Blood counts and waiting specimens, which weigh on neither MRD nor the study's response, are
    not read: a registry has ten thousand patients.
    """
    reading = _Reading(
        site_settings(place), place.clock.now().local.date(), place.zone, {},
        response_reviews.of_patients(place.store, list(mine)),
    )  # fmt: skip
    everyones = marrows.of_patients(place.store, list(mine))
    return {id: reading.history(found, mine[id]) for id, found in everyones.items()}


def tracked_specimens(place: Workplace, patient_ids: Sequence[str]) -> tuple[Tracked, ...]:
    """Every specimen of some patients whose result is out, the longest waiting first."""
    today = place.clock.now().local.date()
    found = marrows.with_pending(place.store, patient_ids)
    calendar = working_calendar(place.zone, [today, *(m.collected.local.date() for m in found)])
    target = site_settings(place).integer("specimen.target")
    waiting = [track(m, s, today, calendar, target) for m in found for s in m.pending]
    return tuple(sorted(waiting, key=lambda one: one.due_on))


def review_response(
    place: Workplace,
    marrow_id: str,
    decision: Decision,
    response: Response | None = None,
    mrd: MrdClass | None = None,
    reason: str = "",
    command_id: UUID | None = None,
) -> Changes:
    """Confirm the computed verdict on a marrow, or overrule it with classes and a reason.

    BadInput where nothing has come back yet, or where an overruling says what was computed.
    """
    if (done := place.done_before(command_id, "review_response")) is not None:
        return done
    marrow = marrows.marrow(place.store, marrow_id)
    board = response_board(place, marrow.patient_id)
    row = next(r for r in board.rows if r.marrow.id == marrow_id)
    computed = row.verdict
    own = (computed.response.study, computed.mrd.study if computed.mrd else None)
    if own == (None, None):
        raise BadInput(say("error.nothing_to_review"))
    if decision is Decision.CONFIRMED:
        response, mrd = own
    elif mrd is not None and own[1] is None:
        raise BadInput(say("error.no_mrd_to_overrule"), field="mrd")
    elif (response, mrd) == own:
        raise BadInput(say("error.overrules_nothing"), field="response")
    now = place.clock.now()
    review = ResponseReview(
        str(uuid4()), marrow.patient_id, marrow_id, computed_words(computed), decision, response,
        mrd, reason.strip(), place.actor.name, now,
    )  # fmt: skip
    return place.write(
        "review_response",
        lambda transaction: response_reviews.add(transaction, review),
        touched=Touched.MARROWS,
        patient_id=marrow.patient_id,
        command_id=command_id,
        reason=reason,
    )


class _Reading:
    """Judges the marrows of a patient with the settings and counts of the ward."""

    def __init__(
        self,
        settings: SiteSettings,
        today: date,
        zone: str,
        results: Mapping[str, Sequence[LabResult]],
        reviews: Mapping[str, ResponseReview],
    ) -> None:
        self.today = today
        self.zone = zone
        self.results = results
        self.reviews = reviews
        self.target = settings.integer("specimen.target")
        self.sustained = settings.days("mrd.sustained_after")
        self.counts_within = settings.days("marrow.counts_within")

    def board(
        self,
        patient_id: str,
        found: Sequence[Marrow],
        mine: Sequence[Course],
        events: tuple[DiseaseEvent, ...],
    ) -> ResponseBoard:
        rows = self.rows(found)
        baseline = _baseline(rows, mine)
        study, eln = (self.course(rows, baseline, track) for track in Track)
        return ResponseBoard(
            patient_id, self.today, rows, baseline, study, eln, tuple(mine), events
        )

    def history(self, found: Sequence[Marrow], mine: Sequence[Course]) -> MrdHistory:
        rows = tuple(
            MarrowRow(m, judge_marrow(m, Counts()), Counts(), self.reviews.get(m.id), (), {})
            for m in found
        )
        baseline = _baseline(rows, mine)
        converted = self.course(rows, baseline, Track.STUDY).converted
        return MrdHistory(
            tuple(row for row in rows if row.mrd is not None), baseline,
            None if converted is None else date.fromordinal(converted.day),
        )  # fmt: skip

    def course(
        self, rows: Sequence[MarrowRow], baseline: MarrowRow | None, track: Track
    ) -> MrdCourse:
        """The course of MRD since the baseline."""
        later = [
            row
            for row in rows
            if row.marrow.purpose is not Purpose.DIAGNOSIS
            and (baseline is None or row.marrow.collected.utc > baseline.marrow.collected.utc)
        ]
        return follow(map(_sample, later), _positive(baseline, track), track, self.sustained)

    def rows(self, found: Sequence[Marrow]) -> tuple[MarrowRow, ...]:
        days = [self.today, *(m.collected.local.date() for m in found)]
        calendar = working_calendar(self.zone, days) if found else None
        first: dict[str, PcrResult] = {}
        last: dict[str, PcrResult] = {}
        rows = []
        for marrow in found:
            changes = {}
            for pcr in marrow.pcrs:
                changes[pcr.target] = pcr_change(pcr, last.get(pcr.target), first.get(pcr.target))
                if marrow.purpose is Purpose.DIAGNOSIS:
                    first[pcr.target] = pcr
                last[pcr.target] = pcr
            assert calendar is not None  # there is a marrow
            counts = self.counts(marrow)
            tracked = tuple(
                track(marrow, one, self.today, calendar, self.target) for one in marrow.specimens
            )
            verdict = judge_marrow(marrow, counts)
            review = self.reviews.get(marrow.id)
            rows.append(MarrowRow(marrow, verdict, counts, review, tracked, changes))
        return tuple(rows)

    def counts(self, marrow: Marrow) -> Counts:
        """The blood counts nearest to the marrow."""
        return Counts(self.nearest("granulocytes", marrow), self.nearest("platelets", marrow))

    def nearest(self, analyte: str, marrow: Marrow) -> Decimal | None:
        at = marrow.collected.utc
        within = timedelta(days=self.counts_within)
        near = [r for r in self.results[analyte] if abs(r.collected.utc - at) <= within]
        if not near:
            return None
        chosen = min(near, key=lambda r: abs(r.collected.utc - at))
        return chosen.value.to(ANALYTES[analyte], analyte).value


def _baseline(rows: Iterable[MarrowRow], mine: Sequence[Course]) -> MarrowRow | None:
    """The marrow that MRD starts from: one taken as such, else the last before the first course.

    Only one whose flow says something counts.
    """
    judged = [row for row in rows if row.verdict.mrd is not None]
    meant = [row for row in judged if row.marrow.purpose is Purpose.BASELINE]
    if meant:
        return meant[-1]
    if not mine:
        return None
    start = min(course.first_day for course in mine)
    before = [
        row for row in judged if row.day <= start and row.marrow.purpose is not Purpose.DIAGNOSIS
    ]
    return before[-1] if before else None


def _positive(baseline: MarrowRow | None, track: Track) -> bool | None:
    if baseline is None:
        return None
    mrd = _sample(baseline).mrd
    if mrd is None:
        return None
    if mrd.is_positive(track):
        return True
    unverified = mrd.on(track) is MrdClass.NEGATIVE_UNVERIFIED
    return False if mrd.is_negative(track) or unverified else None


def _sample(row: MarrowRow) -> CourseSample:
    """A marrow as a sample of the course, with the physician's word in the place of ours."""
    mrd = row.verdict.mrd
    reason = row.verdict.response.study_reason
    review = row.review
    if review is not None and review.decision is Decision.OVERRULED:
        word = say("response.decided", by=review.decided_by, reason=review.reason)
        if row.mrd is None:
            mrd = None
        elif mrd is not None and row.mrd is not mrd.study:
            mrd = replace(mrd, study=row.mrd, reason=word)
        if row.response is not row.verdict.response.study:
            reason = word
    return CourseSample(row.day.toordinal(), row.order, row.day, row.response, reason, mrd)
