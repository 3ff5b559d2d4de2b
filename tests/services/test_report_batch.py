"""Many reports into one folder: which are wanted, what lies there, how a stop is gone on with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from aml_maint import bootstrap
from aml_maint.domain.errors import BadInput
from aml_maint.domain.patient import Patient
from aml_maint.services import accounts
from aml_maint.services.clock import SetClock
from aml_maint.services.people import admit_patient
from aml_maint.services.report_batch import BatchChoice, batch_lines, save_batch
from aml_maint.services.report_signing import sign_report
from aml_maint.services.treatment import start_course, start_cycle
from aml_maint.services.workplace import Workplace
from aml_maint.store import audit, engine, key_slots
from aml_maint.store.key_slots import Cost
from tests.builders import UNASSESSED, a_patient, moment, on_course, platelets, set_clock

OWN = "velvet otters at noon"
LATE = "2026-04-01T08:00"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workplace]:
    """A ward with accounts whose maker, the physician Wu Min, sits at it."""
    monkeypatch.setattr(key_slots, "COST", Cost(1, 8, 1))
    monkeypatch.setattr(engine, "KDF_ITERATIONS", 1_000)
    clock = SetClock(moment("2026-03-02T07:05"))
    with bootstrap.create_ward(tmp_path / "w.amldb", OWN, clock, name="Wu Min").store as store:
        (account,) = accounts.accounts_of(Workplace(store, clock, bootstrap.local_actor(), "UTC"))
        yield Workplace(store, clock, account.actor("pc"), "Asia/Shanghai")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder."""
    made = tmp_path / "reports"
    made.mkdir()
    return made


@pytest.fixture
def patient(place: Workplace) -> Patient:
    """Two cycles, the first of which is over; beside them a second patient in another ward."""
    patient, course = on_course(place)
    set_clock(place, "2026-03-30T09:00")
    start_cycle(place, course, date(2026, 3, 30), override=UNASSESSED)
    other = a_patient(mrn="0002", ward="Ward B", family_name="Zhao")
    admit_patient(place, other)
    start_course(place, other.id, "sorafenib_iti", date(2026, 3, 30))
    set_clock(place, "2026-04-01T09:00")
    return patient


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        (BatchChoice(), 3),
        (BatchChoice(closed=True), 1),
        (BatchChoice(signed=True), 0),
        (BatchChoice(ward=" ward  b"), 1),
        (BatchChoice(last=date(2026, 3, 29)), 1),
        (BatchChoice(first=date(2026, 3, 29), last=date(2026, 3, 29)), 1),
        (BatchChoice(first=date(2026, 3, 30)), 2),
        (BatchChoice(first=date(2027, 1, 1)), 0),
    ],
)
def test_a_batch_holds_the_cycles_of_a_ward_with_a_day_in_the_range(
    place: Workplace, patient: Patient, wanted: BatchChoice, count: int
) -> None:
    assert len(batch_lines(place, wanted)) == count


def test_a_ward_that_nobody_lies_in_is_refused_with_those_there_are(
    place: Workplace, patient: Patient
) -> None:
    with pytest.raises(BadInput) as refused:
        batch_lines(place, BatchChoice(ward="Ward C"))
    hint = refused.value.hint
    assert refused.value.field == "ward" and hint is not None
    assert "Ward B" in hint.params["wards"]


def test_days_that_end_before_they_begin_are_refused() -> None:
    with pytest.raises(BadInput):
        BatchChoice(first=date(2026, 3, 2), last=date(2026, 3, 1))


def test_what_is_signed_is_saved_as_signed_and_the_rest_as_drafts(
    place: Workplace, patient: Patient, folder: Path
) -> None:
    sign_report(place, batch_lines(place, BatchChoice())[0].course_id, 1, OWN)
    done = save_batch(place, batch_lines(place, BatchChoice()), "en", folder)
    assert done.is_whole and sorted(saved.path for saved in done.files) == sorted(folder.iterdir())
    signed = [saved.line.cycle for saved in done.files if "-e1-" in saved.path.name]
    assert signed == [1] and len(audit.of_action(place.store, "copy_report")) == 1


def stop_after(count: int) -> Callable[[], bool]:
    asked = iter(range(count + 1))
    return lambda: next(asked, count) >= count


def test_a_stopped_batch_leaves_whole_files_and_the_next_one_makes_only_the_others(
    place: Workplace, patient: Patient, folder: Path
) -> None:
    sign_report(place, batch_lines(place, BatchChoice())[0].course_id, 1, OWN)
    set_clock(place, "2026-04-01T09:10")
    lines = batch_lines(place, BatchChoice())
    first = save_batch(place, lines, "en", folder, stopped=stop_after(2))
    assert not first.is_whole and first.problem is None
    assert all(path.read_bytes().rstrip().endswith(b"%%EOF") for path in folder.iterdir())
    set_clock(place, "2026-04-01T09:20")
    again = save_batch(place, lines, "en", folder)
    assert again.is_whole and [saved.written for saved in again.files] == [False, False, True]
    assert len(list(folder.iterdir())) == 3, "nothing is there twice"
    assert len(audit.of_action(place.store, "copy_report")) == 1, "no copy is noted again"


def test_a_draft_is_made_anew_when_its_patient_has_a_new_entry_or_the_day_is_over(
    place: Workplace, patient: Patient, folder: Path
) -> None:
    set_clock(place, "2026-04-01T09:10")
    lines = batch_lines(place, BatchChoice())
    save_batch(place, lines, "en", folder)
    set_clock(place, "2026-04-01T09:20")
    platelets(place, patient, "80", LATE)
    set_clock(place, "2026-04-01T09:30")
    again = save_batch(place, lines, "en", folder)
    written = [(saved.line.patient.mrn, saved.line.cycle) for saved in again.files if saved.written]
    assert sorted(written) == [("MRN-1", 1), ("MRN-1", 2)]
    set_clock(place, "2026-04-02T00:01")
    assert all(saved.written for saved in save_batch(place, lines, "en", folder).files)


def test_a_disk_that_refuses_ends_the_batch_and_says_why_beside_what_is_there(
    place: Workplace, patient: Patient, folder: Path
) -> None:
    lines = batch_lines(place, BatchChoice())
    done = save_batch(place, lines, "en", folder / "gone")
    assert done.files == () and done.problem is not None and not done.is_whole
