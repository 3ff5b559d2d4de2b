"""Toxicity from Today: one key opens it, one more records a known pattern."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from aml_maint.domain.errors import BadInput, UserError
from aml_maint.domain.known_time import KnownTime
from aml_maint.domain.messages import Message, say
from aml_maint.domain.quantities import lab_text
from aml_maint.domain.toxicity_floor import FEVER
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.screen_dialog import ScreenDialog
from aml_maint.gui.forms.form import Form
from aml_maint.gui.forms.grade_input import GradeInput
from aml_maint.gui.forms.inputs import DecimalInput
from aml_maint.gui.forms.known_time_input import KnownTimeInput
from aml_maint.gui.widgets.banner import PatientLine
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.quick_choice import QuickChoice
from aml_maint.gui.widgets.scrolling import Scrolling
from aml_maint.services.changes import Changes
from aml_maint.services.ids import new_command
from aml_maint.services.quick_toxicity import (
    FeverEntry,
    QuickContext,
    QuickLine,
    log_fever,
    log_grade,
    log_pattern,
)
from aml_maint.services.workplace import Workplace

Write = Callable[[Workplace, UUID], Changes]


class QuickToxicityDialog(ScreenDialog):
    """Digits record a pattern; where there is none, they open what has to be asked."""

    COMMANDS = ("record_toxicity", "revise_toxicity")

    other_wanted = Signal(str)
    """Any other toxicity of this patient: its id."""

    def __init__(self, desk: Desk, context: QuickContext, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._context = context
        self._command = new_command()
        self.setMinimumWidth(desk.theme.unit(125))
        self.pages = QStackedWidget()
        self.choices = [
            QuickChoice(desk, number, line.item.term, _does(context, line))
            for number, line in enumerate(context.lines, 1)
        ]
        self.other = QuickChoice(
            desk, len(self.choices) + 1, say("quick.other"), say("quick.other.told")
        )
        self.details = QCheckBox()
        self.error = Label(desk, role="body", token="danger", wrap=True)
        self.fever = FeverForm(desk, context)
        self.grading = GradeForm(desk)
        self.save = Button(desk, say("toxicity.verb"), kind="primary", leads_to=self.COMMANDS)
        self.back = Button(desk, say("quick.back"), "back")
        self.cancel = Button(desk, "action.cancel")
        self._lay_out()
        for line, choice in zip(context.lines, self.choices, strict=True):
            choice.clicked.connect(lambda _=False, term=line.item.id: self.choose(term))
        self.other.clicked.connect(self._other)
        self.save.clicked.connect(self._save)
        self.back.clicked.connect(self.show_choices)
        self.cancel.clicked.connect(self.reject)
        desk.words.changed.connect(self._retitle)
        self._retitle()
        self.show_choices()

    def choose(self, term: str, *, ask: bool = False) -> None:
        """Record a term's pattern at once; ask where there is none, or if that is wanted."""
        line = self._context.line(term)
        ask = ask or self.details.isChecked()
        if line.pattern is not None and not ask:
            self._write(lambda place, id: log_pattern(place, self._context, term, id))
        elif term == FEVER and line.running is None:
            self._turn_to(self.fever)
        else:
            self.grading.ask(line, KnownTime.on(self._context.now.date()))
            self._turn_to(self.grading)

    def show_choices(self) -> None:
        """Back to the list."""
        self._turn_to(self.list)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A digit chooses on the list; D asks for details instead of taking a pattern."""
        if self.pages.currentWidget() is self.list and event.key() == Qt.Key.Key_D:
            self.details.toggle()
            return
        digit = event.text() if event.text().isdigit() else ""
        if self.pages.currentWidget() is self.list and digit:
            number = int(digit)
            if 1 <= number <= len(self.choices):
                self.choose(self._context.lines[number - 1].item.id)
            elif number == len(self.choices) + 1:
                self._other()
            return
        super().keyPressEvent(event)

    def _other(self) -> None:
        self.other_wanted.emit(self._context.patient.id)
        self.reject()

    def _save(self) -> None:
        page = self.pages.currentWidget()
        context = self._context
        try:
            if page is self.fever:
                entry = self.fever.entry()
                self._write(lambda place, id: log_fever(place, context, entry, id))
            else:
                term, found, onset = self.grading.answer()
                self._write(lambda place, id: log_grade(place, context, term, found, onset, id))
        except UserError as error:
            self._fail(error)

    def _write(self, work: Write) -> None:
        command = self._command
        for form in (self.fever.form, self.grading.form):
            form.clear_errors()
        self.save.setEnabled(False)
        self._desk.session.write(
            lambda place: work(place, command), lambda _: self.accept(), self._fail, self
        )

    def _fail(self, error: UserError) -> None:
        """Say it beside the input; on the list, below it."""
        self.save.setEnabled(True)
        if error.field == "value":
            error.field = "degrees"
        page = self.pages.currentWidget()
        if page is self.list:
            self.error.say(error.message)
            self.error.show()
        else:
            (self.fever if page is self.fever else self.grading).form.show_error(error)

    def _turn_to(self, page: QWidget) -> None:
        self.pages.setCurrentWidget(page)
        on_list = page is self.list
        self.back.setVisible(not on_list)
        self.save.setVisible(not on_list)
        self.save.setDefault(not on_list)
        self.save.setEnabled(True)
        first = (
            self.choices[0]
            if on_list
            else (self.fever.degrees if page is self.fever else self.grading.grade)
        )
        first.setFocus()

    def _retitle(self) -> None:
        words = self._desk.words
        self.setWindowTitle(words.text("quick.title"))
        self.details.setText(words.text("quick.details"))
        self.details.setAccessibleName(self.details.text())

    def _lay_out(self) -> None:
        desk, theme = self._desk, self._desk.theme
        self.list = QWidget()
        lines = QVBoxLayout(self.list)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(theme.unit(1.5))
        for choice in (*self.choices, self.other):
            lines.addWidget(choice)
        lines.addWidget(self.details)
        self.details.setVisible(any(line.pattern for line in self._context.lines))
        lines.addWidget(self.error)
        self.error.hide()
        lines.addStretch(1)
        for page in (self.list, self.fever, self.grading):
            self.pages.addWidget(page)
        foot = QHBoxLayout()
        foot.setSpacing(theme.unit(2))
        foot.addWidget(self.back)
        foot.addStretch(1)
        foot.addWidget(self.cancel)
        foot.addWidget(self.save)
        box = QVBoxLayout(self)
        box.setContentsMargins(*[theme.unit(5)] * 4)
        box.setSpacing(theme.unit(3))
        box.addWidget(Label(desk, say("quick.title"), role="heading"))
        box.addWidget(PatientLine(desk, self._context.patient))
        box.addWidget(Label(desk, _injection(self._context), token="muted", wrap=True))
        box.addWidget(Scrolling(self.pages), 1)
        box.addLayout(foot)


class FeverForm(QWidget):
    """Temperature, hours after the injection, duration: what a patient tells the next day."""

    def __init__(self, desk: Desk, context: QuickContext) -> None:
        super().__init__()
        self._linked = context.injection is not None
        self.degrees = DecimalInput(desk, say("toxicity.degrees.placeholder"), field="degrees")
        self.after = DecimalInput(desk, field="after")
        self.lasted = DecimalInput(desk, field="lasted")
        self.low = LowPressure(desk)
        self.form = Form(desk, 2)
        self.form.add_row("degrees", say("quick.degrees"), self.degrees, say("quick.degrees.help"))
        self.form.add_row("after", say("quick.after"), self.after, say("quick.after.help"))
        self.form.add_row("lasted", say("quick.lasted"), self.lasted, say("quick.lasted.help"))
        self.form.add_row("low", say("quick.low_pressure"), self.low)
        self.form.finish()
        self.form.rows["after"].setVisible(self._linked)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.form)

    def entry(self) -> FeverEntry:
        """The fever as typed; BadInput for what is no number of hours."""
        return FeverEntry(
            self.degrees.number(),
            _hours(self.after.number(), "after"),
            _hours(self.lasted.number(), "lasted"),
            self.low.isChecked(),
        )


class LowPressure(QCheckBox):
    """Fever with low blood pressure is grade 4 at any temperature."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        desk.words.changed.connect(self._retranslate)
        self._retranslate()

    def raw(self) -> str:
        """Is it ticked?"""
        return str(int(self.isChecked()))

    def set_raw(self, raw: str) -> None:
        """Put a draft back."""
        self.setChecked(raw == "1")

    def _retranslate(self) -> None:
        self.setText(self._desk.words.text("quick.low_pressure.tick"))


class GradeForm(QWidget):
    """The grade of one term, and since when."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._line: QuickLine | None = None
        self.term = Label(desk, role="strong", wrap=True)
        self.grade = GradeInput(desk)
        self.onset = KnownTimeInput(desk, "onset")
        self.form = Form(desk, 1)
        self.form.add_row("grade", say("toxicity.grade"), self.grade)
        self.grade.refused.connect(self.form.show_error)
        self.grade.chosen.connect(self.form.clear_errors)
        self.form.add_row("onset", say("quick.since"), self.onset, say("toxicity.onset.help"))
        self.form.finish()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.term)
        box.addWidget(self.form)

    def ask(self, line: QuickLine, since: KnownTime) -> None:
        """Ask for the grade of a term; one that goes on gets another grade."""
        self._line = line
        self.term.say(line.item.term)
        self.grade.show_item(line.item)
        self.grade.set_value(None)
        self.onset.set_known(since)

    def answer(self) -> tuple[str, int, KnownTime]:
        """Term, grade and time; BadInput while one is missing."""
        found, onset = self.grade.value(), self.onset.known()
        if found is None or self._line is None:
            raise BadInput(say("error.grade_needed"), field="grade")
        if onset is None:
            raise BadInput(say("error.onset_needed"), field="onset")
        return self._line.item.id, found, onset


def _hours(number: Decimal | None, field: str) -> int | None:
    if number is None:
        return None
    if number < 0 or number > 1000 or number != int(number):
        raise BadInput(say("error.whole_hours"), field=field)
    return int(number)


def _injection(context: QuickContext) -> Message:
    if context.injection is None:
        return say("quick.no_injection")
    given = context.injection.record.given or context.injection.record.recorded
    return say("quick.injection", drug=context.injection.drug, at=given.local)


def _does(context: QuickContext, line: QuickLine) -> Message:
    """What the key of a line does."""
    if line.running is not None:
        grade = (
            say("toxicity.not_graded")
            if line.running.current is None
            else say("toxicity.grade_n", grade=line.running.current)
        )
        return say("quick.running", onset=line.running.onset.text(), grade=grade)
    pattern = line.pattern
    if pattern is None:
        return say("quick.ask_fever") if line.item.id == FEVER else say("quick.ask_grade")
    if pattern.measured is not None:
        value, at = lab_text(pattern.measured.value), pattern.measured.collected.local
        return say("quick.measured", value=value, at=at, grade=pattern.grade)
    assert pattern.like is not None  # a pattern repeats an episode, or was measured
    last = pattern.like.onset.text()
    if context.injection is None or pattern.hours_after is None:
        return say("quick.as_last", last=last, grade=pattern.grade)
    if pattern.lasted_hours is None:
        return say("quick.as_last.after", last=last, grade=pattern.grade,
                   hours=pattern.hours_after)  # fmt: skip
    return say("quick.as_last.lasted", last=last, grade=pattern.grade, hours=pattern.hours_after,
               lasted=pattern.lasted_hours)  # fmt: skip
