"""Which file is read."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import Message, say
from aml_maint.gui.desk import Desk
from aml_maint.gui.forms.inputs import TextInput
from aml_maint.gui.widgets.button import IconButton

_REMEMBERED = "import_folder"


def content_of(path: Path, limit: int) -> bytes:
    """What is in a file, at most `limit` bytes and one; BadInput if it can't be read."""
    try:
        with path.open("rb") as file:
            return file.read(limit + 1)
    except (OSError, ValueError) as error:
        raise BadInput(say("labs.import.no_file", file=path.name), field="file") from error


class FileInput(QWidget):
    """A file, typed or chosen; the folder is remembered."""

    chosen = Signal()
    """Another file is named."""

    def __init__(self, desk: Desk, title: Message, kinds: str) -> None:
        """`kinds` is the filter of the list of files, such as `*.csv *.txt`."""
        super().__init__()
        self._desk = desk
        self._title = title
        self._kinds = kinds
        self.edit = TextInput(desk, longest=1000)
        self.button = IconButton(desk, "folder", title)
        self.button.clicked.connect(self.choose)
        self._named = ""
        self.edit.editingFinished.connect(self._edited)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(desk.theme.unit())
        row.addWidget(self.edit, 1)
        row.addWidget(self.button)
        self.setFocusProxy(self.edit)

    @property
    def path(self) -> Path:
        """The file that is named."""
        return Path(self.edit.value()).expanduser()

    def content(self, limit: int) -> bytes:
        """What is in the file, at most `limit` bytes and one; BadInput if it can't be read."""
        return content_of(self.path, limit)

    def raw(self) -> str:
        """What is typed."""
        return self.edit.text()

    def set_raw(self, raw: str) -> None:
        """Put a draft back."""
        self.edit.setText(raw)
        self._named = raw
        if raw:
            self.chosen.emit()

    def setAccessibleName(self, name: str) -> None:
        """Name the part that takes the keyboard, too."""
        super().setAccessibleName(name)
        self.edit.setAccessibleName(name)

    def choose(self) -> QFileDialog:
        """Let the file be picked; the system's own dialog is not used, it may hang."""
        dialog = QFileDialog(self, self._desk.words.text(self._title))
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(self._kinds)
        dialog.setDirectory(self._desk.settings.text(_REMEMBERED))
        dialog.fileSelected.connect(self._take)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    def _edited(self) -> None:
        """Leaving the input without a change names no other file."""
        if self.edit.text() != self._named:
            self._named = self.edit.text()
            self.chosen.emit()

    def _take(self, path: str) -> None:
        self._desk.settings.remember(_REMEMBERED, str(Path(path).parent))
        self.set_raw(path)
