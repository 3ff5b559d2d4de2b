"""The viewport of a scroll area, without the price that PySide asks for the first one.

What Qt has made and Python has not seen yet, PySide takes for any kind of widget there is: asked
for a viewport, it first makes all sixty known to Python, which takes 10 ms and 2 MB. Found by its
name it is a plain widget at once, and `viewport()` gives the same from then on.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

_NAME = "qt_scrollarea_viewport"  # since Qt 4


def viewport(area: QAbstractScrollArea) -> QWidget:
    """What a scroll area shows its content on."""
    found: QWidget | None = area.findChild(
        QWidget, _NAME, Qt.FindChildOption.FindDirectChildrenOnly
    )
    return found if found is not None else area.viewport()
