"""Any of a few things, each with a box to tick."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QCheckBox, QGridLayout, QWidget

from aml_maint.domain.messages import Message
from aml_maint.gui.desk import Looks


class CheckList(QWidget):
    """The ticked ones are the value; the keyboard goes from box to box by Tab."""

    def __init__(
        self, looks: Looks, choices: Sequence[tuple[str, Message]], *, across: int = 1
    ) -> None:
        """`across` is how many stand beside each other."""
        super().__init__()
        self._looks = looks
        self._texts = dict(choices)
        self.boxes = {name: QCheckBox() for name, _ in choices}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(looks.theme.unit(1))
        grid.setHorizontalSpacing(looks.theme.unit(4))
        for number, box in enumerate(self.boxes.values()):
            grid.addWidget(box, number // across, number % across)
        if self.boxes:
            self.setFocusProxy(next(iter(self.boxes.values())))
        looks.words.changed.connect(self.retranslate)
        looks.theme.changed.connect(self.restyle)
        self.retranslate()
        self.restyle()

    def value(self) -> tuple[str, ...]:
        """The names of the ticked ones, in their order."""
        return tuple(name for name, box in self.boxes.items() if box.isChecked())

    def set_value(self, names: Sequence[str]) -> None:
        """Tick these and no others."""
        for name, box in self.boxes.items():
            box.setChecked(name in names)

    def raw(self) -> str:
        """What is ticked, as text."""
        return " ".join(self.value())

    def set_raw(self, raw: str) -> None:
        """Put a draft back."""
        self.set_value(raw.split())

    def retranslate(self) -> None:
        """Set the texts in the language shown."""
        for name, box in self.boxes.items():
            text = self._looks.words.text(self._texts[name])
            box.setText(text)
            box.setAccessibleName(text)

    def restyle(self) -> None:
        """Take the font from the theme."""
        for box in self.boxes.values():
            box.setFont(self._looks.theme.font())
