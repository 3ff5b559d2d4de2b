"""A document about one patient as a PDF: section by section, whose it is on each page."""

from __future__ import annotations

from typing import Any

import aml_maint
from aml_maint.domain.messages import NBSP, Catalogue, Message, say
from aml_maint.domain.patient import Patient
from aml_maint.reports.dossier import Blanks, Dossier, Facts, Grid, Lines, Section, Text
from aml_maint.reports.pdf import typeset


def dossier_document(dossier: Dossier, catalogue: Catalogue) -> bytes:
    """The PDF in the catalogue's language; FontMissing when a font is lacking."""
    return typeset("dossier.typ", content(dossier, catalogue), catalogue.language, dossier.made.utc)


def content(dossier: Dossier, catalogue: Catalogue) -> dict[str, Any]:
    """Every text, in order, as the template lays it out. Holds no markup."""
    text = catalogue.text
    patient = dossier.patient
    page, pages = "\ue000", "\ue001"  # private characters that no text holds
    before, _, rest = text("report.page", page=page, pages=pages).partition(page)
    between, _, after = rest.partition(pages)
    born = _born(patient)
    return {
        # A viewer shows this title in its window, so it names no patient.
        "document_title": text(dossier.title),
        "title": text(dossier.title),
        "name": patient.full_name,
        "identity": [
            text(born),
            text(f"sex.{patient.sex.value}"),
            text("report.mrn", mrn=patient.mrn),
        ],
        "running": [patient.full_name, text(born), text("report.mrn", mrn=patient.mrn)],
        "ward": patient.ward.strip() or text("report.ward_not_recorded"),
        "demo": text("report.demo") if dossier.demo else None,
        "page": [before, between, after],
        "keep_together": text("report.keep_together"),
        "sections": [_section(section, catalogue) for section in dossier.sections],
        "notes": [text(note) for note in dossier.notes],
        "signature": None if dossier.signature is None else text(dossier.signature),
        "generated": text("report.generated_at", at=dossier.made.local),
        "made": text(
            "dossier.made",
            at=dossier.made.local,
            by=dossier.made_by,
            sequence=dossier.sequence,
            program=f"aml_maint{NBSP}{aml_maint.__version__}",
        ),
    }


def _born(patient: Patient) -> Message:
    if patient.born_on is None:
        return say("report.born_not_recorded")
    return say("dossier.born", day=patient.born_on)


def _section(section: Section, catalogue: Catalogue) -> dict[str, Any]:
    heading = catalogue.text(section.heading)
    match section:
        case Facts():
            pairs = [
                [catalogue.text(label), _said(value, catalogue)] for label, value in section.pairs
            ]
            return {"kind": "facts", "heading": heading, "pairs": pairs}
        case Lines():
            lines = [_said(line, catalogue) for line in section.lines]
            empty = catalogue.text(section.empty)
            return {"kind": "lines", "heading": heading, "lines": lines, "empty": empty}
        case Blanks():
            labels = [catalogue.text(label) for label in section.labels]
            return {"kind": "blanks", "heading": heading, "labels": labels}
        case Grid():
            return {
                "kind": "grid",
                "heading": heading,
                "columns": [catalogue.text(column) for column in section.columns],
                "rows": [[_said(cell, catalogue) for cell in row] for row in section.rows],
                "empty": catalogue.text(section.empty),
                "shares": list(section.shares),
            }


def _said(value: Text | None, catalogue: Catalogue) -> str:
    if value is None:
        return catalogue.text("report.not_recorded")
    return value if isinstance(value, str) else catalogue.text(value)
