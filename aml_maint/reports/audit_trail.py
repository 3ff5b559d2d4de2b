"""The audit trail of a patient as a printed table: when, who, what, before and after, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aml_maint.domain.messages import Catalogue, Message, say
from aml_maint.domain.moment import Moment
from aml_maint.domain.patient import Patient
from aml_maint.reports.pdf import typeset

_HEADS = ("number", "recorded", "by", "what", "details", "reason")


@dataclass(frozen=True)
class TrailLine:
    """One entry in words; `details` are its records: what each is, and how it was and is."""

    sequence: int
    recorded: Moment
    occurred: Moment | None
    by: str
    role: str
    what: Message
    details: tuple[tuple[Message, Message], ...]
    reason: str


@dataclass(frozen=True)
class PrintedTrail:
    """What a page shows: whose trail, what was asked for, and the head that it ends in."""

    patient: Patient
    asked: Message
    lines: Sequence[TrailLine]
    is_cut: bool
    head: tuple[int, str]
    by: str
    at: Moment
    demo: bool


def audit_trail(trail: PrintedTrail, catalogue: Catalogue) -> bytes:
    """The PDF in the catalogue's language. FontMissing when a font is lacking."""
    text = catalogue.text
    sequence, digits = trail.head
    patient = say("trail.patient", name=trail.patient.full_name, mrn=trail.patient.mrn)
    end = say("trail.cut" if trail.is_cut else "trail.end", count=len(trail.lines))
    data: dict[str, Any] = {
        "document_title": text("trail.title"),
        "title": text("trail.title"),
        "keep_together": text("report.keep_together"),
        "demo": text("report.demo") if trail.demo else None,
        "patient": text(patient),
        "asked": text(trail.asked),
        "heads": [text(f"trail.column.{name}") for name in _HEADS],
        "rows": [_row(line, catalogue) for line in trail.lines],
        "nothing": text("trail.nothing"),
        "end": text(end),
        "made": text("trail.made", by=trail.by, at=trail.at.local, sequence=sequence, head=digits),
    }
    return typeset("audit_trail.typ", data, catalogue.language, trail.at.utc)


def _row(line: TrailLine, catalogue: Catalogue) -> dict[str, Any]:
    text = catalogue.text
    occurred = None
    if line.occurred is not None:
        occurred = text("trail.occurred", at=line.occurred.local)
    return {
        "number": str(line.sequence),
        "recorded": catalogue.value(line.recorded.local),
        "occurred": occurred,
        "who": line.by,
        "role": text(f"role.{line.role}"),
        "what": text(line.what),
        "details": _details(line, catalogue),
        "reason": line.reason,
    }


def _details(line: TrailLine, catalogue: Catalogue) -> list[str]:
    """Records of a kind in one paragraph; those that read the same are counted."""
    text = catalogue.text
    kinds: dict[str, Counter[str]] = {}
    for title, what in line.details:
        kinds.setdefault(text(title), Counter())[text(what)] += 1
    told = []
    for kind, found in kinds.items():
        each = [
            text("trail.times", what=told_once, count=count) if count > 1 else told_once
            for told_once, count in found.items()
        ]
        told.append(text("trail.detail", title=kind, what=text("trail.and").join(each)))
    return told
