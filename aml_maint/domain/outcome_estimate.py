"""An outcome of a cohort: the curve with everything that has to be printed beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from aml_maint.domain.cohort_member import Member
from aml_maint.domain.cohort_tables import Grouping, grouped
from aml_maint.domain.endpoints import Counting, Endpoint, observe
from aml_maint.domain.messages import Message, say
from aml_maint.domain.outcome import Basis, Observation
from aml_maint.domain.survival import (
    Comparison,
    Curve,
    Median,
    follow_up,
    kaplan_meier,
    log_rank,
)


@dataclass(frozen=True)
class LeftOut:
    """A patient of whom an endpoint can't be told, and why."""

    label: str
    reason: Message


@dataclass(frozen=True)
class GroupOutcome:
    """One group's curve, with its follow-up by the plain median of all times and by reverse

    Kaplan-Meier.
    """

    curve: Curve
    plain_follow_up: tuple[Decimal, Decimal, Decimal] | None
    reverse_follow_up: Median
    from_reported: int


@dataclass(frozen=True)
class Outcome:
    """An endpoint over a cohort, by group; "" is everyone where nothing splits them."""

    endpoint: Endpoint
    counting: Counting
    grouping: Grouping
    groups: Mapping[str, GroupOutcome]
    log_rank: Comparison | None
    left_out: tuple[LeftOut, ...]

    @property
    def n(self) -> int:
        """How many patients it rests on."""
        return sum(group.curve.n for group in self.groups.values())

    @property
    def events(self) -> int:
        """How many had the event."""
        return sum(group.curve.events for group in self.groups.values())

    @property
    def notes(self) -> tuple[Message, ...]:
        """What stands under every figure: definition, follow-up, cut-off, and warnings."""
        told = [self.endpoint.definition]
        counting = self.counting
        if counting.cut_off is not None:
            told.append(say("outcome.cut_off", day=counting.cut_off))
        if counting.censor_at_transplant and self.endpoint.is_relapse_free:
            told.append(say("outcome.transplant_censored"))
        reported = sum(group.from_reported for group in self.groups.values())
        if reported and (counting.cut_off is not None or counting.censor_at_transplant):
            told.append(say("outcome.months_only", n=reported))
        if self.left_out:
            told.append(say("outcome.left_out", n=len(self.left_out)))
        if any(group.curve.is_small for group in self.groups.values()):
            told.append(say("outcome.few", n=self.n))
        return tuple(told)


def estimate(
    members: Sequence[Member],
    endpoint: Endpoint,
    counting: Counting | None = None,
    grouping: Grouping = Grouping.NONE,
) -> Outcome:
    """The outcome of a cohort by one endpoint."""
    counting = counting or Counting()
    left_out: list[LeftOut] = []
    groups: dict[str, GroupOutcome] = {}
    split = grouped(members, grouping)
    placed = {member.id for column in split.values() for member in column}
    for member in members:
        if member.id not in placed:
            left_out.append(LeftOut(member.label, say("outcome.group_unknown")))
    for name, column in split.items():
        seen = []
        for member in column:
            found = observe(member.fate, endpoint, counting)
            if isinstance(found, Message):
                left_out.append(LeftOut(member.label, found))
            else:
                seen.append(found)
        if seen:
            groups[name] = _group(seen)
    curves = {name: group.curve for name, group in groups.items()}
    compared = log_rank(curves) if len(curves) > 1 else None
    return Outcome(endpoint, counting, grouping, groups, compared, tuple(left_out))


def _group(seen: Sequence[Observation]) -> GroupOutcome:
    from statistics import median

    months = [o.months for o in seen]
    curve = kaplan_meier([float(month) for month in months], [o.event for o in seen])
    return GroupOutcome(
        curve,
        (median(months), min(months), max(months)) if months else None,
        follow_up(curve),
        sum(1 for o in seen if o.basis is Basis.REPORTED),
    )
