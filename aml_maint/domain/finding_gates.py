"""Findings about laboratory gates: closed, undecided, without a count, or soon without one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from aml_maint.domain.administration import Administration
from aml_maint.domain.dose_standing import DoseStanding, closed_when_given
from aml_maint.domain.finding_snapshot import Snapshot
from aml_maint.domain.findings import Action, Finding, FindingKind, Severity
from aml_maint.domain.gate import GateState, GateVerdict, each_verdict, verdict_of
from aml_maint.domain.messages import Message, Name, say
from aml_maint.domain.regimen import Component, GateRule, PregnancyRule
from aml_maint.domain.schedule import PlannedDose

# One piece of work, whatever drugs wait for it.
_MERGED = frozenset({
    FindingKind.COUNT_MISSING, FindingKind.COUNT_STALE, FindingKind.PREGNANCY_TEST,
})  # fmt: skip


@dataclass(frozen=True)
class _Waiting:
    """The doses of one component that one gate rule decides: today's open ones and those ahead."""

    component: Component
    doses: tuple[PlannedDose, ...]
    verdict: GateVerdict


def _gates(snapshot: Snapshot) -> Iterator[Finding]:
    """What each gate says now of the doses that wait for it.

    A count that is missing or too old keeps all drugs waiting that ask for it: one finding.
    """
    shared: dict[tuple[FindingKind, str], list[_Waiting]] = {}
    for waiting in _waiting(snapshot):
        if waiting.verdict.is_open:
            continue
        kind = _kind(waiting.verdict)
        analyte = waiting.verdict.asks_for
        merged = kind in _MERGED
        subject = analyte if merged else f"{waiting.component.id}/{analyte}"
        shared.setdefault((kind, subject), []).append(waiting)
    for (kind, subject), group in shared.items():
        yield _gate_finding(snapshot, kind, subject, group)


def _gate_finding(
    snapshot: Snapshot, kind: FindingKind, subject: str, group: list[_Waiting]
) -> Finding:
    verdict = group[0].verdict
    doses = sorted((dose for one in group for dose in one.doses), key=lambda dose: dose.due)
    # A closed gate is the rule at work; a count that is lacking is work left undone.
    urgent = kind is not FindingKind.GATE_CLOSED and doses[0].on <= snapshot.today
    return Finding(
        kind,
        Severity.URGENT if urgent else Severity.ATTENTION,
        subject,
        say("finding.gate", reason=verdict.reason, drugs=_drugs(group)),
        verdict.founded_on.title,
        _action(verdict),
        (verdict.evidence_id, verdict.reason.key, *sorted(one.component.id for one in group)),
        tuple(dose.id for dose in doses if dose.on == doses[0].on),
        doses[0].on,
    )


def _count_due(snapshot: Snapshot) -> Iterator[Finding]:
    """Counts that open a gate now and are too old for the last dose of the days ahead."""
    ending: dict[str, list[tuple[_Waiting, PlannedDose]]] = {}
    for waiting in _waiting(snapshot):
        if not waiting.verdict.is_open:
            continue
        for dose in waiting.doses:
            then = verdict_of(waiting.verdict.rule, snapshot.evidence, dose.due)
            if then.is_stale:
                ending.setdefault(then.asks_for, []).append((waiting, dose))
                break
    for analyte, found in ending.items():
        first = min((dose for _, dose in found), key=lambda dose: dose.due)
        verdict = found[0][0].verdict
        collected = verdict.collected
        assert collected is not None  # without a result the gate would not be open
        yield Finding(
            FindingKind.COUNT_DUE,
            Severity.NOTICE,
            analyte,
            say(
                "finding.count_due",
                analyte=verdict.subject,
                collected=collected.local,
                at=first.at,
                drugs=_drugs([waiting for waiting, _ in found]),
            ),
            verdict.stale_source.title,
            _action(verdict),
            (verdict.evidence_id,),
            (first.id,),
            first.on,
        )


def _given_while_closed(snapshot: Snapshot) -> Iterator[Finding]:
    """Doses given whose gate was closed then by all that is known now: a count that came late.

    Clinical rules, "Gates": such doses are listed as deviations. Overrides have their own name
    and reason and are none of them.
    """
    first = snapshot.today - timedelta(days=snapshot.limits.look_back)
    found: dict[str, list[tuple[DoseStanding, Administration, GateVerdict]]] = {}
    for dose in snapshot.doses:
        record = dose.record
        if record is None or record.given is None or dose.planned.on < first:
            continue
        verdict = closed_when_given(dose.planned.component, snapshot.evidence, record)
        if verdict is not None:
            found.setdefault(record.slot.component, []).append((dose, record, verdict))
    for component, doses in found.items():
        dose, record, verdict = doses[-1]
        key = "finding.given_while_closed" + (".one" if len(doses) == 1 else "")
        told = {
            "count": len(doses),
            "drug": dose.planned.component.drug.name,
            "days": tuple(dict.fromkeys(one.planned.on for one, _, _ in doses)),
            "reason": verdict.reason,
        }
        yield Finding(
            FindingKind.GIVEN_WHILE_CLOSED,
            Severity.ATTENTION,
            component,
            Message(key, told),
            verdict.founded_on.title,
            Action.LOOK_AT_DOSES,
            (verdict.evidence_id, *(one.id for _, one, _ in doses)),
            tuple(one.planned.id for one, _, _ in doses),
            dose.planned.on,
        )


def _waiting(snapshot: Snapshot) -> Iterator[_Waiting]:
    """Each active gate rule of each component that still has doses to give, with its verdict."""
    if snapshot.course is None or not snapshot.runs:
        return
    for component in snapshot.course.regimen.components:
        verdicts = each_verdict(component, snapshot.evidence, snapshot.now.utc)
        if not verdicts:
            continue
        doses = tuple(
            dose.planned
            for dose in snapshot.doses
            if dose.planned.component.id == component.id
            and dose.planned.on >= snapshot.today
            and dose.record is None
            and not dose.planned.is_left_out
        )
        if not doses:
            continue
        for verdict in verdicts:
            yield _Waiting(component, doses, verdict)


def _action(verdict: GateVerdict) -> Action:
    if isinstance(verdict.rule, GateRule):
        return Action.RECORD_COUNT
    unknown = verdict.reason.key == "gate.pregnancy.not_stated"
    return Action.STATE_CHILDBEARING if unknown else Action.RECORD_PREGNANCY_TEST


def _kind(verdict: GateVerdict) -> FindingKind:
    if isinstance(verdict.rule, PregnancyRule):
        return FindingKind.PREGNANCY_TEST
    if verdict.result is None:
        return FindingKind.COUNT_MISSING
    if verdict.is_stale:
        return FindingKind.COUNT_STALE
    if verdict.state is GateState.UNDECIDED:
        return FindingKind.GATE_UNDECIDED
    return FindingKind.GATE_CLOSED


def _drugs(group: list[_Waiting]) -> tuple[Name, ...]:
    return tuple(dict.fromkeys(one.component.drug.name for one in group))


RULES = (_gates, _count_due, _given_while_closed)
