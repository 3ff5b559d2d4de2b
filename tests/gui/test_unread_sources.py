"""PySide does not read the source of what is loaded after it."""

from __future__ import annotations

import inspect
import sys
from pathlib import Path
from types import ModuleType

import pytest
from PySide6.QtCore import QObject

import aml_maint
from aml_maint.gui.unread_sources import leave_sources_unread

_FEATURES = "shibokensupport.feature"


def test_no_source_is_read_of_a_module_that_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[object] = []
    monkeypatch.setattr(inspect, "getsource", lambda module: read.append(module) or "")
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "unread_by_test.py").write_text("from PySide6.QtCore import QObject\n", "utf-8")
    __import__("unread_by_test")  # what the statement does; PySide listens there
    del sys.modules["unread_by_test"]
    assert read == []


def test_modules_and_widgets_are_as_they_were() -> None:
    thing = QObject()
    thing.setObjectName("thing")
    assert thing.objectName() == "thing"
    assert not hasattr(thing, "set_object_name")


@pytest.mark.parametrize("features", [None, ModuleType("another release")])
def test_with_a_pyside_that_asks_otherwise_nothing_happens(
    features: ModuleType | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if features is None:
        monkeypatch.delitem(sys.modules, _FEATURES)
    else:
        monkeypatch.setitem(sys.modules, _FEATURES, features)
    before = dict(vars(features)) if features is not None else {}
    leave_sources_unread()
    assert features is None or dict(vars(features)) == before


def test_no_module_of_the_program_switches_a_spelling_on() -> None:
    folder = Path(aml_maint.__file__).parent
    sources = {path.name: path.read_text("utf-8") for path in folder.rglob("*.py")}
    assert [name for name, text in sources.items() if "\nfrom __feature__" in text] == []
