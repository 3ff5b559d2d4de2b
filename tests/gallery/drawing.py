"""Takes the pictures of the scenes and lays them side by side on contact sheets."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from aml_maint.domain.messages import Language
from aml_maint.gui.theme import ThemeChoice
from tests.gallery.scenes import Scene, dialogs, empty, pages
from tests.gallery.stage import Stage

_COLUMNS, _ROWS = 3, 4
_THUMB = QSize(683, 384)


class Drawing:
    """Shows each scene once, and draws it in every language and theme asked for."""

    def __init__(
        self,
        folder: Path,
        own: Path,
        *,
        languages: tuple[Language, ...],
        themes: tuple[ThemeChoice, ...],
        size: tuple[int, ...],
        scale: int,
        only: tuple[str, ...],
    ) -> None:
        self.app = QApplication.instance() or QApplication([])
        self._folder, self._own = folder, own
        self._languages, self._themes = languages, themes
        self._size, self._scale, self._only = QSize(*size), scale, only
        self.taken: dict[tuple[Language, ThemeChoice], list[Path]] = {}

    def draw(self, demo: Path | None) -> dict[str, str]:
        """Draw all; what went wrong, by scene."""
        self._folder.mkdir(parents=True, exist_ok=True)
        stage = self._stage("demo")
        stage.open_demo(demo or self._own / "demo.amldb")
        faults = self._draw_scenes(stage, [*pages(), *dialogs()])
        stage.close()
        stage = self._stage("empty")
        stage.open_empty()
        faults |= self._draw_scenes(stage, empty())
        stage.close()
        for (language, theme), files in self.taken.items():
            for number, part in enumerate(batched(files, _COLUMNS * _ROWS), 1):
                contact_sheet(part, self._folder / f"contact-{language}-{theme}-{number}.png")
        return faults

    def _stage(self, name: str) -> Stage:
        folder = self._own / name
        folder.mkdir()
        stage = Stage(folder)
        stage.looks.use_scale(self._scale)
        stage.window.resize(self._size)
        return stage

    def _draw_scenes(self, stage: Stage, scenes: Iterable[Scene]) -> dict[str, str]:
        faults: dict[str, str] = {}
        for scene in scenes:
            if self._only and not any(part in scene.name for part in self._only):
                continue
            try:
                self._draw_scene(stage, scene)
            except Exception as fault:  # noqa: BLE001 (the other scenes are drawn all the same, and it is told)
                faults[scene.name] = f"{type(fault).__name__}: {fault}"
            stage.close_dialogs()
        return faults

    def _draw_scene(self, stage: Stage, scene: Scene) -> None:
        stage.looks.words.use(self._languages[0])
        scene.show(stage)
        for language in self._languages:
            for theme in self._themes:
                stage.looks.words.use(language)
                stage.looks.theme.use(theme)
                stage.settle()
                assert (stage.dialog is not None) is scene.is_dialog, "no dialog, or one too many"
                path = self._folder / f"{scene.name}-{language}-{theme}.png"
                stage.on_top.grab().save(str(path))
                self.taken.setdefault((language, theme), []).append(path)


def batched(files: Sequence[Path], size: int) -> Iterator[Sequence[Path]]:
    """The files in portions of a sheet."""
    for start in range(0, len(files), size):
        yield files[start : start + size]


def contact_sheet(files: Sequence[Path], target: Path) -> None:
    """Lay pictures side by side, each under its name."""
    rows = math.ceil(len(files) / _COLUMNS)
    cell = QSize(_THUMB.width() + 16, _THUMB.height() + 36)
    sheet = QImage(
        cell.width() * _COLUMNS, cell.height() * max(rows, 1), QImage.Format.Format_RGB32
    )
    sheet.fill(QColor("gray"))
    painter = QPainter(sheet)
    for place, path in enumerate(files):
        x = place % _COLUMNS * cell.width() + 8
        y = place // _COLUMNS * cell.height()
        picture = QImage(str(path))
        if picture.width() > _THUMB.width() or picture.height() > _THUMB.height():
            smooth = Qt.TransformationMode.SmoothTransformation
            picture = picture.scaled(_THUMB, Qt.AspectRatioMode.KeepAspectRatio, smooth)
        painter.setPen(QColor("white"))
        painter.drawText(QRect(x, y, _THUMB.width(), 28), Qt.AlignmentFlag.AlignVCenter, path.stem)
        painter.drawImage(x, y + 28, picture)
    painter.end()
    sheet.save(str(target))
