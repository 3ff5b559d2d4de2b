"""The audit trail's verification beside hashlib on the same bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from aml_maint.store import replay
from tests.benchmarks import scale_ward
from tests.benchmarks.measuring import Figure, Goal, Setting, compared, interleaved
from tests.benchmarks.worklist_history import opened

_PREFIX = b"aml_maint audit 1\n"


def rows(setting: Setting) -> Iterator[Figure]:
    """Every hash and the order; and besides, every row against its last entry."""
    patients, days = (4, 1) if setting.small else (300, 7)
    path = setting.scale
    if path is None or setting.small:
        path = setting.folder / "audit.amldb"
        scale_ward.build(path, scale_ward.Size(patients, cycles=3, longest=3, days=days)).close()
    rounds = 1 if setting.scale else setting.rounds
    with opened(path) as store:
        (count,) = store.rows("SELECT count(*) AS n, sum(length(event)) AS bytes FROM audit")

        def bare() -> None:
            """Each event's bytes as they come from the file, hashed."""
            before = bytes(32)
            for seq, event in store.stream("SELECT seq, event FROM audit ORDER BY seq"):
                text = event.encode()
                before = hashlib.sha256(_PREFIX + seq.to_bytes(8, "big") + text + before).digest()

        def chain() -> None:
            assert replay.verify_chain(store, tables=False).ok

        def rows_too() -> None:
            assert replay.verify_chain(store).ok

        told = f"{count['n']:,} events, {count['bytes'] / 1e6:,.0f} MB"
        pair = interleaved(rounds, chain, bare)
        yield compared("verify the audit chain", "hashlib, bytes read", Goal(4.0), pair, told)
        pair = interleaved(rounds, rows_too, bare)
        name = "the same, and every row by its events"
        yield compared(name, "hashlib, bytes read", Goal(4.0), pair, told)
