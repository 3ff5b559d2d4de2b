"""Draws the pictures of the manual from the demo ward, always on the same invented morning."""

from __future__ import annotations

import io
import os
import tempfile
from pathlib import Path
from typing import cast
from unittest import mock

from PySide6.QtWidgets import QApplication

from aml_maint import bootstrap
from aml_maint.domain.messages import LANGUAGES
from aml_maint.gui.dialogs.shift_dialog import ShiftDialog
from aml_maint.gui.dose_targets import DoseTarget
from aml_maint.services.clock import SetClock
from tests.builders import ZONE, moment
from tests.gallery.scenes import dialogs, pages
from tests.gallery.stage import Stage

# The picture by the scene of the gallery that it shows.
PICTURES = {
    "today": "today",
    "injection": "today.injection",
    "cycle": "patient-cycle",
    "toxicity": "patient-toxicity",
    "overview": "patient-overview",
    "replan": "cycle.shift",
    "marrow": "patient-marrow",
    "cohort": "cohort-survival",
    "settings": "settings-site",
}
MORNING = "2026-03-18T08:12"
SIZE = (1366, 800)
COLOURS = 96


def _injection(stage: Stage) -> None:
    """The injection itself, not the tablet before it."""
    stage.close_dialogs()
    page = stage.workspace.today
    (row,) = page.ui.view.rows()
    page.logger.edit(DoseTarget(row.patient, row.pair), part=row.pair.main.slot)


def _delay(stage: Stage) -> None:
    """Three days, and why."""
    dialog = cast(ShiftDialog, stage.dialog)
    dialog.days.setText("3")
    dialog.reason.setText("CRP 86 mg/L")
    stage.wait(lambda: dialog.pane.grid.isVisible())


# What is done in a scene before it is drawn.
FURTHER = {"injection": _injection, "replan": _delay}


def draw(folder: Path, demo: Path | None = None) -> list[Path]:
    """Draw every picture into the folder of its language; tells which files were written."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication.instance() or QApplication([])
    assert app is not None
    scenes = {scene.name: scene for scene in (*pages(), *dialogs())}
    written = []
    clock = mock.patch.object(
        bootstrap, "SystemClock", lambda zone: SetClock(moment(MORNING, zone))
    )
    with tempfile.TemporaryDirectory(prefix="manual-") as own, clock, \
            mock.patch.dict(os.environ, {"TZ": ZONE, "LOGNAME": "Wu Min"}):  # fmt: skip
        stage = Stage(Path(own))
        stage.window.resize(*SIZE)
        stage.open_demo(demo or Path(own) / "demo.amldb")
        for name, scene in PICTURES.items():
            scenes[scene].show(stage)
            if name in FURTHER:
                stage.settle()
                FURTHER[name](stage)
            for language in LANGUAGES:
                stage.looks.words.use(language)
                stage.settle()
                target = folder / language / f"{name}.png"
                target.parent.mkdir(parents=True, exist_ok=True)
                raw = Path(own) / "raw.png"
                stage.on_top.grab().save(str(raw))
                target.write_bytes(_small(raw))
                written.append(target)
            stage.close_dialogs()
        stage.close()
    return written


def _small(raw: Path) -> bytes:
    """The picture with few colours: a window has not many."""
    from PIL import Image

    out = io.BytesIO()
    with Image.open(raw) as image:
        few = image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        few.save(out, "PNG", optimize=True)
    return out.getvalue()
