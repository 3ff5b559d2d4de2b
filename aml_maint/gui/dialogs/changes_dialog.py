"""The decisions that changed a plan: who, when and why; one that nobody built on is taken back."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QWidget

from aml_maint.domain.course import Course
from aml_maint.domain.errors import BadInput, UserError
from aml_maint.domain.messages import Message, say
from aml_maint.domain.patient import Patient
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.patient_dialog import PatientDialog
from aml_maint.gui.forms.inputs import TextInput
from aml_maint.gui.models.rows_model import Column, RowsModel
from aml_maint.gui.widgets.facts import literal
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.plan_preview import PlanPreview
from aml_maint.gui.widgets.word_table import WordTable
from aml_maint.services.replan_view import PlanView, view_undo
from aml_maint.services.replanning import PlanChange, changes_of, undo_change

_SHARE_OF_WINDOW = 0.94


class ChangesDialog(PatientDialog):
    """The list; below it why the marked decision is taken back, and what that would do."""

    COMMANDS = ("undo_change",)

    def __init__(
        self, desk: Desk, patient: Patient, course: Course, parent: QWidget | None,
        *, marked: str = "",
    ) -> None:  # fmt: skip
        super().__init__(
            desk, patient, say("changes.title"), say("changes.verb"), draft="", columns=1,
            parent=parent,
        )  # fmt: skip
        self.course = course
        self._marked = marked
        self._asked = 0
        self.model: RowsModel[PlanChange] = RowsModel(desk, _COLUMNS, self)
        self.list = WordTable(desk, self.model, raised=True)
        self.list.setMinimumHeight(desk.theme.unit(36))
        self.none = Label(desk, "changes.none", token="muted", wrap=True)
        self.pane = PlanPreview(desk)
        self.reason = TextInput(desk)
        self.form.add_row("reason", say("changes.reason"), self.reason)
        self.ready()
        self.body.insertWidget(2, self.list)
        self.body.insertWidget(3, self.none)
        self.body.setStretchFactor(self.form, 0)
        self.body.insertWidget(self.body.indexOf(self.form) + 1, self.pane)
        self.body.addStretch(1)
        width = desk.theme.unit(300)
        if parent is not None:
            width = min(width, round(parent.window().width() * _SHARE_OF_WINDOW))
        self.setMinimumWidth(max(width, desk.theme.unit(200)))
        self.list.chosen.connect(lambda _: self._turn())
        self.list.opened.connect(lambda _: self.reason.setFocus())
        desk.words.changed.connect(self._name)
        self._name()
        self._show([])
        desk.session.read(
            lambda place: changes_of(place, course.id, with_undone=True), self._show, self
        )

    @property
    def change(self) -> PlanChange | None:
        """The decision that the list's cursor is on."""
        current = self.list.current
        return current if isinstance(current, PlanChange) else None

    def submit(self) -> None:
        """Take the marked decision back."""
        change = self.change
        if change is None:
            raise BadInput(say("replan.no_such_change"))
        if not self.reason.value():
            raise BadInput(say("error.reason_needed"), field="reason")
        reason, course_id, id = self.reason.value(), self.course.id, change.id
        self.write(lambda place: undo_change(place, course_id, id, reason, self.command_id))

    def _show(self, found: list[PlanChange] | tuple[PlanChange, ...]) -> None:
        self.model.set_rows(list(found))
        self.list.setVisible(bool(found))
        self.none.setVisible(not found)
        (self.list if found else self.cancel).setFocus()
        places = [n for n, change in enumerate(found) if change.id == self._marked]
        standing = [n for n, change in enumerate(found) if change.undone is None]
        self.list.go_to((places or standing or [0])[0])
        self._turn()

    def _turn(self) -> None:
        """Another decision is marked: name its undo, and show what that would do."""
        change = self.change
        open_to_undo = change is not None and change.undone is None
        self.save.setEnabled(open_to_undo)
        self.pane.setVisible(open_to_undo)
        self.form.setVisible(open_to_undo)
        self.save.say(change.undo_name if change is not None and open_to_undo else
                      say("changes.verb"))  # fmt: skip
        self._asked += 1
        if change is None or not open_to_undo:
            return
        id = change.id
        self._desk.session.read(
            lambda place: view_undo(place, self.course.id, id),
            partial(self._preview, self._asked), self, partial(self._refuse, self._asked),
        )  # fmt: skip

    def _preview(self, asked: int, view: PlanView) -> None:
        if asked == self._asked:
            self.pane.show_view(view)
            self.save.setEnabled(not view.preview.conflicts)

    def _refuse(self, asked: int, error: UserError) -> None:
        if asked == self._asked:
            self.pane.refuse(error.message)
            self.save.setEnabled(False)

    def _name(self) -> None:
        self.list.setAccessibleName(self._desk.words.text("changes.title"))


def _entered(change: PlanChange) -> Message:
    return say("changes.entered_by", at=change.entered.local, who=change.entered_by)


def _standing(change: PlanChange) -> Message:
    if change.undone is None:
        return say("changes.stands")
    at, who = change.undone
    return say("changes.undone", at=at.local, who=who)


def _token(change: PlanChange) -> str:
    return "text" if change.undone is None else "muted"


_COLUMNS: list[Column[PlanChange]] = [
    Column(say("changes.what"), lambda change: change.what, 4, _token),
    Column(say("changes.why"), lambda change: change.why or literal("–"), 3, _token),
    Column(say("changes.decided"), lambda change: literal(change.decided_by), 0, _token),
    Column(say("changes.entered"), _entered, 2, _token),
    Column(say("changes.standing"), _standing, 2, _token),
]
