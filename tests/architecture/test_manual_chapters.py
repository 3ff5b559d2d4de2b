"""The chapters written from the code are as the code would write them now."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from aml_maint.domain.messages import LANGUAGES
from aml_maint.gui.widgets import toxicity_grid
from aml_maint.gui.widgets.flow_sheet import FlowSheet
from aml_maint.gui.widgets.worklist_view import VERB_KEYS
from tests.manual import commands, data, keys, rules, settings
from tests.manual.chapters import MANUAL, SOURCES

CHAPTERS = {source.__name__.rpartition(".")[2]: source for source in SOURCES}


def test_all_chapters_are_looked_at() -> None:
    assert set(CHAPTERS.values()) == {commands, data, keys, rules, settings}


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_says_what_the_code_says(name: str) -> None:
    found = list(CHAPTERS[name].chapters())
    assert {language for language, _, _ in found} == set(LANGUAGES)
    for language, page, text in found:
        kept = (MANUAL / language / f"{page}.md").read_text("utf-8")
        assert kept == text, "write the chapters anew: python -m tests.manual"


def test_every_key_with_ctrl_or_alt_and_every_f_key_is_in_the_chapter() -> None:
    assert sorted(keys.sequences() - keys.declared()) == []


def test_the_keys_of_today_are_those_of_its_list() -> None:
    names = {Qt.Key(key).name.removeprefix("Key_").replace("Return", "Enter") for key in VERB_KEYS}
    assert names <= keys.declared("today")
    assert {key for key in keys.declared("today") if len(key) == 1} <= names


def test_the_letters_of_the_flow_sheet_are_those_it_takes() -> None:
    letters = {key for key in keys.declared("sheet") if len(key) == 1 and key.isalpha()}
    assert letters == set(FlowSheet.KEYS)


def test_the_letters_of_the_toxicity_grid_are_those_it_takes() -> None:
    letters = {Qt.Key(key).name.removeprefix("Key_") for key in toxicity_grid._KEYS}
    assert letters - {"Return", "Enter"} <= keys.declared("toxicity")
