"""What was checked before the ward file was shown, and what somebody should know about it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from enum import StrEnum

from aml_maint.domain.messages import Message, say
from aml_maint.services.clock_check import clock_behind
from aml_maint.services.workplace import Workplace

# Reliability guidance, "Open": room for the file three times over, and never less than this.
_LEAST_ROOM = 200 * 2**20  # bytes
_TIMES_THE_FILE = 3
_MIB = 2**20


class CheckName(StrEnum):
    """What is looked at, in the order in which it is told."""

    PLACE = "place"
    VERSION = "version"
    PAGES = "pages"
    TRAIL = "trail"
    CLOCK = "clock"
    ROOM = "room"


@dataclass(frozen=True)
class OpeningCheck:
    """One check: whether it found all in order, in words, and what to do if not."""

    name: CheckName
    ok: bool
    told: Message
    hint: Message | None = None


def opening_checks(place: Workplace) -> tuple[OpeningCheck, ...]:
    """Every check of an open file.

    A file on the network, of a newer or changed schema, with a damaged page, an entry that does
    not fit or a row without its entry is not opened at all, so these are told as they passed.
    Unchecked while the file is being checked beside its first use.
    """
    place.store.check.expect()
    store = place.store
    (version,) = store.rows("PRAGMA user_version")
    events = store.head().sequence
    return (
        OpeningCheck(CheckName.PLACE, True, say("checks.place")),
        OpeningCheck(
            CheckName.VERSION, True, say("checks.version", version=version["user_version"])
        ),
        OpeningCheck(CheckName.PAGES, True, say("checks.pages")),
        OpeningCheck(CheckName.TRAIL, True, say("checks.trail", count=events)),
        _clock(place),
        _room(place),
    )


def concerns(place: Workplace) -> tuple[OpeningCheck, ...]:
    """Only what is not in order, as a bar across the window tells it."""
    return tuple(check for check in (_clock(place), _room(place)) if not check.ok)


def _clock(place: Workplace) -> OpeningCheck:
    behind = clock_behind(place.store, place.clock.now())
    if behind is None:
        return OpeningCheck(CheckName.CLOCK, True, say("checks.clock"))
    minutes = -(-int(behind.total_seconds()) // 60)
    hours, rest = divmod(minutes, 60)
    told = (
        say("checks.clock.behind_hours", hours=hours, minutes=rest)
        if hours
        else say("checks.clock.behind", minutes=minutes)
    )
    return OpeningCheck(CheckName.CLOCK, False, told, say("checks.clock.hint"))


def _room(place: Workplace) -> OpeningCheck:
    path = place.store.path
    free = shutil.disk_usage(path.parent).free
    wanted = max(_LEAST_ROOM, _TIMES_THE_FILE * path.stat().st_size)
    if free >= wanted:
        return OpeningCheck(CheckName.ROOM, True, say("checks.room", free=free // _MIB))
    told = say("checks.room.little", free=free // _MIB, wanted=-(-wanted // _MIB))
    return OpeningCheck(CheckName.ROOM, False, told, say("checks.room.hint"))
