"""The tablets at a patient's home: how they stand, every entry, and dialogs to record more."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QWidget

from aml_maint.domain.messages import say
from aml_maint.domain.patient import Patient
from aml_maint.domain.regimen import Drug
from aml_maint.domain.supply import SupplyEntry, SupplyKind
from aml_maint.gui import supply_words
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.list_dialog import ListDialog
from aml_maint.gui.dialogs.supply_entry_dialog import SupplyEntryDialog, SupplyUndoDialog
from aml_maint.gui.models.rows_model import Column, RowsModel, Text
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.word_table import WordTable
from aml_maint.services.home_supply import SupplyStatus, home_drugs, supply_status

_STATUS: tuple[Column[SupplyStatus], ...] = (
    Column(say("supply.head.drug"), lambda s: s.drug.name, 2),
    Column(say("supply.head.at_home"), supply_words.at_home),
    Column(say("supply.head.count"), supply_words.last_count, 3),
    Column(say("supply.head.lasts"), lambda s: s.lasts, 4, supply_words.token),
)


_MOST_ROWS = 5


def _expires(entry: SupplyEntry) -> Text:
    return "" if entry.expires_on is None else say("supply.day", day=entry.expires_on)


def _noted(entry: SupplyEntry) -> Text:
    return entry.note


_ENTRIES: tuple[Column[SupplyEntry], ...] = (
    Column(say("supply.head.when"), lambda e: say("supply.moment", at=e.at.local)),
    Column(say("supply.head.what"), supply_words.happened),
    Column(say("supply.head.number"), supply_words.tablets_of),
    Column(say("supply.head.lot"), lambda e: e.lot or ""),
    Column(say("supply.head.expires"), _expires),
    Column(say("supply.head.by"), lambda e: e.recorded_by, 1),
    Column(say("supply.head.note"), _noted, 2),
)


class SupplyDialog(ListDialog):
    """Above the drugs with what is at home, below the entries of the drug chosen."""

    def __init__(self, desk: Desk, patient: Patient, course_id: str, parent: QWidget) -> None:
        super().__init__(desk, patient, say("supply.title"), parent)
        self._course = course_id
        self._drugs: tuple[Drug, ...] = ()
        self.statuses: RowsModel[SupplyStatus] = RowsModel(desk, _STATUS, self)
        self.entries: RowsModel[SupplyEntry] = RowsModel(desk, _ENTRIES, self)
        self.status_table = WordTable(desk, self.statuses)
        self.entry_table = WordTable(desk, self.entries)
        self.empty = Label(desk, say("supply.empty"), token="muted", wrap=True)
        self.notes = Label(desk, role="small", token="muted", wrap=True)
        for widget, stretch in (
            (self.empty, 0), (self.status_table, 2), (self.notes, 0), (self.entry_table, 3),
        ):  # fmt: skip
            self.body.addWidget(widget, stretch)
        self.dispense = self._button("dispensed", SupplyKind.DISPENSED)
        self.count = self._button("counted", SupplyKind.COUNTED)
        self.give_back = self._button("returned", SupplyKind.RETURNED)
        self.undo = self.add_button(say("supply.act.undo"), self._undo, "withdraw_supply")
        self.finish_foot()
        self.status_table.chosen.connect(self._show_entries)
        self.entry_table.chosen.connect(lambda entry: self.undo.setEnabled(entry is not None))
        desk.words.changed.connect(self._name)
        self._name()
        theme = desk.theme
        self.resize(theme.unit(225), theme.unit(155))
        self._show(())
        self.read_again()

    def read_again(self) -> None:
        """Read how everything stands."""
        course = self._course
        self._desk.session.read(
            lambda place: (supply_status(place, course), home_drugs(place, course)),
            self._read,
            self,
        )

    def _read(self, found: tuple[tuple[SupplyStatus, ...], tuple[Drug, ...]]) -> None:
        statuses, self._drugs = found
        self.dispense.setEnabled(bool(self._drugs))
        self._show(statuses)

    def _show(self, statuses: tuple[SupplyStatus, ...]) -> None:
        chosen = self.status_table.current
        self.statuses.set_rows(statuses)
        there = bool(statuses)
        self.empty.setVisible(not there)
        for widget in (self.status_table, self.notes, self.entry_table):
            widget.setVisible(there)
        for button in (self.count, self.give_back):
            button.setEnabled(there)
        # The drugs in full, as far as there is room.
        rows = min(len(statuses), _MOST_ROWS)
        self.status_table.setMinimumHeight(self._desk.theme.unit(9 * (rows + 1)))
        drugs = [status.drug.id for status in statuses]
        wanted = chosen.drug.id if chosen is not None else None
        self.status_table.go_to(drugs.index(wanted) if wanted in drugs else 0)
        self._show_entries(self.status_table.current)

    def _show_entries(self, status: SupplyStatus | None) -> None:
        """The entries of the drug chosen, the latest first, and what stands behind its figures."""
        self.entries.set_rows([] if status is None else list(reversed(status.entries)))
        self.undo.setEnabled(False)
        if status is not None:
            told = supply_words.notes(status)
            words = self._desk.words
            self.notes.setText("\n".join(words.text(note) for note in told))

    def _button(self, name: str, kind: SupplyKind) -> Button:
        return self.add_button(
            say(f"supply.act.{name}"), lambda: self._enter(kind), "record_supply"
        )

    def _enter(self, kind: SupplyKind) -> QDialog:
        status = self.status_table.current
        dispensing = kind is SupplyKind.DISPENSED
        known = self._drugs if dispensing else tuple(s.drug for s in self.statuses.rows)
        chosen = status.drug.id if status is not None and not dispensing else None
        return SupplyEntryDialog(self._desk, self.patient, self._course, kind, known, chosen, self)

    def _undo(self) -> QDialog | None:
        entry = self.entry_table.current
        return None if entry is None else SupplyUndoDialog(self._desk, self.patient, entry, self)

    def _name(self) -> None:
        words = self._desk.words
        self.status_table.setAccessibleName(words.text("supply.title"))
        self.entry_table.setAccessibleName(words.text("supply.entries"))
        self._show_entries(self.status_table.current)
