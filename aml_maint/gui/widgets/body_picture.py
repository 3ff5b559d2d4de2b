"""The painting of the body map: the body, its sites, and beside each when it was last used.

A site is told by number and place, a drug by letter and shape, a reaction by a pin, the
suggestion by a double ring: colour only repeats what the shapes say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPainterPath, QPen, QTransform

from aml_maint.domain.injection import Fit, SiteState
from aml_maint.gui.theme import Theme
from aml_maint.gui.widgets import body_shape
from aml_maint.gui.widgets.body_words import SiteTexts

_SIGN = 15  # pixels at 100 %, as in the legend of doses


@dataclass(frozen=True)
class Places:
    """Where everything lies in a widget of some width."""

    body: QTransform
    labels: Mapping[str, QRectF]
    height: float
    beside: bool


def places(theme: Theme, width: float) -> Places:
    """Labels beside the body where there is room, else below it in one column."""
    line = QFontMetrics(theme.font("small")).height() + theme.unit(0.5)
    label_height = 3 * line + theme.unit(1)
    column = float(theme.unit(36))
    beside = width >= 2 * column + theme.unit(24)
    high = max(3 * label_height, theme.pixels(204)) if beside else theme.pixels(180)
    scale = high / body_shape.HEIGHT
    left = (width - body_shape.WIDTH * scale) / 2
    body = QTransform(scale, 0, 0, scale, left, 0)
    labels = {}
    if beside:
        column = min((width - body_shape.WIDTH * scale) / 2 + 26 * scale, theme.unit(56))
        for number, site in enumerate(body_shape.ORDER):
            top = number // 2 * high / 3 + (high / 3 - label_height) / 2
            x = 0 if body_shape.is_right(site) else width - column
            labels[site] = QRectF(x, top, column, label_height)
        return Places(body, labels, high, beside)
    top = high + theme.unit(2)
    for number, site in enumerate(body_shape.ORDER):
        labels[site] = QRectF(0, top + number * label_height, width, label_height)
    return Places(body, labels, top + len(labels) * label_height, beside)


@dataclass(frozen=True)
class Shown:
    """What a site looks like now."""

    state: SiteState
    texts: SiteTexts
    chosen: bool
    suggested: bool


def paint_body(painter: QPainter, theme: Theme, where: Places) -> None:
    """The body itself."""
    outline = where.body.map(body_shape.outline())
    painter.fillPath(outline, theme.color("past"))
    painter.strokePath(outline, QPen(theme.color("muted"), theme.pixels(1)))
    painter.fillPath(where.body.map(body_shape.navel()), theme.color("muted"))


def paint_site(
    painter: QPainter, theme: Theme, where: Places, site: str, shown: Shown, *, focus: bool
) -> None:
    """One site on the body, its label, and the line between them."""
    zone = where.body.map(body_shape.zone(site))
    box = where.labels[site]
    _frame(painter, theme, box, shown, focus=focus)
    if where.beside:
        _leader(painter, theme, zone.boundingRect(), box, right=body_shape.is_right(site))
    _zone(painter, theme, zone, shown)
    number = str(body_shape.ORDER.index(site) + 1)
    painter.setFont(theme.font("strong"))
    painter.setPen(theme.color("accent_text" if shown.chosen else "text"))
    painter.drawText(zone.boundingRect(), Qt.AlignmentFlag.AlignCenter, number)
    if shown.state.reactions:
        corner = zone.boundingRect().topRight() + QPointF(-theme.pixels(2), theme.pixels(3))
        _pin(painter, theme, corner)
    _label(painter, theme, box, shown)


def paint_focus(painter: QPainter, theme: Theme, box: QRect) -> None:
    """The keyboard is on the map, and no site is chosen."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme.color("accent"), theme.pixels(2)))
    inside = QRectF(box).adjusted(1, 1, -1, -1)
    painter.drawRoundedRect(inside, theme.pixels(4), theme.pixels(4))


def paint_mark(painter: QPainter, theme: Theme, at: QPointF, drug: int, letter: str) -> float:
    """A drug's sign with its top left at a point: shape by its place, letter inside; its width."""
    size = theme.pixels(_SIGN)
    box = QRectF(at.x(), at.y(), size, size)
    shape = QPainterPath()
    if drug == 0:
        shape.addEllipse(box)
    elif drug == 1:
        shape.addRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 2, 2)
    else:
        middle = box.center()
        shape.moveTo(middle.x(), box.top() - 1)
        for x, y in ((box.right() + 1, middle.y()), (middle.x(), box.bottom() + 1),
                     (box.left() - 1, middle.y())):  # fmt: skip
            shape.lineTo(x, y)
        shape.closeSubpath()
    painter.strokePath(shape, QPen(theme.color("text"), theme.pixels(1.3)))
    font = theme.font("strong")
    font.setPixelSize(round(size * 0.68))
    painter.setFont(font)
    painter.setPen(theme.color("text"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, letter)
    return float(size)


def paint_ring(painter: QPainter, theme: Theme, at: QPointF) -> float:
    """The sign of the suggestion with its top left at a point; its width."""
    size = theme.pixels(_SIGN - 1)
    middle = at + QPointF(size / 2, size / 2)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme.color("accent"), theme.pixels(1.6)))
    painter.drawEllipse(middle, size * 0.46, size * 0.46)
    painter.drawEllipse(middle, size * 0.2, size * 0.2)
    return float(size)


def paint_pin(painter: QPainter, theme: Theme, at: QPointF) -> float:
    """The sign of a reaction with its top left at a point; its width."""
    size = theme.pixels(_SIGN - 2)
    _pin(painter, theme, at + QPointF(size * 0.45, size))
    return float(size)


def _zone(painter: QPainter, theme: Theme, zone: QPainterPath, shown: Shown) -> None:
    """Solid when chosen, hatched when something speaks against it, else plain."""
    if shown.chosen:
        painter.fillPath(zone, theme.color("accent"))
    else:
        painter.fillPath(zone, theme.color("surface_raised"))
        if shown.state.fit is not Fit.FREE:
            _hatch(painter, theme, zone)
    painter.strokePath(zone, QPen(theme.color("text" if shown.chosen else "muted"), 1.2))
    if shown.suggested:
        box = zone.boundingRect()
        grown = 1 + 2 * theme.pixels(4) / min(box.width(), box.height())
        tall = 1 + 2 * theme.pixels(4) / max(box.width(), box.height())
        middle = box.center()
        ring = QTransform()
        ring.translate(middle.x(), middle.y())
        ring.scale(grown, tall)
        ring.translate(-middle.x(), -middle.y())
        painter.strokePath(ring.map(zone), QPen(theme.color("accent"), theme.pixels(2)))


def _hatch(painter: QPainter, theme: Theme, zone: QPainterPath) -> None:
    painter.save()
    painter.setClipPath(zone, Qt.ClipOperation.IntersectClip)
    painter.setPen(QPen(theme.color("disabled"), theme.pixels(1.2)))
    box, step = zone.boundingRect(), theme.pixels(5)
    x = box.left() - box.height()
    while x < box.right():
        painter.drawLine(QPointF(x, box.bottom()), QPointF(x + box.height(), box.top()))
        x += step
    painter.restore()


def _pin(painter: QPainter, theme: Theme, tip: QPointF) -> None:
    """A drop with its tip at a point and a stroke inside."""
    size = theme.pixels(_SIGN - 2)
    drop = QPainterPath(tip)
    drop.cubicTo(
        tip + QPointF(-size * 0.75, -size * 0.55), tip + QPointF(-size * 0.4, -size),
        tip + QPointF(0, -size),
    )  # fmt: skip
    drop.cubicTo(tip + QPointF(size * 0.4, -size), tip + QPointF(size * 0.75, -size * 0.55), tip)
    painter.fillPath(drop, theme.color("danger"))
    painter.strokePath(drop, QPen(theme.color("surface_raised"), 1))
    painter.setPen(QPen(theme.color("surface_raised"), theme.pixels(1.5)))
    painter.drawLine(tip + QPointF(0, -size * 0.82), tip + QPointF(0, -size * 0.5))
    painter.drawPoint(tip + QPointF(0, -size * 0.33))


def _leader(painter: QPainter, theme: Theme, zone: QRectF, box: QRectF, *, right: bool) -> None:
    """A thin line from the label's edge to its site."""
    painter.setPen(QPen(theme.color("muted"), 1))
    label = QPointF(box.right() if right else box.left(), box.center().y())
    site = QPointF(zone.left() if right else zone.right(), zone.center().y())
    painter.drawLine(label, site)


def _frame(painter: QPainter, theme: Theme, box: QRectF, shown: Shown, *, focus: bool) -> None:
    inside = box.adjusted(1, 1, -1, -1)
    if shown.chosen:
        painter.setBrush(theme.color("selection"))
        painter.setPen(QPen(theme.color("accent"), theme.pixels(2 if focus else 1)))
        painter.drawRoundedRect(inside, theme.pixels(4), theme.pixels(4))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _label(painter: QPainter, theme: Theme, box: QRectF, shown: Shown) -> None:
    """Name; then the marks with their days; then reaction or suggestion."""
    small, gap = theme.font("small"), theme.unit(1.5)
    metrics = QFontMetrics(small)
    line = metrics.height() + theme.unit(0.5)
    inside = box.adjusted(gap, theme.unit(0.5), -gap, 0)
    painter.setFont(theme.font("strong" if shown.chosen else "body"))
    painter.setPen(theme.color("text"))
    flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
    top = QRectF(inside.left(), inside.top(), inside.width(), line)
    painter.drawText(top, flags, shown.texts.name)
    second = top.translated(0, line)
    x = second.left()
    sign_top = second.center().y() - theme.pixels(_SIGN) / 2
    for mark in shown.texts.marks:
        x += paint_mark(painter, theme, QPointF(x, sign_top), mark.drug, mark.letter)
        x += theme.unit(1)
        painter.setFont(small)
        painter.drawText(QRectF(x, second.top(), inside.width(), line), flags, mark.day)
        x += metrics.horizontalAdvance(mark.day) + theme.unit(2.5)
    if shown.texts.unused:
        painter.setFont(small)
        painter.setPen(theme.color("muted"))
        painter.drawText(second, flags, shown.texts.unused)
    third = second.translated(0, line)
    if shown.texts.reactions:
        _noted(painter, theme, third, shown.texts.reactions, paint_pin, "danger")
    elif shown.suggested:
        _noted(painter, theme, third, shown.texts.suggested, paint_ring, "accent")


def _noted(
    painter: QPainter, theme: Theme, box: QRectF, text: str,
    sign: Callable[[QPainter, Theme, QPointF], float], token: str,
) -> None:  # fmt: skip
    """A sign and its words."""
    top = box.center().y() - theme.pixels(_SIGN) / 2
    width = sign(painter, theme, QPointF(box.left(), top)) + theme.unit(1)
    painter.setFont(theme.font("small"))
    painter.setPen(theme.color(token))
    flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
    painter.drawText(box.adjusted(width, 0, 0, 0), flags, text)
