"""Opening a ward file by one's own passphrase, and asking for it again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from aml_maint.domain.errors import Refused, StorageProblem
from aml_maint.domain.messages import say
from aml_maint.store import key_slots
from aml_maint.store.key_slots import KeyFile, Slot, SlotKind, WrongPassphrase

FREE_TRIES = 5
_FIRST_WAIT = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(minutes=15)


@dataclass(frozen=True)
class Unlocked:
    """The key of a ward file, and whose passphrase gave it.

    `account` is None for a file that nobody has an account in. `failures` is how often this
    person's passphrase was typed wrong before.
    """

    key: str
    account: str | None
    failures: int = 0


def people_of(ward: Path) -> tuple[str, ...]:
    """Who can sign in at a ward file, by name; nobody if it has no accounts."""
    keys = key_slots.read(ward)
    slots = () if keys is None else keys.slots
    names = [slot.name for slot in slots if slot.kind is SlotKind.ACCOUNT]
    return tuple(sorted(names, key=key_slots.sign_in_form))


def unlock(ward: Path, name: str | None, passphrase: str, now: datetime) -> Unlocked:
    """The key of a ward file by a person's passphrase, at an instant `now` (UTC).

    Without a name the only account is meant. Raises WrongPassphrase, Refused while a person has
    to wait after wrong tries, StorageProblem for an unknown name.
    """
    keys = key_slots.read(ward)
    if keys is None:
        return Unlocked(passphrase, None)
    slot = _slot(keys, name)
    return Unlocked(_tried(ward, keys, slot, passphrase, now), slot.id, slot.failures)


def unlock_by_recovery_key(ward: Path, recovery_key: str, now: datetime) -> str:
    """The key of a ward file by the printed recovery key; like `unlock`."""
    keys = key_slots.read(ward)
    slot = None if keys is None else keys.recovery
    if keys is None or slot is None:
        raise StorageProblem(say("keys.no_recovery"))
    return _tried(ward, keys, slot, plain_recovery_key(recovery_key), now)


def plain_recovery_key(typed: str) -> str:
    """A recovery key without the spaces, hyphens and look-alike letters that people type."""
    letters = "".join(typed.upper().split()).replace("-", "")
    return letters.translate(str.maketrans("OIL", "011"))


def waits_until(slot: Slot) -> datetime | None:
    """When a person may try again after wrong tries; None if at once."""
    if slot.failures < FREE_TRIES or slot.failed_at is None:
        return None
    doubled: int = 2 ** min(slot.failures - FREE_TRIES, 10)
    return slot.failed_at + min(_FIRST_WAIT * doubled, _LONGEST_WAIT)


def _slot(keys: KeyFile, name: str | None) -> Slot:
    accounts = [slot for slot in keys.slots if slot.kind is SlotKind.ACCOUNT]
    if name is None and len(accounts) == 1:
        return accounts[0]
    if name is None:
        raise StorageProblem(
            say("keys.name_needed"), hint=say("keys.name_needed.hint"), field="name"
        )
    found = keys.named(name)
    if found is None:
        raise StorageProblem(say("keys.no_account", name=name), field="name")
    return found


def _tried(ward: Path, keys: KeyFile, slot: Slot, passphrase: str, now: datetime) -> str:
    """The key of a slot; each wrong try is counted in the key file, before it is told."""
    until = waits_until(slot)
    # A clock that was set back must not lock anybody out for longer than the longest wait.
    if until is not None and now < until and until - now <= _LONGEST_WAIT:
        seconds = int((until - now).total_seconds()) + 1
        raise Refused(say("keys.wait", seconds=seconds), field="passphrase")
    try:
        key = key_slots.unseal(keys, slot, passphrase)
    except WrongPassphrase:
        failed = replace(slot, failures=slot.failures + 1, failed_at=now)
        key_slots.write(ward, keys.with_slot(failed))
        raise
    if slot.failures or slot.cost != key_slots.COST:
        renewed = key_slots.seal(keys, key, slot.name, passphrase, slot.kind, slot.id)
        key_slots.write(ward, keys.with_slot(renewed))
    return key
