"""The deviation log of a course: filtered by cycle, sort and words, and saved as a table."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from aml_maint.domain.deviations import Deviation, Group
from aml_maint.domain.messages import Message, say
from aml_maint.gui.desk import Looks
from aml_maint.gui.forms.inputs import ChoiceInput, TextInput
from aml_maint.gui.models.rows_model import Column, RowsModel
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.word_table import WordTable
from aml_maint.services.deviations import DeviationLog

_TYPED_MS = 150


def _day(one: Deviation) -> Message:
    if one.cycle is None:
        return say("deviation.day", day=one.on)
    return say("deviation.day_of", day=one.on, cycle=one.cycle, number=one.day)


def _kind(one: Deviation) -> Message:
    return say(f"deviation.kind.{one.kind.value}")


def _what(one: Deviation) -> Message:
    return say("deviation.kind_of", kind=_kind(one), drugs=one.drugs) if one.drugs else _kind(one)


def _planned(one: Deviation) -> Message | str:
    return one.planned or ""


def _why(one: Deviation) -> Message | str:
    return one.why or ""


_COLUMNS: tuple[Column[Deviation], ...] = (
    Column(say("deviation.column.date"), _day),
    Column(say("deviation.column.kind_words"), _what, share=5),
    Column(say("deviation.column.planned"), _planned, share=4, token=lambda _: "muted"),
    Column(say("deviation.column.done"), lambda one: one.done, share=5),
    Column(say("deviation.column.reason"), _why, share=4),
    Column(say("deviation.column.by"), lambda one: one.by, share=3),
)


class DeviationView(QWidget):
    """What is shown is filtered here; another cycle has to be read."""

    cycle_wanted = Signal(object)
    """The number of the cycle to show; None for the whole course."""
    export_wanted = Signal()
    opened = Signal(object)
    """The Deviation that someone opened."""

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self._looks = looks
        self._log: DeviationLog | None = None
        self.cycle: ChoiceInput[int | None] = ChoiceInput(looks, [])
        self.cycle.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.group: ChoiceInput[Group | None] = ChoiceInput(looks, [])
        self.search = TextInput(looks, say("deviation.search"))
        self.search.setClearButtonEnabled(True)
        self.count = Label(looks, role="small", token="muted")
        self.export = Button(
            looks, say("deviation.export"), "folder",
            leads_to=("export_research_data", "export_identified_data"),
        )  # fmt: skip
        self.model: RowsModel[Deviation] = RowsModel(looks, _COLUMNS, self)
        self.table = WordTable(looks, self.model, raised=True)
        self.nothing = Label(looks, "deviation.none", token="muted", wrap=True)
        self._typed = QTimer(self, singleShot=True, interval=_TYPED_MS)
        self._lay_out()
        self._typed.timeout.connect(self._filter)
        self.search.textChanged.connect(lambda _: self._typed.start())
        self.group.chosen.connect(self._filter)
        self.cycle.chosen.connect(lambda: self.cycle_wanted.emit(self.cycle.value()))
        self.export.clicked.connect(self.export_wanted)
        self.table.opened.connect(self.opened)
        looks.words.changed.connect(self.retranslate)
        self.retranslate()

    def clear(self) -> None:
        """Show nothing of the patient before."""
        self._log = None
        self.search.clear()
        self.group.set_value(None)
        self.model.set_rows([])
        self.cycle.offer([])
        self.export.setEnabled(False)
        self.count.setText("")

    def show_log(self, log: DeviationLog) -> None:
        """Show a log; filters stay."""
        self._log = log
        numbers: list[tuple[int | None, Message]] = [(None, say("deviation.all_cycles"))]
        numbers += [
            (start.number, say("sheet.cycle", cycle=start.number))
            for start in reversed(log.course.cycles)
        ]
        self.cycle.offer(numbers)
        self.cycle.set_value(log.cycle)
        self.export.setEnabled(True)
        self._filter()

    def retranslate(self) -> None:
        """Set choices and accessible names in the language shown."""
        words = self._looks.words
        kept = self.group.value() if self.group.count() else None
        self.group.offer(
            [
                (None, say("deviation.group.all")),
                *((group, say(f"deviation.group.{group.value}")) for group in Group),
            ]
        )
        self.group.set_value(kept)
        for part, name in (
            (self.cycle, "deviation.filter.cycle"), (self.group, "deviation.filter.group"),
            (self.search, "deviation.search"), (self.table, "deviation.title"),
        ):  # fmt: skip
            part.setAccessibleName(words.text(name))

    def _filter(self) -> None:
        self._typed.stop()
        if self._log is None:
            return
        group, needle = self.group.value(), self.search.value().casefold()
        rows = [
            one
            for one in self._log.entries
            if group in (None, one.group) and needle in self._told(one).casefold()
        ]
        self.model.set_rows(rows)
        total = len(self._log.entries)
        key = "deviation.count" if len(rows) == total else "deviation.count_of"
        self.count.say(say(key, count=len(rows), total=total))
        self._stack.setCurrentIndex(0 if rows else 1)

    def _told(self, one: Deviation) -> str:
        """All that is shown of a deviation."""
        told = (column.text(one) for column in _COLUMNS)
        return " ".join(t if isinstance(t, str) else self._looks.words.text(t) for t in told)

    def _lay_out(self) -> None:
        theme = self._looks.theme
        head = QHBoxLayout()
        head.setContentsMargins(theme.unit(3), theme.unit(2), theme.unit(3), theme.unit(2))
        head.setSpacing(theme.unit(2))
        head.addWidget(self.cycle)
        head.addWidget(self.group)
        head.addWidget(self.search, 1)
        head.addWidget(self.count)
        head.addWidget(self.export)
        empty = QWidget()
        inside = QVBoxLayout(empty)
        inside.setContentsMargins(*[theme.unit(4)] * 4)
        inside.addWidget(self.nothing)
        inside.addStretch(1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(head)
        self._stack = QStackedLayout()
        box.addLayout(self._stack, 1)
        self._stack.addWidget(self.table)
        self._stack.addWidget(empty)
