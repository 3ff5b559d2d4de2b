"""Forms: each input with its label, its help and its error, accessible without further thought."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from aml_maint.domain.errors import UserError
from aml_maint.domain.messages import Message, say
from aml_maint.gui.desk import Looks
from aml_maint.gui.forms.inputs import Input, focus_of
from aml_maint.gui.widgets.label import Label

if TYPE_CHECKING:
    from collections.abc import Mapping


class FormRow(QWidget):
    """A label above its input, and below it the help or, in its place, what is wrong."""

    def __init__(
        self, looks: Looks, label: Message | str, field: QWidget, help_text: Message | str = ""
    ) -> None:
        super().__init__()
        self._looks = looks
        self._help = help_text
        self._error: Message | None = None
        self.field = field
        self.label = Label(looks, label, role="small", token="muted")
        self.label.setBuddy(focus_of(field))
        # With a parent from the start: shown without one, it would be a window of its own.
        self.note = Label(looks, help_text, role="small", token="muted", wrap=True, parent=self)
        self.note.setVisible(bool(help_text))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(looks.theme.unit(0.75))
        box.addWidget(self.label)
        box.addWidget(field)
        box.addWidget(self.note)
        box.addStretch(1)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        looks.words.changed.connect(self.retranslate)
        self.retranslate()

    @property
    def error(self) -> Message | None:
        """What is wrong with the input, if it was said."""
        return self._error

    @Slot()
    def retranslate(self) -> None:
        """Set the accessible texts in the language shown."""
        self.field.setAccessibleName(self.label.text())
        self.field.setAccessibleDescription(self.note.text())

    def set_help(self, help_text: Message | str) -> None:
        """Show another help below the input."""
        self._help = help_text
        self.tell(self._error)

    def tell(self, error: Message | None) -> None:
        """Say what is wrong beside the input; None takes it back."""
        self._error = error
        self.note.use_token("danger" if error is not None else "muted")
        self.note.say(error if error is not None else self._help)
        self.note.setVisible(bool(error or self._help))
        self.retranslate()


class Form(QWidget):
    """Inputs by name in one or more columns; errors find their input by that name."""

    def __init__(self, looks: Looks, columns: int = 1) -> None:
        super().__init__()
        self._looks = looks
        self._columns = columns
        self._filled = 0
        self.rows: dict[str, FormRow] = {}
        # Boxes, not a grid: a grid keeps the gaps around rows that are hidden.
        self._sides = QHBoxLayout(self)
        self._sides.setContentsMargins(0, 0, 0, 0)
        self._sides.setSpacing(looks.theme.unit(6))
        self._lines = QVBoxLayout()
        self._sides.addLayout(self._lines, 1)
        self._lines.setSpacing(looks.theme.unit(2.5))
        self._line = QHBoxLayout()
        self.general = Label(looks, role="body", token="danger", wrap=True)
        self.general.hide()

    def add_row(
        self, name: str, label: Message | str, field: QWidget, help_text: Message | str = "",
        *, span: int = 1,
    ) -> FormRow:  # fmt: skip
        """Put the next input into the form; `name` is what errors call it."""
        row = FormRow(self._looks, label, field, help_text)
        if self._filled + span > self._columns or not self.rows:
            self._line = QHBoxLayout()
            self._line.setSpacing(self._looks.theme.unit(4))
            self._lines.addLayout(self._line)
            self._filled = 0
        self._line.addWidget(row, span)
        self._filled += span
        self.rows[name] = row
        return row

    def break_line(self) -> None:
        """Begin the next input on a line of its own; what follows stands beside it."""
        self._fill_line()
        self._filled = self._columns

    def add_beside(self, name: str, label: Message | str, field: QWidget) -> FormRow:
        """Put a large input, such as a picture, at the right of all others."""
        row = FormRow(self._looks, label, field)
        self._sides.addWidget(row, 1)
        self.rows[name] = row
        return row

    def finish(self) -> None:
        """Close the form with the line for errors that belong to no single input."""
        self._fill_line()
        self._lines.addWidget(self.general)
        self._lines.addStretch(1)

    def _fill_line(self) -> None:
        """Leave the places free that nothing stands in, so that columns stay as wide."""
        for _ in range(self._filled, self._columns if self.rows else 0):
            self._line.addStretch(1)

    def show_error(self, error: UserError) -> None:
        """Say what is wrong, beside the input it names if it names one, and go there."""
        told = error.message
        if error.hint is not None:
            told = say("error.with_hint", message=error.message, hint=error.hint)
        row = self.rows.get(error.field or "")
        if row is None:
            self.general.say(told)
            self.general.show()
            return
        row.tell(told)
        row.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def clear_errors(self) -> None:
        """Take back everything that was said to be wrong."""
        self.general.hide()
        for row in self.rows.values():
            if row.error is not None:
                row.tell(None)

    def draft(self) -> dict[str, str]:
        """What is typed and chosen, by name."""
        return {name: cast("Input", row.field).raw() for name, row in self.rows.items()}

    def set_draft(self, draft: Mapping[str, str]) -> None:
        """Put a draft back; names that the form lacks are left out."""
        for name, raw in draft.items():
            if name in self.rows:
                cast("Input", self.rows[name].field).set_raw(raw)
