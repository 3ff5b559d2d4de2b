"""A text that follows the language and the theme by itself."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from aml_maint.domain.messages import Message, Name
from aml_maint.gui.desk import Looks
from aml_maint.gui.theme import FontRole


class Label(QLabel):
    """A plain-text label of one meaning; names of people are never read as markup."""

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

    def use_token(self, token: str) -> None:
        """Show the text in the colour of another meaning."""
        self._token = token
        self.restyle()

    def retranslate(self) -> None:
        """Set the text in the language shown."""
        self.setText(self._looks.words.text(self._text) if self._text else "")

    def restyle(self) -> None:
        """Take font and colour from the theme."""
        self.setFont(self._looks.theme.font(self._role))
        palette = self.palette()
        color = self._looks.theme.color(self._token)
        palette.setColor(QPalette.ColorRole.WindowText, color)
        self.setPalette(palette)
