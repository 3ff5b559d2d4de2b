"""Is an open file sound? Before anything is done with it, or beside its first use.

A check beside the use reads the file through a connection of its own on a thread of its own, so
that the pages can be read aloud by the engine while somebody reads a screen. Nothing is written
meanwhile, by anybody: other programs are kept out by the first connection's lock, and this program
by `Checking.expect`. So both connections see the same bytes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, Literal

from aml_maint.domain.errors import StorageProblem, Unchecked
from aml_maint.domain.messages import say
from aml_maint.store import engine, pages, reading, replay, schema
from aml_maint.store.audit import Reader
from aml_maint.store.errors import telling
from aml_maint.store.schema import Columns

if TYPE_CHECKING:
    from sqlite3 import Connection

Check = bool | Literal["quick"]
Told = Callable[[int, int], None]
"""Hears how many audit events of how many were checked; 0 of 0 while the pages are."""

_STEPS = 50_000  # of the engine, between two questions whether to stop: a few milliseconds
# The rows are compared by Python, which does one thing at a time: the window must have its turns.
_SLICE, _REST = 0.004, 0.002  # seconds


class _Stopped(Exception):
    """The file is being closed: its check is wanted no more."""


def expect_sound(
    store: Reader, connection: Connection, check: Check, told: Told | None = None
) -> None:
    """StorageProblem unless the pages are whole, the chain holds and the rows are as it says.

    `check` True looks at everything, "quick" leaves out the indexes and the rows, False all.
    """
    if check is False:
        return
    if told is not None:
        told(0, 0)
    with pages.room(connection):
        whole = pages.are_whole(store, pages.FULL if check is True else pages.QUICK)
    if not whole:
        raise StorageProblem(say("store.damaged"), hint=say("store.damaged.hint"))
    heard = None
    if told is not None:
        events = store.rows("SELECT count(*) AS n FROM audit")[0]["n"]
        told(0, events)

        def heard(sequence: int) -> None:
            told(sequence, events)

    report = replay.verify_chain(store, tables=check is True, told=heard)
    if report.reason is not None:
        raise StorageProblem(report.reason, hint=say("store.damaged.hint"))


class Beside:
    """A file read through a second connection, while the first keeps it for this program.

    It takes no lock: nothing may be written while it is open.
    """

    def __init__(self, path: Path, passphrase: str, stop: Event, hurry: Event) -> None:
        self._stop, self._hurry = stop, hurry
        with telling("opening"):
            self.connection = engine.connect(path, passphrase, "beside")
            try:
                engine.configure(self.connection, "beside")
                self.columns: Columns = schema.audited_columns(self.connection)
                self.connection.set_progress_handler(stop.is_set, _STEPS)
            except BaseException:
                self.connection.close()
                raise

    def rows(
        self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()
    ) -> list[dict[str, Any]]:
        """All rows of a query."""
        return reading.rows(self.connection, sql, parameters)

    def stream(self, sql: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a query one by one, with a rest now and then unless somebody waits."""
        since = time.perf_counter()
        with telling("reading"):
            for row in self.connection.execute(sql):
                yield row
                if time.perf_counter() - since > _SLICE:
                    if self._stop.is_set():
                        raise _Stopped
                    if not self._hurry.is_set():
                        time.sleep(_REST)
                    since = time.perf_counter()


class Checking:
    """Whether a file has passed its checks, and the check beside its use until then.

    All but `stop` and the check itself belong to the thread of the file.
    """

    def __init__(self, path: Path | None = None, passphrase: str = "") -> None:
        """With a path, a file of which nothing is checked yet; without one, nothing to wait for."""
        self.passed = path is None
        self.owes = False
        """Is there something to record that must not be lost when the file is closed?"""
        self._path, self._passphrase = path, passphrase
        self._stop, self._hurry = Event(), Event()
        self._found = Future[None]()
        self._thread: Thread | None = None
        self._then: list[Callable[[], object]] = []

    def begin(self, told: Told | None = None, ended: Callable[[], None] | None = None) -> None:
        """Check beside what else is done; `told` and `ended` are called on the check's thread."""
        assert self._path is not None and self._thread is None
        self._thread = Thread(
            target=self._work, args=(self._path, told, ended), name="check", daemon=True
        )
        self._thread.start()

    def expect(self) -> None:
        """Unchecked until the check has passed: nothing may be written, and nothing leaves."""
        if not self.passed:
            raise Unchecked

    def then(self, act: Callable[[], object], *, owed: bool = False) -> None:
        """Do something once the check has passed, at once if it has."""
        if self.passed:
            act()
        else:
            self._then.append(act)
            self.owes = self.owes or owed

    def finish(self) -> None:
        """Wait for the check and do what waits for it; StorageProblem if it did not pass."""
        if self.passed:
            return
        self._hurry.set()
        if self._thread is None:
            self.begin()
        self._found.result()
        self.passed, self.owes = True, False
        acts, self._then = self._then, []
        for act in acts:
            act()

    def stop(self) -> None:
        """End a check that nobody needs any more, and wait for its thread."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _work(self, path: Path, told: Told | None, ended: Callable[[], None] | None) -> None:
        try:
            beside = Beside(path, self._passphrase, self._stop, self._hurry)
            try:
                expect_sound(beside, beside.connection, True, told)
            finally:
                beside.connection.close()
        except BaseException as problem:  # noqa: BLE001 (told by `finish`)
            self._found.set_exception(_Stopped() if self._stop.is_set() else problem)
        else:
            self._found.set_result(None)
        if ended is not None and not self._stop.is_set():
            ended()
