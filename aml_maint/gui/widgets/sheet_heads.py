"""Paints the frozen heads of the flow sheet: days above, drugs and lanes at the left."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from aml_maint.gui.widgets.sheet_layout import LineBox
from aml_maint.gui.widgets.sheet_scene import Scene
from aml_maint.gui.widgets.sheet_words import month_words
from aml_maint.services.sheet_lines import DoseLine, ToxicityLine

_CENTER = Qt.AlignmentFlag.AlignCenter
_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft


def paint_heads(painter: QPainter, scene: Scene, dirty: QRect) -> None:
    """The head rows, the frozen columns and the corner between them."""
    layout = scene.layout
    columns = QRect(layout.frozen_width, 0, scene.body.width(), layout.head_height)
    lines = QRect(0, layout.head_height, layout.frozen_width, scene.body.height())
    if dirty.intersects(columns):
        _within(painter, columns & dirty, lambda: _days(painter, scene, columns))
    if dirty.intersects(lines):
        _within(painter, lines & dirty, lambda: _lines(painter, scene, lines, dirty))
    corner = QRect(0, 0, layout.frozen_width, layout.head_height)
    if dirty.intersects(corner):
        _within(painter, corner & dirty, lambda: _corner(painter, scene, corner))


def _within(painter: QPainter, area: QRect, paint: Callable[[], None]) -> None:
    painter.save()
    painter.setClipRect(area)
    paint()
    painter.restore()


def _corner(painter: QPainter, scene: Scene, area: QRect) -> None:
    theme = scene.theme
    painter.fillRect(area, theme.color("header"))
    pad = theme.unit(3)
    painter.setFont(theme.font("heading"))
    painter.setPen(theme.color("text"))
    title = scene.words.text("sheet.cycle", cycle=scene.sheet.cycle)
    painter.drawText(area.adjusted(pad, pad, -pad, 0), Qt.AlignmentFlag.AlignTop, title)
    painter.setFont(theme.font("small"))
    painter.setPen(theme.color("muted"))
    days = scene.words.text("sheet.day_head")
    flags = Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignRight
    painter.drawText(area.adjusted(pad, 0, -pad, -theme.unit(2)), flags, days)
    _edges(painter, scene, area)


def _edges(painter: QPainter, scene: Scene, area: QRect) -> None:
    painter.setPen(QPen(scene.theme.color("line"), 1))
    painter.drawLine(area.bottomLeft(), area.bottomRight())
    painter.drawLine(area.topRight(), area.bottomRight())


def _days(painter: QPainter, scene: Scene, area: QRect) -> None:
    theme = scene.theme
    painter.fillRect(area, theme.color("header"))
    small = theme.font("small")
    painter.setFont(small)
    high = painter.fontMetrics().height()
    for column in scene.columns_in(QRect(area.left(), scene.body.top(), area.width(), 1)):
        _day(painter, scene, column, high)
    _months(painter, scene, area, high)
    painter.setPen(QPen(theme.color("line"), 1))
    painter.drawLine(area.bottomLeft(), area.bottomRight())


def _day(painter: QPainter, scene: Scene, column: int, high: int) -> None:
    """One column's head: weekday and day of the month, below them the day of the cycle."""
    theme, day = scene.theme, scene.sheet.days[column]
    left, width = scene.column_span(column)
    pad = theme.unit(2)
    if day.overrun:
        _hatch(painter, scene, QRect(left, high + pad, width, scene.layout.head_height))
    today = scene.sheet.today_column == column
    painter.setFont(theme.font("small"))
    painter.setPen(theme.color("text" if today else "muted"))
    weekday = scene.words.text(f"sheet.weekday.{day.on.isoweekday()}")
    date_top = pad // 2 + high
    if scene.layout.weekday_apart:
        painter.drawText(QRect(left, date_top, width, high), _CENTER, weekday)
        date_top += high
        painter.drawText(QRect(left, date_top, width, high), _CENTER, str(day.on.day))
    else:
        painter.drawText(QRect(left, date_top, width, high), _CENTER, f"{weekday} {day.on.day}")
    number = QRect(left, date_top + high, width, scene.layout.head_height - date_top - high)
    painter.setFont(theme.font("strong"))
    if today:
        chip = QRectF(number).adjusted(width / 2 - theme.pixels(13), 2, 0, -4)
        chip.setWidth(theme.pixels(26))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QPainterPath()
        shape.addRoundedRect(chip, theme.unit(), theme.unit())
        painter.fillPath(shape, theme.color("accent"))
        painter.setPen(theme.color("accent_text"))
        painter.drawText(chip, _CENTER, str(day.number))
    else:
        painter.setPen(theme.color("muted" if scene.is_past(column) else "text"))
        painter.drawText(number.adjusted(0, 0, 0, -2), _CENTER, str(day.number))


def _hatch(painter: QPainter, scene: Scene, area: QRect) -> None:
    """Days past the planned length of the cycle are hatched in the head."""
    painter.save()
    painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
    painter.setPen(QPen(scene.theme.color("line"), 2))
    for x in range(area.left() - area.height(), area.right(), 7):
        painter.drawLine(x, area.bottom(), x + area.height(), area.top())
    painter.restore()


def _months(painter: QPainter, scene: Scene, area: QRect, high: int) -> None:
    """The month over its first visible day, and over the first day of the next month."""
    theme = scene.theme
    painter.setFont(theme.font("small"))
    painter.setPen(theme.color("muted"))
    shown: tuple[int, int] | None = None
    columns = scene.columns_in(QRect(area.left(), scene.body.top(), area.width(), 1))
    for column in columns:
        day = scene.sheet.days[column].on
        if (day.year, day.month) == shown:
            continue
        shown = day.year, day.month
        text = month_words(scene.words, day)
        left = max(scene.column_span(column)[0], area.left()) + theme.unit()
        room = painter.fontMetrics().horizontalAdvance(text)
        following = [c for c in columns if c > column and scene.sheet.days[c].on.day == 1]
        if following and left + room > scene.column_span(following[0])[0]:
            continue
        painter.drawText(QRect(left, theme.unit() // 2, room + 4, high), _LEFT, text)


def _lines(painter: QPainter, scene: Scene, area: QRect, dirty: QRect) -> None:
    theme = scene.theme
    painter.fillRect(area, theme.color("surface"))
    for row, box in enumerate(scene.layout.boxes):
        top, height = scene.row_span(row)
        line = scene.lines[row]
        span = line.span if isinstance(line, DoseLine) else 1
        if span:
            last_top, last_height = scene.row_span(row + span - 1)
            whole = QRect(0, top, area.width(), last_top + last_height - top)
            # The rule above a section stands over its first line.
            if whole.adjusted(0, -1, 0, 0).intersects(dirty):
                _head(painter, scene, row, box, whole)
        side = QRect(0, top, area.width(), height)
        if side.intersects(dirty):
            _side(painter, scene, row, box, side)
    painter.setPen(QPen(theme.color("line"), 1))
    painter.drawLine(area.topRight(), area.bottomRight())


def _head(painter: QPainter, scene: Scene, row: int, box: LineBox, whole: QRect) -> None:
    """What a line, or a component with several, is called; never shortened for a dose."""
    theme, layout = scene.theme, scene.layout
    painter.fillRect(whole, theme.color("surface_raised"))
    pad = theme.unit(3)
    width = layout.name_width - pad
    metrics = []
    for text in box.head:
        painter.setFont(theme.font(text.role))
        metrics.append(painter.fontMetrics().height())
    y = whole.top() + (whole.height() - sum(metrics)) // 2
    for text, high in zip(box.head, metrics, strict=True):
        painter.setFont(theme.font(text.role))
        painter.setPen(theme.color("muted" if text.role == "small" else "text"))
        shown = text.text
        if isinstance(scene.lines[row], ToxicityLine):
            width = layout.frozen_width - 2 * pad
            shown = painter.fontMetrics().elidedText(shown, Qt.TextElideMode.ElideRight, width)
        painter.drawText(QRect(pad, y, width, high), _LEFT, shown)
        y += high
    painter.setPen(QPen(theme.color("line"), 1))
    painter.drawLine(0, whole.bottom(), layout.name_width, whole.bottom())
    if box.opens_section:
        painter.drawLine(0, whole.top() - 1, layout.frozen_width, whole.top() - 1)


def _side(painter: QPainter, scene: Scene, row: int, box: LineBox, area: QRect) -> None:
    """The second frozen column: slot and time of a dose, unit of a lane."""
    theme, layout = scene.theme, scene.layout
    left = layout.name_width
    here = row == scene.cursor.row
    painter.setPen(QPen(theme.color("line"), 1))
    painter.drawLine(left, area.bottom(), area.right(), area.bottom())
    if box.side:
        place = QRect(left, area.top(), layout.side_width - theme.unit(2), area.height() - 1)
        painter.fillRect(place.adjusted(0, 0, theme.unit(2), 0), theme.color("surface_raised"))
        painter.setFont(theme.font("small"))
        high = painter.fontMetrics().height()
        y = area.top() + (area.height() - high * len(box.side)) // 2
        for number, text in enumerate(box.side):
            painter.setPen(theme.color("muted" if number == 0 else "text"))
            painter.drawText(QRect(left, y, place.width(), high),
                             Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight,
                             text)  # fmt: skip
            y += high
    if here:
        mark = QRectF(0, area.top(), theme.pixels(3), area.height() - 1)
        painter.fillRect(mark, theme.color("accent" if scene.focused else "line"))
