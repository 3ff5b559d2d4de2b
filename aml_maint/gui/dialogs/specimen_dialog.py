"""One specimen: received, its result, a correction with a reason, or one more that was sent."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QWidget

from aml_maint.domain.errors import BadInput
from aml_maint.domain.marrow import Assay, Marrow, Specimen
from aml_maint.domain.messages import say
from aml_maint.domain.patient import Patient
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.patient_dialog import PatientDialog
from aml_maint.gui.forms.assay_fields import FIELDS, AssayFields
from aml_maint.gui.forms.inputs import ChoiceInput, TextInput
from aml_maint.gui.forms.moment_input import MomentInput
from aml_maint.gui.widgets.label import Label
from aml_maint.services.marrow import record_specimen


class SpecimenDialog(PatientDialog):
    """What is known of a specimen now; a result that stood is changed only with a reason."""

    COMMANDS = ("record_specimen", "correct_marrow")

    def __init__(
        self, desk: Desk, patient: Patient, marrow: Marrow, specimen: Specimen,
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        assay = say(f"assay.{specimen.assay.value}")
        kind = "result" if specimen.is_pending else "correct"
        super().__init__(
            desk, patient, say(f"specimen_form.title.{kind}", assay=assay),
            say("specimen_form.verb"), draft=f"specimen/{specimen.id}", columns=3, parent=parent,
        )  # fmt: skip
        self._marrow, self._specimen = marrow, specimen
        zone = marrow.collected.zone
        self.received = MomentInput(desk, "received", zone)
        self.resulted = MomentInput(desk, "resulted", zone)
        self.laboratory, self.reason = TextInput(desk), TextInput(desk)
        add = self.form.add_row
        add("received", say("marrow_form.received"), self.received)
        add("resulted", say("marrow_form.resulted"), self.resulted)
        add("laboratory", say("marrow_form.laboratory"), self.laboratory)
        self.form.break_line()
        self.fields: AssayFields = FIELDS[specimen.assay](desk, self.form)
        self.form.break_line()
        help_text = say("specimen_form.reason.help")
        add("reason", say("marrow_form.reason"), self.reason, help_text, span=3)
        self.form.rows["reason"].setVisible(not specimen.is_pending)
        self._fill()
        self.ready()
        taken = say("specimen_form.taken", at=marrow.collected.local)
        self.body.insertWidget(2, Label(desk, taken, token="muted"))
        self.setMinimumWidth(desk.theme.unit(190))
        first = f"{specimen.assay.value}.found"
        row = self.form.rows.get(first) or self.form.rows[f"{specimen.assay.value}.blasts"]
        row.field.setFocus()

    def submit(self) -> None:
        """Record what is known of the specimen."""
        known = replace(
            self._specimen,
            tube=self.fields.chosen_tube,
            laboratory=self.laboratory.value(),
            received=self.received.moment(),
            resulted=self.resulted.moment(),
            result=self.fields.told(),
        )
        if known.result is None and self._specimen.result is not None:
            raise BadInput(say("error.result_missing"), field=f"{known.assay.value}.found")
        reason, marrow_id = self.reason.value(), self._marrow.id
        self.write(lambda p: record_specimen(p, marrow_id, known, reason, self.command_id))

    def _fill(self) -> None:
        specimen = self._specimen
        self.received.set_moment(specimen.received)
        self.resulted.set_moment(specimen.resulted)
        self.laboratory.setText(specimen.laboratory)
        self.fields.set_tube(specimen.tube)
        if specimen.result is not None:
            self.fields.set_result(specimen.result)
        elif specimen.assay is not Assay.MORPHOLOGY and specimen.resulted is None:
            self.resulted.set_moment(self._desk.session.now())


class AddSpecimenDialog(PatientDialog):
    """One more assay that the same marrow was sent for."""

    COMMANDS = ("record_specimen",)

    def __init__(
        self, desk: Desk, patient: Patient, marrow: Marrow, parent: QWidget | None = None
    ) -> None:
        super().__init__(
            desk, patient, say("specimen_form.title.add"), say("specimen_form.verb.add"),
            draft=f"specimen_of/{marrow.id}", columns=1, parent=parent,
        )  # fmt: skip
        self._marrow = marrow
        taken = {one.assay for one in marrow.specimens} - {Assay.PCR}
        open_ = [assay for assay in Assay if assay not in taken]
        self.assay: ChoiceInput[Assay] = ChoiceInput(
            desk, [(assay, say(f"assay.{assay.value}")) for assay in open_]
        )
        self.laboratory = TextInput(desk)
        self.form.add_row("assay", say("specimen_form.assay"), self.assay)
        self.form.add_row("laboratory", say("marrow_form.laboratory"), self.laboratory)
        self.ready()
        self.assay.setFocus()

    def submit(self) -> None:
        """Add the specimen; its result comes later."""
        specimen = Specimen("", self.assay.value(), laboratory=self.laboratory.value())
        marrow_id = self._marrow.id
        self.write(lambda p: record_specimen(p, marrow_id, specimen, "", self.command_id))
