"""Give a drug of one patient's course a time of day of its own, or the site's time back."""

from __future__ import annotations

from datetime import date, time, timedelta

from PySide6.QtWidgets import QWidget

from aml_maint.domain.course import Course
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import Message, say
from aml_maint.domain.patient import Patient
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.patient_dialog import PatientDialog
from aml_maint.gui.forms.date_input import DateInput
from aml_maint.gui.forms.inputs import ChoiceInput, TextInput, TimeInput
from aml_maint.services.clock_times import set_clock_time

_Place = tuple[str, str]  # component and slot


class ClockTimeDialog(PatientDialog):
    """A premedication has no time of its own: it goes with the dose that it serves."""

    COMMANDS = ("set_clock_time",)

    def __init__(
        self, desk: Desk, patient: Patient, course: Course, component: str | None,
        parent: QWidget | None,
    ) -> None:  # fmt: skip
        super().__init__(
            desk, patient, say("clock_time.title"), say("clock_time.verb"),
            draft=f"clock_time/{course.id}", columns=1, parent=parent,
        )  # fmt: skip
        self._course = course
        tomorrow = desk.session.now().day_in(course.zone) + timedelta(days=1)
        self._day = max(tomorrow, course.first_day)
        places = list(_places(course, self._day))
        self.place: ChoiceInput[_Place] = ChoiceInput(
            desk, [(place, text) for place, text, _ in places]
        )
        self._times = {place: at for place, _, at in places}
        for place in self._times:
            if place[0] == component:
                self.place.set_value(place)
                break
        self.place.currentIndexChanged.connect(lambda _: self._show_time())
        self.at = TimeInput(desk)
        self.from_day = DateInput(desk, "from_day")
        self.from_day.set_day(self._day)
        self.reason = TextInput(desk)
        self.decided_by = TextInput(desk, longest=80)
        self.decided_by.setText(desk.session.actor.name)
        add = self.form.add_row
        add("component", say("clock_time.which"), self.place, say("clock_time.which.help"))
        add("at", say("clock_time.at"), self.at, say("clock_time.at.help"))
        add("from_day", say("setting.from_day"), self.from_day, say("clock_time.from_day.help"))
        add("decided_by", say("hold.decided_by"), self.decided_by)
        add("reason", say("setting.reason"), self.reason)
        self._show_time()
        self.ready()
        self.at.setFocus()

    def submit(self) -> None:
        """Set the time as typed; an empty one gives the site's time back."""
        component, slot = self.place.value()
        at, from_day = self._time(), self.from_day.day()
        reason, by = self.reason.value(), self.decided_by.value()
        if not by:
            raise BadInput(say("replan.decider_needed"), field="decided_by")
        self.write(
            lambda place: set_clock_time(
                place, self._course.id, component, slot, at, reason, decided_by=by,
                from_day=from_day, command_id=self.command_id,
            )
        )  # fmt: skip

    def _time(self) -> time | None:
        try:
            return self.at.clock_time()
        except BadInput as error:
            raise BadInput(error.message, hint=error.hint, field="at") from error

    def _show_time(self) -> None:
        self.at.set_time(self._times[self.place.value()])


def _places(course: Course, day: date) -> list[tuple[_Place, Message, time]]:
    """Each time of day that can be set, as it will be on a day."""
    return [
        (
            (component.id, slot.name),
            say("clock_time.place", drug=component.drug.name, slot=say(f"slot.{slot.name}")),
            slot.at,
        )
        for component in course.regimen_on(day).components
        if component.link is None
        for slot in component.slots
    ]
