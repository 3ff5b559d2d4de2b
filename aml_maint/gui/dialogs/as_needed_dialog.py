"""Standing orders for drugs given as needed: every order of a course, a new one, and its end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from PySide6.QtWidgets import QDialog, QWidget

from aml_maint.domain.as_needed import AsNeededOrder
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import Message, Name, say
from aml_maint.domain.patient import Patient
from aml_maint.domain.quantities import Dose, dose_text
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.dose_fields import unit_words
from aml_maint.gui.dialogs.list_dialog import ListDialog
from aml_maint.gui.dialogs.patient_dialog import PatientDialog
from aml_maint.gui.forms.code_input import CodeInput
from aml_maint.gui.forms.date_input import DateInput
from aml_maint.gui.forms.inputs import DecimalInput, TextInput
from aml_maint.gui.medicine_words import medicine_facts, order_words
from aml_maint.gui.models.rows_model import Column, RowsModel
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.word_table import WordTable
from aml_maint.services.as_needed import (
    MedicineNow,
    as_needed_orders,
    medicines_now,
    order_as_needed,
    stop_as_needed,
)
from aml_maint.services.medicines import Medicine

_Choices = list[tuple[str | None, Message | Name | str]]

_Row = tuple[Medicine, AsNeededOrder]


def _limits(row: _Row) -> Message:
    order = row[1]
    parts = []
    if order.most_doses is not None:
        parts.append(say("unplanned.now.doses", most=order.most_doses))
    if order.min_gap_minutes is not None:
        parts.append(say("as_needed.gap", gap=_gap(order.min_gap_minutes)))
    return say("unplanned.now", parts=tuple(parts) or (say("as_needed.limits.drug"),))


def _gap(minutes: int) -> Message:
    hours, rest = divmod(minutes, 60)
    if rest:
        return say("as_needed.minutes", minutes=minutes)
    return say("as_needed.hours", hours=hours)


def _days(row: _Row) -> Message:
    order = row[1]
    if order.last_day is None:
        return say("as_needed.since", first=order.first_day)
    return say("as_needed.from_to", first=order.first_day, last=order.last_day)


_COLUMNS: tuple[Column[_Row], ...] = (
    Column(say("as_needed.head.drug"), lambda row: row[0].drug.name, 2),
    Column(say("as_needed.head.dose"), lambda row: dose_text(row[1].dose)),
    Column(say("unplanned.route"), lambda row: say(f"route.{row[1].route}")),
    Column(say("unplanned.indication"), lambda row: say(f"indication.{row[1].indication}")),
    Column(say("as_needed.head.limits"), _limits, 3),
    Column(say("as_needed.head.days"), _days, 3),
    Column(say("unplanned.ordered_by"), lambda row: row[1].ordered_by, 2),
)


class AsNeededDialog(ListDialog):
    """The orders of a course, the latest first."""

    def __init__(self, desk: Desk, patient: Patient, course_id: str, parent: QWidget) -> None:
        super().__init__(desk, patient, say("as_needed.title"), parent)
        self._course = course_id
        self._medicines: tuple[MedicineNow, ...] = ()
        self.orders: RowsModel[_Row] = RowsModel(desk, _COLUMNS, self)
        self.table = WordTable(desk, self.orders)
        self.empty = Label(desk, say("as_needed.empty"), token="muted", wrap=True)
        self.body.addWidget(self.empty)
        self.body.addWidget(self.table, 1)
        self.order = self.add_button(say("as_needed.act.order"), self._order, "order_as_needed")
        self.stop = self.add_button(say("as_needed.act.stop"), self._stop, "stop_as_needed")
        self.finish_foot()
        self.table.chosen.connect(lambda row: self.stop.setEnabled(self._can_stop(row)))
        desk.words.changed.connect(self._name)
        self._name()
        self.resize(desk.theme.unit(220), desk.theme.unit(100))
        self._show(())
        self.order.setEnabled(False)
        self.read_again()

    def read_again(self) -> None:
        """Read the orders, and what can be ordered."""
        course = self._course
        self._desk.session.read(
            lambda place: (as_needed_orders(place, course), medicines_now(place, course)),
            self._read,
            self,
        )

    def _read(self, found: tuple[tuple[AsNeededOrder, ...], tuple[MedicineNow, ...]]) -> None:
        orders, self._medicines = found
        self.order.setEnabled(True)
        self._show(orders)

    def _show(self, orders: Sequence[AsNeededOrder]) -> None:
        by_drug = {now.medicine.drug.id: now.medicine for now in self._medicines}
        self.orders.set_rows([(by_drug[o.drug], o) for o in orders if o.drug in by_drug])
        self.empty.setVisible(not self.orders.rows)
        self.table.setVisible(bool(self.orders.rows))
        self.table.go_to(0)
        self.stop.setEnabled(self._can_stop(self.table.current))

    def _can_stop(self, row: _Row | None) -> bool:
        if row is None:
            return False
        last = row[1].last_day
        return last is None or last >= self._desk.session.now().local.date()

    def _order(self) -> QDialog:
        needed = [n for n in self._medicines if n.offered and not n.medicine.is_extra]
        return AsNeededOrderDialog(self._desk, self.patient, self._course, needed, self)

    def _stop(self) -> QDialog | None:
        row: _Row | None = self.table.current
        if row is None:
            return None
        return StopOrderDialog(self._desk, self.patient, self._course, *row, self)

    def _name(self) -> None:
        self.table.setAccessibleName(self._desk.words.text("as_needed.title"))


class AsNeededOrderDialog(PatientDialog):
    """A new order: which drug, how much, what for, how often at most, from when to when."""

    COMMANDS = ("order_as_needed",)

    def __init__(
        self, desk: Desk, patient: Patient, course_id: str, medicines: Sequence[MedicineNow],
        parent: QWidget,
    ) -> None:  # fmt: skip
        super().__init__(
            desk, patient, say("as_needed.act.order.title"), say("as_needed.act.order.verb"),
            draft=f"as_needed/{course_id}", parent=parent,
        )  # fmt: skip
        self._course = course_id
        self._by_drug = {now.medicine.drug.id: now for now in medicines}
        names: _Choices = [(None, "today.choose")]
        names += [(id, now.medicine.drug.name) for id, now in self._by_drug.items()]
        self.drug = CodeInput(desk, names)
        self.dose = DecimalInput(desk, field="dose")
        self.route = CodeInput(desk, [(None, "today.choose")])
        self.indication = CodeInput(desk, [(None, "today.choose")])
        self.most_doses = DecimalInput(desk, field="most_doses")
        self.hours = DecimalInput(desk, field="min_gap")
        self.first_day = DateInput(desk, "first_day")
        self.first_day.set_day(desk.session.now().local.date())
        self.last_day = DateInput(desk, "last_day")
        self.ordered_by = TextInput(desk, longest=80)
        self.ordered_by.setText(desk.session.actor.name)
        self.note = TextInput(desk, "today.note.placeholder")
        add = self.form.add_row
        add("drug", say("as_needed.head.drug"), self.drug, span=2)
        add("dose", say("unplanned.dose"), self.dose)
        add("route", say("unplanned.route"), self.route)
        add("indication", say("unplanned.indication"), self.indication)
        add("ordered_by", say("unplanned.ordered_by"), self.ordered_by)
        add("most_doses", say("as_needed.most_doses"), self.most_doses)
        add("min_gap", say("as_needed.hours_apart"), self.hours)
        add("first_day", say("as_needed.first_day"), self.first_day)
        add("last_day", say("as_needed.last_day"), self.last_day, say("as_needed.last_day.help"))
        add("note", say("today.note"), self.note, span=2)
        self.drug.currentIndexChanged.connect(lambda _: self._offer())
        self.ready()
        self.drug.setFocus()

    def submit(self) -> None:
        """Order it as typed."""
        now, number = self._by_drug.get(self.drug.value() or ""), self.dose.number()
        if now is None:
            raise BadInput(say("unplanned.choose_drug"), field="drug")
        if number is None:
            raise BadInput(say("today.error.dose_needed"), field="dose")
        indication, first = self.indication.value(), self.first_day.day()
        if indication is None:
            raise BadInput(say("unplanned.no_indication"), field="indication")
        if first is None:
            raise BadInput(say("order.day_needed"), field="first_day")
        drug = now.medicine.drug
        order = AsNeededOrder(
            "", drug.id, Dose(number, drug.dose_unit or "mg"), self.route.value() or drug.route,
            indication, self.ordered_by.value(), first, self.last_day.day(), self._number(),
            self._minutes(), self.note.value(),
        )  # fmt: skip
        self.write(lambda place: order_as_needed(place, self._course, order, self.command_id))

    def _number(self) -> int | None:
        number = self.most_doses.number()
        if number is not None and number != int(number):
            raise BadInput(say("as_needed.most_doses_range"), field="most_doses")
        return None if number is None else int(number)

    def _minutes(self) -> int | None:
        hours = self.hours.number()
        if hours is None:
            return None
        minutes = hours * 60
        if minutes != int(minutes) or not Decimal(0) < hours <= Decimal(24):
            raise BadInput(say("as_needed.gap_range"), field="min_gap")
        return int(minutes)

    def _offer(self) -> None:
        """Offer what goes with the drug, and say the drug's own limits."""
        now = self._by_drug.get(self.drug.value() or "")
        rules = now.medicine.drug.as_needed if now is not None else None
        self.dose.clear()
        self.form.rows["drug"].set_help(medicine_facts(now) if now is not None else "")
        indications: _Choices = [(None, "today.choose")]
        if now is None or rules is None:
            self.route.offer([(None, "today.choose")])
            self.indication.offer(indications)
            return
        unit = now.medicine.drug.dose_unit or "mg"
        self.form.rows["dose"].label.say(say("today.dose_in", unit=unit_words(unit)))
        self.route.offer([(name, f"route.{name}") for name in now.medicine.routes])
        indications += [(code, f"indication.{code}") for code in rules.indications]
        self.indication.offer(indications)


class StopOrderDialog(PatientDialog):
    """The last day of an order, and why it ends."""

    COMMANDS = ("stop_as_needed",)

    def __init__(
        self, desk: Desk, patient: Patient, course_id: str, medicine: Medicine,
        order: AsNeededOrder, parent: QWidget,
    ) -> None:  # fmt: skip
        super().__init__(
            desk, patient, say("as_needed.act.stop.title"), say("as_needed.act.stop.verb"),
            draft=f"as_needed/stop/{order.id}", columns=1, parent=parent,
        )  # fmt: skip
        self._course, self._order = course_id, order
        self.last_day = DateInput(desk, "last_day")
        self.last_day.set_day(_usual_last_day(desk, order))
        self.reason = TextInput(desk)
        self.form.add_row(
            "last_day", say("as_needed.last_day"), self.last_day, say("as_needed.stop.help")
        )
        self.form.add_row("reason", say("as_needed.stop.reason"), self.reason)
        self.ready()
        told = Label(desk, order_words(medicine, order), role="strong", wrap=True)
        self.body.insertWidget(2, told)
        self.reason.setFocus()

    def submit(self) -> None:
        """End the order."""
        last, reason = self.last_day.day(), self.reason.value()
        if last is None:
            raise BadInput(say("order.day_needed"), field="last_day")
        self.write(
            lambda place: stop_as_needed(
                place, self._course, self._order.id, last, reason, self.command_id
            )
        )


def _usual_last_day(desk: Desk, order: AsNeededOrder) -> date:
    """Today is the usual last day; of an order to come the day before it begins."""
    today = desk.session.now().local.date()
    return today if order.first_day <= today else order.first_day - timedelta(days=1)
