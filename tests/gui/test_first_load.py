"""What is loaded before Today is painted, and in what pieces: a start is mostly that.

Never timed: what is looked at is which modules a fresh process holds.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# The program up to its first page, as far as modules go: the frame, then the pieces in order.
_START = """
import json, sys
from aml_maint.gui import app
from aml_maint.gui.idle_work import FOR_TODAY, loading_in_order
brought = {"frame": [name for name in sys.modules if name.startswith("aml_maint.")]}
for name, piece in zip((*FOR_TODAY, "end"), loading_in_order(FOR_TODAY), strict=False):
    before = set(sys.modules)
    piece()
    brought[name] = sorted(n for n in set(sys.modules) - before if n.startswith("aml_maint."))
print(json.dumps(brought))
"""


@pytest.fixture(scope="module")
def brought() -> dict[str, list[str]]:
    done = subprocess.run(
        [sys.executable, "-c", _START], cwd=ROOT, capture_output=True, text=True, check=True
    )
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    "later",
    [
        "aml_maint.services.findings",  # the checks come with the second reading
        "aml_maint.domain.finding_facts",
        "aml_maint.domain.disease",
        "aml_maint.domain.marrow",
        "aml_maint.services.injections",  # what is asked before a dose is given
        "aml_maint.services.late_evidence",
        "aml_maint.services.sheet",
        "aml_maint.services.toxicities",
        "aml_maint.domain.toxicity",
        "aml_maint.domain.analytes",
        "aml_maint.services.people",
        "aml_maint.services.trust",  # backups
        "aml_maint.services.demo",
        "aml_maint.gui.dialogs.form_dialog",
        "aml_maint.gui.forms.form",
        "aml_maint.gui.widgets.flow_sheet",
        "aml_maint.gui.pages.patient_page",
    ],
)
def test_what_today_does_not_show_is_loaded_after_it(
    later: str, brought: dict[str, list[str]]
) -> None:
    assert later not in {name for names in brought.values() for name in names}


# Everything that is loaded while nobody waits, so that whoever goes to a page finds it there.
_EVERYTHING = """
import json, sys
from aml_maint.gui import app
from aml_maint.gui.idle_work import (
    FOR_A_PATIENT, FOR_DOSES, FOR_PATIENTS, FOR_TODAY, every_page, loading, loading_in_order
)
for piece in loading_in_order(FOR_TODAY):
    piece()
for names in (FOR_DOSES, FOR_PATIENTS, FOR_A_PATIENT, every_page()):
    for piece in loading(names):
        piece()
print(json.dumps(list(sys.modules)))
"""


@pytest.fixture(scope="module")
def everything() -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", _EVERYTHING], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(json.loads(done.stdout))


@pytest.mark.parametrize(
    "later",
    [
        "aml_maint.reports.cycle_report_pdf",  # documents
        "aml_maint.reports.report_facts",
        "aml_maint.reports.cohort_report_pdf",
        "aml_maint.reports.figures.cohort_tables",  # figures, each when its tab is chosen
        "aml_maint.reports.figures.mrd_figure",
        "aml_maint.reports.figures.outcomes_table",
        "aml_maint.reports.figures.paper_check",
        "aml_maint.reports.figures.survival_figure",
        "aml_maint.reports.figures.swimmer_figure",
        "aml_maint.domain.study_checks",
        "aml_maint.reports.figures.toxicity_figure",
        "aml_maint.reports.fhir_elements",  # exchange
        "aml_maint.services.bundle_reading",
        "aml_maint.services.exchange_tables",
        "aml_maint.services.fhir_importing",
        "aml_maint.services.salvaging",
    ],
)
def test_what_makes_a_document_is_loaded_when_somebody_asks_for_one(
    later: str, everything: set[str]
) -> None:
    assert "aml_maint.gui.dialogs.import_dialog" in everything
    assert later not in everything


@pytest.mark.parametrize(
    "library", ["_strptime", "csv", "html.entities", "pickle", "socket", "statistics"]
)
def test_a_library_that_only_some_work_needs_is_loaded_with_that_work(
    library: str, everything: set[str]
) -> None:
    assert library not in everything


def test_no_piece_keeps_the_window_from_its_keys_for_many_modules(
    brought: dict[str, list[str]],
) -> None:
    pieces = {name: names for name, names in brought.items() if name != "frame"}
    assert {name: names for name, names in pieces.items() if len(names) > 30} == {}
    assert sum(map(len, pieces.values())) > 100


def test_the_window_is_on_the_screen_before_anything_of_a_ward_is_loaded(
    brought: dict[str, list[str]],
) -> None:
    of_a_ward = (
        "aml_maint.services.workplace",
        "aml_maint.store.database",
        "aml_maint.domain.course",
    )
    assert not set(of_a_ward) & set(brought["frame"])


def test_a_key_is_derived_before_what_works_in_an_open_file_is_loaded() -> None:
    code = (
        "import json, sys, aml_maint.bootstrap; "
        "print(json.dumps([name for name in sys.modules if name.startswith('aml_maint.')]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(json.loads(done.stdout))
    assert "aml_maint.store.database" in loaded
    assert not loaded & {"aml_maint.services.workplace", "aml_maint.domain.course"}
