"""The demo ward: invented patients at every stage, built through the services like any other.

It lies in a file of its own whose passphrase is public and whose kind says DEMO, so it can
never mix with real data. It is built anew each day, so that today always holds work to do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from pathlib import Path

from aml_maint import files
from aml_maint.domain.moment import Moment
from aml_maint.services.clock import SetClock
from aml_maint.services.demo_labs import laboratory_steps
from aml_maint.services.demo_reports import signed_reports
from aml_maint.services.demo_site import site_decisions
from aml_maint.services.demo_step import NURSE, Step
from aml_maint.services.demo_story import steps_of
from aml_maint.services.local_zone import DEFAULT_ZONE
from aml_maint.services.workplace import Workplace
from aml_maint.store.database import Store

DEMO_PASSPHRASE = "demo ward, no secrets here"


def build_demo_ward(
    path: Path, now: Moment, told: Callable[[int, int], None] | None = None
) -> bool:
    """Build the demo ward of today at `path` unless it is there; False if it was.

    `told` hears how many of how many steps are done. The file appears under its name only when
    it is whole.
    """
    if path.exists():
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    _clear_old(path)
    unfinished = path.with_name(f"{path.name}.building")
    unfinished.unlink(missing_ok=True)
    # A demo file that a power cut spoils is simply built again, so nothing waits for the disk.
    store = Store.create(unfinished, DEMO_PASSPHRASE, "demo", durable=False)
    try:
        _play(store, _steps(now), now, told)
    finally:
        store.close()
    unfinished.replace(path)
    return True


def demo_path(on: date) -> Path:
    """Where the demo ward of a day lies."""
    folder = files.demo_folder()
    return folder / f"demo-{on.isoformat()}.amldb"


def _clear_old(path: Path) -> None:
    """Remove demo wards of earlier days; they are invented and can be built again."""
    for old in path.parent.glob("demo-*.amldb*"):
        old.unlink(missing_ok=True)


def _steps(now: Moment) -> list[Step]:
    stories = files.read_toml("demo", "ward.toml")["patient"]
    today = now.local.date()
    steps = [step for story in stories for step in steps_of(story, today)]
    steps += site_decisions(today)
    steps += signed_reports({story["mrn"] for story in stories}, today)
    first = min(step.at for step in steps).date()
    steps += laboratory_steps(first - timedelta(days=1))
    # One clock for the whole ward: the record grows in the order of time.
    return sorted(steps, key=lambda step: step.at)


def _play(
    store: Store, steps: Iterable[Step], now: Moment, told: Callable[[int, int], None] | None
) -> None:
    clock = SetClock(now)
    place = Workplace(store, clock, NURSE, DEFAULT_ZONE)
    present = now.local.replace(tzinfo=None)
    due = [step for step in steps if step.at <= present]
    for done, step in enumerate(due, 1):
        clock.set(step.at)
        step.act(place.acting_as(step.actor))
        if told is not None and done % 25 == 0:
            told(done, len(due))
