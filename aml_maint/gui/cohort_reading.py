"""What a cohort page shows, read once and chosen from as often as the filters change.

Everybody's facts are read in parts, so that a write never waits for all of them, and kept until
something is written; the toxicities follow, up to the chosen day. Filters alone read nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, Signal

from aml_maint.domain.errors import UserError
from aml_maint.gui import collecting
from aml_maint.gui.computing import Computing, Task
from aml_maint.gui.reading import Reading, read_in_parts
from aml_maint.gui.session import Session
from aml_maint.services.cohort import Cohort, CohortFilter, Everyone, chosen, read_everyone
from aml_maint.services.toxicity_tables import ToxicityRecord, toxicity_record

if TYPE_CHECKING:
    from aml_maint.services.long_work import Parts
    from aml_maint.services.workplace import Workplace

T = TypeVar("T")


class CohortReading(QObject):
    """Answers `ask` with `found`, and once more with `complete` if that had no toxicities yet."""

    found = Signal(object)
    """Cohort, as yet without its toxicities unless they are known."""
    complete = Signal(object)
    """The same Cohort with its toxicities."""
    progressed = Signal(int, int)
    """How many patients of how many are read."""
    failed = Signal(object)
    """UserError"""

    def __init__(self, session: Session, computing: Computing, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._computing = computing
        self._everyone: Everyone | None = None
        self._record: ToxicityRecord | None = None
        self._reading: Reading[Any] | None = None
        self._task: Task | None = None
        self._asked: tuple[CohortFilter, date | None] | None = None
        self._told = False

    @property
    def is_busy(self) -> bool:
        """Is anything asked for that is not answered yet?"""
        return self._asked is not None

    def forget(self) -> None:
        """Something was written: nothing that was read stands any more."""
        self.stop()
        self._everyone = self._record = None

    def ask(self, wanted: CohortFilter, cut_off: date | None) -> None:
        """Choose, and read first what is missing for it."""
        self.stop()
        self._asked, self._told = (wanted, cut_off), False
        today = self._session.now().local.date()
        if self._everyone is not None and self._everyone.today != today:
            self._everyone = self._record = None
        if self._everyone is None:
            self._read(read_everyone, self._know)
        else:
            self._choose()

    def stop(self) -> None:
        """Nobody wants to wait for it any more; what was read stays."""
        self._asked = None
        if self._reading is not None:
            self._reading.stop()
        if self._task is not None:
            self._task.cancel()
        self._reading = self._task = None
        collecting.release(self)

    def _read(self, work: Callable[[Workplace], Parts[T]], know: Callable[[T], None]) -> None:
        collecting.hold(self)
        self._reading = read_in_parts(
            self._session, work, know, self, self._fail, self.progressed.emit
        )

    def _know(self, everyone: Everyone) -> None:
        self._has_read()
        self._everyone = everyone
        self._choose()

    def _know_toxicities(self, record: ToxicityRecord) -> None:
        self._has_read()
        self._record = record
        self._choose()

    def _has_read(self) -> None:
        """What was read is no garbage: no collection need walk through it.

        It is let go with the last one who holds it, as all that holds nothing in a circle.
        """
        self._reading = None
        collecting.keep_loaded()
        collecting.release(self)

    def _choose(self) -> None:
        assert self._asked is not None and self._everyone is not None  # as asked and read
        (wanted, cut_off), everyone = self._asked, self._everyone
        until = cut_off or everyone.today
        known = self._record
        record = known if known is not None and known.until == until else None
        self._task = self._computing.run(
            lambda: chosen(everyone, wanted, cut_off, record), self._chosen, self, self._fail
        )

    def _chosen(self, found: Cohort) -> None:
        self._task = None
        asked = self._asked
        assert asked is not None  # an answer nobody wants is dropped
        if found.counted is not None:
            self._asked = None
        if not self._told:
            self._told = True
            self.found.emit(found)
        elif found.counted is not None:
            self.complete.emit(found)
        if found.counted is None and self._asked is asked:
            until = asked[1]
            self._read(lambda place: toxicity_record(place, until=until), self._know_toxicities)

    def _fail(self, error: UserError) -> None:
        self.stop()
        self.failed.emit(error)
