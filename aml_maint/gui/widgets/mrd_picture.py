"""Draws the MRD board, on the screen and into a vector file alike."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF

from aml_maint.domain.follow_up import RELAPSES, EventKind
from aml_maint.domain.messages import Message, say
from aml_maint.domain.mrd import Track
from aml_maint.domain.mrd_scene import BlastMark, CycleBand, Mark, Panel, Shape, Sign
from aml_maint.domain.response import Response
from aml_maint.gui.desk import Looks
from aml_maint.gui.widgets.mrd_layout import BoardLayout
from aml_maint.gui.widgets.outlined import draw_outlined

_TOKENS = {
    Shape.POSITIVE: "danger",
    Shape.BELOW: "accent",
    Shape.NOT_DETECTED: "success",
    Shape.INDETERMINATE: "warning",
    Shape.PENDING: "muted",
}
_MIDDLE = Qt.AlignmentFlag.AlignCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def mark_path(shape: Shape, at: QPointF, half: float) -> QPainterPath:
    """The outline of a mark: circle, triangle that points down, or square."""
    path = QPainterPath()
    match shape:
        case Shape.NOT_DETECTED | Shape.INDETERMINATE:
            path.addPolygon(
                QPolygonF(
                    [
                        at + QPointF(-half * 1.15, -half),
                        at + QPointF(half * 1.15, -half),
                        at + QPointF(0, half),
                    ]
                )
            )
            path.closeSubpath()
        case Shape.PENDING:
            path.addRoundedRect(
                QRectF(at.x() - half, at.y() - half, 2 * half, 2 * half), half / 3, half / 3
            )
        case _:
            path.addEllipse(at, half, half)
    return path


class BoardPicture:
    """Draws a board at its places; the marrow under the cursor may stand out."""

    def __init__(
        self, painter: QPainter, looks: Looks, layout: BoardLayout, *, outlined: bool = False
    ) -> None:
        """With `outlined` texts are drawn as paths, for a file that is looked at elsewhere."""
        self._painter = painter
        self._outlined = outlined
        self._looks = looks
        self._theme = looks.theme
        self._layout = layout
        self._named: list[QRectF] = []

    def draw(self, current: int | None = None) -> None:
        """Draw everything."""
        painter, layout, scene = self._painter, self._layout, self._layout.scene
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if current is not None and current < len(scene.days):
            self._cursor(scene.days[current])
        self._dates()
        for band in scene.cycles:
            self._cycle(band)
        if scene.cycles:
            self._head(layout.cycles, say("mrd_board.cycles"))
        if scene.signs:
            self._head(layout.signs, say("mrd_board.events"))
            for sign in scene.signs:
                self._sign(sign)
        if scene.blasts:
            self._head(layout.blasts, say("mrd_board.blasts"))
            for blasts in self._spaced():
                self._blasts(blasts)
        for place, panel in enumerate(scene.panels):
            self._panel(place, panel)
        self._now()

    def legend(self, room: QRectF) -> None:
        """What each shape means, along the lower edge."""
        theme = self._theme
        x = room.left() + theme.unit(24)
        y = room.bottom() - theme.unit(3)
        metrics = QFontMetricsF(theme.font("small"))
        for shape in Shape:
            text = self._looks.words.text(f"mrd_board.shape.{shape.value}")
            ink = theme.color(_TOKENS[shape])
            pen = QPen(ink, theme.pixels(1.5))
            if shape in {Shape.INDETERMINATE, Shape.PENDING}:
                pen.setStyle(Qt.PenStyle.DotLine)
            self._painter.setPen(pen)
            self._painter.setBrush(ink if shape is Shape.POSITIVE else Qt.BrushStyle.NoBrush)
            self._painter.drawPath(mark_path(shape, QPointF(x, y), theme.pixels(4.5)))
            width = metrics.horizontalAdvance(text) + 2
            box = QRectF(x + theme.unit(2.5), y - theme.unit(2.5), width, theme.unit(5))
            self._write(box, _LEFT, text)
            x = box.right() + theme.unit(5)

    def _ink(
        self, token: str, width: float = 1, style: Qt.PenStyle = Qt.PenStyle.SolidLine
    ) -> None:
        pen = QPen(self._theme.color(token), width)
        pen.setStyle(style)
        self._painter.setPen(pen)

    def _write(self, box: QRectF, flags: Qt.AlignmentFlag, text: str, token: str = "muted") -> None:
        font, color = self._theme.font("small"), self._theme.color(token)
        if self._outlined:
            draw_outlined(self._painter, box, flags, text, font, color)
            return
        self._painter.setFont(font)
        self._painter.setPen(color)
        self._painter.drawText(box, flags, text)

    def _head(self, box: QRectF, text: Message) -> None:
        """The name of a lane, at the left of it."""
        room = QRectF(0, box.top(), box.left() - self._theme.unit(2), box.height())
        words = self._looks.words.text(text)
        metrics = QFontMetricsF(self._theme.font("small"))
        short = metrics.elidedText(
            words, Qt.TextElideMode.ElideRight, int(room.width() - self._theme.unit(2))
        )
        self._write(room.adjusted(self._theme.unit(2), 0, 0, 0), _RIGHT, short)

    def _cursor(self, day: date) -> None:
        half = self._theme.unit(2)
        x, plot = self._layout.x(day), self._layout.plot
        band = QRectF(x - half, plot.top(), 2 * half, plot.height())
        self._painter.fillRect(band, self._theme.color("selection"))

    def _dates(self) -> None:
        """A tick for each month that has room, with the year where it begins."""
        layout, theme, words = self._layout, self._theme, self._looks.words
        widest = theme.unit(15)
        free = layout.plot.left() - widest
        year = 0
        for day in _months(layout.scene.first, layout.scene.last):
            x = layout.x(day)
            self._ink("line")
            self._painter.drawLine(
                QPointF(x, layout.dates.bottom() - theme.unit(1)),
                QPointF(x, layout.plot.bottom()),
            )
            if x < free + widest or x + widest / 2 > layout.plot.right() + theme.unit(4):
                continue
            free = x
            box = QRectF(x - widest, layout.dates.top(), 2 * widest, layout.dates.height())
            told = say("mrd_board.month", month=say(f"month_short.{day.month}"))
            if day.year != year:
                told = say("mrd_board.month_year", month=told, year=day.year)
                year = day.year
            self._write(box, _MIDDLE, words.text(told))

    def _cycle(self, band: CycleBand) -> None:
        layout, theme = self._layout, self._theme
        left, right = layout.x(band.first), layout.x(band.last + timedelta(days=1))
        box = QRectF(left, layout.cycles.top() + 1, right - left, layout.cycles.height() - 2)
        self._painter.fillRect(box, theme.color("header" if band.number % 2 else "hover"))
        self._ink("line")
        self._painter.drawRect(box)
        if box.width() > theme.unit(4.5):
            self._write(box, _MIDDLE, str(band.number))

    def _sign(self, sign: Sign) -> None:
        """An event: a shape by its kind, its name beside it, and a line down through the panels."""
        layout, theme = self._layout, self._theme
        x, box = layout.x(sign.day), layout.signs
        bad = sign.kind in RELAPSES or sign.kind is EventKind.DEATH
        token = "danger" if bad else "accent"
        self._ink(token, theme.pixels(1.2), Qt.PenStyle.DotLine)
        self._painter.drawLine(QPointF(x, box.center().y()), QPointF(x, layout.plot.bottom()))
        half = theme.pixels(5) * 1.0
        at = QPointF(x, box.center().y())
        self._ink(token, theme.pixels(1.5))
        if sign.kind is EventKind.DEATH:
            self._painter.drawLine(at + QPointF(-half, -half), at + QPointF(half, half))
            self._painter.drawLine(at + QPointF(-half, half), at + QPointF(half, -half))
        else:
            self._painter.setBrush(theme.color(token if bad else "surface_raised"))
            up = QPolygonF([at + QPointF(-half, half), at + QPointF(half, half),
                            at + QPointF(0, -half)])  # fmt: skip
            square = QPolygonF(
                [at + QPointF(*p) for p in ((0, -half), (half, 0), (0, half), (-half, 0))]
            )
            self._painter.drawPolygon(up if bad else square)
        self._label(sign, x, half, token)

    def _label(self, sign: Sign, x: float, half: float, token: str) -> None:
        """The event's name beside its shape, where no other shape or name stands."""
        layout, theme = self._layout, self._theme
        words = self._looks.words.text(say(f"event_kind.{sign.kind.value}"))
        width = QFontMetricsF(theme.font("small")).horizontalAdvance(words)
        box = layout.signs
        others = [layout.x(other.day) for other in layout.scene.signs if other is not sign]
        for left in (x + 1.6 * half, x - 1.6 * half - width):
            place = QRectF(left, box.top(), width, box.height())
            free = not any(place.intersects(taken) for taken in self._named)
            clear = all(not left - half < other < left + width + half for other in others)
            if free and clear and layout.plot.left() < left < layout.plot.right() + theme.unit(3):
                self._named.append(place)
                self._write(place, _LEFT, words, token)
                return

    def _spaced(self) -> Iterator[BlastMark]:
        """The blast figures that have room; those that mean something go first."""
        room = self._theme.unit(8)
        taken: list[float] = []
        marks = sorted(
            self._layout.scene.blasts,
            key=lambda mark: (mark.response in {None, Response.CR}, -mark.day.toordinal()),
        )
        for mark in marks:
            x = self._layout.x(mark.day)
            if all(abs(x - other) >= room for other in taken):
                taken.append(x)
                yield mark

    def _blasts(self, mark: BlastMark) -> None:
        """The printed figure; what is no remission stands in a frame with a letter before it."""
        theme, words = self._theme, self._looks.words
        letter, token = {
            None: ("", "muted"),
            Response.CR: ("", "text"),
            Response.EXACTLY_FIVE: ("!", "warning"),
            Response.RELAPSE: ("R", "danger"),
            Response.NOT_EVALUABLE: ("?", "warning"),
        }[mark.response]
        figure = mark.text or words.text("mrd_board.out")
        text = f"{letter} {figure}".strip() + (" ≠" if mark.flagged else "")
        width = QFontMetricsF(theme.font("small")).horizontalAdvance(text) + theme.unit(3)
        lane = self._layout.blasts
        box = QRectF(0, 0, width, theme.unit(4.5))
        box.moveCenter(QPointF(self._layout.x(mark.day), lane.center().y()))
        if letter or mark.flagged:
            self._ink(token if letter else "warning", theme.pixels(1.2))
            self._painter.setBrush(theme.color("surface_raised"))
            self._painter.drawRoundedRect(box, theme.unit(1), theme.unit(1))
        self._write(box, _MIDDLE, text, token)

    def _panel(self, place: int, panel: Panel) -> None:
        self._grid(place, panel)
        for series in panel.series:
            for run in series.runs:
                self._ink("muted", self._theme.pixels(1.5))
                self._painter.setBrush(Qt.BrushStyle.NoBrush)
                line = [self._layout.at(place, panel, mark) for mark in run]
                self._painter.drawPolyline(QPolygonF(line))
            for mark in series.marks:
                self._mark(self._layout.at(place, panel, mark), mark, filled=panel.is_main)
        if len(panel.series) > 1:
            self._names(place, panel)

    def _names(self, place: int, panel: Panel) -> None:
        """The name of each series at the height of its last mark, none upon another."""
        layout, theme = self._layout, self._theme
        step = theme.unit(3.5)
        last = [(layout.at(place, panel, one.marks[-1]).y(), one.name) for one in panel.series]
        below = layout.panels[place].bottom() + step / 2
        for y, name in sorted(last, key=lambda one: -one[0]):
            below = min(y, below - step)
            box = QRectF(
                layout.plot.right() + theme.unit(1.5), below - step / 2, theme.unit(25), step
            )
            self._write(box, _LEFT, self._looks.words.text(name), "text")

    def _grid(self, place: int, panel: Panel) -> None:
        """Decades at the left, the rules' thresholds with their names at the right end."""
        layout, theme = self._layout, self._theme
        box = layout.panels[place]
        self._ink("line")
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.drawRect(box)
        room = box.height() / max(panel.high - panel.low, 1)
        step = max(math.ceil(theme.unit(4.5) / max(room, 1.0)), 1)
        for power in range(panel.low, panel.high + 1):
            y = box.bottom() - panel.share(Decimal(10) ** power) * box.height()
            if panel.low < power < panel.high:
                self._ink("line")
                self._painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
            if (panel.high - power) % step == 0:
                label = QRectF(0, y - theme.unit(2), box.left() - theme.unit(1.5), theme.unit(4))
                self._write(label, _RIGHT, f"{Decimal(10) ** power:f}")
        name = QRectF(box.left(), box.top() - theme.unit(5), box.width(), theme.unit(4.5))
        self._write(name, _LEFT, self._looks.words.text(panel.name), "text")
        for line in panel.thresholds:
            self._threshold(box, panel, line.value, line.track)

    def _threshold(self, box: QRectF, panel: Panel, value: Decimal, track: Track) -> None:
        theme = self._theme
        y = box.bottom() - panel.share(value) * box.height()
        style = Qt.PenStyle.DashLine if track is Track.STUDY else Qt.PenStyle.DashDotDotLine
        self._ink("accent" if track is Track.STUDY else "muted", theme.pixels(1.4), style)
        self._painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
        told = self._looks.words.text(
            say("mrd_board.threshold", track=say(f"track.{track.value}"), value=value)
        )
        label = QRectF(
            box.right() + theme.unit(1.5), y - theme.unit(2.5), theme.unit(25), theme.unit(5)
        )
        self._write(label, _LEFT, told, "accent" if track is Track.STUDY else "muted")

    def _mark(self, at: QPointF, mark: Mark, *, filled: bool) -> None:
        theme = self._theme
        half = theme.pixels(5) * 1.0
        ink = theme.color(_TOKENS[mark.shape])
        if mark.shape in {Shape.NOT_DETECTED, Shape.INDETERMINATE, Shape.PENDING}:
            at = at - QPointF(0, half if mark.value is None else 0)
        pen = QPen(ink, theme.pixels(1.6))
        if mark.shape in {Shape.INDETERMINATE, Shape.PENDING}:
            pen.setStyle(Qt.PenStyle.DotLine)
        self._painter.setPen(pen)
        solid = mark.shape is Shape.POSITIVE and filled
        self._painter.setBrush(ink if solid else self._surface())
        self._painter.drawPath(mark_path(mark.shape, at, half))
        letter = {Shape.INDETERMINATE: "?", Shape.PENDING: "…"}.get(mark.shape, "")
        letter += "!" if mark.flagged else ""
        if letter:
            beside = QRectF(at.x() + half, at.y() - 2.6 * half, theme.unit(4), 2.4 * half)
            self._write(beside, _LEFT, letter, "warning" if mark.flagged else "muted")

    def _now(self) -> None:
        layout, theme = self._layout, self._theme
        x = layout.x(layout.scene.today)
        self._ink("now", theme.pixels(1.4))
        self._painter.drawLine(
            QPointF(x, layout.dates.bottom() - theme.unit(1)), QPointF(x, layout.plot.bottom())
        )

    def _surface(self) -> QColor:
        return self._theme.color("surface")


def _months(first: date, last: date) -> Iterator[date]:
    """The first day of each month between two days."""
    day = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
    while day <= last:
        yield day
        day = (day + timedelta(days=32)).replace(day=1)
