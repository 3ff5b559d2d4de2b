"""SPSS files: two other programs read back what was written, with labels and missing codes."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyreadstat
import pytest

from aml_maint.domain.cohort_tables import Grouping, grouped
from aml_maint.domain.data_dictionary import Extract
from aml_maint.domain.group_tests import chi_square, mann_whitney
from aml_maint.reports.data_sav import write_sav
from aml_maint.reports.sav_cases import LONGEST, pieces
from aml_maint.services.cohort import cohort
from aml_maint.services.data_terms import data_dictionary
from aml_maint.services.exporting import DataFormat, Wanted, export_data
from aml_maint.services.importing import import_cohort, preview_cohort
from aml_maint.services.language import catalogue
from aml_maint.services.workplace import Workplace
from aml_maint.store import engine
from aml_maint.store.database import Store
from tests.builders import PASSPHRASE, a_ward
from tests.reports.sample_tables import HOSTILE, ROWS, TERMS, VARIABLES, a_table

MADE = datetime(2026, 3, 2, 7, 5)
COHORT = Path(__file__).resolve().parents[1] / "data" / "cohort19.csv"
needs_pspp = pytest.mark.skipif(shutil.which("pspp") is None, reason="PSPP is not installed")


def written(tmp_path: Path, table: Extract | None = None) -> Path:
    path = tmp_path / "sample.sav"
    write_sav(table or a_table(), path, TERMS, catalogue("en"), MADE)
    assert [left.name for left in tmp_path.iterdir()] == ["sample.sav"]
    return path


def read(path: Path, **options: Any) -> tuple[dict[str, list[Any]], Any]:
    found: tuple[dict[str, list[Any]], Any] = pyreadstat.read_sav(
        path, output_format="dict", **options
    )
    return found


def test_a_second_reader_finds_every_value(tmp_path: Path) -> None:
    columns, meta = read(written(tmp_path), user_missing=True)
    assert meta.number_rows == len(ROWS)
    numbers = {"female": 1, "male": 2, "unknown": -8, "no": 0, "yes": 1, None: -9}
    for at, row in enumerate(ROWS):
        patient, note, sex, serious, drug, cycles, platelets, born, given = row
        assert columns["patient_id"][at] == patient
        parts = [columns[name][at] for name in ("note", "note_2", "note_3")]
        assert "".join(parts).rstrip() == str(note or "").rstrip()
        assert columns["sex"][at] == numbers[str(sex) if sex else None]
        assert columns["serious"][at] == numbers[str(serious) if serious else None]
        assert columns["drug"][at] == (drug or "")
        assert columns["cycles"][at] == (None if cycles is None else cycles) or cycles is None
        if platelets is None:
            assert (
                columns["platelets"][at] is None
                or columns["platelets"][at] != columns["platelets"][at]
            )
        else:
            assert Decimal(str(columns["platelets"][at])) == platelets
            assert columns["born"][at] == born and columns["given"][at] == given


def test_variables_and_values_have_labels_and_missing_codes(tmp_path: Path) -> None:
    _, meta = read(written(tmp_path))
    labels = dict(zip(meta.column_names, meta.column_labels, strict=True))
    assert [name for name in meta.column_names if not name.startswith("note_")] == [
        variable.name for variable in VARIABLES
    ]
    assert (
        labels["platelets"] == "Platelets [×\N{NO-BREAK SPACE}10⁹/L]"
        and labels["note_2"] == "Note (2)"
    )
    sex = meta.variable_value_labels["sex"]
    assert sex == {1: "Female", 2: "Male", -8: "Not known", -9: "not recorded"}
    assert meta.variable_value_labels["drug"]["sorafenib"] == "sorafenib"
    _, coded = read(tmp_path / "sample.sav", user_missing=True)
    assert sorted(r["lo"] for r in coded.missing_ranges["sex"]) == [-9, -8]
    assert meta.variable_measure["platelets"] == "scale"
    assert meta.file_encoding == "UTF-8" and meta.file_label == "Sample"


def test_a_table_without_rows_is_a_file_with_its_variables(tmp_path: Path) -> None:
    columns, meta = read(written(tmp_path, a_table(rows=())))
    assert meta.number_rows == 0
    assert list(columns) == [variable.name for variable in VARIABLES]


@pytest.mark.parametrize("text", [*HOSTILE, "", "血" * 85, "血" * 86, "a" * 255, "a" * 256])
def test_a_long_text_is_cut_between_characters_and_nothing_is_lost(text: str) -> None:
    found = pieces(text)
    assert all(len(piece) <= LONGEST for piece in found)
    assert "".join(piece.decode() for piece in found) == text


def test_no_variable_has_a_name_that_spss_keeps_for_itself() -> None:
    kept = {"all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with"}
    names = {v.name for table in data_dictionary().tables for v in table.variables}
    assert not names & kept
    assert all(re.fullmatch(r"[a-z][a-z0-9_]{0,60}", name) for name in names)


# -- PSPP ----------------------------------------------------------------------------------------


def pspp(tmp_path: Path, *commands: str) -> str:
    """What PSPP answers to some commands."""
    syntax = tmp_path / "run.sps"
    syntax.write_text("\n".join((*commands, "")), "utf-8")
    out = tmp_path / "out.txt"
    done = subprocess.run(
        ["pspp", "-o", str(out), str(syntax)], capture_output=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told = out.read_text("utf-8")
    assert "error" not in told.lower() and "warning" not in told.lower()
    return told


@needs_pspp
def test_pspp_reads_it_without_a_warning_and_gives_the_same_values(tmp_path: Path) -> None:
    path = written(tmp_path)
    saved = tmp_path / "again.csv"
    told = pspp(
        tmp_path, f"GET FILE='{path}'.", "DISPLAY DICTIONARY.",
        f"SAVE TRANSLATE /OUTFILE='{saved}' /TYPE=CSV /FIELDNAMES /CELLS=VALUES /REPLACE.",
    )  # fmt: skip
    assert "Female" in told and "not recorded" in told and "sorafenib" in told
    with saved.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(ROWS)
    for row, wanted in zip(rows, ROWS, strict=True):
        assert row["patient_id"] == wanted[0]
        note = row["note"] + row["note_2"] + row["note_3"]
        assert note.strip() == str(wanted[1] or "").strip()
        if isinstance(wanted[6], Decimal):
            assert Decimal(row["platelets"]).quantize(Decimal("0.000001")) == wanted[6]


@pytest.fixture
def paper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workplace:
    """A ward with the paper's patients."""
    monkeypatch.setattr(engine, "KDF_ITERATIONS", 1_000)
    place = a_ward(Store.create(tmp_path / "ward.amldb", PASSPHRASE, "ward"))
    import_cohort(place, preview_cohort(place, COHORT.read_bytes(), "cheng2025"))
    return place


def test_the_analysis_table_has_one_row_a_patient_as_the_cohort_page_counts_them(
    paper: Workplace, tmp_path: Path
) -> None:
    export_data(paper, Wanted(DataFormat.SAV), tmp_path / "out")
    columns, _ = read(tmp_path / "out" / "analysis.sav")
    members = cohort(paper).everyone
    assert sorted(columns["age"]) == sorted(float(m.age) for m in members if m.age is not None)
    assert sum(columns["os_event"]) == 3 and len(columns["age"]) == 19


@needs_pspp
def test_mann_whitney_and_crosstabs_of_pspp_are_the_apps(paper: Workplace, tmp_path: Path) -> None:
    export_data(paper, Wanted(DataFormat.SAV), tmp_path / "out")
    told = pspp(
        tmp_path, f"GET FILE='{tmp_path}/out/analysis.sav'.",
        "VARIABLE LABELS age '' wbc '' blasts ''.",
        "NPAR TESTS /M-W = age wbc blasts BY baseline_mrd_positive(0,1).",
        "CROSSTABS /TABLES=sex BY baseline_mrd_positive /STATISTICS=CHISQ.",
    )  # fmt: skip
    groups = grouped(cohort(paper).everyone, Grouping.BASELINE_MRD)
    for fact in ("age", "wbc", "blasts"):
        one, other = (
            [float(value) for m in group if (value := getattr(m, fact)) is not None]
            for group in groups.values()
        )
        statistic = mann_whitney(one, other).statistic
        assert statistic is not None
        # PSPP prints the smaller of the two U.
        smaller = min(statistic, len(one) * len(other) - statistic)
        found = re.findall(rf"\n\|{fact}\s*\|\s*([\d.]+)\|\s*[\d.]+\|\s*-?[\d.]+\|", told)
        assert [float(number) for number in found] == [pytest.approx(smaller)], fact
    table = [
        [sum(1 for m in group if m.sex == sex) for group in groups.values()]
        for sex in ("female", "male")
    ]
    corrected = re.search(r"Continuity\s*\|\s*([\d.]+)\|", told)
    test = chi_square(table)
    assert corrected is not None and test.statistic is not None
    assert float(corrected[1]) == pytest.approx(test.statistic, abs=0.005)


def test_what_is_stopped_while_the_rows_are_written_leaves_nothing_beside_the_file(
    tmp_path: Path,
) -> None:
    class Stopped(Exception):
        pass

    def ask() -> None:
        raise Stopped

    path = tmp_path / "sample.sav"
    with pytest.raises(Stopped):
        write_sav(a_table(), path, TERMS, catalogue("en"), MADE, ask)
    assert [*tmp_path.iterdir()] == [path]
