"""The triggers of schema 1: the audit only grows, and nothing of a patient is ever deleted.

Frozen with the first release, like the tables that they guard.
"""

from __future__ import annotations

from collections.abc import Iterable


def guards(tables: Iterable[str]) -> tuple[str, ...]:
    """The triggers of a schema with these clinical tables."""
    return (
        _refusal("audit_is_never_changed", "UPDATE ON audit", "audit is append-only"),
        _refusal("audit_is_never_deleted", "DELETE ON audit", "audit is append-only"),
        _refusal(
            "audit_has_no_gaps",
            "INSERT ON audit",
            "audit goes on by one",
            "WHEN new.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM audit) ",
        ),
        *(
            _refusal(f"{table}_is_never_changed", f"UPDATE ON {table}", f"{table} is written once")
            for table in ("audit_patients", "meta")
        ),
        *(
            _refusal(f"{table}_is_never_deleted", f"DELETE ON {table}", "nothing is ever deleted")
            for table in ("audit_patients", "meta", *tables)
        ),
    )


def _refusal(name: str, event: str, message: str, when: str = "") -> str:
    """A trigger that refuses; it calls no function of ours, so any SQLCipher tool can write."""
    return f"CREATE TRIGGER {name} BEFORE {event} {when}BEGIN SELECT RAISE(ABORT, '{message}'); END"
