"""The program as it is started: without a display it says so, or draws its screens to files."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from aml_maint.domain.messages import say
from aml_maint.gui import app
from aml_maint.gui.app import close_on_signals
from aml_maint.gui.arguments import read_arguments
from aml_maint.gui.desk import Looks
from aml_maint.gui.main_window import MainWindow
from aml_maint.gui.render import SCREENS
from aml_maint.services.demo import DEMO_PASSPHRASE
from tests.gui.ward import build_ward

ROOT = Path(__file__).resolve().parents[2]


def start(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the program in a process of its own, as on a machine without a display."""
    without = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
    environment = {name: value for name, value in os.environ.items() if name not in without}
    return subprocess.run(
        [sys.executable, "-m", "aml_maint", *arguments],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems have a display")
def test_without_a_display_the_program_says_what_can_be_done() -> None:
    done = start("demo", "--language", "en")
    assert done.returncode == 4
    assert done.stderr.startswith("There is no display")
    assert "--render" in done.stderr


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs a machine's own display")
def test_every_main_screen_is_drawn_in_both_languages_themes_and_sizes(tmp_path: Path) -> None:
    demo = build_ward(tmp_path / "demo.amldb", "demo", DEMO_PASSPHRASE)
    folder = tmp_path / "screens"
    done = start("demo", "--render", str(folder), "--database", str(demo.path))
    assert done.returncode == 0, done.stderr
    assert (
        done.stderr.replace("This plugin does not support propagateSizeHints()", "").strip() == ""
    )
    screens = SCREENS
    sizes = ((1366, 768), (1920, 1080))
    for screen, language, theme, (width, height) in product(
        screens, ("en", "zh"), ("light", "dark"), sizes
    ):
        image = QImage(str(folder / f"{screen}-{language}-{theme}-{width}x{height}.png"))
        assert (image.width(), image.height()) == (width, height)
        colours = {
            image.pixelColor(x, y).rgb() for x in range(0, width, 5) for y in range(0, height, 5)
        }
        assert len(colours) > 20
    reports = list(folder.glob("*.pdf"))
    assert len(reports) == 1
    assert reports[0].read_bytes().startswith(b"%PDF-")
    assert str(folder) in done.stdout


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_end_closes_the_window_in_order(qtbot: QtBot, sent: signal.Signals) -> None:
    before = {name: signal.getsignal(name) for name in (signal.SIGINT, signal.SIGTERM)}
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    try:
        close_on_signals(window)
        signal.raise_signal(sent)
        qtbot.waitUntil(lambda: not window.isVisible())
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


@pytest.mark.parametrize(
    ("frame", "remembered", "maximised"),
    [(QSize(20, 9000), False, True), (QSize(-9000, -9000), False, False),
     (QSize(20, 9000), True, False)],
)  # fmt: skip
def test_only_a_screen_too_small_for_the_first_window_is_taken_whole(
    looks: Looks,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    frame: QSize,
    remembered: bool,
    maximised: bool,
) -> None:
    monkeypatch.setattr(app, "FRAME", frame)
    if remembered:
        before = QWidget()
        qtbot.addWidget(before)
        looks.settings.geometry = before.saveGeometry()
    window = MainWindow(looks)
    qtbot.addWidget(window)
    app.show_whole(window)
    assert window.isVisible()
    assert window.isMaximized() is maximised
    window.close()


@pytest.mark.parametrize(
    ("arguments", "exists", "told"),
    [
        ([], False, None),
        (["demo"], False, "opening.demo"),
        (["{ward}"], True, "opening.file"),
        (["{ward}"], False, None),  # then it is offered to make one
    ],
)
def test_a_start_that_names_a_file_makes_no_start_page(
    looks: Looks, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    arguments: list[str], exists: bool, told: str | None,
) -> None:  # fmt: skip
    monkeypatch.delenv("AML_MAINT_DATABASE", raising=False)
    ward = tmp_path / "ward.amldb"
    if exists:
        ward.touch()
    opens = app._opens(read_arguments([one.format(ward=ward) for one in arguments]))
    assert opens == (None if told is None else say(told))
    window = MainWindow(looks, opens)
    qtbot.addWidget(window)
    app.show_whole(window)
    assert ("start" in vars(window)) is (told is None)
    assert window.stack.currentWidget() is (window.opening if told else window.start)
    if told:
        assert window.opening.text.text() == looks.words.text(told)
    window.close()


def test_a_ward_file_named_alone_is_opened_as_a_file_manager_asks_for_it() -> None:
    options = read_arguments(["/home/li/ward.amldb"])
    assert (options.ward, options.database) == (None, Path("/home/li/ward.amldb"))
    assert read_arguments(["demo"]).ward == "demo"


@pytest.mark.parametrize("arguments", [["demo", "--theme", "purple"], ["ward"], ["--nothing"]])
def test_an_argument_that_means_nothing_ends_the_program_with_its_usage(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        read_arguments(arguments)
    assert ended.value.code == 2
    assert "usage:" in capsys.readouterr().err
