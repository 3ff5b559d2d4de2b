"""The numbers behind the MRD board as a table: a line for each specimen, figures as printed.

It names nobody: no patient, no laboratory, no physician, no free text.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from aml_maint.domain.marrow import (
    FlowResult,
    Flt3Result,
    GeneVariant,
    Morphology,
    NgsResult,
    PcrResult,
    Specimen,
)
from aml_maint.domain.messages import Catalogue, Message, say
from aml_maint.domain.mrd import Track
from aml_maint.domain.response_board import MarrowRow, ResponseBoard
from aml_maint.domain.response_words import mrd_class_words
from aml_maint.reports.table_file import Cell, TableFile

_HEADS = (
    "day", "purpose", "assay", "target", "result", "value", "unit", "limit", "events", "age",
    "tube", "study", "eln", "physician",
)  # fmt: skip


def mrd_table(board: ResponseBoard, notes: tuple[Message, ...], words: Catalogue) -> TableFile:
    """The table of a board; `notes` are the definitions, n and the day it was made."""
    text = words.text
    return TableFile(
        text("mrd_board.name"),
        tuple(text(f"mrd_table.{head}") for head in _HEADS),
        tuple(
            line
            for row in board.rows
            for specimen in row.marrow.specimens
            for line in _lines(row, specimen, words)
        ),
        tuple(text(note) for note in (say("mrd_board.name"), *notes)),
    )


def _lines(row: MarrowRow, specimen: Specimen, words: Catalogue) -> Iterator[tuple[Cell, ...]]:
    text = words.text
    flow = specimen.result if isinstance(specimen.result, FlowResult) else None
    before = (
        row.day,
        text(f"purpose.{row.marrow.purpose.value}"),
        text(f"assay.{specimen.assay.value}"),
    )
    after: tuple[Cell, ...] = (
        _printed(flow.limit_percent if flow else None),
        flow.events if flow else None,
        flow.age_hours if flow else None,
        text(f"tube.{specimen.tube.value}"),
        *_verdicts(row, specimen, words),
    )
    for target, result, value, unit in _found(specimen):
        told = text(f"mrd_table.{result}")
        yield (*before, target, told, _printed(value), unit and text(f"mrd_table.{unit}"), *after)


def _found(specimen: Specimen) -> Iterator[tuple[str, str, Decimal | None, str]]:
    """Target, what became of it, the figure as printed, and its unit."""
    match specimen.result:
        case None:
            yield "", "out", None, ""
        case Morphology(blasts_percent=blasts):
            yield "", "no_figure" if blasts is None else "counted", blasts, "percent"
        case FlowResult(percent=percent):
            yield "", "detected" if percent else "not_detected", percent, "percent"
        case PcrResult(target=target, ratio_percent=ratio):
            yield target, "detected" if ratio else "not_detected", ratio, "percent_of_control"
        case Flt3Result(ratio=ratio):
            yield "FLT3-ITD", "detected" if ratio else "not_detected", ratio, "ratio"
        case NgsResult(variants=variants):
            for variant in variants:
                yield _gene(variant), "detected", variant.vaf_percent, "percent_vaf"
            if not variants:
                yield "", "not_detected", None, "percent_vaf"


def _gene(variant: GeneVariant) -> str:
    return f"{variant.gene} {variant.change}".strip()


def _printed(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def _verdicts(row: MarrowRow, specimen: Specimen, words: Catalogue) -> tuple[str, str, str]:
    """What the assay says on both tracks, and whether a physician spoke; others set no class."""
    if isinstance(specimen.result, FlowResult):
        mrd = row.verdict.mrd
        classes = (mrd_class_words(mrd, Track.STUDY), mrd_class_words(mrd, Track.ELN))
    elif isinstance(specimen.result, Morphology):
        response = row.verdict.response
        classes = (
            say(f"response.class.{response.study.value if response.study else 'none'}"),
            say(f"response.eln_class.{response.eln.value if response.eln else 'none'}"),
        )
    else:
        return "", "", ""
    word = "" if row.review is None else words.text(f"mrd_table.{row.review.decision.value}")
    return words.text(classes[0]), words.text(classes[1]), word
