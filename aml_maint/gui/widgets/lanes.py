"""Paints the lanes under the doses: counts with grades, toxicities as bars, marrow marks."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QPainterPath, QPen

from aml_maint.domain.marrow import Marrow
from aml_maint.gui.widgets.cell_sign import longer_pen
from aml_maint.gui.widgets.sheet_scene import Scene
from aml_maint.services.sheet import LanePoint
from aml_maint.services.sheet_lines import (
    LaneLine,
    MarrowLine,
    ToxicityBar,
    ToxicityLine,
    lane_value,
)

_CENTER = Qt.AlignmentFlag.AlignCenter
_NOT_EVALUATED = "–"


def paint_lane(painter: QPainter, scene: Scene, line: LaneLine, row: int, columns: range) -> None:
    """The results of one analyte: the number, and its WHO grade as a small number below it."""
    for column in columns:
        point = line.shown(column)
        if point is not None:
            more = len(line.by_column[column]) > 1
            _point(painter, scene, scene.cell(row, column), point, line.lane.analyte, more)


def paint_toxicities(painter: QPainter, scene: Scene, line: ToxicityLine, row: int) -> None:
    """Episodes of one term as bars from onset to resolution, with the grade at the start."""
    for bar in line.bars:
        _bar(painter, scene, row, bar)


def paint_marrows(
    painter: QPainter, scene: Scene, line: MarrowLine, row: int, columns: range
) -> None:
    """A diamond under the day of each marrow, with the blasts beside it."""
    for column in columns:
        for marrow in line.by_column.get(column, ()):
            _marrow(painter, scene, scene.cell(row, column), marrow)


def grade_font(scene: Scene) -> QFont:
    """The smallest font of the sheet, for grades."""
    font = scene.theme.font("strong")
    font.setPixelSize(max(scene.theme.pixels(10), 8))
    return font


def _point(
    painter: QPainter, scene: Scene, cell: QRect, point: LanePoint, analyte: str, more: bool
) -> None:
    theme = scene.theme
    graded = point.grade is not None
    chip = QRectF(0, 0, theme.pixels(16), theme.pixels(12))
    chip.moveCenter(QPointF(cell.center().x() + 1, cell.bottom() - chip.height() / 2 - 2))
    upper = QRect(cell.left(), cell.top(), cell.width(), int(chip.top()) - cell.top())
    painter.setFont(_fitting(painter, scene, lane_value(point.result.value, analyte), cell.width()))
    painter.setPen(theme.color("text"))
    painter.drawText(upper if graded else cell, _CENTER, lane_value(point.result.value, analyte))
    if more:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("muted"))
        painter.drawEllipse(QPointF(cell.right() - 4, cell.top() + 4), 1.5, 1.5)
    if point.grade is not None:
        grade_chip(painter, scene, chip, int(point.grade))


def _fitting(painter: QPainter, scene: Scene, text: str, width: int) -> QFont:
    """The small font, one pixel smaller until a number fits its column."""
    font = scene.theme.font("small")
    painter.setFont(font)
    while font.pixelSize() > 8 and painter.fontMetrics().horizontalAdvance(text) > width - 2:
        font.setPixelSize(font.pixelSize() - 1)
        painter.setFont(font)
    return font


def grade_chip(painter: QPainter, scene: Scene, chip: QRectF, grade: int) -> None:
    """A grade as a small number on its colour; grade 0 is outlined, not filled."""
    theme = scene.theme
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    shape = QPainterPath()
    shape.addRoundedRect(chip, chip.height() / 2.4, chip.height() / 2.4)
    if grade:
        painter.fillPath(shape, theme.color(f"grade{grade}"))
        painter.setPen(theme.color(f"on_grade{grade}"))
    else:
        painter.strokePath(shape, QPen(theme.color("line"), 1))
        painter.setPen(theme.color("muted"))
    painter.setFont(grade_font(scene))
    painter.drawText(chip, _CENTER, str(grade))
    painter.restore()


def _bar(painter: QPainter, scene: Scene, row: int, bar: ToxicityBar) -> None:
    """One bar; each grade of its course fills its own stretch and repeats its number."""
    first, last = scene.cell(row, bar.first), scene.cell(row, bar.last)
    height = scene.theme.pixels(16)
    body = QRectF(first.left() + 2, first.center().y() - height / 2 + 0.5,
                  last.right() - first.left() - 4, height)  # fmt: skip
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    shape = _bar_shape(body, bar.runs_on)
    ends = [column for column, _ in bar.steps[1:]] + [bar.last + 1]
    for (column, grade), end in zip(bar.steps, ends, strict=True):
        left = float(scene.cell(row, column).left())
        right = float(scene.cell(row, end - 1).right()) + 1
        painter.save()
        painter.setClipRect(QRectF(left, body.top() - 1, right - left, height + 2))
        _stretch(painter, scene, shape, grade)
        painter.restore()
        # A long stretch repeats its grade, so that it is in sight wherever the sheet is scrolled.
        for shown in range(column, end, 7):
            cell = scene.cell(row, shown)
            place = QRectF(cell.left(), body.top(), cell.width(), height)
            painter.setPen(scene.theme.color("text" if grade is None else f"on_grade{grade}"))
            painter.setFont(grade_font(scene))
            painter.drawText(place, _CENTER, _NOT_EVALUATED if grade is None else str(grade))
    if bar.longer is not None:
        _longer(painter, scene, scene.cell(row, bar.longer), body)
    painter.restore()


def _longer(painter: QPainter, scene: Scene, cell: QRect, body: QRectF) -> None:
    """Dashes below a bar from the day on which it lasts longer than is published."""
    painter.setPen(longer_pen(scene.theme))
    y = body.bottom() + 2
    painter.drawLine(QPointF(cell.left() + 2, y), QPointF(body.right(), y))


def _stretch(painter: QPainter, scene: Scene, shape: QPainterPath, grade: int | None) -> None:
    if grade is None:
        pen = QPen(scene.theme.color("muted"), 1.2, Qt.PenStyle.DashLine)
        painter.strokePath(shape, pen)
    else:
        painter.fillPath(shape, scene.theme.color(f"grade{grade}"))


def _bar_shape(body: QRectF, runs_on: bool) -> QPainterPath:
    """A rounded bar; one that runs on ends in a point."""
    shape = QPainterPath()
    radius = body.height() / 2
    if not runs_on or body.width() < 2 * radius:
        shape.addRoundedRect(body, radius, radius)
        return shape
    shape.moveTo(body.left() + radius, body.top())
    shape.lineTo(body.right() - radius * 0.8, body.top())
    shape.lineTo(body.right(), body.center().y())
    shape.lineTo(body.right() - radius * 0.8, body.bottom())
    shape.lineTo(body.left() + radius, body.bottom())
    shape.arcTo(QRectF(body.left(), body.top(), 2 * radius, 2 * radius), 270, -180)
    shape.closeSubpath()
    return shape


def _marrow(painter: QPainter, scene: Scene, cell: QRect, marrow: Marrow) -> None:
    theme = scene.theme
    half = theme.pixels(6)
    middle = QPointF(cell.center())
    shape = QPainterPath(middle - QPointF(0, half))
    for x, y in ((half, 0), (0, half), (-half, 0)):
        shape.lineTo(middle + QPointF(x, y))
    shape.closeSubpath()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillPath(shape, theme.color("accent"))
    if marrow.blasts_percent is not None:
        painter.setFont(grade_font(scene))
        painter.setPen(theme.color("text"))
        text = scene.words.text("sheet.marrow.short", percent=marrow.blasts_percent)
        beside = QRectF(middle.x() + half + 3, cell.top(), cell.width() * 2, cell.height())
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(beside, flags, text)
    painter.restore()
