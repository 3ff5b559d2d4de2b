"""Tells calmly how far the check of the file is, and what waits for it."""

from __future__ import annotations

from PySide6.QtCore import QObject

from aml_maint.domain.messages import Message, say
from aml_maint.gui.kept import Kept
from aml_maint.gui.session import Session
from aml_maint.gui.widgets.notice_bar import NoticeBar
from aml_maint.gui.widgets.status_bar import StatusBar


class CheckTold(QObject):
    """A line in the status bar until the check has passed; a bar across the page if one waits."""

    def __init__(self, session: Session, status: StatusBar, bar: NoticeBar) -> None:
        super().__init__(bar)
        self._status, self._bar = status, bar
        self._waiting: Kept | None = None
        self._at: Message = say("checking.pages")
        session.check_told.connect(self._tell)
        session.kept.connect(self._wait)
        session.checked.connect(self._end)
        if session.is_checked or session.is_view:
            self._end()
        else:
            self._show()

    def _tell(self, done: int, total: int) -> None:
        self._at = say("checking.entries", done=done, total=total) if total else say(
            "checking.pages"
        )  # fmt: skip
        self._show()

    def _wait(self, what: Kept) -> None:
        if what is Kept.ENTRY or self._waiting is None:
            self._waiting = what
        self._show()

    def _show(self) -> None:
        self._status.show_check(self._at)
        if self._waiting is not None:
            self._bar.show_note(say(f"checking.waits.{self._waiting}"))

    def _end(self) -> None:
        self._status.show_check(None)
        self._waiting = None
        self._bar.hide()
