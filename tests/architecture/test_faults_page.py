"""The table of faults tells what the runs have found, and all that the design asks for was run."""

from __future__ import annotations

import tomllib

import pytest

from tests.faults import pages

CATALOGUE = tomllib.loads(pages.CATALOGUE.read_text("utf-8"))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_is_the_one_that_the_results_make(language: str) -> None:
    written = (pages.MANUAL / language / "faults.md").read_text("utf-8")
    assert written == pages.page(pages.results(), language)


def test_a_count_below_what_is_asked_is_told_as_such() -> None:
    row = {"rounds": 416, "day": "2026-11-21"}
    assert pages.tried(row, 1_000, "en") == "416 of 1,000 asked (2026-11-21)"
    assert pages.tried(row, 400, "en") == "416 (2026-11-21)"
    assert pages.tried(row, "every", "en") == "416, every one (2026-11-21)"
    assert pages.tried(row, 400, "en", "2026-11-21") == "416"
    assert pages.tried(row | {"whole": False}, "every", "en", "2026-11-21") == "416 so far"
    assert pages.tried(None, 1_000, "en") == "not run yet"


@pytest.mark.parametrize("fault", CATALOGUE)
def test_nothing_was_lost_unseen_or_half_done_and_the_control_found_something(fault: str) -> None:
    runs = [run[fault] for run in pages.results().values() if fault in run]
    assert runs
    for row in runs:
        assert (row["lost"], row["undetected"], row["half"]) == (0, 0, 0)
        assert row["control"] > 0 or not row.get("whole", True)
        assert row["control"] <= row["of"]
    assert all((pages.HERE / file).exists() for file in CATALOGUE[fault]["tests"])
