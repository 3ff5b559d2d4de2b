"""Small marks beside the sign of a dose: moved, moved away, a dose below or above the regimen's.

They are told by shape alone. Coordinates run from -1 to 1 over the mark's square.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from aml_maint.gui.theme import Theme
from aml_maint.services.plan_marks import Mark


def draw_mark(painter: QPainter, center: QPointF, mark: Mark, theme: Theme, *, size: float) -> None:
    """Draw a mark, `size` pixels across."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(center)
    painter.scale(size / 2, size / 2)
    _DRAWN[mark](painter, theme)
    painter.restore()


def _arrow(painter: QPainter, theme: Theme, way: int) -> None:
    """An arrow in the direction of the days, on a plate that parts it from the sign."""
    plate = QPainterPath()
    plate.addRoundedRect(QRectF(-1.12, -0.8, 2.24, 1.6), 0.4, 0.4)
    painter.fillPath(plate, theme.color("surface_raised"))
    path = QPainterPath(QPointF(-0.85 * way, 0))
    path.lineTo(0.8 * way, 0)
    path.moveTo(0.2 * way, -0.6)
    path.lineTo(0.85 * way, 0)
    path.lineTo(0.2 * way, 0.6)
    painter.strokePath(path, _pen(theme, "accent", 0.34))


def _away(painter: QPainter, theme: Theme) -> None:
    """A dotted ring, open as nothing is to be given here."""
    ring = QPainterPath()
    ring.addEllipse(QPointF(0, 0), 0.72, 0.72)
    pen = _pen(theme, "muted", 0.2)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    pen.setDashPattern([1.3, 1.6])
    painter.strokePath(ring, pen)
    path = QPainterPath(QPointF(-0.3, 0))
    path.lineTo(0.3, 0)
    path.moveTo(0.05, -0.25)
    path.lineTo(0.32, 0)
    path.lineTo(0.05, 0.25)
    painter.strokePath(path, _pen(theme, "muted", 0.16))


def _wedge(painter: QPainter, theme: Theme, way: int) -> None:
    """A wedge that points down for less, up for more."""
    path = QPainterPath(QPointF(-0.8, -0.5 * way))
    path.lineTo(0.8, -0.5 * way)
    path.lineTo(0, 0.7 * way)
    path.closeSubpath()
    painter.strokePath(path, _pen(theme, "surface_raised", 0.5))
    painter.fillPath(path, theme.color("text"))


def _pen(theme: Theme, token: str, width: float) -> QPen:
    return QPen(
        theme.color(token), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap,
        Qt.PenJoinStyle.RoundJoin,
    )  # fmt: skip


_DRAWN: dict[Mark, Callable[[QPainter, Theme], None]] = {
    Mark.MOVED_LATER: lambda painter, theme: _arrow(painter, theme, 1),
    Mark.MOVED_EARLIER: lambda painter, theme: _arrow(painter, theme, -1),
    Mark.MOVED_AWAY: _away,
    Mark.LOWER_DOSE: lambda painter, theme: _wedge(painter, theme, 1),
    Mark.HIGHER_DOSE: lambda painter, theme: _wedge(painter, theme, -1),
}
