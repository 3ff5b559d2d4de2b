"""A text that follows the language and the theme by itself."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, Slot
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLabel, QMenu, QSizePolicy, QWidget

from aml_maint.domain.messages import Message, Name
from aml_maint.gui.desk import Looks
from aml_maint.gui.theme import FontRole
from aml_maint.gui.words import plain, unbroken


class Label(QLabel):
    """A plain-text label of one meaning; names of people are never read as markup.

    On the screen no line ends inside a date; whoever reads, hears or copies the text gets it as
    it was said.
    """

    def __init__(
        self, looks: Looks, text: Message | Name | str = "", *, role: FontRole = "body",
        token: str = "text", wrap: bool = False, parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._looks = looks
        self._text = text
        self._role: FontRole = role
        self._token = token
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        if wrap:
            self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        looks.words.changed.connect(self.retranslate)
        looks.theme.changed.connect(self.restyle)
        self.retranslate()
        self.restyle()

    def say(self, text: Message | Name | str) -> None:
        """Show another message, or the text of another key."""
        self._text = text
        self.retranslate()

    def text(self) -> str:
        """The text as it was said."""
        return plain(super().text())

    def setText(self, text: str) -> None:
        """Show a text, its dates in one piece."""
        super().setText(unbroken(text))
        self.setAccessibleName(text)

    def use_token(self, token: str) -> None:
        """Show the text in the colour of another meaning."""
        if token != self._token:
            self._token = token
            self.restyle()

    @Slot()
    def retranslate(self) -> None:
        """Set the text in the language shown."""
        self.setText(self._looks.words.text(self._text) if self._text else "")

    @Slot()
    def restyle(self) -> None:
        """Take font and colour from the theme."""
        theme = self._looks.theme
        self.setFont(theme.font(self._role))
        self.setPalette(theme.ink(self._token))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy what was said, not how it is drawn."""
        if event.matches(QKeySequence.StandardKey.Copy) and self.hasSelectedText():
            self._copy()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to copy what is selected."""
        if not self.hasSelectedText():
            event.ignore()
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        copying = menu.addAction(QCoreApplication.translate("QWidgetTextControl", "&Copy"))
        copying.triggered.connect(self._copy)
        menu.popup(event.globalPos())

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(plain(self.selectedText()))
