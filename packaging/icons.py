"""Draws the program's icon in every size and form that the systems ask for, from the one SVG."""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from aml_maint import files

SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512, 1024)
IN_ICO = (16, 24, 32, 48, 64, 128, 256)


def main(folder: Path) -> None:
    """Write PNG files named by their size, the .ico of Windows and the .icns of macOS."""
    folder.mkdir(parents=True, exist_ok=True)
    app = QGuiApplication.instance() or QGuiApplication([])
    drawing = QSvgRenderer(str(files.resource("app", "aml_maint.svg")))
    for size in SIZES:
        image = QImage(size, size, QImage.Format.Format_ARGB32)
        image.fill(QColor(0, 0, 0, 0))
        painter = QPainter(image)
        drawing.render(painter, QRectF(0, 0, size, size))
        painter.end()
        image.save(str(folder / f"{size}.png"))
    del app
    pictures = {size: Image.open(folder / f"{size}.png") for size in SIZES}
    several = [pictures[size] for size in IN_ICO[:-1]]
    pictures[IN_ICO[-1]].save(
        folder / "aml_maint.ico", sizes=[(size, size) for size in IN_ICO], append_images=several
    )
    pictures[1024].save(folder / "aml_maint.icns", append_images=list(pictures.values())[:-1])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
