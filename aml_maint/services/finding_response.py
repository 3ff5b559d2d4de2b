"""What a patient's marrows say to findings: relapse, pending or shown, rises, poor samples."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from aml_maint.domain.disease import Diagnosis
from aml_maint.domain.finding_facts import (
    KnownRelapse,
    NotedSample,
    PendingRelapse,
    QuestionedRelapse,
    UnseenVerdict,
)
from aml_maint.domain.finding_genetics import mutations_on_record
from aml_maint.domain.follow_up import RELAPSES, DiseaseEvent, EventKind
from aml_maint.domain.marrow import Marrow
from aml_maint.domain.messages import Message, say
from aml_maint.domain.mrd import POSITIVE, MrdClass, Track
from aml_maint.domain.mrd_course import CourseEvent, EventCode, MrdState
from aml_maint.domain.response import Counts, Response, judge_marrow
from aml_maint.domain.response_board import MarrowRow, ResponseBoard
from aml_maint.domain.response_review import computed_words

_BAD_NEWS = frozenset({Response.RELAPSE, Response.EXACTLY_FIVE})
_UNCLEAR = frozenset({Response.EXACTLY_FIVE, Response.NOT_EVALUABLE})
_UNCLEAR_MRD = frozenset({MrdClass.INDETERMINATE, MrdClass.POSITIVE_LOW_QUALITY})


def says_nothing_new(marrows: Sequence[Marrow], overruled: frozenset[str], most: int) -> bool:
    """Can the latest `most` marrows hold nothing for findings, so that the rest is left unread?

    So it is if the last one that MRD rests on was an adequate negative in a clear remission.
    """
    for marrow in reversed(marrows):
        verdict = judge_marrow(marrow, Counts())
        mrd, response = verdict.mrd, verdict.response.study
        if marrow.id in overruled or response in _BAD_NEWS | _UNCLEAR:
            return False
        if mrd is None or mrd.study is MrdClass.NEGATIVE_UNVERIFIED:
            continue
        return mrd.is_negative(Track.STUDY)
    return len(marrows) < most


def pending(board: ResponseBoard) -> PendingRelapse | None:
    """A first positive that waits for its second sample."""
    since, due = board.study.pending_since, board.repeat_by
    if board.study.state is not MrdState.PENDING or since is None or due is None:
        return None
    row = _row_of(board, since.order)
    reason = since.mrd.reason if since.mrd is not None else since.response_reason
    return PendingRelapse(row.marrow.id, row.day, due, reason)


def shown_relapse(board: ResponseBoard, diagnosis: Diagnosis | None) -> KnownRelapse | None:
    """The relapse in which the marrows say that the patient is."""
    course = board.study
    if course.state is MrdState.MORPHOLOGICAL:
        event = course.last(EventCode.RELAPSE)
        assert event is not None  # no other event makes this state
        return _relapse(board, EventKind.MORPHOLOGICAL_RELAPSE, event, event, diagnosis)
    if course.state is MrdState.CONFIRMED:
        event, first = course.last(EventCode.CONFIRMED), course.last(EventCode.PENDING)
        assert event is not None and first is not None
        return _relapse(board, EventKind.MOLECULAR_RELAPSE, event, first, diagnosis)
    return None


def recorded_relapse(events: Sequence[DiseaseEvent]) -> KnownRelapse | None:
    """The last relapse that the follow-up tells of."""
    found = [event for event in events if event.kind in RELAPSES]
    if not found:
        return None
    last = max(found, key=lambda event: event.on)
    reason = say(f"event_kind.{last.kind.value}")
    return KnownRelapse(last.kind, last.marrow_id or "", last.on, last.on, reason)


def is_recorded(relapse: KnownRelapse, events: Sequence[DiseaseEvent]) -> bool:
    """Does the follow-up tell of it? A molecular relapse is told by a worse one as well."""
    kinds = RELAPSES
    if relapse.kind is EventKind.MORPHOLOGICAL_RELAPSE:
        kinds = frozenset({EventKind.MORPHOLOGICAL_RELAPSE})
    return any(event.kind in kinds and event.on >= relapse.first for event in events)


def questioned(board: ResponseBoard, events: Sequence[DiseaseEvent]) -> QuestionedRelapse | None:
    """A molecular relapse on record whose second sample, by what is known now, was negative."""
    molecular = [event for event in events if event.kind is EventKind.MOLECULAR_RELAPSE]
    since: CourseEvent | None = None
    for event in board.study.events:
        if event.code is EventCode.PENDING:
            since = event
        elif event.code is EventCode.CANCELLED and since is not None:
            first, last = date.fromordinal(since.day), date.fromordinal(event.day)
            told = next((one for one in molecular if first <= one.on <= last), None)
            if told is not None:
                row = _row_of(board, event.sample.order)
                return QuestionedRelapse(told.id, told.on, row.marrow.id, row.day)
    return None


def risen(board: ResponseBoard) -> NotedSample | None:
    """A rise by a power of ten in the last sample, while MRD was positive all along."""
    event = board.study.last(EventCode.RISE)
    if event is None or board.study.state is not MrdState.PERSISTENT:
        return None
    row = _row_of(board, event.sample.order)
    if any(later.verdict.mrd is not None for later in board.rows if later.day > row.day):
        return None
    mrd = event.sample.mrd
    return NotedSample(row.marrow.id, row.day, (mrd.reason,) if mrd else ())


def poor_sample(board: ResponseBoard) -> NotedSample | None:
    """The last marrow, if it answered nothing, or neither yes nor no, and nothing is out.

    While a relapse waits for its second sample that one is asked for already.
    """
    row = board.rows[-1] if board.rows else None
    if row is None or row.marrow.pending or board.study.state is MrdState.PENDING:
        return None
    reasons: list[Message] = []
    response, mrd = row.verdict.response, row.verdict.mrd
    if row.response in _UNCLEAR and response.study is row.response:
        reasons.append(response.study_reason)
    if row.mrd in _UNCLEAR_MRD and mrd is not None and mrd.study is row.mrd:
        reasons.append(mrd.reason)
    return NotedSample(row.marrow.id, row.day, tuple(reasons)) if reasons else None


def unseen(board: ResponseBoard) -> UnseenVerdict | None:
    """The latest marrow, if it says relapse or positive MRD and no physician has seen that."""
    row = board.latest
    if row is None or not row.wants_review:
        return None
    reasons: list[Message] = []
    if row.verdict.response.study in _BAD_NEWS:
        reasons.append(row.verdict.response.study_reason)
    if row.verdict.mrd is not None and row.verdict.mrd.study in POSITIVE:
        reasons.append(row.verdict.mrd.reason)
    if not reasons:
        return None
    return UnseenVerdict(row.marrow.id, row.day, computed_words(row.verdict), tuple(reasons))


def _relapse(
    board: ResponseBoard,
    kind: EventKind,
    event: CourseEvent,
    first: CourseEvent,
    diagnosis: Diagnosis | None,
) -> KnownRelapse:
    row = _row_of(board, event.sample.order)
    return KnownRelapse(
        kind, row.marrow.id, date.fromordinal(first.day), row.day, event.reason,
        mutations_on_record(diagnosis),
    )  # fmt: skip


def _row_of(board: ResponseBoard, order: str) -> MarrowRow:
    """The marrow that a sample of the course was."""
    return next(row for row in board.rows if row.order == order)
