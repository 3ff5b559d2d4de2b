"""Reactions at injection sites: record one, say when it was last there, or take it back."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from aml_maint.domain.course import Course
from aml_maint.domain.errors import BadInput
from aml_maint.domain.injection import ReactionKind, SiteReaction
from aml_maint.domain.messages import Message, say
from aml_maint.domain.patient import Patient
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.patient_dialog import PatientDialog
from aml_maint.gui.forms.date_input import DateInput
from aml_maint.gui.forms.inputs import ChoiceInput, TextInput
from aml_maint.gui.widgets.body_map import BodyMap
from aml_maint.services.injections import (
    InjectionSites,
    end_site_reaction,
    injection_sites,
    reactions,
    record_site_reaction,
    withdraw_site_reaction,
)


class ReactionDialog(PatientDialog):
    """A reaction seen at a site: which site, what, since when, and until when it should rest."""

    COMMANDS = ("record_site_reaction",)

    def __init__(
        self, desk: Desk, patient: Patient, course: Course, component: str | None,
        parent: QWidget | None,
    ) -> None:  # fmt: skip
        super().__init__(
            desk, patient, say("injection.reaction.title"), say("injection.reaction.verb"),
            draft=f"reaction/{patient.id}", columns=2, parent=parent,
        )  # fmt: skip
        self._patient_id = patient.id
        today = desk.session.now().day_in(course.zone)
        self.site = BodyMap(desk, advises=False)
        self.kind = ChoiceInput[ReactionKind](
            desk, [(kind, f"injection.kind.{kind.value}") for kind in ReactionKind]
        )
        self.first_day = DateInput(desk, "first_day")
        self.first_day.set_day(today)
        self.last_day = DateInput(desk, "last_day")
        self.note = TextInput(desk)
        add = self.form.add_row
        add("site", say("today.site"), self.site, span=2)
        add("kind", say("injection.reaction.kind"), self.kind, span=2)
        add("first_day", say("injection.reaction.first_day"), self.first_day)
        add(
            "last_day", say("injection.reaction.last_day"), self.last_day,
            say("injection.reaction.last_day.help"),
        )  # fmt: skip
        add("note", say("today.note"), self.note, span=2)
        self.ready()
        self.setMinimumWidth(desk.theme.unit(140))
        self.site.setFocus()
        injected = [c.id for c in course.regimen.components if c.rotate_site]
        shown = component if component in injected else injected[0]
        desk.session.read(
            lambda place: injection_sites(place, course.id, shown, today), self._show, self
        )

    def submit(self) -> None:
        """Record what is typed."""
        site, first = self.site.value(), self.first_day.day()
        if site is None:
            raise BadInput(say("injection.error.site_needed"), field="site")
        if first is None:
            raise BadInput(say("injection.error.day_needed"), field="first_day")
        reaction = SiteReaction(
            "", self._patient_id, site, self.kind.value(), first, self.last_day.day(),
            self.note.value(),
        )  # fmt: skip
        self.write(lambda place: record_site_reaction(place, reaction, self.command_id))

    def _show(self, sites: InjectionSites) -> None:
        self.site.show_sites(sites)


class ReactionEndsDialog(PatientDialog):
    """A reaction that is there: the last day it was, or that it was entered in error."""

    COMMANDS = ("end_site_reaction", "withdraw_site_reaction")

    def __init__(
        self, desk: Desk, patient: Patient, course: Course, component: str | None,
        parent: QWidget | None,
    ) -> None:  # fmt: skip
        super().__init__(
            desk, patient, say("injection.reaction_ends.title"),
            say("injection.reaction_ends.verb"), draft=f"reaction_ends/{patient.id}", columns=1,
            parent=parent,
        )  # fmt: skip
        self._today = desk.session.now().day_in(course.zone)
        self.reaction = ChoiceInput[SiteReaction | None](desk, [(None, "today.choose")])
        self.what = ChoiceInput[bool](
            desk,
            [(False, "injection.reaction_ends.gone"), (True, "injection.reaction_ends.error")],
        )
        self.last_day = DateInput(desk, "last_day")
        self.last_day.set_day(self._today)
        self.reason = TextInput(desk)
        add = self.form.add_row
        add("reaction", say("injection.reaction_ends.which"), self.reaction)
        add("what", say("today.what_happened"), self.what)
        add("last_day", say("injection.reaction_ends.last_day"), self.last_day)
        add("reason", say("injection.reaction_ends.reason"), self.reason)
        self.what.currentIndexChanged.connect(lambda _: self._show_rows())
        self.ready()
        self._show_rows()
        self.reaction.setFocus()
        desk.session.read(lambda place: reactions(place, patient.id), self._offer, self)

    def submit(self) -> None:
        """End the reaction, or take it back."""
        reaction = self.reaction.value()
        if reaction is None:
            raise BadInput(say("injection.error.which_reaction"), field="reaction")
        if self.what.value():
            reason = self.reason.value()
            self.write(
                lambda place: withdraw_site_reaction(place, reaction.id, reason, self.command_id)
            )
            return
        day = self.last_day.day()
        if day is None:
            raise BadInput(say("injection.error.day_needed"), field="last_day")
        self.write(lambda place: end_site_reaction(place, reaction.id, day, self.command_id))

    def _offer(self, found: tuple[SiteReaction, ...]) -> None:
        """Those that are there today; one alone is chosen."""
        present = [reaction for reaction in found if reaction.covers(self._today)]
        choices = [(reaction, _told(reaction)) for reaction in present]
        if len(choices) == 1:
            self.reaction.offer(choices)
        else:
            self.reaction.offer([(None, "today.choose"), *choices])

    def _show_rows(self) -> None:
        error = self.what.value()
        self.form.rows["last_day"].setVisible(not error)
        self.form.rows["reason"].setVisible(error)


def _told(reaction: SiteReaction) -> Message:
    return say(
        "injection.reaction.told",
        kind=say(f"injection.kind.{reaction.kind.value}"),
        site=say(f"site.{reaction.site}"),
        since=reaction.first_day,
    )
