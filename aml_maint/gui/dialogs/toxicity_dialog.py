"""Record a toxicity: term, grade with its criteria in sight, onset, the injection before it."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QWidget

from aml_maint.domain.administration import Administration
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import Message, say
from aml_maint.domain.toxicity import Grade
from aml_maint.domain.toxicity_event import ToxicityEvent
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.patient_dialog import PatientDialog
from aml_maint.gui.forms.date_input import DateInput
from aml_maint.gui.forms.inputs import ChoiceInput, TextInput
from aml_maint.gui.forms.term_input import TermInput
from aml_maint.gui.widgets.sheet_totals import all_views
from aml_maint.services.library import toxicity_items
from aml_maint.services.sheet import CycleSheet
from aml_maint.services.toxicities import record_event

# As many injections before an onset are offered as its cause.
_INJECTIONS = 6


class ToxicityDialog(PatientDialog):
    """Grade 0 is "looked for, none"; "not evaluated" is a grade of its own kind."""

    def __init__(self, desk: Desk, sheet: CycleSheet, parent: QWidget | None) -> None:
        super().__init__(
            desk, sheet.patient, say("toxicity.title"), say("toxicity.verb"),
            draft=f"toxicity/{sheet.patient.id}", parent=parent,
        )  # fmt: skip
        self._course, self._zone = sheet.course.id, sheet.course.zone
        self.term = TermInput(desk, toxicity_items())
        unset: tuple[int | None, Message] = (None, say("toxicity.not_evaluated"))
        grades = [(int(g), say("toxicity.grade_n", grade=int(g))) for g in Grade if g]
        self.grade: ChoiceInput[int | None] = ChoiceInput(desk, [unset, *grades])
        self.onset_on = DateInput(desk, "onset")
        self.onset_on.set_day(desk.session.now().local.date())
        self.resolved_on = DateInput(desk, "resolved")
        self.injection: ChoiceInput[str | None] = ChoiceInput(desk, _injections(sheet))
        self.note = TextInput(desk)
        add = self.form.add_row
        add("term", say("toxicity.term"), self.term, span=2)
        add("grade", say("toxicity.grade"), self.grade, span=2)
        add("onset", say("toxicity.onset_on"), self.onset_on)
        add("resolved", say("toxicity.resolved_on"), self.resolved_on,
            say("toxicity.resolved_on.help"))  # fmt: skip
        add("injection", say("toxicity.injection"), self.injection, span=2)
        add("note", say("toxicity.note"), self.note, span=2)
        self.ready()
        self.term.picked.connect(self._tell)
        self.grade.currentIndexChanged.connect(lambda _: self._tell())
        self._tell()
        self.term.setFocus()

    def submit(self) -> None:
        """Record the toxicity as typed."""
        onset = self.onset_on.day()
        item = self.term.item()
        if onset is None:
            raise BadInput(say("toxicity.onset_needed"), field="onset")
        event = ToxicityEvent.of(
            self.patient.id, self._course, item.id, self._zone, self.grade.value(), onset,
            self.resolved_on.day(),
        )  # fmt: skip
        event = replace(event, linked_administration=self.injection.value(), note=self.note.value())
        self.write(lambda place: record_event(place, event, self.command_id))

    def _tell(self) -> None:
        """Say what the chosen grade of the term means, and whose words these are."""
        item, grade = self.term.meant(), self.grade.value()
        row = self.form.rows["grade"]
        if item is None or grade is None:
            row.set_help(say("toxicity.grade.help"))
        else:
            scale = say(f"toxicity.scale.{item.scale}")
            row.set_help(say("toxicity.criteria", text=item.band(grade).text, scale=scale))


def _injections(sheet: CycleSheet) -> list[tuple[str | None, Message]]:
    """The latest injections given in the cycle, the last first."""
    given: list[Administration] = [
        view.record
        for view in all_views(sheet)
        if view.planned.component.rotate_site and view.record and view.record.given
    ]
    given.sort(key=lambda r: r.given.utc if r.given else r.recorded.utc, reverse=True)
    choices: list[tuple[str | None, Message]] = [(None, say("toxicity.no_injection"))]
    for record in given[:_INJECTIONS]:
        drug = sheet.course.component(record.slot.component).drug.name
        at = record.given.local if record.given else record.recorded.local
        choices.append((record.id, say("toxicity.injection_of", drug=drug, at=at)))
    return choices
