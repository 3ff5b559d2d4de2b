"""Is an event serious, and by which criteria: the grade does not decide it."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QGridLayout, QVBoxLayout, QWidget

from aml_maint.domain.messages import say
from aml_maint.domain.toxicity_event import Criterion
from aml_maint.gui.desk import Looks


class SeriousnessInput(QWidget):
    """A tick, and below it the criteria; at least one belongs to a serious event."""

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self._looks = looks
        self.serious = QCheckBox()
        self.criteria = {criterion: QCheckBox() for criterion in Criterion}
        below = QWidget()
        grid = QGridLayout(below)
        grid.setContentsMargins(looks.theme.unit(6), 0, 0, 0)
        grid.setHorizontalSpacing(looks.theme.unit(4))
        grid.setVerticalSpacing(looks.theme.unit(0.5))
        for number, box in enumerate(self.criteria.values()):
            grid.addWidget(box, number // 2, number % 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(looks.theme.unit(1))
        column.addWidget(self.serious)
        column.addWidget(below)
        below.hide()
        self.serious.toggled.connect(below.setVisible)
        self.setFocusProxy(self.serious)
        looks.words.changed.connect(self.retranslate)
        self.retranslate()

    def is_serious(self) -> bool:
        """Is the event marked as serious?"""
        return self.serious.isChecked()

    def chosen(self) -> frozenset[Criterion]:
        """The criteria ticked; none while the event is not marked as serious."""
        if not self.is_serious():
            return frozenset()
        return frozenset(c for c, box in self.criteria.items() if box.isChecked())

    def show_chosen(self, serious: bool, criteria: frozenset[Criterion]) -> None:
        """Show how an event was judged."""
        self.serious.setChecked(serious)
        for criterion, box in self.criteria.items():
            box.setChecked(criterion in criteria)

    def raw(self) -> str:
        """What is ticked."""
        ticked = [c.value for c, box in self.criteria.items() if box.isChecked()]
        return " ".join([str(int(self.is_serious())), *ticked])

    def set_raw(self, raw: str) -> None:
        """Put a draft back."""
        first, *rest = raw.split() or ["0"]
        self.show_chosen(first == "1", frozenset(Criterion(word) for word in rest))

    def retranslate(self) -> None:
        """Set the texts in the language shown."""
        words = self._looks.words
        self.serious.setText(words.text(say("toxicity.is_serious")))
        self.serious.setAccessibleName(self.serious.text())
        for criterion, box in self.criteria.items():
            box.setText(words.text(say(f"criterion.{criterion.value}")))
            box.setAccessibleName(box.text())
