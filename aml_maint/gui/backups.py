"""Backups of the ward file as the window sees them: when the last one was made, make one now."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from aml_maint.domain.errors import UserError
from aml_maint.domain.messages import Message, say

if TYPE_CHECKING:
    from collections.abc import Callable

    from aml_maint.domain.moment import Moment
    from aml_maint.gui.session import Session
    from aml_maint.gui.settings import Settings
    from aml_maint.services.workplace import Workplace

# From these ages on the status bar warns (reliability guidance, section 2).
OLD = timedelta(hours=24)
TOO_OLD = timedelta(hours=72)

EVERY_MINUTES = 30  # if anything was recorded since (design of storage and security, "Backups")
_SECOND = "second_backup_folder"


def _back_up_changes(place: Workplace, second: Path | None) -> None:
    from aml_maint.services.trust import backup_if_changed

    backup_if_changed(place, second)


class Backups(QObject):
    """Knows the newest tested backup; a demo ward has none and needs none."""

    changed = Signal()
    failed = Signal(object)
    """UserError: why the backup could not be made."""

    def __init__(self, session: Session, settings: Settings) -> None:
        super().__init__()
        self._session = session
        self._settings = settings
        self._timer = QTimer(self, interval=EVERY_MINUTES * 60_000)
        self._timer.timeout.connect(self.make_if_changed)
        if not session.is_demo and not session.is_view:
            self._timer.start()
        self._last: Moment | None = None
        self.making = False

    @property
    def last(self) -> Moment | None:
        """When the newest tested backup was made."""
        return self._last

    @property
    def told(self) -> Message:
        """The same in words."""
        if self._last is None:
            return say("backup.none")
        local = self._last.local
        return say("backup.made", day=local.date(), time=local.time())

    @property
    def token(self) -> str:
        """How it stands, as a meaning of the theme."""
        if self._last is None:
            return "warning"
        age = self._session.now().utc - self._last.utc
        return "danger" if age > TOO_OLD else "warning" if age > OLD else "muted"

    def look(self) -> None:
        """Look for the newest backup in the usual folder."""

        def work(place: Workplace) -> Moment | None:
            from aml_maint.services.trust import last_backup

            return last_backup(place)

        self._session.read(work, self._looked, self)

    def make(self) -> None:
        """Make a backup in the usual folder and test it, and copy it to the second folder."""
        second = self.second

        def work(place: Workplace) -> None:
            from aml_maint.services.trust import backup_if_changed, backup_ward

            backup_ward(place)
            if second is not None:
                backup_if_changed(place, second)

        self._do(work)

    def make_if_changed(self) -> None:
        """Make one unless nothing was recorded since the last, and copy it to the second folder."""
        second = self.second
        if not self.making and self._session.is_open:
            self._do(lambda place: _back_up_changes(place, second))

    def last_work(self) -> Callable[[Workplace], None] | None:
        """What is to be done before the file is closed; None where nothing is written."""
        second = self.second
        if self._session.is_demo or self._session.is_view:
            return None
        return lambda place: _back_up_changes(place, second)

    @property
    def second(self) -> Path | None:
        """A further folder, such as one on another disk; None if none is named."""
        named = self._settings.text(_SECOND)
        return Path(named) if named else None

    @second.setter
    def second(self, folder: Path | None) -> None:
        self._settings.remember(_SECOND, str(folder) if folder else "")

    def _do(self, work: Callable[[Workplace], None]) -> None:
        def both(place: Workplace) -> Moment | None:
            from aml_maint.services.trust import last_backup

            work(place)
            return last_backup(place)

        self.making = True
        self.changed.emit()
        self._session.read(both, self._found, self, self._fail)

    def _looked(self, last: Moment | None) -> None:
        if not self.making:  # what is being made answers for itself, and later
            self._found(last)

    def _found(self, last: Moment | None) -> None:
        if not self._session.is_open:
            return  # the window was closed meanwhile
        self.making = False
        self._last = last
        self.changed.emit()

    def _fail(self, error: UserError) -> None:
        self.making = False
        self.changed.emit()
        self.failed.emit(error)
