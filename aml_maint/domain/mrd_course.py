"""MRD over time: conversion, molecular relapse pending, confirmed or cancelled, persistence.

The course is computed anew from all samples in the order of their collection, so that it is the
same whatever the order in which they were entered, and a result that comes late takes its place.

Molecular relapse after ELN 2021: from negative to positive, confirmed in a second sample within
four weeks, or a rise by a power of ten between two positive ones. The paper counts the first
positive at once; both are told.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from aml_maint.domain.messages import Message, say
from aml_maint.domain.mrd import MrdClass, MrdVerdict, Track
from aml_maint.domain.response import Response

# ELN 2021: the second sample within four weeks.
REPEAT_DAYS = 28
# ELN 2021: a rise by one power of ten between two positive samples.
RISE = Decimal(10)


class MrdState(StrEnum):
    """Where a patient stands after the last sample."""

    UNKNOWN = "unknown"
    NEGATIVE = "negative"
    SUSTAINED = "sustained_negative"
    PERSISTENT = "persistent"
    PENDING = "relapse_pending"
    CONFIRMED = "molecular_relapse"
    MORPHOLOGICAL = "morphological_relapse"


class EventCode(StrEnum):
    """What a sample brought to light."""

    INDETERMINATE = "mrd_indeterminate"
    UNVERIFIED = "mrd_negative_unverified"
    FIRST_POSITIVE = "mrd_positive"
    PENDING = "mrd_conversion_pending"
    CONFIRMED = "molecular_relapse_confirmed"
    CANCELLED = "molecular_relapse_not_confirmed"
    PERSISTENT = "mrd_persistent"
    RISE = "mrd_rise_1_log"
    CONVERTED = "mrd_converted_negative"
    SUSTAINED = "mrd_sustained_negative"
    EXACTLY_FIVE = "blasts_exactly_5"
    RELAPSE = "morphological_relapse"


@dataclass(frozen=True)
class CourseSample:
    """One sample as far as it is back. `day` is a day number, `order` sorts within a day.

    `label` is the day in words, a date or the day of a study.
    """

    day: int
    order: str
    label: object
    response: Response | None
    response_reason: Message
    mrd: MrdVerdict | None


@dataclass(frozen=True)
class CourseEvent:
    """What a sample brought to light, and why."""

    sample: CourseSample
    code: EventCode
    reason: Message

    @property
    def day(self) -> int:
        """The day of the sample."""
        return self.sample.day


@dataclass(frozen=True)
class MrdCourse:
    """The events in order, and where the patient stands.

    `pending_since` is the first positive that waits for its second sample, `repeat_by` the day
    number by which that is due, `converted` the first adequate negative after a positive start.
    """

    track: Track
    events: tuple[CourseEvent, ...]
    state: MrdState
    pending_since: CourseSample | None
    repeat_by: int | None
    converted: CourseSample | None

    def last(self, code: EventCode) -> CourseEvent | None:
        """The latest event of a kind."""
        return next((event for event in reversed(self.events) if event.code is code), None)


def follow(
    samples: Iterable[CourseSample],
    baseline_positive: bool | None,
    track: Track,
    sustained_days: int,
) -> MrdCourse:
    """The course on one track from the samples after baseline, in whatever order they are given.

    With an unknown baseline the first sample that can be judged stands for it. Two adequate
    negatives at least `sustained_days` apart are a sustained negativity.
    """
    walk = _Walk(track, baseline_positive, sustained_days)
    for sample in sorted(samples, key=lambda s: (s.day, s.order)):
        walk.take(sample)
    return walk.course()


class _Walk:
    """Goes through the samples in order and keeps where the patient stands."""

    def __init__(self, track: Track, baseline_positive: bool | None, sustained_days: int) -> None:
        self.track = track
        self.sustained_days = sustained_days
        self.from_baseline = baseline_positive is True
        self.state = {None: MrdState.UNKNOWN, True: MrdState.PERSISTENT}.get(
            baseline_positive, MrdState.NEGATIVE
        )
        self.events: list[CourseEvent] = []
        self.pending: CourseSample | None = None
        self.converted: CourseSample | None = None
        self.first_negative: CourseSample | None = None
        self.lowest: Decimal | None = None

    def course(self) -> MrdCourse:
        repeat = self.pending.day + REPEAT_DAYS if self.pending else None
        return MrdCourse(
            self.track, tuple(self.events), self.state, self.pending, repeat, self.converted
        )

    def take(self, sample: CourseSample) -> None:
        if self._relapsed(sample):
            if self.state is not MrdState.MORPHOLOGICAL:
                self._tell(sample, EventCode.RELAPSE, sample.response_reason)
            self.state = MrdState.MORPHOLOGICAL
            self.pending = self.first_negative = None
            return
        if sample.response is Response.EXACTLY_FIVE and self.track is Track.STUDY:
            self._tell(sample, EventCode.EXACTLY_FIVE, say("response.exactly_five"))
        if sample.mrd is None:
            return
        if sample.mrd.is_positive(self.track):
            self._positive(sample, sample.mrd)
        elif sample.mrd.is_negative(self.track):
            self._negative(sample)
        elif sample.mrd.on(self.track) is MrdClass.NEGATIVE_UNVERIFIED:
            self._unverified(sample)
        else:
            reason = sample.mrd.reason if self.track is Track.STUDY else sample.mrd.eln_reason
            self._tell(sample, EventCode.INDETERMINATE, reason)

    def _relapsed(self, sample: CourseSample) -> bool:
        """Relapse by morphology: above 5 % in the paper, from 5 % on in ELN."""
        at_limit = sample.response is Response.EXACTLY_FIVE and self.track is Track.ELN
        return sample.response is Response.RELAPSE or at_limit

    def _positive(self, sample: CourseSample, mrd: MrdVerdict) -> None:
        risen = self._risen(mrd.percent)
        self.first_negative = None
        match self.state:
            case MrdState.UNKNOWN:
                self.state = MrdState.PERSISTENT
                self._tell(sample, EventCode.FIRST_POSITIVE, say("course.first_positive"))
            case MrdState.NEGATIVE | MrdState.SUSTAINED:
                self.state, self.pending = MrdState.PENDING, sample
                self._tell(sample, EventCode.PENDING, say("course.pending"))
            case MrdState.PENDING:
                assert self.pending is not None  # set whenever the state is
                reason = say("course.confirmed", first=self.pending.label)
                self.state, self.pending = MrdState.CONFIRMED, None
                self._tell(sample, EventCode.CONFIRMED, reason)
            case MrdState.PERSISTENT if not risen:
                key = "course.persistent" if self.from_baseline else "course.still_positive"
                self._tell(sample, EventCode.PERSISTENT, Message(key))
            case _:
                pass  # a relapse stands already
        if risen:
            self._tell(sample, EventCode.RISE, say("course.rise"))

    def _risen(self, percent: Decimal | None) -> bool:
        """Up by a power of ten from the lowest positive so far? The new height then counts."""
        if percent is None:
            return False
        if self.lowest is not None and percent >= RISE * self.lowest:
            self.lowest = percent
            return True
        self.lowest = percent if self.lowest is None else min(self.lowest, percent)
        return False

    def _negative(self, sample: CourseSample) -> None:
        first = self.first_negative = self.first_negative or sample
        was_positive = self.converted is not None or self.from_baseline
        match self.state:
            case MrdState.PENDING:
                assert self.pending is not None
                reason = say("course.cancelled", first=self.pending.label)
                self._tell(sample, EventCode.CANCELLED, reason)
            case MrdState.PERSISTENT | MrdState.CONFIRMED | MrdState.MORPHOLOGICAL:
                self.converted = self.converted or sample
                self._tell(sample, EventCode.CONVERTED, say("course.converted"))
            case _:
                pass
        self.pending = self.lowest = None
        if sample.day - first.day < self.sustained_days:
            self.state = MrdState.NEGATIVE
            return
        if self.state is not MrdState.SUSTAINED and was_positive:
            reason = say("course.sustained", first=first.label, days=self.sustained_days)
            self._tell(sample, EventCode.SUSTAINED, reason)
        self.state = MrdState.SUSTAINED

    def _unverified(self, sample: CourseSample) -> None:
        """A negative whose events nobody reported ends no positive state, and says so."""
        if self.state in {MrdState.PENDING, MrdState.PERSISTENT, MrdState.CONFIRMED}:
            self._tell(sample, EventCode.UNVERIFIED, say("course.unverified"))
        elif self.state is MrdState.UNKNOWN:
            self.state = MrdState.NEGATIVE

    def _tell(self, sample: CourseSample, code: EventCode, reason: Message) -> None:
        self.events.append(CourseEvent(sample, code, reason))
