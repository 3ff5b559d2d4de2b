"""Data exports: all that is on record, described by one dictionary; without names by default."""

from __future__ import annotations

import base64
import csv
import errno
import gc
import hashlib
import hmac
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from aml_maint.domain.command import Actor, Role
from aml_maint.domain.data_dictionary import DataTable, Kind
from aml_maint.domain.errors import BadInput, Refused, StorageProblem
from aml_maint.domain.known_time import KnownTime
from aml_maint.domain.patient import AllergyState
from aml_maint.domain.pseudonym import Privacy, Pseudonyms
from aml_maint.domain.toxicity_event import GradePoint, ToxicityEvent
from aml_maint.services import exchange_tables
from aml_maint.services.data_terms import data_dictionary, terms
from aml_maint.services.delimited import read_table
from aml_maint.services.dose_entry import RangeConfirmation
from aml_maint.services.dosing import confirm_range
from aml_maint.services.exchange_tables import ward_extract
from aml_maint.services.exporting import DataFormat, Exported, Wanted, export_data
from aml_maint.services.people import admit_patient
from aml_maint.services.releasing import Release
from aml_maint.services.toxicities import add_grade, record_event
from aml_maint.services.workplace import Workplace
from aml_maint.store import audit, disk, toxicities
from tests.builders import ZONE, a_patient, on_course, platelets, set_clock

TABLES = data_dictionary().tables
PSEUDONYMISED = [Privacy.SHIFTED, Privacy.INTERVALS]

HOSTILE = [
    "=1+1",
    "+8613800138000",
    "-2",
    "@SUM(A1)",
    "\t=x",
    "'=x",
    "''=x",
    'a "b", c\nd',
    "张, 三",
]


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def exported(place: Workplace, path: Path, privacy: Privacy, **options: Any) -> Exported:
    return export_data(place, Wanted(privacy=privacy, **options), path)


@pytest.fixture
def begun(place: Workplace) -> Workplace:
    """A patient with two days of doses and a count."""
    patient, course_id = on_course(place)
    platelets(place, patient, "120", "2026-03-02T06:30")
    set_clock(place, "2026-03-04T09:00")
    confirm_range(
        place, RangeConfirmation(course_id, date(2026, 3, 2), date(2026, 3, 3), ("sorafenib",))
    )
    return place


@pytest.mark.parametrize("mark", [False, True])
def test_a_table_is_a_file_and_the_dictionary_describes_each_of_its_columns(
    begun: Workplace, tmp_path: Path, mark: bool
) -> None:
    made = exported(begun, tmp_path / "out", Privacy.IDENTIFIED, mark=mark)
    files = {path.name for path in (tmp_path / "out").iterdir()}
    assert files == {f"{table.name}.csv" for table in TABLES} | {"dictionary.csv", "codes.csv"}
    described: dict[str, list[str]] = {}
    for row in read(tmp_path / "out" / "dictionary.csv"):
        described.setdefault(row["table"], []).append(row["variable"])
        assert row["label_en"] and row["label_zh"]
    for name, variables in described.items():
        raw = (tmp_path / "out" / f"{name}.csv").read_bytes()
        assert raw.startswith(b"\xef\xbb\xbf") is mark
        assert raw.decode("utf-8-sig").split("\r\n")[0] == ",".join(variables)
        assert len(read(tmp_path / "out" / f"{name}.csv")) == made.rows[name]
    if os.name != "nt":
        assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.rglob("out/**/*"))


def test_a_dose_leaves_with_its_times_its_plan_and_its_course(
    begun: Workplace, tmp_path: Path
) -> None:
    exported(begun, tmp_path / "out", Privacy.IDENTIFIED)
    given = read(tmp_path / "out" / "administrations.csv")
    planned = read(tmp_path / "out" / "planned_doses.csv")
    assert len(given) == 4 and len(planned) == 210
    assert {row["given"] for row in given} == {
        f"2026-03-{day}T{time}+08:00" for day in ("02", "03") for time in ("07:00", "19:30")
    }
    by_record = {row["administration_id"]: row for row in planned}
    for row in given:
        mine = by_record[row["administration_id"]]
        assert (mine["state"], mine["dose_value"], mine["dose_unit"]) == ("given", "400", "mg")
        assert row["given"].startswith(mine["planned"])


def test_a_text_that_looks_like_a_formula_is_harmless_in_the_file_and_read_back_as_it_was(
    place: Workplace, tmp_path: Path
) -> None:
    for number, text in enumerate(HOSTILE):
        admit_patient(place, a_patient(f"MRN-{number}", note=text))
    exported(place, tmp_path / "out", Privacy.IDENTIFIED)
    rows = read(tmp_path / "out" / "patients.csv")
    assert not [row for row in rows if row["note"].startswith(("=", "+", "-", "@", "\t"))]
    table = read_table((tmp_path / "out" / "patients.csv").read_bytes(), ())
    held = {r["mrn"]: r["note"] for r in place.store.rows("SELECT mrn, note FROM patients")}
    assert {line.cells["mrn"]: line.cells["note"] for line in table.lines} == held
    assert sorted(map(str.strip, held.values())) == sorted(map(str.strip, HOSTILE))


# -- without names -----------------------------------------------------------------------------


CANARIES = ["ZHANGSAN", "Zhangsan", "张三", "13800138000", "MRN-778899", "778899", "1958-02-02",
            "phoned the daughter", "Zhang.San", "46,XX ZHANGSAN", "c.1A>G ZHANGSAN"]  # fmt: skip


def a_row(table: DataTable, text: str) -> dict[str, Any]:
    """A row whose every text is a canary, and whose every date is one that must not leave."""
    row: dict[str, Any] = {"patient_id": "patient-uuid"}
    for variable in table.variables:
        match variable.kind:
            case Kind.DAY | Kind.KNOWN_TIME:
                row[variable.column] = "1958-02-02"
            case Kind.TIME:
                row |= {
                    f"{variable.column}_utc": "1958-02-02T05:00:00.000000Z",
                    f"{variable.column}_offset": 480, f"{variable.column}_zone": "Asia/Shanghai",
                }  # fmt: skip
            case Kind.NUMBER | Kind.WHOLE:
                row[variable.column] = None
            case Kind.FLAG:
                row[variable.column] = 1
            case Kind.PATIENT | Kind.RECORD:
                row[variable.column] = "patient-uuid"
            case _:
                row[variable.column] = text
    return row


@pytest.mark.parametrize("privacy", PSEUDONYMISED)
@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_no_name_number_phone_birth_date_or_sentence_leaves_without_names(
    table: DataTable, privacy: Privacy
) -> None:
    release = Release(
        privacy, Pseudonyms("secret"), {"patient-uuid": date(2020, 5, 5)},
        data_dictionary().codes["precision"], terms(),
    )  # fmt: skip
    for canary in CANARIES:
        out = release.extract(table, [{name: [it] for name, it in a_row(table, canary).items()}])
        (cells,) = out.rows
        told = " | ".join(str(cell) for cell in cells)
        for hidden in (canary, "1958-02-02", "patient-uuid", "ZHANGSAN", "Zhangsan"):
            assert hidden not in told, f"{canary}: {told}"
        assert "born_on" not in {variable.name for variable in out.variables}


@pytest.mark.parametrize("privacy", PSEUDONYMISED)
def test_a_whole_export_without_names_names_nobody(
    place: Workplace, tmp_path: Path, privacy: Privacy
) -> None:
    patient = a_patient(
        "MRN-778899", family_name="Zhangsan", given_name="CANARY", name_initials="zsc",
        born_on=date(1934, 2, 7), ward="CANARY ward", bed="CANARY bed",
        allergy_state=AllergyState.KNOWN, allergies="CANARY pollen", diagnosis="CANARY leukaemia",
        note="daughter 13800138000",
    )  # fmt: skip
    patient, course_id = on_course(place, patient)
    set_clock(place, "2026-03-04T09:00")
    confirm_range(
        place, RangeConfirmation(course_id, date(2026, 3, 2), date(2026, 3, 2), ("sorafenib",))
    )
    made = exported(place, tmp_path / "out", privacy)
    assert made.rows["administrations"] == 2
    whole = "".join(path.read_text("utf-8") for path in (tmp_path / "out").glob("*.csv"))
    for hidden in ("CANARY", "Zhangsan", "778899", "13800138000", "1934-02-07", "Li Na",
                   patient.id, course_id):  # fmt: skip
        assert hidden not in whole, hidden
    if privacy is Privacy.INTERVALS:
        assert not re.search(r"\b\d{4}-\d{2}-\d{2}", whole)
    (row,) = read(tmp_path / "out" / "patients.csv")
    assert row["age"] == "90"  # 92 years tell too much
    assert re.fullmatch(r"P-[A-Z2-7]{10}", row["patient_id"])


def test_moved_dates_keep_their_distances_and_stay_the_same_from_export_to_export(
    begun: Workplace, tmp_path: Path
) -> None:
    exported(begun, tmp_path / "one", Privacy.SHIFTED)
    exported(begun, tmp_path / "two", Privacy.SHIFTED)
    one, two = (read(tmp_path / name / "patients.csv")[0] for name in ("one", "two"))
    assert one == two
    start, found = date.fromisoformat(one["day_0"]), date.fromisoformat(one["diagnosed_on"])
    assert start - found == date(2026, 3, 2) - date(2025, 8, 1)
    assert 1 <= (date(2026, 3, 2) - start).days <= 364
    given = read(tmp_path / "one" / "administrations.csv")[0]["given"]
    assert given == f"{start.isoformat()}T07:00"


def test_intervals_count_from_day_0_and_a_clock_time_is_a_part_of_a_day(
    begun: Workplace, tmp_path: Path
) -> None:
    exported(begun, tmp_path / "out", Privacy.INTERVALS)
    (patient,) = read(tmp_path / "out" / "patients.csv")
    assert (patient["day_0"], patient["diagnosed_on"]) == ("0", "-213")
    given = [Decimal(row["given"]) for row in read(tmp_path / "out" / "administrations.csv")]
    assert sorted(given) == [Decimal(text) for text in ("0.2917", "0.8125", "1.2917", "1.8125")]


def test_the_study_id_of_an_identified_export_is_the_one_of_the_pseudonymised(
    begun: Workplace, tmp_path: Path
) -> None:
    exported(begun, tmp_path / "named", Privacy.IDENTIFIED)
    exported(begun, tmp_path / "unnamed", Privacy.SHIFTED)
    named, unnamed = (read(tmp_path / name / "patients.csv") for name in ("named", "unnamed"))
    assert named[0]["study_id"] == unnamed[0]["patient_id"]


def test_wards_do_not_share_study_ids() -> None:
    assert Pseudonyms("one").study_id("x") != Pseudonyms("two").study_id("x")
    assert Pseudonyms("one").days_back("x") in range(1, 365)


def test_an_id_follows_from_the_file_s_secret_and_the_record_alone_by_hmac() -> None:
    names = Pseudonyms("secret")
    key = hashlib.sha256(b"aml_maint pseudonyms 1\0secret").digest()
    for id in ("a", "b", "a", "身高", ""):  # whatever was asked for before
        of_record = hmac.digest(key, b"record\0" + id.encode(), "sha256")
        assert names.record(id) == of_record.hex()[:16]
        of_patient = hmac.digest(key, b"patient\0" + id.encode(), "sha256")
        assert names.study_id(id) == f"P-{base64.b32encode(of_patient).decode()[:10]}"


# -- who, and what stays on disk ----------------------------------------------------------------


def test_only_the_office_may_let_data_out_and_a_refusal_leaves_no_file(
    place: Workplace, tmp_path: Path
) -> None:
    for role in (Role.NURSE, Role.READER, Role.ADMINISTRATOR):
        other = place.acting_as(Actor("Somebody", role, "pc"))
        for privacy in Privacy:
            with pytest.raises(Refused):
                exported(other, tmp_path / "out", privacy)
    assert not (tmp_path / "out").exists()


def test_an_export_is_recorded_with_who_and_how_much_but_not_where(
    begun: Workplace, tmp_path: Path
) -> None:
    before = begun.store.head().sequence
    made = exported(begun, tmp_path / "out", Privacy.SHIFTED)
    event = audit.event(begun.store, before + 1)
    assert event is not None and event.command.action == "export_research_data"
    assert event.note["rows"] == sum(made.rows.values())
    assert str(tmp_path) not in str(event.note)


class Stopped(Exception):
    """What a window raises when somebody presses Cancel."""


@pytest.mark.parametrize("form", list(DataFormat))
def test_a_cancelled_export_leaves_nothing_and_records_nothing(
    begun: Workplace, tmp_path: Path, form: DataFormat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange_tables, "_AT_ONCE", 10)
    before, head = set(tmp_path.iterdir()), begun.store.head()

    for at in (0.0, 0.5, 0.99):

        def told(done: int, total: int, at: float = at) -> None:
            if done >= total * at:
                raise Stopped

        with pytest.raises(Stopped):
            export_data(begun, Wanted(form), tmp_path / "out", told)
        assert set(tmp_path.iterdir()) == before
        assert begun.store.head() == head


def test_a_folder_of_which_one_file_does_not_reach_the_disk_leaves_nothing(
    begun: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, sync = set(tmp_path.iterdir()), disk.sync
    synced: list[str] = []

    def failing(path: Path) -> None:
        if path.name == "lab_values.sav":
            raise OSError(errno.EIO, "the disk is gone")
        sync(path)

    monkeypatch.setattr(disk, "sync", failing)
    with pytest.raises(StorageProblem):
        export_data(begun, Wanted(DataFormat.SAV), tmp_path / "out")
    assert set(tmp_path.iterdir()) == before

    def noting(path: Path) -> None:
        sync(path)
        synced.append(path.name)

    monkeypatch.setattr(disk, "sync", noting)
    export_data(begun, Wanted(DataFormat.SAV), tmp_path / "out")
    written = {file.name for file in (tmp_path / "out").iterdir()}
    assert sorted(name for name in synced if name in written) == sorted(written)


@pytest.mark.parametrize("place_of", [lambda p: p / "there", lambda p: p / "no" / "folder"])
def test_a_place_that_is_taken_or_has_no_folder_is_refused(
    begun: Workplace, tmp_path: Path, place_of: Callable[[Path], Path]
) -> None:
    (tmp_path / "there").mkdir()
    with pytest.raises(BadInput):
        exported(begun, place_of(tmp_path), Privacy.SHIFTED)


def test_a_revised_event_leaves_once_with_its_grades(place: Workplace, tmp_path: Path) -> None:
    patient, course_id = on_course(place)
    set_clock(place, "2026-03-04T09:00")
    event = ToxicityEvent.of(patient.id, course_id, "diarrhoea", ZONE, 1, date(2026, 3, 3))
    record_event(place, event)
    known = toxicities.of_patient(place.store, patient.id)[0]
    add_grade(place, known.event_id, GradePoint(KnownTime.parse("2026-03-04T08:00"), 3))
    exported(place, tmp_path / "out", Privacy.IDENTIFIED)
    (row,) = read(tmp_path / "out" / "toxicities.csv")
    assert (row["term"], row["worst"], row["onset_at_precision"]) == ("diarrhoea", "3", "day")
    grades = read(tmp_path / "out" / "toxicity_grades.csv")
    assert [(g["event_id"], g["grade"]) for g in grades] == [(row["event_id"], g) for g in "13"]


def test_departures_from_the_plan_leave_as_their_log_tells_them(
    begun: Workplace, tmp_path: Path
) -> None:
    exported(begun, tmp_path / "named", Privacy.IDENTIFIED, language="zh")
    exported(begun, tmp_path / "unnamed", Privacy.SHIFTED)
    named, unnamed = (read(tmp_path / name / "deviations.csv") for name in ("named", "unnamed"))
    assert [row["kind"] for row in named] == [row["kind"] for row in unnamed] != []
    assert re.search(r"[一-鿿]", named[0]["done"])
    assert not {"done", "why", "decided_by"} & unnamed[0].keys()


def test_departures_are_the_same_whether_or_not_the_doses_were_judged_for_another_table(
    begun: Workplace,
) -> None:
    all_read = {one.name: [*one.rows] for one in ward_extract(begun, Privacy.IDENTIFIED).tables}
    tables = ward_extract(begun, Privacy.IDENTIFIED).tables
    (alone,) = (one for one in tables if one.name == "deviations")
    assert all_read["deviations"] == [*alone.rows] != []


def test_what_is_worked_out_from_everybody_asks_on_its_way_if_it_is_still_wanted(
    place: Workplace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    began: list[int] = []

    def parts(_: Workplace) -> Iterator[tuple[int, int]]:
        for part in range(5):
            began.append(part)
            yield part, 5

    def told(done: int, total: int) -> None:
        if len(began) == 2:
            raise Stopped

    monkeypatch.setattr(exchange_tables, "read_everyone", parts)
    with pytest.raises(Stopped):
        export_data(place, Wanted(DataFormat.XLSX), tmp_path / "out.xlsx", told)
    assert began == [0, 1] and not [*tmp_path.glob("out*")]


def test_numbers_that_are_equal_leave_with_the_digits_that_each_has() -> None:
    release = Release(Privacy.SHIFTED, Pseudonyms("secret"), {}, (), terms())
    stored = next(table for table in data_dictionary().tables if table.name == "lab_values")
    value = next(one for one in stored.variables if one.name == "value")
    for table, cells in (
        (replace(stored, variables=(value,)), ["50.1", "50.10", "50.1", None]),
        (
            replace(stored, source="@computed", variables=(value,)),
            [Decimal("50.1"), Decimal("50.10"), Decimal("50.1"), None],
        ),
    ):
        extract = release.extract(table, [{value.column: cells}])
        assert [str(cell) for (cell,) in extract.rows] == ["50.1", "50.10", "50.1", "None"]


@pytest.mark.parametrize("form", DataFormat)
def test_no_row_of_an_export_leaves_objects_that_hold_each_other_in_a_circle(
    place: Workplace, tmp_path: Path, form: DataFormat
) -> None:
    """Nobody looks for such objects while an export runs: they would all stay until its end."""
    patient, course_id = on_course(place)
    platelets(place, patient, "120", "2026-03-02T06:00")

    def left_behind(name: str) -> int:
        gc.collect()
        exported(place, tmp_path / name, Privacy.SHIFTED, format=form)
        return gc.collect()

    gc.disable()
    try:
        left_behind("first")  # what is made once in a process
        few = left_behind("few")
        set_clock(place, "2026-03-20T10:00")
        days = date(2026, 3, 2), date(2026, 3, 19)
        confirm_range(place, RangeConfirmation(course_id, *days, ("sorafenib",)))
        assert left_behind("many") < few + 18
    finally:
        gc.enable()
