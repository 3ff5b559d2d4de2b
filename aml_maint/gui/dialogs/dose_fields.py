"""What the inputs of a dose's card know of the dose: its amount, unit and reasons."""

from __future__ import annotations

from aml_maint.domain.administration import REASONS, Status
from aml_maint.domain.messages import Message, Name, say
from aml_maint.domain.quantities import plain
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
