"""Acts of the program itself, such as making a file."""

from __future__ import annotations

import platform
from pathlib import Path
from uuid import uuid4

from aml_maint.domain.command import Actor, Command, Role
from aml_maint.domain.moment import Moment
from aml_maint.store import disk


def own_command(action: str, touched: Path) -> Command:
    """An act of the program itself: no person's command dates it, so the file's own time does."""
    at = Moment(disk.touch(touched), 0, "UTC")
    actor = Actor("aml_maint", Role.ADMINISTRATOR, platform.node())
    return Command(uuid4(), action, actor, recorded=at, occurred=at)
