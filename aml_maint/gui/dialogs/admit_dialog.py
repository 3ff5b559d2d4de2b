"""Admit a patient: identity, place, allergies, disease."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from aml_maint.domain.messages import Message, say
from aml_maint.domain.patient import AllergyState, Flt3Itd, Patient, Risk, Sex
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.form_dialog import FormDialog
from aml_maint.gui.forms.date_input import DateInput
from aml_maint.gui.forms.inputs import ChoiceInput, TextInput

if TYPE_CHECKING:
    from aml_maint.services.changes import Changes
    from aml_maint.services.workplace import Workplace


class AdmitDialog(FormDialog):
    """Every fact that is not known may be left as it is, except family name and record number."""

    COMMANDS = ("admit_patient",)

    admitted = Signal(str, bool)
    """The new patient's id, and whether to start a course next."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(
            desk, say("admit.title"), say("admit.verb"), columns=2, draft="admit", parent=parent
        )
        self._desk = desk
        self._patient_id = str(uuid4())
        self.family = TextInput(desk, longest=100)
        self.given = TextInput(desk, longest=100)
        self.mrn = TextInput(desk, longest=40)
        self.initials = TextInput(desk, longest=20)
        self.sex = ChoiceInput(desk, [(s, Message(f"sex.{s.value}")) for s in _SEXES])
        self.born = DateInput(desk, "born_on")
        self.ward = TextInput(desk, longest=60)
        self.bed = TextInput(desk, longest=20)
        self.allergy = ChoiceInput(desk, [(s, Message(f"allergy.{s.value}")) for s in _ALLERGY])
        self.allergies = TextInput(desk)
        self.diagnosed = DateInput(desk, "diagnosed_on")
        self.flt3 = ChoiceInput(desk, [(s, Message(f"flt3.{s.value}")) for s in _FLT3])
        self.risk = ChoiceInput(desk, [(s, Message(f"risk.{s.value}")) for s in _RISK])
        self.diagnosis = TextInput(desk)
        self.next = QCheckBox()
        self.next.setChecked(True)
        self._add_rows()
        self.foot.insertWidget(0, self.next)
        desk.words.changed.connect(self.retranslate)
        self.retranslate()
        self.ready()
        self.setMinimumWidth(desk.theme.unit(170))
        self.family.setFocus()

    def retranslate(self) -> None:
        """Set the text that is no label's."""
        self.next.setText(self._desk.words.text("admit.start_next"))

    def submit(self) -> None:
        """Admit the patient as typed."""
        patient = Patient(
            id=self._patient_id,
            family_name=self.family.value(),
            given_name=self.given.value(),
            mrn=self.mrn.value(),
            sex=self.sex.value(),
            born_on=self.born.day(),
            name_initials=self.initials.value(),
            ward=self.ward.value(),
            bed=self.bed.value(),
            allergy_state=self.allergy.value(),
            allergies=self.allergies.value(),
            diagnosis=self.diagnosis.value(),
            diagnosed_on=self.diagnosed.day(),
            flt3_itd=self.flt3.value(),
            eln_risk=self.risk.value(),
        )

        def work(place: Workplace) -> Changes:
            from aml_maint.services.people import admit_patient

            return admit_patient(place, patient, self.command_id)

        self._desk.session.write(work, self._admitted, self.fail, self)

    def _admitted(self, changes: Changes) -> None:
        start_next = self.next.isChecked()
        self.finish()
        self.admitted.emit(self._patient_id, start_next)

    def _add_rows(self) -> None:
        add = self.form.add_row
        add("family_name", say("field.family_name"), self.family)
        add("given_name", say("field.given_name"), self.given)
        add("mrn", say("field.mrn"), self.mrn)
        add("name_initials", say("admit.initials"), self.initials, say("admit.initials.help"))
        add("sex", say("admit.sex"), self.sex)
        add("born_on", say("admit.born"), self.born)
        add("ward", say("admit.ward"), self.ward)
        add("bed", say("admit.bed"), self.bed)
        add("allergy_state", say("admit.allergy_state"), self.allergy)
        add("allergies", say("admit.allergies"), self.allergies)
        add("diagnosis", say("admit.diagnosis"), self.diagnosis)
        add("diagnosed_on", say("admit.diagnosed"), self.diagnosed)
        add("flt3_itd", say("admit.flt3"), self.flt3)
        add("eln_risk", say("admit.risk"), self.risk)


# What is not known stands first: nobody should claim a fact by leaving a choice alone.
_SEXES = (Sex.UNKNOWN, Sex.FEMALE, Sex.MALE, Sex.OTHER)
_ALLERGY = (
    AllergyState.NOT_RECORDED,
    AllergyState.NONE_KNOWN,
    AllergyState.KNOWN,
    AllergyState.UNAVAILABLE,
)
_FLT3 = (Flt3Itd.NOT_RECORDED, Flt3Itd.POSITIVE, Flt3Itd.NEGATIVE, Flt3Itd.NOT_TESTED)
_RISK = (
    Risk.NOT_RECORDED,
    Risk.FAVOURABLE,
    Risk.INTERMEDIATE,
    Risk.ADVERSE,
    Risk.INDETERMINATE,
)
