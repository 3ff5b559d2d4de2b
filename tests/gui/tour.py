"""One walk over every page and dialog of the demo ward; what each test asks is noted on the way."""

from __future__ import annotations

import gc
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from aml_maint.domain.messages import LANGUAGES
from aml_maint.gui.forms.lab_grid import LabGrid
from aml_maint.services.clock import SetClock
from tests.builders import moment
from tests.gallery.scenes import Scene, dialogs, pages
from tests.gallery.stage import Stage
from tests.gui.clipping import cut_texts, longer, out_of_sight
from tests.gui.hearing import heard_in

NOW = "2026-03-10T15:00"
SIZE = (1366, 768)
_MOST_TABS = 300

# Words, not codes: drug codes and abbreviations are written in capitals in both languages.
FOREIGN = {
    "en": re.compile("[\u4e00-\u9fff]+"),
    # The digest on a report is no word, wherever its first digit stands.
    "zh": re.compile(r"(?<![A-Za-z0-9.-])(?![a-f]+(?:\b|[0-9]))[a-z]{3,}(?![a-z0-9])"),
}


@dataclass
class Notes:
    """What was found, by scene and language."""

    scenes: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    heard: dict[str, int] = field(default_factory=dict)
    unnamed: list[str] = field(default_factory=list)
    unreached: list[str] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)
    foreign: dict[str, str] = field(default_factory=dict)
    """Words of the other language, and where each was met first."""
    drafts: dict[str, str] = field(default_factory=dict)
    """The name of a draft that was left, and the scene that left it."""


def take_tour(folder: Path, demo: Path) -> Notes:
    """Show every scene of the demo ward once, in both languages."""
    QAccessible.setActive(True)  # as if somebody listened
    try:
        return _tour(Stage(folder), demo, _look)
    finally:
        QAccessible.setActive(False)


def take_tight_tour(folder: Path, demo: Path, *, scale: int = 100, longer_by: float = 0) -> Notes:
    """Show every scene with large or long texts; what is cut or out of reach is noted."""
    stage = Stage(folder)
    stage.looks.theme.use(scale=scale)
    stage.looks.words._catalogue = longer(stage.looks.words.catalogue, longer_by)
    stage.looks.words.changed.emit()
    return _tour(stage, demo, _look_for_cuts)


def _tour(stage: Stage, demo: Path, look: Callable[[Stage, Scene, Notes], None]) -> Notes:
    gc.disable()  # as in the program: a worker that collected would destroy widgets
    stage.window.resize(*SIZE)
    stage.open_demo(demo, SetClock(moment(NOW)))
    notes = Notes()
    try:
        for scene in (*pages(), *dialogs()):
            try:
                scene.show(stage)
                stage.settle()
                notes.scenes.append(scene.name)
                look(stage, scene, notes)
            except Exception as fault:  # noqa: BLE001 (told with the others)
                notes.faults.append(f"{scene.name}: {type(fault).__name__}: {fault}")
            stage.close_dialogs()
            for name in stage.workspace._desk.drafts.names:
                notes.drafts.setdefault(name, scene.name)
            if len(notes.scenes) % 8 == 0:
                gc.collect()
    finally:
        stage.close()
    return notes


def _look_for_cuts(stage: Stage, scene: Scene, notes: Notes) -> None:
    top = stage.on_top
    if QSize(*SIZE).expandedTo(top.size()) != QSize(*SIZE):
        notes.cut.append(f"{scene.name}: larger than the screen: {top.size().toTuple()}")
    notes.cut += [f"{scene.name}: cut: {told}" for told in cut_texts(top)]
    notes.cut += [f"{scene.name}: out of reach: {told}" for told in out_of_sight(top)]


def _look(stage: Stage, scene: Scene, notes: Notes) -> None:
    notes.unreached += [f"{scene.name}: {told}" for told in _unreached(stage.on_top)]
    for turn in range(len(LANGUAGES)):
        if turn:
            # The other way round for the next scene: each is switched while it is open.
            stage.looks.words.use("zh" if stage.looks.words.language == "en" else "en")
            stage.settle()
        language = stage.looks.words.language
        found = list(heard_in(stage.on_top))
        notes.heard[f"{scene.name} {language}"] = len(found)
        notes.unnamed += [
            f"{scene.name} {language}: {one}"
            for one in found
            if one.needs_name and not one.name.strip()
        ]
        texts = [text for one in found for text in (one.name, one.description)]
        texts += [widget.toolTip() for widget in stage.on_top.findChildren(QWidget)]
        for text in texts:
            for word in FOREIGN[language].findall(text):
                notes.foreign.setdefault(f"{language} {word}", f"{scene.name}: {text[:90]}")


def _unreached(window: QWidget) -> Iterator[str]:
    """The controls of a window that Tab does not come by until it comes round."""
    window.activateWindow()
    reached: list[QWidget] = []
    for _ in range(2):  # what is come to may switch on what stands before it
        if _stops(window, reached):
            _walk_round(reached)
    for widget in _stops(window, reached):
        yield f"{type(widget).__name__} {widget.accessibleName()}"


def _walk_round(reached: list[QWidget]) -> None:
    """Press Tab until the keyboard is where it was already, in this walk."""
    come_by: list[QWidget] = []
    for _ in range(_MOST_TABS):
        here = QApplication.focusWidget()
        if here is None or (here in come_by and not isinstance(here, LabGrid)):
            break
        come_by.append(here)
        QTest.keyClick(here, Qt.Key.Key_Tab)
    reached += come_by


def _stops(window: QWidget, reached: list[QWidget]) -> list[QWidget]:
    """The controls that were not come by yet."""
    return [
        widget
        for widget in window.findChildren(QWidget)
        if _is_stop(widget) and not _is_reached(widget, reached)
    ]


def _is_stop(widget: QWidget) -> bool:
    tabs = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    return bool(tabs) and widget.isVisible() and widget.isEnabled()


def _is_reached(widget: QWidget, reached: list[QWidget]) -> bool:
    """Is it, a part of it, or the button chosen in its group come by?"""
    if any(one is widget or widget.isAncestorOf(one) for one in reached):
        return True
    if isinstance(widget, QAbstractButton) and (widget.autoExclusive() or widget.group()):
        return any(
            isinstance(one, QAbstractButton) and one.parent() is widget.parent() for one in reached
        )
    return False
