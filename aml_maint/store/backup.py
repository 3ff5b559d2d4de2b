"""Backups: made and tested, verified again, restored, and thinned out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from aml_maint.domain.errors import StorageProblem
from aml_maint.domain.messages import say
from aml_maint.domain.moment import Moment
from aml_maint.store import copies, disk, engine, errors, key_slots, location, retention
from aml_maint.store.audit import Head
from aml_maint.store.copies import BackupReport, backup
from aml_maint.store.database import Store

__all__ = ["BackupReport", "RestoreReport", "backup", "prune", "restore", "verify_backup"]


@dataclass(frozen=True)
class RestoreReport:
    """What was restored, and where the file that was there before is kept."""

    path: Path
    head: Head
    kept: Path | None


def verify_backup(path: Path, passphrase: str) -> BackupReport:
    """Open a backup without changing it, check every row of it and compare it with its sidecar.

    StorageProblem says what is wrong. A backup without its sidecar is checked by itself only.
    """
    if not path.exists():
        raise StorageProblem(say("store.backup.missing", file=str(path)))
    noted = copies.read_sidecar(path)
    with _as_backup(path), Store.open_copy(path, passphrase) as copy:
        head, counts = copy.head(), copy.counts()
    with disk.file_problems(path):
        size, digest = path.stat().st_size, disk.sha256(path)
    named = copies.made_at(path)
    found = BackupReport(path, named[1] if named else None, head, counts, size, digest)
    if noted is None:
        return found
    if (noted.head, noted.counts, noted.size, noted.sha256) != (head, counts, size, digest):
        raise StorageProblem(
            say("store.backup.not_as_noted", file=path.name), hint=say("store.backup.bad.hint")
        )
    return noted


@contextmanager
def _as_backup(path: Path) -> Iterator[None]:
    """Say of a damaged backup that it is the backup, not the ward file, and what to do then."""
    try:
        yield
    except StorageProblem as problem:
        if problem.hint is None or problem.hint.key != "store.damaged.hint":
            raise
        reason = say("store.backup.damaged", file=path.name, reason=problem.message)
        raise StorageProblem(reason, hint=say("store.backup.bad.hint")) from problem


def restore(
    source: Path, passphrase: str, target: Path, *, at: Moment, replace: bool = False
) -> RestoreReport:
    """Put a backup in the place of the ward file, after verifying it.

    A file that is there is refused unless `replace`, and then kept beside as
    `<name>.before-restore-<time>`. It changes places with the backup at one instant, so that a
    crash leaves the one or the other. StorageProblem leaves everything as it was.
    """
    report = verify_backup(source, passphrase)
    replaced = target.exists()
    if replaced and target.samefile(source):
        raise StorageProblem(say("store.backup.same_file", file=source.name))
    if replaced and not replace:
        raise StorageProblem(
            say("store.exists", file=str(target)), hint=say("store.backup.exists.hint")
        )
    if not replaced:
        location.new_place(target)
    location.check_location(target)
    arriving = target.with_name(f"{target.name}.restoring")
    try:
        with disk.file_problems(target):
            arriving.unlink(missing_ok=True)
            disk.copy_private(source, arriving)
            copied = disk.sha256(arriving)
        if copied != report.sha256:
            raise StorageProblem(say("store.disk_error"), hint=say("store.disk_error.hint"))
        kept = _set_aside(target, passphrase, at) if replaced else None
        with disk.file_problems(target):
            if kept:
                arriving.replace(target)
                disk.sync_folder(target.parent)
            else:
                disk.publish(arriving, target)
    finally:
        arriving.unlink(missing_ok=True)
    return RestoreReport(target, report.head, kept)


def _set_aside(target: Path, passphrase: str, at: Moment) -> Path:
    """Give the present file a second name, with its journal, and leave no journal to its first.

    A journal left behind would be played into the restored file and ruin it.
    """
    _expect_closed(target, passphrase)
    aside = _free_name(target, at)
    with disk.file_problems(target):
        disk.keep_aside(target, aside)
        if (journal := location.journal(target)).exists():
            disk.keep_aside(journal, location.journal(aside))
            journal.unlink()
            disk.sync_folder(target.parent)
    return aside


def _free_name(target: Path, at: Moment) -> Path:
    """A name that no kept file has yet: two restores within one second are told apart."""
    stem = f"{target.name}.before-restore-{at.utc:%Y%m%dT%H%M%SZ}"
    aside, number = target.with_name(stem), 1
    while aside.exists():
        number += 1
        aside = target.with_name(f"{stem}-{number}")
    return aside


def _expect_closed(path: Path, passphrase: str) -> None:
    """StorageProblem if a program has the file open; whether it is sound does not matter.

    Asked by a connection that can only read: another would begin to repair what is to be kept.
    """
    try:
        connection = engine.connect(path, passphrase, "read")
        try:
            connection.execute("SELECT count(*) FROM sqlite_master")
        finally:
            connection.close()
    except engine.Error as error:
        if errors.code(error) in {"SQLITE_BUSY", "SQLITE_LOCKED"}:
            raise errors.told(error, "opening") from error


def prune(folder: Path, now: Moment) -> tuple[Path, ...]:
    """Delete the backups of a folder that need not be kept, and return their paths.

    Wards and demo wards are counted apart. Files that are not named like a backup stay.
    """
    found: dict[str, list[tuple[Path, Moment]]] = {}
    removed = []
    for path in folder.iterdir():
        named = copies.made_at(path)
        if named is not None:
            kind, made = named
            found.setdefault(kind, []).append((path, Moment(made, 0, "UTC")))
    for backups in found.values():
        kept = retention.to_keep((made.utc for _, made in backups), now.utc)
        removed += [path for path, made in backups if made.utc not in kept]
    with disk.file_problems(folder):
        for path in removed:
            path.unlink()
            for beside in (copies.sidecar(path), key_slots.path_of(path)):
                with suppress(FileNotFoundError):
                    beside.unlink()
    return tuple(sorted(removed))
