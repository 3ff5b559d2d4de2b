"""What a disk can hold after the power failed: the tape of its operations, cut off and played back.

Everything before the last sync of a file is there. Of what was written since, each write is there,
is not, or is there in some of its 512-byte sectors; a name that was made or deleted since the last
sync of its folder is there or not. SQLite's assumption that a torn write leaves its neighbours
alone (powersafe overwrite) is made here, too; a disk that lies about syncs is beyond any program.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from tests.faults.disk_tape import Op

SECTOR = 512


@dataclass
class _File:
    content: bytearray = field(default_factory=bytearray)
    pending: list[Op] = field(default_factory=list)
    is_named: bool = True
    """Does its name outlive a power cut for certain?"""
    was_deleted: bool = False
    """Its name was deleted, and a power cut may bring it back."""


@dataclass(frozen=True)
class AfterCut:
    """The files found at the next start, and what had been called saved before the cut."""

    at: int
    files: dict[str, bytes]
    acknowledged: frozenset[str]


def cuts(
    ops: Sequence[Op], files: dict[str, bytes], points: Sequence[int], chance: random.Random
) -> Iterator[AfterCut]:
    """The disk after the power failed at each of some points in a tape, in order."""
    disk = {name: _File(bytearray(content)) for name, content in files.items()}
    acknowledged: set[str] = set()
    done = 0
    for point in sorted(points):
        for op in ops[done:point]:
            _play(disk, op, acknowledged)
        done = point
        kept = chance.choice((0.0, 1.0, chance.random(), chance.random()))
        found = {
            name: content
            for name, file in disk.items()
            if (content := _after(file, kept, chance)) is not None
        }
        yield AfterCut(point, found, frozenset(acknowledged))


def killed(ops: Sequence[Op], files: dict[str, bytes]) -> Iterator[AfterCut]:
    """The disk after the program was killed after each operation: the system writes what it had."""
    everything = _Always()
    disk = {name: _File(bytearray(content)) for name, content in files.items()}
    acknowledged: set[str] = set()
    for point, op in enumerate(ops, 1):
        _play(disk, op, acknowledged)
        found = {n: c for n, f in disk.items() if (c := _after(f, 1.0, everything)) is not None}
        yield AfterCut(point, found, frozenset(acknowledged))


def lay_out(folder: Path, files: dict[str, bytes]) -> None:
    """Put the files, and nothing else, into a folder."""
    folder.mkdir(exist_ok=True)
    for left in folder.iterdir():
        left.unlink()
    for name, content in files.items():
        (folder / name).write_bytes(content)


class _Always(random.Random):
    """No chance: everything was kept."""

    def random(self) -> float:
        return 0.0


def _play(disk: dict[str, _File], op: Op, acknowledged: set[str]) -> None:
    if op.kind == "ack":
        acknowledged.add(op.name)
        return
    if op.kind == "create":
        disk[op.name] = _File(is_named=False)
        return
    file = disk[op.name]
    if op.kind == "sync":
        for pending in file.pending:
            _write(file.content, pending, None)
        file.pending.clear()
        file.is_named = True  # the engine syncs the folder with the first sync of a new journal
    elif op.kind == "delete" and op.durable:
        del disk[op.name]
    elif op.kind == "delete":
        file.was_deleted = True
    else:
        file.pending.append(op)


def _after(file: _File, kept: float, chance: random.Random) -> bytes | None:
    """The content of a file after the cut; None if its name is not there."""
    if (not file.is_named or file.was_deleted) and (
        chance.random() < kept if file.was_deleted else chance.random() > kept
    ):
        return None
    content = bytearray(file.content)
    for op in file.pending:
        luck = chance.random()
        if luck < kept:
            _write(content, op, None)
        elif luck < (1 + kept) / 2:
            _write(content, op, chance)
    return bytes(content)


def _write(content: bytearray, op: Op, torn: random.Random | None) -> None:
    """Do one operation on a content, or only some sectors of it."""
    if op.kind == "truncate":
        if torn is None:
            del content[op.offset :]
        return
    end = op.offset + len(op.data)
    pieces = [(op.offset, end)]
    if torn is not None:
        edges = [op.offset, *range(op.offset - op.offset % SECTOR + SECTOR, end, SECTOR), end]
        pieces = [piece for piece in pairwise(edges) if torn.random() < 0.5]
    for start, stop in pieces:
        if len(content) < stop:
            content.extend(bytes(stop - len(content)))
        content[start:stop] = op.data[start - op.offset : stop - op.offset]
