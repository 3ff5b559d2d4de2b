"""The swimmer plot: a lane for each patient since maintenance began, and on it what happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from aml_maint.domain.cohort_member import Member
from aml_maint.domain.messages import Message, say
from aml_maint.domain.swimmer import Lane, Sign, lane_of, lanes
from aml_maint.reports.figures.axis import month_ticks
from aml_maint.reports.figures.exhibit import Exhibit, Values
from aml_maint.reports.figures.legend import Sample, lay_legend
from aml_maint.reports.figures.many import MOST_ROWS, first_of
from aml_maint.reports.figures.patient_tables import tuple_text, who_labels

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from aml_maint.reports.figures.sheet import Sheet

_ROW = 19.0
# Marker, colour, filled: no two signs share a shape.
_SHAPES: Mapping[Sign, tuple[Any, str, bool]] = {
    Sign.MOLECULAR_RELAPSE: ("D", "series2", False),
    Sign.MORPHOLOGICAL_RELAPSE: ("D", "series2", True),
    Sign.EXTRAMEDULLARY_RELAPSE: ("s", "series2", True),
    Sign.CONVERSION: ("o", "series3", False),
    Sign.TRANSPLANT: ("^", "series4", True),
    Sign.SECOND_THERAPY: ("v", "series5", True),
    Sign.DEATH: ("X", "text", True),
    Sign.ALIVE: (">", "series3", True),
    Sign.LOST: ("$?$", "muted", True),
    Sign.CENSORED: ("|", "series1", True),
}


def swimmer_exhibit(members: Sequence[Member], cut_off: date | None, as_of: date) -> Exhibit:
    """The lanes of a cohort."""
    found = lanes(members, cut_off)
    left_out = [m for m in members if isinstance(lane_of(m, cut_off), Message)]
    by_id = who_labels(members)
    notes = [say("swimmer.definition")]
    reported = sum(1 for lane in found if lane.member.fate.reported is not None)
    if reported:
        notes.append(say("swimmer.months_only", n=reported))
    if cut_off is not None:
        notes.append(say("outcome.cut_off", day=cut_off))
    if left_out:
        labels = tuple(by_id[member.id] for member in left_out)
        notes.append(say("swimmer.left_out", n=len(left_out), labels=labels))
    title = say("swimmer.title")
    values = _values(found, by_id)
    labels = tuple(by_id[lane.member.id] for lane in found)
    drawing = SwimmerDrawing(found, labels) if found else None
    told = say("swimmer.told", n=len(found), longest=found[0].months) if found else None
    summary = () if told is None else (told,)
    return Exhibit("swimmer", title, len(found), as_of, tuple(notes), (values,), summary, drawing)


def _values(found: Sequence[Lane], labels: Mapping[str, str]) -> Values:
    """A line for each lane; without anybody's stretches of therapy there is no column for them."""
    known = any(lane.on_therapy for lane in found)
    head = ["patient", "months", *(["on_therapy"] if known else []), "marks", "last_known"]
    rows = tuple(
        (
            labels[lane.member.id],
            lane.months,
            *((_on_therapy(lane),) if known else ()),
            tuple_text([_told(mark.sign, mark.months) for mark in lane.marks]),
            say(f"cohort.outcome.{lane.member.last_known.value}"),
        )
        for lane in found
    )
    ids = tuple(lane.member.id for lane in found)
    told = tuple(say(f"swimmer.head.{name}") for name in head)
    shares = (0, 0, *((0,) if known else ()), 3, 2)
    return Values("", say("swimmer.title"), told, rows, ids, shares=shares)


def _on_therapy(lane: Lane) -> Decimal | None:
    if not lane.on_therapy:
        return None
    return sum((high - low for low, high in lane.on_therapy), Decimal(0))


def _told(sign: Sign, months: Decimal) -> Message:
    return say("swimmer.mark", sign=say(f"swimmer.sign.{sign.value}"), months=months)


@dataclass(frozen=True)
class SwimmerDrawing:
    """Draws the lanes, the longest on top."""

    lanes: tuple[Lane, ...]
    labels: tuple[str, ...]
    longest: Decimal | None = None
    """The end of the axis where it is longer than the lanes drawn here."""

    def split(self, lanes: int) -> tuple[SwimmerDrawing, ...]:
        """The same in drawings of so many lanes, all on one scale."""
        longest = max(lane.months for lane in self.lanes)
        return tuple(
            SwimmerDrawing(
                self.lanes[start : start + lanes], self.labels[start : start + lanes], longest
            )
            for start in range(0, len(self.lanes), lanes)
        )

    @property
    def _drawn(self) -> tuple[Lane, ...]:
        return self.lanes[:MOST_ROWS]

    @property
    def _is_cut(self) -> bool:
        return len(self.lanes) > MOST_ROWS

    def height(self, width: float) -> float:
        """The legend, the axis, and a line for each lane."""
        return 76 + _ROW * (len(self._drawn) + self._is_cut)

    def least_height(self, width: float) -> float:
        """Lanes are never squeezed."""
        return self.height(width)

    def draw(self, sheet: Sheet, left: float, top: float, width: float, height: float) -> None:
        """Draw legend, axis and lanes."""
        ends = [
            sheet.say(say(f"cohort.outcome.{lane.member.last_known.value}")) for lane in self._drawn
        ]
        months = sheet.say(say("swimmer.head.months"))
        labels = (months, *self.labels[:MOST_ROWS])
        at_left = max(sheet.width_of(text, "small") for text in labels) + sheet.px(14)
        at_right = max(sheet.width_of(text, "small") for text in ends) + sheet.px(26)
        head = top + self._legend(sheet, left, top, width) + sheet.px(8)
        field_top = head + sheet.line_height("small") + sheet.px(2)
        field_left, field_width = left + at_left, width - at_left - at_right
        row = sheet.px(_ROW)
        field_height = row * len(self._drawn)
        longest = self.longest or max(lane.months for lane in self.lanes)
        most, ticks = month_ticks(float(longest))
        # The axis is on top: of many lanes the last ones may have to be scrolled to.
        sheet.text(left, head, months, role="small", token="muted")
        for tick in ticks:
            x = field_left + field_width * tick / most
            sheet.rule(x, field_top, x, field_top + field_height)
            sheet.text(x, head, str(tick), role="small", token="muted", across="center")
        axes = sheet.axes(field_left, field_top, field_width, field_height)
        axes.set_xlim(0, most)
        axes.set_ylim(len(self._drawn), 0)
        for place, lane in enumerate(self._drawn):
            middle = field_top + row * (place + 0.5)
            sheet.text(left, middle, self.labels[place], role="small", middle=True)
            sheet.text(left + width, middle, ends[place], role="small", token="muted",
                       across="right", middle=True)  # fmt: skip
            _lane(sheet, axes, lane, place + 0.5)
        if self._is_cut:
            told = first_of(len(self._drawn), len(self.lanes))
            sheet.text(left, field_top + field_height + sheet.px(3), sheet.say(told),
                       role="small", token="muted")  # fmt: skip

    def _legend(self, sheet: Sheet, left: float, top: float, width: float) -> float:
        used = {mark.sign for lane in self._drawn for mark in lane.marks}
        entries: list[tuple[Sample | None, Message | str]] = []
        if any(lane.on_therapy for lane in self._drawn):
            entries.append((_bar_sample(sheet, "series1", 8), say("swimmer.on_therapy")))
        entries.append((_bar_sample(sheet, "muted", 2.5), say("swimmer.observed")))
        entries += [
            (_mark_sample(sheet, sign), say(f"swimmer.sign.{sign.value}"))
            for sign in Sign
            if sign in used
        ]
        return lay_legend(sheet, left, top, width, entries, sheet.px(20))


def _lane(sheet: Sheet, axes: Axes, lane: Lane, y: float) -> None:
    axes.plot([0, float(lane.months)], [y, y], color=sheet.color("muted"),
              linewidth=sheet.points(sheet.px(2.5)), solid_capstyle="butt", zorder=2)  # fmt: skip
    for low, high in lane.on_therapy:
        axes.plot([float(low), float(high)], [y, y], color=sheet.color("series1"),
                  linewidth=sheet.points(sheet.px(8)), solid_capstyle="butt", zorder=3)  # fmt: skip
    for mark in lane.marks:
        axes.plot([float(mark.months)], [y], zorder=4, clip_on=False, **_style(sheet, mark.sign))


def _style(sheet: Sheet, sign: Sign) -> dict[str, Any]:
    marker, token, filled = _SHAPES[sign]
    color = sheet.color(token)
    return {
        "linestyle": "none",
        "marker": marker,
        "markersize": sheet.points(sheet.px(10)),
        "markeredgewidth": sheet.points(sheet.px(1.5)),
        "markeredgecolor": color,
        "markerfacecolor": color if filled else sheet.color("surface_raised"),
    }


def _bar_sample(sheet: Sheet, token: str, thick: float) -> Sample:
    def draw(x: float, y: float) -> None:
        middle = y + sheet.line_height("small") / 2 - sheet.px(thick) / 2 - sheet.px(1)
        sheet.box(x, middle, sheet.px(20), sheet.px(thick), token)

    return draw


def _mark_sample(sheet: Sheet, sign: Sign) -> Sample:
    def draw(x: float, y: float) -> None:
        middle = y + sheet.line_height("small") / 2 - sheet.px(1)
        sheet.mark(x + sheet.px(12), middle, _style(sheet, sign))

    return draw
