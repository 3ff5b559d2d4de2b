"""An icon that is drawn when it is first shown, at the very size that it is shown at."""

from __future__ import annotations

import ctypes

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer


def drawn(svg: str, size: int) -> QPixmap:
    """A drawing as a square picture of `size` pixels."""
    pixmap = QPixmap(size, size)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return pixmap


def drawn_icon(usual: str, pale: str) -> QIcon:
    """An icon of two drawings: how it looks, and how on what is disabled."""
    # PySide makes an engine a part of the icon that it is put into first, and lets it go with that
    # one, though Qt shares it with every copy: where Python's collector finds this icon, the
    # engine would be deleted while buttons still draw with it, and once more with the last of
    # them. So this icon goes here and now; its copy shares an engine that is Qt's alone.
    return QIcon(QIcon(_Drawings(usual, pale)))


class _Drawings(QIconEngine):
    """Keeps the pictures that were asked for: one or two of the many sizes and looks there are."""

    def __init__(self, usual: str, pale: str) -> None:
        """The drawing, and how it looks on what is disabled."""
        super().__init__()
        self._usual, self._pale = usual, pale
        self._pictures: dict[tuple[int, bool], QPixmap] = {}

    def clone(self) -> QIconEngine:
        """Another one that draws the same, for an icon that Qt changes; it belongs to Qt."""
        other = _Drawings(self._usual, self._pale)
        # PySide counts no reference for Qt's, and would delete what it has just handed over.
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(other))
        return other

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """The picture at a size in pixels of the screen."""
        return self._picture(min(size.width(), size.height()), mode)

    def scaledPixmap(
        self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float
    ) -> QPixmap:
        """The same; Qt has multiplied the size already."""
        return self.pixmap(size, mode, state)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """The picture in the middle of a room, sharp on every screen."""
        side = min(rect.width(), rect.height())
        place = QRect(0, 0, side, side)
        place.moveCenter(rect.center())
        sharp = round(side * painter.deviceTransform().m11())  # pixels of the screen
        painter.drawPixmap(place, self._picture(sharp, mode))

    def _picture(self, size: int, mode: QIcon.Mode) -> QPixmap:
        is_pale = mode is QIcon.Mode.Disabled
        key = max(1, size), is_pale
        if key not in self._pictures:
            self._pictures[key] = drawn(self._pale if is_pale else self._usual, key[0])
        return self._pictures[key]
