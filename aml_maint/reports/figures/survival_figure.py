"""The Kaplan-Meier figure: steps, intervals, and under the ticks who is left and who is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from aml_maint.domain.cohort_tables import Grouping
from aml_maint.domain.messages import Message, Name, say
from aml_maint.domain.outcome_estimate import GroupOutcome, Outcome
from aml_maint.domain.outcome_words import at_text, median_text, p_text
from aml_maint.domain.survival import Curve, Median, steps
from aml_maint.reports.figures.axis import month_ticks
from aml_maint.reports.figures.exhibit import Cell, Exhibit, Values
from aml_maint.reports.figures.legend import Sample, lay_legend

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from aml_maint.reports.figures.sheet import Sheet

# Groups differ by dash first, by colour second.
_SERIES = ("series1", "series2", "series3", "series4", "series5")
_DASHES: tuple[Any, ...] = ("solid", (0, (5, 2)), (0, (1.5, 1.5)), (0, (7, 2, 1.5, 2)), (0, (3, 3)))
_BAND = 0.14


def group_name(
    grouping: Grouping, group: str, regimens: Mapping[str, Name] | None = None
) -> Message | Name:
    """What a group of a split is called; regimens by their names."""
    if not group:
        return say("cohort.everyone")
    if grouping is Grouping.REGIMEN:
        return (regimens or {}).get(group) or Name(group, group)
    return say(f"cohort.by.{grouping.value}.{group}")


def survival_exhibit(
    outcome: Outcome, times: Sequence[int], as_of: date,
    regimens: Mapping[str, Name] | None = None,
) -> Exhibit:  # fmt: skip
    """An outcome as a figure, with its steps and its survival at some months as tables."""
    names = {group: group_name(outcome.grouping, group, regimens) for group in outcome.groups}
    tables = [_at_times(outcome, names, times), _steps(outcome, names)]
    if outcome.left_out:
        tables.append(_left_out(outcome))
    return Exhibit(
        id=outcome.endpoint.value,
        title=say(f"endpoint.{outcome.endpoint.value}"),
        n=outcome.n,
        as_of=as_of,
        notes=(*outcome.notes, say("figure.interval")),
        tables=tuple(tables),
        summary=tuple(_summary(outcome, names, times)),
        drawing=SurvivalDrawing(outcome, names) if outcome.groups else None,
    )


def _left_out(outcome: Outcome) -> Values:
    """Who is left out, and why."""
    rows = tuple((one.label, one.reason) for one in outcome.left_out)
    head = (say("table_2.head.patient"), say("figure.reason"))
    return Values("left_out", say("figure.left_out"), head, rows, shares=(0, 1))


def _at_times(
    outcome: Outcome, names: Mapping[str, Message | Name], times: Sequence[int]
) -> Values:
    """For each group a line for n, events, median, follow-up, and for each month asked for."""
    rows: list[tuple[Cell, ...]] = []
    split = outcome.grouping is not Grouping.NONE
    for group, found in outcome.groups.items():
        counted = say("figure.n_events", n=found.curve.n, events=found.curve.events)
        told: list[tuple[Cell, Cell]] = [
            (say("figure.patients_events"), counted),
            (say("figure.median"), median_text(found.curve.median)),
            (say("figure.follow_up"), _follow_up(found)),
        ]
        told += [
            (say("figure.survival_at", months=month), _at(found.curve, month)) for month in times
        ]
        rows += [(names[group], *line) if split else line for line in told]
    if outcome.log_rank is not None:
        p = p_text(outcome.log_rank.p)
        rows.append((say("figure.between_groups"), say("figure.log_rank"), p))
    head = [say("figure.group"), say("figure.measure"), say("figure.value")][not split :]
    shares = (2, 3, 5)[not split :]
    return Values("", say("figure.at_times"), tuple(head), tuple(rows), shares=shares)


def _at(curve: Curve, month: int) -> Message:
    told = at_text(curve.at(month))
    return Message(
        f"{told.key}.value",
        {**told.params, "at_risk": curve.followed(month), "n": curve.n,
         "free": curve.n - curve.events_by(month)},
    )  # fmt: skip


def _follow_up(found: GroupOutcome) -> Message | None:
    plain = found.plain_follow_up
    if plain is None:
        return None
    middle, low, high = (_short(value) for value in plain)
    reverse = _reverse(found.reverse_follow_up)
    return say("figure.follow_up_value", middle=middle, low=low, high=high, reverse=reverse)


def _reverse(median: Median) -> Message | str:
    if median.time is None:
        return say("outcome.not_reached")
    return _short(Decimal(repr(median.time)))


def _short(months: Decimal) -> str:
    """Whole months as printed, others with one decimal."""
    whole = months == months.to_integral_value()
    return f"{months:.0f}" if whole else f"{months:.1f}"


def _steps(outcome: Outcome, names: Mapping[str, Message | Name]) -> Values:
    rows: list[tuple[Cell, ...]] = []
    for group, found in outcome.groups.items():
        for point in found.curve.points:
            rows.append(
                (
                    names[group], _number(point.time, 2), point.at_risk, point.events,
                    point.censored, _number(point.survival, 4), _number(point.lower, 4),
                    _number(point.upper, 4),
                )
            )  # fmt: skip
    head = tuple(
        say(f"figure.step.{name}")
        for name in ("group", "months", "at_risk", "events", "censored", "survival", "lower",
                     "upper")
    )  # fmt: skip
    return Values("steps", say("figure.steps"), head, tuple(rows), shares=(0,) * 8)


def _number(value: float | None, digits: int) -> Decimal | None:
    if value is None:
        return None
    found = Decimal(f"{value:.{digits}f}")
    return found.quantize(Decimal(1)) if found == found.to_integral_value() else found


def _summary(
    outcome: Outcome, names: Mapping[str, Message | Name], times: Sequence[int]
) -> list[Message]:
    told: list[Message] = []
    for group, found in outcome.groups.items():
        curve = found.curve
        told.append(
            say("figure.told_group", group=names[group], n=curve.n, events=curve.events,
                median=median_text(curve.median))
        )  # fmt: skip
        told += [say("figure.told_at", months=month, told=_at(curve, month)) for month in times]
    if outcome.log_rank is not None:
        told.append(say("figure.told_log_rank", p=p_text(outcome.log_rank.p)))
    return told


@dataclass(frozen=True)
class SurvivalDrawing:
    """Draws the curves of an outcome."""

    outcome: Outcome
    names: Mapping[str, Message | Name]

    def height(self, width: float) -> float:
        """A flat field, and a line for each row under the ticks."""
        return max(0.44 * width, 300) + 20 * (self._rows_below + len(self.names))

    def least_height(self, width: float) -> float:
        """A field in which steps can be told apart."""
        return 250 + 18 * (self._rows_below + len(self.names))

    @property
    def _rows_below(self) -> int:
        return 3 if len(self.names) == 1 else len(self.names) + 1

    def draw(self, sheet: Sheet, left: float, top: float, width: float, height: float) -> None:
        """Draw field, curves, legend, ticks and the rows under them."""
        row = sheet.line_height("small")
        # The counts stand centred under their ticks, and reach half their width beyond the field.
        most_people = max(group.curve.n for group in self.outcome.groups.values())
        digits = "0" * max(len(str(most_people)), 2)
        told = digits if len(self.names) == 1 else f"{digits} · {digits} · {digits}"
        cell = sheet.width_of(told, "small")
        at_left = self._label_width(sheet) + cell / 2 + sheet.px(12)
        at_left = max(at_left, sheet.px(70))
        at_right = cell / 2 + sheet.px(4)
        below = sheet.px(18) + 2 * row + row * self._rows_below
        field_left, field_width = left + at_left, width - at_left - at_right
        field_top = top + self._legend(sheet, left, top, width) + sheet.px(12)
        field_height = max(top + height - below - field_top, sheet.px(60))
        most, ticks = month_ticks(self._longest(), int(field_width / (cell + sheet.px(8))))
        axes = sheet.axes(field_left, field_top, field_width, field_height)
        axes.set_xlim(0, most)
        axes.set_ylim(0, 1)
        self._grid(sheet, field_left, field_top, field_width, field_height, ticks, most)
        for number, found in enumerate(self.outcome.groups.values()):
            _curve(sheet, axes, found.curve, number)
        foot = field_top + field_height + sheet.px(8)
        for tick in ticks:
            x = field_left + field_width * tick / most
            sheet.text(x, foot, str(tick), role="small", token="muted", across="center")
        unit = sheet.say(say("figure.months"))
        middle = field_left + field_width / 2
        sheet.text(middle, foot + row, unit, role="small", token="muted", across="center")
        self._below(sheet, left, foot + 2 * row + sheet.px(10),
                    [(tick, field_left + field_width * tick / most) for tick in ticks])  # fmt: skip

    def _label_width(self, sheet: Sheet) -> float:
        """The widest word beside the counts; the head over groups has a line of its own."""
        labels = [sheet.say(text) for text in self._row_labels()]
        beside = labels if len(self.names) == 1 else labels[1:]
        return max(sheet.width_of(text, "small") for text in beside)

    def _longest(self) -> float:
        return max(group.curve.times[-1] for group in self.outcome.groups.values())

    def _grid(
        self, sheet: Sheet, left: float, top: float, width: float, height: float,
        ticks: Sequence[int], most: float,
    ) -> None:  # fmt: skip
        for share in (0, 25, 50, 75, 100):
            y = top + height * (1 - share / 100)
            sheet.rule(left, y, left + width, y, "muted" if share == 0 else "line")
            sheet.text(left - sheet.px(8), y, f"{share}\u00a0%", role="small", token="muted",
                       across="right", middle=True)  # fmt: skip
        for tick in ticks:
            x = left + width * tick / most
            sheet.rule(x, top + height, x, top + height + sheet.px(5), "muted")
        sheet.rule(left, top, left, top + height, "muted")

    def _legend(self, sheet: Sheet, left: float, top: float, width: float) -> float:
        """Each group with its line, n, events and median; how high that is."""
        entries: list[tuple[Sample | None, Message | str]] = []
        for number, (group, found) in enumerate(self.outcome.groups.items()):
            curve = found.curve
            told = say("figure.legend", group=self.names[group], n=curve.n, events=curve.events,
                       median=median_text(curve.median))  # fmt: skip
            entries.append((partial(_sample, sheet, number), told))
        if self.outcome.log_rank is not None:
            entries.append((None, say("figure.told_log_rank", p=p_text(self.outcome.log_rank.p))))
        return lay_legend(sheet, left, top, width, entries, sheet.px(28))

    def _row_labels(self) -> list[Message | Name]:
        if len(self.names) == 1:
            return [say("figure.at_risk"), say("figure.censored"), say("figure.events")]
        return [say("figure.risk_heads"), *self.names.values()]

    def _below(
        self, sheet: Sheet, left: float, top: float, ticks: Sequence[tuple[int, float]]
    ) -> None:
        """At risk, censored and with the event, at each tick."""
        row = sheet.line_height("small")
        labels = [sheet.say(text) for text in self._row_labels()]
        curves = [found.curve for found in self.outcome.groups.values()]
        lines: list[list[str]] = []
        if len(curves) == 1:
            only = curves[0]
            counts = (only.followed, only.censored_by, only.events_by)
            lines = [[str(count(tick)) for tick, _ in ticks] for count in counts]
        else:
            lines = [[""] * len(ticks)]
            lines += [
                [f"{c.followed(t)} · {c.censored_by(t)} · {c.events_by(t)}" for t, _ in ticks]
                for c in curves
            ]
        for number, (label, cells) in enumerate(zip(labels, lines, strict=True)):
            y = top + row * number
            sheet.text(left, y, label, role="small", token="muted")
            for (_, x), cell in zip(ticks, cells, strict=True):
                if cell:
                    sheet.text(x, y, cell, role="small", across="center")


def _curve(sheet: Sheet, axes: Axes, curve: Curve, number: int) -> None:
    """The steps, the band of the interval, and a small stroke for each censored time."""
    color = sheet.color(_SERIES[number % len(_SERIES)])
    corners = steps(curve)
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    band = [
        (p.time, p.lower, p.upper)
        for p in curve.points
        if p.lower is not None and p.upper is not None
    ]
    if band:
        band.append((curve.times[-1], *band[-1][1:]))
        times, lows, highs = ([row[place] for row in band] for place in range(3))
        axes.fill_between(times, lows, highs, step="post", color=color, alpha=_BAND, linewidth=0)
    axes.plot(xs, ys, color=color, linestyle=_DASHES[number % len(_DASHES)],
              linewidth=sheet.points(2), solid_joinstyle="miter", clip_on=False)  # fmt: skip
    gone = [(p.time, p.survival) for p in curve.points if p.censored]
    axes.plot([t for t, _ in gone], [s for _, s in gone], linestyle="none", marker="|",
              markersize=sheet.points(10), markeredgewidth=sheet.points(1.5), color=color,
              clip_on=False)  # fmt: skip


def _sample(sheet: Sheet, number: int, left: float, top: float) -> None:
    from matplotlib.lines import Line2D

    xs = [left / sheet.width, (left + sheet.px(28)) / sheet.width]
    height = 1 - (top + sheet.line_height("small") / 2 - sheet.px(1)) / sheet.height
    sheet.figure.add_artist(
        Line2D(xs, [height, height], color=sheet.color(_SERIES[number % len(_SERIES)]),
               linestyle=_DASHES[number % len(_DASHES)], linewidth=sheet.points(2))
    )  # fmt: skip
