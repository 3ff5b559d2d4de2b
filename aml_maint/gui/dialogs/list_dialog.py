"""A dialog of one patient that shows lists, and opens further dialogs to change them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from aml_maint.domain.messages import Message
from aml_maint.domain.patient import Patient
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.screen_dialog import ScreenDialog
from aml_maint.gui.widgets.banner import PatientLine
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.label import Label
from aml_maint.services.changes import Changes


class ListDialog(ScreenDialog):
    """Reads its lists again after every change of the patient's record."""

    def __init__(self, desk: Desk, patient: Patient, title: Message, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._desk = desk
        self._title = title
        self.patient = patient
        self.asking: QDialog | None = None
        theme = desk.theme
        self.body = QVBoxLayout()
        self.body.setSpacing(theme.unit(3))
        self.foot = QHBoxLayout()
        self.foot.setSpacing(theme.unit(2))
        self.close_button = Button(desk, "action.close")
        self.close_button.clicked.connect(self.reject)
        box = QVBoxLayout(self)
        box.setContentsMargins(*[theme.unit(5)] * 4)
        box.setSpacing(theme.unit(4))
        box.addWidget(Label(desk, title, role="heading"))
        box.addWidget(PatientLine(desk, patient))
        box.addLayout(self.body, 1)
        box.addLayout(self.foot)
        desk.session.changed.connect(self._heard)
        desk.words.changed.connect(self._retitle)
        self._retitle()

    def read_again(self) -> None:
        """Read the lists."""
        raise NotImplementedError

    def add_button(self, text: Message, act: Callable[[], QDialog | None], action: str) -> Button:
        """A button that opens a dialog; forbidden to those whose roles don't allow the command."""
        button = Button(self._desk, text, leads_to=action)
        button.clicked.connect(lambda: self._ask(act()))
        self.foot.addWidget(button)
        return button

    def finish_foot(self) -> None:
        """Close the row of buttons."""
        self.foot.addStretch(1)
        self.foot.addWidget(self.close_button)

    def _ask(self, dialog: QDialog | None) -> None:
        if dialog is not None:
            self.asking = dialog
            dialog.open()

    def _heard(self, changes: Changes) -> None:
        if self.patient.id in changes.patients:
            self.read_again()

    def _retitle(self) -> None:
        self.setWindowTitle(self._desk.words.text(self._title))
