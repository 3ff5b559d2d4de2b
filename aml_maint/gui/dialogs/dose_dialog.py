"""The card of one dose: record it with its details, or correct its record with a reason."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from aml_maint.domain.administration import TAKEN, Administration, Status
from aml_maint.domain.errors import BadInput, Refused, UserError
from aml_maint.domain.messages import Message, say
from aml_maint.domain.moment import Moment
from aml_maint.domain.quantities import Dose, LabValue, lab_text
from aml_maint.domain.regimen import Role
from aml_maint.domain.schedule import SlotId
from aml_maint.domain.toxicity import grade
from aml_maint.gui import dose_words
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.dose_fields import (
    amount_label,
    amount_typed,
    reason_choices,
    unit_of,
)
from aml_maint.gui.dialogs.dose_heading import DoseHeading
from aml_maint.gui.dialogs.form_dialog import FormDialog
from aml_maint.gui.dose_targets import DoseTarget, is_off_time, is_past_day
from aml_maint.gui.forms.date_input import DateInput
from aml_maint.gui.forms.inputs import (
    ChoiceInput,
    DecimalInput,
    PassphraseInput,
    TextInput,
    TimeInput,
)
from aml_maint.gui.forms.offered_input import OfferedInput
from aml_maint.gui.widgets.body_map import BodyMap
from aml_maint.gui.widgets.button import Button
from aml_maint.services.dosing import DoseEntry, Override
from aml_maint.services.injections import GivingCard

_STATUSES = (Status.GIVEN, Status.PARTLY_GIVEN, Status.HELD, Status.REFUSED, Status.MISSED)
_OF_TAKEN = ("given_on", "given", "dose")

# The width, in steps of the grid, at which the body map stands beside the form.
_WIDE = 228

# A body temperature beyond these is a slip of the keyboard.
_COLDEST, _HOTTEST = Decimal(30), Decimal(45)


class DoseDialog(FormDialog):
    """One dose, or one of a pair; everything about it can be entered by keyboard."""

    COMMANDS = ("log_dose", "correct_dose")

    submitted = Signal(object)
    """The DoseEntry; for a dose already recorded it is the correction."""
    override_wanted = Signal(object)
    """The Refused error that a clinician may set aside."""

    def __init__(
        self, desk: Desk, page: QWidget, target: DoseTarget, slot: SlotId,
        card: GivingCard, status: Status | None = None,
    ) -> None:  # fmt: skip
        view = target.part_of(slot)
        corrects = view.record is not None
        super().__init__(
            desk, say("today.card.correct" if corrects else "today.card.record"),
            "today.card.save_correction" if corrects else "today.card.save",
            columns=2, draft=f"dose/{slot}", parent=page.window(),
        )  # fmt: skip
        self._desk = desk
        self._target = target
        self.about = target.patient.id
        self._view = view
        self._card = card
        self._override: Override | None = None
        self._without_temperature = False
        self._is_wide = False
        self._make_inputs(desk)
        self.head = DoseHeading(desk, [(target, view)])
        self.override = Button(desk, "today.override.open", leads_to="override_rule")
        self.override.clicked.connect(self._want_override)
        self._refusal: Refused | None = None
        self._add_rows()
        self.status.currentIndexChanged.connect(self._show_status)
        self._load(status)
        self.ready()
        self._lay_out_card()

    @property
    def correction_reason(self) -> str:
        """Why the record is corrected."""
        return self.correction.value()

    def submit(self) -> None:
        self._refusal = None
        self.override.hide()
        self.submitted.emit(self._entry())

    def submit_with(self, decision: Override) -> None:
        """Submit again with a clinician's decision."""
        self._override = decision
        self.save.click()

    def fail(self, error: UserError) -> None:
        """Say why it was not saved; a rule that can be set aside offers to do so."""
        if error.message.key == "error.correction_reason":
            error = BadInput(error.message, field="correction")
        super().fail(error)
        if isinstance(error, Refused):
            self._refusal = error
            self.override.setVisible(error.hint is not None)

    def _entry(self) -> DoseEntry:
        """What is typed as an entry; BadInput beside the input at fault."""
        status, slot = self.status.value(), self._view.slot
        taken = status in TAKEN
        given = self._given() if taken else None
        reason = self.reason.value()
        if status is not Status.GIVEN and reason is None:
            raise BadInput(say("error.reason_needed"), field="reason")
        if status is Status.GIVEN and reason is None and given is not None:
            self._check_time(given)
        if self._view.record is not None and not self.correction_reason:
            raise BadInput(say("error.correction_reason"), field="correction")
        return DoseEntry(
            slot, status, given, self._dose() if taken else None, reason,
            self.note.value(), self.site.value() if taken else None,
            self.lot.value() or None if taken else None,
            self._temperature() if taken else None, self._override,
            self.witness.value() or None if taken else None,
            self.witness_passphrase.value(),
        )  # fmt: skip

    def _given(self) -> Moment:
        day = self.given_on.day()
        if day is None:
            raise BadInput(say("today.error.day_needed"), field="given_on")
        try:
            at = self.given.clock_time()
        except BadInput as error:
            raise BadInput(error.message, field="given") from error
        if at is None:
            raise BadInput(say("today.error.time_needed"), field="given")
        given = Moment.at(datetime.combine(day, at), self._view.planned.zone)
        if given.utc > self._desk.session.now().utc:
            raise BadInput(say("error.given_in_future"), field="given")
        return given

    def _check_time(self, given: Moment) -> None:
        if is_off_time(self._target.pair, self._view, given):
            raise BadInput(say("today.error.late_reason"), field="reason")

    def _dose(self) -> Dose:
        number = self.dose.number()
        if number is None:
            raise BadInput(say("today.error.dose_needed"), field="dose")
        return Dose(number, unit_of(self._view))

    def _temperature(self) -> Decimal | None:
        degrees = self.temperature.number()
        asked = self._card.asks_temperature and self._view.record is None
        if degrees is None and asked and not self._without_temperature:
            # Asked once, never forced: the same key again records the dose without.
            self._without_temperature = True
            raise BadInput(say("injection.error.temperature"), field="temperature")
        if degrees is not None and not _COLDEST <= degrees <= _HOTTEST:
            raise BadInput(say("today.error.temperature"), field="temperature")
        return degrees

    # -- the form ------------------------------------------------------------------------------

    def _make_inputs(self, desk: Desk) -> None:
        self.status = ChoiceInput(desk, [(s, f"today.status.{s}") for s in _STATUSES])
        self.given_on = DateInput(desk, "given_on")
        self.given = TimeInput(desk)
        self.dose = DecimalInput(desk, field="dose")
        self.reason = ChoiceInput[str | None](desk, reason_choices(Status.GIVEN))
        self.site = BodyMap(desk)
        self.lot = OfferedInput(desk, self._card.lots, longest=40)
        self.temperature = DecimalInput(desk, field="temperature")
        self.temperature.textChanged.connect(self._grade_temperature)
        self.witness = OfferedInput(desk, self._card.people, longest=80)
        self.witness_passphrase = PassphraseInput(desk)
        self.note = TextInput(desk, "today.note.placeholder")
        self.correction = TextInput(desk, "today.correction.placeholder")

    def _add_rows(self) -> None:
        """The inputs in the order in which they are asked: a temperature before all else."""
        planned = self._view.planned
        injected = planned.component.rotate_site
        measured = injected or planned.component.role is Role.PREMEDICATION
        if measured:
            self.form.add_row("temperature", say("today.temperature"), self.temperature)
            self._grade_temperature()
        self._add_common_rows()
        self._of_taken = [*_OF_TAKEN]
        self._of_taken += ["temperature"] if measured else []
        if injected:
            self._add_site()
            self.form.add_row("lot", say("today.lot"), self.lot, self._last_lot())
            self._of_taken += ["site", "lot"]
        if self._card.needs_witness or (self._view.record and self._view.record.witness):
            self.form.add_row(
                "witness", say("injection.witness"), self.witness, say("injection.witness.help")
            )
            self._of_taken += ["witness"]
            if self._card.confirms_witness:
                self.form.add_row(
                    "witness_passphrase", say("injection.witness_passphrase"),
                    self.witness_passphrase, say("injection.witness_passphrase.help"),
                )  # fmt: skip
                self._of_taken += ["witness_passphrase"]
        self.form.add_row("note", say("today.note"), self.note, span=2)
        self.form.add_row("correction", say("today.correction"), self.correction, span=2)
        self.form.rows["correction"].setVisible(self._view.record is not None)
        if self._card.sites is not None:
            self.site.show_sites(self._card.sites)

    def _add_site(self) -> None:
        """The body map beside the other inputs, or below them where the screen is narrow."""
        self._is_wide = self.screen().availableGeometry().width() >= self._desk.theme.unit(_WIDE)
        if self._is_wide:
            self.form.add_beside("site", say("today.site"), self.site)
        else:
            self.form.add_row("site", say("today.site"), self.site, span=2)

    def _add_common_rows(self) -> None:
        add = self.form.add_row
        ordered = say("today.planned_dose", dose=dose_words.amount(self._view.planned.dose))
        add("status", say("today.what_happened"), self.status)
        add("reason", say("today.coded_reason"), self.reason)
        add("dose", amount_label(self._view), self.dose, ordered)
        add("given_on", say("today.given_on"), self.given_on)
        add("given", say("today.given_at"), self.given)

    def _last_lot(self) -> Message | str:
        lots = self._card.lots
        return say("injection.last_lot", lot=lots[0]) if lots else ""

    def _grade_temperature(self, _: str = "") -> None:
        """Below the temperature: its WHO grade, or the one taken earlier that still stands."""
        taken, fever = self._card.temperature, self._card.fever
        told: Message | str = ""
        if taken is not None:
            value = lab_text(LabValue(taken.value, "Cel"))
            told = say("injection.temperature_taken", value=value, at=taken.at.local.time())
        try:
            degrees = self.temperature.number()
            if degrees is not None and fever is not None:
                told = grade(fever, LabValue(degrees, "Cel")).reason
        except BadInput:
            pass  # said when it is to be saved
        self.form.rows["temperature"].set_help(told)

    def _load(self, status: Status | None) -> None:
        """Fill in the record, or what is most likely: given now, the planned dose."""
        view, record = self._view, self._view.record
        now = self._desk.session.now()
        at = Moment.at(now.utc, view.planned.zone).local
        if is_past_day(view, now):
            at = view.planned.at
        shown = status or (record.status if record else Status.GIVEN)
        self.status.set_value(shown if shown in _STATUSES else Status.GIVEN)
        self._show_status()
        self.dose.setText(amount_typed(view))
        if self._card.sites is not None and record is None and not is_past_day(view, now):
            self.site.set_value(self._card.sites.map.suggested)
        if record is not None:
            at = record.given.local if record.given is not None else at
            self._load_record(record)
        self.given_on.set_day(at.date())
        self.given.set_time(at.time())

    def _load_record(self, record: Administration) -> None:
        self.witness.setText(record.witness or "")
        if record.reason is not None and record.status is self.status.value():
            self.reason.set_value(record.reason)
        self.site.set_value(record.site)
        self.lot.setText(record.lot or "")
        self.temperature.setText("" if record.temperature is None else f"{record.temperature:f}")
        self.note.setText(record.note)

    def _show_status(self) -> None:
        """Show the inputs that the chosen status has."""
        status = self.status.value()
        self.reason.offer(reason_choices(status))
        given = status is Status.GIVEN
        label = say("today.late_reason" if given else "today.coded_reason")
        self.form.rows["reason"].label.say(label)
        self.form.rows["reason"].retranslate()
        for name in self._of_taken:
            self.form.rows[name].setVisible(status in TAKEN)

    def _want_override(self) -> None:
        if self._refusal is not None:
            self.override_wanted.emit(self._refusal)

    def _lay_out_card(self) -> None:
        self.body.insertWidget(1, self.head)
        self.override.hide()
        self.foot.insertWidget(0, self.override)
        self.setMinimumWidth(self._desk.theme.unit(_WIDE if self._is_wide else 130))
        self._first_input().setFocus()
        self.given.selectAll()

    def _first_input(self) -> QWidget:
        """Where the keyboard begins: at what only a person can say."""
        if not self.dose.text():
            return self.dose
        if self._view.record is None and self._card.asks_temperature:
            return self.temperature
        if self._view.record is None and self._card.needs_witness:
            return self.witness
        if self._view.record is None and self._card.sites is not None:
            return self.site
        return self.given
