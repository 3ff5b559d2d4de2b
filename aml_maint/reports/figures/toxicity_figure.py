"""How many patients had which toxicity: a bar for each term, mild beside severe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from aml_maint.domain.exact_interval import Share
from aml_maint.domain.messages import Message, Name, say
from aml_maint.domain.toxicity_tables import Incidence
from aml_maint.reports.figures.exhibit import Cell, Exhibit, Values
from aml_maint.reports.figures.legend import Sample, lay_legend

if TYPE_CHECKING:
    from aml_maint.reports.figures.sheet import Sheet

_ROW = 22.0


def toxicity_exhibit(
    found: Sequence[Incidence], terms: Mapping[str, Name], rule: Sequence[Message], n: int,
    as_of: date,
) -> Exhibit:  # fmt: skip
    """The incidence of each term; `rule` says how was counted."""
    title = say("toxicity_figure.title")
    head = ("term", "any", "interval", "mild", "severe", "ungraded")
    rows = tuple(_row(one, terms) for one in found)
    values = Values("", title, tuple(say(f"toxicity_figure.head.{name}") for name in head), rows,
                    shares=(3, 2, 2, 2, 2, 0))  # fmt: skip
    worst = found[0] if found else None
    told = () if worst is None else (
        say("toxicity_figure.told", term=_term(worst, terms), share=_share(worst.any)),
    )  # fmt: skip
    drawing = BarDrawing(tuple(found), terms) if found else None
    return Exhibit("toxicity", title, n, as_of, tuple(rule), (values,), told, drawing)


def _term(one: Incidence, terms: Mapping[str, Name]) -> Name:
    return terms.get(one.term) or Name(one.term, one.term)


def _row(one: Incidence, terms: Mapping[str, Name]) -> tuple[Cell, ...]:
    interval = one.any.interval
    told = None if interval is None else say("toxicity_figure.between", low=interval[0],
                                             high=interval[1])  # fmt: skip
    return (_term(one, terms), _share(one.any), told, _share(one.mild), _share(one.severe),
            one.ungraded or None)  # fmt: skip


def _share(share: Share) -> Cell:
    if share.percent is None:
        return None
    return say("cohort.share", count=share.count, of=share.of, percent=share.percent)


@dataclass(frozen=True)
class BarDrawing:
    """Draws the bars, the most frequent term on top."""

    found: tuple[Incidence, ...]
    terms: Mapping[str, Name]

    def height(self, width: float) -> float:
        """A line for each term, the axis, and the legend."""
        return 76 + _ROW * len(self.found)

    def least_height(self, width: float) -> float:
        """Bars are never squeezed."""
        return self.height(width)

    def draw(self, sheet: Sheet, left: float, top: float, width: float, height: float) -> None:
        """Draw legend, bars and axis."""
        names = [sheet.say(_term(one, self.terms)) for one in self.found]
        at_left = max(sheet.width_of(name, "small") for name in names) + sheet.px(12)
        at_right = sheet.width_of("100/100 (100.0 %)", "small") + sheet.px(14)
        entries: list[tuple[Sample | None, Message | str]] = [
            (_sample(sheet, "series1"), say("toxicity_figure.mild")),
            (_sample(sheet, "series2"), say("toxicity_figure.severe")),
        ]
        if any(one.ungraded for one in self.found):
            entries.append((_sample(sheet, "muted"), say("toxicity_figure.ungraded")))
        y = top + lay_legend(sheet, left, top, width, entries, sheet.px(16)) + sheet.px(8)
        field, row = width - at_left - at_right, sheet.px(_ROW)
        bottom = y + row * len(self.found)
        for share in (0, 25, 50, 75, 100):
            x = left + at_left + field * share / 100
            sheet.rule(x, y, x, bottom)
            sheet.text(x, bottom + sheet.px(4), f"{share}\u00a0%", role="small", token="muted",
                       across="center")  # fmt: skip
        for place, one in enumerate(self.found):
            middle = y + row * (place + 0.5)
            sheet.text(left, middle, names[place], role="small", middle=True)
            x = left + at_left
            for count, token in ((one.mild.count, "series1"), (one.severe.count, "series2"),
                                 (one.ungraded, "muted")):  # fmt: skip
                part = field * count / one.any.of if one.any.of else 0
                sheet.box(x, middle - sheet.px(6), part, sheet.px(12), token)
                if token == "series2" and part:
                    _hatch(sheet, x, middle - sheet.px(6), part, sheet.px(12))
                x += part
            told = _share(one.any)
            text = "" if told is None else sheet.words.value(told)
            sheet.text(left + width, middle, text, role="small", across="right", middle=True)


def _sample(sheet: Sheet, token: str) -> Sample:
    def draw(x: float, y: float) -> None:
        sheet.box(x, y + sheet.px(2), sheet.px(16), sheet.px(11), token)
        if token == "series2":
            _hatch(sheet, x, y + sheet.px(2), sheet.px(16), sheet.px(11))

    return draw


def _hatch(sheet: Sheet, x: float, y: float, width: float, height: float) -> None:
    """Strokes across severe ones, so that colour is not their only sign."""
    step = sheet.px(5)
    at = x + step / 2
    while at < x + width:
        sheet.rule(at, y, at, y + height, "surface_raised", over=True)
        at += step
