"""The report of a cohort as a PDF: its value, its pictures and a language in, pages out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import aml_maint
from aml_maint.domain.messages import NBSP, Catalogue, Language, say
from aml_maint.reports.cohort_report import Chapter, CohortReport
from aml_maint.reports.figures.exhibit import Exhibit, Values
from aml_maint.reports.figures.picture import Part, cell_text, picture, spoken
from aml_maint.reports.pdf import typeset

# Letters of 12 pixels become 7 points on the page.
_WIDTH = 865.0

Pictures = Mapping[tuple[Language, str], Sequence[str]]
"""The drawings of each exhibit as SVG, by language and the exhibit's id."""


def plate(exhibit: Exhibit, catalogue: Catalogue) -> str:
    """A drawing as wide as the page, as SVG, without the texts that stand beside it there.

    It is no higher than it has to be, so that the two of survival share a page.
    """
    drawing = exhibit.drawing
    assert drawing is not None  # a chapter has no other plates
    part = Part(_WIDTH, drawing.least_height(_WIDTH))
    return picture(exhibit, catalogue, "svg", part=part).decode("utf-8")


def cohort_report_document(
    report: CohortReport, pictures: Pictures, *catalogues: Catalogue
) -> bytes:
    """The PDF in the language of each catalogue after another; FontMissing without a font."""
    parts = [content(report, pictures, catalogue) for catalogue in catalogues]
    chinese = any(part["language"] == "zh" for part in parts)
    language: Language = "zh" if chinese else "en"
    return typeset("cohort_report.typ", {"parts": parts}, language, report.generated.utc)


def content(report: CohortReport, pictures: Pictures, catalogue: Catalogue) -> dict[str, Any]:
    """Every text of the report, in order, as the template lays it out. Holds no markup."""
    text = catalogue.text
    page, pages = "\ue000", "\ue001"  # private characters that no text holds
    before, _, rest = text("report.page", page=page, pages=pages).partition(page)
    between, _, after = rest.partition(pages)
    return {
        "language": catalogue.language,
        "title": text("cohort_report.title"),
        "subtitle": text("cohort_report.n", n=report.n),
        "demo": text("report.demo") if report.demo else None,
        "facts": [[text(label), text(value)] for label, value in report.facts],
        "warnings_title": text("cohort_report.warnings"),
        "warnings": [text(one) for one in report.warnings],
        "chapters": [_chapter(chapter, pictures, catalogue) for chapter in report.chapters],
        "methods_title": text("cohort_report.methods"),
        "methods": [text(one) for one in report.methods],
        "provenance": _provenance(report, catalogue),
        "page": [before, between, after],
        "generated": text("report.generated_at", at=report.generated.local),
        "keep_together": text("report.keep_together"),
    }


def _chapter(chapter: Chapter, pictures: Pictures, catalogue: Catalogue) -> dict[str, Any]:
    exhibit = chapter.exhibit
    plates = pictures.get((catalogue.language, exhibit.id), ())
    return {
        "title": catalogue.text(exhibit.title),
        "foot": catalogue.text(exhibit.foot),
        "wide": chapter.wide,
        "plates": list(plates),
        "alt": spoken(exhibit, catalogue) if plates else None,
        "continued": catalogue.text("cohort_report.continued"),
        "tables": [_table(values, chapter, catalogue) for values in chapter.tables],
        "notes": [catalogue.text(note) for note in chapter.notes],
    }


def _table(values: Values, chapter: Chapter, catalogue: Catalogue) -> dict[str, Any]:
    own = values.title != chapter.exhibit.title
    columns = list(zip(*values.rows, strict=True)) or [()] * len(values.head)
    return {
        "title": catalogue.text(values.title) if own else None,
        "head": [cell_text(cell, catalogue) for cell in values.head],
        "rows": [[cell_text(cell, catalogue) for cell in row] for row in values.rows],
        "shares": list(values.shares or [1] * len(values.head)),
        "figures": [_is_figures(column) for column in columns],
        "empty": catalogue.text("cohort_report.empty"),
        "wide": chapter.wide,
    }


def _is_figures(column: Sequence[object]) -> bool:
    """Do only numbers stand in a column, so that their units go below each other?"""
    known = [cell for cell in column if cell is not None]
    return bool(known) and all(isinstance(cell, int | Decimal) for cell in known)


def _provenance(report: CohortReport, catalogue: Catalogue) -> str:
    told: dict[str, object] = {
        "at": report.generated.local,
        "by": report.generated_by,
        "role": say(f"role.{report.generated_role}"),
        "program": f"aml_maint{NBSP}{aml_maint.__version__}",
    }
    if report.chain is None:
        return catalogue.text("report.provenance_unchained", **told)
    return catalogue.text(
        "report.provenance",
        **told, sequence=report.chain.sequence, digest=report.chain.short,
    )  # fmt: skip
