"""An unplanned dose: an extra dose of the regimen or a drug as needed, recorded or corrected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from aml_maint.domain.as_needed import AsNeededOrder
from aml_maint.domain.errors import BadInput, Refused, UserError
from aml_maint.domain.messages import Message, Name, say
from aml_maint.domain.moment import Moment
from aml_maint.domain.patient import Patient
from aml_maint.domain.quantities import Dose, dose_text, plain
from aml_maint.domain.unplanned import EXTRA_REASONS
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.dose_fields import unit_words
from aml_maint.gui.dialogs.patient_dialog import PatientDialog
from aml_maint.gui.forms.code_input import CodeInput
from aml_maint.gui.forms.date_input import DateInput
from aml_maint.gui.forms.inputs import (
    ChoiceInput,
    DecimalInput,
    PassphraseInput,
    TextInput,
    TimeInput,
)
from aml_maint.gui.medicine_words import medicine_facts, medicine_name, order_words
from aml_maint.gui.widgets.body_map import BodyMap
from aml_maint.gui.widgets.button import Button
from aml_maint.services.as_needed import MedicineNow
from aml_maint.services.dose_view import DoseView
from aml_maint.services.dosing import Override
from aml_maint.services.injections import InjectionSites
from aml_maint.services.unplanned import UnplannedEntry

_Choices = list[tuple[str | None, Message | Name | str]]

_UNDER_THE_SKIN = "subcutaneous"


class _What(NamedTuple):
    """What can be chosen: a medicine, given against an order or not."""

    now: MedicineNow
    order: AsNeededOrder | None


class _WhatInput(ChoiceInput["_What | None"]):
    """Its draft names the drug and the order, for the list may be another one next time."""

    def raw(self) -> str:
        return _key(self.value())

    def set_raw(self, raw: str) -> None:
        for index, (choice, _) in enumerate(self._choices):
            if _key(choice) == raw:
                self.setCurrentIndex(index)


def _key(what: _What | None) -> str:
    if what is None:
        return ""
    return f"{what.now.medicine.slot}/{what.now.medicine.component.id}/{_order_id(what) or ''}"


def _order_id(what: _What) -> str | None:
    return what.order.id if what.order is not None else None


@dataclass(frozen=True)
class Offered:
    """What the dialog offers: medicines, injection sites by component, and who needs a witness."""

    medicines: tuple[MedicineNow, ...]
    sites: Mapping[str, InjectionSites]
    witnessed: tuple[str, ...]


class UnplannedDialog(PatientDialog):
    """Shows of each drug what bears on giving it now; a refusal can be overridden by name."""

    COMMANDS = ("log_unplanned", "correct_unplanned", "undo_dose")

    submitted = Signal(object)
    """The UnplannedEntry; for a dose already recorded it is the correction."""
    taken_back = Signal(str)
    """The record was entered in error, for the reason given."""
    override_wanted = Signal(object)
    """The Refused error that a clinician may set aside."""

    def __init__(
        self, desk: Desk, patient: Patient, course_id: str, offered: Offered, on: date | None,
        view: DoseView | None, page: QWidget,
    ) -> None:  # fmt: skip
        corrects = view is not None
        kind = "correct" if corrects else "record"
        super().__init__(
            desk, patient, say(f"unplanned.title.{kind}"), say(f"unplanned.verb.{kind}"),
            draft=f"unplanned/{course_id}" if view is None else f"unplanned/{view.slot}",
            parent=page.window(),
        )  # fmt: skip
        self.course = course_id
        self._view = view
        self._refusal: Refused | None = None
        self._override: Override | None = None
        self._filled_in = ""
        self._offers = offered
        self._make_inputs()
        self._add_rows()
        self.what.currentIndexChanged.connect(lambda _: self._show_what())
        self.route.currentIndexChanged.connect(lambda _: self._show_route())
        self._show_what()
        self._load(on)
        self.ready()
        self._lay_out_foot()
        (self.given if corrects else self.what).setFocus()

    @property
    def correction_reason(self) -> str:
        """Why the record is corrected."""
        return self.correction.value()

    def submit(self) -> None:
        """Say what is typed, or beside which input it can't be meant."""
        self._refusal = None
        self.override.hide()
        what = self.what.value()
        if what is None:
            raise BadInput(say("unplanned.choose_drug"), field="drug")
        if self._view is not None and not self.correction_reason:
            raise BadInput(say("error.correction_reason"), field="correction")
        self.submitted.emit(self._entry(what))

    def submit_with(self, decision: Override) -> None:
        """Submit again with a clinician's decision."""
        self._override = decision
        self.save.click()

    def fail(self, error: UserError) -> None:
        """Say why it was not saved; a rule that can be set aside offers to do so."""
        if error.field == "reason" and error.message.key in {
            "error.correction_reason", "error.undo_reason",
        }:  # fmt: skip
            error = BadInput(error.message, field="correction")
        super().fail(error)
        if isinstance(error, Refused):
            self._refusal = error
            self.override.setVisible(error.hint is not None)

    # -- what is typed -------------------------------------------------------------------------

    def _entry(self, what: _What) -> UnplannedEntry:
        medicine, number = what.now.medicine, self.dose.number()
        if number is None:
            raise BadInput(say("today.error.dose_needed"), field="dose")
        injected = self.route.value() not in {"oral", "as_prescribed"}
        order = _order_id(what)
        if self._view is not None and self._view.record and self._view.record.unplanned:
            order = self._view.record.unplanned.order
        return UnplannedEntry(
            self.course,
            medicine.drug.id,
            Dose(number, self._unit(what)),
            self._given(),
            self.route.value(),
            None if medicine.is_extra else self.indication.value(),
            self.reason.value() if medicine.is_extra else None,
            self.ordered_by.value(),
            order,
            self.note.value(),
            self.site.value() if injected else None,
            (self.lot.value() or None) if injected else None,
            self.temperature.number(),
            self._override,
            self.witness.value() or None,
            self.witness_passphrase.value(),
        )

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
        given = Moment.at(datetime.combine(day, at), self._desk.session.zone)
        if given.utc > self._desk.session.now().utc:
            raise BadInput(say("error.given_in_future"), field="given")
        return given

    def _unit(self, what: _What) -> str:
        component = what.now.medicine.component
        if component.drug.dose_unit is not None:
            return component.drug.dose_unit
        return component.dose.unit if component.dose is not None else "mg"

    # -- the form ------------------------------------------------------------------------------

    def _make_inputs(self) -> None:
        desk = self._desk
        offered = self._offered(self._offers.medicines)
        self.what = _WhatInput(desk, offered)
        self.given_on = DateInput(desk, "given_on")
        self.given = TimeInput(desk)
        self.dose = DecimalInput(desk, field="dose")
        self.route = CodeInput(desk, [(None, "today.choose")])
        self.indication = CodeInput(desk, [(None, "today.choose")])
        reasons: _Choices = [(None, "today.choose")]
        reasons += [(code, f"reason.{code}") for code in EXTRA_REASONS]
        self.reason = CodeInput(desk, reasons)
        self.ordered_by = TextInput(desk, longest=80)
        self.temperature = DecimalInput(desk, field="temperature")
        self.site = BodyMap(desk)
        self.witness = TextInput(desk, longest=80)
        self.witness_passphrase = PassphraseInput(desk)
        self.lot = TextInput(desk, longest=40)
        self.note = TextInput(desk, "today.note.placeholder")
        self.correction = TextInput(desk, "today.correction.placeholder")

    def _offered(
        self, medicines: Sequence[MedicineNow]
    ) -> list[tuple[_What | None, Message | Name | str]]:
        """Orders first, then drugs as needed, then extra doses; a correction keeps its drug."""
        if self._view is not None:
            wanted = self._view.slot
            mine = [
                now for now in medicines
                if (now.medicine.component.id, now.medicine.slot) == (wanted.component, wanted.slot)
            ]  # fmt: skip
            return [(_What(now, None), medicine_name(now.medicine)) for now in mine]
        found: list[tuple[_What | None, Message | Name | str]] = [(None, "today.choose")]
        for now in medicines:
            found += [(_What(now, o), order_words(now.medicine, o)) for o in now.orders]
        for extra in (False, True):
            found += [
                (_What(now, None), medicine_name(now.medicine))
                for now in medicines
                if now.medicine.is_extra is extra
            ]
        return found

    def _add_rows(self) -> None:
        add = self.form.add_row
        add("drug", say("unplanned.what"), self.what, span=2)
        add("given_on", say("today.given_on"), self.given_on)
        add("given", say("today.given_at"), self.given)
        add("dose", say("unplanned.dose"), self.dose)
        add("route", say("unplanned.route"), self.route)
        add("indication", say("unplanned.indication"), self.indication)
        add("reason", say("unplanned.reason"), self.reason)
        add("ordered_by", say("unplanned.ordered_by"), self.ordered_by)
        add("temperature", say("today.temperature"), self.temperature)
        add("lot", say("today.lot"), self.lot)
        add("witness", say("injection.witness"), self.witness, say("injection.witness.help"))
        add(
            "witness_passphrase", say("injection.witness_passphrase"), self.witness_passphrase,
            say("injection.witness_passphrase.help"),
        )  # fmt: skip
        add("site", say("today.site"), self.site, span=2)
        add("note", say("today.note"), self.note, span=2)
        add("correction", say("today.correction"), self.correction, span=2)
        self.form.rows["correction"].setVisible(self._view is not None)
        self.what.setEnabled(self._view is None)

    def _show_what(self) -> None:
        """Offer what goes with the drug chosen, and say what bears on giving it now."""
        what = self.what.value()
        rows = self.form.rows
        # The dose of one drug, or whose order it was, is never taken for that of another.
        self.dose.clear()
        if self.ordered_by.text() == self._filled_in:
            self.ordered_by.clear()
        extra = what is not None and what.now.medicine.is_extra
        rows["indication"].setVisible(not extra)
        rows["reason"].setVisible(extra)
        rows["drug"].set_help(medicine_facts(what.now) if what is not None else "")
        if what is None:
            rows["dose"].label.say(say("unplanned.dose"))
            self.route.offer([(None, "today.choose")])
            self.indication.offer([(None, "today.choose")])
            self._show_route()
            return
        medicine, order = what.now.medicine, what.order
        rows["dose"].label.say(say("today.dose_in", unit=unit_words(self._unit(what))))
        strengths = tuple(dose_text(one.dose) for one in medicine.drug.strengths)
        rows["dose"].set_help(say("unplanned.strengths", strengths=strengths) if strengths else "")
        self.route.offer([(name, f"route.{name}") for name in medicine.routes])
        rules = medicine.drug.as_needed
        indications: _Choices = [(None, "today.choose")]
        indications += [(code, f"indication.{code}") for code in rules.indications] if rules else []
        self.indication.offer(indications)
        if order is not None:
            self.dose.setText(plain(order.dose.value))
            self.route.set_value(order.route)
            self.indication.set_value(order.indication)
            self.ordered_by.setText(order.ordered_by)
            self._filled_in = order.ordered_by
        self._show_route()

    def _show_route(self) -> None:
        """Site and lot belong to an injection, a witness to the drugs that the site names."""
        what = self.what.value()
        component = what.now.medicine.component.id if what is not None else ""
        injected = self.route.value() == _UNDER_THE_SKIN
        sites = self._offers.sites.get(component)
        if sites is not None:
            self.site.show_sites(sites)
        self.form.rows["site"].setVisible(injected and sites is not None)
        self.form.rows["lot"].setVisible(injected)
        witnessed = component in self._offers.witnessed
        self.form.rows["witness"].setVisible(witnessed)
        confirms = witnessed and self._desk.session.has_accounts
        self.form.rows["witness_passphrase"].setVisible(confirms)

    def _load(self, on: date | None) -> None:
        """The record, or now; the time of an earlier day must be typed."""
        view, now = self._view, self._desk.session.now()
        record = view.record if view is not None else None
        if record is None or record.unplanned is None or record.given is None:
            today = now.local.date()
            self.given_on.set_day(on or today)
            if on in (None, today):
                self.given.set_time(now.local.time())
            return
        given = record.given.local
        self.given_on.set_day(given.date())
        self.given.set_time(given.time())
        self.dose.setText(plain(record.dose.value) if record.dose is not None else "")
        self.route.set_value(record.unplanned.route)
        if record.unplanned.indication is not None:
            self.indication.set_value(record.unplanned.indication)
        if record.reason is not None:
            self.reason.set_value(record.reason)
        self.ordered_by.setText(record.unplanned.ordered_by)
        self.site.set_value(record.site)
        self.lot.setText(record.lot or "")
        self.witness.setText(record.witness or "")
        self.temperature.setText("" if record.temperature is None else f"{record.temperature:f}")
        self.note.setText(record.note)
        self._show_route()

    def _lay_out_foot(self) -> None:
        self.override = Button(self._desk, "today.override.open", leads_to="override_rule")
        self.override.clicked.connect(self._want_override)
        self.override.hide()
        self.foot.insertWidget(0, self.override)
        self.take_back = Button(self._desk, say("unplanned.take_back"), leads_to="undo_dose")
        self.take_back.clicked.connect(self._take_back)
        self.take_back.setVisible(self._view is not None)
        self.foot.insertWidget(0, self.take_back)

    def _want_override(self) -> None:
        if self._refusal is not None:
            self.override_wanted.emit(self._refusal)

    def _take_back(self) -> None:
        self.form.clear_errors()
        if not self.correction_reason:
            self.fail(BadInput(say("unplanned.take_back.reason"), field="correction"))
            return
        self.taken_back.emit(self.correction_reason)
