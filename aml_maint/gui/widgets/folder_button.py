"""A button that shows the folder of what was written, in the desktop's own program for files."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from aml_maint.domain.messages import say
from aml_maint.gui.desk import Looks
from aml_maint.gui.widgets.button import Button


class FolderButton(Button):
    """Hidden until there is something to show."""

    def __init__(self, looks: Looks) -> None:
        super().__init__(looks, say("report_dialog.show"), "folder")
        self._folder: Path | None = None
        self.clicked.connect(self._open)
        self.hide()

    def offer(self, folder: Path | None) -> None:
        """Offer to show this folder; None offers nothing."""
        self._folder = folder
        self.setVisible(folder is not None)

    def _open(self) -> None:
        if self._folder is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder)))
