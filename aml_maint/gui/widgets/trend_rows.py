"""Figures of a patient as one line each: name, a small curve, the last value and its day."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from aml_maint.domain.messages import Message, say
from aml_maint.gui.desk import Looks
from aml_maint.services.trends import Trend, TrendPoint


class TrendRow(QWidget):
    """One figure. The curve has no axis: it shows where things go, the value stands beside it."""

    def __init__(self, looks: Looks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._looks = looks
        self.trend: Trend | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        looks.words.changed.connect(self.retranslate)
        looks.theme.changed.connect(self.updateGeometry)

    def show_trend(self, trend: Trend) -> None:
        """Show a figure."""
        self.trend = trend
        self.retranslate()

    def retranslate(self) -> None:
        """Say it all in words for those who do not see the curve."""
        if self.trend is not None:
            words = self._looks.words
            name, told = words.text(_named(self.trend)), words.text(self._told(self.trend))
            self.setAccessibleName(f"{name}: {told}")
            parts = self.trend.parts
            self.setToolTip(words.text(say("trend.parts", parts=parts)) if parts else "")
            self.setAccessibleDescription(self.toolTip())
        self.update()

    def sizeHint(self) -> QSize:
        """One line of text with room around it."""
        return QSize(self._looks.theme.unit(80), self._looks.theme.unit(8.5))

    def minimumSizeHint(self) -> QSize:
        """Narrow rows draw a narrow curve."""
        return QSize(self._looks.theme.unit(50), self._looks.theme.unit(8.5))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw name, curve, value."""
        if self.trend is None:
            return
        theme, trend = self._looks.theme, self.trend
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        name_width = round(self.width() * 0.36)
        value_width = round(self.width() * 0.36)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("muted"))
        words = self._looks.words.text(_named(trend))
        name = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, name_width)
        painter.drawText(QRectF(0, 0, name_width, self.height()), middle, name)
        left = self.width() - value_width
        box = QRectF(name_width, 0, left - name_width - theme.unit(3), self.height())
        margin = theme.unit(2)
        self._draw_curve(painter, trend, box.adjusted(margin, margin, -margin, -margin))
        self._draw_value(painter, trend, QRectF(left, 0, value_width, self.height()))

    def _draw_value(self, painter: QPainter, trend: Trend, box: QRectF) -> None:
        theme, words = self._looks.theme, self._looks.words
        middle = Qt.AlignmentFlag.AlignVCenter
        if trend.last is None:
            painter.setPen(theme.color("muted"))
            painter.drawText(box, middle, words.text(say("trend.none")))
            return
        if trend.grade:
            box = self._draw_grade(painter, trend.grade, box)
        if trend.note is not None:
            box = self._draw_note(painter, words.text(trend.note), box)
        value = words.text(trend.last)
        painter.setFont(theme.font("strong"))
        painter.setPen(theme.color("text"))
        painter.drawText(box, middle, value)
        used = painter.fontMetrics().horizontalAdvance(value) + theme.unit(2)
        if trend.on is not None:
            painter.setFont(theme.font("small"))
            painter.setPen(theme.color("muted"))
            painter.drawText(box.adjusted(used, 0, 0, 0), middle, words.short_day(trend.on))

    def _draw_note(self, painter: QPainter, told: str, box: QRectF) -> QRectF:
        """A second line below the value, small; what is left of the box for the value."""
        theme = self._looks.theme
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("muted"))
        metrics = painter.fontMetrics()
        upper = box.adjusted(0, 0, 0, -metrics.height())
        lower = QRectF(box.left(), upper.bottom() - 2, box.width(), metrics.height())
        text = metrics.elidedText(told, Qt.TextElideMode.ElideRight, int(box.width()))
        painter.drawText(lower, Qt.AlignmentFlag.AlignVCenter, text)
        return upper

    def _draw_grade(self, painter: QPainter, grade: int, box: QRectF) -> QRectF:
        """The grade as a number on its colour; what is left of the box."""
        theme = self._looks.theme
        chip = QRectF(0, 0, theme.pixels(18), theme.pixels(14))
        chip.moveCenter(QPointF(box.left() + chip.width() / 2, box.center().y()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color(f"grade{grade}"))
        painter.drawRoundedRect(chip, chip.height() / 2.4, chip.height() / 2.4)
        painter.setPen(theme.color(f"on_grade{grade}"))
        painter.setFont(theme.font("small"))
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, str(grade))
        return box.adjusted(chip.width() + theme.unit(1.5), 0, 0, 0)

    def _draw_curve(self, painter: QPainter, trend: Trend, box: QRectF) -> None:
        if not trend.points:
            return
        theme = self._looks.theme
        low, high = _range(trend)
        if trend.limit is not None:
            y = (
                box.bottom()
                - (_height(trend, float(trend.limit)) - low) / (high - low) * box.height()
            )
            painter.setPen(QPen(theme.color("warning"), 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
        places = [_place(trend, point, box, low, high) for point in trend.points]
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.color("accent"), theme.pixels(1.5)))
        painter.drawPolyline(QPolygonF(places))
        for point, at in zip(trend.points, places, strict=True):
            if point.open_ended:
                self._draw_below(painter, at, theme.color("accent"))
        painter.setPen(Qt.PenStyle.NoPen)
        if not trend.points[-1].open_ended:
            painter.setBrush(theme.color("accent"))
            painter.drawEllipse(places[-1], theme.pixels(2.5), theme.pixels(2.5))

    def _draw_below(self, painter: QPainter, at: QPointF, ink: QColor) -> None:
        """A value that lies somewhere below: an open triangle that points down."""
        half = self._looks.theme.pixels(3)
        painter.setPen(QPen(ink, 1.2))
        painter.setBrush(self._looks.theme.color("surface_raised"))
        painter.drawPolygon(
            QPolygonF(
                [at + QPointF(-half, -half), at + QPointF(half, -half), at + QPointF(0, half)]
            )
        )

    def _told(self, trend: Trend) -> Message:
        if trend.last is None:
            return say("trend.none")
        last: object = trend.last
        if trend.grade is not None:
            last = say("trend.graded", value=last, grade=trend.grade)
        if trend.on is not None:
            last = say("trend.told_on", value=last, day=trend.on)
        if len(trend.points) > 1:
            first, end = trend.points[0].value, trend.points[-1].value
            way = "up" if end > first else "down" if end < first else "level"
            return say(f"trend.told.{way}", value=last, count=len(trend.points))
        return say("trend.told", value=last)


class TrendRows(QWidget):
    """The figures of a patient, one below the other."""

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self._looks = looks
        self.rows: list[TrendRow] = []
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(0)

    def show_trends(self, trends: Sequence[Trend]) -> None:
        """Show these figures and no others."""
        while len(self.rows) < len(trends):
            row = TrendRow(self._looks, self)
            self.rows.append(row)
            self._box.addWidget(row)
        for place, row in enumerate(self.rows):
            row.setVisible(place < len(trends))
            if place < len(trends):
                row.show_trend(trends[place])


def _named(trend: Trend) -> Message:
    """The figure's name, with the threshold that is drawn as a broken line."""
    if trend.limit_name is None:
        return trend.name
    return say("trend.with_limit", name=trend.name, limit=trend.limit_name)


def _height(trend: Trend, value: float) -> float:
    """Where a value lies: by its order of magnitude, if the figure is drawn so."""
    return math.log10(max(value, 1e-6)) if trend.log else value


def _range(trend: Trend) -> tuple[float, float]:
    """The lowest and highest that are drawn; the limit is always in sight."""
    heights = [_height(trend, float(point.value)) for point in trend.points]
    if trend.limit is not None:
        heights.append(_height(trend, float(trend.limit)))
    low, high = min(heights), max(heights)
    return (low, high) if high > low else (low - 1, high + 1)


def _place(trend: Trend, point: TrendPoint, box: QRectF, low: float, high: float) -> QPointF:
    first, last = trend.points[0].on, trend.points[-1].on
    days = max((last - first).days, 1)
    share = (point.on - first).days / days if last > first else 1.0
    height = (_height(trend, float(point.value)) - low) / (high - low)
    return QPointF(box.left() + share * box.width(), box.bottom() - height * box.height())
