"""The inputs of a dose's card that know the dose: amount, reason, injection site."""

from __future__ import annotations

from collections.abc import Sequence

from aml_maint.domain.administration import INJECTION_SITES, REASONS, Status
from aml_maint.domain.messages import Message, Name, say
from aml_maint.domain.quantities import plain
from aml_maint.gui.desk import Looks
from aml_maint.gui.forms.inputs import ChoiceInput
from aml_maint.services.dose_reading import SiteUse
from aml_maint.services.dose_view import DoseView

_UNIT_NAMES = {
    "mg": "milligrams",
    "ug": "micrograms",
    "g": "grams",
    "10*6.[iU]": "million_units",
    "[iU]": "units",
    "[iU]/kg": "units_per_kilogram",
    "{tablet}": "tablets",
}


Choices = list[tuple[str | None, Message | Name | str]]


def reason_choices(status: Status) -> Choices:
    """The coded reasons that fit a status, none of them first."""
    none = "today.none" if status is Status.GIVEN else "today.choose"
    return [(None, none), *((reason, f"reason.{reason}") for reason in REASONS[status])]


def site_input(looks: Looks, used: Sequence[SiteUse]) -> ChoiceInput[str | None]:
    """The injection sites with their last use in the last four weeks."""
    last = {use.site: use for use in used}
    choices: Choices = [(None, "today.none")]
    for site in INJECTION_SITES:
        name = say(f"site.{site}")
        use = last.get(site)
        if use is None:
            choices.append((site, say("today.site.unused", site=name)))
        else:
            day = use.given.local.date()
            choices.append((site, say("today.site.used", site=name, day=day)))
    return ChoiceInput(looks, choices)


def longest_unused(used: Sequence[SiteUse]) -> Message:
    """The site to take next: one not used in four weeks, else the one used longest ago."""
    last = {use.site: use.given.utc for use in used}
    never = [site for site in INJECTION_SITES if site not in last]
    site = never[0] if never else min(last, key=lambda name: last[name])
    return say("today.site.next", site=say(f"site.{site}"))


def unit_of(view: DoseView) -> str:
    """The unit in which a dose of a drug is entered."""
    component = view.planned.component
    if component.drug.dose_unit is not None:
        return component.drug.dose_unit
    return view.planned.dose.unit if view.planned.dose else "mg"


def amount_label(view: DoseView) -> Message:
    """`Dose in micrograms`."""
    return say("today.dose_in", unit=unit_words(unit_of(view)))


def unit_words(unit: str) -> Message:
    """The unit of a dose in words, for the label of its input."""
    return say(f"course.unit.{_UNIT_NAMES[unit]}")


def amount_typed(view: DoseView) -> str:
    """The recorded amount, else the planned one, else nothing: no dose is ever invented."""
    record = view.record
    dose = record.dose if record is not None and record.dose is not None else view.planned.dose
    return "" if dose is None else plain(dose.value)
