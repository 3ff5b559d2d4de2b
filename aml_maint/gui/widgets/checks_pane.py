"""The second pane of Today: counts, cycle starts and other checks that patients need."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from aml_maint.domain.messages import say
from aml_maint.gui.desk import Looks
from aml_maint.gui.models.findings_model import FindingLine
from aml_maint.gui.widgets.finding_list import FindingList
from aml_maint.gui.widgets.label import Label


class ChecksPane(QWidget):
    """Checks due with their count; Enter opens the patient at the check, D sets it aside."""

    finding_wanted = Signal(str, str)
    """The id of the patient to open, and the key of the finding."""
    dismiss_wanted = Signal(object)
    """The FindingLine to be set aside."""

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self._looks = looks
        self.heading = Label(looks, role="strong")
        self.nothing = Label(looks, "today.no_checks", token="muted", wrap=True)
        self.list = FindingList(looks, quiet=True)
        self.list.act_wanted.connect(self._open)
        self.list.dismiss_wanted.connect(self.dismiss_wanted)
        self._lay_out()
        looks.words.changed.connect(self._retranslate)
        self._retranslate()

    def show_checks(self, lines: Sequence[FindingLine], *, whole: bool) -> None:
        """Show the checks of the patients chosen; on a first look they are not known yet."""
        self.list.show_lines(lines)
        self.heading.say(say("today.checks", count=len(lines) if whole else "…"))
        self.nothing.setVisible(not lines and whole)
        self.list.setVisible(bool(lines))

    def _open(self, line: FindingLine) -> None:
        self.finding_wanted.emit(line.patient.id, line.finding.key)

    def _retranslate(self) -> None:
        self.list.setAccessibleName(self._looks.words.text("today.checks.list"))

    def _lay_out(self) -> None:
        theme = self._looks.theme
        head = QVBoxLayout()
        head.setContentsMargins(theme.unit(4), theme.unit(3), theme.unit(4), theme.unit(1.5))
        head.addWidget(self.heading)
        head.addWidget(self.nothing)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(head)
        box.addWidget(self.list, 1)
        box.addStretch(0)  # what is left below the words while there is no list
