"""Copy a figure, or save it as a vector file, a picture or a table of its numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QWidget

from aml_maint.domain.errors import StorageProblem
from aml_maint.domain.messages import Message, say
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.form_dialog import FormDialog
from aml_maint.gui.figures import Figure, image_of, png_of
from aml_maint.gui.forms.folder_input import FolderInput
from aml_maint.gui.forms.inputs import ChoiceInput
from aml_maint.gui.private_file import write_private
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.label import Label

Format = Literal["svg", "png", "csv"]
_FOLDER = "report_folder"


class FigureDialog(FormDialog):
    """The file's name says the figure and the day, and nobody's name."""

    def __init__(self, desk: Desk, figure: Figure, parent: QWidget | None = None) -> None:
        super().__init__(desk, figure.title, say("figure.verb"), parent=parent)
        self._desk = desk
        self._figure = figure
        self.written: Path | None = None
        formats: list[Format] = ["svg", "png", *(["csv"] if figure.csv else [])]  # type: ignore[list-item]
        self.format: ChoiceInput[Format] = ChoiceInput(
            desk, [(one, say(f"figure.format.{one}")) for one in formats]
        )
        self.folder = FolderInput(desk, _FOLDER)
        self.outcome = Label(desk, role="strong", token="success", wrap=True)
        self.outcome.hide()
        self.copy = Button(desk, say("figure.copy"), "copy")
        self.copy.clicked.connect(self.copy_figure)
        self.form.add_row("format", say("figure.format"), self.format)
        self.form.add_row("folder", say("figure.folder"), self.folder, say("figure.privacy"))
        self.ready()
        self.body.addWidget(self.outcome)
        self.foot.insertWidget(0, self.copy)
        self.setMinimumWidth(desk.theme.unit(120))
        self.format.setFocus()

    def copy_figure(self) -> None:
        """Put the figure on the clipboard as a picture."""
        drawing = self._figure.svg()
        self._desk.session.read(lambda _: image_of(drawing), self._copied, self)

    def submit(self) -> None:
        """Write the file."""
        folder, chosen = self.folder.folder(), self.format.value()
        today = self._desk.session.now().local.date()
        path = folder / f"{self._figure.name}-{today.isoformat()}.{chosen}"
        content = self._content(chosen)
        # A picture as fine as print takes a third of a second: not on the window's thread.
        self._desk.session.give_out(
            lambda _: png_of(content) if chosen == "png" else content,
            lambda made: self._write(path, made), self, self.fail,
        )  # fmt: skip

    def _copied(self, image: QImage) -> None:
        QGuiApplication.clipboard().setImage(image)
        self._tell(say("figure.copied"))

    def _write(self, path: Path, content: bytes) -> None:
        if not write_private(path, content):
            hint = say("figure.not_written.hint")
            self.fail(StorageProblem(say("figure.not_written"), hint=hint, field="folder"))
            return
        self.written = path
        self.folder.keep()
        self._tell(say("report_dialog.saved", file=path.name))
        self.save.setEnabled(True)
        self.cancel.say("action.close")

    def _content(self, chosen: Format) -> bytes:
        """The numbers, or the drawing that the file is or is made from."""
        if chosen == "csv":
            assert self._figure.csv is not None  # only then it is offered
            return self._figure.csv()
        return self._figure.svg()

    def _tell(self, message: Message) -> None:
        self.outcome.say(message)
        self.outcome.show()
