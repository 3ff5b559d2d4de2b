"""Every outcome by every definition in one table: patients, events, median, and survival."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from aml_maint.domain.cohort_tables import Grouping
from aml_maint.domain.messages import Message, Name, say
from aml_maint.domain.outcome_estimate import Outcome
from aml_maint.domain.outcome_words import median_text, p_text, percent
from aml_maint.domain.survival import Curve
from aml_maint.reports.figures.exhibit import Cell, Exhibit, Values
from aml_maint.reports.figures.survival_figure import group_name


def outcomes_exhibit(
    outcomes: Sequence[Outcome], months: Sequence[int], n: int, as_of: date,
    regimens: Mapping[str, Name] | None = None,
) -> Exhibit:  # fmt: skip
    """A line for each definition, and for each group where the patients are split."""
    split = any(outcome.grouping is not Grouping.NONE for outcome in outcomes)
    head: list[Message] = [say("outcomes.outcome")]
    if split:
        head.append(say("figure.group"))
    head += [say("figure.patients_events"), say("figure.median")]
    head += [say("outcomes.at", months=month) for month in months]
    rows = [row for outcome in outcomes for row in _rows(outcome, months, regimens, split=split)]
    title = say("outcomes.title")
    shares = (10, *((7,) if split else ()), 4, 8, *[6] * len(months))
    values = Values("", title, tuple(head), tuple(rows), shares=shares)
    notes = [say("outcomes.definition")]
    notes += [
        say("outcomes.defined", name=_name(outcome), definition=outcome.endpoint.definition)
        for outcome in outcomes
    ]
    return Exhibit("outcomes", title, n, as_of, tuple(notes), (values,))


def _name(outcome: Outcome) -> Message:
    return say(f"endpoint.{outcome.endpoint.value}")


def _rows(
    outcome: Outcome, months: Sequence[int], regimens: Mapping[str, Name] | None, *, split: bool
) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = []
    for group, found in outcome.groups.items():
        curve = found.curve
        first: Cell = "" if rows else _name(outcome)
        named: tuple[Cell, ...] = ()
        if split:
            named = (group_name(outcome.grouping, group, regimens),)
        counted = say("figure.n_events", n=curve.n, events=curve.events)
        told = [_at(curve, month) for month in months]
        rows.append((first, *named, counted, median_text(curve.median), *told))
    if not rows:
        return [(_name(outcome), *[None] * (2 + split + len(months)))]
    if outcome.log_rank is not None:
        compared = (say("figure.log_rank"), None, p_text(outcome.log_rank.p))
        rows.append(("", *compared, *[None] * len(months)))
    return rows


def _at(curve: Curve, month: int) -> Cell:
    """Kaplan-Meier survival in percent with its interval; nothing where nobody is followed."""
    at = curve.at(month)
    if at.survival is None:
        return say("outcomes.beyond")
    told = percent(at.survival)
    if at.lower is None or at.upper is None:
        return told
    return say("outcomes.interval", told=told, lower=percent(at.lower), upper=percent(at.upper))
