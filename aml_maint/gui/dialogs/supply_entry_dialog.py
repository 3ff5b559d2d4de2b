"""Tablets dispensed, counted, returned or lost: one entry; and an entry taken back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtWidgets import QWidget

from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import Message, Name, say
from aml_maint.domain.moment import Moment
from aml_maint.domain.patient import Patient
from aml_maint.domain.quantities import Dose, dose_text
from aml_maint.domain.regimen import Drug
from aml_maint.domain.supply import SupplyEntry, SupplyKind
from aml_maint.gui import supply_words
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.patient_dialog import PatientDialog
from aml_maint.gui.forms.code_input import CodeInput
from aml_maint.gui.forms.date_input import DateInput
from aml_maint.gui.forms.inputs import ChoiceInput, DecimalInput, TextInput, TimeInput
from aml_maint.gui.widgets.label import Label
from aml_maint.services.home_supply import record_supply, withdraw_supply

_AWAY = (SupplyKind.RETURNED, SupplyKind.LOST)


class SupplyEntryDialog(PatientDialog):
    """Asks for drug, strength, number and time; lot and expiry of what is dispensed."""

    COMMANDS = ("record_supply",)

    def __init__(
        self, desk: Desk, patient: Patient, course_id: str, kind: SupplyKind,
        drugs: Sequence[Drug], chosen: str | None, parent: QWidget,
    ) -> None:  # fmt: skip
        super().__init__(
            desk, patient, say(f"supply.act.{kind.value}.title"), say("supply.verb"),
            draft=f"supply/{course_id}/{kind.value}", parent=parent,
        )  # fmt: skip
        self._course, self._kind = course_id, kind
        self._drugs = {drug.id: drug for drug in drugs}
        names: list[tuple[str | None, Message | Name | str]] = [(d.id, d.name) for d in drugs]
        self.drug = CodeInput(desk, names)
        self.strength = CodeInput(desk, [(None, "today.choose")])
        self.what: ChoiceInput[SupplyKind] = ChoiceInput(
            desk, [(one, f"supply.kind.{one.value}") for one in _AWAY]
        )
        self.tablets = DecimalInput(desk, field="tablets")
        now = desk.session.now().local
        self.on = DateInput(desk, "on")
        self.on.set_day(now.date())
        self.at = TimeInput(desk)
        self.at.set_time(now.time())
        self.lot = TextInput(desk, longest=40)
        self.expires_on = DateInput(desk, "expires_on")
        self.note = TextInput(desk, "today.note.placeholder")
        self._add_rows()
        self.drug.currentIndexChanged.connect(lambda _: self._offer_strengths())
        if chosen is not None:
            self.drug.set_value(chosen)
        self._offer_strengths()
        self.ready()
        self.tablets.setFocus()

    def submit(self) -> None:
        """Record the entry as typed."""
        drug, number = self._drugs[self.drug.value() or ""], self.tablets.number()
        if number is None or number != int(number):
            raise BadInput(say("supply.error.whole_number"), field="tablets")
        strengths = {_code(s.dose): s.dose for s in drug.strengths}
        strength = strengths.get(self.strength.value() or "")
        if strength is None:
            raise BadInput(say("supply.error.choose_strength"), field="strength")
        dispensed = self._kind is SupplyKind.DISPENSED
        entry = SupplyEntry(
            "", drug.id, strength, self.what.value() if self._kind in _AWAY else self._kind,
            int(number), self._moment(), "",
            (self.lot.value() or None) if dispensed else None,
            self.expires_on.day() if dispensed else None,
            self.note.value(),
        )  # fmt: skip
        self.write(lambda place: record_supply(place, self._course, entry, self.command_id))

    def _moment(self) -> Moment:
        day = self.on.day()
        if day is None:
            raise BadInput(say("today.error.day_needed"), field="on")
        try:
            at = self.at.clock_time()
        except BadInput as error:
            raise BadInput(error.message, field="at") from error
        if at is None:
            raise BadInput(say("today.error.time_needed"), field="at")
        return Moment.at(datetime.combine(day, at), self._desk.session.zone)

    def _add_rows(self) -> None:
        add, kind = self.form.add_row, self._kind
        add("drug", say("supply.head.drug"), self.drug)
        add("strength", say("supply.strength"), self.strength)
        add("what", say("supply.head.what"), self.what)
        add("tablets", say(f"supply.number.{kind.value}"), self.tablets)
        add("on", say("supply.on"), self.on)
        add("at", say("today.given_at"), self.at)
        add("lot", say("today.lot"), self.lot)
        add("expires_on", say("supply.head.expires"), self.expires_on)
        add("note", say("today.note"), self.note, span=2)
        self.form.rows["what"].setVisible(kind in _AWAY)
        for name in ("lot", "expires_on"):
            self.form.rows[name].setVisible(kind is SupplyKind.DISPENSED)

    def _offer_strengths(self) -> None:
        drug = self._drugs.get(self.drug.value() or "")
        strengths = [s.dose for s in drug.strengths] if drug is not None else []
        several: list[tuple[str | None, Message | Name | str]] = [(None, "today.choose")]
        offered: list[tuple[str | None, Message | Name | str]] = [
            (_code(dose), dose_text(dose)) for dose in strengths
        ]
        # Of several strengths none is taken for granted.
        self.strength.offer([*several, *offered] if len(offered) > 1 else offered or several)


class SupplyUndoDialog(PatientDialog):
    """Takes back an entry made in error, with the reason."""

    COMMANDS = ("withdraw_supply",)

    def __init__(self, desk: Desk, patient: Patient, entry: SupplyEntry, parent: QWidget) -> None:
        super().__init__(
            desk, patient, say("supply.act.undo.title"), say("supply.act.undo.verb"),
            draft=f"supply/undo/{entry.id}", columns=1, parent=parent,
        )  # fmt: skip
        self._entry = entry
        self.reason = TextInput(desk)
        self.form.add_row("reason", say("supply.undo.reason"), self.reason)
        self.ready()
        told = say(
            "supply.entry",
            at=entry.at.local,
            what=supply_words.happened(entry),
            number=supply_words.tablets_of(entry),
        )
        self.body.insertWidget(2, Label(desk, told, role="strong", wrap=True))
        self.reason.setFocus()

    def submit(self) -> None:
        """Take it back."""
        entry, reason = self._entry.id, self.reason.value()
        self.write(lambda place: withdraw_supply(place, entry, reason, self.command_id))


def _code(dose: Dose) -> str:
    return f"{dose.value} {dose.unit}"
