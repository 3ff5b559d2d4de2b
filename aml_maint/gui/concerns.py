"""Looks now and then whether something is not in order: the clock, the room on the disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from aml_maint.domain.messages import Message
from aml_maint.gui.session import Session
from aml_maint.gui.widgets.notice_bar import NoticeBar

if TYPE_CHECKING:
    from aml_maint.services.opening_checks import OpeningCheck
    from aml_maint.services.workplace import Workplace

EVERY_MINUTES = 10


class Concerns(QObject):
    """Tells of the first concern; closed by a person it stays closed until another one comes."""

    def __init__(self, session: Session, bar: NoticeBar) -> None:
        super().__init__(bar)
        self._session = session
        self._bar = bar
        self._told: Message | None = None
        self._timer = QTimer(self, interval=EVERY_MINUTES * 60_000)
        self._timer.timeout.connect(self.look)
        session.closing.connect(self._timer.stop)
        self._timer.start()
        self.look()

    def look(self) -> None:
        """Ask again."""
        if self._session.is_open:
            self._session.read(_concerns, self._tell, self)

    def _tell(self, found: tuple[OpeningCheck, ...]) -> None:
        if not found:
            self._told = None
            self._bar.hide()
        elif self._told is None or found[0].told.key != self._told.key:
            self._told = found[0].told
            self._bar.show_warning(found[0].told, found[0].hint)


def _concerns(place: Workplace) -> tuple[OpeningCheck, ...]:
    from aml_maint.services.opening_checks import concerns

    return concerns(place)
