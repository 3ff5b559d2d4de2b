"""Every write that can be made has words in a patient's history, and so has every kind of row."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from aml_maint.domain.roles import MATRIX
from aml_maint.services.history import GROUPS
from aml_maint.store.migrations.m0001 import CLINICAL

FOLDER = Path(__file__).resolve().parents[2] / "resources" / "i18n"

# Writes and rows about the ward's file, its settings and its people, and none about a patient.
ABOUT_NO_PATIENT = {
    "accept_settings", "change_settings", "create_ward", "add_account", "change_account",
    "retire_account", "reset_passphrase", "make_recovery_key", "change_passphrase", "sign_in",
    "restore_ward", "add_laboratory", "set_reference_limit", "withdraw_reference_limit",
    "export_research_data", "export_identified_data", "add_site_drug", "change_site_drug",
    "set_site_strengths", "salvage_ward",
}  # fmt: skip
ROWS_ABOUT_NO_PATIENT = {
    "site_settings", "accounts", "laboratories", "reference_limits", "site_drugs", "site_strengths",
}  # fmt: skip


def texts(language: str) -> set[str]:
    return {
        key
        for path in FOLDER.glob(f"*.{language}.toml")
        for key in tomllib.loads(path.read_text("utf-8"))
    }


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_write_about_a_patient_has_words_in_the_history(language: str) -> None:
    wanted = {f"history.action.{action}" for action in MATRIX.keys() - ABOUT_NO_PATIENT}
    missing = wanted - texts(language)
    assert missing == set(), "add them to resources/i18n/history.*.toml, in both languages"


def test_every_write_about_a_patient_belongs_to_one_group_of_the_filter() -> None:
    grouped = [action for actions in GROUPS.values() for action in actions]
    assert len(set(grouped)) == len(grouped)
    ungrouped = MATRIX.keys() - ABOUT_NO_PATIENT - set(grouped)
    assert ungrouped == set(), "add them to GROUPS in services/history.py"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_kind_of_row_about_a_patient_has_a_name_in_the_history(language: str) -> None:
    wanted = {f"history.table.{table}" for table in CLINICAL if table not in ROWS_ABOUT_NO_PATIENT}
    assert wanted - texts(language) == set(), "add them to resources/i18n/history.*.toml"
