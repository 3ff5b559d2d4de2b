"""Delay the next cycle, or shift doses: keep the grid or re-anchor, both injections or one."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from PySide6.QtWidgets import QWidget

from aml_maint.domain.course import Course
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import Message, say
from aml_maint.domain.patient import Patient
from aml_maint.domain.replan_settle import movable, together
from aml_maint.domain.schedule import doses_between
from aml_maint.domain.shift import ShiftMode, ShiftScope
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.replan_dialog import ReplanDialog
from aml_maint.gui.forms.date_input import DateInput
from aml_maint.gui.forms.inputs import ChoiceInput, TextInput
from aml_maint.services.replanning import Wanted, WantedDelay, WantedShift


class Extent(StrEnum):
    """What is shifted."""

    DELAY = "delay"
    DOSE = "dose"
    COMPONENT = "component"
    CYCLE = "cycle"
    ONWARD = "onward"


# What is done with the doses after the shifted ones, by extent; the first is the usual one.
_MODES = {
    Extent.DELAY: (ShiftMode.RE_ANCHOR, ShiftMode.KEEP_GRID),
    Extent.DOSE: (ShiftMode.RE_ANCHOR, ShiftMode.KEEP_GRID),
    Extent.COMPONENT: (ShiftMode.RE_ANCHOR, ShiftMode.KEEP_GRID),
    Extent.CYCLE: (ShiftMode.KEEP_GRID,),
    Extent.ONWARD: (ShiftMode.RE_ANCHOR,),
}


class ShiftDialog(ReplanDialog):
    """Begins with the dose under the cursor, if it is one that can be moved."""

    COMMANDS = ("shift_doses", "delay_cycle")

    def __init__(
        self, desk: Desk, patient: Patient, course: Course, component: str | None,
        parent: QWidget | None, *, day: date | None = None,
    ) -> None:  # fmt: skip
        super().__init__(desk, patient, course, "shift", parent)
        known = movable(course)
        self.extent: ChoiceInput[Extent] = ChoiceInput(
            desk, [(e, f"shift.extent.{e.value}") for e in Extent]
        )
        self.drugs: ChoiceInput[tuple[str, bool]] = ChoiceInput(desk, _drugs(course))
        self.mode: ChoiceInput[ShiftMode] = ChoiceInput(desk, _modes(Extent.DELAY))
        self.days = TextInput(desk, longest=4)
        self.from_day = DateInput(desk, "date")
        add = self.form.add_row
        add("scope", say("shift.extent"), self.extent)
        add("component", say("shift.drugs"), self.drugs)
        add("mode", say("shift.mode"), self.mode)
        add("days", say("shift.days"), self.days, say("shift.days.help"))
        add("date", say("shift.from_day"), self.from_day, say("shift.from_day.help"))
        self.add_decision()
        self.extent.currentIndexChanged.connect(lambda _: self._turn())
        mine = component if component in known else None
        self.extent.set_value(Extent.DELAY if mine is None or day is None else Extent.ONWARD)
        self._begin(mine, day)
        self._turn()
        self.ready()
        (self.days if mine is not None else self.extent).setFocus()

    def wanted(self, *, preview: bool = False) -> Wanted:
        """The delay or the shift as typed."""
        extent, days = self.extent.value(), _whole(self.days.value())
        component, both = self.drugs.value()
        why, by = self.why(preview=preview), self.by(preview=preview)
        if extent is Extent.DELAY:
            return WantedDelay(days, why, by, self.mode.value(), component, both)
        day = self.from_day.day()
        if day is None:
            raise BadInput(say("shift.day_needed"), field="date")
        return WantedShift(
            ShiftScope(extent.value), day, days, why, by, component,
            mode=self.mode.value(), together=both, current=True,
        )  # fmt: skip

    def _begin(self, component: str | None, day: date | None) -> None:
        """The day asked about, else the next one on which something can be moved."""
        today = self._desk.session.now().day_in(self.course.zone)
        begin = max(day or today, self.course.first_day)
        names = movable(self.course) if component is None else (component,)
        ahead = doses_between(self.course, begin, begin + timedelta(days=7))
        first = next((dose.on for dose in ahead if dose.id.component in names), begin)
        self.from_day.set_day(first)
        if component is not None:
            choices = [value for value, _ in _drugs(self.course)]
            both = (component, True)
            if both in choices:
                self.drugs.set_value(both)

    def _turn(self) -> None:
        """Another extent: offer its modes, and ask for a day only where there is one to choose."""
        extent = self.extent.value()
        self.mode.offer(_modes(extent))
        self.form.rows["date"].setVisible(extent is not Extent.DELAY)
        expected = self.course.expected_start
        self.form.rows["scope"].set_help(
            say("shift.expected", cycle=len(self.course.cycles) + 1, day=expected)
            if extent is Extent.DELAY
            else say(f"shift.extent.{extent.value}.help")
        )
        self.soon()


def _drugs(course: Course) -> list[tuple[tuple[str, bool], Message]]:
    """Each drug with those of its rhythm, where there are any, then each for itself."""
    names = movable(course)
    choices: list[tuple[tuple[str, bool], Message]] = []
    for id in names:
        drug = course.component(id).drug.name
        others = together(course, id)[1:]
        if others:
            more = tuple(course.component(other).drug.name for other in others)
            choices.append(((id, True), say("shift.together", drugs=(drug, *more))))
    # Both of a pair say the same thing; the first one says it.
    seen: set[frozenset[str]] = set()
    kept = []
    for value, text in choices:
        group = frozenset(together(course, value[0]))
        if group not in seen:
            seen.add(group)
            kept.append((value, text))
    alone = [((id, False), say("shift.alone", drug=course.component(id).drug.name)) for id in names]
    return [*kept, *alone]


def _modes(extent: Extent) -> list[tuple[ShiftMode, Message]]:
    kind = "delay" if extent is Extent.DELAY else "shift"
    return [(mode, say(f"shift.mode.{kind}.{mode.value}")) for mode in _MODES[extent]]


def _whole(text: str) -> int:
    """A number of days, with a sign for earlier ones; BadInput for anything else."""
    plain = text.replace("\N{MINUS SIGN}", "-").removeprefix("+")
    if not plain:
        raise BadInput(say("shift.days_needed"), field="days")
    if not plain.removeprefix("-").isdecimal():
        raise BadInput(say("shift.days_number"), field="days")
    return int(plain)
