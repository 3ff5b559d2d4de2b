"""A registry of any size: `python -m tests.benchmarks.scale_registry FILE --patients 10000`.

Former and present patients with what cohorts are made of. Some hundreds of different stories
(`registry_story`) are told through the services in the order of time, as on one ward; then each
is repeated for other patients, in other years, as `scale_ward` does it, so that the file is what
the services would have written. Who is still on therapy is so in every copy.

Keep this program, not the file.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from random import Random

from aml_maint.domain.moment import Moment
from aml_maint.services.clock import SetClock
from aml_maint.services.demo_step import NURSE
from aml_maint.services.local_zone import DEFAULT_ZONE
from aml_maint.services.workplace import Workplace
from aml_maint.store.database import Store
from tests.benchmarks.registry_story import RegistryStory
from tests.benchmarks.scale_ward import (
    FAMILY,
    GIVEN,
    MRN,
    NOW,
    PASSPHRASE,
    Copy,
    Story,
    story_in,
    written,
)

STORIES = 240
YEARS = 10
"""So far back the stories of former patients are moved, besides their own years."""


def told(folder: Path, number: int, now: datetime) -> list[tuple[Story, bool]]:
    """So many different stories, and of each whether the patient is still on therapy."""
    people = [
        RegistryStory(one, (FAMILY, GIVEN, f"{MRN}{one}"), now.date()) for one in range(number)
    ]
    steps = [step for one in people for step in one.steps() if step.at <= now]
    with Store.create(folder / "told.amldb", PASSPHRASE, "ward", durable=False) as store:
        clock = SetClock(Moment.at(now, DEFAULT_ZONE))
        place = Workplace(store, clock, NURSE, DEFAULT_ZONE)
        for step in sorted(steps, key=lambda step: step.at):
            clock.set(step.at)
            step.act(place.acting_as(step.actor))
        return [(story_in(store, one.id), one.present) for one in people]


def copies_for(
    folder: Path, patients: int, now: datetime = NOW, stories: int = STORIES
) -> Iterator[Copy]:
    """Every story as often as is needed; former patients' in any week of the years before."""
    random = Random(patients)
    found = told(folder, min(patients, stories), now)
    for number in range(1, patients + 1):
        story, present = found[number % len(found)]
        yield Copy(story, number, 0 if present else 7 * random.randrange(YEARS * 52))


def build(
    path: Path, patients: int, now: datetime = NOW, stories: int = STORIES,
    say: Callable[[str], None] | None = None,
) -> Store:  # fmt: skip
    """A registry of that size in a new file, open; it is closed by the caller."""
    with tempfile.TemporaryDirectory() as folder:
        copies = list(copies_for(Path(folder), patients, now, stories))
    if say is not None:
        say(f"{sum(len(copy.story.entries) for copy in copies):,} entries to write")
    return written(path, copies)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--patients", type=int, default=10_000)
    options = parser.parse_args()
    began = time.perf_counter()

    def say(text: str) -> None:
        print(f"{time.perf_counter() - began:7.1f} s  {text}", flush=True)

    with build(options.file, options.patients, say=say) as store:
        counts = store.counts()
        asked = ("patients", "disease_events", "marrows", "toxicities", "administrations", "audit")
        told_counts = ", ".join(f"{counts[name]:,} {name}" for name in asked)
        say(f"{told_counts}; {options.file.stat().st_size / 1e6:,.0f} MB")


if __name__ == "__main__":
    sys.exit(main())
