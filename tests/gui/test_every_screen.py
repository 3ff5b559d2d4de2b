"""What holds on every page, every tab and every dialog of the demo ward, in both languages."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from tests.gui.tour import Notes, take_tight_tour, take_tour


@pytest.fixture(scope="module")
def notes(
    qapp: QApplication, demo_ward_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Notes:
    """One walk over all of them; each test below reads its own notes."""
    folder = tmp_path_factory.mktemp("tour")
    return take_tour(folder, Path(shutil.copy(demo_ward_file, folder / "demo.amldb")))


def test_every_scene_can_be_shown(notes: Notes) -> None:
    assert notes.faults == []
    assert len(notes.scenes) > 100


def test_every_control_cell_and_painted_part_has_a_name(notes: Notes) -> None:
    assert notes.unnamed == []
    assert min(notes.heard.values()) > 4
    assert notes.heard["patient-cycle en"] > 400  # the flow sheet tells its cells


def test_tab_comes_by_every_control(notes: Notes) -> None:
    assert notes.unreached == []


@pytest.mark.parametrize(("scale", "longer_by"), [(200, 0), (100, 0.4)])
def test_nothing_is_cut_or_out_of_reach_at_the_largest_and_with_the_longest_texts(
    qapp: QApplication, demo_ward_file: Path, tmp_path: Path, scale: int, longer_by: float
) -> None:
    """On the smallest screen: bars wrap, pages and dialogs are scrolled."""
    demo = Path(shutil.copy(demo_ward_file, tmp_path / "demo.amldb"))
    notes = take_tight_tour(tmp_path, demo, scale=scale, longer_by=longer_by)
    assert notes.faults == []
    assert notes.cut == []


def test_a_form_that_nobody_typed_into_leaves_no_draft(notes: Notes) -> None:
    assert notes.drafts == {}


# What stays as it is in both languages: what people typed into the demo ward, names of files and
# formats, marks of units and methods.
NEITHER_LANGUAGE = frozenset(
    {"en 中文", "en 欧阳静"}
    | {
        f"zh {word}"
        for word in [
            "aml",
            "maint",
            "backups",
            "restore",
            "root",
            "zwm",
            "abn",
            "del",
            "inv",
            "type",
            "hner",
            "log",
            "min",
            "mol",
            "clinic",
            "laboratory",
            "penicillin",
            "rash",
            "fever",
            "patient",
            "travels",
            "family",
            "wedding",
            "public",
            "holiday",
        ]
    }
)


def test_each_language_holds_no_words_of_the_other_also_after_a_switch(notes: Notes) -> None:
    """Each scene was switched while it was open: dialogs and charts, too."""
    met = {word: where for word, where in notes.foreign.items() if word not in NEITHER_LANGUAGE}
    assert met == {}
