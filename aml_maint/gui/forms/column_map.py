"""Which column of a file is what: one choice for each column."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QWidget

from aml_maint.domain.messages import Message, Name, say
from aml_maint.domain.quantities import lab_unit_text
from aml_maint.gui.desk import Looks
from aml_maint.gui.forms.inputs import ChoiceInput
from aml_maint.gui.widgets.facts import literal
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.scrolling import Scrolling
from aml_maint.services.lab_table import LabMapping, Part
from aml_maint.services.library import lab_catalogue

# A part, an analyte with its unit, or nothing.
Meaning = Part | tuple[str, str] | None
_ACROSS = 3
_LINE = 14  # height of a head with its choice, in steps of the grid
_MOST_LINES = 3
_LETTERS = 12
_BY_LENGTH = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon


class ColumnMap(QWidget):
    """The heads of a file with what each of them holds."""

    changed = Signal()

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self._looks = looks
        self.choices: dict[str, ChoiceInput[Meaning]] = {}
        self._inside = QWidget()
        self._grid = QGridLayout(self._inside)
        self._grid.setContentsMargins(0, 0, looks.theme.unit(2), 0)
        self._grid.setHorizontalSpacing(looks.theme.unit(3))
        self._grid.setVerticalSpacing(looks.theme.unit(1))
        outer = QGridLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self._scrolling = Scrolling(self._inside)
        outer.addWidget(self._scrolling)
        self._fit()

    def show_header(self, header: Sequence[str], mapping: LabMapping) -> None:
        """Show the columns of a file with what they seem to hold."""
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        self.choices = {}
        named = [name for name in header if name]
        meanings = _meanings(self._looks)
        for number, name in enumerate(named):
            choice: ChoiceInput[Meaning] = ChoiceInput(self._looks, meanings)
            found: Meaning = mapping.parts.get(name) or mapping.analytes.get(name)
            choice.set_value(found)
            choice.currentIndexChanged.connect(lambda _: self.changed.emit())
            choice.setAccessibleName(name)
            choice.setMaxVisibleItems(16)
            # The longest meaning is far wider than a column; its list shows it whole.
            choice.setSizeAdjustPolicy(_BY_LENGTH)
            choice.setMinimumContentsLength(_LETTERS)
            label = Label(self._looks, literal(name), role="small")
            label.setBuddy(choice)
            row, column = divmod(number, _ACROSS)
            self._grid.addWidget(label, 2 * row, column)
            self._grid.addWidget(choice, 2 * row + 1, column)
            self.choices[name] = choice
        self._fit()

    def _fit(self) -> None:
        """Three lines of columns are in sight, more are scrolled to."""
        lines = -(-len(self.choices) // _ACROSS)
        self._scrolling.setFixedHeight(self._looks.theme.unit(_LINE * min(lines, _MOST_LINES)))

    def mapping(self) -> LabMapping:
        """What was chosen."""
        parts: dict[str, Part] = {}
        analytes: dict[str, tuple[str, str]] = {}
        for name, choice in self.choices.items():
            match choice.value():
                case Part() as part:
                    parts[name] = part
                case (analyte, unit):
                    analytes[name] = analyte, unit
        return LabMapping(parts, analytes)

    def raw(self) -> str:
        """Nothing: the choices belong to the file."""
        return ""

    def set_raw(self, raw: str) -> None:
        """A draft holds no choices."""


def _meanings(looks: Looks) -> list[tuple[Meaning, Message | Name | str]]:
    del looks  # the choices say their words themselves
    found: list[tuple[Meaning, Message | Name | str]] = [(None, "labs.import.ignored")]
    found += [(part, f"labs.part.{part.value}") for part in Part]
    for analyte in lab_catalogue().analytes.values():
        for unit in analyte.units:
            told = say("labs.head", analyte=analyte.name, unit=lab_unit_text(unit))
            found.append(((analyte.id, unit), told))
    return found
