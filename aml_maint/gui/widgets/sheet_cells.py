"""Paints the cells of the flow sheet: shading of days, signs of doses, cursor, now line."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygon

from aml_maint.domain.administration import CellState
from aml_maint.domain.quantities import plain
from aml_maint.gui.widgets.cell_marks import draw_mark
from aml_maint.gui.widgets.cell_sign import draw_care, draw_struck
from aml_maint.gui.widgets.lanes import paint_lane, paint_marrows, paint_toxicities
from aml_maint.gui.widgets.sheet_scene import Scene
from aml_maint.gui.widgets.sheet_words import given_dose_differs
from aml_maint.services.dose_view import DosePair, DoseView
from aml_maint.services.plan_marks import Mark, mark_of_day, mark_of_dose
from aml_maint.services.sheet_lines import (
    DoseLine,
    LaneLine,
    MarrowLine,
    ToxicityLine,
    gate_count,
)

_SIGN = 18  # pixels at 100 %
_SMALL_SIGN = 13


def paint_body(painter: QPainter, scene: Scene, dirty: QRect) -> None:
    """Everything right of and below the frozen heads, inside a dirty rectangle."""
    area = scene.body.intersected(dirty)
    if area.isEmpty():
        return
    painter.save()
    painter.setClipRect(area)
    columns, rows = scene.columns_in(area), scene.rows_in(area)
    _shade(painter, scene, columns, area)
    _rules(painter, scene, columns, rows, area)
    _selection(painter, scene)
    _now(painter, scene, rows)
    for row in rows:
        line = scene.lines[row]
        match line:
            case DoseLine():
                for column in columns:
                    pair = line.row.cells[column]
                    if pair is None:
                        _vacated(painter, scene, scene.cell(row, column), line, column)
                    else:
                        _pair(painter, scene, scene.cell(row, column), pair)
            case LaneLine():
                paint_lane(painter, scene, line, row, columns)
            case ToxicityLine():
                paint_toxicities(painter, scene, line, row)
            case MarrowLine():
                paint_marrows(painter, scene, line, row, columns)
    _cursor(painter, scene)
    painter.restore()


def _shade(painter: QPainter, scene: Scene, columns: range, area: QRect) -> None:
    theme = scene.theme
    painter.fillRect(area, theme.color("surface"))
    bottom = scene.body.top() + scene.layout.body_height - scene.offset.y()
    for column in columns:
        left, width = scene.column_span(column)
        token = "past" if scene.is_past(column) else "surface_raised"
        painter.fillRect(left, scene.body.top(), width, bottom - scene.body.top(),
                         theme.color(token))  # fmt: skip


def _rules(painter: QPainter, scene: Scene, columns: range, rows: range, area: QRect) -> None:
    """Thin lines between cells; a band between doses, counts, toxicities and marrow."""
    end = scene.body.top() + scene.layout.body_height - scene.offset.y() - 1
    bottom = min(area.bottom(), end)
    line, surface = scene.theme.color("line"), scene.theme.color("surface")
    painter.setPen(QPen(_faint(line), 1))
    for column in columns:
        left, width = scene.column_span(column)
        painter.drawLine(left + width - 1, area.top(), left + width - 1, bottom)
    for row in rows:
        top, height = scene.row_span(row)
        painter.setPen(QPen(line, 1))
        painter.drawLine(area.left(), top + height - 1, area.right(), top + height - 1)
        if scene.layout.boxes[row].opens_section:
            previous, tall = scene.row_span(row - 1)
            gap = QRect(area.left(), previous + tall, area.width(), top - previous - tall)
            painter.fillRect(gap, surface)
            painter.drawLine(area.left(), top - 1, area.right(), top - 1)


def _faint(color: QColor) -> QColor:
    faint = QColor(color)
    faint.setAlphaF(0.55)
    return faint


def _selection(painter: QPainter, scene: Scene) -> None:
    if not scene.cursor.is_range:
        return
    tint = scene.theme.color("selection")
    for row in scene.cursor.rows:
        if isinstance(scene.lines[row], DoseLine):
            for column in scene.cursor.columns:
                painter.fillRect(scene.cell(row, column).adjusted(0, 0, -1, -1), tint)


def _pair(painter: QPainter, scene: Scene, cell: QRect, pair: DosePair) -> None:
    """A dose's sign; above it, smaller, that of its premedication."""
    for part, view, size in _places(scene, cell, pair):
        _dose(painter, scene, part, view, size)


def _vacated(painter: QPainter, scene: Scene, cell: QRect, line: DoseLine, column: int) -> None:
    """The mark of a day from which a dose was moved away."""
    if line.row.vacated and line.row.vacated[column] is not None:
        size = _pixels(scene, cell, _SMALL_SIGN)
        draw_mark(painter, QRectF(cell).center(), Mark.MOVED_AWAY, scene.theme, size=size)


def _marks(painter: QPainter, scene: Scene, cell: QRectF, view: DoseView, size: int) -> None:
    """At the upper left, that a dose was moved; at the lower left, that its amount differs."""
    if view.slot.is_unplanned:
        return
    small = max(size * 0.46, 7.0)
    for mark, down in ((mark_of_day(view.planned), -0.42), (mark_of_dose(view.planned), 0.42)):
        if mark is not None:
            corner = cell.center() + QPointF(-size * 0.5, size * down)
            corner.setX(max(corner.x(), cell.left() + small / 2))
            draw_mark(painter, corner, mark, scene.theme, size=small)


def _places(scene: Scene, cell: QRect, pair: DosePair) -> list[tuple[QRectF, DoseView, int]]:
    """The part of a cell that each dose of a pair has, and how large its sign is there."""
    if pair.premedication is None:
        return [(QRectF(cell), pair.main, _pixels(scene, cell, _SIGN))]
    upper = QRectF(cell)
    upper.setHeight(cell.height() * 0.42)
    lower = QRectF(cell)
    lower.setTop(upper.bottom() - 2)
    return [
        (upper, pair.premedication, _pixels(scene, cell, _SMALL_SIGN)),
        (lower, pair.main, _pixels(scene, cell, _SIGN)),
    ]


def _pixels(scene: Scene, cell: QRect, size: int) -> int:
    wanted = round(scene.theme.pixels(size) * min(max(scene.layout.stretch, 0.9), 1.15))
    return min(wanted, cell.width() - 4)


def _dose(painter: QPainter, scene: Scene, cell: QRectF, view: DoseView, size: int) -> None:
    text = gate_count(view) if view.state is CellState.GATE_CLOSED else ""
    below_it = _below_sign(view)
    if not below_it:
        scene.signs.draw(painter, cell, view.state, size, text)
        _marks(painter, scene, cell, view, size)
        _struck(painter, scene, cell, view, size)
        _care(painter, scene, cell, view, size)
        return
    font = scene.theme.font("small")
    font.setPixelSize(max(scene.theme.pixels(10), 8))
    painter.setFont(font)
    while font.pixelSize() > 7 and painter.fontMetrics().horizontalAdvance(below_it) > cell.width():
        font.setPixelSize(font.pixelSize() - 1)
        painter.setFont(font)
    low = painter.fontMetrics().ascent()
    upper = cell.adjusted(0, 0, 0, -low)
    scene.signs.draw(painter, upper, view.state, min(size, int(upper.height()) - 2), text)
    painter.setPen(scene.theme.color("text"))
    below = QRectF(cell.left(), cell.bottom() - low - 3, cell.width(), low + 2)
    painter.drawText(below, Qt.AlignmentFlag.AlignCenter, below_it)
    _marks(painter, scene, upper, view, size)
    _struck(painter, scene, upper, view, size)


def _below_sign(view: DoseView) -> str:
    """The time of an unplanned dose, or the amount of one given otherwise than planned."""
    record = view.record
    if record is None or record.dose is None:
        return ""
    if view.slot.is_unplanned and record.given is not None:
        return f"{record.given.local:%H:%M}"
    # Its unit stands in the card.
    return plain(record.dose.value) if given_dose_differs(record, view.planned.dose) else ""


def _struck(painter: QPainter, scene: Scene, cell: QRectF, view: DoseView, size: int) -> None:
    """The mark of an earlier entry that no longer stands, at the sign's lower right."""
    if view.struck:
        mark = max(size * 0.5, 7.0)
        corner = cell.center() + QPointF(size * 0.46, size * 0.4)
        corner.setX(min(corner.x(), cell.right() - mark / 2))
        corner.setY(min(corner.y(), cell.bottom() - mark / 2))
        draw_struck(painter, corner, scene.theme, size=mark)


def _care(painter: QPainter, scene: Scene, cell: QRectF, view: DoseView, size: int) -> None:
    """The mark of a dose to be given with care, at the sign's upper right."""
    if view.warning is not None:
        mark = max(size * 0.6, 8.0)
        corner = cell.center() + QPointF(size * 0.5, -size * 0.3)
        corner.setX(min(corner.x(), cell.right() - mark / 2 - 1))
        corner.setY(max(corner.y(), cell.top() + mark / 2))
        draw_care(painter, corner, scene.theme, size=mark)


def _now(painter: QPainter, scene: Scene, rows: range) -> None:
    """The line of the present moment, with a small pointer at its head."""
    x, today = scene.now_x, scene.sheet.today_column
    if x is None or today is None:
        return
    color = scene.theme.color("now")
    painter.save()
    painter.setPen(QPen(color, 2))
    for row in rows:
        line = scene.lines[row]
        # It must not cross a number out, nor a ring.
        if isinstance(line, LaneLine) and line.shown(today) is not None:
            continue
        top, height = scene.row_span(row)
        bottom = top + height - 1
        top -= scene.theme.unit(2) if scene.layout.boxes[row].opens_section else 0
        top = max(top, scene.body.top())
        for gap_top, gap_bottom in _signs_across(scene, row, x):
            painter.drawLine(x, top, x, max(gap_top, top))
            top = gap_bottom
        if top < bottom:
            painter.drawLine(x, top, x, bottom)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    half, top = scene.theme.pixels(4), scene.body.top()
    painter.drawPolygon(
        QPolygon([QPoint(x - half, top), QPoint(x + half, top), QPoint(x, top + half + 1)])
    )
    painter.restore()


def _signs_across(scene: Scene, row: int, x: int) -> list[tuple[int, int]]:
    """From where to where the signs of a line stand in the way of the line of now."""
    line, today = scene.lines[row], scene.sheet.today_column
    pair = line.row.cells[today] if isinstance(line, DoseLine) and today is not None else None
    if pair is None or today is None:
        return []
    found = []
    for part, _, size in _places(scene, scene.cell(row, today), pair):
        middle, half = part.center(), size // 2 + 2
        if abs(x - middle.x()) <= half:
            found.append((round(middle.y()) - half, round(middle.y()) + half))
    return found


def _cursor(painter: QPainter, scene: Scene) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    cell = QRectF(scene.cell(scene.cursor.row, scene.cursor.column)).adjusted(1, 1, -2, -2)
    color = scene.theme.color("accent" if scene.focused else "muted")
    painter.setPen(QPen(color, 2 if scene.focused else 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(cell, 4, 4)
    painter.restore()
