"""Record a marrow: when and why, what it was sent for, and the results that are back already."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtWidgets import QWidget

from aml_maint.domain.errors import BadInput
from aml_maint.domain.marrow import Assay, Marrow, Purpose, Specimen
from aml_maint.domain.messages import say
from aml_maint.domain.moment import Moment
from aml_maint.domain.patient import Patient
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.patient_dialog import PatientDialog
from aml_maint.gui.forms.assay_fields import FIELDS, AssayFields
from aml_maint.gui.forms.inputs import ChoiceInput, TextInput
from aml_maint.gui.forms.moment_input import MomentInput
from aml_maint.services.marrow import record_marrow


class Sent(StrEnum):
    """How far an assay has come."""

    NO = "no"
    OUT = "out"
    BACK = "back"


class MarrowDialog(PatientDialog):
    """Each assay is not sent, sent, or back; only what is back asks for its result."""

    COMMANDS = ("record_marrow",)

    def __init__(
        self, desk: Desk, patient: Patient, zone: str, parent: QWidget | None = None,
        purpose: Purpose = Purpose.SCHEDULED,
    ) -> None:  # fmt: skip
        super().__init__(
            desk, patient, say("marrow_form.title"), say("marrow_form.verb"),
            draft=f"marrow/{patient.id}", columns=3, parent=parent,
        )  # fmt: skip
        self.collected = MomentInput(desk, "collected", zone)
        now = desk.session.now()
        self.collected.set_moment(Moment.at(now.utc.replace(minute=0, second=0), zone))
        self.purpose: ChoiceInput[Purpose] = ChoiceInput(
            desk, [(one, say(f"purpose.{one.value}")) for one in Purpose]
        )
        self.purpose.set_value(purpose)
        self.laboratory, self.note = TextInput(desk), TextInput(desk)
        self.received = MomentInput(desk, "received", zone)
        self.resulted = MomentInput(desk, "resulted", zone)
        add = self.form.add_row
        add("collected", say("marrow_form.collected"), self.collected)
        add("purpose", say("marrow_form.purpose"), self.purpose)
        add("laboratory", say("marrow_form.laboratory"), self.laboratory)
        help_text = say("marrow_form.received.help")
        add("received", say("marrow_form.received"), self.received, help_text)
        add("resulted", say("marrow_form.resulted"), self.resulted)
        add("note", say("marrow_form.note"), self.note)
        self.sent: dict[Assay, ChoiceInput[Sent]] = {}
        self.assays: dict[Assay, AssayFields] = {}
        for assay in Assay:
            self._add_assay(assay)
        self.ready()
        for assay in Assay:
            self._show(assay)
        self.setMinimumWidth(desk.theme.unit(210))
        self.sent[Assay.MORPHOLOGY].setFocus()

    def submit(self) -> None:
        """Record the marrow."""
        collected = self.collected.moment()
        if collected is None:
            raise BadInput(say("error.date_and_time"), field="collected")
        received, resulted = self.received.moment(), self.resulted.moment()
        specimens = tuple(
            specimen
            for assay in Assay
            if (specimen := self._specimen(assay, received, resulted)) is not None
        )
        if not specimens:
            raise BadInput(say("error.no_specimen"), field="sent.morphology")
        marrow = Marrow(
            "", self.patient.id, collected, self.purpose.value(), specimens, self.note.value()
        )
        self.write(lambda place: record_marrow(place, marrow, self.command_id))

    def _specimen(
        self, assay: Assay, received: Moment | None, resulted: Moment | None
    ) -> Specimen | None:
        sent, fields = self.sent[assay].value(), self.assays[assay]
        if sent is Sent.NO:
            return None
        result = None
        if sent is Sent.BACK:
            result = fields.told()
            if result is None:
                raise BadInput(say("error.result_missing"), field=f"sent.{assay.value}")
        smear = assay is Assay.MORPHOLOGY
        return Specimen(
            "", assay, fields.chosen_tube, "" if smear else self.laboratory.value(), received,
            resulted if result is not None else None, result,
        )  # fmt: skip

    def _add_assay(self, assay: Assay) -> None:
        desk = self._desk
        sent: ChoiceInput[Sent] = ChoiceInput(
            desk, [(one, say(f"marrow_form.sent.{one.value}")) for one in Sent]
        )
        usual = assay in {Assay.MORPHOLOGY, Assay.FLOW}
        sent.set_value(Sent.OUT if usual else Sent.NO)
        sent.currentIndexChanged.connect(lambda _: self._show(assay))
        self.sent[assay] = sent
        self.form.break_line()
        self.form.add_row(f"sent.{assay.value}", say(f"marrow_form.{assay.value}"), sent)
        self.assays[assay] = FIELDS[assay](desk, self.form)

    def _show(self, assay: Assay) -> None:
        sent = self.sent[assay].value()
        self.assays[assay].show(tube=sent is not Sent.NO, result=sent is Sent.BACK)
