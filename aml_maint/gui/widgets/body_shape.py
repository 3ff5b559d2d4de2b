"""The body seen from the front, and the injection sites on it, as paths.

Coordinates run 0..200 across and 0..228 down. The patient's right is on the left, as on paper.
"""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainterPath, QPainterPathStroker, QTransform

WIDTH, HEIGHT = 200.0, 228.0
_MIDDLE = WIDTH / 2

# The order in which the picture is read; a site's number is its place here.
ORDER = (
    "arm_right",
    "arm_left",
    "abdomen_right",
    "abdomen_left",
    "thigh_right",
    "thigh_left",
)


def is_right(site: str) -> bool:
    """Is it on the patient's right side, which is drawn on the left?"""
    return site.endswith("_right")


@cache
def outline() -> QPainterPath:
    """Head, trunk, arms and thighs in one outline."""
    head = QPainterPath()
    head.addEllipse(QPointF(_MIDDLE, 22), 15, 18)
    half = QPainterPath(QPointF(_MIDDLE, 40))
    half.lineTo(92, 40)
    half.cubicTo(92, 50, 88, 52, 74, 55)
    half.cubicTo(58, 58, 52, 64, 51, 78)
    half.cubicTo(49, 98, 46, 116, 41, 138)
    half.cubicTo(38, 150, 35, 158, 33, 166)
    half.cubicTo(31, 175, 40, 179, 45, 170)
    half.cubicTo(50, 158, 55, 144, 59, 128)
    half.cubicTo(62, 114, 65, 104, 67, 94)
    half.cubicTo(70, 108, 72, 118, 70, 134)
    half.cubicTo(68, 150, 66, 162, 67, 178)
    half.cubicTo(68, 196, 70, 212, 72, HEIGHT)
    half.lineTo(95, HEIGHT)
    half.cubicTo(96, 208, 98, 190, 99, 174)
    half.lineTo(_MIDDLE, 174)
    half.closeSubpath()
    body = head.united(half).united(_mirrored(half))
    return body.simplified()


@cache
def zone(site: str) -> QPainterPath:
    """The area of a site; KeyError for an unknown one."""
    part = site.rpartition("_")[0]
    path = _ZONES[part]()
    return path if is_right(site) else _mirrored(path)


@cache
def navel() -> QPainterPath:
    """A mark between the two sides of the abdomen."""
    path = QPainterPath()
    path.addEllipse(QPointF(_MIDDLE, 134), 1.6, 2.2)
    return path


def _arm() -> QPainterPath:
    return _capsule(QPointF(58, 78), QPointF(53, 104), 14)


def _thigh() -> QPainterPath:
    return _capsule(QPointF(82.5, 186), QPointF(82.5, 214), 20)


def _abdomen() -> QPainterPath:
    path = QPainterPath()
    path.addRoundedRect(QRectF(74.5, 118, 21, 36), 7, 7)
    return path


_ZONES = {"arm": _arm, "abdomen": _abdomen, "thigh": _thigh}


def _capsule(start: QPointF, end: QPointF, width: float) -> QPainterPath:
    line = QPainterPath(start)
    line.lineTo(end)
    stroker = QPainterPathStroker()
    stroker.setWidth(width)
    stroker.setCapStyle(Qt.PenCapStyle.RoundCap)
    return stroker.createStroke(line).simplified()


def _mirrored(path: QPainterPath) -> QPainterPath:
    flip = QTransform(-1, 0, 0, 1, WIDTH, 0)
    return flip.map(path)
