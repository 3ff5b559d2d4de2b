"""A damaged ward file, looked at as far as it can be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aml_maint.domain.errors import StorageProblem
from aml_maint.domain.messages import say
from aml_maint.store import engine, location
from aml_maint.store.database import Store
from aml_maint.store.errors import telling

if TYPE_CHECKING:
    from sqlite3 import Connection


class View(Store):
    """A file that did not pass its checks: its whole pages are better than nothing.

    What lies on a bad page raises StorageProblem when it is asked for, and so does every write.
    """

    is_view = True

    @classmethod
    def of(cls, path: Path, passphrase: str) -> View:
        """Open without any check. StorageProblem if not even the schema can be read."""
        view = cls(location.existing_file(path), passphrase, "read")
        try:
            with telling("opening"):
                view._learn_schema()
        except BaseException:
            view.close()
            raise
        return view

    def rows(
        self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()
    ) -> list[dict[str, Any]]:
        """All rows of a query; after a bad page the next query begins anew."""
        try:
            return super().rows(sql, parameters)
        except StorageProblem:
            self._begin_anew()
            raise

    def stream(
        self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()
    ) -> Iterator[tuple[Any, ...]]:
        """The rows of a query one by one, up to the first bad page."""
        try:
            yield from super().stream(sql, parameters)
        except StorageProblem:
            self._begin_anew()
            raise

    def _connect(self) -> Connection:
        """As of any file to be read, but one that was cut short is not refused for its length."""
        with telling("opening"):
            connection = engine.connect(self.path, self._passphrase, "read")
            try:
                # The engine's own way past a length that is not the one noted; nothing is written.
                connection.execute("PRAGMA writable_schema = ON")
                engine.configure(connection, "read")
                connection.execute("SELECT name FROM sqlite_master LIMIT 1")
            except BaseException:
                connection.close()
                raise
        return connection

    def _begin_anew(self) -> None:
        """The engine reads no more through a connection that has met a bad page."""
        self._connection.close()
        with telling("opening"):
            self._connection = self._connect()

    def _expect_writable(self) -> None:
        raise StorageProblem(
            say("store.not_saved", reason=say("store.view_only")), hint=say("store.view_only.hint")
        )
