"""What a write changed, so that screens know whether they must read again."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from aml_maint.domain.moment import Moment
from aml_maint.services.dose_view import DosePair


class Touched(StrEnum):
    """The kinds of record a write can change."""

    PATIENTS = "patients"
    COURSES = "courses"
    DOSES = "doses"
    SUPPLY = "supply"
    LABS = "labs"
    TOXICITIES = "toxicities"
    MARROWS = "marrows"
    FINDINGS = "findings"
    CARE = "care"
    ACCOUNTS = "accounts"
    REPORTS = "reports"
    WARD = "ward"
    SETTINGS = "settings"


@dataclass(frozen=True)
class Changes:
    """One saved write: which command, as which audit entry, touching whom and what.

    `replayed` says that the command had been carried out before and nothing was written again;
    the rest is then what it did the first time. `count` is how many records it made or changed,
    `made` the ids of those that it added.
    `pairs` is how planned doses that were recorded stand since, as of `at`, so that a screen can
    show them before it reads anything; not every write tells.
    """

    command_id: UUID
    sequence: int
    at: Moment
    patients: frozenset[str]
    touched: frozenset[Touched]
    replayed: bool = False
    count: int = 1
    made: tuple[str, ...] = ()
    pairs: tuple[DosePair, ...] = ()
