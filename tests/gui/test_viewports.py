"""A scroll area's viewport is found by its name, without all kinds of widgets made known."""

from __future__ import annotations

import subprocess
import sys

import pytest
from PySide6.QtWidgets import QAbstractScrollArea, QListView, QScrollArea, QTableView, QWidget
from pytestqt.qtbot import QtBot

from aml_maint.gui.viewports import viewport

KNOWN = """
import gc
from PySide6.QtWidgets import QApplication, QScrollArea
from aml_maint.gui.viewports import viewport
app = QApplication([])
area = QScrollArea()
viewport(area).update()
area.viewport().update()
print([one for one in gc.get_objects() if isinstance(one, type) and one.__name__ == "QWizard"])
"""


@pytest.mark.parametrize("kind", [QScrollArea, QListView, QTableView])
def test_it_is_qts_own_viewport(kind: type[QAbstractScrollArea], qtbot: QtBot) -> None:
    area = kind()
    qtbot.addWidget(area)
    assert viewport(area) is area.viewport()


def test_one_that_was_put_in_its_place_is_given_instead(qtbot: QtBot) -> None:
    area, own = QScrollArea(), QWidget()
    qtbot.addWidget(area)
    area.setViewport(own)
    assert viewport(area) is own


def test_asking_for_it_makes_no_other_widget_known() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", KNOWN], capture_output=True, text=True, check=True, timeout=60
    )
    assert ran.stdout.strip() == "[]"
