"""Findings about what the marrows say: relapse, MRD that wants a second sample, results owed.

Each names the rule it follows and asks a person to look; none says how to treat.
"""

from __future__ import annotations

from collections.abc import Iterator

from aml_maint.domain.finding_dates import by_days
from aml_maint.domain.finding_snapshot import Snapshot
from aml_maint.domain.findings import Action, Finding, FindingKind, Severity
from aml_maint.domain.messages import Message, say


def _relapse(snapshot: Snapshot) -> Iterator[Finding]:
    """A relapse that the marrows show and that nobody has written into the follow-up."""
    found = snapshot.other.relapse
    if found is None:
        return
    told: dict[str, object] = {"on": found.on, "first": found.first, "reason": found.reason}
    why = Message(f"finding.relapse.{found.kind.value}", told)
    if found.mutations:
        why = say("finding.relapse.mutations", why=why, genes=found.mutations)
    yield Finding(
        FindingKind.RELAPSE,
        Severity.ATTENTION,
        "",
        why,
        say(f"finding.source.{found.kind.value}"),
        Action.RECORD_EVENT,
        (found.marrow, found.kind.value, str(found.first)),
        day=found.on,
    )


def _questioned(snapshot: Snapshot) -> Iterator[Finding]:
    """The follow-up tells of a molecular relapse that the second sample did not confirm."""
    found = snapshot.other.questioned
    if found is not None:
        yield Finding(
            FindingKind.RELAPSE_QUESTIONED,
            Severity.ATTENTION,
            "",
            say("finding.relapse_questioned", on=found.on, negative=found.negative_on),
            say("finding.source.relapse_questioned"),
            Action.RECORD_EVENT,
            (found.event, found.marrow),
            day=found.on,
        )


def _pending_relapse(snapshot: Snapshot) -> Iterator[Finding]:
    """MRD turned positive: the second sample that confirms or cancels it."""
    found = snapshot.other.pending_relapse
    if found is None:
        return
    days = (snapshot.today - found.repeat_by).days
    due = by_days("finding.mrd_repeat", days, due=found.repeat_by)
    yield Finding(
        FindingKind.MRD_REPEAT,
        Severity.URGENT if days > 0 else Severity.ATTENTION,
        found.marrow,
        say("finding.mrd_pending", on=found.positive_on, reason=found.reason, due=due),
        say("finding.source.mrd_repeat"),
        Action.RECORD_MARROW,
        (found.marrow, str(found.repeat_by), "overdue" if days > 0 else "due"),
        day=found.repeat_by,
    )


def _rise(snapshot: Snapshot) -> Iterator[Finding]:
    """MRD that was positive all along and rose by a power of ten."""
    found = snapshot.other.rise
    if found is not None:
        yield Finding(
            FindingKind.MRD_RISE,
            Severity.ATTENTION,
            found.marrow,
            say("finding.mrd_rise", on=found.on, reasons=found.reasons),
            say("finding.source.mrd_rise"),
            Action.RECORD_MARROW,
            (found.marrow,),
            day=found.on,
        )


def _unseen_verdict(snapshot: Snapshot) -> Iterator[Finding]:
    """A positive MRD or a relapse by the rules that no physician has looked at: they decide."""
    found = snapshot.other.unseen
    if found is not None:
        yield Finding(
            FindingKind.RESPONSE_REVIEW,
            Severity.ATTENTION,
            found.marrow,
            say("finding.response_review", on=found.on, reasons=found.reasons),
            say("finding.source.response_review"),
            Action.REVIEW_RESPONSE,
            (found.marrow, found.computed),
            day=found.on,
        )


def _poor_sample(snapshot: Snapshot) -> Iterator[Finding]:
    """The last marrow answered nothing, or neither yes nor no: another sample would."""
    found = snapshot.other.poor_sample
    if found is not None:
        yield Finding(
            FindingKind.MARROW_REPEAT,
            Severity.ATTENTION,
            found.marrow,
            say("finding.marrow_repeat", on=found.on, reasons=found.reasons),
            say("finding.source.marrow_repeat"),
            Action.RECORD_MARROW,
            (found.marrow, *(reason.key for reason in found.reasons)),
            day=found.on,
        )


def _late_specimens(snapshot: Snapshot) -> Iterator[Finding]:
    """Results that the laboratories owe."""
    late = [one for one in snapshot.other.late_specimens if one.is_late]
    if not late:
        return
    items = tuple(
        say(
            "finding.specimen",
            assay=say(f"assay.{one.specimen.assay.value}"),
            collected=one.marrow.collected.local.date(),
            days=one.working_days,
        )
        for one in late
    )
    yield Finding(
        FindingKind.RESULT_LATE,
        Severity.ATTENTION,
        "",
        say("finding.result_late", items=items),
        say("finding.source.specimen"),
        Action.RECORD_MARROW,
        tuple(sorted(one.specimen.id for one in late)),
        day=min(one.due_on for one in late),
    )


RULES = (
    _relapse,
    _questioned,
    _pending_relapse,
    _rise,
    _unseen_verdict,
    _poor_sample,
    _late_specimens,
)
