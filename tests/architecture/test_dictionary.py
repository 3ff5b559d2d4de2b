"""The data dictionary knows every table, column and code word of the ward's file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from aml_maint.domain.data_dictionary import Kind
from aml_maint.domain.messages import LANGUAGES
from aml_maint.services.data_terms import data_dictionary
from aml_maint.services.language import catalogue
from aml_maint.store import engine
from aml_maint.store.database import Store
from aml_maint.store.migrations.m0001 import CLINICAL

TABLES = data_dictionary().tables
HOW = "describe it in resources/exchange/dictionary.toml: exports are made from that"

# About the ward's people, their lists and what was handed out on paper, not about patients.
NOT_EXPORTED = {"accounts", "care_lists", "report_copies"}
# What says nothing that the rows which leave do not say.
NOT_A_FACT = {"seq", "state", "withdrawn", "replaces", "frozen"}
# Of rows that are known by what they belong to.
OWN_IDS = {
    "diagnoses", "cycles", "planned_starts", "regimen_changes", "course_times", "toxicities",
    "toxicity_grades", "toxicity_causes", "toxicity_reviews", "assessment_findings",
    "assessment_overrides", "childbearing", "response_reviews", "contacts", "dismissals",
    "reported_outcomes", "site_settings", "reference_limits", "site_drugs", "site_strengths",
}  # fmt: skip
# Another column, or its parent, stands for it.
STANDS_FOR = {
    "linked_administration": "standing_administration", "toxicity_id": "event_id",
}  # fmt: skip


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setattr(engine, "KDF_ITERATIONS", 1_000)
    with Store.create(tmp_path / "ward.amldb", "correct horse battery", "ward") as made:
        yield made


def test_every_clinical_table_and_column_leaves_or_is_left_out_on_purpose(
    store: Store,
) -> None:
    sources = {table.source: table for table in TABLES if not table.is_computed}
    assert sources.keys() == set(CLINICAL) - NOT_EXPORTED, HOW
    for name, table in sources.items():
        read_from = {variable.column for variable in table.variables}
        for column in store.columns[name]:
            fact = re.sub(r"_(?:utc|offset|zone)$", "", column) if column != "zone" else column
            if fact in NOT_A_FACT or (fact == "id" and name in OWN_IDS):
                continue
            assert STANDS_FOR.get(fact, fact) in read_from, f"{name}.{column}: {HOW}"


def test_the_codes_are_exactly_the_words_that_the_columns_can_hold(store: Store) -> None:
    signs = {"eq": "=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
    for table in TABLES:
        row = store.row("SELECT sql FROM sqlite_master WHERE name = ?", (table.source,))
        for variable in table.variables:
            wanted = re.search(
                rf"\b{variable.column} TEXT[^,]*? CHECK \({variable.column} IN \(([^)]*)\)",
                row["sql"] if row else "",
            )
            if variable.kind is Kind.CODE and wanted is not None:
                words = {signs.get(code.word, code.word) for code in variable.codes}
                held = {word.strip(" '") for word in wanted[1].split(",")}
                assert held <= words, f"{table.name}.{variable.name}"


def test_every_code_and_label_has_words_in_both_languages() -> None:
    for codes in data_dictionary().codes.values():
        numbers = [code.number for code in codes]
        assert len(set(numbers)) == len(numbers)
        for code in codes:
            assert all(catalogue(language).text(code.label) for language in LANGUAGES)
