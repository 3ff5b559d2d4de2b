"""Whose dose a dialog is about: the patient, the dose and its planned time, above every form."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from PySide6.QtWidgets import QVBoxLayout

from aml_maint.domain.messages import say
from aml_maint.gui import dose_words
from aml_maint.gui.desk import Desk
from aml_maint.gui.dose_targets import DoseTarget
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.panel import Panel
from aml_maint.services.dose_view import DoseView

# More doses than these are told by their number only.
_MOST_LISTED = 4


class DoseHeading(Panel):
    """One patient with the doses meant, or how many doses of how many patients."""

    def __init__(self, desk: Desk, doses: Sequence[tuple[DoseTarget, DoseView]]) -> None:
        super().__init__(desk, token="surface", line="line")
        self._today = desk.session.now().local.date()
        self._box = QVBoxLayout(self)
        theme = desk.theme
        self._box.setContentsMargins(theme.unit(3), theme.unit(2), theme.unit(3), theme.unit(2))
        self._box.setSpacing(theme.unit(0.5))
        self.who = Label(desk, role="strong", wrap=True)
        self.facts = Label(desk, role="small", token="muted", wrap=True)
        self.doses = [Label(desk, wrap=True) for _ in range(_MOST_LISTED)]
        for label in (self.who, self.facts, *self.doses):
            self._box.addWidget(label)
        self.tell(doses)

    def tell(self, doses: Sequence[tuple[DoseTarget, DoseView]]) -> None:
        """Show whom and what the form is about."""
        patients = {target.patient.id: target.patient for target, _ in doses}
        alone = len(patients) == 1
        if alone:
            patient = next(iter(patients.values()))
            self.who.say(dose_words.patient_name(patient))
            self.facts.say(say("today.facts", born=dose_words.born(patient), mrn=patient.mrn))
        else:
            self.who.say(say("today.selected_many", doses=len(doses), patients=len(patients)))
            names = (dose_words.patient_name(p) for p in patients.values())
            # A name has a comma in it, so one patient is parted from the next by another sign.
            self.facts.say(
                reduce(lambda told, name: say("today.people", told=told, name=name), names)
            )
        listed = alone and len(doses) <= _MOST_LISTED
        for label, (_, view) in zip(self.doses, doses, strict=False):
            at = dose_words.planned_time(view, self._today)
            label.say(say("today.dose_at", dose=dose_words.dose_line(view.planned), at=at))
        for place, label in enumerate(self.doses):
            label.setVisible(listed and place < len(doses))
        if alone and not listed:
            self.doses[0].say(say("today.selected_doses", doses=len(doses)))
            self.doses[0].show()
