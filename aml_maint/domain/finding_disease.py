"""Findings about assessments, tablets at home, and toxicities nobody signed."""

from __future__ import annotations

from collections.abc import Iterator

from aml_maint.domain.assessment import AssessmentKind
from aml_maint.domain.finding_snapshot import Snapshot
from aml_maint.domain.findings import Action, Finding, FindingKind, Severity
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
    _unsigned,
)
