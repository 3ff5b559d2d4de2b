"""A button that opens a menu of acts; its underlined letter opens it from the keyboard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QColor,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPen,
    QPolygonF,
    QShortcut,
)
from PySide6.QtWidgets import QMenu, QWidget

from aml_maint.domain.messages import Message
from aml_maint.gui.desk import Looks
from aml_maint.gui.widgets.button import Button


class MenuButton(Button):
    """`acts` are names; an empty one is a line between them. Their texts are `PREFIX.NAME`.

    In its text and theirs the letter after & is the one to press.
    """

    wanted = Signal(str)
    """The name of the act chosen."""

    def __init__(
        self, looks: Looks, text: Message | str, acts: Sequence[str], prefix: str,
        icon: str = "", *, leads_to: Mapping[str, str] | None = None,
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        """`leads_to` says which command an act ends in, where it ends in one."""
        self._written_text = ""
        self._prefix = prefix
        self.entries: dict[str, QAction] = {}
        self._not_for: dict[str, Message] = {}
        super().__init__(looks, text, icon, parent=parent)
        self.menu_of_acts = QMenu(self)
        self.menu_of_acts.setToolTipsVisible(True)
        for name in acts:
            if name:
                self.entries[name] = self.menu_of_acts.addAction("")
                self.entries[name].triggered.connect(lambda _=False, n=name: self.wanted.emit(n))
            else:
                self.menu_of_acts.addSeparator()
        self.clicked.connect(self.open)
        # The button's own shortcut would open the menu a moment late, after the next key.
        self._letter = QShortcut(self)
        self._letter.activated.connect(self.open)
        self._forbid(leads_to or {})
        self.retranslate()
        self.restyle()

    def open(self) -> None:
        """Open the menu with its first act marked, so that arrows and Enter go on."""
        self.menu_of_acts.popup(self.mapToGlobal(self.rect().bottomLeft()))
        first = next((a for a in self.entries.values() if a.isVisible() and a.isEnabled()), None)
        if first is not None:
            self.menu_of_acts.setActiveAction(first)

    def _forbid(self, leads_to: Mapping[str, str]) -> None:
        """Acts whose command is for other roles stand there, off, and say why."""
        for name, command in leads_to.items():
            self.entries[name].setProperty("commands", [command])
            why = self._looks.why_not(command)
            if why is not None:
                self.entries[name].setEnabled(False)
                self._not_for[name] = why

    def retranslate(self) -> None:
        """Set the texts in the language shown, and the key that opens the menu."""
        super().retranslate()
        self._written_text = self.text()
        plain = self._written_text.replace("&", "")
        self.setText(plain)
        self.setAccessibleName(plain)
        if not self.entries:
            return  # it is being made
        self._letter.setKey(QKeySequence.mnemonic(self._written_text))
        for name, action in self.entries.items():
            action.setText(self._looks.words.text(f"{self._prefix}.{name}"))
            why = self._not_for.get(name)
            action.setToolTip(self._looks.words.text(why) if why else "")

    def restyle(self) -> None:
        """Take font, size and icon from the theme; the menu takes the font as well."""
        super().restyle()
        if self.entries:
            self.menu_of_acts.setFont(self._looks.theme.font())

    def sizeHint(self) -> QSize:
        """Room for the arrow that says that a menu opens, with less margin in its place."""
        return super().sizeHint() + QSize(self._looks.theme.unit(0.5), 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The arrow down opens the menu as well."""
        if event.key() == Qt.Key.Key_Down:
            self.open()
        else:
            super().keyPressEvent(event)

    def _written(self) -> str:
        return self._written_text

    def _draw_content(self, painter: QPainter, ink: QColor) -> None:
        theme = self._looks.theme
        painter.save()
        painter.translate(-theme.unit(1.75), 0)
        super()._draw_content(painter, ink)
        painter.restore()
        half, middle = theme.pixels(3), QPointF(self.width() - theme.unit(3.5), self.height() / 2)
        corners = (QPointF(-half, -half / 2), QPointF(0, half / 2), QPointF(half, -half / 2))
        painter.setPen(QPen(ink, 1.4))
        painter.drawPolyline(QPolygonF([middle + corner for corner in corners]))
