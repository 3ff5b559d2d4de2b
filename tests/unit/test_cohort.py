"""The 19 patients of the paper as facts, and rows that contradict themselves."""

from __future__ import annotations

import csv
from collections import Counter
from decimal import Decimal
from pathlib import Path
from statistics import median

import pytest

from aml_maint.domain.cohort import COLUMNS, REQUIRED, ReportedPatient, read_row
from aml_maint.domain.outcome import Basis
from aml_maint.domain.patient import Flt3Itd, Risk, Sex

FILE = Path(__file__).parents[1] / "data" / "cohort19.csv"
ROWS = list(csv.DictReader(FILE.read_text("utf-8").splitlines()))


def read(row: dict[str, str]) -> ReportedPatient:
    patient, problems = read_row(row, 2)
    assert problems == [] and patient is not None
    return patient


PATIENTS = {patient.number: patient for patient in map(read, ROWS)}


def test_all_19_patients_are_read() -> None:
    assert sorted(PATIENTS) == list(range(1, 20))
    assert set(ROWS[0]) == set(COLUMNS) and set(REQUIRED) <= set(COLUMNS)


def test_the_facts_give_the_papers_table_1() -> None:
    everyone = list(PATIENTS.values())
    assert Counter(p.sex for p in everyone) == {Sex.MALE: 9, Sex.FEMALE: 10}
    ages = [p.age_years for p in everyone]
    assert (median(ages), min(ages), max(ages)) == (59, 21, 76)
    cells = [p.wbc for p in everyone if p.wbc is not None]
    assert (median(cells), min(cells), max(cells)) == (
        Decimal("32.25"), Decimal("0.7"), Decimal(254),
    )  # fmt: skip
    assert Counter(p.fab_group for p in everyone) == {"M1": 3, "M2": 7, "M4": 3, "M5": 5, "M7": 1}
    assert Counter(p.eln2022 for p in everyone) == {
        Risk.FAVOURABLE: 3, Risk.INTERMEDIATE: 9, Risk.ADVERSE: 7,
    }  # fmt: skip
    assert {p.flt3_itd for p in everyone} == {Flt3Itd.POSITIVE}
    assert Counter(p.sorafenib_timing for p in everyone) == {"induction": 14, "consolidation": 5}


def test_the_facts_give_the_papers_events() -> None:
    deaths = [n for n, p in PATIENTS.items() if p.death]
    relapses = {n: p.relapse_type for n, p in PATIENTS.items() if p.relapse}
    assert deaths == [6, 9, 17]
    assert relapses == {2: "molecular", 5: "molecular", 6: "morphological", 7: "morphological",
                        9: "morphological", 10: "molecular"}  # fmt: skip
    assert [n for n, p in PATIENTS.items() if p.mrd_flow == "positive"] == [7, 9, 13, 17]


def test_what_is_not_given_is_none_and_numbers_keep_their_digits() -> None:
    assert PATIENTS[1].mrd_flow_percent is None
    assert PATIENTS[1].fusion_ratio_percent is None
    assert str(PATIENTS[5].fusion_ratio_percent) == "0.0011"
    assert str(PATIENTS[19].blast_percent) == "85.0"
    assert PATIENTS[5].mutations == ()
    assert PATIENTS[4].mutations == ("NPM1", "CSF3R", "IDH2", "TET2")


def test_times_are_taken_as_reported_and_never_made_into_dates() -> None:
    patient = PATIENTS[6]
    assert patient.overall_survival.basis is Basis.REPORTED
    assert (patient.overall_survival.months, patient.overall_survival.event) == (41, True)
    assert (patient.relapse_free_survival.months, patient.relapse_free_survival.event) == (31, True)


@pytest.mark.parametrize("missing", REQUIRED)
def test_a_required_cell_that_is_empty_is_told_by_its_column(missing: str) -> None:
    patient, problems = read_row(ROWS[0] | {missing: " "}, 7)
    assert patient is None
    assert (problems[0].row, problems[0].field) == (7, missing)
    assert problems[0].message.key == "import.missing_value"


def test_every_problem_of_a_row_is_told_at_once() -> None:
    _, problems = read_row(ROWS[0] | {"sex": "f", "age_years": "x", "rfs_months": "99"}, 2)
    assert {p.field for p in problems} == {"sex", "age_years", "rfs_months"}


@pytest.mark.parametrize("optional", sorted(set(COLUMNS) - set(REQUIRED)))
def test_any_other_cell_may_be_empty_or_its_column_missing(optional: str) -> None:
    read(ROWS[0] | {optional: ""})
    read({name: cell for name, cell in ROWS[0].items() if name != optional})


def test_the_data_file_is_plain_text_without_anything_hidden() -> None:
    text = FILE.read_text("utf-8")
    assert "\r" not in text and "\t" not in text
    assert text.startswith("patient,sex,")
