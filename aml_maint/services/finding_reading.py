"""What findings need besides doses and gates, read for many patients at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from aml_maint.domain.assessment import Due
from aml_maint.domain.course import Course
from aml_maint.domain.finding_facts import (
    LowSupply,
    OtherFacts,
    PendingRelapse,
    UnseenVerdict,
    UnsignedToxicity,
)
from aml_maint.domain.marrow import Marrow
from aml_maint.domain.messages import Message, Name
from aml_maint.domain.mrd import STUDY_CUT_OFF, MrdClass
from aml_maint.domain.mrd_course import MrdState
from aml_maint.domain.response import Response
from aml_maint.domain.response_review import computed_words
from aml_maint.domain.specimen_clock import Tracked
from aml_maint.services import library
from aml_maint.services.assessments import due_of
from aml_maint.services.response_board import (
    MarrowRow,
    ResponseBoard,
    response_board,
    tracked_specimens,
)
from aml_maint.services.site_settings import site_settings
from aml_maint.services.supply_watch import low_supplies
from aml_maint.services.workplace import Workplace
from aml_maint.store import assessments, toxicities

# Assessments are asked for in the cycle that runs and the one before; later nobody makes them up.
_CYCLES_BACK = 1


@dataclass(frozen=True)
class OtherReading:
    """The facts by patient and, of courses, by course."""

    assessments: Mapping[str, tuple[Due, ...]] = field(default_factory=dict)
    supplies: Mapping[str, tuple[LowSupply, ...]] = field(default_factory=dict)
    boards: Mapping[str, ResponseBoard] = field(default_factory=dict)
    specimens: Mapping[str, tuple[Tracked, ...]] = field(default_factory=dict)
    unsigned: Mapping[str, tuple[UnsignedToxicity, ...]] = field(default_factory=dict)

    def of(self, course: Course) -> OtherFacts:
        """The facts of a course and its patient."""
        board = self.boards.get(course.patient_id)
        return OtherFacts(
            self.assessments.get(course.id, ()),
            self.supplies.get(course.id, ()),
            _pending(board) if board else None,
            _unseen(board) if board else None,
            self.specimens.get(course.patient_id, ()),
            self.unsigned.get(course.patient_id, ()),
        )


def read_others(
    place: Workplace,
    found: Sequence[Course],
    examined: Mapping[str, Sequence[Marrow]],
    today: date,
) -> OtherReading:
    """Read them for the patients of some courses; `examined` are their latest marrows.

    The number of queries does not grow with the patients, but for those whose latest marrow was
    positive or whose tablets may run out: of these each is looked at by itself.
    """
    ids = list(dict.fromkeys(course.patient_id for course in found))
    settings = site_settings(place)
    suspicious = [id for id in ids if _is_suspicious(examined.get(id, ()))]
    waiting: dict[str, tuple[Tracked, ...]] = {}
    for one in tracked_specimens(place):
        mine = waiting.get(one.marrow.patient_id, ())
        waiting[one.marrow.patient_id] = (*mine, one)
    running = [course for course in found if course.ended_on is None]
    return OtherReading(
        _assessments_due(place, running, today, settings.days("cycle.assessment_days"))
        if settings.flag("cycle.assessment_needed")
        else {},
        low_supplies(place, running, today, settings.days("supply.low_below")),
        {id: response_board(place, id) for id in suspicious},
        waiting,
        _unsigned(place, ids),
    )


def _assessments_due(
    place: Workplace, found: Sequence[Course], today: date, days: int
) -> dict[str, tuple[Due, ...]]:
    """What each course lacks as of a day, of the cycle that runs and the one before."""
    if not found:
        return {}
    first = {c.id: c.cycle(max(len(c.cycles) - _CYCLES_BACK, 1)).first_day for c in found}
    since = min(first.values()) - timedelta(days=28)
    patients = [course.patient_id for course in found]
    made = assessments.of_patients(place.store, patients, since)
    waived = assessments.overrides_of(place.store, [course.id for course in found])
    due = {}
    for course in found:
        last = len(course.cycles)
        lacking = tuple(
            one
            for one in due_of(course, made.get(course.patient_id, []), today, days)
            if one.cycle >= last - _CYCLES_BACK
            and (one.cycle, one.kind) not in waived.get(course.id, ())
        )
        if lacking:
            due[course.id] = lacking
    return due


def _unsigned(place: Workplace, ids: Sequence[str]) -> dict[str, tuple[UnsignedToxicity, ...]]:
    terms = {item.id: item.term for item in library.toxicity_items()}
    return {
        patient_id: tuple(
            UnsignedToxicity(
                one.version,
                _as_typed(one.detail) if one.detail else terms.get(one.term, _as_typed(one.term)),
                one.worst,
                one.onset,
            )
            for one in mine
        )
        for patient_id, mine in toxicities.unsigned_of(place.store, ids).items()
    }


def _as_typed(term: str) -> Name:
    return Name(term, term)


def _is_suspicious(marrows: Sequence[Marrow]) -> bool:
    """Could the latest marrows hold a positive MRD or a relapse?"""
    for marrow in marrows[-2:]:
        flow, morphology = marrow.flow, marrow.morphology
        if flow is not None and flow.value is not None and flow.value >= STUDY_CUT_OFF:
            return True
        blasts = morphology.blasts_percent if morphology is not None else None
        if blasts is not None and blasts >= 5:
            return True
    return False


def _pending(board: ResponseBoard) -> PendingRelapse | None:
    since, due = board.study.pending_since, board.repeat_by
    if board.study.state is not MrdState.PENDING or since is None or due is None:
        return None
    row = next(r for r in board.rows if r.day.toordinal() == since.day)
    reason = since.mrd.reason if since.mrd is not None else since.response_reason
    return PendingRelapse(row.marrow.id, row.day, due, reason)


def _unseen(board: ResponseBoard) -> UnseenVerdict | None:
    """The latest marrow, if it says relapse or positive MRD and no physician has seen that."""
    row = board.latest
    if row is None or not row.wants_review or not _says_bad_news(row):
        return None
    reasons: list[Message] = []
    if row.verdict.response.study in (Response.RELAPSE, Response.EXACTLY_FIVE):
        reasons.append(row.verdict.response.study_reason)
    if row.verdict.mrd is not None and row.verdict.mrd.study in _POSITIVE:
        reasons.append(row.verdict.mrd.reason)
    return UnseenVerdict(row.marrow.id, row.day, computed_words(row.verdict), tuple(reasons))


_POSITIVE = frozenset({MrdClass.POSITIVE, MrdClass.POSITIVE_LOW_QUALITY})


def _says_bad_news(row: MarrowRow) -> bool:
    mrd = row.verdict.mrd
    relapse = row.verdict.response.study in (Response.RELAPSE, Response.EXACTLY_FIVE)
    return relapse or (mrd is not None and mrd.study in _POSITIVE)
