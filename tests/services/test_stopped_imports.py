"""Imports tell how far they are, and one that is stopped at whatever point leaves nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from aml_maint.domain.pseudonym import Privacy
from aml_maint.services import lab_entry, long_work
from aml_maint.services.exporting import DataFormat, Wanted, export_data
from aml_maint.services.fhir_importing import import_bundle, preview_bundle
from aml_maint.services.importing import import_cohort, preview_cohort
from aml_maint.services.lab_import import Accepted, import_labs, preview_labs
from aml_maint.services.long_work import Step, Stopped, Watch
from aml_maint.services.people import admit_patient
from aml_maint.services.workplace import Workplace
from aml_maint.store import bundles, engine
from aml_maint.store.database import Store
from tests.builders import PASSPHRASE, a_patient, a_ward, on_course, platelets
from tests.services.test_importing import COHORT
from tests.services.test_workbook import workbook

Import = Callable[[Workplace, Watch], object]
LABS = "MRN,采样时间,项目,结果,单位\n" + "".join(
    f"MRN-1,2026-02-{1 + n // 40:02d} {n // 2 % 20:02d}:{n % 2 * 30:02d},PLT,{90 + n},10^9/L\n"
    for n in range(80)
)
SHEET = workbook(*(tuple(line.split(",")) for line in LABS.splitlines()))


def a_cohort(place: Workplace, watch: Watch) -> object:
    return import_cohort(
        place, preview_cohort(place, COHORT, "Cheng2025", None, watch), watch=watch
    )


def some_labs(place: Workplace, watch: Watch) -> object:
    data = LABS.encode("gb18030")
    return import_labs(place, preview_labs(place, data, watch=watch), Accepted(), watch=watch)


def a_sheet(place: Workplace, watch: Watch) -> object:
    preview = preview_labs(place, SHEET, watch=watch)
    return import_labs(place, preview, Accepted(), watch=watch)


@pytest.fixture(autouse=True)
def _told_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that there is much to stop in a small file."""
    monkeypatch.setattr(long_work, "_EVERY", 9)
    monkeypatch.setattr(lab_entry, "_AT_ONCE", 30)
    monkeypatch.setattr(bundles, "_AT_ONCE", 3)


class Watcher:
    """Notes what it hears, and stops the work at the call of a number."""

    def __init__(self, stop_at: int | None = None) -> None:
        self.heard: list[tuple[Step, int, int]] = []
        self._stop_at = stop_at

    def __call__(self, step: Step, done: int, total: int) -> None:
        if len(self.heard) == self._stop_at:
            raise Stopped
        self.heard.append((step, done, total))


@pytest.fixture
def bundle(place: Workplace, tmp_path: Path) -> bytes:
    patient, _ = on_course(place)
    platelets(place, patient, "120.50", "2026-03-01T06:30")
    admit_patient(place, a_patient("MRN-2"))
    wanted = Wanted(DataFormat.FHIR, Privacy.IDENTIFIED)
    return export_data(place, wanted, tmp_path / "b.json").path.read_bytes()


@pytest.fixture
def other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workplace]:
    """Another ward with nobody in it."""
    monkeypatch.setattr(engine, "KDF_ITERATIONS", 1_000)
    with Store.create(tmp_path / "other.amldb", PASSPHRASE, "ward") as store:
        yield a_ward(store, "2026-03-04T09:00")


def stopped_everywhere(place: Workplace, run: Import, every: int = 1) -> list[Step]:
    """Stop a run at its first, second, … call, and then let it end; the steps of the last run."""
    before, counts = place.store.head(), place.store.counts()
    for number in range(0, 1_000, every):
        try:
            watcher = Watcher(number)
            run(place, watcher)
        except Stopped:
            assert (place.store.head(), place.store.counts()) == (before, counts)
            continue
        assert place.store.head().sequence == before.sequence + 1
        assert place.store.integrity()
        return [step for step, _, _ in watcher.heard]
    raise AssertionError("it never came to an end")


@pytest.mark.parametrize("run", [a_cohort, some_labs, a_sheet])
def test_a_table_stopped_at_any_point_leaves_nothing_and_can_be_taken_in_again(
    place: Workplace, run: Import
) -> None:
    admit_patient(place, a_patient("MRN-1"))
    steps = stopped_everywhere(place, run)
    assert list(dict.fromkeys(steps)) == [
        Step.READING, Step.CHECKING, Step.COMPARING, Step.WRITING, Step.SAVING,
    ]  # fmt: skip


def test_a_bundle_stopped_at_any_point_leaves_nothing_and_can_be_taken_in_again(
    bundle: bytes, other: Workplace
) -> None:
    def run(place: Workplace, watch: Watch) -> object:
        return import_bundle(place, preview_bundle(place, bundle, watch), watch=watch)

    steps = stopped_everywhere(other, run, every=3)
    assert list(dict.fromkeys(steps)) == [
        Step.READING, Step.REHEARSING, Step.COMPARING, Step.WRITING, Step.SAVING,
    ]  # fmt: skip


def test_of_each_step_the_part_that_is_done_only_grows(bundle: bytes, other: Workplace) -> None:
    watcher = Watcher()
    import_bundle(other, preview_bundle(other, bundle, watcher), watch=watcher)
    for step in (Step.REHEARSING, Step.COMPARING, Step.WRITING):
        parts = [(done, total) for one, done, total in watcher.heard if one is step]
        assert [done for done, _ in parts] == sorted(done for done, _ in parts)
        assert parts[-1][0] == parts[-1][1] > 0
        assert len({total for _, total in parts}) == 1
