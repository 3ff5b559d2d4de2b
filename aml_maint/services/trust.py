"""Can the ward file be trusted: check it, back it up, put a backup in its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aml_maint.domain.errors import StorageProblem
from aml_maint.domain.messages import say
from aml_maint.domain.moment import Moment
from aml_maint.services import sign_in
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


def last_backup(place: Workplace) -> Moment | None:
    """When the newest tested backup in the usual folder was made; None if there is none.

    Only a backup that was opened and compared bears a backup's name.
    """
    try:
        names = [copies.made_at(path) for path in backup_folder(place).iterdir()]
    except OSError:
        return None
    made = [at for kind, at in filter(None, names) if kind == place.store.kind]
    return Moment.at(max(made), place.zone) if made else None


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
