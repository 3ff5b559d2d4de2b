"""Is the file what its audit trail says? The chain, and the tables against what was audited."""

from __future__ import annotations

import hashlib
import json
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from aml_maint.domain.messages import Message, say
from aml_maint.store import audit, event_rows
from aml_maint.store.audit import BEFORE_FIRST, Head, Reader
from aml_maint.store.event_rows import State
from aml_maint.store.row_walk import RowWalk
from aml_maint.store.schema import Columns

_TOLD_EVERY = 200  # events

Difference = Literal["changed", "missing", "extra"]


@dataclass(frozen=True)
class RowDifference:
    """A row that is not as its last audit event left it, named without its content."""

    table: str
    id: str
    kind: Difference


@dataclass(frozen=True)
class ChainReport:
    """What a check of the audit trail found.

    `first_bad` is the first event that does not fit, `differences` the rows that don't.
    """

    ok: bool
    events: int
    first_bad: int | None
    reason: Message | None
    head: Head
    differences: tuple[RowDifference, ...] = ()


class _ChainError(Exception):
    """An event that does not fit the chain."""

    def __init__(self, sequence: int, reason: Message) -> None:
        self.sequence = sequence
        self.reason = reason


def verify_chain(
    store: Reader,
    *,
    tables: bool = True,
    anchors: Iterable[Head] = (),
    told: Callable[[int], None] | None = None,
) -> ChainReport:
    """Check every event's hash and order, and the tables against the events.

    `anchors` are heads noted outside the file, on signed reports and in backups' sidecars: they
    show a chain that was computed anew, cut short or replaced by an older one. The first digits
    of a hash, as printed, are enough. `tables` False leaves out the comparison of rows, which
    takes most of the time. `told` hears now and then how many events were checked; what it raises
    ends the check.
    """
    heads = tuple(anchors)
    if not tables:
        return _verified(store, None, heads, told)
    walk = RowWalk(store)
    report = _verified(store, walk, heads, told)
    if report.ok and walk.agree(store):
        return report
    # Something does not fit: only a replay row by row can tell which, and where first.
    return _verified(store, _Replay(store.columns), heads, told)


def _verified(
    store: Reader,
    replay: RowWalk | _Replay | None,
    anchors: Iterable[Head],
    told: Callable[[int], None] | None,
) -> ChainReport:
    noted: dict[int, list[str]] = {}
    for anchor in anchors:
        noted.setdefault(anchor.sequence, []).append(anchor.hash)
    head = Head(0, BEFORE_FIRST)
    try:
        for head in _chain(store, replay):
            if told is not None and head.sequence % _TOLD_EVERY == 0:
                told(head.sequence)
            if not all(head.hash.startswith(one) for one in noted.pop(head.sequence, [])):
                raise _ChainError(
                    head.sequence, say("store.chain.rewritten", sequence=head.sequence)
                )
        if noted:
            first = min(noted)
            raise _ChainError(first, say("store.chain.cut", sequence=first))
    except _ChainError as bad:
        return ChainReport(False, head.sequence, bad.sequence, bad.reason, head)
    differences = tuple(replay.differences(store)) if isinstance(replay, _Replay) else ()
    if differences:
        first_difference = differences[0]
        reason = say(
            "store.rows_differ",
            count=len(differences),
            table=first_difference.table,
            id=first_difference.id,
        )
        return ChainReport(False, head.sequence, None, reason, head, differences)
    return ChainReport(True, head.sequence, None, None, head)


def _chain(store: Reader, replay: RowWalk | _Replay | None) -> Iterator[Head]:
    """The head after each event, as long as the events fit; _ChainError for one that doesn't."""
    previous = BEFORE_FIRST
    events = store.stream("SELECT seq, command_id, event, hash FROM audit ORDER BY seq")
    for expected, (sequence, command_id, text, digest) in enumerate(events, 1):
        if sequence != expected:
            raise _ChainError(expected, say("store.chain.gap", sequence=expected))
        computed = audit.event_hash(sequence, text.encode(), previous)
        if computed != digest:
            raise _ChainError(sequence, say("store.chain.edited", sequence=sequence))
        if replay is not None:
            replay.take(sequence, command_id, text)
        previous = digest
        yield Head(sequence, digest)


@dataclass
class _Replay:
    """The state that the events lead to: of each row only a fingerprint, so that it fits memory."""

    columns: Columns
    last: dict[str, dict[str, tuple[int, bytes]]] = field(default_factory=dict)
    course_patient: dict[str, str] = field(default_factory=dict)
    patients: dict[str, array[int]] = field(default_factory=dict)

    def take(self, sequence: int, command_id: str, text: str) -> None:
        """Apply one event; _ChainError if it can't be what the store once wrote."""
        touched: set[str | None] = set()
        try:
            event = json.loads(text)
            fits = event["seq"] == sequence and event["command"]["id"] == command_id
            for state in event_rows.states(event, self.columns):
                fits = self._apply(sequence, state, touched) and fits
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            reason = say("store.chain.edited", sequence=sequence)
            raise _ChainError(sequence, reason) from error
        if not fits:
            raise _ChainError(sequence, say("store.chain.edited", sequence=sequence))
        for patient in touched:
            if patient is not None:
                self.patients.setdefault(patient, array("q")).append(sequence)

    def _apply(self, sequence: int, state: State, touched: set[str | None]) -> bool:
        """Apply one change; False if it does not follow on the row's last one."""
        table, before, after, prior = state
        row_id = after["id"]
        rows = self.last.setdefault(table, {})
        known = rows.get(row_id)
        rows[row_id] = sequence, _fingerprint(after.values())
        if before:
            touched.add(audit.touches(table, {**after, **before}, self._patient))
        if table == "courses":
            self.course_patient[row_id] = after["patient_id"]
        touched.add(audit.touches(table, after, self._patient))
        return (known[0] if known else None) == prior

    def _patient(self, course_id: str) -> str | None:
        return self.course_patient.get(course_id)

    def differences(self, store: Reader) -> Iterator[RowDifference]:
        """Every row of the tables that is not as its last event left it."""
        for table, columns in self.columns.items():
            expected = self.last.pop(table, {})
            names = ", ".join(("id", "seq", *columns))
            for row_id, sequence, *values in store.stream(f"SELECT {names} FROM {table}"):
                found = sequence, _fingerprint(values)
                audited = expected.pop(row_id, None)
                if audited != found:
                    yield RowDifference(table, row_id, "changed" if audited else "extra")
            for row_id in expected:
                yield RowDifference(table, row_id, "missing")
        yield from self._index_differences(store)

    def _index_differences(self, store: Reader) -> Iterator[RowDifference]:
        """The patients whose list of events is not the one that the events give."""
        found: dict[str, array[int]] = {}
        for patient, sequence in store.stream(
            "SELECT patient_id, seq FROM audit_patients ORDER BY patient_id, seq"
        ):
            found.setdefault(patient, array("q")).append(sequence)
        for patient in sorted(found.keys() | self.patients.keys()):
            if found.get(patient) != self.patients.get(patient):
                yield RowDifference("audit_patients", patient, "changed")


def _fingerprint(values: Iterable[Any]) -> bytes:
    """A digest of a row's values in the order of its column names."""
    return hashlib.blake2b(repr(list(values)).encode(), digest_size=16).digest()
