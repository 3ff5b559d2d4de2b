"""The window's way to the services: one worker thread, answers on the window's thread.

The store's connection belongs to that one thread: the ward file is opened, read, written and
closed on it, so the window never waits and two writes never meet.

A file may be opened to be read while its check goes on beside it. What would write then, or give
something out of the window, is kept and done as soon as the check has passed; so is a reading that
could not make sense of the file. If the check finds damage, nothing of it is done.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Signal

from aml_maint.domain.errors import StorageProblem, Unchecked, UserError
from aml_maint.gui.answers import Answers
from aml_maint.gui.askers import Asker, Askers
from aml_maint.gui.kept import Kept, Task
from aml_maint.services.sign_in import people_of

if TYPE_CHECKING:
    from aml_maint.domain.command import Actor
    from aml_maint.domain.messages import Message
    from aml_maint.domain.moment import Moment
    from aml_maint.services.changes import Changes
    from aml_maint.services.workplace import Workplace

T = TypeVar("T")

# How long the worker, which computes in Python as well, may keep the window waiting at a time, in
# seconds. The window gives its turn away in every call of Qt: with Python's own 5 ms, a page that
# asks for it a hundred times while painting would wait for half a second. Still shorter turns cost
# both threads more than the window gains.
TURN = 0.0005


class LastEntry(StrEnum):
    """How the latest write ended; the crash dialog tells it."""

    NONE = "none"
    RUNNING = "running"
    SAVED = "saved"
    NOT_SAVED = "not_saved"


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
    check_told = Signal(int, int)
    """How many entries of how many were checked; 0 of 0 while the pages of the file are."""
    kept = Signal(object)
    """Kept: an entry or a document waits for the check of the file."""
    checked = Signal()
    """The check beside the first readings has passed; what waited for it is being done."""
    check_failed = Signal(object)
    """UserError: the file is not what it says. What was shown may be wrong; nothing was written."""
    closing = Signal()
    """The file is about to be closed: the last moment to write."""

    def __init__(self, opener: Callable[[], Workplace], file_name: str = "") -> None:
        """Begin opening at once; work asked for meanwhile waits its turn."""
        super().__init__()
        sys.setswitchinterval(TURN)
        self.file_name = file_name
        self.last_entry = LastEntry.NONE
        self._place: Workplace | None = None
        self._is_demo = self._is_view = False
        self._has_accounts = False
        self._closing = False
        self._latest: Future[None] | None = None
        self._kept: list[tuple[Kept, Task, Workplace]] = []
        self._answers = Answers(self)
        self._askers = Askers()
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
        self._worker.submit(self._open, opener).add_done_callback(self._settled)

    @property
    def is_open(self) -> bool:
        """Has the ward file been opened, and not been closed since?"""
        return self._place is not None

    @property
    def is_busy(self) -> bool:
        """Is anything that was asked of the file not answered yet?"""
        return self._latest is not None and not self._latest.done()

    @property
    def is_checked(self) -> bool:
        """Has the open file passed its checks, so that it can be written?"""
        return self._place is not None and self._place.store.check.passed

    @property
    def typed(self) -> tuple[Task, ...]:
        """What was typed and waits for the check: to be kept in the file that is opened next."""
        return tuple(task for why, task, _ in self._kept if why is Kept.JOT)

    @property
    def unsaved(self) -> int:
        """How many entries wait for the check."""
        return sum(1 for why, *_ in self._kept if why is Kept.ENTRY)

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
        *,
        why: Kept = Kept.READING,
    ) -> None:
        """Run `work` on the worker, then `done` here, unless `owner` is gone by then."""
        if self._closing:
            return
        number = self._askers.keep(Asker(work, done, failed, owner))

        def task(place: Workplace) -> None:
            if self._closing:
                self._hand_over(partial(self._askers.forget, number))
                return
            try:
                found = self._askers.work(number, place)
            except UserError as error:
                if isinstance(error, StorageProblem):
                    place.store.check.expect()  # what is wrong with the file, the check will tell
                self._hand_over(partial(self._refuse, error, number))
            else:
                self._hand_over(partial(self._tell, found, number))

        self._submit(task, why)

    def give_out(
        self,
        work: Callable[[Workplace], T],
        done: Callable[[T], None],
        owner: QObject,
        failed: Callable[[UserError], None] | None = None,
    ) -> None:
        """Read what leaves the window, such as a document: only of a file that was checked."""

        def checked(place: Workplace) -> T:
            place.store.check.expect()
            return work(place)

        self.read(checked, done, owner, failed, why=Kept.DOCUMENT)

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
        if self._closing:
            return
        number = self._askers.keep(Asker(work, done, failed, owner))

        def task(place: Workplace) -> None:
            self.last_entry = LastEntry.RUNNING
            try:
                changes = self._askers.work(number, place)
            except UserError as error:
                self.last_entry = LastEntry.NOT_SAVED
                self._hand_over(partial(self._refuse, error, number))
            except BaseException:
                self.last_entry = LastEntry.NOT_SAVED
                raise
            else:
                self.last_entry = LastEntry.SAVED
                self._hand_over(partial(self._saved, changes, number))

        self._submit(task, Kept.ENTRY)

    def jot(self, work: Callable[[Workplace], None]) -> None:
        """Keep what is no part of the record, such as a draft: like a write, but told to nobody.

        What can't reach the disk stays in the window; the next write says what is wrong.
        """

        def task(place: Workplace) -> None:
            with suppress(UserError):
                work(place)

        self._submit(task, Kept.JOT)

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
        same, for nobody is there any more to hear it. A check that still goes on is waited for
        if writes wait for it; else it is given up, and so is `last`: nothing was recorded.
        """
        if self._closing:
            return
        self.closing.emit()
        self._closing = True
        self._worker.submit(self._end, last).add_done_callback(self._settled)
        self._worker.submit(self._close).add_done_callback(self._settled)
        self._worker.shutdown(wait=True)

    def _opened(self) -> Workplace:
        if self._place is None:
            raise RuntimeError("the ward file is not open yet")
        return self._place

    def _submit(self, task: Task, why: Kept = Kept.READING) -> None:
        if not self._closing:
            self._latest = self._worker.submit(self._run, task, why)
            self._latest.add_done_callback(self._settled)

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
            if not place.store.check.passed:
                place.store.check.begin(self._tell_check, self._check_ended)
            self._hand_over(self.opened.emit)

    def _run(self, task: Task, why: Kept) -> None:
        place = self._place
        if place is None:
            return
        try:
            task(place)
        except Unchecked:
            self._keep(task, why, place)
        except Exception:
            # What an unchecked file holds may make no sense: then the check tells so.
            if place.store.check.passed:
                raise
            self._keep(task, why, place)

    def _keep(self, task: Task, why: Kept, place: Workplace) -> None:
        """Keep it for whoever sits here now: another person may take the seat meanwhile."""
        self._kept.append((why, task, place))
        if why in {Kept.ENTRY, Kept.DOCUMENT}:
            self._hand_over(partial(self.kept.emit, why))

    def _settle_check(self) -> None:
        """The check has ended: do what waited for it, in order, or nothing of it."""
        place = self._place
        if place is None or place.store.check.passed:
            return
        try:
            place.store.check.finish()
        except UserError as error:
            self._hand_over(partial(self.check_failed.emit, error))
            return
        self._hand_over(self.checked.emit)
        waited, self._kept = self._kept, []
        for _, task, asked_at in waited:
            try:
                task(asked_at)
            except Exception as bug:  # noqa: BLE001 (the crash dialog takes it; the next are done)
                self._hand_over(partial(sys.excepthook, type(bug), bug, bug.__traceback__))

    def _end(self, last: Callable[[Workplace], None] | None) -> None:
        """The last work at a file that is about to be closed."""
        place = self._place
        if place is None:
            return
        if place.store.check.owes or any(why in {Kept.ENTRY, Kept.JOT} for why, *_ in self._kept):
            self._settle_check()
        if last is not None and place.store.check.passed:
            _if_possible(last, place)

    def _close(self) -> None:
        if self._place is not None:
            place, self._place = self._place, None
            place.close()

    def _settled(self, job: Future[None]) -> None:
        """Hand a fault of a job to the window's thread, where the crash dialog takes it."""
        bug = job.exception()
        if bug is not None:
            self._hand_over(lambda: sys.excepthook(type(bug), bug, bug.__traceback__))

    def _tell_check(self, done: int, total: int) -> None:
        """Called on the check's own thread, as is the next."""
        self._hand_over(partial(self.check_told.emit, done, total))

    def _check_ended(self) -> None:
        with suppress(RuntimeError):  # closed meanwhile
            self._worker.submit(self._settle_check).add_done_callback(self._settled)

    def _hand_over(self, answer: Callable[[], None]) -> None:
        self._answers.arrived.emit(answer)

    # -- on the window's thread ----------------------------------------------------------------

    def _tell(self, found: object, number: int) -> None:
        """Hand an answer to who asked; once the file is closed, a page would only ask for more."""
        asker = self._askers.take(number)
        if not self._closing:
            asker.tell(found)

    def _saved(self, changes: Changes, number: int) -> None:
        asker = self._askers.take(number)
        self.changed.emit(changes)
        # What a screen shows at once is what people look at: painted before the rest is told.
        QCoreApplication.sendPostedEvents(None, QEvent.Type.UpdateRequest)
        asker.tell(changes)
        self.saved.emit(changes)

    def _refuse(self, error: UserError, number: int) -> None:
        if not self._askers.take(number).refuse(error):
            self.problem.emit(error)
