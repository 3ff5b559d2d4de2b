"""Says how many doses wait out of sight, so that scrolling never hides one (CUI MEDa-0248)."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath

from aml_maint.domain.administration import CellState
from aml_maint.domain.messages import Message, say
from aml_maint.gui.widgets.sheet_scene import Scene
from aml_maint.services.sheet_lines import DoseLine

_WAITING = frozenset({CellState.DUE, CellState.OVERDUE})


def hidden_work(scene: Scene) -> tuple[int, int]:
    """How many of today's doses are due or overdue above and below what is in sight."""
    today = scene.sheet.today_column
    if today is None:
        return 0, 0
    above = below = 0
    for row, line in enumerate(scene.lines):
        pair = line.row.cells[today] if isinstance(line, DoseLine) else None
        if pair is None:
            continue
        views = (pair.main, pair.premedication)
        count = sum(view is not None and view.state in _WAITING for view in views)
        top, height = scene.row_span(row)
        middle = top + height // 2
        above += count if middle < scene.body.top() else 0
        below += count if middle > scene.body.bottom() else 0
    return above, below


def paint_hints(painter: QPainter, scene: Scene) -> None:
    """A small plate at the edge behind which doses wait."""
    above, below = hidden_work(scene)
    if above:
        _plate(painter, scene, say("sheet.due_above", count=above), at_top=True)
    if below:
        _plate(painter, scene, say("sheet.due_below", count=below), at_top=False)


def _plate(painter: QPainter, scene: Scene, message: Message, *, at_top: bool) -> None:
    theme = scene.theme
    text = scene.words.text(message)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(theme.font("small"))
    metrics = painter.fontMetrics()
    plate = QRectF(
        0, 0, metrics.horizontalAdvance(text) + theme.unit(6), metrics.height() + theme.unit(1.5)
    )
    plate.moveCenter(QRectF(scene.body).center())
    margin = theme.unit(2)
    plate.moveTop(
        scene.body.top() + margin if at_top else scene.body.bottom() - plate.height() - margin
    )
    shape = QPainterPath()
    shape.addRoundedRect(plate, plate.height() / 2, plate.height() / 2)
    painter.fillPath(shape, theme.color("accent"))
    painter.setPen(theme.color("accent_text"))
    painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()
