"""Asks why a dose was not given as planned: a coded reason by one key, and a note if wanted."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from aml_maint.domain.administration import REASONS, Status
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import Message, say
from aml_maint.gui import dose_words
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.dose_heading import DoseHeading
from aml_maint.gui.dialogs.form_dialog import FormDialog
from aml_maint.gui.dose_targets import DoseTarget
from aml_maint.gui.forms.inputs import ChoiceInput, TextInput
from aml_maint.gui.widgets.reason_list import ReasonList
from aml_maint.services.dose_view import DoseView


class ReasonDialog(FormDialog):
    """Numbers choose, Enter confirms, Esc cancels."""

    COMMANDS = ("log_dose", "log_doses")

    submitted = Signal()

    def __init__(
        self,
        desk: Desk,
        page: QWidget,
        status: Status,
        doses: Sequence[tuple[DoseTarget, DoseView]],
    ) -> None:
        super().__init__(
            desk, say(f"today.reason.title.{status}"), f"today.reason.verb.{status}",
            draft=f"reason/{status}/{doses[0][1].slot}", parent=page.window(),
        )  # fmt: skip
        self.about = doses[0][0].patient.id
        self.reasons = ReasonList(desk, REASONS[status])
        self.note_input = TextInput(desk, "today.note.placeholder")
        self._part = _part_choice(desk, doses)
        if self._part is not None:
            self.form.add_row("part", say("today.part"), self._part)
        self.form.add_row("reason", say(f"today.reason.ask.{status}"), self.reasons)
        self.form.add_row("note", say("today.note"), self.note_input)
        self.ready()
        self.head = DoseHeading(desk, doses)
        self.body.insertWidget(1, self.head)
        self.setMinimumWidth(desk.theme.unit(105))
        self.reasons.setFocus()

    def draft(self) -> dict[str, str]:
        """The note. A reason is chosen anew each time: Enter alone must not record an old one."""
        return super().draft() | {"reason": "0"}

    @property
    def reason(self) -> str | None:
        """The coded reason chosen."""
        return self.reasons.value()

    @property
    def note(self) -> str:
        """What was added in free words."""
        return self.note_input.value()

    def applies_to(self, view: DoseView) -> bool:
        """Is this dose of a pair meant?"""
        wanted = None if self._part is None else self._part.value()
        return wanted is None or view.slot.component == wanted

    def submit(self) -> None:
        if self.reason is None:
            raise BadInput(say("today.error.choose_reason"), field="reason")
        self.submitted.emit()

    def sizeHint(self) -> QSize:
        return super().sizeHint().expandedTo(QSize(self._looks.theme.unit(105), 0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A digit chooses a reason from wherever it is not typed into the note."""
        text = event.text()
        if event.key() != Qt.Key.Key_Escape and text.isascii() and text.isdigit():
            self.reasons.choose(int(text))
            return
        super().keyPressEvent(event)


def _part_choice(
    desk: Desk, doses: Sequence[tuple[DoseTarget, DoseView]]
) -> ChoiceInput[str | None] | None:
    """Which dose of a pair is meant, when one pair is asked about and both are open."""
    if len(doses) != 2 or doses[0][0] is not doses[1][0]:
        return None
    first, second = (view for _, view in doses)
    both = say("today.part.both", first=dose_words.drug(first), second=dose_words.drug(second))
    choices: list[tuple[str | None, Message]] = [(None, both)]
    for view in (first, second):
        only = say("today.part.only", drug=dose_words.drug(view))
        choices.append((view.slot.component, only))
    return ChoiceInput(desk, choices)
