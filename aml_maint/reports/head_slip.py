"""The head of the audit trail on a slip of paper: what the record can later be held against."""

from __future__ import annotations

from typing import Any

from aml_maint.domain.messages import Catalogue
from aml_maint.domain.moment import Moment
from aml_maint.reports.cycle_report_signature import qr_runs
from aml_maint.reports.pdf import typeset


def head_slip(
    sequence: int, digits: str, ward: str, by: str, at: Moment, catalogue: Catalogue
) -> bytes:
    """The PDF in the catalogue's language; `digits` are the first 16 of the hash.

    It names no patient. FontMissing when a font is lacking.
    """
    text = catalogue.text
    code = f"aml_maint; head {sequence} {digits}"
    groups = " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))
    data: dict[str, Any] = {
        "document_title": text("head_slip.title"),
        "title": text("head_slip.title"),
        "of": text("head_slip.of", file=ward),
        "entry": [text("head_slip.entry"), str(sequence)],
        "digits": [text("head_slip.digits"), groups],
        "alt": text("signing.qr", code=code),
        "code": qr_runs(code),
        "story": [text("head_slip.story"), text("head_slip.use")],
        "lines": [text("head_slip.given"), text("head_slip.taken")],
        "made": text("head_slip.made", by=by, at=at.local),
    }
    return typeset("head_slip.typ", data, catalogue.language, at.utc)
