"""Can the ward file be trusted: check it, back it up, put a backup in its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from aml_maint.domain.errors import StorageProblem
from aml_maint.domain.messages import say
from aml_maint.domain.moment import Moment
from aml_maint.services import sign_in
from aml_maint.services.changes import Changes, Touched
from aml_maint.services.clock import Clock
from aml_maint.services.workplace import Workplace
from aml_maint.store import backup, copies, key_slots
from aml_maint.store.audit import Head
from aml_maint.store.backup import BackupReport, RestoreReport
from aml_maint.store.replay import verify_chain

FOLDER = "backups"


@dataclass(frozen=True)
class WardReport:
    """A ward file that was found whole: its last audit event and how many rows each table has."""

    path: Path
    head: Head
    counts: Mapping[str, int]


@dataclass(frozen=True)
class BackupMade:
    """A backup that was tested, and the older ones that its folder no longer keeps."""

    report: BackupReport
    removed: tuple[Path, ...]


def verify_ward(place: Workplace) -> WardReport:
    """Check every page, every audit event and every row against its events.

    StorageProblem says what does not fit.
    """
    if not place.store.integrity(full=True):
        raise StorageProblem(say("store.damaged"), hint=say("store.damaged.hint"))
    found = verify_chain(place.store)
    if found.reason is not None:
        raise StorageProblem(found.reason, hint=say("store.damaged.hint"))
    return WardReport(place.store.path, found.head, place.store.counts())


def backup_folder(place: Workplace) -> Path:
    """Where backups go unless a folder is named: beside the ward file."""
    return place.store.path.parent / FOLDER


def backup_ward(place: Workplace, folder: Path | None = None) -> BackupMade:
    """Make a backup and test it. In the usual folder, older ones are then thinned out.

    A folder that a person names is theirs: nothing is ever deleted there.
    """
    now = place.clock.now()
    report = backup.backup(place.store, folder or backup_folder(place), now)
    removed = backup.prune(backup_folder(place), now) if folder is None else ()
    return BackupMade(report, removed)


def backup_if_changed(place: Workplace, second: Path | None = None) -> BackupMade | None:
    """Make a backup unless the newest one holds the present record; None if it does.

    With a `second` folder, as on another disk, the tested backup is copied there, compared, and
    the folder thinned out like the first. StorageProblem if one of the two fails.
    """
    newest = max(_backups(place), key=lambda found: found[1], default=None)
    noted = copies.read_sidecar(newest[0]) if newest else None
    made = None
    if noted is None or noted.head != place.store.head():
        made = backup_ward(place)
        noted = made.report
    if second is not None:
        copies.copy_backup(noted.path, second)
        backup.prune(second, place.clock.now())
    return made


def backup_before_import(place: Workplace) -> None:
    """Make sure that a tested backup holds the record as it is now; a demo ward needs none.

    StorageProblem if none can be made: then nothing should be imported either.
    """
    if not place.is_demo:
        backup_if_changed(place)


def last_backup(place: Workplace) -> Moment | None:
    """When the newest tested backup in the usual folder was made; None if there is none.

    Only a backup that was opened and compared bears a backup's name.
    """
    made = [at for _, at in _backups(place)]
    return Moment.at(max(made), place.zone) if made else None


def _backups(place: Workplace) -> list[tuple[Path, datetime]]:
    try:
        named = [(path, copies.made_at(path)) for path in backup_folder(place).iterdir()]
    except OSError:
        return []
    return [(path, made[1]) for path, made in named if made and made[0] == place.store.kind]


def note_restored(place: Workplace, done: RestoreReport, replaced: Head | None) -> Changes:
    """Record in the restored file that it was restored, by whom, and what it took the place of.

    `replaced` is None where the earlier file could not be opened.
    """
    before = None if replaced is None else {"sequence": replaced.sequence, "hash": replaced.hash}
    return place.write(
        "restore_ward",
        lambda transaction: transaction.note({
            "backup": {"sequence": done.head.sequence, "hash": done.head.hash},
            "replaced": before,
            "kept": done.kept.name if done.kept else "",
        }),
        touched=Touched.WARD,
    )  # fmt: skip


def restore_ward(
    source: Path,
    passphrase: str,
    target: Path,
    clock: Clock,
    *,
    name: str | None = None,
    replace: bool = False,
) -> RestoreReport:
    """Put a backup in the place of a ward file that is closed, after checking the backup.

    Asked for the passphrase of the person of a name. The key file of the same ward stays: who
    left since the backup does not come back by it. StorageProblem leaves everything as it was; a
    file that is replaced is kept beside, with its key file.
    """
    here, there = key_slots.read(target), key_slots.read(source)
    stays = here is not None and (there is None or here.ward == there.ward)
    now = clock.now()
    unlocked = sign_in.unlock(target if stays else source, name, passphrase, now.utc)
    done = backup.restore(source, unlocked.key, target, at=now, replace=replace)
    if done.kept is not None and here is not None:
        key_slots.write(done.kept, here)
    if there is not None and not stays:
        key_slots.write(target, there)
    return done
