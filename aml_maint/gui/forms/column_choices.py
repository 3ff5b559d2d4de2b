"""Which of a file's columns stands for one of ours: a choice for each that has no namesake."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from aml_maint.domain.messages import Message, Name
from aml_maint.gui.desk import Looks
from aml_maint.gui.forms.inputs import ChoiceInput
from aml_maint.gui.widgets.facts import literal
from aml_maint.gui.widgets.label import Label

_ACROSS = 3


class ColumnChoices(QWidget):
    """Asks for the columns that are needed and missing, and for nothing if none is."""

    changed = Signal()

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self._looks = looks
        self.choices: dict[str, ChoiceInput[str]] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(looks.theme.unit(3))
        self._grid.setVerticalSpacing(looks.theme.unit(1))

    def show_missing(self, missing: Sequence[str], header: Sequence[str]) -> None:
        """Ask which of the columns in `header` stands for each of the missing ones."""
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        self.choices = {}
        offered: list[tuple[str, Message | Name | str]] = [("", "import_dialog.no_column")]
        offered += [(name, literal(name)) for name in header if name]
        for number, name in enumerate(missing):
            choice: ChoiceInput[str] = ChoiceInput(self._looks, offered)
            choice.setAccessibleName(name)
            choice.currentIndexChanged.connect(lambda _: self.changed.emit())
            label = Label(self._looks, literal(name), role="small")
            label.setBuddy(choice)
            row, column = divmod(number, _ACROSS)
            self._grid.addWidget(label, 2 * row, column)
            self._grid.addWidget(choice, 2 * row + 1, column)
            self.choices[name] = choice

    def mapping(self) -> dict[str, str]:
        """Our column by the file's, as chosen."""
        return {choice.value(): name for name, choice in self.choices.items() if choice.value()}

    @property
    def is_complete(self) -> bool:
        """Does every missing column have one of the file's, and no two the same?"""
        return len(self.mapping()) == len(self.choices)

    def raw(self) -> str:
        """Nothing: the choices belong to the file."""
        return ""

    def set_raw(self, raw: str) -> None:
        """A draft holds no choices."""
