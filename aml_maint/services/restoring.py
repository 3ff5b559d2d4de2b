"""Which backups there are, and what putting one in the ward file's place would lose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aml_maint.domain.errors import StorageProblem
from aml_maint.domain.moment import Moment
from aml_maint.services.local_zone import local_zone
from aml_maint.services.trust import FOLDER, backup_folder
from aml_maint.services.workplace import Workplace
from aml_maint.store import audit, backup, copies
from aml_maint.store.audit import Head

_MOST_TOLD = 200


@dataclass(frozen=True)
class BackupEntry:
    """One backup in a folder: when it was made and how far its record goes, as noted beside it.

    `head` is None where the note beside it is missing or can't be read.
    """

    path: Path
    made: Moment
    size: int
    head: Head | None


@dataclass(frozen=True)
class LostEvent:
    """Something recorded since the backup, which a restore would take out of the ward file."""

    sequence: int
    at: Moment
    who: str
    action: str


@dataclass(frozen=True)
class RestorePreview:
    """A backup that was opened and checked, beside the ward file as it is now.

    `same_record` says that the backup's last event stands in the present trail with the same
    hash, so that the one is the other's past. `lost` are the latest events since, newest first;
    `lost_count` is how many there are in all.
    """

    path: Path
    head: Head
    counts: Mapping[str, int]
    present: Mapping[str, int]
    same_record: bool
    lost: tuple[LostEvent, ...]
    lost_count: int

    @property
    def lost_by_action(self) -> Mapping[str, int]:
        """How many of the told events were of which kind."""
        return Counter(event.action for event in self.lost)


def backups_in(place: Workplace, folder: Path | None = None) -> tuple[BackupEntry, ...]:
    """The backups of this ward's kind in a folder, the usual one if none is named; newest first."""
    return _listed(folder or backup_folder(place), place.store.kind, place.zone)


def backups_beside(ward: Path) -> tuple[BackupEntry, ...]:
    """The same for a ward file that can't be opened."""
    return _listed(ward.parent / FOLDER, "ward", local_zone())


def _listed(folder: Path, kind: str, zone: str) -> tuple[BackupEntry, ...]:
    found = []
    try:
        paths = list(folder.iterdir())
    except OSError:
        return ()
    for path in paths:
        named = copies.made_at(path)
        if named is None or named[0] != kind:
            continue
        try:
            noted = copies.read_sidecar(path)
        except StorageProblem:
            noted = None
        made = Moment.at(named[1], zone)
        found.append(BackupEntry(path, made, path.stat().st_size, noted.head if noted else None))
    return tuple(sorted(found, key=lambda entry: (entry.made.utc, entry.path.name), reverse=True))


def preview_restore(place: Workplace, path: Path) -> RestorePreview:
    """Open and check a backup of this ward and say what restoring it would lose; nothing changes.

    This is the restore drill, too: every page and every row of the backup is checked.
    StorageProblem says what is wrong with it.
    """
    report = backup.verify_backup(path, place.store.key)
    now = place.store.head()
    there = audit.event(place.store, report.head.sequence)
    same = there is not None and there.hash == report.head.hash
    lost = audit.latest(place.store, _MOST_TOLD, after=report.head.sequence) if same else []
    return RestorePreview(
        path,
        report.head,
        report.counts,
        place.store.counts(),
        same,
        tuple(
            LostEvent(
                event.sequence, event.command.recorded, event.command.actor.name,
                event.command.action,
            )
            for event in lost
        ),
        now.sequence - report.head.sequence if same else now.sequence,
    )  # fmt: skip
