"""The recovery key of a ward on one printed page; the key is kept nowhere but on the paper."""

from __future__ import annotations

from typing import Any

from aml_maint.domain.messages import Catalogue
from aml_maint.domain.moment import Moment
from aml_maint.reports.pdf import typeset

_STEPS, _KEEPING = 4, 3
_HANDED = ("made_by", "seen_by", "kept_at", "kept_since")


def recovery_sheet(key: str, ward: str, by: str, at: Moment, catalogue: Catalogue) -> bytes:
    """The PDF in the catalogue's language. `key` has its groups parted by hyphens.

    `ward` is the name of the ward file, `by` who made the key. FontMissing when a font is lacking.
    """
    text = catalogue.text
    groups = key.split("-")
    half = len(groups) // 2
    data: dict[str, Any] = {
        "document_title": text("recovery_sheet.title"),
        "title": text("recovery_sheet.title"),
        "opens": text("recovery_sheet.opens", file=ward),
        "lines": [groups[:half], groups[half:]],
        "letters": text("recovery_sheet.letters"),
        "use": {
            "heading": text("recovery_sheet.use"),
            "steps": [text(f"recovery_sheet.use.{n}") for n in range(1, _STEPS + 1)],
        },
        "keep": {
            "heading": text("recovery_sheet.keep"),
            "steps": [text(f"recovery_sheet.keep.{n}") for n in range(1, _KEEPING + 1)],
        },
        "handed": {
            "heading": text("recovery_sheet.handed"),
            "lines": [text(f"recovery_sheet.{name}") for name in _HANDED],
        },
        "made": text("recovery_sheet.made", by=by, at=at.local),
    }
    return typeset("recovery_sheet.typ", data, catalogue.language, at.utc)
