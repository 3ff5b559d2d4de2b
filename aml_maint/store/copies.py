"""Backups that were opened, checked and compared before they got their name."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from aml_maint.domain.errors import StorageProblem
from aml_maint.domain.messages import say
from aml_maint.domain.moment import Moment
from aml_maint.store import disk, key_slots
from aml_maint.store.audit import Head

if TYPE_CHECKING:
    from aml_maint.store.database import Store

_NAME = re.compile(r"(?P<kind>ward|demo)-(?P<time>\d{8}T\d{6}Z)(-\d+)?\.amldb")
_TIME = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True)
class BackupReport:
    """What a backup holds: `made` is when (UTC), None if neither name nor sidecar tells."""

    path: Path
    made: datetime | None
    head: Head
    counts: Mapping[str, int]
    size: int
    sha256: str


def backup(store: Store, folder: Path, at: Moment) -> BackupReport:
    """Copy an open ward file into a folder, test the copy, and only then give it its name.

    Named by kind and UTC time, readable by its owner only, with a sidecar that notes its hash
    and its audit head. StorageProblem if it can't be made or is not equal to the file.
    """
    with disk.file_problems(folder):
        folder.mkdir(parents=True, exist_ok=True)
    path = _free_name(folder, store.kind, at.utc)
    untested = path.with_name(f"{path.name}.untested")
    try:
        with disk.file_problems(path):
            untested.unlink(missing_ok=True)
        store.copy_to(untested)
        _expect_equal(store, untested)
        with disk.file_problems(path):
            report = BackupReport(
                path,
                at.utc,
                store.head(),
                store.counts(),
                untested.stat().st_size,
                disk.sha256(untested),
            )
            disk.write_private(sidecar(path), _sidecar_text(report))
            disk.publish(untested, path)
        if (keys := key_slots.read(store.path)) is not None:
            key_slots.write(path, keys)
    finally:
        untested.unlink(missing_ok=True)
    return report


def copy_backup(path: Path, folder: Path) -> Path:
    """Copy a tested backup to another folder with what lies beside it, and compare the copy.

    Nothing is done where it is there already. StorageProblem if the copy is not equal.
    """
    noted = read_sidecar(path)
    target = folder / path.name
    if noted is None:
        raise StorageProblem(say("store.backup.missing", file=sidecar(path).name))
    with disk.file_problems(target):
        folder.mkdir(parents=True, exist_ok=True)
        if target.exists():
            return target
        arriving = target.with_name(f"{target.name}.untested")
        try:
            arriving.unlink(missing_ok=True)
            disk.copy_private(path, arriving)
            if disk.sha256(arriving) != noted.sha256:
                raise StorageProblem(
                    say("store.backup.failed", reason=say("store.backup.differs")),
                    hint=say("store.disk_error.hint"),
                )
            for beside in (sidecar, key_slots.path_of):
                if beside(path).exists():
                    disk.write_private(beside(target), beside(path).read_bytes())
            disk.publish(arriving, target)
        finally:
            arriving.unlink(missing_ok=True)
    return target


def _expect_equal(store: Store, copied: Path) -> None:
    """StorageProblem unless the copy opens, is sound, and has the same head and counts."""
    with store.twin(copied) as copy:
        if copy.head() != store.head() or copy.counts() != store.counts():
            raise StorageProblem(
                say("store.backup.failed", reason=say("store.backup.differs")),
                hint=say("store.disk_error.hint"),
            )


def _free_name(folder: Path, kind: str, utc: datetime) -> Path:
    """A name that no backup has yet: two within one second are told apart by a number."""
    stem = f"{kind}-{utc.strftime(_TIME)}"
    path, number = folder / f"{stem}.amldb", 1
    while path.exists():
        number += 1
        path = folder / f"{stem}-{number}.amldb"
    return path


def made_at(path: Path) -> tuple[str, datetime] | None:
    """The kind and the time in a backup's name; None if it is not the name of a backup."""
    match = _NAME.fullmatch(path.name)
    if match is None:
        return None
    try:
        return match["kind"], datetime.fromisoformat(match["time"])
    except ValueError:
        return None


def sidecar(path: Path) -> Path:
    """The small file beside a backup that notes what it must be."""
    return path.with_name(f"{path.name}.json")


def _sidecar_text(report: BackupReport) -> bytes:
    content = {
        "file": report.path.name,
        "made": report.made.isoformat() if report.made else None,
        "head": {"sequence": report.head.sequence, "hash": report.head.hash},
        "counts": dict(report.counts),
        "size": report.size,
        "sha256": report.sha256,
    }
    return json.dumps(content, indent=2).encode() + b"\n"


def read_sidecar(path: Path) -> BackupReport | None:
    """What the sidecar of a backup says of it; None without one, StorageProblem if unreadable."""
    beside = sidecar(path)
    if not beside.exists():
        return None
    try:
        content = json.loads(beside.read_text("utf-8"))
        head = Head(int(content["head"]["sequence"]), str(content["head"]["hash"]))
        made = datetime.fromisoformat(content["made"]) if content["made"] else None
        counts = {str(table): int(count) for table, count in content["counts"].items()}
        return BackupReport(path, made, head, counts, content["size"], content["sha256"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise StorageProblem(
            say("store.backup.sidecar_unreadable", file=beside.name),
            hint=say("store.backup.bad.hint"),
        ) from error
