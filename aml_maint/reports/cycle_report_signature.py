"""The signature of a cycle report as it is printed: who, when, what it means, and a QR code.

A signature shows the signer's name, the date and time, and its meaning (21 CFR 11.50); the code
repeats the place in the audit trail so that a copy on paper can be found again by machine.
"""

from __future__ import annotations

from itertools import groupby
from typing import Any

from aml_maint.domain.messages import Catalogue, Message, say
from aml_maint.reports.cycle_report import CycleReport


def signature_block(report: CycleReport, catalogue: Catalogue) -> dict[str, Any] | None:
    """What the template prints of a signature; None for a draft."""
    signature = report.signature
    if signature is None:
        return None
    text = catalogue.text
    lines = [
        say("signing.block.who", role=say(f"role.{signature.role}"), at=signature.at.local),
        say("signing.meaning"),
    ]
    if signature.edition > 1:
        lines.append(
            say("signing.block.edition", edition=signature.edition, reason=signature.reason)
        )
    if report.chain is not None:
        head: dict[str, object] = {
            "sequence": report.chain.sequence,
            "digest": report.chain.short,
        }
        lines.append(Message("signing.block.head", head))
    return {
        "heading": text("signing.heading"),
        "name": signature.name,
        "lines": [text(line) for line in lines],
        "alt": text("signing.qr", code=code_text(report)),
        "code": qr_runs(code_text(report)),
    }


def code_text(report: CycleReport) -> str:
    """What the QR code says: which report of which course, and the head of the trail. No name."""
    signature = report.signature
    assert signature is not None  # a draft has no code
    parts = [
        "aml_maint cycle report",
        f"course {report.course.id[:8]}",
        f"cycle {report.cycle}",
        f"edition {signature.edition}",
        f"signed {signature.at.utc:%Y-%m-%dT%H:%MZ}",
    ]
    if report.chain is not None:
        parts.append(f"head {report.chain.sequence} {report.chain.short}")
    return "; ".join(parts)


def qr_runs(text: str) -> dict[str, Any]:
    """The dark runs of a QR code (ISO/IEC 18004, error correction M), row by row, in modules."""
    import segno

    code = segno.make(text, error="m", micro=False, boost_error=False)
    runs = []
    for y, row in enumerate(code.matrix):
        x = 0
        for dark, modules in groupby(row):
            length = len(list(modules))
            if dark:
                runs.append([x, y, length])
            x += length
    return {"size": len(code.matrix), "runs": runs}
