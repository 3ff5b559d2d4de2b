"""The ward's worklist with all the years on record, beside the same with hardly any."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from aml_maint.domain.moment import Moment
from aml_maint.services.clock import SetClock
from aml_maint.services.demo_step import NURSE
from aml_maint.services.local_zone import DEFAULT_ZONE
from aml_maint.services.worklist import worklist
from aml_maint.services.workplace import Workplace
from aml_maint.store.database import Store
from tests.benchmarks import scale_ward
from tests.benchmarks.measuring import Figure, Goal, Setting, compared, interleaved
from tests.benchmarks.scale_ward import Size

GOAL = Goal(1.2)


def rows(setting: Setting) -> Iterator[Figure]:
    """As many patients on therapy in both files; ages of doses behind those of one."""
    patients, days = (12, 2) if setting.small else (1_000, 14)
    full = setting.scale or setting.folder / "full.amldb"
    if not full.exists():
        # Without a file of full size (scale_ward makes one): as much as fits into some minutes.
        doses = 3_000 if setting.small else 400_000
        scale_ward.build(full, Size(patients, doses, cycles=6, days=days, least=2)).close()
    short = setting.folder / "short.amldb"
    if setting.scale is not None:
        days = scale_ward.CYCLE_DAYS
    # The cycle before belongs to it: the list looks back over more than a week.
    scale_ward.build(short, Size(patients, cycles=2, longest=2, days=days, least=2)).close()
    with opened(full) as large, opened(short) as little:
        doses = [store.counts()["administrations"] for store in (large, little)]
        lists = [worklist(desk(store)) for store in (large, little)]
        pair = interleaved(setting.rounds, reading(large), reading(little), 4 * setting.seconds)
    told = ", ".join(
        f"{count:,} doses, {len(found.rows)} rows"
        for count, found in zip(doses, lists, strict=True)
    )
    name = f"worklist of {patients:,}, all history"
    yield compared(name, "the same with a short history", GOAL, pair, told)


def opened(path: Path) -> Store:
    """A ward of invented patients, not looked through at opening."""
    return Store.open(path, scale_ward.PASSPHRASE, check=False)


def desk(store: Store) -> Workplace:
    """A nurse's desk on the day that the ward was made for."""
    clock = SetClock(Moment.at(scale_ward.NOW, DEFAULT_ZONE))
    return Workplace(store, clock, NURSE, DEFAULT_ZONE)


def reading(store: Store) -> Callable[[], None]:
    """Reads the worklist as a new day does: what was remembered of courses is forgotten."""

    def read() -> None:
        store.memory.resume(["courses", "site_settings"])
        worklist(desk(store))

    return read
