"""The signs of a planned dose: shape and letter first, colour second, drawn as paths.

A sign must be told from every other in a grey copy, so no two share both shape and letter.
Coordinates run from -1 to 1 over the sign's square.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPen, QPixmap

from aml_maint.domain.administration import CellState
from aml_maint.gui.theme import Theme

_Stroke = Sequence[tuple[float, float]]

# How far apart the lines of a hatch lie, in pixels at the sign's usual size.
_HATCH_STEP = 5.0


@dataclass(frozen=True)
class _Sign:
    """What a sign is made of: a body filled, a line around it, a letter or mark upon it."""

    solid: QPainterPath = field(default_factory=QPainterPath)
    line: QPainterPath = field(default_factory=QPainterPath)
    line_width: float = 0.2
    dashed: bool = False
    mark: QPainterPath = field(default_factory=QPainterPath)
    mark_width: float = 0.26


def draw_sign(
    painter: QPainter,
    rect: QRectF,
    state: CellState,
    theme: Theme,
    *,
    size: float,
    text: str = "",
) -> None:
    """Draw a state's sign, `size` pixels across, in the middle of `rect`.

    `text` is the count that keeps a gate closed. A stopped dose hatches the whole rectangle.
    """
    color = theme.color(f"state_{state.value}")
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if state is CellState.STOPPED:
        _hatch(painter, rect, color, _HATCH_STEP)
    elif state is CellState.GATE_CLOSED:
        _gate(painter, rect, theme, size, text)
    else:
        painter.translate(rect.center())
        painter.scale(size / 2, size / 2)
        _draw(painter, _sign(state), color, ink_on(color, theme))
    painter.restore()


def draw_struck(painter: QPainter, center: QPointF, theme: Theme, *, size: float) -> None:
    """The mark of an earlier entry, corrected or entered in error: a small ring struck through.

    It stands beside the sign of how the dose stands now; `size` is its width in pixels.
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(center)
    painter.scale(size / 2, size / 2)
    # A rim of the cell's own colour parts the mark from the sign below it.
    painter.fillPath(_circle(1.1), theme.color("surface_raised"))
    painter.strokePath(_circle(0.58), _pen(theme.color("text"), 0.26))
    painter.strokePath(_strokes([(-0.95, 0), (0.95, 0)]), _pen(theme.color("text"), 0.28))
    painter.restore()


def draw_longer(painter: QPainter, center: QPointF, theme: Theme, *, size: float) -> None:
    """Dashes, as they stand below a toxicity that lasts longer than is published."""
    painter.save()
    painter.setPen(longer_pen(theme))
    painter.drawLine(center - QPointF(size, 0), center + QPointF(size, 0))
    painter.restore()


def longer_pen(theme: Theme) -> QPen:
    """What those dashes are drawn with, on the sheet as in its legend."""
    return QPen(theme.color("warning"), 2, Qt.PenStyle.DashLine)


def draw_care(painter: QPainter, center: QPointF, theme: Theme, *, size: float) -> None:
    """The mark of a dose that may be given, but with care: a small triangle with a stroke.

    It stands beside the sign of how the dose stands; `size` is its width in pixels.
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(center)
    painter.scale(size / 2, size / 2)
    triangle = _strokes([(0, -0.85), (0.95, 0.8), (-0.95, 0.8)])
    triangle.closeSubpath()
    color = theme.color("warning")
    painter.strokePath(triangle, _pen(theme.color("surface_raised"), 0.7))
    painter.fillPath(triangle, color)
    painter.strokePath(triangle, _pen(color, 0.2))
    mark = _strokes([(0, -0.25), (0, 0.2)], [(0, 0.52), (0, 0.53)])
    painter.strokePath(mark, _pen(ink_on(color, theme), 0.26))
    painter.restore()


def sign_pixmap(state: CellState, theme: Theme, *, size: int, ratio: float = 1.0) -> QPixmap:
    """A state's sign as a picture of `size` device-independent pixels, for lists and buttons."""
    picture = QPixmap(round(size * ratio), round(size * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    whole = QRectF(0, 0, size, size)
    draw_sign(painter, whole, state, theme, size=size * 0.84)
    painter.end()
    return picture


def ink_on(fill: QColor, theme: Theme) -> QColor:
    """The theme's text or surface colour, whichever reads better on a fill."""
    text, surface = theme.color("text"), theme.color("surface_raised")
    return text if _prefers(fill.rgb(), text.rgb(), surface.rgb()) else surface


@lru_cache(maxsize=256)
def _prefers(fill: int, one: int, other: int) -> bool:
    """Does the first colour stand out better from a fill? Called for every cell painted."""
    on = QColor(fill)
    return contrast(QColor(one), on) >= contrast(QColor(other), on)


def contrast(one: QColor, other: QColor) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(color: QColor) -> float:
    def linear(share: float) -> float:
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(c) for c in (color.redF(), color.greenF(), color.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _draw(painter: QPainter, sign: _Sign, color: QColor, ink: QColor) -> None:
    if not sign.line.isEmpty():
        style = Qt.PenStyle.CustomDashLine if sign.dashed else Qt.PenStyle.SolidLine
        pen = _pen(color, sign.line_width, style)
        if sign.dashed:
            pen.setDashPattern([2.2, 1.6])
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.strokePath(sign.line, pen)
    if not sign.solid.isEmpty():
        painter.fillPath(sign.solid, color)
    if not sign.mark.isEmpty():
        on_body = ink if not sign.solid.isEmpty() else color
        painter.strokePath(sign.mark, _pen(on_body, sign.mark_width))


def _pen(color: QColor, width: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    return QPen(color, width, style, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)


def _gate(painter: QPainter, rect: QRectF, theme: Theme, size: float, text: str) -> None:
    """A hatched box with the count in it; a bar where there is no count to show."""
    color = theme.color(f"state_{CellState.GATE_CLOSED.value}")
    font = QFont(theme.font("small"))
    font.setPixelSize(max(round(size * 0.58), 8))
    painter.setFont(font)
    words = painter.fontMetrics().horizontalAdvance(text) + size * 0.3
    width = min(max(size * 1.04, words), max(rect.width() - 2, size))
    box = QRectF(0, 0, width, size * 0.92)
    box.moveCenter(rect.center())
    shape = QPainterPath()
    shape.addRoundedRect(box, size * 0.16, size * 0.16)
    painter.save()
    painter.setClipPath(shape, Qt.ClipOperation.IntersectClip)
    _hatch(painter, box, color, max(size * 0.24, 3.0))
    painter.restore()
    painter.strokePath(shape, QPen(color, max(size * 0.075, 1.0)))
    _count(painter, box, theme, size, text)


def _count(painter: QPainter, box: QRectF, theme: Theme, size: float, text: str) -> None:
    plate = box.adjusted(size * 0.1, size * 0.2, -size * 0.1, -size * 0.2)
    painter.fillRect(plate, theme.color("surface_raised"))
    painter.setPen(theme.color("text"))
    if text:
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
    else:
        middle = box.center()
        half = size * 0.2
        painter.setPen(_pen(theme.color("text"), size * 0.12))
        painter.drawLine(middle - QPointF(half, 0), middle + QPointF(half, 0))


def _hatch(painter: QPainter, rect: QRectF, color: QColor, step: float) -> None:
    painter.save()
    painter.setClipRect(rect, Qt.ClipOperation.IntersectClip)
    painter.setPen(QPen(color, max(step * 0.24, 1.0)))
    lines = QPainterPath()
    x = rect.left() - rect.height()
    while x < rect.right():
        lines.moveTo(x, rect.bottom())
        lines.lineTo(x + rect.height(), rect.top())
        x += step
    painter.drawPath(lines)
    painter.restore()


@cache
def _sign(state: CellState) -> _Sign:
    """The parts of a state's sign."""
    match state:
        case CellState.DUE:
            return _Sign(line=_circle(0.8), line_width=0.26, solid=_circle(0.36))
        case CellState.OVERDUE:
            return _Sign(
                solid=_triangle(),
                mark=_strokes([(0, -0.28), (0, 0.22)], [(0, 0.58), (0, 0.58)]),
                mark_width=0.24,
            )
        case CellState.UNCONFIRMED:
            return _Sign(line=_box(0.86, 0.3), line_width=0.15, dashed=True, mark=_question())
        case CellState.GIVEN:
            return _Sign(
                solid=_circle(0.94), mark=_strokes([(-0.42, 0.04), (-0.1, 0.36), (0.44, -0.32)])
            )
        case CellState.GIVEN_LATE:
            return _Sign(
                solid=_circle(0.94), mark=_strokes([(-0.2, -0.46), (-0.2, 0.44), (0.34, 0.44)])
            )
        case CellState.GIVEN_EARLY:
            return _Sign(solid=_circle(0.94), mark=_letter_e(), mark_width=0.22)
        case CellState.PARTLY_GIVEN:
            return _Sign(line=_circle(0.82), line_width=0.2, solid=_half())
        case CellState.HELD:
            return _Sign(solid=_box(0.9, 0.3), mark=_letter_h())
        case CellState.REFUSED:
            return _Sign(solid=_octagon(0.94, 0.34), mark=_letter_r(), mark_width=0.23)
        case CellState.MISSED:
            return _Sign(line=_cross(), line_width=0.26, mark=_letter_m(), mark_width=0.19)
        case CellState.OMITTED:
            return _Sign(line=_crossed_out(), line_width=0.19)
        case _:
            return _empty(state)


def _empty(state: CellState) -> _Sign:
    """The sign of a dose of which nothing is known yet, or to be known."""
    if state is CellState.PLANNED:
        return _Sign(line=_circle(0.7), line_width=0.15)
    return _Sign(line=_strokes([(-0.46, 0), (0.46, 0)]), line_width=0.2)


def _strokes(*strokes: _Stroke) -> QPainterPath:
    path = QPainterPath()
    for stroke in strokes:
        path.moveTo(*stroke[0])
        for x, y in stroke[1:]:
            # A stroke of no length would not be drawn at all; this makes it a dot.
            path.lineTo(x, y + 0.001)
    return path


def _circle(radius: float) -> QPainterPath:
    path = QPainterPath()
    path.addEllipse(QPointF(0, 0), radius, radius)
    return path


def _half() -> QPainterPath:
    """The left half of a disc."""
    path = QPainterPath(QPointF(0, 0))
    path.arcTo(QRectF(-0.82, -0.82, 1.64, 1.64), 90, 180)
    path.closeSubpath()
    return path


def _triangle() -> QPainterPath:
    """An upright triangle with softened corners."""
    path = QPainterPath(QPointF(-0.14, -0.86))
    path.quadTo(0, -1.06, 0.14, -0.86)
    path.lineTo(0.96, 0.62)
    path.quadTo(1.04, 0.88, 0.8, 0.9)
    path.lineTo(-0.8, 0.9)
    path.quadTo(-1.04, 0.88, -0.96, 0.62)
    path.closeSubpath()
    return path


def _box(half: float, radius: float) -> QPainterPath:
    path = QPainterPath()
    path.addRoundedRect(QRectF(-half, -half, 2 * half, 2 * half), radius, radius)
    return path


def _crossed_out() -> QPainterPath:
    """An empty box with a line through it: planned, and left out."""
    path = _box(0.78, 0.26)
    path.addPath(_strokes([(-0.5, 0.5), (0.5, -0.5)]))
    return path


def _octagon(half: float, cut: float) -> QPainterPath:
    """A square with its corners cut off."""
    inner = half - cut
    corners = [
        (-inner, -half), (inner, -half), (half, -inner), (half, inner),
        (inner, half), (-inner, half), (-half, inner), (-half, -inner),
    ]  # fmt: skip
    path = QPainterPath(QPointF(*corners[0]))
    for corner in corners[1:]:
        path.lineTo(*corner)
    path.closeSubpath()
    return path


def _cross() -> QPainterPath:
    """The cross of a missed dose, left of its letter."""
    return _strokes([(-1.1, -0.46), (-0.18, 0.46)], [(-0.18, -0.46), (-1.1, 0.46)])


def _letter_m() -> QPainterPath:
    return _strokes([(0.3, 0.5), (0.3, -0.5), (0.72, 0.16), (1.14, -0.5), (1.14, 0.5)])


def _letter_e() -> QPainterPath:
    return _strokes(
        [(0.3, -0.46), (-0.26, -0.46), (-0.26, 0.46), (0.3, 0.46)], [(-0.26, 0), (0.2, 0)]
    )


def _letter_h() -> QPainterPath:
    return _strokes(
        [(-0.34, -0.46), (-0.34, 0.46)], [(0.34, -0.46), (0.34, 0.46)], [(-0.34, 0), (0.34, 0)]
    )


def _letter_r() -> QPainterPath:
    path = _strokes([(-0.26, 0.5), (-0.26, -0.48)])
    path.moveTo(-0.26, -0.48)
    path.lineTo(0.04, -0.48)
    path.cubicTo(0.44, -0.48, 0.44, 0.06, 0.04, 0.06)
    path.lineTo(-0.26, 0.06)
    path.moveTo(0.04, 0.06)
    path.lineTo(0.34, 0.5)
    return path


def _question() -> QPainterPath:
    path = QPainterPath(QPointF(-0.28, -0.26))
    path.cubicTo(-0.28, -0.66, 0.32, -0.66, 0.32, -0.24)
    path.cubicTo(0.32, 0.04, 0, 0.02, 0, 0.22)
    path.addPath(_strokes([(0, 0.54), (0, 0.54)]))
    return path
