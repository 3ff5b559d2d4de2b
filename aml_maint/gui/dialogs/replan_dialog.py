"""A decision about the plan: a form, and below it what the decision would do, as it is typed."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import cast

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QWidget

from aml_maint.domain.course import Course
from aml_maint.domain.errors import UserError
from aml_maint.domain.messages import Message, say
from aml_maint.domain.patient import Patient
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.patient_dialog import PatientDialog
from aml_maint.gui.forms.form import FormRow
from aml_maint.gui.forms.inputs import Input, TextInput
from aml_maint.gui.widgets.plan_preview import PlanPreview
from aml_maint.services.replan_view import PlanView, view_change
from aml_maint.services.replan_wanted import ACTIONS
from aml_maint.services.replanning import Wanted, change_plan

# So long after the last key the preview is read again.
_REST_MS = 180

_SHARE_OF_WINDOW = 0.94


class ReplanDialog(PatientDialog):
    """Enter makes the decision; with a conflict it is refused, and everything typed stays.

    Whose roles don't allow the decision may look at what it would do.
    """

    def __init__(
        self, desk: Desk, patient: Patient, course: Course, name: str,
        parent: QWidget | None, *, verb: Message | None = None,
    ) -> None:  # fmt: skip
        super().__init__(
            desk, patient, say(f"{name}.title"), verb or say(f"{name}.verb"),
            draft=f"{name}/{course.id}", columns=4, parent=parent,
        )  # fmt: skip
        self.course = course
        self.pane = PlanPreview(desk)
        self.reason = TextInput(desk)
        self.decided_by = TextInput(desk, longest=80)
        self.decided_by.setText(desk.session.actor.name)
        self._asked = 0
        self._mistaken: FormRow | None = None
        self._refused: Wanted | None = None
        self._forbidden: Message | None = None
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self.refresh)
        # As wide as the window lets it: two cycles lie side by side.
        width = desk.theme.unit(300)
        if parent is not None:
            width = min(width, round(parent.window().width() * _SHARE_OF_WINDOW))
        self.setMinimumWidth(max(width, desk.theme.unit(200)))

    def wanted(self, *, preview: bool = False) -> Wanted:
        """What is asked for. A UserError says what is missing or can't be meant.

        For a preview a reason still to be typed is no obstacle.
        """
        raise NotImplementedError

    def why(self, *, preview: bool) -> str:
        """The reason as typed; something in its place for a preview."""
        return self.reason.value() or ("…" if preview else "")

    def by(self, *, preview: bool) -> str:
        """Who decides, likewise."""
        return self.decided_by.value() or ("…" if preview else "")

    def add_decision(self) -> None:
        """Add the rows for reason and decision maker, which every decision has."""
        self.form.add_row("reason", say("plan.reason"), self.reason, span=2)
        self.form.add_row("decided_by", say("plan.decided_by"), self.decided_by)

    def ready(self) -> None:
        """Close the form; from now on every change of it is previewed."""
        super().ready()
        self.body.setStretchFactor(self.form, 0)
        self.body.insertWidget(self.body.indexOf(self.form) + 1, self.pane)
        self.body.addStretch(1)
        for row in self.form.rows.values():
            for field in (row.field, *row.field.findChildren(QWidget)):
                self._listen(field)
        self.refresh()

    def submit(self) -> None:
        """Make the decision as typed."""
        wanted = self.wanted()
        self.write(lambda place: change_plan(place, self.course.id, wanted, self.command_id))

    def refresh(self) -> None:
        """Read what the decision would do now; an answer to an earlier question is dropped."""
        self._rest.stop()
        self._asked += 1
        if self._mistaken is not None:
            self._mistaken.tell(None)
            self._mistaken = None
        try:
            wanted = self.wanted(preview=True)
        except UserError as error:
            self._correct(error)
            self.pane.wait(error.message)
            return
        self._forbidden = self._desk.session.why_not(ACTIONS[type(wanted)])
        self.save.forbid(self._forbidden)
        if wanted == self._refused:
            return  # the same in other words: why it was not saved stays in sight
        self._refused = None
        self._desk.session.read(
            lambda place: view_change(place, self.course.id, wanted),
            partial(self._show, self._asked), self, partial(self._refuse, self._asked),
        )  # fmt: skip

    def fail(self, error: UserError) -> None:
        """Say why it was refused; what concerns an input not asked for now is said below all."""
        row = self.form.rows.get(error.field or "")
        if row is not None and row.isHidden():
            error = type(error)(error.message, hint=error.hint)
        self.pane.tell_refused(error.message)
        with suppress(UserError):
            self._refused = self.wanted(preview=True)
        super().fail(error)

    def soon(self) -> None:
        """Something was typed: preview it once the keys have rested."""
        self._rest.start()

    def _listen(self, field: QWidget) -> None:
        match field:
            case QLineEdit():
                field.textChanged.connect(lambda _: self.soon())
            case QComboBox():
                field.currentIndexChanged.connect(lambda _: self.soon())
            case QCheckBox():
                field.toggled.connect(lambda _: self.soon())
            case _:
                pass

    def _show(self, asked: int, view: PlanView) -> None:
        if asked == self._asked:
            self.pane.show_view(view)
            if self._forbidden is not None:
                self.pane.forbid(self._forbidden)

    def _refuse(self, asked: int, error: UserError) -> None:
        if asked == self._asked:
            self._correct(error)
            self.pane.refuse(error.message)

    def _correct(self, error: UserError) -> None:
        """Say beside an input what is wrong with what is typed there; of an empty one nothing."""
        row = self.form.rows.get(error.field or "")
        if row is not None and cast("Input", row.field).raw():
            self._mistaken = row
            row.tell(error.message)
