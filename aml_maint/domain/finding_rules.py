"""The rules that make findings of a snapshot. Each is a function of it, and none decides."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from aml_maint.domain import (
    finding_dates,
    finding_disease,
    finding_gates,
    finding_genetics,
    finding_response,
)
from aml_maint.domain.administration import Administration, CellState, Status, reason_text
from aml_maint.domain.dose_standing import DoseStanding
from aml_maint.domain.finding_snapshot import Snapshot
from aml_maint.domain.findings import Action, Finding, FindingKind, Severity
from aml_maint.domain.messages import Message, say

Rule = Callable[[Snapshot], Iterator[Finding]]


def findings(snapshot: Snapshot) -> tuple[Finding, ...]:
    """Everything in a patient that needs attention, the most pressing first."""
    found = [finding for rule in RULES for finding in rule(snapshot)]
    return tuple(sorted(found, key=lambda finding: finding.order))


def _overdue(snapshot: Snapshot) -> Iterator[Finding]:
    """Doses of today whose window has passed with nothing recorded."""
    late = [dose for dose in snapshot.doses if dose.state is CellState.OVERDUE]
    if not late:
        return
    late.sort(key=lambda dose: dose.planned.at)
    items = tuple(
        say(
            "finding.dose_at",
            drug=dose.planned.component.drug.name,
            at=dose.planned.at.time() if dose.planned.on == snapshot.today else dose.planned.at,
        )
        for dose in late
    )
    yield Finding(
        FindingKind.DOSE_OVERDUE,
        Severity.URGENT,
        "",
        _counted("finding.dose_overdue", len(late), doses=items),
        late[0].planned.component.window_source.title,
        Action.RECORD_DOSES,
        tuple(str(dose.planned.id) for dose in late),
        tuple(dose.planned.id for dose in late),
        late[0].planned.on,
    )


def _unconfirmed(snapshot: Snapshot) -> Iterator[Finding]:
    """Doses of days past of which nobody said whether they were taken."""
    waiting = [
        dose
        for dose in _looked_back(snapshot)
        if dose.state is CellState.UNCONFIRMED and dose.planned.on < snapshot.today
    ]
    if not waiting:
        return
    days = [dose.planned.on for dose in waiting]
    counts: dict[str, int] = {}
    for dose in waiting:
        counts[dose.planned.id.component] = counts.get(dose.planned.id.component, 0) + 1
    names = {dose.planned.id.component: dose.planned.component.drug.name for dose in waiting}
    by_drug = tuple(
        say("finding.drug_times", drug=names[component], times=times)
        for component, times in counts.items()
    )
    yield Finding(
        FindingKind.DOSE_UNCONFIRMED,
        Severity.ATTENTION,
        "",
        _counted(
            "finding.dose_unconfirmed", len(waiting), span=_span(min(days), max(days)),
            drugs=by_drug,
        ),
        say("finding.source.unconfirmed"),
        Action.RECORD_DOSES,
        tuple(str(dose.planned.id) for dose in waiting),
        tuple(dose.planned.id for dose in waiting),
        min(days),
    )  # fmt: skip


def _missed(snapshot: Snapshot) -> Iterator[Finding]:
    """Doses recorded as missed or refused in the last days; several of one drug weigh more."""
    lost = [
        (dose, dose.record)
        for dose in _looked_back(snapshot)
        if dose.record is not None and dose.record.status in (Status.MISSED, Status.REFUSED)
    ]
    if not lost:
        return
    components = [record.slot.component for _, record in lost]
    repeated = len(set(components)) < len(components)
    yield Finding(
        FindingKind.DOSE_MISSED,
        Severity.ATTENTION if repeated else Severity.NOTICE,
        "",
        _counted(
            "finding.dose_missed", len(lost), days=snapshot.limits.look_back,
            doses=tuple(_not_taken(dose, record) for dose, record in lost),
        ),
        say("finding.source.never_double"),
        Action.LOOK_AT_DOSES,
        tuple(record.id for _, record in lost),
        tuple(dose.planned.id for dose, _ in lost),
        lost[-1][0].planned.on,
    )  # fmt: skip


def _not_taken(dose: DoseStanding, record: Administration) -> Message:
    assert record.reason is not None  # the record's own check
    return say(
        "finding.not_taken",
        drug=dose.planned.component.drug.name,
        day=dose.planned.on,
        status=say(f"state.{record.status.value}"),
        reason=reason_text(record.status, record.reason),
    )


def _not_ordered(snapshot: Snapshot) -> Iterator[Finding]:
    """Planned doses of today and the days ahead for which no amount was ordered."""
    seen: set[str] = set()
    for dose in snapshot.doses:
        planned = dose.planned
        ahead = planned.on >= snapshot.today and not planned.is_left_out
        component = planned.component
        if planned.dose is not None or not ahead or component.id in seen or not snapshot.runs:
            continue
        seen.add(component.id)
        yield Finding(
            FindingKind.DOSE_NOT_ORDERED,
            Severity.URGENT if planned.on == snapshot.today else Severity.ATTENTION,
            component.id,
            say("finding.dose_not_ordered", drug=component.drug.name, day=planned.on),
            component.dose_source.title,
            Action.ORDER_DOSE,
            (component.id,),
            (planned.id,),
            planned.on,
        )


def _hold_reviews(snapshot: Snapshot) -> Iterator[Finding]:
    """Running holds whose day of review has come."""
    course = snapshot.course
    if course is None or not snapshot.runs:
        return
    for hold in course.holds:
        due = hold.review_on
        if due is None or due > snapshot.today or not hold.covers(snapshot.today):
            continue
        yield Finding(
            FindingKind.HOLD_REVIEW,
            Severity.ATTENTION,
            hold.component,
            say(
                "finding.hold_review",
                drug=course.component(hold.component).drug.name,
                since=hold.first_day,
                reason=say(f"hold_reason.{hold.reason.value}"),
                by=hold.decided_by,
                due=due,
            ),
            say("finding.source.hold"),
            Action.REVIEW_HOLD,
            (hold.id, str(due)),
            day=due,
        )


def _looked_back(snapshot: Snapshot) -> Iterator[DoseStanding]:
    """The doses of the days looked back, and of today up to now."""
    first = snapshot.today - timedelta(days=snapshot.limits.look_back)
    for dose in snapshot.doses:
        if first <= dose.planned.on <= snapshot.today:
            yield dose


def _span(first: date, last: date) -> Message:
    if first == last:
        return say("finding.one_day", day=first)
    return say("finding.days", first=first, last=last)


def _counted(key: str, count: int, **told: object) -> Message:
    """One text for one, another for several."""
    return Message(f"{key}.one" if count == 1 else key, {"count": count, **told})


RULES: tuple[Rule, ...] = (
    _overdue,
    _unconfirmed,
    _missed,
    _not_ordered,
    _hold_reviews,
    *finding_gates.RULES,
    *finding_response.RULES,
    *finding_genetics.RULES,
    *finding_dates.RULES,
    *finding_disease.RULES,
)
