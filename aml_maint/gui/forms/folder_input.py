"""Which folder a document goes to."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say
from aml_maint.gui.desk import Looks
from aml_maint.gui.forms.inputs import TextInput
from aml_maint.gui.widgets.button import IconButton


class FolderInput(QWidget):
    """A folder, typed or chosen."""

    def __init__(self, looks: Looks, setting: str | None = None) -> None:
        """Begins with the folder that the `setting` keeps, else the documents'; "" keeps none."""
        super().__init__()
        self._looks = looks
        self._setting = setting
        self.edit = TextInput(looks, longest=1000)
        self.button = IconButton(looks, "folder", say("report_dialog.choose_folder"))
        self.button.clicked.connect(self.choose)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(looks.theme.unit())
        row.addWidget(self.edit, 1)
        row.addWidget(self.button)
        self.setFocusProxy(self.edit)
        if setting is not None:
            documents = QStandardPaths.StandardLocation.DocumentsLocation
            begin = QStandardPaths.writableLocation(documents)
            self.set_raw(looks.settings.text(setting, begin) if setting else begin)

    def folder(self) -> Path:
        """The folder; BadInput if there is none of that name."""
        folder = Path(self.edit.value()).expanduser()
        if not self.edit.value() or not folder.is_dir():
            raise BadInput(say("report_dialog.no_folder"), field="folder")
        return folder

    def keep(self) -> None:
        """Remember what is chosen for the next time, under the name of its setting."""
        if self._setting:
            self._looks.settings.remember(self._setting, self.raw())

    def raw(self) -> str:
        """What is typed."""
        return self.edit.text()

    def set_raw(self, raw: str) -> None:
        """Show a folder."""
        self.edit.setText(raw)

    def setAccessibleName(self, name: str) -> None:
        """Name the part that takes the keyboard, too."""
        super().setAccessibleName(name)
        self.edit.setAccessibleName(name)

    def choose(self) -> QFileDialog:
        """Let the folder be picked; the system's own dialog is not used, it may hang."""
        dialog = QFileDialog(self, self._looks.words.text("report_dialog.choose_folder"))
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setDirectory(self.edit.value())
        dialog.fileSelected.connect(self.edit.setText)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog
