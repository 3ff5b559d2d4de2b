"""Swimmer lanes: of each patient, what happened since maintenance began, in months.

A publication prints when relapse-free time ended, but no day of death since maintenance began:
such a lane ends where the printed time ends, and nothing is placed beyond it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from aml_maint.domain.cohort_member import LastKnown, Member, Status
from aml_maint.domain.follow_up import EventKind
from aml_maint.domain.messages import Message, say
from aml_maint.domain.outcome import DAYS_PER_MONTH

_TENTH = Decimal("0.1")


class Sign(StrEnum):
    """What is marked on a lane; each has a shape of its own."""

    MOLECULAR_RELAPSE = "molecular_relapse"
    MORPHOLOGICAL_RELAPSE = "morphological_relapse"
    EXTRAMEDULLARY_RELAPSE = "extramedullary_relapse"
    CONVERSION = "conversion"
    TRANSPLANT = "transplant"
    SECOND_THERAPY = "second_therapy"
    DEATH = "death"
    ALIVE = "alive"
    LOST = "lost"
    CENSORED = "censored"
    """The end of the printed time of somebody without relapse."""


@dataclass(frozen=True)
class Mark:
    """Something that happened, in months since maintenance began."""

    sign: Sign
    months: Decimal


@dataclass(frozen=True)
class Lane:
    """One patient from maintenance start to the last day known."""

    member: Member
    months: Decimal
    on_therapy: tuple[tuple[Decimal, Decimal], ...]
    marks: tuple[Mark, ...]


def lanes(members: Sequence[Member], cut_off: date | None = None) -> tuple[Lane, ...]:
    """The lanes, the longest first; nothing after the cut-off counts."""
    found = [lane for member in members if isinstance(lane := lane_of(member, cut_off), Lane)]
    return tuple(sorted(found, key=lambda lane: (-lane.months, lane.member.label)))


def lane_of(member: Member, cut_off: date | None = None) -> Lane | Message:
    """A patient's lane, or why there is none."""
    fate = member.fate
    if fate.reported is not None:
        return _reported(member)
    start = fate.maintenance_from
    if start is None:
        return say("endpoint.no_maintenance")
    if cut_off is not None and start > cut_off:
        return say("endpoint.after_cut_off")
    if fate.last_known is None or fate.last_known < start:
        return say("endpoint.no_follow_up")
    last = min(fate.last_known, cut_off or date.max)
    end = _months(start, last)
    marks = [
        Mark(Sign(event.kind.value), _months(start, event.on))
        for event in fate.events
        if start <= event.on <= last and event.kind is not EventKind.LOST
    ]
    if fate.converted_on is not None and fate.converted_on <= last:
        marks.append(Mark(Sign.CONVERSION, _months(start, fate.converted_on)))
    if not any(mark.sign is Sign.DEATH for mark in marks):
        cut = last < fate.last_known
        lost = member.last_known is LastKnown.LOST and not cut
        marks.append(Mark(Sign.LOST if lost else Sign.ALIVE, end))
    spans = tuple((low, min(high, end)) for low, high in member.on_therapy if low < end)
    return Lane(member, end, spans, tuple(sorted(marks, key=lambda mark: mark.months)))


def _reported(member: Member) -> Lane:
    reported = member.fate.reported
    assert reported is not None  # asked for above
    signs = {
        Status.REMISSION: Sign.CENSORED,
        Status.MOLECULAR_RELAPSE: Sign.MOLECULAR_RELAPSE,
        Status.MORPHOLOGICAL_RELAPSE: Sign.MORPHOLOGICAL_RELAPSE,
    }
    months = reported.rfs_months
    return Lane(member, months, (), (Mark(signs[member.status], months),))


def _months(start: date, day: date) -> Decimal:
    return (Decimal((day - start).days) / DAYS_PER_MONTH).quantize(_TENTH)
