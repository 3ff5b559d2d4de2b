"""What can be given without a plan: the drugs of a course's regimen, and those given as needed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, time

from aml_maint.domain.administration import Administration
from aml_maint.domain.course import Course
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say
from aml_maint.domain.quantities import Dose
from aml_maint.domain.regimen import (
    ClockSlot,
    Component,
    Drug,
    GateRule,
    Regimen,
    Rhythm,
    Role,
    Strength,
)
from aml_maint.domain.schedule import AS_NEEDED, EXTRA, SlotId
from aml_maint.domain.site_drug import WARD
from aml_maint.domain.site_regimen import adapted_drug
from aml_maint.services import library
from aml_maint.services.site_settings import site_settings
from aml_maint.services.workplace import Workplace
from aml_maint.store import site_drugs


@dataclass(frozen=True)
class Medicine:
    """A drug as it is given without a plan: as a component of the regimen, or as needed.

    `component` carries drug, gates and gaps in either case; `slot` says which it is.
    """

    component: Component
    slot: str

    @property
    def drug(self) -> Drug:
        """The drug."""
        return self.component.drug

    @property
    def is_extra(self) -> bool:
        """Is it an extra dose of the regimen, and not a drug given as needed?"""
        return self.slot == EXTRA

    @property
    def is_injected(self) -> bool:
        """Does it have injection sites that rotate?"""
        return self.component.rotate_site

    @property
    def routes(self) -> tuple[str, ...]:
        """The ways it may be given, the usual one first."""
        return self.drug.routes or (self.drug.route,)


def drugs_of(place: Workplace) -> Mapping[str, Drug]:
    """Every drug that this ward knows, by id, its gates as the site has set them today.

    The ward's own drugs and tablets are among them, also drugs that it gives no more.
    """
    settings = site_settings(place)
    own = [version.drug for version in site_drugs.versions(place.store) if version.stands]
    tablets: dict[str, tuple[Dose, ...]] = {}
    for one in site_drugs.strengths(place.store):
        if one.stands:
            tablets[one.drug] = (*tablets.get(one.drug, ()), one.dose)
    found = {}
    for id, drug in library.drugs().items():
        added = tuple(Strength(dose, WARD) for dose in tablets.get(id, ()))
        adapted = adapted_drug(drug, settings)
        found[id] = replace(adapted, strengths=(*drug.strengths, *added)) if added else adapted
    return found | {drug.code: drug.as_drug(tablets.get(drug.code, ())) for drug in own}


def medicines(drugs: Mapping[str, Drug], course: Course, day: date) -> tuple[Medicine, ...]:
    """All that can be given without a plan on a day, each once: the regimen's, then as needed.

    A premedication that may be given as needed is one of the latter.
    """
    extra = [
        Medicine(component, EXTRA)
        for component in course.regimen_on(day).components
        if component.drug.as_needed is None
    ]
    needed = [
        Medicine(_as_component(drug, course.regimen_on(day)), AS_NEEDED)
        for drug in drugs.values()
        if drug.as_needed is not None and drug.in_use
    ]
    return (*extra, *needed)


def medicine_of(drugs: Mapping[str, Drug], course: Course, wanted: str, day: date) -> Medicine:
    """The medicine of a drug's or a component's id; BadInput if it is not given without a plan."""
    found = medicines(drugs, course, day)
    for medicine in found:
        if wanted in (medicine.drug.id, medicine.component.id):
            return medicine
    known = tuple(sorted(medicine.drug.id for medicine in found))
    raise BadInput(
        say("unplanned.no_such_drug", drug=wanted),
        hint=say("unplanned.no_such_drug.hint", known=known),
        field="drug",
    )


def medicine_known(drugs: Mapping[str, Drug], course: Course, id: str, day: date) -> Medicine:
    """A drug given as needed, also one that is given no more: records and orders name it."""
    return Medicine(_as_component(drugs[id], course.regimen_on(day)), AS_NEEDED)


def component_of(drugs: Mapping[str, Drug], course: Course, slot: SlotId) -> Component:
    """The component that an unplanned dose was recorded for, by the rules of its day."""
    regimen = course.regimen_on(slot.planned_on)
    if slot.slot == EXTRA:
        return regimen.component(slot.component)
    return _as_component(drugs[slot.component], regimen)


def component_of_record(
    drugs: Mapping[str, Drug], course: Course, record: Administration
) -> Component:
    """The component of any record, planned or not, by the rules that were in force on its day."""
    if record.slot.is_unplanned:
        return component_of(drugs, course, record.slot)
    return course.regimen_on(record.planned.date()).component(record.slot.component)


def _as_component(drug: Drug, regimen: Regimen) -> Component:
    """A drug given as needed, in the form of the regimen's own drugs.

    Its gates are those of the regimen where that gives the drug too.
    """
    midnight = ClockSlot(AS_NEEDED, time(0), drug.source)
    return Component(
        id=drug.id,
        drug=drug,
        role=Role.AS_NEEDED,
        dose=None,
        dose_source=drug.source,
        rhythm=Rhythm(1, 1, None, 1, None, False, drug.source),
        slots=(midnight,),
        link=None,
        gates=_gates(drug, regimen),
        window_minutes=1,
        window_source=drug.source,
        levels=(),
        steps=(),
        min_gap_days=None,
        rotate_site=drug.route == "subcutaneous",
        food=None,
        planned_per_cycle=0,
    )


def _gates(drug: Drug, regimen: Regimen) -> tuple[GateRule, ...]:
    for component in regimen.components:
        if component.drug.id == drug.id and component.gates:
            return component.gates
    return drug.as_needed.gates if drug.as_needed is not None else ()
