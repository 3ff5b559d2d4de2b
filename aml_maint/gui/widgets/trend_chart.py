"""One analyte over time: its points on the calendar, grade bands behind them, limits as lines."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QColor,
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from aml_maint.domain.lab_judgement import GradeRange, Judgement, grade_ranges
from aml_maint.domain.messages import say
from aml_maint.domain.quantities import Comparator, LabValue
from aml_maint.gui.desk import Looks
from aml_maint.gui.painted_parts import PaintedParts, Part, tell_changed, tell_current
from aml_maint.gui.widgets import lab_words
from aml_maint.gui.widgets.trend_scale import DayScale, ValueScale
from aml_maint.services.lab_reading import LabBook, LabSeries

_BELOW = frozenset({Comparator.BELOW, Comparator.AT_MOST})
_ABOVE = frozenset({Comparator.ABOVE, Comparator.AT_LEAST})
# A band is told from the next by its number and its edge; the tint only repeats them.
_TINT = 0.28


class TrendChart(PaintedParts, QWidget):
    """Arrows go from point to point, Home and End to the first and the last."""

    told_as = QAccessible.Role.Chart
    part_as = QAccessible.Role.ListItem

    moved = Signal()
    """Another point is chosen."""

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self._looks = looks
        self._book: LabBook | None = None
        self.series: LabSeries | None = None
        self.place = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(looks.theme.pixels(150))
        looks.words.changed.connect(self._again)
        looks.theme.changed.connect(self._again)
        self._again()

    @property
    def judged(self) -> Judgement | None:
        """The result chosen."""
        return self.series.judgements[self.place] if self.series is not None else None

    def show_series(self, book: LabBook, series: LabSeries | None, place: int = -1) -> None:
        """Show the results of an analyte, one of them chosen; None shows nothing."""
        self._book, self.series = book, series
        count = len(series.judgements) if series is not None else 0
        self.place = place if 0 <= place < count else max(count - 1, 0)
        self._again()

    def clear(self) -> None:
        """Show nothing."""
        self._book = self.series = None
        self._again()

    def choose(self, place: int) -> None:
        """Choose a point, say it, and tell others."""
        if self.series is None or not 0 <= place < len(self.series.judgements):
            return
        self.place = place
        self._again()
        if self.hasFocus():
            tell_current(self)
        self.moved.emit()

    def part_count(self) -> int:
        """Every result is a part."""
        return len(self.series.judgements) if self.series is not None else 0

    def part(self, number: int) -> Part:
        """A result in words."""
        assert self.series is not None  # without results there are no parts
        half = self._looks.theme.unit(2)
        at = self._points()[number].toPoint()
        box = QRect(at.x() - half, at.y() - half, 2 * half, 2 * half)
        judged = self.series.judgements[number]
        told = lab_words.spoken(self._looks.words, self.series, judged)
        return Part(told, box, number == self.place)

    def current_part(self) -> int | None:
        """The result chosen."""
        return self.place if self.series is not None else None

    def sizeHint(self) -> QSize:
        """Wider than high."""
        return QSize(self._looks.theme.unit(150), self._looks.theme.unit(52))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from point to point."""
        last = len(self.series.judgements) - 1 if self.series is not None else 0
        steps = {
            Qt.Key.Key_Left: self.place - 1,
            Qt.Key.Key_Right: self.place + 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        key = Qt.Key(event.key())
        if key in steps:
            self.choose(min(max(steps[key], 0), last))
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click chooses the nearest point."""
        points = self._points()
        if points and event.button() == Qt.MouseButton.LeftButton:
            at = event.position()
            near = min(range(len(points)), key=lambda n: (points[n] - at).manhattanLength())
            self.choose(near)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The ring shows that the keyboard is here."""
        super().focusInEvent(event)
        self.update()
        tell_current(self)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The ring shows that the keyboard has gone."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw bands, lines, points."""
        if self.series is None or self._book is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        plot, days, values = self._scales()
        painter.save()
        painter.translate(plot.topLeft())
        self._draw_bands(painter, plot, values)
        self._draw_axes(painter, plot, days, values)
        self._draw_limits(painter, plot, values)
        painter.restore()
        self._draw_points(painter)

    # -- where things lie ----------------------------------------------------------------------

    def _scales(self) -> tuple[QRectF, DayScale, ValueScale]:
        theme = self._looks.theme
        assert self.series is not None  # asked only while something is shown
        plot = QRectF(self.rect()).adjusted(
            theme.unit(14), theme.unit(5), -self._band_width(), -theme.unit(7)
        )
        days = [j.result.collected.local.date() for j in self.series.judgements]
        numbers = [float(self.series.analyte.number(j.result.value))
                   for j in self.series.judgements]  # fmt: skip
        numbers += [float(end) for end in self._limit_ends()]
        return (
            plot,
            DayScale.over(days, plot.width()),
            ValueScale.over(numbers, plot.height(), theme.unit(8)),
        )

    def _band_width(self) -> float:
        """Room for the words of the grades at the right."""
        metrics = QFontMetrics(self._looks.theme.font("small"))
        text = self._looks.words.text("labs.chart.grade", grade=4)
        return float(metrics.horizontalAdvance(text) + self._looks.theme.unit(4))

    def _points(self) -> list[QPointF]:
        if self.series is None:
            return []
        plot, days, values = self._scales()
        found = []
        for judged in self.series.judgements:
            local = judged.result.collected.local
            x = days.x(local.date(), (local.hour * 60 + local.minute) / 1440)
            y = values.y(float(self.series.analyte.number(judged.result.value)))
            found.append(plot.topLeft() + QPointF(x, y))
        return found

    def _limit_ends(self) -> list[Decimal]:
        """The limits of normal of the latest result that has any, in the unit shown."""
        assert self.series is not None  # asked only while something is shown
        for judged in reversed(self.series.judgements):
            result = judged.result
            ends = [end for end in (result.lower_limit, result.upper_limit) if end is not None]
            if ends:
                return [self.series.analyte.number(LabValue(e, result.value.unit)) for e in ends]
        return []

    def _ranges(self) -> tuple[GradeRange, ...]:
        assert self.series is not None  # asked only while something is shown
        upper = None
        for judged in reversed(self.series.judgements):
            if judged.result.upper_limit is not None:
                limit = LabValue(judged.result.upper_limit, judged.result.value.unit)
                upper = self.series.analyte.number(limit)
                break
        return grade_ranges(self.series.analyte, self.series.item, upper)

    # -- painting ------------------------------------------------------------------------------

    def _draw_bands(self, painter: QPainter, plot: QRectF, values: ValueScale) -> None:
        theme = self._looks.theme
        painter.setFont(theme.font("small"))
        for band in self._ranges():
            low = values.low if band.low is None else max(float(band.low), values.low)
            high = values.high if band.high is None else min(float(band.high), values.high)
            if low >= high:
                continue
            box = QRectF(0, values.y(high), plot.width(), values.y(low) - values.y(high))
            tint = QColor(theme.color(f"grade{band.grade}"))
            tint.setAlphaF(_TINT if band.grade else 0.12)
            painter.fillRect(box, tint)
            painter.setPen(QPen(theme.color("line"), 1))
            painter.drawLine(box.bottomLeft(), box.bottomRight())
            label = QRectF(plot.width() + theme.unit(1), box.top(), plot.width(), box.height())
            if box.height() >= theme.unit(3.5):
                painter.setPen(theme.color("muted"))
                text = self._looks.words.text("labs.chart.grade", grade=band.grade)
                painter.drawText(label, Qt.AlignmentFlag.AlignVCenter, text)

    def _draw_axes(
        self, painter: QPainter, plot: QRectF, days: DayScale, values: ValueScale
    ) -> None:
        theme, words = self._looks.theme, self._looks.words
        painter.setFont(theme.font("small"))
        painter.setPen(QPen(theme.color("line"), 1))
        painter.drawRect(QRectF(0, 0, plot.width(), plot.height()))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for mark in values.marks:
            y = values.y(mark)
            painter.setPen(QPen(theme.color("line"), 1, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(0, y), QPointF(plot.width(), y))
            painter.setPen(theme.color("muted"))
            box = QRectF(-theme.unit(14), y - theme.unit(2), theme.unit(12.5), theme.unit(4))
            painter.drawText(box, right, f"{mark:.{values.digits}f}")
        years = (days.last - days.first).days > 300
        for day in days.marks(theme.unit(30 if years else 20)):
            x = days.x(day, 0)
            painter.setPen(QPen(theme.color("line"), 1))
            painter.drawLine(QPointF(x, plot.height()), QPointF(x, plot.height() + theme.unit(1)))
            painter.setPen(theme.color("muted"))
            box = QRectF(
                x - theme.unit(15), plot.height() + theme.unit(1.5), theme.unit(30), theme.unit(4)
            )
            text = words.value(day) if years else words.short_day(day)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        self._draw_cycles(painter, plot, days)

    def _draw_cycles(self, painter: QPainter, plot: QRectF, days: DayScale) -> None:
        """The first day of each cycle; where they are close only every second one and so on."""
        theme, words = self._looks.theme, self._looks.words
        assert self._book is not None  # as in paintEvent
        starts = self._book.cycle_starts
        apart = plot.width() / ((days.last - days.first).days + 1) * 28
        every = next(n for n in (1, 2, 5, 10, 100) if apart * n >= theme.unit(9) or n == 100)
        for number, start in enumerate(starts, 1):
            if days.first <= start <= days.last and (number - 1) % every == 0:
                x = days.x(start, 0)
                painter.setPen(QPen(theme.color("line"), 1, Qt.PenStyle.DashLine))
                painter.drawLine(QPointF(x, 0), QPointF(x, plot.height()))
                painter.setPen(theme.color("muted"))
                box = QRectF(x - theme.unit(10), -theme.unit(4.5), theme.unit(20), theme.unit(4))
                text = words.text("labs.chart.cycle", cycle=number)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _draw_limits(self, painter: QPainter, plot: QRectF, values: ValueScale) -> None:
        theme = self._looks.theme
        pen = QPen(theme.color("accent"), theme.pixels(1.2), Qt.PenStyle.DashDotLine)
        painter.setPen(pen)
        for end in self._limit_ends():
            y = values.y(float(end))
            if 0 <= y <= plot.height():
                painter.drawLine(QPointF(0, y), QPointF(plot.width(), y))

    def _draw_points(self, painter: QPainter) -> None:
        theme, points = self._looks.theme, self._points()
        assert self.series is not None  # as in paintEvent
        painter.setPen(QPen(theme.color("text"), theme.pixels(1.4)))
        painter.drawPolyline(QPolygonF(points))
        size = theme.pixels(4 if len(points) < 60 else 3)
        for number, (point, judged) in enumerate(zip(points, self.series.judgements, strict=True)):
            _mark(painter, theme.color("text"), theme.color("surface_raised"), point, judged, size)
            if number == self.place:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                width = theme.pixels(2.4 if self.hasFocus() else 1.4)
                painter.setPen(QPen(theme.color("accent"), width))
                painter.drawEllipse(point, theme.pixels(8), theme.pixels(8))

    def _again(self) -> None:
        words = self._looks.words
        if self.series is None:
            self.setAccessibleName(words.text("labs.chart.empty"))
            self.setAccessibleDescription("")
        else:
            name = words.text(lab_words.head(self.series))
            count = len(self.series.judgements)
            self.setAccessibleName(words.text(say("labs.chart.name", name=name, count=count)))
            judged = self.series.judgements[self.place]
            self.setAccessibleDescription(lab_words.spoken(words, self.series, judged))
        self.update()
        tell_changed(self)


def _mark(
    painter: QPainter, ink: QColor, paper: QColor, at: QPointF, judged: Judgement, size: float
) -> None:
    """A disc; hollow and pointing down or up for a result beyond what the assay measures."""
    comparator = judged.result.value.comparator
    path = QPainterPath()
    if comparator in _BELOW or comparator in _ABOVE:
        way = 1 if comparator in _BELOW else -1
        path.moveTo(at + QPointF(0, way * size * 1.3))
        path.lineTo(at + QPointF(-size * 1.2, -way * size))
        path.lineTo(at + QPointF(size * 1.2, -way * size))
        path.closeSubpath()
        painter.fillPath(path, paper)
    else:
        path.addEllipse(at, size, size)
        painter.fillPath(path, ink)
    painter.strokePath(path, QPen(ink, 1.4))
