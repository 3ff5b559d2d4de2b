"""Findings about assessments, toxicities, MRD, specimens, and tablets at home."""

from __future__ import annotations

from collections.abc import Iterator

from aml_maint.domain.assessment import AssessmentKind
from aml_maint.domain.finding_dates import by_days
from aml_maint.domain.findings import Action, Finding, FindingKind, Severity, Snapshot
from aml_maint.domain.messages import Message, say

# From this grade on a toxicity is severe by WHO: a physician sees it soon.
_SEVERE = 3


def _assessments(snapshot: Snapshot) -> Iterator[Finding]:
    """Safety assessments that are lacking: before a cycle's day 1, and at its end [P]."""
    if snapshot.course is None or not snapshot.runs:
        return
    check = next((c for c in snapshot.course.regimen.checks if c.id == "safety_assessment"), None)
    source = check.source.title if check else say("finding.source.assessment")
    for due in snapshot.other.assessments:
        late = snapshot.today > due.on
        key = f"finding.assessment.{due.kind.value}{'.late' if late else ''}"
        yield Finding(
            FindingKind.ASSESSMENT_DUE,
            Severity.ATTENTION,
            f"{due.kind.value}/{due.cycle}",
            Message(key, {"cycle": due.cycle, "on": due.on}),
            source,
            Action.ASSESS,
            (snapshot.course.id, str(due.on), "late" if late else "due"),
            day=due.on,
        )


def assessment_of(subject: str) -> tuple[AssessmentKind, int]:
    """Which assessment a finding's subject is about."""
    kind, _, cycle = subject.partition("/")
    return AssessmentKind(kind), int(cycle)


def _supplies(snapshot: Snapshot) -> Iterator[Finding]:
    """Tablets at home that last for fewer days than the site wants to know of."""
    if not snapshot.runs:
        return
    for low in snapshot.other.supplies:
        out = low.short_on <= snapshot.today
        days = (low.short_on - snapshot.today).days
        key = "finding.supply.out" if out else "finding.supply" + (".one" if days == 1 else "")
        yield Finding(
            FindingKind.SUPPLY_LOW,
            Severity.URGENT if out else Severity.ATTENTION,
            low.drug_id,
            Message(key, {"drug": low.drug, "days": days, "on": low.short_on}),
            say("finding.source.supply"),
            Action.DISPENSE,
            (low.basis, str(low.short_on), "out" if out else "low"),
            day=low.short_on,
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


def _unsigned(snapshot: Snapshot) -> Iterator[Finding]:
    """Toxicities that wait for a physician's signature; severe ones weigh more."""
    waiting = snapshot.other.unsigned
    if not waiting:
        return
    worst = max((one.worst or 0 for one in waiting), default=0)
    items = tuple(
        say("finding.toxicity.graded", term=one.term, grade=one.worst, onset=one.onset)
        if one.worst is not None
        else say("finding.toxicity", term=one.term, onset=one.onset)
        for one in waiting
    )
    key = "finding.toxicity_unsigned" + (".one" if len(waiting) == 1 else "")
    yield Finding(
        FindingKind.TOXICITY_UNSIGNED,
        Severity.ATTENTION if worst >= _SEVERE else Severity.NOTICE,
        "",
        Message(key, {"count": len(waiting), "items": items}),
        say("finding.source.unsigned"),
        Action.SIGN_TOXICITIES,
        tuple(sorted(one.version for one in waiting)),
        day=min(one.onset for one in waiting),
    )


RULES = (
    _assessments,
    _supplies,
    _pending_relapse,
    _unseen_verdict,
    _late_specimens,
    _unsigned,
)
