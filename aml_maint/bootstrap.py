"""The only place where the program is put together: opens a ward file, seats a person at it.

To open a file is mostly to derive its key, which needs little of the program. What works in an open
file is imported behind that: the window loads it meanwhile.
"""

from __future__ import annotations

import getpass
import os
import platform
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from aml_maint.domain.command import Actor, Command, Role
from aml_maint.domain.errors import StorageProblem
from aml_maint.services import sign_in
from aml_maint.services.clock import Clock, SystemClock
from aml_maint.services.local_zone import DEFAULT_ZONE, local_zone
from aml_maint.store.database import Store

if TYPE_CHECKING:
    from aml_maint.services.changes import Changes
    from aml_maint.services.workplace import Workplace
    from aml_maint.store.audit import Head

# Who makes a ward alone does everybody's work in it, until others get accounts.
_EVERY_ROLE = (Role.PHYSICIAN, Role.NURSE, Role.COORDINATOR, Role.ADMINISTRATOR)


def local_actor() -> Actor:
    """The one local user of a file without accounts: the name the computer knows them by."""
    try:
        name = getpass.getuser().strip()
    except (KeyError, ImportError, OSError):  # a number without a name, as in some containers
        name = ""
    role, *also = _EVERY_ROLE
    return Actor(name or _nameless_user(), role, platform.node(), tuple(also))


def _nameless_user() -> str:
    return f"user {os.getuid()}" if hasattr(os, "getuid") else "unknown user"


def open_ward(
    path: Path,
    passphrase: str,
    clock: Clock | None = None,
    *,
    name: str | None = None,
    announce: bool = False,
    check_beside: bool = False,
) -> Workplace:
    """Open a ward file for the person of a name, who may be left out if there is only one.

    `announce` records that they signed in; wrong tries before are recorded in any case.
    `check_beside` leaves the check of the file to whoever called, and until it has passed the
    file can only be read. Raises StorageProblem with the reason if it is not possible, Refused
    while they have to wait.
    """
    unlocked = sign_in.unlock(
        path, name, passphrase, (clock or SystemClock(DEFAULT_ZONE)).now().utc
    )
    store = Store.open(path, unlocked.key, check="beside" if check_beside else True)
    try:
        from aml_maint.services.workplace import Workplace

        zone = DEFAULT_ZONE if store.kind == "demo" else local_zone()
        place = Workplace(store, clock or SystemClock(zone), local_actor(), zone)
        if unlocked.account is not None:
            from aml_maint.services import accounts

            place = place.acting_as(accounts.signed_in(place, unlocked, announce=announce))
    except BaseException:
        store.close()
        raise
    return place


def view_ward(
    path: Path, passphrase: str, clock: Clock | None = None, *, name: str | None = None
) -> Workplace:
    """Look at a damaged ward file as far as it can be read; nothing can be written.

    Raises what opening it raises for a wrong passphrase, and StorageProblem if nothing at all
    can be read.
    """
    from aml_maint.services.workplace import Workplace
    from aml_maint.store.viewing import View

    clock = clock or SystemClock(local_zone())
    unlocked = sign_in.unlock(path, name, passphrase, clock.now().utc)
    store = View.of(path, unlocked.key)
    here = local_actor()
    # The accounts may lie on a bad page: whoever has the passphrase may look, and no more.
    return Workplace(store, clock, Actor(name or here.name, Role.READER, here.workstation),
                     local_zone())  # fmt: skip


def create_ward(
    path: Path, passphrase: str, clock: Clock | None = None, *, name: str | None = None
) -> Workplace:
    """Create a new, empty ward file and the account of the person who makes it.

    Raises StorageProblem if something is there already.
    """
    from aml_maint.domain.account import Account
    from aml_maint.services import accounts
    from aml_maint.services.workplace import Workplace

    zone = local_zone()
    clock, here = clock or SystemClock(zone), local_actor()
    account = Account(str(uuid4()), " ".join((name or here.name).split()), _EVERY_ROLE)
    actor, now = account.actor(here.workstation), clock.now()
    creation = Command(uuid4(), "create_ward", actor.acting_in(Role.ADMINISTRATOR), now, now)
    store = accounts.create_with(path, passphrase, account, creation)
    return Workplace(store, clock, actor, zone)


def recover_ward(path: Path, recovery_key: str, name: str, new_passphrase: str) -> Changes:
    """Give an administrator a new passphrase by the printed recovery key.

    Raises what opening a ward raises, and Refused for somebody who is no administrator.
    """
    from aml_maint.services import accounts
    from aml_maint.services.workplace import Workplace

    clock = SystemClock(local_zone())
    key = sign_in.unlock_by_recovery_key(path, recovery_key, clock.now().utc)
    with Store.open(path, key) as store:
        place = Workplace(store, clock, local_actor(), local_zone())
        return accounts.recover(place, name, new_passphrase)


def restore_and_open(
    backup: Path, path: Path, name: str, passphrase: str, clock: Clock | None = None
) -> Workplace:
    """Put a backup in the place of a closed ward file and open it, for the person of a name.

    The restore is the restored file's next entry. Raises what restoring and opening raise; the
    ward file is then as it was.
    """
    from aml_maint.services import trust

    clock = clock or SystemClock(local_zone())
    replaced = _head_of(path, name, passphrase, clock)
    done = trust.restore_ward(backup, passphrase, path, clock, name=name, replace=True)
    place = open_ward(path, passphrase, clock, name=name)
    trust.note_restored(place, done, replaced)
    return place


def _head_of(path: Path, name: str, passphrase: str, clock: Clock) -> Head | None:
    """How far the present file goes; None if it is damaged, which is why one restores."""
    try:
        with open_ward(path, passphrase, clock, name=name).store as store:
            return store.head()
    except StorageProblem as problem:
        if problem.field is not None:  # a wrong passphrase or name is no damage
            raise
        return None


def open_demo(
    path: Path | None = None,
    clock: Clock | None = None,
    told: Callable[[int, int], None] | None = None,
) -> Workplace:
    """Open today's synthetic demo ward, building it first if need be; `told` hears the progress."""
    # Most starts are not of the demo ward and need not load its stories.
    from aml_maint.services.demo import DEMO_PASSPHRASE, build_demo_ward, demo_path

    clock = clock or SystemClock(DEFAULT_ZONE)
    now = clock.now()
    target = path or demo_path(now.local.date())
    if build_demo_ward(target, now, told):
        return open_ward(target, DEMO_PASSPHRASE, clock)
    try:
        return open_ward(target, DEMO_PASSPHRASE, clock)
    except StorageProblem as problem:
        if problem.message.key == "store.in_use":
            raise
        # Invented patients are worth no repair, and another version's file no migration.
        target.unlink()
        build_demo_ward(target, now, told)
        return open_ward(target, DEMO_PASSPHRASE, clock)
