"""Record a toxicity, or another version of one: grade with its words in sight, causes, outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from PySide6.QtWidgets import QWidget

from aml_maint.domain.errors import BadInput
from aml_maint.domain.known_time import KnownTime
from aml_maint.domain.messages import Message, Name, say
from aml_maint.domain.quantities import LabValue
from aml_maint.domain.toxicity import Association, Kind, ToxicityItem
from aml_maint.domain.toxicity_event import (
    OTHER_TERM,
    GradePoint,
    Outcome,
    Reporter,
    ToxicityEvent,
)
from aml_maint.domain.toxicity_floor import FEVER
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.patient_dialog import PatientDialog
from aml_maint.gui.forms.cause_matrix import CauseMatrix
from aml_maint.gui.forms.grade_input import GradeInput
from aml_maint.gui.forms.inputs import ChoiceInput, DecimalInput, TextInput
from aml_maint.gui.forms.known_time_input import KnownTimeInput
from aml_maint.gui.forms.result_input import ResultInput
from aml_maint.gui.forms.seriousness_input import SeriousnessInput
from aml_maint.gui.forms.term_input import TermInput
from aml_maint.gui.toxicity_words import cause_name
from aml_maint.services.library import toxicity_item, toxicity_items
from aml_maint.services.linked_values import LinkedValue, values_by_term
from aml_maint.services.toxicities import record_event, revise_event
from aml_maint.services.toxicity_entry import EntryContext

_Option = tuple[str | None, Message | Name | str]


class ToxicityDialog(PatientDialog):
    """With an event it makes a new version of it; a change of what stood then asks for a reason."""

    COMMANDS = ("record_toxicity", "revise_toxicity")

    def __init__(
        self, desk: Desk, context: EntryContext, parent: QWidget | None,
        *, event: ToxicityEvent | None = None, term: str = "",
    ) -> None:  # fmt: skip
        title = say("toxicity.title") if event is None else say("toxicity.title.edit")
        draft = f"toxicity/{context.patient.id}/{event.id if event else ''}"
        super().__init__(
            desk, context.patient, title, say("toxicity.verb"), draft=draft, parent=parent
        )
        self._context = context
        self._event = event
        self.setMinimumWidth(desk.theme.unit(190))
        self._values: Mapping[str, tuple[LinkedValue, ...]] = {}
        self._make_inputs()
        self._add_rows()
        if event is not None:
            self._show_event(event)
        else:
            self.onset.set_known(KnownTime.on(context.today))
            found = toxicity_item(term)
            if found is not None:
                self.term.setText(desk.words.text(found.term))
            role = desk.session.actor.role.value
            self.reporter.set_value(role if role in set(Reporter) else None)
        self.ready()
        self.term.picked.connect(self._tell)
        self._tell()
        (self.grade if event is not None or term else self.term).setFocus()
        patient_id = context.patient.id
        desk.session.read(lambda place: values_by_term(place, patient_id), self._show_values, self)

    def submit(self) -> None:
        """Save the event as typed."""
        wanted = self._typed()
        if self._event is None:
            self.write(lambda place: record_event(place, wanted, self.command_id))
        else:
            reason = self.reason.value()
            self.write(lambda place: revise_event(place, wanted, reason, self.command_id))

    def _typed(self) -> ToxicityEvent:
        item = self.term.item()
        onset = self.onset.known()
        if onset is None:
            raise BadInput(say("error.onset_needed"), field="onset")
        old = self._event
        point = self._first_point(item, onset)
        blank = ToxicityEvent.of(
            self.patient.id, self._context.course.id if self._context.course else None,
            item.id, self._context.zone, None, onset,
        )  # fmt: skip
        outcome = self.outcome.value()
        resolved = self.resolved.known()
        if resolved is not None and outcome is None:
            outcome = Outcome.RECOVERED.value
        reporter = self.reporter.value()
        return replace(
            old or blank,
            term=item.id,
            grades=(point, *self._later_points()),
            resolved=resolved,
            detail=self.detail.value(),
            linked_administration=self.injection.value(),
            causes=self.causes.causes(),
            serious=self.seriousness.is_serious(),
            criteria=self.seriousness.chosen(),
            treatment=self.treatment.value(),
            outcome=None if outcome is None else Outcome(outcome),
            reporter=None if reporter is None else Reporter(reporter),
            note=self.note.value(),
            review=None,
        )

    def _first_point(self, item: ToxicityItem, onset: KnownTime) -> GradePoint:
        """The grade at the onset, with its temperature where there is one."""
        degrees = self.degrees.number() if item.id == FEVER else None
        value = None if degrees is None else LabValue(degrees, "Cel")
        old = self._event.grades[0] if self._event is not None else None
        if old is not None:
            kept = value if item.id == FEVER else old.value
            old = replace(old, at=onset, grade=self.grade.value(), value=kept)
        point = old or GradePoint(onset, self.grade.value(), value)
        chosen = self.linked.value()
        if item.id == FEVER or chosen == point.result_id:
            return point
        linked = self.linked.linked
        return replace(point, result_id=chosen, value=linked.result.value if linked else None)

    def _show_values(self, values: Mapping[str, tuple[LinkedValue, ...]]) -> None:
        """Offer the patient's results, now that they are read."""
        self._values = values
        self._offer_results(self.term.meant())

    def _offer_results(self, item: ToxicityItem | None) -> None:
        """Those of the term; a fever has its temperature instead."""
        term = "" if item is None or item.id == FEVER else item.id
        self.linked.offer_values(self._values.get(term, ()))
        self.form.rows["result"].setVisible(self.linked.is_needed)

    def _take_result(self, linked: LinkedValue) -> None:
        """A result that is chosen gives the grade, and of a new event the day it began."""
        if linked.grade:
            self.grade.set_value(linked.grade)
        if self._event is None:
            at = linked.result.collected.local.replace(tzinfo=None, second=0, microsecond=0)
            self.onset.set_known(KnownTime.at(at))

    def _later_points(self) -> tuple[GradePoint, ...]:
        """The grades after the first one, as they stand in the form."""
        if self._event is None:
            return ()
        found = []
        for old, (at, grade) in zip(self._event.grades[1:], self.later, strict=True):
            known = at.known()
            if known is None:
                raise BadInput(say("error.time_needed"), field="at")
            found.append(replace(old, at=known, grade=grade.value()))
        return tuple(found)

    def _make_inputs(self) -> None:
        desk = self._desk
        self.term = TermInput(desk, toxicity_items())
        self.detail = TextInput(desk)
        self.grade = GradeInput(desk)
        self.grade.refused.connect(self.form.show_error)
        self.grade.chosen.connect(self.form.clear_errors)
        self.degrees = DecimalInput(desk, say("toxicity.degrees.placeholder"), field="value")
        self.linked = ResultInput(desk)
        self.linked.picked.connect(self._take_result)
        self.onset = KnownTimeInput(desk, "onset")
        self.resolved = KnownTimeInput(desk, "resolved")
        self.injection: ChoiceInput[str | None] = ChoiceInput(desk, self._injections())
        self.outcome = _choice(desk, "outcome", Outcome)
        self.causes = CauseMatrix(desk, self._context.causes, desk.session.actor.name)
        self.seriousness = SeriousnessInput(desk)
        self.treatment = TextInput(desk, longest=500)
        self.reporter = _choice(desk, "reporter", Reporter)
        self.note = TextInput(desk, longest=1000)
        self.reason = TextInput(desk)
        points = self._event.grades[1:] if self._event is not None else ()
        unset: tuple[int | None, Message] = (None, say("toxicity.not_graded_yet"))
        grades = [(n, say("toxicity.grade_n", grade=n)) for n in range(1, 5)]
        self.later: list[tuple[KnownTimeInput, ChoiceInput[int | None]]] = []
        for point in points:
            at, grade = KnownTimeInput(desk, "at"), ChoiceInput(desk, [unset, *grades])
            at.set_known(point.at)
            grade.set_value(point.grade)
            self.later.append((at, grade))

    def _add_rows(self) -> None:
        add = self.form.add_row
        add("term", say("toxicity.term"), self.term)
        add("detail", say("toxicity.detail"), self.detail, say("toxicity.detail.help"))
        add("grade", say("toxicity.grade_at_onset"), self.grade, span=2)
        add("value", say("toxicity.degrees"), self.degrees, say("toxicity.degrees.help"), span=2)
        add("result", say("toxicity.result"), self.linked, span=2)
        for number, (at, grade) in enumerate(self.later, 2):
            name = "at" if number == 2 else f"at_{number}"
            add(name, say("toxicity.nth_from", number=number), at)
            add(f"grade_{number}", say("toxicity.nth_grade", number=number), grade)
        add("onset", say("toxicity.onset"), self.onset, say("toxicity.onset.help"))
        add("resolved", say("toxicity.resolved"), self.resolved, say("toxicity.resolved_on.help"))
        add("injection", say("toxicity.injection"), self.injection)
        add("outcome", say("toxicity.outcome"), self.outcome)
        add("criteria", say("toxicity.seriousness"), self.seriousness, span=2)
        add("treatment", say("toxicity.treatment"), self.treatment)
        add("reporter", say("toxicity.reporter"), self.reporter)
        add("note", say("toxicity.note"), self.note, span=2)
        add("causes", say("toxicity.causes_of"), self.causes, span=2)
        if self._event is not None:
            add("reason", say("toxicity.reason"), self.reason, say("toxicity.reason.help"), span=2)

    def _show_event(self, event: ToxicityEvent) -> None:
        words = self._desk.words
        item = toxicity_item(event.term)
        if item is not None:
            self.term.setText(words.text(item.term))
        first = event.grades[0]
        self.detail.setText(event.detail)
        self.grade.set_value(first.grade)
        self.linked.link(first.result_id)
        if event.term == FEVER and first.value is not None:
            self.degrees.setText(f"{first.value.to('Cel').value:f}")
        self.onset.set_known(event.onset)
        self.resolved.set_known(event.resolved)
        known = [choice for choice, _ in self._injections()]
        if event.linked_administration in known:
            self.injection.set_value(event.linked_administration)
        self.outcome.set_value(event.outcome)
        self.causes.show_causes(event.causes)
        self.seriousness.show_chosen(event.serious, event.criteria)
        self.treatment.setText(event.treatment)
        self.reporter.set_value(event.reporter)
        self.note.setText(event.note)

    def _injections(self) -> list[_Option]:
        choices: list[_Option] = [(None, say("toxicity.no_injection"))]
        for one in self._context.injections:
            given = one.record.given or one.record.recorded
            text = say("toxicity.injection_of", drug=one.drug, at=given.local)
            choices.append((one.record.id, text))
        linked = self._event.linked_administration if self._event is not None else None
        if linked is not None and linked not in {choice for choice, _ in choices}:
            choices.append((linked, say("toxicity.earlier_injection")))
        return choices

    def _tell(self) -> None:
        """Show the words of the term's grades, and which inputs belong to the term."""
        item = self.term.meant()
        self.grade.show_item(item)
        self.form.rows["value"].setVisible(item is not None and item.id == FEVER)
        self._offer_results(item)
        self.form.rows["detail"].setVisible(
            item is None or item.id in {OTHER_TERM, "infection"} or bool(self.detail.value())
        )
        row = self.form.rows["grade"]
        if item is None:
            row.set_help(say("toxicity.grade.help"))
            return
        scale = say(f"toxicity_scale.{item.scale.value}")
        running = [e for e in self._context.running if e.term == item.id and e != self._event]
        if running:
            row.set_help(say("toxicity.already", onset=running[0].onset.text(), scale=scale))
        elif item.kind is Kind.NUMERIC and item.id == FEVER:
            row.set_help(say("toxicity.graded_by_value", scale=scale))
        else:
            row.set_help(say("toxicity.graded_by", scale=scale))
        typical = [d for d, how in item.drugs.items() if how is Association.CHARACTERISTIC]
        mine = [drug for drug in typical if drug in self._context.causes]
        self.causes.suggest(mine)
        names = tuple(cause_name(drug) for drug in mine)
        help_text = say("toxicity.causes.typical", drugs=names) if mine else ""
        self.form.rows["causes"].set_help(help_text)


def _choice(
    desk: Desk, area: str, words: type[Outcome] | type[Reporter]
) -> ChoiceInput[str | None]:
    options: Sequence[_Option] = [(word.value, say(f"{area}.{word.value}")) for word in words]
    return ChoiceInput(desk, [(None, say(f"toxicity.{area}.open")), *options])
