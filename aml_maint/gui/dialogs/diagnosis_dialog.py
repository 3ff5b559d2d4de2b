"""The leukaemia at diagnosis, and a physician's risk in the place of the computed one."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from PySide6.QtWidgets import QWidget

from aml_maint.domain.disease import Diagnosis, NoTransplant, RiskOverrule, SorafenibTiming
from aml_maint.domain.errors import UserError
from aml_maint.domain.messages import Message, say
from aml_maint.domain.patient import Flt3Itd, Risk
from aml_maint.domain.risk import Cebpa
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.patient_dialog import PatientDialog
from aml_maint.gui.forms.date_input import DateInput
from aml_maint.gui.forms.inputs import ChoiceInput, DecimalInput, TextInput
from aml_maint.gui.forms.lesions_input import LesionsInput
from aml_maint.gui.forms.offered_input import OfferedInput
from aml_maint.gui.forms.variant_text import read_variants, variants_text
from aml_maint.gui.widgets.label import Label
from aml_maint.services.disease import Disease, record_diagnosis

# What is not known stands first: nobody should claim a fact by leaving a choice alone.
_FLT3 = (Flt3Itd.NOT_RECORDED, Flt3Itd.POSITIVE, Flt3Itd.NEGATIVE, Flt3Itd.NOT_TESTED)
_SORAFENIB = (SorafenibTiming.NOT_RECORDED, *list(SorafenibTiming)[:-1])
_NO_TRANSPLANT = (NoTransplant.NOT_RECORDED, *list(NoTransplant)[:-1])
# The classes of WHO 2022 by their defining genetics, and those of the French-American-British
# group; any other text may be typed.
_WHO = (
    "apl", "runx1", "cbfb", "dek", "rbm15", "bcr_abl1", "kmt2a", "mecom", "nup98", "npm1", "cebpa",
    "mr", "other_genetic", "differentiation", "sarcoma",
)  # fmt: skip
_FAB = ("M0", "M1", "M2", "M3", "M4", "M4Eo", "M5a", "M5b", "M6", "M7")


class DiagnosisDialog(PatientDialog):
    """What is typed is judged by ELN 2022 while it is typed; the verdict stands above the form."""

    COMMANDS = ("record_diagnosis",)

    def __init__(self, desk: Desk, known: Disease, parent: QWidget | None) -> None:
        super().__init__(
            desk, known.patient, say("diagnosis.title"), say("diagnosis.verb"),
            draft=f"diagnosis/{known.patient.id}", columns=4, parent=parent,
        )  # fmt: skip
        self._known = known
        self.diagnosed = DateInput(desk, "diagnosed_on")
        offers = [desk.words.text(f"who_class.{one}") for one in _WHO]
        self.who_class = OfferedInput(desk, offers)
        self.fab = OfferedInput(desk, _FAB, longest=20)
        self.wbc = DecimalInput(desk, field="wbc")
        self.blasts = DecimalInput(desk, field="blasts_percent")
        self.flt3: ChoiceInput[Flt3Itd] = ChoiceInput(
            desk, [(one, Message(f"flt3.{one.value}")) for one in _FLT3]
        )
        self.ratio = DecimalInput(desk, field="flt3_ratio")
        self.lesions = LesionsInput(desk)
        self.karyotype = TextInput(desk, longest=500)
        self.fusion = TextInput(desk, longest=80)
        self.mutations = TextInput(desk, say("diagnosis.mutations.example"), longest=2000)
        self.cebpa: ChoiceInput[Cebpa] = ChoiceInput(
            desk, [(one, Message(f"cebpa.{one.value}")) for one in Cebpa]
        )
        self.sorafenib: ChoiceInput[SorafenibTiming] = ChoiceInput(
            desk, [(one, Message(f"sorafenib.{one.value}")) for one in _SORAFENIB]
        )
        self.no_transplant: ChoiceInput[NoTransplant] = ChoiceInput(
            desk, [(one, Message(f"no_transplant.{one.value}")) for one in _NO_TRANSPLANT]
        )
        self.note = TextInput(desk)
        self.reason = TextInput(desk)
        self.verdict = Label(desk, role="strong", wrap=True)
        self._add_rows()
        self._fill(known.draft)
        self.ready()
        self.body.insertWidget(self.body.count() - 1, self.verdict)
        self.setMinimumWidth(desk.theme.unit(230))
        self._watch()
        self._judge()
        self.who_class.setFocus()

    def typed(self) -> Diagnosis:
        """The diagnosis as typed; BadInput for what can't be meant."""
        return replace(
            self._known.draft,
            diagnosed_on=self.diagnosed.day(),
            who_class=self.who_class.value(),
            fab=self.fab.value(),
            wbc=self.wbc.number(),
            blasts_percent=self.blasts.number(),
            cytogenetics=self.lesions.findings(),
            karyotype=self.karyotype.value(),
            fusion=self.fusion.value(),
            flt3_itd=self.flt3.value(),
            flt3_ratio=self.ratio.number(),
            mutations=read_variants(self.mutations.value(), "mutations"),
            cebpa=self.cebpa.value(),
            sorafenib=self.sorafenib.value(),
            no_transplant=self.no_transplant.value(),
            no_transplant_note=self.note.value(),
        )

    def submit(self) -> None:
        """Record it."""
        diagnosis, reason = self.typed(), self.reason.value()
        self.write(lambda place: record_diagnosis(place, diagnosis, reason, self.command_id))

    def _add_rows(self) -> None:
        add = self.form.add_row
        add("diagnosed_on", say("diagnosis.diagnosed_on"), self.diagnosed)
        add("who_class", say("diagnosis.who_class"), self.who_class, span=2)
        add("fab", say("diagnosis.fab"), self.fab)
        add("wbc", say("diagnosis.wbc.unit"), self.wbc)
        add("blasts_percent", say("diagnosis.blasts.unit"), self.blasts)
        add("flt3_itd", say("diagnosis.flt3"), self.flt3)
        add("flt3_ratio", say("diagnosis.flt3_ratio"), self.ratio)
        add("cytogenetics", say("diagnosis.cytogenetics"), self.lesions, span=4)
        add("karyotype", say("diagnosis.karyotype"), self.karyotype, span=3)
        add("fusion", say("diagnosis.fusion"), self.fusion)
        add("mutations", say("diagnosis.mutations"), self.mutations, span=3)
        add("cebpa", say("diagnosis.cebpa"), self.cebpa)
        add("sorafenib", say("diagnosis.sorafenib"), self.sorafenib)
        add("no_transplant", say("diagnosis.no_transplant"), self.no_transplant)
        add("no_transplant_note", say("diagnosis.no_transplant_note"), self.note, span=2)
        if self._known.diagnosis is not None:
            add("reason", say("diagnosis.reason"), self.reason, span=4)

    def _fill(self, known: Diagnosis) -> None:
        self.diagnosed.set_day(known.diagnosed_on)
        self.who_class.setText(known.who_class)
        self.fab.setText(known.fab)
        self.wbc.setText(_plain(known.wbc))
        self.blasts.setText(_plain(known.blasts_percent))
        self.lesions.set_findings(known.cytogenetics)
        self.karyotype.setText(known.karyotype)
        self.fusion.setText(known.fusion)
        self.flt3.set_value(known.flt3_itd)
        self.ratio.setText(_plain(known.flt3_ratio))
        self.mutations.setText(variants_text(known.mutations))
        self.cebpa.set_value(known.cebpa)
        self.sorafenib.set_value(known.sorafenib)
        self.no_transplant.set_value(known.no_transplant)
        self.note.setText(known.no_transplant_note)

    def _watch(self) -> None:
        for edit in (self.fusion, self.mutations):
            edit.textChanged.connect(self._judge)
        for choice in (self.flt3, self.cebpa):
            choice.chosen.connect(self._judge)
        self.lesions.edited.connect(self._judge)

    def _judge(self) -> None:
        """Say the risk of what is typed; while it can't be read, say nothing."""
        try:
            verdict = self.typed().computed_risk
        except UserError:
            self.verdict.setText("")
            return
        risk = say(f"risk.{verdict.risk.value}") if verdict.risk else say("diagnosis.no_risk")
        told = say("diagnosis.risk.because", risk=risk, reason=verdict.reason, rule=verdict.rule)
        parts = (say("diagnosis.risk.would_be", told=told), *verdict.flags)
        self.verdict.say(say("follow_up.sentences", parts=parts))


class RiskDialog(PatientDialog):
    """Another risk than the computed one, or back to that; by name and with the reason."""

    COMMANDS = ("record_diagnosis",)

    def __init__(self, desk: Desk, known: Disease, parent: QWidget | None) -> None:
        super().__init__(
            desk, known.patient, say("risk_form.title"), say("risk_form.verb"),
            draft=f"risk/{known.patient.id}", columns=2, parent=parent,
        )  # fmt: skip
        self._known = known
        verdict = known.draft.computed_risk
        computed = say(f"risk.{verdict.risk.value}") if verdict.risk else say("diagnosis.no_risk")
        risks = (Risk.FAVOURABLE, Risk.INTERMEDIATE, Risk.ADVERSE, Risk.INDETERMINATE)
        self.risk: ChoiceInput[Risk | None] = ChoiceInput(
            desk,
            [
                (None, say("risk_form.as_computed", risk=computed)),
                *((one, say(f"risk.{one.value}")) for one in risks),
            ],
        )
        overrule = known.draft.overrule
        self.risk.set_value(overrule.risk if overrule else None)
        self.decided_by = TextInput(desk, longest=80)
        self.reason = TextInput(desk)
        self.form.add_row("risk", say("risk_form.risk"), self.risk)
        self.form.add_row("decided_by", say("plan.decided_by"), self.decided_by)
        self.form.add_row("risk_reason", say("risk_form.reason"), self.reason, span=2)
        self.ready()
        told = say(
            "diagnosis.risk.because", risk=computed, reason=verdict.reason, rule=verdict.rule
        )
        self.body.insertWidget(2, Label(desk, told, token="muted", wrap=True))
        self.risk.setFocus()

    def fail(self, error: UserError) -> None:
        """The reason of a correction stands in the same input."""
        if error.field == "reason":
            error = type(error)(error.message, hint=error.hint, field="risk_reason")
        super().fail(error)

    def submit(self) -> None:
        """Record the decision."""
        risk, reason = self.risk.value(), self.reason.value()
        overrule = None if risk is None else RiskOverrule(risk, reason, self.decided_by.value())
        diagnosis = replace(self._known.draft, overrule=overrule)
        self.write(lambda place: record_diagnosis(place, diagnosis, reason, self.command_id))


def _plain(number: Decimal | None) -> str:
    return "" if number is None else f"{number:f}"
