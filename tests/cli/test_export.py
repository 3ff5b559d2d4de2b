"""`export`: data as files; without names unless they are asked for."""

from __future__ import annotations

import csv
import gc
from pathlib import Path
from typing import Any

import pytest

from aml_maint.cli.commands import export
from aml_maint.services.exporting import export_data
from tests.cli.conftest import Call


def patients(folder: Path) -> list[dict[str, str]]:
    with (folder / "patients.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_an_export_has_no_names_unless_they_are_asked_for(
    call: Call, on_course: str, tmp_path: Path
) -> None:
    done = call("export", "csv", "--out", tmp_path / "a", "--json")
    assert done.code == 0
    assert (done.json["privacy"], done.json["tables"]["patients"]) == ("shifted", 1)
    assert "mrn" not in patients(tmp_path / "a")[0]
    assert "can tell who a study id stands for" in done.err
    named = call("export", "csv", "--out", tmp_path / "b", "--identified", "--bom")
    assert named.code == 0 and str(tmp_path / "b") in named.out
    assert patients(tmp_path / "b")[0]["mrn"] == on_course
    assert (tmp_path / "b" / "patients.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_an_export_without_a_place_gets_a_name_that_tells_what_it_is(
    call: Call, on_course: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert call("export", "csv", "--intervals").code == 0
    assert (tmp_path / "aml-data-20260320-1200-pseudonymised-intervals").is_dir()
    assert call("export", "csv", "--intervals").code == 3  # there already
    assert call("export", "csv", "--intervals", "--identified").code == 3


def test_a_bundle_is_taken_in_by_another_ward_once(
    call: Call, on_course: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "ward.fhir.json"
    assert call("export", "fhir", "--out", file).code == 0
    assert call("import", "fhir", file).code == 3  # nobody can take in what has no names
    assert call("export", "fhir", "--out", file, "--identified").code == 0
    monkeypatch.setenv("AML_MAINT_DATABASE", str(tmp_path / "other.amldb"))
    assert call("create").code == 0
    tried = call("import", "fhir", file, "--dry-run", "--json")
    assert (tried.code, tried.json["written"], tried.json["conflict"]) == (0, False, 0)
    assert tried.json["tables"]["patients"] == 1
    done = call("import", "fhir", file, "--json")
    assert (done.code, done.json["written"], done.json["new"]) == (0, True, tried.json["new"])
    assert on_course in call("patients").out
    again = call("import", "fhir", file, "--json")
    assert (again.code, again.json["written"], again.json["new"]) == (0, False, 0)


def test_a_calendar_file_is_one_of_the_exports(call: Call, on_course: str, tmp_path: Path) -> None:
    file = tmp_path / "cycle.ics"
    assert call("export", "ics", on_course, "--out", file).code == 0
    assert b"sorafenib" not in file.read_bytes()
    assert call("export", "ics", on_course, "--out", tmp_path / "cycle.pdf").code == 3
    assert not (tmp_path / "cycle.pdf").exists()


def test_the_collector_stands_still_for_the_export_alone(
    call: Call, on_course: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bool] = []

    def watched(*arguments: Any, **options: Any) -> Any:
        seen.append(gc.isenabled())
        return export_data(*arguments, **options)

    monkeypatch.setattr(export, "export_data", watched)
    was_on = gc.isenabled()
    gc.enable()
    try:
        assert call("export", "csv", "--out", tmp_path / "a").code == 0
        assert call("export", "csv", "--out", tmp_path / "a").code == 3  # there already
        assert seen == [False, False] and gc.isenabled()
        gc.disable()
        assert call("export", "csv", "--out", tmp_path / "b").code == 0
        assert not gc.isenabled()
    finally:
        (gc.enable if was_on else gc.disable)()
