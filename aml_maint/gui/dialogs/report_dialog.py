"""Save the report of a cycle as a PDF, in either language."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QFileDevice, QIODevice, QSaveFile, QStandardPaths, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from aml_maint.domain.errors import BadInput, StorageProblem, UserError
from aml_maint.domain.messages import Language, Message, say
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.form_dialog import FormDialog
from aml_maint.gui.forms.inputs import ChoiceInput, TextInput
from aml_maint.gui.widgets.button import Button, IconButton
from aml_maint.gui.widgets.label import Label

if TYPE_CHECKING:
    from aml_maint.services.workplace import Workplace

_FOLDER = "report_folder"
_PRIVATE = QFileDevice.Permission.ReadOwner | QFileDevice.Permission.WriteOwner


class FolderInput(QWidget):
    """A folder, typed or chosen."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.edit = TextInput(desk, longest=1000)
        self.button = IconButton(desk, "folder", say("report_dialog.choose_folder"))
        self.button.clicked.connect(self.choose)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(desk.theme.unit())
        row.addWidget(self.edit, 1)
        row.addWidget(self.button)
        self.setFocusProxy(self.edit)

    def folder(self) -> Path:
        """The folder; BadInput if there is none of that name."""
        folder = Path(self.edit.value()).expanduser()
        if not self.edit.value() or not folder.is_dir():
            raise BadInput(say("report_dialog.no_folder"), field="folder")
        return folder

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
        dialog = QFileDialog(self, self._desk.words.text("report_dialog.choose_folder"))
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setDirectory(self.edit.value())
        dialog.fileSelected.connect(self.edit.setText)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog


class ReportDialog(FormDialog):
    """Makes the PDF beside the window's thread, and writes it whole or not at all."""

    def __init__(
        self, desk: Desk, course_id: str, cycle: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(desk, say("report_dialog.title"), say("report_dialog.verb"), parent=parent)
        self._desk = desk
        self._course_id = course_id
        self._cycle = cycle
        self.written: Path | None = None
        self.language: ChoiceInput[Language] = ChoiceInput(
            desk, [("en", "language.en"), ("zh", "language.zh")]
        )
        self.language.set_value(desk.words.language)
        self.folder = FolderInput(desk)
        documents = QStandardPaths.writableLocation(
            QStandardPaths.StandardLocation.DocumentsLocation
        )
        self.folder.set_raw(desk.settings.text(_FOLDER, documents))
        self.outcome = Label(desk, role="strong", token="success", wrap=True)
        self.outcome.hide()
        self.show_folder = Button(desk, say("report_dialog.show"), "folder")
        self.show_folder.clicked.connect(self._open_folder)
        self.show_folder.hide()
        self.body.insertWidget(1, Label(desk, say("report_dialog.cycle", cycle=cycle)))
        self.form.add_row("language", say("report_dialog.language"), self.language)
        self.form.add_row(
            "folder", say("report_dialog.folder"), self.folder, say("report_dialog.privacy")
        )
        self.ready()
        self.body.addWidget(self.outcome)
        self.foot.insertWidget(0, self.show_folder)
        self.setMinimumWidth(desk.theme.unit(120))

    def submit(self) -> None:
        """Make the report, and write it when it is made."""
        folder, language = self.folder.folder(), self.language.value()
        course_id, cycle = self._course_id, self._cycle

        def work(place: Workplace) -> tuple[str, bytes]:
            from aml_maint.services.reporting import (
                cycle_report,
                cycle_report_pdf,
                report_file_name,
            )

            name = report_file_name(cycle_report(place, course_id, cycle), language)
            return name, cycle_report_pdf(place, course_id, cycle, language)

        def done(made: tuple[str, bytes]) -> None:
            self._write(folder / made[0], made[1])

        self._tell(say("report_dialog.making"), "muted")
        self._desk.session.read(work, done, self, self.fail)

    def fail(self, error: UserError) -> None:
        """Say why there is no report."""
        self.outcome.hide()
        super().fail(error)

    def _write(self, path: Path, pdf: bytes) -> None:
        file = QSaveFile(str(path))
        if not (
            file.open(QIODevice.OpenModeFlag.WriteOnly)
            and file.setPermissions(_PRIVATE)
            and file.write(pdf) == len(pdf)
            and file.commit()
        ):
            hint = say("report_dialog.not_written.hint")
            self.fail(StorageProblem(say("report_dialog.not_written"), hint=hint, field="folder"))
            return
        self.written = path
        self._desk.settings.remember(_FOLDER, str(path.parent))
        self._tell(say("report_dialog.saved", file=path.name), "success")
        self.show_folder.show()
        self.save.setEnabled(True)
        self.cancel.say("action.close")

    def _tell(self, message: Message, token: str) -> None:
        self.outcome.use_token(token)
        self.outcome.say(message)
        self.outcome.show()

    def _open_folder(self) -> None:
        if self.written is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.written.parent)))
