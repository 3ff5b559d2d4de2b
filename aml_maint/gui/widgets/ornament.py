"""A picture that says nothing which the words beside it do not say."""

from __future__ import annotations

from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QLabel

from aml_maint.gui.painted_parts import PaintedParts


class Ornament(PaintedParts, QLabel):
    """People who hear the screen pass it by: it is no graphic that would need a name."""

    told_as = QAccessible.Role.Client
