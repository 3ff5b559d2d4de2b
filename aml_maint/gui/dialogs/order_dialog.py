"""Change a dose: a level of the regimen's ladder, or a free dose with its reason."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from aml_maint.domain.course import Course
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import Message, say
from aml_maint.domain.patient import Patient
from aml_maint.domain.quantities import Dose, dose_text
from aml_maint.domain.regimen import Component, DoseOption
from aml_maint.domain.replan_words import level_number
from aml_maint.domain.schedule import dose_on, order_on
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.dose_fields import unit_words
from aml_maint.gui.dialogs.replan_dialog import ReplanDialog
from aml_maint.gui.forms.date_input import DateInput
from aml_maint.gui.forms.inputs import ChoiceInput, DecimalInput
from aml_maint.services.replanning import Wanted, WantedDose

# A level and the way of giving it; None is a free dose.
_Level = tuple[int, int] | None


class OrderDialog(ReplanDialog):
    """Shows the dose in force and the levels with their doses; a free dose in the drug's unit."""

    COMMANDS = ("set_dose",)

    def __init__(
        self, desk: Desk, patient: Patient, course: Course, component: str | None,
        parent: QWidget | None,
    ) -> None:  # fmt: skip
        super().__init__(desk, patient, course, "order", parent)
        names = [(c.id, c.drug.name) for c in course.latest_regimen.components]
        self.component: ChoiceInput[str] = ChoiceInput(desk, names)
        if component is not None and component in dict(names):
            self.component.set_value(component)
        self.level: ChoiceInput[_Level] = ChoiceInput(desk, self._levels())
        self.dose = DecimalInput(desk, field="dose")
        self.from_day = DateInput(desk, "from_day")
        self.from_day.set_day(desk.session.now().day_in(course.zone))
        add = self.form.add_row
        add("component", say("order.component"), self.component)
        add("level", say("order.level"), self.level, span=3)
        add("from_day", say("order.from_day"), self.from_day)
        add("dose", say("order.dose"), self.dose)
        add("reason", say("order.reason"), self.reason)
        add("decided_by", say("plan.decided_by"), self.decided_by)
        self.component.currentIndexChanged.connect(lambda _: self._turn())
        self.level.currentIndexChanged.connect(lambda _: self._tell())
        self._tell()
        self.ready()
        (self.level if self._known.levels else self.dose).setFocus()

    def wanted(self, *, preview: bool = False) -> Wanted:
        """The order as typed."""
        from_day, level = self.from_day.day(), self.level.value()
        if from_day is None:
            raise BadInput(say("order.day_needed"), field="from_day")
        why, by = self.why(preview=preview), self.by(preview=preview)
        if level is not None:
            number, option = level
            return WantedDose(self._known.id, from_day, why, by, level=number, option=option)
        amount = self.dose.number()
        if amount is None:
            raise BadInput(say("order.dose_needed"), field="dose")
        return WantedDose(self._known.id, from_day, why, by, Dose(amount, self._unit()))

    @property
    def _known(self) -> Component:
        return self.course.component(self.component.value())

    def _unit(self) -> str:
        component = self._known
        if component.drug.dose_unit is not None:
            return component.drug.dose_unit
        return component.dose.unit if component.dose else "mg"

    def _levels(self) -> list[tuple[_Level, Message]]:
        """Each way of giving each level with its dose, then the free dose."""
        found: list[tuple[_Level, Message]] = []
        for level in self._known.levels:
            for number, option in enumerate(level.options):
                told = say("order.level_of", level=level_number(level.level),
                           dose=option_words(option))  # fmt: skip
                found.append(((level.level, number), told))
        return [*found, (None, say("order.free"))]

    def _turn(self) -> None:
        """Another drug: offer its levels."""
        self.level.offer(self._levels())
        self._tell()

    def _tell(self) -> None:
        """Say the unit, the dose in force, and where the chosen level comes from."""
        component, today = self._known, self._desk.session.now().day_in(self.course.zone)
        known, order = (
            dose_on(self.course, component, today),
            order_on(self.course, component, today),
        )
        row = self.form.rows["dose"]
        free = self.level.value() is None
        row.setVisible(free)
        row.label.say(say("order.dose_in", unit=unit_words(self._unit())))
        told = say("order.none_in_force")
        if known is not None:
            told = say("order.in_force", dose=dose_text(known))
            if order is not None and order.level is not None:
                level = level_number(order.level)
                told = say("order.in_force_level", dose=dose_text(known), level=level)
        self.form.rows["component"].set_help(told)
        self.form.rows["level"].set_help(self._source())

    def _source(self) -> Message | str:
        chosen = self.level.value()
        for level in self._known.levels:
            if chosen is not None and level.level == chosen[0]:
                return say("order.level_source", text=level.text, source=level.source.title)
        return say("order.free.help") if self._known.levels else ""


def option_words(option: DoseOption) -> Message:
    """A way of giving a level: the amount, at which times of day, on which days."""
    told = dose_text(option.dose)
    if option.slots:
        slots = tuple(say(f"slot.{slot}") for slot in option.slots)
        told = say("order.option.slots", dose=told, slots=slots)
    if option.interval_days is not None:
        told = say("order.option.every", dose=told, days=option.interval_days)
    return told
