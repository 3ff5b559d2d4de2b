"""Icons that are drawn when shown: they outlive whoever made them, and each engine goes once."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import weakref

from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon, QIconEngine
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from aml_maint.gui.drawn_icon import drawn_icon
from aml_maint.gui.theme import Theme

FULL = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><rect width="8" height="8"/></svg>'
)
SIZE = QSize(8, 8)


def engines() -> list[QIconEngine]:
    """All that Python knows."""
    return [one for one in gc.get_objects() if isinstance(one, QIconEngine)]


class Holder:
    """Whoever has an icon, and a way back to themselves: only the collector finds them."""

    def __init__(self, icon: QIcon) -> None:
        self.icon, self.me = icon, self


def is_drawn(icon: QIcon) -> bool:
    return icon.pixmap(SIZE).toImage().pixelColor(4, 4).alpha() == 255


def test_an_icon_stays_when_the_collector_finds_whoever_it_was_made_for(
    qapp: QApplication, qtbot: QtBot
) -> None:
    button = QPushButton()
    qtbot.addWidget(button)
    holder = Holder(drawn_icon(FULL, FULL))
    button.setIcon(holder.icon)
    assert is_drawn(button.icon())
    del holder
    gc.collect()
    assert is_drawn(button.icon())


def test_the_drawings_go_with_the_last_icon_that_shows_them(qapp: QApplication) -> None:
    before = len(engines())
    first = drawn_icon(FULL, FULL)
    second = QIcon(first)
    assert len(engines()) == before + 1
    del first
    assert len(engines()) == before + 1 and is_drawn(second)
    del second
    assert len(engines()) == before


def test_a_copy_of_a_themes_icon_stays_when_the_collector_finds_the_theme(
    qapp: QApplication,
) -> None:
    theme = Theme("light")
    copy = QIcon(theme.icon("search"))
    theme.me = theme  # type: ignore[attr-defined]
    Theme("light")  # the application takes its style from another one
    gone = weakref.ref(theme)
    del theme
    gc.collect()
    assert gone() is None
    assert not copy.pixmap(SIZE).isNull()


def test_an_icon_that_qt_changes_gets_drawings_of_its_own(qapp: QApplication) -> None:
    first = drawn_icon(FULL, FULL)
    changed = QIcon(first)
    changed.addPixmap(first.pixmap(SIZE))  # Qt clones what several icons share
    gc.collect()
    del first
    assert is_drawn(changed)


ENDS = """
import gc
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QPushButton
from tests.gui.test_drawn_icon import FULL, SIZE, Holder, drawn_icon
gc.disable()
app = QApplication([])
buttons = []
for _ in range(50):
    holder = Holder(drawn_icon(FULL, FULL))
    buttons.append(QPushButton(holder.icon, ""))
    holder.icon.pixmap(SIZE)
print("over", flush=True)
"""


def test_a_process_whose_icons_go_at_its_very_end_ends_in_order() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", ENDS],
        # What is freed is overwritten: what is used afterwards is noticed.
        env={**os.environ, "PYTHONPATH": os.getcwd(), "MALLOC_PERTURB_": "165"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (0, "over\n"), ended.stderr
