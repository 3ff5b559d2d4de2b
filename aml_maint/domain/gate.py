"""Laboratory gates: may this dose be given now, and on what evidence?

A gate never guesses: a missing, stale or undecidable value keeps it closed, and the verdict
says which value, how old, which rule and whose rule it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from aml_maint.domain.labs import LabResult, known_at
from aml_maint.domain.messages import Message, say
from aml_maint.domain.moment import zone
from aml_maint.domain.quantities import Interval, LabValue, lab_text
from aml_maint.domain.regimen import Component, GateRule, Source


class GateState(StrEnum):
    """Open lets the dose be due; closed and undecided do not."""

    OPEN = "open"
    CLOSED = "closed"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class GateVerdict:
    """What a gate says at an instant, with its evidence, rule and source."""

    rule: GateRule
    state: GateState
    reason: Message
    result: LabResult | None
    age: timedelta | None

    @property
    def is_open(self) -> bool:
        """May the dose be given without an override?"""
        return self.state is GateState.OPEN

    @property
    def founded_on(self) -> Source:
        """Whose rule it is: how long a count stays fresh has a source of its own."""
        if self.reason.key == "gate.stale" and self.rule.age_source is not None:
            return self.rule.age_source
        return self.rule.source

    @property
    def source(self) -> str:
        """The same as a citation."""
        return self.founded_on.citation


def evaluate(rule: GateRule, results: Iterable[LabResult], at: datetime) -> GateVerdict:
    """The verdict of one rule at an instant, from the results collected by then.

    Compares the value as reported, unit converted, without rounding. Raises BadInput when the
    result's unit measures something else than the rule's.
    """
    series = known_at(results, rule.analyte, at)
    analyte = say(f"analyte.{rule.analyte}")
    if not series:
        reason = say("gate.missing", analyte=analyte, rule=rule_text(rule))
        return GateVerdict(rule, GateState.CLOSED, reason, None, None)
    last = series[-1]
    age = at - last.collected.utc
    limit_days = allowed_age_days(rule, series)
    told: dict[str, object] = {
        "analyte": analyte,
        "value": lab_text(last.value),
        "collected": last.collected.local,
        "rule": rule_text(rule),
    }
    if limit_days is not None and _by_the_clock(last, at) > timedelta(days=limit_days):
        reason = say("gate.stale", days=limit_days, **told)
        return GateVerdict(rule, GateState.CLOSED, reason, last, age)
    state = compare(rule, last.value)
    return GateVerdict(rule, state, say(f"gate.{state.value}", **told), last, age)


def _by_the_clock(result: LabResult, at: datetime) -> timedelta:
    """How old a result is by the wall clock of its collection.

    A Monday 08:00 count is seven days old at 08:00 the next Monday, whatever the clocks did in
    between: a change of clock never costs a dose.
    """
    there = at.astimezone(zone(result.collected.zone)).replace(tzinfo=None)
    return there - result.collected.local.replace(tzinfo=None)


def evaluate_all(
    component: Component, results: Iterable[LabResult], at: datetime
) -> GateVerdict | None:
    """The verdict over a component's active gates: the first that is not open, else the last.

    None when the component has no gate in force.
    """
    verdict: GateVerdict | None = None
    known = list(results)
    for rule in component.gates:
        if rule.active:
            verdict = evaluate(rule, known, at)
            if not verdict.is_open:
                return verdict
    return verdict


def compare(rule: GateRule, value: LabValue) -> GateState:
    """Open if every value that the result can mean passes, closed if none does, else undecided."""
    meant = value.to(rule.unit, rule.analyte).interval
    passes, fails = _passes(rule, meant), _fails(rule, meant)
    if passes:
        return GateState.OPEN
    return GateState.CLOSED if fails else GateState.UNDECIDED


def allowed_age_days(rule: GateRule, series: list[LabResult]) -> int | None:
    """How old the last result may be: shorter when it is low or falling fast (site default)."""
    if rule.watch_age_days is None:
        return rule.max_age_days
    last = series[-1].value.to(rule.unit, rule.analyte).value
    low = rule.watch_below is not None and last < rule.watch_below
    falling = False
    if rule.watch_fall is not None and len(series) > 1:
        before = series[-2].value.to(rule.unit, rule.analyte).value
        falling = last <= before * (Decimal(1) - rule.watch_fall)
    return rule.watch_age_days if low or falling else rule.max_age_days


def _passes(rule: GateRule, meant: Interval) -> bool:
    match rule.operator:
        case ">":
            return meant.all_above(rule.limit)
        case ">=":
            return meant.all_above(rule.limit, or_equal=True)
        case "<":
            return meant.all_below(rule.limit)
        case _:
            return meant.all_below(rule.limit, or_equal=True)


def _fails(rule: GateRule, meant: Interval) -> bool:
    match rule.operator:
        case ">":
            return meant.all_below(rule.limit, or_equal=True)
        case ">=":
            return meant.all_below(rule.limit)
        case "<":
            return meant.all_above(rule.limit, or_equal=True)
        case _:
            return meant.all_above(rule.limit)


def rule_text(rule: GateRule) -> Message:
    """What the rule demands, in words."""
    words = {">": "above", ">=": "at_least", "<": "below", "<=": "at_most"}
    limit = lab_text(LabValue(rule.limit, rule.unit))
    return say(f"gate.rule.{words[rule.operator]}", limit=limit)
