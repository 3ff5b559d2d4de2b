"""The only place where the program is put together: opens a ward file, seats a person at it."""

from __future__ import annotations

import getpass
import os
import socket
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from aml_maint.domain.command import Actor, Command, Role
from aml_maint.domain.errors import StorageProblem
from aml_maint.services.clock import Clock, SystemClock
from aml_maint.services.local_zone import DEFAULT_ZONE, local_zone
from aml_maint.services.workplace import Workplace
from aml_maint.store.database import Store


def local_actor() -> Actor:
    """The one local user, until accounts exist: the name the computer knows them by."""
    try:
        name = getpass.getuser().strip()
    except (KeyError, ImportError, OSError):  # a number without a name, as in some containers
        name = ""
    return Actor(name or _nameless_user(), Role.PHYSICIAN, socket.gethostname())


def _nameless_user() -> str:
    return f"user {os.getuid()}" if hasattr(os, "getuid") else "unknown user"


def open_ward(path: Path, passphrase: str, clock: Clock | None = None) -> Workplace:
    """Open an existing ward file. Raises StorageProblem with the reason if that is not possible."""
    store = Store.open(path, passphrase)
    zone = DEFAULT_ZONE if store.kind == "demo" else local_zone()
    return Workplace(store, clock or SystemClock(zone), local_actor(), zone)


def create_ward(path: Path, passphrase: str, clock: Clock | None = None) -> Workplace:
    """Create a new, empty ward file. Raises StorageProblem if something is there already."""
    zone = local_zone()
    clock, actor = clock or SystemClock(zone), local_actor()
    now = clock.now()
    creation = Command(uuid4(), "create_ward", actor, now, now)
    store = Store.create(path, passphrase, "ward", command=creation)
    return Workplace(store, clock, actor, zone)


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
