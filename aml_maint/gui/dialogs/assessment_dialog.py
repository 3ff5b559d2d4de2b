"""A safety assessment: each term asked, and its answer by one key."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from aml_maint.domain.assessment import Assessment, AssessmentKind, Due
from aml_maint.domain.course import Course
from aml_maint.domain.errors import BadInput, UserError
from aml_maint.domain.messages import Message, say
from aml_maint.domain.patient import Patient
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.patient_dialog import PatientDialog
from aml_maint.gui.forms.checklist_input import ChecklistInput
from aml_maint.gui.forms.date_input import DateInput
from aml_maint.gui.forms.inputs import ChoiceInput, TextInput
from aml_maint.gui.models.checklist_model import Answer, Unasked
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.criteria_list import CriteriaList
from aml_maint.gui.widgets.label import Label
from aml_maint.services.assessments import Question, Sheet, questions, record_assessment

_When = tuple[int, AssessmentKind]


class AssessmentDialog(PatientDialog):
    """Asks what the regimen's drugs can do; what is left without an answer is "not evaluated"."""

    COMMANDS = ("record_assessment", "correct_assessment")

    def __init__(
        self, desk: Desk, patient: Patient, course: Course, parent: QWidget | None,
        due: Due | None = None,
    ) -> None:  # fmt: skip
        super().__init__(
            desk, patient, say("assessment.title"), say("assessment.verb"),
            draft=f"assessment/{course.id}", parent=parent,
        )  # fmt: skip
        self._course = course
        self.setMinimumWidth(desk.theme.unit(232))
        self.when: ChoiceInput[_When] = ChoiceInput(desk, _choices(course))
        self.on = DateInput(desk, "on")
        self.on.set_day(desk.session.now().day_in(course.zone))
        self.checklist = ChecklistInput(desk)
        self.note = TextInput(desk, longest=500)
        self.when.set_value(_preferred(desk, course, due))
        self.form.add_row("cycle", say("assessment.when"), self.when)
        self.form.add_row("on", say("assessment.on"), self.on)
        self.form.add_row("findings", say("assessment.findings"), self.checklist,
                          say("assessment.keys"), span=2)  # fmt: skip
        self.form.add_row("note", say("toxicity.note"), self.note, span=2)
        self._lay_out_side()
        self.ready()
        self.checklist.line_changed.connect(self._show_line)
        self.checklist.answers.answered.connect(self._tell_open)
        self.when.chosen.connect(self._ask)
        self.rest.clicked.connect(lambda: self.checklist.answers.answer_rest(0))
        self.checklist.setFocus()
        self._ask()

    def submit(self) -> None:
        """Record the assessment."""
        on = self.on.day()
        if on is None:
            raise BadInput(say("assessment.day_needed"), field="on")
        cycle, kind = self.when.value()
        made = Assessment(
            "", self.patient.id, self._course.id, cycle, kind, on,
            self.checklist.answers.findings(), self.note.value(),
        )  # fmt: skip
        self.write(lambda place: record_assessment(place, made, self.command_id))

    def fail(self, error: UserError) -> None:
        """A refusal of one line is said below the list."""
        terms = {question.item.id for question in self.checklist.answers.questions}
        if error.field in terms:
            error.field = "findings"
        super().fail(error)

    def _ask(self) -> None:
        cycle, kind = self.when.value()
        on = self._desk.session.now().day_in(self._course.zone)

        def show(sheet: Sheet) -> None:
            if (cycle, kind) == self.when.value():
                self.checklist.show_questions(sheet.questions)

        course_id = self._course.id
        self._desk.session.read(lambda p: questions(p, course_id, cycle, kind, on), show, self)

    def _show_line(self, question: Question, answer: Answer) -> None:
        grade = None if isinstance(answer, Unasked) else answer
        self.term.say(question.item.term)
        self.criteria.show_item(question.item, grade)
        note = question.item.note
        self.item_note.setVisible(note is not None)
        if note is not None:
            self.item_note.say(note)
        ends = question.ongoing is not None
        self.ends.setVisible(ends)
        if question.ongoing is not None:
            onset = question.ongoing.onset.text()
            self.ends.say(say("assessment.zero_ends", onset=onset))

    def _tell_open(self) -> None:
        left = self.checklist.answers.open_lines
        self.left.say(say("assessment.left", count=left) if left else say("assessment.complete"))
        self.rest.setEnabled(bool(left))

    def _lay_out_side(self) -> None:
        desk, theme = self._desk, self._desk.theme
        self.term = Label(desk, role="strong", wrap=True)
        self.criteria = CriteriaList(desk)
        self.ends = Label(desk, role="small", token="warning", wrap=True)
        self.item_note = Label(desk, role="small", token="muted", wrap=True)
        self.left = Label(desk, role="small", token="muted", wrap=True)
        self.rest = Button(desk, say("assessment.rest"))
        side = QWidget()
        side.setFixedWidth(theme.unit(72))
        column = QVBoxLayout(side)
        column.setContentsMargins(0, theme.unit(5), 0, 0)
        column.setSpacing(theme.unit(2))
        for part in (self.term, self.criteria, self.ends, self.item_note):
            column.addWidget(part)
        column.addStretch(1)
        column.addWidget(self.left)
        column.addWidget(self.rest, 0, Qt.AlignmentFlag.AlignLeft)
        self.ends.hide()
        self.item_note.hide()
        row = QHBoxLayout()
        row.setSpacing(theme.unit(5))
        self.body.removeWidget(self.form)
        row.addWidget(self.form, 1)
        row.addWidget(side)
        self.body.addLayout(row, 1)


def _choices(course: Course) -> list[tuple[_When, Message]]:
    """The assessments that can be made: the latest first."""
    found: list[tuple[_When, Message]] = []
    number = len(course.cycles)
    for cycle in range(number + 1, 0, -1):
        if cycle <= number:
            for kind in (AssessmentKind.VISIT, AssessmentKind.AFTER):
                found.append(((cycle, kind), say(f"assessment.kind.{kind.value}", cycle=cycle)))
        kind = AssessmentKind.BEFORE
        found.append(((cycle, kind), say(f"assessment.kind.{kind.value}", cycle=cycle)))
    return found


def _preferred(desk: Desk, course: Course, due: Due | None) -> _When:
    if due is not None:
        return due.cycle, due.kind
    number = len(course.cycles)
    today = desk.session.now().day_in(course.zone)
    kind = AssessmentKind.AFTER if today >= course.planned_end(number) else AssessmentKind.VISIT
    return number, kind
