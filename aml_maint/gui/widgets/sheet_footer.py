"""Below the flow sheet: what became of each drug's doses, with dose intensity and reasons."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from aml_maint.domain.messages import say
from aml_maint.gui.desk import Looks
from aml_maint.gui.widgets.label import Label
from aml_maint.services.sheet import CycleSheet
from aml_maint.services.sheet_totals import ComponentTotals, totals


class TotalsView(QWidget):
    """One drug: its name, doses given and dose intensity, and those not given with reasons."""

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self._looks = looks
        self.drug = Label(looks, role="strong", wrap=True)
        self.rdi = Label(looks, role="strong")
        self.given = Label(looks, role="small", wrap=True)
        self.rest = Label(looks, role="small", token="muted", wrap=True)
        head = QHBoxLayout()
        head.setSpacing(looks.theme.unit(2))
        head.addWidget(self.given, 1)
        head.addWidget(self.rdi, 0, Qt.AlignmentFlag.AlignTop)
        box = QVBoxLayout(self)
        box.setContentsMargins(*[looks.theme.unit(2)] * 4)
        box.setSpacing(looks.theme.unit(0.5))
        box.addWidget(self.drug)
        box.addLayout(head)
        box.addWidget(self.rest)
        box.addStretch(1)

    def tell(self, told: ComponentTotals) -> None:
        """Show a drug's totals."""
        self.drug.say(told.drug)
        self.rdi.say(told.rdi)
        self.given.say(told.given)
        self.rest.say(say("footer.rest", parts=(told.adherence, *told.not_given)))
        parts = (self.drug, self.given, self.rdi, self.rest)
        self.setAccessibleName(", ".join(label.text() for label in parts))


class SheetFooter(QWidget):
    """The drugs of a cycle beside each other."""

    def __init__(self, looks: Looks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._looks = looks
        self._sheet: CycleSheet | None = None
        self.views: list[TotalsView] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        looks.words.changed.connect(self.retranslate)
        looks.theme.changed.connect(self.update)
        self.retranslate()

    def show_sheet(self, sheet: CycleSheet) -> None:
        """Show the totals of a cycle."""
        self._sheet = sheet
        told = totals(sheet)
        while len(self.views) < len(told):
            self.views.append(TotalsView(self._looks))
            self._row.addWidget(self.views[-1], 1)
        for place, view in enumerate(self.views):
            view.setVisible(place < len(told))
            if place < len(told):
                view.tell(told[place])

    def retranslate(self) -> None:
        """Say everything in the language shown."""
        self.setAccessibleName(self._looks.words.text("footer.name"))
        if self._sheet is not None:
            self.show_sheet(self._sheet)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A raised surface with thin lines between the drugs."""
        theme = self._looks.theme
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("surface_raised"))
        painter.setPen(QPen(theme.color("line"), 1))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        for view in self.views[1:]:
            if not view.isHidden():
                left = view.geometry().left()
                painter.drawLine(left, theme.unit(2), left, self.height() - theme.unit(2))
