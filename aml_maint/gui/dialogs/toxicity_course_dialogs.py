"""The course of an event goes on: another grade from a time on, or it is over."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QWidget

from aml_maint.domain.errors import BadInput
from aml_maint.domain.known_time import KnownTime
from aml_maint.domain.messages import Message, say
from aml_maint.domain.patient import Patient
from aml_maint.domain.quantities import LabValue
from aml_maint.domain.toxicity_event import OVER, GradePoint, Outcome
from aml_maint.domain.toxicity_floor import FEVER
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.patient_dialog import PatientDialog
from aml_maint.gui.forms.grade_input import GradeInput
from aml_maint.gui.forms.inputs import ChoiceInput, DecimalInput, TextInput
from aml_maint.gui.forms.known_time_input import KnownTimeInput
from aml_maint.gui.forms.result_input import ResultInput
from aml_maint.gui.toxicity_words import evidence_words, term_name
from aml_maint.gui.widgets.label import Label
from aml_maint.services.linked_values import LinkedValue, values_by_term
from aml_maint.services.toxicities import add_grade, resolve_event, withdraw_event
from aml_maint.services.toxicity_chart import EventView


class GradeDialog(PatientDialog):
    """A grade from a time on; the grades before it stay as they are."""

    COMMANDS = ("revise_toxicity",)

    def __init__(self, desk: Desk, patient: Patient, view: EventView, parent: QWidget | None):
        super().__init__(
            desk, patient, _titled("toxicity.title.grade", view), say("toxicity.verb"),
            draft=f"toxicity_grade/{view.event.event_id}", columns=1, parent=parent,
        )  # fmt: skip
        self._view = view
        fever = view.event.term == FEVER
        self.grade = GradeInput(desk)
        self.grade.refused.connect(self.form.show_error)
        self.grade.chosen.connect(self.form.clear_errors)
        self.grade.show_item(view.item)
        self.degrees = DecimalInput(desk, say("toxicity.degrees.placeholder"), field="value")
        self.linked = ResultInput(desk)
        self.linked.picked.connect(self._take_result)
        self.at = KnownTimeInput(desk, "at")
        self.at.set_known(KnownTime.on(desk.session.now().local.date()))
        self.note = TextInput(desk)
        add = self.form.add_row
        add("grade", say("toxicity.grade"), self.grade, say("toxicity.grade_dialog.help"))
        add("value", say("toxicity.degrees"), self.degrees, say("toxicity.degrees.help"))
        add("result", say("toxicity.result"), self.linked)
        add("at", say("toxicity.grade_from"), self.at)
        add("note", say("toxicity.note"), self.note)
        self.form.rows["value"].setVisible(fever)
        self.form.rows["result"].hide()
        self.ready()
        if not fever:
            desk.session.read(
                lambda place: values_by_term(place, patient.id), self._show_values, self
            )
        last = evidence_words(view.event.grades[-1])
        told = Label(desk, say("toxicity.grade_before", told=last), token="muted", wrap=True)
        self.body.insertWidget(2, told)
        self.grade.setFocus()

    def submit(self) -> None:
        """Add the grade."""
        at = self.at.known()
        if at is None:
            raise BadInput(say("error.time_needed"), field="at")
        degrees = self.degrees.number() if self._view.event.term == FEVER else None
        value = None if degrees is None else LabValue(degrees, "Cel")
        linked = self.linked.linked
        if linked is not None:
            value = linked.result.value
        if self.grade.value() is None and value is None:
            raise BadInput(say("error.grade_needed"), field="grade")
        result_id = None if linked is None else linked.result.id
        point = GradePoint(at, self.grade.value(), value, result_id, self.note.value())
        event_id = self._view.event.event_id
        self.write(lambda place: add_grade(place, event_id, point, self.command_id))

    def _show_values(self, values: Mapping[str, tuple[LinkedValue, ...]]) -> None:
        """Offer the patient's results of the term, now that they are read."""
        self.linked.offer_values(values.get(self._view.event.term, ()))
        self.form.rows["result"].setVisible(self.linked.is_needed)

    def _take_result(self, linked: LinkedValue) -> None:
        """A result that is chosen gives the grade and the time."""
        if linked.grade:
            self.grade.set_value(linked.grade)
        at = linked.result.collected.local.replace(tzinfo=None, second=0, microsecond=0)
        self.at.set_known(KnownTime.at(at))


class OverDialog(PatientDialog):
    """When an event was over, and with what outcome."""

    COMMANDS = ("revise_toxicity",)

    def __init__(self, desk: Desk, patient: Patient, view: EventView, parent: QWidget | None):
        super().__init__(
            desk, patient, _titled("toxicity.title.over", view), say("toxicity.verb.over"),
            draft=f"toxicity_over/{view.event.event_id}", columns=1, parent=parent,
        )  # fmt: skip
        self._view = view
        self.resolved = KnownTimeInput(desk, "resolved")
        self.resolved.set_known(KnownTime.on(desk.session.now().local.date()))
        ends = [one for one in Outcome if one in OVER and one is not Outcome.FATAL]
        self.outcome: ChoiceInput[Outcome] = ChoiceInput(
            desk, [(one, say(f"outcome.{one.value}")) for one in ends]
        )
        self.form.add_row("resolved", say("toxicity.resolved"), self.resolved)
        help_text = say("toxicity.fatal_by_edit")
        self.form.add_row("outcome", say("toxicity.outcome"), self.outcome, help_text)
        self.ready()
        self.resolved.setFocus()

    def submit(self) -> None:
        """End the event."""
        resolved = self.resolved.known()
        if resolved is None:
            raise BadInput(say("error.over_needs_date"), field="resolved")
        outcome, event_id = self.outcome.value(), self._view.event.event_id
        self.write(lambda p: resolve_event(p, event_id, resolved, outcome, self.command_id))


class WithdrawDialog(PatientDialog):
    """Take back an event that was entered in error."""

    COMMANDS = ("withdraw_toxicity",)

    def __init__(self, desk: Desk, patient: Patient, view: EventView, parent: QWidget | None):
        super().__init__(
            desk, patient, _titled("toxicity.title.withdraw", view),
            say("toxicity.verb.withdraw"),
            draft=f"toxicity_withdraw/{view.event.event_id}", columns=1, parent=parent,
        )  # fmt: skip
        self._view = view
        self.reason = TextInput(desk)
        help_text = say("toxicity.withdraw.help")
        self.form.add_row("reason", say("toxicity.reason"), self.reason, help_text)
        self.ready()
        self.reason.setFocus()

    def submit(self) -> None:
        """Take the event back."""
        reason, event_id = self.reason.value(), self._view.event.event_id
        self.write(lambda place: withdraw_event(place, event_id, reason, self.command_id))


def _titled(key: str, view: EventView) -> Message:
    return Message(key, {"term": term_name(view.event, view.item)})
