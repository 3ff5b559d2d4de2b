"""Record a pregnancy test, and who stated whether the patient can become pregnant."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtWidgets import QWidget

from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import Message, say
from aml_maint.domain.moment import Moment
from aml_maint.domain.patient import Patient
from aml_maint.domain.pregnancy import (
    Childbearing,
    ChildbearingStatement,
    PregnancyFacts,
    Specimen,
    TestOutcome,
    last_collected,
    outcome_text,
)
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.patient_dialog import PatientDialog
from aml_maint.gui.forms.date_input import DateInput
from aml_maint.gui.forms.inputs import ChoiceInput, TextInput, TimeInput
from aml_maint.gui.widgets.label import Label
from aml_maint.services.pregnancy import (
    pregnancy_facts,
    record_pregnancy_test,
    state_childbearing,
)


class _PregnancyDialog(PatientDialog):
    """Says above the form what is on record."""

    def __init__(
        self, desk: Desk, patient: Patient, title: Message, verb: Message, draft: str,
        parent: QWidget | None,
    ) -> None:  # fmt: skip
        super().__init__(
            desk, patient, title, verb, draft=f"{draft}/{patient.id}", columns=1, parent=parent
        )
        self.known = Label(desk, token="muted", wrap=True)
        self.body.insertWidget(2, self.known)
        self.known.hide()
        desk.session.read(lambda place: pregnancy_facts(place, patient.id), self._tell, self)

    def _tell(self, facts: PregnancyFacts) -> None:
        statement = facts.statements[-1] if facts.statements else None
        self.known.say(say("pregnancy.known", statement=_stated(statement), test=_tested(facts)))
        self.known.show()


class PregnancyTestDialog(_PregnancyDialog):
    """Nothing is chosen beforehand: a result is read off the report."""

    COMMANDS = ("record_pregnancy_test",)

    def __init__(self, desk: Desk, patient: Patient, zone: str, parent: QWidget | None) -> None:
        super().__init__(
            desk, patient, say("pregnancy.test.title"), say("pregnancy.test.verb"),
            "pregnancy_test", parent,
        )  # fmt: skip
        self._zone = zone
        self.outcome: ChoiceInput[TestOutcome | None] = ChoiceInput(
            desk, [(None, "pregnancy.choose"), *((o, f"pregnancy.{o.value}") for o in TestOutcome)]
        )
        self.specimen: ChoiceInput[Specimen | None] = ChoiceInput(
            desk,
            [(None, "pregnancy.choose"), *((s, f"pregnancy.specimen.{s.value}") for s in Specimen)],
        )
        self.collected_on = DateInput(desk, "collected_on")
        self.collected_on.set_day(Moment.at(desk.session.now().utc, zone).local.date())
        self.collected_at = TimeInput(desk)
        self.note = TextInput(desk)
        add = self.form.add_row
        add("outcome", say("pregnancy.outcome.label"), self.outcome)
        add("specimen", say("pregnancy.specimen.label"), self.specimen)
        add("collected_on", say("count.collected_on"), self.collected_on)
        add("collected", say("count.collected_at"), self.collected_at, say("count.collected.help"))
        add("note", say("hold.note"), self.note)
        self.ready()
        self.outcome.setFocus()

    def submit(self) -> None:
        """Record the test as typed."""
        outcome, specimen = self.outcome.value(), self.specimen.value()
        if outcome is None:
            raise BadInput(say("pregnancy.choose_needed"), field="outcome")
        if specimen is None:
            raise BadInput(say("pregnancy.choose_needed"), field="specimen")
        collected, note = self._collected(), self.note.value()
        self.write(
            lambda place: record_pregnancy_test(
                place, self.patient.id, outcome, specimen, collected, note=note,
                command_id=self.command_id,
            )
        )  # fmt: skip

    def _collected(self) -> Moment:
        day = self.collected_on.day()
        if day is None:
            raise BadInput(say("count.day_needed"), field="collected_on")
        try:
            at = self.collected_at.clock_time()
        except BadInput as error:
            raise BadInput(error.message, hint=error.hint, field="collected") from error
        if at is None:
            raise BadInput(say("count.time_needed"), field="collected")
        return Moment.at(datetime.combine(day, at), self._zone)


class ChildbearingDialog(_PregnancyDialog):
    """A named person's statement, never taken from sex or age."""

    COMMANDS = ("state_childbearing",)

    def __init__(self, desk: Desk, patient: Patient, parent: QWidget | None) -> None:
        super().__init__(
            desk, patient, say("childbearing.title"), say("childbearing.verb"), "childbearing",
            parent,
        )  # fmt: skip
        self.answer: ChoiceInput[Childbearing | None] = ChoiceInput(
            desk, [(None, "pregnancy.choose"), *((a, f"pregnancy.{a.value}") for a in Childbearing)]
        )
        self.stated_by = TextInput(desk, longest=80)
        self.stated_by.setText(desk.session.actor.name)
        self.reason = TextInput(desk)
        add = self.form.add_row
        add("answer", say("childbearing.answer"), self.answer, say("childbearing.answer.help"))
        add("stated_by", say("childbearing.stated_by"), self.stated_by)
        add("reason", say("childbearing.reason"), self.reason, say("childbearing.reason.help"))
        self.ready()
        self.answer.setFocus()

    def submit(self) -> None:
        """Record the statement."""
        answer = self.answer.value()
        if answer is None:
            raise BadInput(say("pregnancy.choose_needed"), field="answer")
        reason, by = self.reason.value(), self.stated_by.value()
        self.write(
            lambda place: state_childbearing(
                place, self.patient.id, answer, reason, stated_by=by, command_id=self.command_id
            )
        )


def _stated(statement: ChildbearingStatement | None) -> Message:
    if statement is None:
        return say("pregnancy.known.no_statement")
    return say(
        "pregnancy.known.statement",
        answer=say(f"pregnancy.{statement.answer.value}"), by=statement.stated_by,
        day=statement.stated.local.date(), reason=statement.reason,
    )  # fmt: skip


def _tested(facts: PregnancyFacts) -> Message:
    test = last_collected(facts.tests)
    if test is None:
        return say("pregnancy.known.no_test")
    return say("pregnancy.known.test", test=outcome_text(test), collected=test.collected.local)
