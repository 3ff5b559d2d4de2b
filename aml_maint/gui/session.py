"""The window's way to the services: one worker thread, answers on the window's thread.

The store's connection belongs to that one thread: the ward file is opened, read, written and
closed on it, so the window never waits and two writes never meet.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Qt, Signal
from shiboken6 import isValid

from aml_maint.domain.errors import UserError
from aml_maint.services.sign_in import people_of

if TYPE_CHECKING:
    from aml_maint.domain.command import Actor
    from aml_maint.domain.messages import Message
    from aml_maint.domain.moment import Moment
    from aml_maint.services.changes import Changes
    from aml_maint.services.long_work import Parts
    from aml_maint.services.workplace import Workplace

T = TypeVar("T")

# The worker computes in Python, too. With Python's own 5 ms the window, which asks for its turn
# many times in one paint, would stand still for a tenth of a second while a ward is read.
_TURN_SECONDS = 0.001


class LastEntry(StrEnum):
    """How the latest write ended; the crash dialog tells it."""

    NONE = "none"
    RUNNING = "running"
    SAVED = "saved"
    NOT_SAVED = "not_saved"


class Reading:
    """Something that is being read in parts, for as long as anybody wants it."""

    def __init__(self) -> None:
        self.stopped = False

    def stop(self) -> None:
        """Nobody wants it any more: no further part is read, and no answer given."""
        self.stopped = True

    def answer(self, answer: Callable[[], None]) -> None:
        """Give an answer that is still wanted."""
        if not self.stopped:
            answer()


class _Answers(QObject):
    """Carries answers from the worker to the thread that this object was made on."""

    arrived = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.arrived.connect(self._answer, Qt.ConnectionType.QueuedConnection)

    def _answer(self, answer: Callable[[], None]) -> None:
        answer()


def _if_possible(work: Callable[[Workplace], None], place: Workplace) -> None:
    with suppress(UserError):
        work(place)


class Session(QObject):
    """An open ward file as the window sees it."""

    opened = Signal()
    """The ward file is open; zone, is_demo, actor and now() can be used."""
    not_opened = Signal(object)
    """UserError: the ward file could not be opened."""
    changed = Signal(object)
    """Changes of every write, by whichever screen."""
    saved = Signal(object)
    """Changes of a successful write, for the status bar."""
    problem = Signal(object)
    """A UserError that no field showed."""
    told = Signal(object)
    """A Message in answer to a key, such as why what it does is for others."""
    closing = Signal()
    """The file is about to be closed: the last moment to write."""

    def __init__(self, opener: Callable[[], Workplace], file_name: str = "") -> None:
        """Begin opening at once; work asked for meanwhile waits its turn."""
        super().__init__()
        sys.setswitchinterval(_TURN_SECONDS)
        self.file_name = file_name
        self.last_entry = LastEntry.NONE
        self._place: Workplace | None = None
        self._is_demo = self._is_view = False
        self._has_accounts = False
        self._closing = False
        self._answers = _Answers()
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
        self._worker.submit(self._open, opener).add_done_callback(self._settled)

    @property
    def is_open(self) -> bool:
        """Has the ward file been opened, and not been closed since?"""
        return self._place is not None

    @property
    def zone(self) -> str:
        """The ward's time zone."""
        return self._opened().zone

    @property
    def is_demo(self) -> bool:
        """Is it the synthetic demo ward?"""
        return self._place is not None and self._is_demo

    @property
    def is_view(self) -> bool:
        """Is a damaged file only looked at?"""
        return self._is_view

    @property
    def has_accounts(self) -> bool:
        """Does each person have a passphrase of their own, so that the ward can be locked?"""
        return self._has_accounts

    @property
    def actor(self) -> Actor:
        """Who sits at this desk."""
        return self._opened().actor

    def why_not(self, *actions: str) -> Message | None:
        """Why whoever sits here may give none of these commands; None if they may give one.

        What leads to no command is for everybody.
        """
        place = self._opened()
        reasons = [place.why_not(action) for action in actions]
        return reasons[0] if reasons and None not in reasons else None

    def now(self) -> Moment:
        """The present moment on the ward's clock."""
        return self._opened().clock.now()

    def read(
        self,
        work: Callable[[Workplace], T],
        done: Callable[[T], None],
        owner: QObject,
        failed: Callable[[UserError], None] | None = None,
    ) -> None:
        """Run `work` on the worker, then `done` here, unless `owner` is gone by then."""

        def task(place: Workplace) -> None:
            if self._closing:
                return
            try:
                found = work(place)
            except UserError as error:
                self._hand_over(partial(self._refuse, error, failed, owner))
            else:
                self._hand_over(lambda: self._tell(done, found, owner))

        self._submit(task)

    def read_parts(
        self,
        work: Callable[[Workplace], Parts[T]],
        done: Callable[[T], None],
        owner: QObject,
        failed: Callable[[UserError], None] | None = None,
        told: Callable[[int, int], None] | None = None,
    ) -> Reading:
        """As `read`, of much that is read in parts: a write asked for meanwhile comes between two.

        `told` hears how many of how many are read.
        """
        reading = Reading()

        def step(parts: Parts[T] | None, place: Workplace) -> None:
            if self._closing or reading.stopped:
                return
            parts = parts or work(place)
            try:
                progress = next(parts)
            except StopIteration as end:
                self._hand_over(
                    partial(reading.answer, partial(self._tell, done, end.value, owner))
                )
            except UserError as error:
                answer = partial(self._refuse, error, failed, owner)
                self._hand_over(partial(reading.answer, answer))
            else:
                if told is not None:
                    now = partial(self._tell, lambda done: told(*done), progress, owner)
                    self._hand_over(partial(reading.answer, now))
                self._submit(partial(step, parts))

        self._submit(partial(step, None))
        return reading

    def write(
        self,
        work: Callable[[Workplace], Changes],
        done: Callable[[Changes], None] | None,
        failed: Callable[[UserError], None] | None,
        owner: QObject,
    ) -> None:
        """Run a write on the worker; afterwards every screen hears of it.

        A write is carried out even when its screen or the window closes meanwhile.
        """

        def task(place: Workplace) -> None:
            self.last_entry = LastEntry.RUNNING
            try:
                changes = work(place)
            except UserError as error:
                self.last_entry = LastEntry.NOT_SAVED
                self._hand_over(partial(self._refuse, error, failed, owner))
            except BaseException:
                self.last_entry = LastEntry.NOT_SAVED
                raise
            else:
                self.last_entry = LastEntry.SAVED
                self._hand_over(lambda: self._saved(changes, done, owner))

        self._submit(task)

    def jot(self, work: Callable[[Workplace], None]) -> None:
        """Keep what is no part of the record, such as a draft: like a write, but told to nobody.

        What can't reach the disk stays in the window; the next write says what is wrong.
        """

        def task(place: Workplace) -> None:
            with suppress(UserError):
                work(place)

        self._submit(task)

    def sign_in(
        self,
        name: str,
        passphrase: str,
        done: Callable[[Actor], None],
        failed: Callable[[UserError], None],
        owner: QObject,
    ) -> None:
        """Seat a person of the ward; what is written from now on bears their name."""

        def work(place: Workplace) -> Actor:
            from aml_maint.services.accounts import switch_to

            actor = switch_to(place, name, passphrase)
            self._place = place.acting_as(actor)
            return actor

        self.read(work, done, owner, failed)

    def close(self, last: Callable[[Workplace], None] | None = None) -> None:
        """Carry out the writes still waiting, drop the reads, close the file, end the thread.

        `last` is done just before the file is closed; a UserError in it closes the file all the
        same, for nobody is there any more to hear it.
        """
        if self._closing:
            return
        self.closing.emit()
        self._closing = True
        if last is not None:
            self._worker.submit(self._run, partial(_if_possible, last))
        self._worker.submit(self._close).add_done_callback(self._settled)
        self._worker.shutdown(wait=True)

    def _opened(self) -> Workplace:
        if self._place is None:
            raise RuntimeError("the ward file is not open yet")
        return self._place

    def _submit(self, task: Callable[[Workplace], None]) -> None:
        # The worker itself asks for the next part of what it reads; the file may be closing.
        with suppress(RuntimeError):
            if not self._closing:
                self._worker.submit(self._run, task).add_done_callback(self._settled)

    # -- on the worker thread ------------------------------------------------------------------

    def _open(self, opener: Callable[[], Workplace]) -> None:
        try:
            place = opener()
            self._is_demo, self._is_view = place.is_demo, place.is_view
            self._has_accounts = bool(people_of(place.store.path))
            self._place = place
        except UserError as error:
            self._hand_over(partial(self.not_opened.emit, error))
        else:
            self._hand_over(self.opened.emit)

    def _run(self, task: Callable[[Workplace], None]) -> None:
        if self._place is not None:
            task(self._place)

    def _close(self) -> None:
        if self._place is not None:
            place, self._place = self._place, None
            place.close()

    def _settled(self, job: Future[None]) -> None:
        """Hand a fault of a job to the window's thread, where the crash dialog takes it."""
        bug = job.exception()
        if bug is not None:
            self._hand_over(lambda: sys.excepthook(type(bug), bug, bug.__traceback__))

    def _hand_over(self, answer: Callable[[], None]) -> None:
        self._answers.arrived.emit(answer)

    # -- on the window's thread ----------------------------------------------------------------

    def _tell(self, done: Callable[[T], None], found: T, owner: QObject) -> None:
        """Hand an answer to who asked; once the file is closed, a page would only ask for more."""
        if isValid(owner) and not self._closing:
            done(found)

    def _saved(
        self, changes: Changes, done: Callable[[Changes], None] | None, owner: QObject
    ) -> None:
        if done is not None and isValid(owner):
            done(changes)
        self.saved.emit(changes)
        self.changed.emit(changes)

    def _refuse(
        self, error: UserError, failed: Callable[[UserError], None] | None, owner: QObject
    ) -> None:
        if failed is not None and isValid(owner):
            failed(error)
        else:
            self.problem.emit(error)
