"""The look for names that follows every test of a window would find one."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from aml_maint.gui.desk import Looks
from aml_maint.gui.main_window import MainWindow
from tests.gui.names import named, titles
from tests.gui.ward import PATIENTS


def test_every_title_is_heard(looks: Looks, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    with titles(monkeypatch) as told:
        window = MainWindow(looks)
        qtbot.addWidget(window)
        window.setWindowTitle("elsewhere")
    assert told[-1] == "elsewhere"


def test_a_name_in_a_title_a_setting_or_a_log_is_found(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("elsewhere")
    (folder / "w.ini").write_text(f"[today]\nlast={PATIENTS[1].mrn}\n")
    (folder / "aml_maint.log").write_text("no patient for CHEN, Wen\n")
    (folder / "report.pdf").write_text(PATIENTS[0].mrn)  # somebody asked for it
    found = named(folder, ["aml_maint", f"aml_maint – {PATIENTS[0].mrn}"])
    assert [where.partition(":")[0] for where in found] == ["title", "w.ini", "aml_maint.log"]
