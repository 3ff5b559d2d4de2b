"""In the settings: what was checked at opening, and the ways to check more."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from aml_maint.domain.messages import say
from aml_maint.gui.backups import Backups
from aml_maint.gui.desk import Desk
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.flow_layout import FlowLayout
from aml_maint.gui.widgets.label import Label
from aml_maint.services.opening_checks import CheckName, OpeningCheck, opening_checks

_SIGN_UNITS = 4


class TrustPanel(QWidget):
    """A line for each check with its sign; buttons for the whole check and the head slip."""

    def __init__(self, desk: Desk, backups: Backups) -> None:
        super().__init__()
        self._desk = desk
        self._backups = backups
        self._found: tuple[OpeningCheck, ...] = ()
        self.signs = {name: QLabel() for name in CheckName}
        self.texts = {name: Label(desk, wrap=True) for name in CheckName}
        self.again = Button(desk, "checks.again", "refresh")
        self.again.clicked.connect(self.look)
        self.verify = Button(desk, "checks.verify", "shield")
        self.verify.clicked.connect(self.open_proof)
        self.slip = Button(desk, "checks.slip", "reports")
        self.slip.clicked.connect(self.open_slip)
        self._lay_out()
        for changed in (desk.words.changed, desk.theme.changed):
            changed.connect(self._show)
        self.look()

    def look(self) -> None:
        """Ask again."""

        def show(found: tuple[OpeningCheck, ...]) -> None:
            self._found = found
            self._show()

        self._desk.session.read(opening_checks, show, self)

    def open_proof(self) -> QWidget:
        """Verify the whole record."""
        from aml_maint.gui.dialogs.proof_dialog import ProofDialog

        dialog = ProofDialog(self._desk, self._backups.second, self)
        dialog.open()
        return dialog

    def open_slip(self) -> QWidget:
        """Put the head of the trail on paper."""
        from aml_maint.gui.dialogs.trail_dialogs import HeadSlipDialog

        dialog = HeadSlipDialog(self._desk, self)
        dialog.open()
        return dialog

    def _show(self) -> None:
        theme, words = self._desk.theme, self._desk.words
        size = theme.unit(_SIGN_UNITS)
        for check in self._found:
            icon = theme.icon("check", "success") if check.ok else theme.icon("alert", "warning")
            sign = self.signs[check.name]
            sign.setPixmap(icon.pixmap(QSize(size, size)))
            sign.setAccessibleName(words.text("checks.ok" if check.ok else "checks.not_ok"))
            told = check.told
            if check.hint is not None:
                told = say("error.with_hint", message=check.told, hint=check.hint)
            self.texts[check.name].use_token("text" if check.ok else "warning")
            self.texts[check.name].say(told)

    def _lay_out(self) -> None:
        theme = self._desk.theme
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.unit(3))
        box.addWidget(Label(self._desk, "checks.story", token="muted", wrap=True))
        lines = QWidget()
        grid = QGridLayout(lines)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.unit(2))
        grid.setVerticalSpacing(theme.unit(1.5))
        grid.setColumnStretch(1, 1)
        for line, name in enumerate(CheckName):
            grid.addWidget(self.signs[name], line, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(self.texts[name], line, 1)
        box.addWidget(lines)
        buttons = QWidget()
        flow = FlowLayout(buttons, across=theme.unit(2), down=theme.unit(2))
        for button in (self.verify, self.slip, self.again):
            flow.addWidget(button)
        box.addWidget(buttons)
