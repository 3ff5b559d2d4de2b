"""What could not be done and what to do about it, across the page, until it is dismissed."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from aml_maint.domain.errors import UserError
from aml_maint.domain.messages import Message, say
from aml_maint.gui.desk import Looks
from aml_maint.gui.widgets.button import IconButton
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.ornament import Ornament
from aml_maint.gui.widgets.panel import Panel


class NoticeBar(QWidget):
    """A problem or a piece of news; it stays until someone closes it or a newer one comes."""

    def __init__(self, looks: Looks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._looks = looks
        self._token = "danger"
        self.panel = Panel(looks, token="danger_surface", line="danger")
        self.sign = Ornament()
        self.message = Label(looks, role="strong", wrap=True)
        self.hint = Label(looks, wrap=True)
        self.dismiss = IconButton(looks, "close", say("notice.dismiss"), token="text")
        self.dismiss.clicked.connect(self.hide)
        self._lay_out()
        looks.theme.changed.connect(self._restyle)
        self._restyle()
        self.hide()

    def show_problem(self, error: UserError) -> None:
        """Say what happened and what to do."""
        self._show(error.message, error.hint, "danger")

    def show_news(self, message: Message, hint: Message | None = None) -> None:
        """Say something that went well but needs to be known."""
        self._show(message, hint, "success")

    def show_warning(self, message: Message, hint: Message | None = None) -> None:
        """Say what is not in order although work can go on."""
        self._show(message, hint, "warning")

    def show_note(self, message: Message) -> None:
        """Say calmly why a key did nothing."""
        self._show(message, None, "muted")
        self.panel.use_tokens("hover", "line")

    def _show(self, message: Message, hint: Message | None, token: str) -> None:
        self._token = token
        self.message.say(message)
        self.hint.say(hint or "")
        self.hint.setVisible(hint is not None)
        if token != "muted":
            self.panel.use_tokens(f"{token}_surface", token)
        self.setAccessibleName(self.message.text())
        self._restyle()
        self.show()

    def _restyle(self) -> None:
        theme = self._looks.theme
        name = {"success": "check", "muted": "info"}.get(self._token, "alert")
        size = theme.unit(5)
        self.sign.setPixmap(theme.icon(name, self._token).pixmap(QSize(size, size)))

    def _lay_out(self) -> None:
        theme = self._looks.theme
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(self.message)
        texts.addWidget(self.hint)
        row = QHBoxLayout(self.panel)
        row.setContentsMargins(theme.unit(3), theme.unit(2), theme.unit(2), theme.unit(2))
        row.setSpacing(theme.unit(2.5))
        row.addWidget(self.sign)
        row.addLayout(texts, 1)
        row.addWidget(self.dismiss)
        around = QVBoxLayout(self)
        around.setContentsMargins(theme.unit(4), theme.unit(2), theme.unit(4), 0)
        around.addWidget(self.panel)
