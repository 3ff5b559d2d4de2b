"""The line at the foot: saved, undo, backup, clock, file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from aml_maint.domain.messages import Message, say
from aml_maint.gui.desk import Desk
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.ornament import Ornament

if TYPE_CHECKING:
    from aml_maint.services.changes import Changes

_TICK_MS = 1000


class StatusBar(QWidget):
    """Tells what was saved last, and offers to take it back for some seconds."""

    undo_wanted = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._left = 0
        self.saved_sign = Ornament()
        self.saved = Label(desk, say("status.nothing_saved"), role="small", token="muted")
        self.undo = Button(desk, say("status.undo", seconds=0), "undo")
        self.undo.clicked.connect(self._undo)
        self.undo.hide()
        self.fonts = Label(
            desk, say("status.no_chinese_font"), role="small", token="warning", parent=self
        )
        self.fonts.setVisible(not desk.theme.has_chinese_font)
        self.backup = Label(desk, role="small", token="muted")
        self.backup.hide()
        self.check = Label(desk, role="small", token="muted")
        self.check.hide()
        self.clock = Label(desk, role="small", token="muted")
        self.file = Label(desk, self._file_text(), role="small", token="muted")
        self._lay_out()
        self._countdown = QTimer(self, interval=_TICK_MS)
        self._countdown.timeout.connect(self._count_down)
        self._ticking = QTimer(self, interval=_TICK_MS)
        self._ticking.timeout.connect(self.show_time)
        self._ticking.start()
        desk.session.saved.connect(self.show_saved)
        desk.theme.changed.connect(self._restyle)
        desk.words.changed.connect(self.show_time)
        self._restyle()
        self.show_time()

    def show_saved(self, changes: Changes) -> None:
        """Say when the latest entry was saved."""
        key = "status.already_saved" if changes.replayed else "status.saved"
        self.saved.say(Message(key, {"time": changes.at.local.time()}))
        self.saved.use_token("success")
        self.saved_sign.setVisible(True)

    def offer_undo(self, seconds: int) -> None:
        """Show the undo button and count its seconds down."""
        self._left = seconds
        self._tell_undo()
        self.undo.show()
        self._countdown.start()

    def withdraw_undo(self) -> None:
        """Hide the undo button: it is done, or too late."""
        self._left = 0
        self._countdown.stop()
        self.undo.hide()

    def show_backup(self, message: Message, token: str = "muted") -> None:
        """Say how old the latest verified backup is."""
        self.backup.say(message)
        self.backup.use_token(token)
        self.backup.show()

    def show_check(self, message: Message | None) -> None:
        """Say how far the check of the file is; None once it has passed."""
        self.check.say(message or "")
        self.check.setVisible(message is not None)

    def show_time(self) -> None:
        """Show the ward's clock."""
        if not self._desk.session.is_open:
            return
        now = self._desk.session.now().local
        weekday = self._desk.words.locale.dayName(now.isoweekday())
        text = say("status.clock", weekday=weekday, day=now.date(), time=now.time())
        self.clock.say(text)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the surface and the line above it."""
        theme = self._desk.theme
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("surface_raised"))
        painter.setPen(theme.color("line"))
        painter.drawLine(0, 0, self.width(), 0)

    def _undo(self) -> None:
        self.withdraw_undo()
        self.undo_wanted.emit()

    def _count_down(self) -> None:
        self._left -= 1
        if self._left <= 0:
            self.withdraw_undo()
        else:
            self._tell_undo()

    def _tell_undo(self) -> None:
        self.undo.say(say("status.undo", seconds=self._left))

    def _file_text(self) -> Message:
        session = self._desk.session
        if session.is_demo:
            return say("status.demo")
        return say("status.file", file=session.file_name)

    def _restyle(self) -> None:
        theme = self._desk.theme
        size = theme.unit(4)
        self.saved_sign.setPixmap(theme.icon("check", "success").pixmap(QSize(size, size)))
        self.saved_sign.setVisible(self.saved_sign.isVisibleTo(self) and bool(self.saved.text()))
        self.setFixedHeight(theme.unit(9))
        self.undo.setMinimumHeight(theme.unit(6.5))

    def _lay_out(self) -> None:
        self.saved_sign.hide()
        theme = self._desk.theme
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.unit(4), 0, theme.unit(4), 0)
        row.setSpacing(theme.unit(2))
        row.addWidget(self.saved_sign)
        row.addWidget(self.saved)
        row.addSpacing(theme.unit(2))
        row.addWidget(self.undo)
        row.addStretch(1)
        for label in (self.fonts, self.check, self.backup, self.clock, self.file):
            row.addWidget(label)
            row.addSpacing(theme.unit(3))
