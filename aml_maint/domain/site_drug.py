"""Drugs that a ward gives as needed and the program does not bring, and tablets of its own.

Their limits are the ward's: who entered them, and why, stands with each version.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from aml_maint.domain.drug_schema import DOSE_DIMENSIONS, ROUTES
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import Name, say
from aml_maint.domain.moment import Moment
from aml_maint.domain.quantities import DOSE_UNITS, Dose, dimension
from aml_maint.domain.regimen import AsNeeded, Drug, Strength
from aml_maint.domain.source import Evidence, Source
from aml_maint.domain.unplanned import INDICATIONS

# How a drug can be given that nobody planned: each with the word `route.<it>`.
DRUG_ROUTES = tuple(route for route in ROUTES if route != "as_prescribed")
_MARK = "site_"
_LONGEST = 40


@dataclass(frozen=True)
class SiteDrug:
    """A version of a drug of the ward's own, given as needed.

    `code` names it in records and never changes. Doses are in `unit`; `most` of it may be given
    in 24 hours, in `most_doses` doses, with `min_gap_minutes` between two; None sets no limit. One
    that is not `in_use` stays known, but nobody can order or give it any more.
    """

    code: str
    name: Name
    routes: tuple[str, ...]
    unit: str
    indications: tuple[str, ...]
    min_gap_minutes: int | None = None
    most: Decimal | None = None
    most_doses: int | None = None
    in_use: bool = True

    def __post_init__(self) -> None:
        if not self.routes or any(route not in DRUG_ROUTES for route in self.routes):
            raise BadInput(say("site_drug.error.route"), field="routes")
        if self.unit not in DOSE_UNITS or dimension(self.unit) not in DOSE_DIMENSIONS:
            raise BadInput(say("site_drug.error.unit", unit=self.unit), field="unit")
        if not self.indications or any(one not in INDICATIONS for one in self.indications):
            raise BadInput(say("unplanned.no_indication"), field="indications")
        gap, number = self.min_gap_minutes, self.most_doses
        if gap is not None and not 1 <= gap <= 24 * 60:
            raise BadInput(say("as_needed.gap_range"), field="min_gap")
        if number is not None and not 1 <= number <= 24:
            raise BadInput(say("as_needed.most_doses_range"), field="most_doses")
        if self.most is not None and self.most <= 0:
            raise BadInput(say("site_drug.error.most"), field="most")

    def as_drug(self, strengths: tuple[Dose, ...] = ()) -> Drug:
        """The drug as everything else knows it."""
        return Drug(
            id=self.code,
            name=self.name,
            route=self.routes[0],
            dose_unit=self.unit,
            atc=None,
            strengths=tuple(Strength(dose, WARD) for dose in strengths),
            source=WARD,
            routes=self.routes,
            as_needed=AsNeeded(
                self.indications,
                self.min_gap_minutes,
                None if self.most is None else Dose(self.most, self.unit),
                self.most_doses,
                (),
                *(None if limit is None else WARD
                  for limit in (self.min_gap_minutes, self.most, self.most_doses)),
            ),
            in_use=self.in_use,
        )  # fmt: skip


WARD = Source("ward", Evidence.SITE_DEFAULT, "Entered by this ward", "本单位自行录入")


@dataclass(frozen=True)
class SiteDrugVersion:
    """A version of a drug of the ward's own, with who decided on it, when and why."""

    id: str
    drug: SiteDrug
    reason: str
    decided_by: str
    decided: Moment
    stands: bool


@dataclass(frozen=True)
class SiteStrength:
    """A tablet or capsule that the ward has: of which drug, and how strong."""

    id: str
    drug: str
    dose: Dose
    reason: str
    decided_by: str
    decided: Moment
    stands: bool


def code_for(name: str, taken: Collection[str]) -> str:
    """A code for a new drug, made from its English name."""
    plain = re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_")[:_LONGEST] or "drug"
    code, number = f"{_MARK}{plain}", 2
    while code in taken:
        code, number = f"{_MARK}{plain}_{number}", number + 1
    return code
