"""Diagnosis, risk and earlier therapy of a patient, with the buttons that change them."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from aml_maint.domain.disease import EarlierTherapy
from aml_maint.domain.messages import say
from aml_maint.gui.desk import Desk
from aml_maint.gui.disease_words import THERAPY_COLUMNS, diagnosis_facts, risk_facts
from aml_maint.gui.models.rows_model import RowsModel
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.facts import FactGrid
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.scrolling import Scrolling
from aml_maint.gui.widgets.word_table import WordTable
from aml_maint.services.disease import Disease


class DiagnosisView(QWidget):
    """Asks for what a person wants to change; the page opens the dialogs."""

    diagnosis_wanted = Signal()
    risk_wanted = Signal()
    therapy_wanted = Signal()
    withdrawal_wanted = Signal(object)
    """The EarlierTherapy to take back."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._looks = desk
        self.facts = FactGrid(desk)
        self.risk = FactGrid(desk)
        self.nothing = Label(desk, "diagnosis.none", token="muted", wrap=True)
        record = "record_diagnosis"
        self.edit = Button(desk, say("diagnosis.act"), kind="primary", leads_to=record)
        self.overrule = Button(desk, say("risk_form.act"), leads_to=record)
        self.add = Button(desk, say("therapy.act"), "plus", leads_to="record_therapy")
        self.withdraw = Button(desk, say("withdraw_entry.act"), leads_to="withdraw_therapy")
        self.model: RowsModel[EarlierTherapy] = RowsModel(desk, THERAPY_COLUMNS, self)
        self.table = WordTable(desk, self.model, raised=True)
        self._lay_out()
        self.edit.clicked.connect(self.diagnosis_wanted)
        self.overrule.clicked.connect(self.risk_wanted)
        self.add.clicked.connect(self.therapy_wanted)
        self.withdraw.clicked.connect(self._take_back)
        self.table.chosen.connect(lambda one: self.withdraw.setEnabled(one is not None))
        delete = QShortcut(QKeySequence(Qt.Key.Key_Delete), self.table, self.withdraw.click)
        delete.setContext(Qt.ShortcutContext.WidgetShortcut)
        desk.words.changed.connect(self.retranslate)
        self.retranslate()
        self.clear()

    def clear(self) -> None:
        """Show nothing of the patient before."""
        self.facts.show_facts([])
        self.risk.show_facts([])
        self.model.set_rows([])
        self.nothing.hide()
        self.withdraw.setEnabled(False)

    def show_disease(self, known: Disease) -> None:
        """Show what is known before maintenance."""
        draft = known.draft
        self.facts.show_facts(diagnosis_facts(draft))
        self.risk.show_facts([] if known.diagnosis is None else risk_facts(draft))
        self.nothing.setVisible(known.diagnosis is None)
        self.model.set_rows(known.therapies)
        self.withdraw.setEnabled(self.table.current is not None)

    def retranslate(self) -> None:
        """Name the table."""
        self.table.setAccessibleName(self._looks.words.text("therapy.heading"))

    def _take_back(self) -> None:
        if self.table.current is not None:
            self.withdrawal_wanted.emit(self.table.current)

    def _lay_out(self) -> None:
        theme = self._looks.theme
        wide, narrow = theme.unit(4), theme.unit(2)
        acts = QHBoxLayout()
        acts.setSpacing(narrow)
        acts.addWidget(self.edit)
        acts.addWidget(self.overrule)
        acts.addStretch(1)
        sides = QHBoxLayout()
        sides.setSpacing(theme.unit(6))
        for heading, facts in (("diagnosis.heading", self.facts), ("risk.heading", self.risk)):
            side = QVBoxLayout()
            side.setSpacing(narrow)
            side.addWidget(Label(self._looks, heading, role="strong"))
            if facts is self.risk:
                side.addWidget(self.nothing)
            side.addWidget(facts)
            side.addStretch(1)
            sides.addLayout(side, 1)
        inner = QWidget()
        inside = QVBoxLayout(inner)
        inside.setContentsMargins(wide, 0, wide, narrow)
        inside.addLayout(sides)
        head = QHBoxLayout()
        head.setContentsMargins(wide, narrow, theme.unit(3), narrow)
        head.setSpacing(narrow)
        head.addWidget(Label(self._looks, "therapy.heading", role="strong"))
        head.addStretch(1)
        head.addWidget(self.add)
        head.addWidget(self.withdraw)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        bar = QWidget()
        bar.setLayout(acts)
        acts.setContentsMargins(wide, narrow, wide, narrow)
        box.addWidget(bar)
        box.addWidget(Scrolling(inner), 2)
        box.addLayout(head)
        box.addWidget(self.table, 1)
