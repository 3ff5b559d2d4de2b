"""The MRD heat strip: a row of tiles for each patient, months since maintenance began."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from aml_maint.domain.cohort_member import Member, MrdPoint
from aml_maint.domain.messages import Message, say
from aml_maint.domain.mrd import STUDY_CUT_OFF
from aml_maint.domain.mrd_strip import Level, MrdStrips, mrd_strips
from aml_maint.reports.figures.exhibit import Cell, Exhibit, Values
from aml_maint.reports.figures.patient_tables import who_labels
from aml_maint.reports.figures.tiles import Tile, TileDrawing

_TILES = {
    Level.NEGATIVE: Tile("heat0", "–"),
    Level.LOW: Tile("heat1", "+"),
    Level.MIDDLE: Tile("heat2", "++"),
    Level.HIGH: Tile("heat3", "+++"),
    Level.POSITIVE: Tile("heat2", "pos"),
    Level.INDETERMINATE: Tile("heat_unknown", "?"),
}


def mrd_exhibit(members: Sequence[Member], cut_off: date | None, as_of: date) -> Exhibit:
    """The strips of everybody with a result; the others are counted in the notes."""
    found = mrd_strips(members, cut_off)
    notes = [
        say("mrd_strip.definition", percent=STUDY_CUT_OFF),
        say("mrd_strip.width_one" if found.width == 1 else "mrd_strip.width", months=found.width),
    ]
    if cut_off is not None:
        notes.append(say("outcome.cut_off", day=cut_off))
    without = len(members) - len(found.strips)
    if without:
        notes.append(say("mrd_strip.without", n=without))
    title = say("mrd_strip.title")
    head = ("patient", "months", "result", "percent")
    rows: list[tuple[Cell, ...]] = []
    ids: list[str] = []
    labels = who_labels(members)
    for strip in found.strips:
        for point in sorted(strip.points, key=lambda point: point.months):
            ids.append(strip.member.id)
            rows.append((labels[strip.member.id], point.months, _word(point),
                         point.percent))  # fmt: skip
    values = Values("", title, tuple(say(f"mrd_strip.head.{name}") for name in head),
                    tuple(rows), tuple(ids), shares=(1, 1, 2, 1))  # fmt: skip
    drawing = _drawing(found, labels) if found.strips else None
    positive = sum(any(p.positive for p in s.points) for s in found.strips)
    told = say("mrd_strip.told", n=len(found.strips), positive=positive, results=len(rows))
    return Exhibit("mrd_strip", title, len(found.strips), as_of, tuple(notes), (values,), (told,),
                   drawing)  # fmt: skip


def _word(point: MrdPoint) -> Message:
    word = {True: "positive", False: "negative", None: "indeterminate"}[point.positive]
    return say(f"mrd_strip.{word}")


def _drawing(found: MrdStrips, labels: Mapping[str, str]) -> TileDrawing:
    used = {level for strip in found.strips for level, _ in strip.levels.values()}
    return TileDrawing(
        rows=tuple(labels[strip.member.id] for strip in found.strips),
        columns=(say("mrd_strip.before"), *_columns(found)),
        tiles={
            (row, column): _TILES[level]
            for row, strip in enumerate(found.strips)
            for column, (level, _) in strip.levels.items()
        },
        legend=tuple((_TILES[level], say(f"mrd_strip.level.{level.value}"))
                     for level in Level if level in used),
        row_head=say("table_2.head.patient"),
        foot=say("swimmer.axis") if found.columns > 1 else None,
    )  # fmt: skip


def _columns(found: MrdStrips) -> list[str]:
    return [str(found.months(column)[1]) for column in range(1, found.columns)]
