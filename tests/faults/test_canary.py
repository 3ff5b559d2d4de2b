"""A name like no other is given to a patient, and then looked for everywhere outside the ward."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from aml_maint.store.database import Store
from tests.builders import a_patient, a_ward, on_course, platelets
from tests.faults import tally
from tests.faults.canary import CANARIES
from tests.faults.flows import KEY
from tests.faults.killing import ROOT


def build(path: Path) -> None:
    family, given, mrn, _, note = CANARIES
    patient = a_patient(mrn, family_name=family, given_name=given, note=note)
    with Store.create(path, KEY, "ward", durable=False) as store:
        place = a_ward(store)
        on_course(place, patient)
        platelets(place, patient, "120", "2026-03-02T06:00")


def hits(folder: Path, printed: str) -> list[str]:
    """Where a canary stands: in a file, in a file's name, in what was printed."""
    found = [f"printed: {name}" for name in CANARIES if name in printed]
    for file in folder.rglob("*"):
        found += [f"name: {file.name}" for name in CANARIES if name in file.name]
        if file.is_file():
            content = file.read_bytes()
            found += [f"{file.name}: {text}" for text in readable(content)]
    return found


def readable(content: bytes) -> Iterable[str]:
    encodings = ("utf-8", "utf-16-le", "utf-16-be")
    return {text for text in CANARIES for code in encodings if text.encode(code) in content}


def test_no_patient_is_named_in_logs_settings_temporary_files_titles_or_tracebacks(
    tmp_path: Path,
) -> None:
    ward, home = tmp_path / "ward" / "ward.amldb", tmp_path / "home"
    ward.parent.mkdir()
    home.mkdir()
    build(ward)
    places = {f"XDG_{n}_HOME": str(home / n.lower()) for n in ("DATA", "CACHE", "CONFIG", "STATE")}
    run = subprocess.run(
        [sys.executable, "-m", "tests.faults.canary", str(ward)],
        cwd=ROOT, text=True, capture_output=True, check=False,
        env={**os.environ, **places, "PYTHONPATH": str(ROOT), "HOME": str(home),
             "TMPDIR": str(home), "TEMP": str(home), "TMP": str(home)},
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert "title: aml_maint" in run.stdout
    assert "KeyError" in run.stderr and "ValueError" in run.stderr, "the faults happened"
    (log,) = home.rglob("aml_maint.log")
    assert "ValueError" in log.read_text() and "reason=keys.no_account" in log.read_text()
    found = hits(tmp_path, run.stdout + run.stderr)
    searched = sum(len(CANARIES) * 3 for file in tmp_path.rglob("*") if file.is_file())
    assert found == []
    tally.tried("canary", searched, undetected=len(found))


def test_the_search_finds_a_name_that_is_there(tmp_path: Path) -> None:
    """The control."""
    (tmp_path / "log.txt").write_bytes(CANARIES[0].encode("utf-16-le"))
    (tmp_path / f"report {CANARIES[1]}.pdf").touch()
    tally.control("canary", len(hits(tmp_path, f"KeyError: {CANARIES[2]}")), 3)
