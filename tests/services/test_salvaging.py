"""A damaged file is exported as far as it can be read, and every gap and doubt is told."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from aml_maint import bootstrap
from aml_maint.domain.command import Role
from aml_maint.domain.errors import BadInput, Refused, StorageProblem
from aml_maint.services import accounts
from aml_maint.services.long_work import Step, Stopped
from aml_maint.services.people import admit_patient
from aml_maint.services.salvaging import OVERVIEW, Part, Salvaged, salvage_ward
from aml_maint.services.workplace import Workplace
from aml_maint.store import disk, engine, key_slots
from aml_maint.store.key_slots import Cost
from tests.builders import a_patient

OWN = "velvet otters at noon"
PATIENTS = 60
PAGE = engine.PAGE_SIZE


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes, str]:
    """The bytes of a ward of sixty patients, of its key slots, and a nurse's name."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(key_slots, "COST", Cost(1, 8, 1))
        patch.setattr(engine, "KDF_ITERATIONS", 1_000)
        path = tmp_path_factory.mktemp("salvage") / "ward.amldb"
        place = bootstrap.create_ward(path, OWN, name="Wu Min")
        for number in range(PATIENTS):
            note = f"patient number {number} " + "note " * 60
            admit_patient(place, a_patient(f"M-{number:02}", given_name=f"=Wei{number}", note=note))
        accounts.add_account(place, "Li Na", (Role.NURSE,), OWN + " nurse")
        place.close()
        return path.read_bytes(), path.with_name("ward.amldb.keys").read_bytes(), "Li Na"


@pytest.fixture
def damaged(
    sound: tuple[bytes, bytes, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[bytes], Path]:
    """Writes a ward file of other bytes, with its key slots; nothing waits for the disk."""
    monkeypatch.setattr(disk, "sync", lambda _: None)
    monkeypatch.setattr(key_slots, "COST", Cost(1, 8, 1))
    monkeypatch.setattr(engine, "KDF_ITERATIONS", 1_000)

    def write(content: bytes) -> Path:
        path = tmp_path / "ward.amldb"
        path.write_bytes(content)
        path.with_name("ward.amldb.keys").write_bytes(sound[1])
        return path

    return write


def looked_at(path: Path, name: str = "Wu Min", passphrase: str = OWN) -> Workplace:
    return bootstrap.view_ward(path, passphrase, name=name)


def salvaged(path: Path, out: Path) -> Salvaged:
    place = looked_at(path)
    try:
        return salvage_ward(place, out, "csv", "en")
    finally:
        place.close()


def rows(folder: Path, table: str) -> list[dict[str, str]]:
    with (folder / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def part(done: Salvaged, table: str) -> Part:
    return next(one for one in done.parts if one.table == table)


def without(content: bytes, pages: list[int]) -> bytes:
    spoilt = bytearray(content)
    for page in pages:
        spoilt[(page - 1) * PAGE : page * PAGE] = bytes(PAGE)
    return bytes(spoilt)


def test_of_a_sound_file_everything_is_exported_and_confirmed_by_the_trail(
    sound: tuple[bytes, bytes, str], damaged: Callable[[bytes], Path], tmp_path: Path
) -> None:
    path = damaged(sound[0])
    done = salvaged(path, tmp_path / "out")
    people = part(done, "patients")
    assert people == Part("patients", PATIENTS, 0, PATIENTS, 0, 0)
    assert all(one.is_whole for one in done.parts)
    (stretch,) = done.trail
    assert (stretch.first, stretch.last, stretch.ends_badly) == (1, done.events, False)
    found = rows(tmp_path / "out", "patients")
    assert {row["mrn"] for row in found} == {f"M-{n:02}" for n in range(PATIENTS)}
    assert {row["as_trail_says"] for row in found} == {"yes"}
    assert found[0]["given_name"].startswith("'=")  # no formula for a spreadsheet
    told = (tmp_path / "out" / OVERVIEW).read_text("utf-8-sig")
    assert "NOT encrypted" in told and "nothing missing is known" in told
    assert path.read_bytes() == sound[0]


def test_every_page_that_is_lost_in_turn_costs_no_patient_that_table_or_trail_still_has(
    sound: tuple[bytes, bytes, str], damaged: Callable[[bytes], Path], tmp_path: Path
) -> None:
    """Each page zeroed by itself: an error in words, or an export that tells what is damaged."""
    content = sound[0]
    pages = len(content) // PAGE
    whole = exported = from_trail = 0
    for page in range(2, pages + 1, pages // 9):
        path = damaged(without(content, [page]))
        out = tmp_path / f"out{page}"
        try:
            done = salvaged(path, out)
        except StorageProblem:
            assert not out.exists()
            continue
        exported += 1
        whole += len(rows(out, "patients")) == PATIENTS
        from_trail += part(done, "patients").from_trail
        assert part(done, "patients").differing == 0
        assert len({row["id"] for row in rows(out, "patients")}) == len(rows(out, "patients"))
    assert exported > 5
    assert whole >= exported - 2  # what one place lost, the other had


def test_a_cut_file_gives_what_lies_before_the_cut(
    sound: tuple[bytes, bytes, str], damaged: Callable[[bytes], Path], tmp_path: Path
) -> None:
    content = sound[0]
    path = damaged(content[: -8 * PAGE])
    done = salvaged(path, tmp_path / "out")
    assert any(not one.is_whole for one in done.parts)
    told = (tmp_path / "out" / OVERVIEW).read_text("utf-8-sig")
    assert "DAMAGED" in told
    assert 0 < len(rows(tmp_path / "out", "patients")) <= PATIENTS


def test_where_the_trail_has_a_gap_each_stretch_is_judged_by_itself(
    sound: tuple[bytes, bytes, str], damaged: Callable[[bytes], Path], tmp_path: Path
) -> None:
    content = sound[0]
    found: list[Salvaged] = []
    for page in range(len(content) // PAGE - 3, 4, -3):
        out = tmp_path / f"out{page}"
        try:
            done = salvaged(damaged(without(content, [page])), out)
        except StorageProblem:
            continue
        if len(done.trail) > 1:
            found.append(done)
            break
    assert found, "no page of the trail was hit"
    first, second = found[0].trail[:2]
    assert first.first == 1 and second.first > first.last + 1
    assert not any(stretch.ends_badly for stretch in found[0].trail)
    unknown = [
        row for row in rows(found[0].folder, "patients") if row["as_trail_says"] == "unknown"
    ]
    assert unknown


def test_a_nurse_gets_no_export_by_damage_and_a_wrong_passphrase_nothing(
    sound: tuple[bytes, bytes, str], damaged: Callable[[bytes], Path], tmp_path: Path
) -> None:
    path = damaged(sound[0])
    place = looked_at(path, sound[2], OWN + " nurse")
    with pytest.raises(Refused) as refused:
        salvage_ward(place, tmp_path / "out", "csv", "en")
    place.close()
    assert refused.value.message.key == "error.role"
    assert not (tmp_path / "out").exists()
    with pytest.raises((BadInput, StorageProblem)):
        looked_at(path, "Wu Min", "another passphrase")


def test_a_stop_leaves_nothing_and_a_folder_that_is_there_is_never_written_into(
    sound: tuple[bytes, bytes, str], damaged: Callable[[bytes], Path], tmp_path: Path
) -> None:
    place = looked_at(damaged(sound[0]))
    before = sorted(tmp_path.iterdir())

    def stop(step: Step, done: int, _: int) -> None:
        if done > 3:
            raise Stopped

    with pytest.raises(Stopped):
        salvage_ward(place, tmp_path / "out", "xlsx", "zh", stop)
    assert sorted(tmp_path.iterdir()) == before
    (tmp_path / "out").mkdir()
    with pytest.raises(BadInput):
        salvage_ward(place, tmp_path / "out", "csv", "en")
    place.close()
    assert list((tmp_path / "out").iterdir()) == []
