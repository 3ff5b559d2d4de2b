"""Earlier therapies, contacts and disease events: recorded, and taken back with a reason."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from PySide6.QtWidgets import QWidget

from aml_maint.domain.disease import EarlierTherapy, TherapyKind
from aml_maint.domain.errors import BadInput
from aml_maint.domain.follow_up import Contact, DeathCause, DiseaseEvent, EventKind, Means
from aml_maint.domain.messages import Message, say
from aml_maint.domain.patient import Patient
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.patient_dialog import PatientDialog
from aml_maint.gui.disease_words import Entry, entry_told, therapy_told
from aml_maint.gui.forms.date_input import DateInput
from aml_maint.gui.forms.inputs import ChoiceInput, TextInput
from aml_maint.gui.widgets.label import Label
from aml_maint.services.changes import Changes
from aml_maint.services.disease import record_therapy, withdraw_therapy
from aml_maint.services.follow_up import (
    record_contact,
    record_disease_event,
    withdraw_contact,
    withdraw_disease_event,
)
from aml_maint.services.workplace import Workplace


class TherapyDialog(PatientDialog):
    """A therapy before maintenance, as far as the letters tell."""

    COMMANDS = ("record_therapy",)

    def __init__(self, desk: Desk, patient: Patient, parent: QWidget | None) -> None:
        super().__init__(
            desk, patient, say("therapy.title"), say("therapy.verb"),
            draft=f"therapy/{patient.id}", columns=3, parent=parent,
        )  # fmt: skip
        self.kind: ChoiceInput[TherapyKind] = ChoiceInput(
            desk, [(one, say(f"therapy_kind.{one.value}")) for one in TherapyKind]
        )
        self.regimen = TextInput(desk)
        self.cycles = TextInput(desk, longest=3)
        self.first = DateInput(desk, "first_day")
        self.last = DateInput(desk, "last_day")
        self.response = TextInput(desk)
        add = self.form.add_row
        add("kind", say("therapy.kind"), self.kind)
        add("regimen", say("therapy.regimen"), self.regimen, span=2)
        add("cycles", say("therapy.cycles"), self.cycles)
        add("first_day", say("therapy.first_day"), self.first)
        add("last_day", say("therapy.last_day"), self.last)
        add("response", say("therapy.response"), self.response, span=3)
        self.ready()
        self.setMinimumWidth(desk.theme.unit(165))
        self.kind.setFocus()

    def submit(self) -> None:
        """Record it."""
        therapy = EarlierTherapy(
            "",
            self.patient.id,
            self.kind.value(),
            self.regimen.value(),
            self._number(),
            self.first.day(),
            self.last.day(),
            self.response.value(),
        )
        self.write(lambda place: record_therapy(place, therapy, self.command_id))

    def _number(self) -> int | None:
        text = self.cycles.value()
        if not text:
            return None
        if not (text.isascii() and text.isdigit()):
            raise BadInput(say("error.not_a_number", text=text), field="cycles")
        return int(text)


class ContactDialog(PatientDialog):
    """The patient was known to be alive: when, by what means, and when to ask again."""

    COMMANDS = ("record_contact",)

    def __init__(self, desk: Desk, patient: Patient, parent: QWidget | None) -> None:
        super().__init__(
            desk, patient, say("contact.title"), say("contact.verb"),
            draft=f"contact/{patient.id}", columns=2, parent=parent,
        )  # fmt: skip
        self.on = DateInput(desk, "on")
        self.on.set_day(desk.session.now().local.date())
        self.means: ChoiceInput[Means] = ChoiceInput(
            desk, [(one, say(f"means.{one.value}")) for one in Means]
        )
        self.next_on = DateInput(desk, "next_on")
        self.note = TextInput(desk, longest=500)
        add = self.form.add_row
        add("means", say("contact.means"), self.means)
        add("on", say("contact.on"), self.on)
        add("note", say("follow_up.note"), self.note, span=2)
        add("next_on", say("contact.next"), self.next_on, say("contact.next.help"))
        self.ready()
        self.means.setFocus()

    def submit(self) -> None:
        """Record it."""
        on = self.on.day()
        if on is None:
            raise BadInput(say("contact.day_needed"), field="on")
        contact = Contact(
            "", self.patient.id, on, self.means.value(), self.note.value(), self.next_on.day()
        )
        self.write(lambda place: record_contact(place, contact, self.command_id))


class EventDialog(PatientDialog):
    """What outcomes count: relapse, transplant, second therapy, loss, death with its cause."""

    COMMANDS = ("record_disease_event",)

    def __init__(
        self, desk: Desk, patient: Patient, parent: QWidget | None, kind: EventKind | None = None
    ) -> None:
        super().__init__(
            desk, patient, say("event.title"), say("event.verb"),
            draft=f"event/{patient.id}", columns=2, parent=parent,
        )  # fmt: skip
        self.kind: ChoiceInput[EventKind | None] = ChoiceInput(
            desk,
            [(None, say("event.choose")), *((k, say(f"event_kind.{k.value}")) for k in EventKind)],
        )
        self.on = DateInput(desk, "on")
        self.cause: ChoiceInput[DeathCause] = ChoiceInput(
            desk, [(one, say(f"death_cause.{one.value}")) for one in _CAUSES]
        )
        self.note = TextInput(desk, longest=500)
        add = self.form.add_row
        add("kind", say("event.kind"), self.kind)
        add("on", say("follow_up.day"), self.on)
        add("cause", say("event.cause"), self.cause)
        add("note", say("follow_up.note"), self.note, span=2)
        self.ready()
        if kind is not None:
            self.kind.set_value(kind)
        self.kind.chosen.connect(self._ask_cause)
        self._ask_cause()
        self.kind.setFocus()

    def submit(self) -> None:
        """Record it."""
        kind, on = self.kind.value(), self.on.day()
        if kind is None:
            raise BadInput(say("event.kind_needed"), field="kind")
        if on is None:
            raise BadInput(say("event.day_needed"), field="on")
        cause = self.cause.value() if kind is EventKind.DEATH else None
        event = DiseaseEvent("", self.patient.id, kind, on, cause, self.note.value())
        self.write(lambda place: record_disease_event(place, event, self.command_id))

    def _ask_cause(self) -> None:
        """Only a death has a cause."""
        self.form.rows["cause"].setVisible(self.kind.value() is EventKind.DEATH)


# A cause is known only when somebody says so.
_CAUSES = (DeathCause.UNKNOWN, *(one for one in DeathCause if one is not DeathCause.UNKNOWN))


class WithdrawEntryDialog(PatientDialog):
    """Takes back a therapy, contact or event that was entered in error; it stays in the history."""

    COMMANDS = ("withdraw_contact", "withdraw_disease_event", "withdraw_therapy")

    def __init__(
        self, desk: Desk, patient: Patient, entry: Entry | EarlierTherapy, parent: QWidget | None
    ) -> None:
        super().__init__(
            desk, patient, say("withdraw_entry.title"), say("withdraw_entry.verb"),
            draft=f"withdraw_entry/{entry.id}", columns=1, parent=parent,
        )  # fmt: skip
        self._entry = entry
        self.reason = TextInput(desk)
        self.form.add_row("reason", say("withdraw_entry.reason"), self.reason)
        self.ready()
        self.body.insertWidget(2, Label(desk, _told(entry), wrap=True))
        self.reason.setFocus()

    def submit(self) -> None:
        """Take it back."""
        id, reason, command = self._entry.id, self.reason.value(), self.command_id
        take_back: Callable[[Workplace, str, str, UUID | None], Changes]
        match self._entry:
            case EarlierTherapy():
                take_back = withdraw_therapy
            case Contact():
                take_back = withdraw_contact
            case DiseaseEvent():
                take_back = withdraw_disease_event
        self.write(lambda place: take_back(place, id, reason, command))


def _told(entry: Entry | EarlierTherapy) -> Message:
    if isinstance(entry, EarlierTherapy):
        return therapy_told(entry)
    return say("follow_up.on_day", day=entry.on, what=entry_told(entry))
