"""Doses that no plan asked for: an extra dose of the regimen, or a drug given as needed.

An extra dose is one of a component beyond its planned slots; it counts as given in the relative
dose intensity of that component, and never as planned (clinical rules, "Outcomes": given ÷
planned). A drug given as needed is no part of the regimen and of no intensity.
"""

from __future__ import annotations

from dataclasses import dataclass

from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say

# What a drug is given for; each has its word in the catalogue (`indication.fever`).
INDICATIONS = (
    "fever", "headache", "muscle_pain", "pain", "nausea", "vomiting", "diarrhoea", "constipation",
    "premedication", "other",
)  # fmt: skip

# Why a component of the regimen was given beyond its plan.
EXTRA_REASONS = ("vomited_dose", "lost_dose", "prescriber", "taken_in_error", "other")


@dataclass(frozen=True)
class Unplanned:
    """What is known of a dose that no plan asked for.

    `indication` is what a drug was given for as needed, None for an extra dose of the regimen.
    `order` is the id of the standing order it was given against, if there is one.
    """

    route: str
    ordered_by: str
    indication: str | None = None
    order: str | None = None

    def __post_init__(self) -> None:
        if not self.ordered_by.strip():
            raise BadInput(say("unplanned.orderer_needed"), field="ordered_by")
        if self.indication is not None and self.indication not in INDICATIONS:
            raise BadInput(say("unplanned.no_indication"), field="indication")
