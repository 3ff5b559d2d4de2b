"""A laboratory result as reported: the number with its comparator, and its unit."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtWidgets import QHBoxLayout, QWidget

from aml_maint.domain.errors import BadInput
from aml_maint.domain.labs import ANALYTES
from aml_maint.domain.messages import say
from aml_maint.domain.quantities import LabValue, lab_unit_text
from aml_maint.domain.toxicity import ToxicityItem, check_plausible, grade
from aml_maint.gui.desk import Looks
from aml_maint.gui.forms.inputs import ChoiceInput, TextInput
from aml_maint.gui.widgets.label import Label

# Units that laboratories report in, besides the analyte's own.
_OTHER_UNITS = {
    "10*9/L": ("10*3/uL", "/uL"),
    "g/L": ("g/dL",),
    "umol/L": ("mg/dL",),
    "Cel": ("[degF]",),
}


class LabInput(QWidget):
    """Reads `48`, `48.5`, `<50`; beside it the WHO grade of what is typed.

    An analyte graded by its upper limit of normal has a further input for that limit.
    """

    def __init__(self, looks: Looks, analyte: str, item: ToxicityItem | None) -> None:
        super().__init__()
        self._looks = looks
        self._analyte = analyte
        self._item = item
        own = ANALYTES[analyte]
        self.edit = TextInput(looks, longest=16)
        units = [(unit, lab_unit_text(unit)) for unit in (own, *_OTHER_UNITS.get(own, ()))]
        self.unit: ChoiceInput[str] = ChoiceInput(looks, units)
        self.limit = TextInput(looks, say("count.limit"), longest=10)
        self.limit.setVisible(item is not None and item.by_upper_limit)
        # Inputs with and without a limit end below each other.
        policy = self.limit.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.limit.setSizePolicy(policy)
        self.told = Label(looks, role="small", token="muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(looks.theme.unit())
        row.addWidget(self.edit, 2)
        row.addWidget(self.unit)
        row.addWidget(self.limit, 1)
        row.addWidget(self.told)
        self.edit.setMinimumWidth(looks.theme.unit(17))
        self.unit.setMinimumWidth(looks.theme.unit(24))
        self.limit.setMinimumWidth(looks.theme.unit(17))
        self.told.setMinimumWidth(looks.theme.unit(15))
        self.setFocusProxy(self.edit)
        for field in (self.edit, self.limit):
            field.textChanged.connect(lambda _: self._tell())
        self.unit.currentIndexChanged.connect(lambda _: self._tell())
        looks.words.changed.connect(self._name_parts)
        self._name_parts()

    def value(self) -> LabValue | None:
        """The result, None for an empty input; BadInput, naming this input, for anything else."""
        text = self.edit.value()
        if not text:
            return None
        try:
            found = LabValue.parse(text, self.unit.value())
            if self._item is not None:
                check_plausible(self._item, found)
        except BadInput as error:
            raise BadInput(error.message, hint=error.hint, field=self._analyte) from error
        return found

    def upper_limit(self) -> Decimal | None:
        """The laboratory's upper limit of normal in the unit chosen; None if none was typed."""
        text = self.limit.value()
        if not text or self.limit.isHidden():
            return None
        try:
            return LabValue.parse(text, self.unit.value()).value
        except BadInput as error:
            raise BadInput(error.message, hint=error.hint, field=self._analyte) from error

    def raw(self) -> str:
        """What is typed and chosen."""
        return "\t".join((self.edit.text(), self.unit.raw(), self.limit.text()))

    def set_raw(self, raw: str) -> None:
        """Put a draft back."""
        text, unit, limit = [*raw.split("\t"), "", "", ""][:3]
        self.edit.setText(text)
        self.unit.set_raw(unit)
        self.limit.setText(limit)

    def setAccessibleName(self, name: str) -> None:
        """Name the part that takes the keyboard, too."""
        super().setAccessibleName(name)
        self.edit.setAccessibleName(name)
        self._name_parts()

    def setAccessibleDescription(self, description: str) -> None:
        """Describe the part that takes the keyboard, too."""
        super().setAccessibleDescription(description)
        self.edit.setAccessibleDescription(description)

    def _name_parts(self) -> None:
        text = self._looks.words.text
        analyte = self.edit.accessibleName()
        self.unit.setAccessibleName(text("count.unit_of", analyte=analyte))
        self.limit.setAccessibleName(text("count.limit_of", analyte=analyte))

    def _tell(self) -> None:
        """Show the grade of what is typed; nothing while it is no value or can't be graded."""
        self.told.setText("")
        if self._item is None:
            return
        try:
            value = self.value()
            found = grade(self._item, value, self.upper_limit()) if value else None
        except BadInput:
            return
        if found is not None and found.grade is not None:
            self.told.say(say("count.grade", grade=int(found.grade)))
