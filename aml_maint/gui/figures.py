"""A figure that can be copied and saved: as a vector file, a picture, or its numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from aml_maint.domain.messages import Message

# Pixels of a saved picture for one of the screen: sharp in print.
_FINER = 3


@dataclass(frozen=True)
class Figure:
    """`name` begins the file's name; `csv` gives the numbers behind it, if there are any."""

    name: str
    title: Message
    svg: Callable[[], bytes]
    csv: Callable[[], bytes] | None = None


def image_of(svg: bytes) -> QImage:
    """A vector file as a picture."""
    renderer = QSvgRenderer(QByteArray(svg))
    size: QSize = renderer.defaultSize() * _FINER
    image = QImage(size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    return image


def png_of(svg: bytes) -> bytes:
    """A vector file as a PNG file."""
    target = QBuffer()
    target.open(QIODevice.OpenModeFlag.WriteOnly)
    image_of(svg).save(target, "PNG")  # type: ignore[call-overload]
    return bytes(target.data().data())
