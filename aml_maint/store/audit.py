"""The audit trail: one event for every write, each chained to the one before by its hash.

`hash_n = SHA-256(domain ‖ seq ‖ canonical JSON(event) ‖ hash_{n-1})`. The chain shows events that
were edited, deleted, inserted or put in another order. Whoever holds the passphrase can compute
a whole new chain, cut its end or put an older file in place: only a head that was noted outside
the file shows those.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Protocol
from uuid import UUID

from aml_maint.domain.command import Actor, Command, Role
from aml_maint.domain.moment import Moment
from aml_maint.store import event_rows
from aml_maint.store.columns import utc_text, utc_value
from aml_maint.store.event_rows import Change
from aml_maint.store.schema import Columns

EVENT_VERSION = 1
_DOMAIN = b"aml_maint audit 1\n"
BEFORE_FIRST = "0" * 64


class Reader(Protocol):
    """What can be asked for rows: a store, or a transaction that is still open."""

    @property
    def columns(self) -> Columns:
        """The columns of every audited table, without `seq`."""

    def rows(
        self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()
    ) -> list[dict[str, Any]]:
        """All rows of a query."""

    def stream(self, sql: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a query one by one, for those too many to hold."""


@dataclass(frozen=True)
class Head:
    """The last event of a chain: whoever has noted it can tell later if the chain still holds it.

    `hash` is 64 hexadecimal digits. A chain without events has sequence 0.
    """

    sequence: int
    hash: str

    @property
    def short(self) -> str:
        """The first 16 digits, as printed on reports."""
        return self.hash[:16]


@dataclass(frozen=True)
class AuditEvent:
    """One write: who did what, when and why, and every row it touched."""

    sequence: int
    command: Command
    changes: tuple[Change, ...]
    note: Mapping[str, Any]
    hash: str


# What comes first in every event: its keys are sorted.
_BEGIN = '{"changes":['
_LONG = 1 << 20  # characters
_READ = json.JSONDecoder()
_JSON = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def canonical(event: Mapping[str, Any]) -> bytes:
    """The one form in which an event is kept and hashed: sorted keys, UTF-8, no floats.

    TypeError for a value that JSON would keep only approximately or not at all.
    """
    _refuse_inexact(event)
    return _JSON.encode(event).encode()


def _refuse_inexact(value: object) -> None:
    match value:
        case None | str() | int():
            return
        case dict():
            for key, inner in value.items():
                if not isinstance(key, str):
                    raise TypeError("the names in an audit event are texts")
                _refuse_inexact(inner)
        case list() | tuple():
            for inner in value:
                _refuse_inexact(inner)
        case _:
            raise TypeError(f"an audit event holds no {type(value).__name__}: give its text")


def event_hash(sequence: int, event: bytes, previous: str) -> str:
    """The hash that chains an event, in canonical form, to the one before."""
    digest = hashlib.sha256(_DOMAIN + sequence.to_bytes(8, "big"))
    digest.update(event)
    digest.update(bytes.fromhex(previous))
    return digest.hexdigest()


def compose(
    sequence: int,
    command: Command,
    changes: Sequence[Change],
    note: Mapping[str, Any],
    columns: Columns,
) -> bytes:
    """The canonical event of one write, of rows of these tables."""
    event: dict[str, Any] = {
        "v": EVENT_VERSION,
        "seq": sequence,
        "command": {
            "id": str(command.id),
            "action": command.action,
            "actor": command.actor.name,
            "role": command.actor.role.value,
            "workstation": command.actor.workstation,
            "recorded": _clock(command.recorded),
            "occurred": _clock(command.occurred),
            "reason": command.reason,
        },
        "changes": [],
    }
    if note:
        event["note"] = dict(note)
    # An event of a whole ward in one go would hold up every other thread while it is written.
    listed = ",".join(map(_JSON.encode, event_rows.written(changes, event["command"], columns)))
    begin = _BEGIN.encode()
    return begin + listed.encode() + canonical(event).removeprefix(begin)


def _clock(moment: Moment) -> dict[str, str | int]:
    return {
        "utc": utc_text(moment.utc),
        "offset": moment.offset_minutes,
        "zone": moment.zone,
    }


def _moment(clock: Mapping[str, Any]) -> Moment:
    return Moment(utc_value(clock["utc"]), clock["offset"], clock["zone"])


def parse(text: str, digest: str, columns: Columns) -> AuditEvent:
    """An event as written, of rows of these tables; ValueError or KeyError if it is none."""
    event = _loaded(text)
    head = event["command"]
    command = Command(
        id=UUID(head["id"]),
        action=head["action"],
        actor=Actor(head["actor"], Role(head["role"]), head["workstation"]),
        recorded=_moment(head["recorded"]),
        occurred=_moment(head["occurred"]),
        reason=head["reason"],
    )
    changes = tuple(
        Change(
            table,
            after["id"],
            None if before is None else MappingProxyType(before),
            MappingProxyType(after),
            prior,
        )
        for table, before, after, prior in event_rows.states(event, columns)
    )
    return AuditEvent(
        event["seq"], command, changes, MappingProxyType(event.get("note", {})), digest
    )


def _loaded(text: str) -> dict[str, Any]:
    """The JSON of an event; the changes of a very long one are read one by one.

    That of a whole ward read at once would hold up every other thread meanwhile.
    """
    changes = []
    at = len(_BEGIN)
    if len(text) > _LONG and text.startswith(_BEGIN):
        while not text.startswith("]", at):
            change, at = _READ.raw_decode(text, at)
            changes.append(change)
            at += text.startswith(",", at)
        text = _BEGIN + text[at:]
    event: dict[str, Any] = json.loads(text)
    return {**event, "changes": changes} if changes else event


def head(reader: Reader) -> Head:
    """The last event's sequence and hash."""
    rows = reader.rows("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
    return Head(rows[0]["seq"], rows[0]["hash"]) if rows else Head(0, BEFORE_FIRST)


def last_recorded(reader: Reader) -> datetime | None:
    """When the last event was recorded (UTC), by the clock of then; None without events."""
    rows = reader.rows(
        "SELECT event ->> '$.command.recorded.utc' AS at FROM audit ORDER BY seq DESC LIMIT 1"
    )
    return utc_value(rows[0]["at"]) if rows else None


def of_action(reader: Reader, action: str) -> list[AuditEvent]:
    """Every event of one action, oldest first."""
    rows = reader.rows(
        "SELECT event, hash FROM audit WHERE event ->> '$.command.action' = ? ORDER BY seq",
        (action,),
    )
    return [parse(row["event"], row["hash"], reader.columns) for row in rows]


def command_of(reader: Reader, sequence: int) -> str | None:
    """The id of an event's command; None if there is none of that sequence."""
    rows = reader.rows("SELECT command_id FROM audit WHERE seq = ?", (sequence,))
    return rows[0]["command_id"] if rows else None


def event(reader: Reader, sequence: int) -> AuditEvent | None:
    """One event by its sequence."""
    rows = reader.rows("SELECT event, hash FROM audit WHERE seq = ?", (sequence,))
    return parse(rows[0]["event"], rows[0]["hash"], reader.columns) if rows else None


def latest(reader: Reader, limit: int, *, after: int = 0) -> list[AuditEvent]:
    """The latest events after a sequence, newest first."""
    rows = reader.rows(
        "SELECT event, hash FROM audit WHERE seq > ? ORDER BY seq DESC LIMIT ?", (after, limit)
    )
    return [parse(row["event"], row["hash"], reader.columns) for row in rows]


def patient_history(reader: Reader, patient_id: str, limit: int = -1) -> list[AuditEvent]:
    """Every event that touched a row of a patient, the latest `limit` of them; oldest first."""
    rows = reader.rows(
        "SELECT a.event, a.hash FROM audit_patients p JOIN audit a ON a.seq = p.seq"
        " WHERE p.patient_id = ? ORDER BY p.seq DESC LIMIT ?",
        (patient_id, limit),
    )
    return [parse(row["event"], row["hash"], reader.columns) for row in reversed(rows)]


def patients_since(reader: Reader, sequence: int) -> frozenset[str]:
    """Whose records any event after a sequence touched."""
    if head(reader).sequence == sequence:
        return frozenset()
    rows = reader.rows("SELECT DISTINCT patient_id FROM audit_patients WHERE seq > ?", (sequence,))
    return frozenset(row["patient_id"] for row in rows)


def recorded_since(
    reader: Reader, patient_id: str, since: datetime, ignored: Sequence[str] = ()
) -> bool:
    """Did any event since an instant (UTC) touch a patient, but for those of `ignored` actions?"""
    rows = reader.rows(
        "SELECT 1 FROM audit_patients p JOIN audit a ON a.seq = p.seq WHERE p.patient_id = ?"
        " AND a.event ->> '$.command.recorded.utc' >= ?"
        " AND a.event ->> '$.command.action' NOT IN (SELECT value FROM json_each(?)) LIMIT 1",
        (patient_id, utc_text(since), json.dumps(list(ignored))),
    )
    return bool(rows)


def patient_page(
    reader: Reader,
    patient_id: str,
    *,
    before: int | None,
    limit: int,
    actions: Sequence[str] | None = None,
    by: str | None = None,
) -> list[AuditEvent]:
    """The latest events that touched a patient, latest first: some actions, one person, a page."""
    rows = reader.rows(
        "SELECT a.event, a.hash FROM audit_patients p JOIN audit a ON a.seq = p.seq"
        " WHERE p.patient_id = :patient AND (:before IS NULL OR p.seq < :before)"
        " AND (:actions IS NULL OR a.event ->> '$.command.action'"
        "      IN (SELECT value FROM json_each(:actions)))"
        " AND (:by IS NULL OR a.event ->> '$.command.actor' = :by)"
        " ORDER BY p.seq DESC LIMIT :limit",
        {
            "patient": patient_id,
            "before": before,
            "limit": limit,
            "actions": None if actions is None else json.dumps(list(actions)),
            "by": by,
        },
    )
    return [parse(row["event"], row["hash"], reader.columns) for row in rows]


def actors_of(reader: Reader, patient_id: str) -> list[str]:
    """The names of everyone whose writes touched a patient, in order of the alphabet."""
    rows = reader.rows(
        "SELECT DISTINCT a.event ->> '$.command.actor' AS name"
        " FROM audit_patients p JOIN audit a ON a.seq = p.seq WHERE p.patient_id = ?"
        " ORDER BY name",
        (patient_id,),
    )
    return [row["name"] for row in rows]


def history(reader: Reader, table: str, row_id: str) -> list[AuditEvent]:
    """Every event that touched one row, oldest first; empty if there is no such row.

    The row names its last event, and each event names the one before it.
    """
    if not table.isidentifier():
        raise ValueError("not the name of a table")
    rows = reader.rows(f'SELECT seq FROM "{table}" WHERE id = ?', (row_id,))
    sequence = rows[0]["seq"] if rows else None
    found: list[AuditEvent] = []
    while sequence is not None and (this := event(reader, sequence)) is not None:
        found.append(this)
        touched = [c for c in this.changes if (c.table, c.id) == (table, row_id)]
        sequence = touched[0].prior if touched else None
    return found[::-1]


def touches(
    table: str, row: Mapping[str, Any], patient_of_course: Callable[[str], str | None]
) -> str | None:
    """The patient whose record a row belongs to, by itself or through its course."""
    if table == "patients":
        return str(row["id"])
    if row.get("patient_id") is not None:
        return str(row["patient_id"])
    course = row.get("course_id")
    return patient_of_course(course) if course is not None else None
