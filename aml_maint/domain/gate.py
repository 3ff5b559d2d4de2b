"""Gates: may this dose be given now, and on what evidence?

A gate never guesses: a missing, stale or undecidable value keeps it closed, and the verdict
says which value, how old, which rule and whose rule it is.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from aml_maint.domain.labs import LabResult, known_at
from aml_maint.domain.messages import Message, say
from aml_maint.domain.moment import Moment, zone
from aml_maint.domain.pregnancy import (
    Childbearing,
    PregnancyFacts,
    PregnancyTest,
    TestOutcome,
    outcome_text,
)
from aml_maint.domain.quantities import Interval, LabValue, lab_text
from aml_maint.domain.regimen import Component, GateRule, PregnancyRule, Source

# More than any clock was ever put forward or back at once, a change of date line included.
_CLOCK_CHANGE = timedelta(days=2)
_STALE = frozenset({"gate.stale", "gate.pregnancy.stale"})


class GateState(StrEnum):
    """Open lets the dose be due; closed and undecided do not."""

    OPEN = "open"
    CLOSED = "closed"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class GateEvidence:
    """What is on record of a patient that gates go by.

    `first_day` is day 1 of the course whose doses are judged.
    """

    results: tuple[LabResult, ...] = ()
    pregnancy: PregnancyFacts = field(default_factory=PregnancyFacts)
    first_day: date | None = None

    @cached_property
    def series(self) -> dict[str, Series]:
        """The results of each analyte: a day's doses ask for the same ones again and again."""
        found: dict[str, list[LabResult]] = {}
        for result in self.results:
            found.setdefault(result.analyte, []).append(result)
        return {analyte: Series(known) for analyte, known in found.items()}


class Series:
    """The results of one analyte, and what rules said of them: it can never change."""

    def __init__(self, results: Iterable[LabResult]) -> None:
        self._results = sorted(results, key=lambda result: result.collected.utc)
        self._times = [result.collected.utc for result in self._results]
        # By the rule itself, not its like: it is kept, so that no other takes its identity.
        self._judged: dict[tuple[int, int], tuple[GateRule, _Judged]] = {}

    def verdict(self, rule: GateRule, at: datetime) -> GateVerdict:
        """The verdict of a rule at an instant; what it says changes with each new result only."""
        known = bisect_right(self._times, at)
        kept = self._judged.get((id(rule), known))
        if kept is None:
            kept = rule, _Judged(rule, self._results[:known])
            self._judged[id(rule), known] = kept
        return kept[1].at(at)


@dataclass(frozen=True, slots=True)
class GateVerdict:
    """What a gate says at an instant, with its evidence, rule and source.

    The evidence is a laboratory `result` or a pregnancy `test`, or neither. `warning` is what to
    take care of although the gate is open. `others` are the verdicts of the component's further
    gates, those that are not open first.
    """

    rule: GateRule | PregnancyRule
    state: GateState
    reason: Message
    result: LabResult | None
    age: timedelta | None
    test: PregnancyTest | None = None
    warning: Message | None = None
    others: tuple[GateVerdict, ...] = ()

    @property
    def is_open(self) -> bool:
        """May the dose be given without an override?"""
        return self.state is GateState.OPEN

    @property
    def is_stale(self) -> bool:
        """Is the evidence too old to speak?"""
        return self.reason.key in _STALE

    @property
    def subject(self) -> Message:
        """What the gate asks for: an analyte, or a pregnancy test."""
        if isinstance(self.rule, GateRule):
            return say(f"analyte.{self.rule.analyte}")
        return say("pregnancy.test")

    @property
    def asks_for(self) -> str:
        """The same as a code word."""
        return self.rule.analyte if isinstance(self.rule, GateRule) else "pregnancy_test"

    @property
    def found(self) -> Message | None:
        """What the evidence says, in words; None when there is none."""
        if self.result is not None:
            return lab_text(self.result.value)
        return None if self.test is None else outcome_text(self.test)

    @property
    def collected(self) -> Moment | None:
        """When the evidence was collected; None when there is none."""
        evidence = self.result or self.test
        return None if evidence is None else evidence.collected

    @property
    def evidence_id(self) -> str:
        """The id of the evidence, `none` when there is none."""
        evidence = self.result or self.test
        return "none" if evidence is None else evidence.id

    @property
    def founded_on(self) -> Source:
        """Whose rule it is: how long a count stays fresh has a source of its own."""
        return self.stale_source if self.is_stale else self.rule.source

    @property
    def stale_source(self) -> Source:
        """Whose rule it is how long the evidence stays fresh."""
        if isinstance(self.rule, PregnancyRule):
            return self.rule.source
        return self.rule.age_source or self.rule.source

    @property
    def source(self) -> str:
        """The same as a citation."""
        return self.founded_on.citation


def evaluate(rule: GateRule, results: Iterable[LabResult], at: datetime) -> GateVerdict:
    """The verdict of one rule at an instant, from the results collected by then.

    Compares the value as reported, unit converted, without rounding. Raises BadInput when the
    result's unit measures something else than the rule's.
    """
    return _Judged(rule, known_at(results, rule.analyte, at)).at(at)


class _Judged:
    """What a rule says of a series of results: while the last is fresh, and once it is stale."""

    def __init__(self, rule: GateRule, series: Sequence[LabResult]) -> None:
        self._rule = rule
        self._last = series[-1] if series else None
        self._days = allowed_age_days(rule, series) if series else None
        self._fresh_for = timedelta.max if self._days is None else timedelta(days=self._days)
        # The clock is asked only where a change of it could decide.
        self._surely = self._fresh_for - _CLOCK_CHANGE

    def at(self, at: datetime) -> GateVerdict:
        """The verdict at an instant that has these results and no later one."""
        last = self._last
        if last is None:
            return GateVerdict(self._rule, GateState.CLOSED, self._missing, None, None)
        age = at - last.collected.utc
        if age > self._surely and _by_the_clock(last.collected, at) > self._fresh_for:
            return GateVerdict(self._rule, GateState.CLOSED, self._stale, last, age)
        state, reason, warning = self._fresh
        return GateVerdict(self._rule, state, reason, last, age, warning=warning)

    @cached_property
    def _missing(self) -> Message:
        analyte = say(f"analyte.{self._rule.analyte}")
        return say("gate.missing", analyte=analyte, rule=rule_text(self._rule))

    @cached_property
    def _stale(self) -> Message:
        return say("gate.stale", days=self._days, **self._told())

    @cached_property
    def _fresh(self) -> tuple[GateState, Message, Message | None]:
        assert self._last is not None  # judged by its value
        state = compare(self._rule, self._last.value)
        warning = _warning(self._rule, self._last) if state is GateState.OPEN else None
        return state, say(f"gate.{state.value}", **self._told()), warning

    def _told(self) -> dict[str, object]:
        assert self._last is not None  # told of it
        return {
            "analyte": say(f"analyte.{self._rule.analyte}"),
            "value": lab_text(self._last.value),
            "collected": self._last.collected.local,
            "rule": rule_text(self._rule),
        }


def _warning(rule: GateRule, result: LabResult) -> Message | None:
    """What to take care of at a value that passes; None when it surely lies high enough."""
    if rule.warn_below is None:
        return None
    meant = result.value.to(rule.unit, rule.analyte).interval
    if meant.all_above(rule.warn_below, or_equal=True):
        return None
    return say(
        "gate.warn",
        analyte=say(f"analyte.{rule.analyte}"),
        value=lab_text(result.value),
        collected=result.collected.local,
        limit=lab_text(LabValue(rule.warn_below, rule.unit)),
    )


def evaluate_pregnancy(
    rule: PregnancyRule, facts: PregnancyFacts, at: datetime, first_day: date | None
) -> GateVerdict:
    """The verdict of the pregnancy rule: a negative test in date for those who can be pregnant.

    While nobody stated whether the patient can, it is undecided (clinical rules, "Gates").
    """
    statement = facts.statement_at(at)
    if statement is None:
        reason = say("gate.pregnancy.not_stated")
        return GateVerdict(rule, GateState.UNDECIDED, reason, None, None)
    if statement.answer is Childbearing.NOT_POSSIBLE:
        by, day = statement.stated_by, statement.stated.local.date()
        reason = say("gate.pregnancy.not_possible", by=by, day=day)
        return GateVerdict(rule, GateState.OPEN, reason, None, None)
    test = facts.last_test(at)
    if test is None:
        reason = say("gate.pregnancy.missing")
        return GateVerdict(rule, GateState.CLOSED, reason, None, None)
    state, reason = _of_test(rule, test, statement.answer, at, first_day)
    return GateVerdict(rule, state, reason, None, at - test.collected.utc, test=test)


def _of_test(
    rule: PregnancyRule,
    test: PregnancyTest,
    answer: Childbearing,
    at: datetime,
    first_day: date | None,
) -> tuple[GateState, Message]:
    told: dict[str, object] = {"collected": test.collected.local, "test": outcome_text(test)}
    if test.outcome is TestOutcome.POSITIVE:
        return GateState.CLOSED, say("gate.pregnancy.positive", **told)
    if test.outcome is TestOutcome.UNCLEAR:
        return GateState.UNDECIDED, say("gate.pregnancy.unclear", **told)
    days = [rule.days]
    if answer is Childbearing.IRREGULAR:
        days.append(rule.irregular_days)
    here = at.astimezone(zone(test.collected.zone)).date()
    if first_day is not None and (here - first_day).days < rule.START_DAYS:
        days.append(rule.first_days)
    if _by_the_clock(test.collected, at) > timedelta(days=min(days)):
        return GateState.CLOSED, say("gate.pregnancy.stale", days=min(days), **told)
    return GateState.OPEN, say("gate.pregnancy.open", days=min(days), **told)


def _by_the_clock(collected: Moment, at: datetime) -> timedelta:
    """How old a sample is by the wall clock of its collection.

    A Monday 08:00 count is seven days old at 08:00 the next Monday, whatever the clocks did in
    between: a change of clock never costs a dose.
    """
    there = at.astimezone(zone(collected.zone)).replace(tzinfo=None)
    return there - collected.local.replace(tzinfo=None)


def is_gated(component: Component) -> bool:
    """Has the component a gate in force?"""
    return bool(component.rules)


def evaluate_all(component: Component, evidence: GateEvidence, at: datetime) -> GateVerdict | None:
    """The verdict over a component's active gates: the one that decides, with all the others.

    That is the first that is closed, else one that is undecided, else one that is open with a
    warning, else the first. None when the component has no gate in force.
    """
    rules = component.rules
    if not rules:
        return None
    if len(rules) == 1:
        return verdict_of(rules[0], evidence, at)
    ordered = sorted(each_verdict(component, evidence, at), key=_weight)
    return replace(ordered[0], others=tuple(ordered[1:]))


def each_verdict(
    component: Component, evidence: GateEvidence, at: datetime
) -> tuple[GateVerdict, ...]:
    """The verdicts of a component's active gates, in the regimen's order."""
    return tuple([verdict_of(rule, evidence, at) for rule in component.rules])


def verdict_of(rule: GateRule | PregnancyRule, evidence: GateEvidence, at: datetime) -> GateVerdict:
    """The verdict of one rule of either kind at an instant."""
    if isinstance(rule, GateRule):
        series = evidence.series.get(rule.analyte)
        return evaluate(rule, (), at) if series is None else series.verdict(rule, at)
    return evaluate_pregnancy(rule, evidence.pregnancy, at, evidence.first_day)


_WEIGHTS = {GateState.CLOSED: 0, GateState.UNDECIDED: 1, GateState.OPEN: 3}


def _weight(verdict: GateVerdict) -> int:
    return _WEIGHTS[verdict.state] - (verdict.warning is not None)


def compare(rule: GateRule, value: LabValue) -> GateState:
    """Open if every value that the result can mean passes, closed if none does, else undecided."""
    meant = value.to(rule.unit, rule.analyte).interval
    passes, fails = _passes(rule, meant), _fails(rule, meant)
    if passes:
        return GateState.OPEN
    return GateState.CLOSED if fails else GateState.UNDECIDED


def allowed_age_days(rule: GateRule, series: Sequence[LabResult]) -> int | None:
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
