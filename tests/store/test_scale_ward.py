"""The generator of large wards writes what the services would have written."""

from __future__ import annotations

from pathlib import Path

import pytest

from aml_maint.store import engine, replay
from aml_maint.store.database import Store
from tests.benchmarks import scale_ward
from tests.benchmarks.scale_ward import Copy, Loader, Size, copies_for, story_in


@pytest.fixture(autouse=True)
def _quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "KDF_ITERATIONS", 1_000)


def content(store: Store) -> dict[str, list[dict[str, object]]]:
    """Every row of every table, with the number of the event that wrote it; and every event."""
    tables = dict.fromkeys(store.columns, "rowid")
    tables |= {"audit": "seq", "audit_patients": "patient_id, seq"}
    return {name: store.rows(f"SELECT * FROM {name} ORDER BY {by}") for name, by in tables.items()}


def test_a_ward_repeated_as_it_is_has_the_same_rows_entries_and_hashes(tmp_path: Path) -> None:
    """All but the entry of creating the file: two files have two moments and ids of theirs."""
    path, copy = tmp_path / "told.amldb", tmp_path / "repeated.amldb"
    with Store.create(path, scale_ward.PASSPHRASE, "ward", durable=False) as store:
        scale_ward.tell(store, "one", scale_ward.NOW, cycles=2, day=20)
        story, wanted = story_in(store), content(store)
    with Store.create(copy, scale_ward.PASSPHRASE, "ward", durable=False) as repeated:
        loader = Loader(repeated)
        loader.hash = str(wanted["audit"][0]["hash"])
        loader.load([Copy(story, None)])
        found = content(repeated)
    for name in wanted.keys() - {"meta"}:
        skip = 1 if name == "audit" else 0
        assert found[name][skip:] == wanted[name][skip:], name
    assert len(wanted["audit"]) > 20 and len(wanted["administrations"]) > 300


def test_a_ward_of_repeated_patients_passes_every_check_of_opening(tmp_path: Path) -> None:
    size = Size(patients=5, doses=2_500, years=3, cycles=2, longest=2, days=2)
    scale_ward.build(tmp_path / "ward.amldb", size).close()
    with Store.open(tmp_path / "ward.amldb", scale_ward.PASSPHRASE) as store:
        counts = store.counts()
        assert store.integrity(full=True)
        assert replay.verify_chain(store).ok
        first = store.rows("SELECT min(first_day) AS day FROM courses")[0]["day"]
    assert counts["patients"] > 5 and counts["administrations"] >= 2_500
    assert counts["courses"] == counts["patients"]
    assert first < "2026"


def test_no_two_patients_share_an_id_a_number_or_a_command(tmp_path: Path) -> None:
    with scale_ward.build(
        tmp_path / "ward.amldb", Size(patients=4, cycles=1, longest=1, days=1)
    ) as store:
        rows = store.rows("SELECT count(DISTINCT mrn) AS numbers, count(*) AS n FROM patients")
        assert rows == [{"numbers": 4, "n": 4}]
        doses = store.rows("SELECT count(*) n FROM administrations GROUP BY patient_id")
        assert len({row["n"] for row in doses}) == 1 and len(doses) == 4


def test_the_patients_on_therapy_come_first_and_the_rest_make_up_the_doses(tmp_path: Path) -> None:
    copies = list(copies_for(tmp_path, Size(3, 900, 2, cycles=1, longest=1, days=1),
                             scale_ward.NOW))  # fmt: skip
    assert [copy.days_earlier for copy in copies[:3]] == [0, 0, 0]
    assert len(copies) > 3 and sum(copy.story.doses for copy in copies) >= 900
