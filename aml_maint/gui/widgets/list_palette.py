"""The colours of lists that lie on a raised panel."""

from __future__ import annotations

from PySide6.QtGui import QPalette

from aml_maint.gui.desk import Looks


def list_palette(looks: Looks) -> QPalette:
    """The palette of a list that lies on a raised panel."""
    palette = looks.theme.table_palette()
    palette.setColor(QPalette.ColorRole.Base, looks.theme.color("surface_raised"))
    return palette
