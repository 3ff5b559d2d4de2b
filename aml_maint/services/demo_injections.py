"""The injections of the demo ward: sites in turn, lots, temperatures, and a few reactions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from aml_maint.domain.administration import INJECTION_SITES, Status
from aml_maint.domain.injection import ReactionKind, SiteReaction
from aml_maint.domain.moment import Moment
from aml_maint.domain.schedule import PlannedDose
from aml_maint.services.demo_step import NURSE, Step, at_time, call
from aml_maint.services.dosing import DoseEntry
from aml_maint.services.injections import record_site_reaction
from aml_maint.services.local_zone import DEFAULT_ZONE

# Where, what, since how many days, and until how many days ago (None: it is still there).
_REACTIONS = (
    ("thigh_left", ReactionKind.BRUISE, 3, None),
    ("abdomen_right", ReactionKind.INDURATION, 16, 9),
)


def injection(random: Random, planned: PlannedDose) -> DoseEntry:
    """An injection given up to 20 minutes late; the two drugs take the sites in turn."""
    slot = planned.id
    turn = slot.planned_on.toordinal() // 2 + (3 if slot.component == "interleukin2" else 0)
    given = Moment.at(planned.due + timedelta(minutes=random.randint(0, 20)), DEFAULT_ZONE)
    return DoseEntry(
        slot,
        Status.GIVEN,
        given,
        site=INJECTION_SITES[turn % len(INJECTION_SITES)],
        lot=f"{slot.component[:3].upper()}{slot.planned_on.year % 100}{slot.planned_on:%m}",
        temperature=Decimal(random.randint(361, 371)) / 10,
    )


def site_reactions(patient_id: str, today: date) -> Iterator[Step]:
    """A bruise that is there, and an induration that has gone."""
    for site, kind, began, ended in _REACTIONS:
        first = today - timedelta(days=began)
        last = None if ended is None else today - timedelta(days=ended)
        reaction = SiteReaction("", patient_id, site, kind, first, last)
        yield Step(at_time(first, 19, 30), NURSE, call(record_site_reaction, reaction))
