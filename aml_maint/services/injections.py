"""Injections: what is asked before a dose is given, where it may go, reactions at the sites."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from aml_maint.domain.course import Course
from aml_maint.domain.errors import BadInput
from aml_maint.domain.fever import InjectionFever, fevers_after
from aml_maint.domain.injection import (
    HISTORY_DAYS,
    InjectionRules,
    SiteMap,
    SiteReaction,
    SiteUse,
    site_map,
    temperature_is_fresh,
)
from aml_maint.domain.labs import LabResult
from aml_maint.domain.messages import Name, say
from aml_maint.domain.moment import Moment
from aml_maint.domain.regimen import Component
from aml_maint.domain.schedule import SlotId, find
from aml_maint.domain.toxicity import ToxicityItem
from aml_maint.domain.toxicity_event import ToxicityEvent
from aml_maint.services.changes import Changes, Touched
from aml_maint.services.medicines import component_of, drugs_of
from aml_maint.services.site_items import site_item_of
from aml_maint.services.site_settings import WITNESS, site_settings
from aml_maint.services.witnessing import asks_passphrases, people_to_witness
from aml_maint.services.workplace import Workplace
from aml_maint.store import courses, doses, labs, patients, site_reactions

# How far back lots and people are looked for, to be offered again.
_OFFERED_DAYS = 60


@dataclass(frozen=True)
class Temperature:
    """A body temperature in °C and when it was taken."""

    value: Decimal
    at: Moment


@dataclass(frozen=True)
class InjectionSites:
    """The sites on a day, and the injected drugs of the regimen in its order, by component."""

    map: SiteMap
    drugs: Mapping[str, Name]


@dataclass(frozen=True)
class GivingCard:
    """What is asked when a dose is given, and what may be offered as the answer.

    `sites` is None for a drug that is not injected. `temperature` is the last one taken, if it
    is recent enough to stand for this dose too.
    """

    sites: InjectionSites | None
    asks_temperature: bool
    temperature: Temperature | None
    fever: ToxicityItem | None
    """What grades a temperature."""
    needs_witness: bool
    lots: tuple[str, ...]
    people: tuple[str, ...]
    confirms_witness: bool = False
    """Does the witness type their own passphrase?"""

    @property
    def asks(self) -> bool:
        """Is there anything to ask at all?"""
        return self.sites is not None or self.asks_temperature or self.needs_witness


def injection_rules(place: Workplace) -> InjectionRules:
    """What the site's settings in force say about injections."""
    settings = site_settings(place)
    return InjectionRules(
        rest_days=settings.days("injection.site_rest"),
        temperature_first=settings.components("injection.temperature_first"),
        temperature_minutes=settings.minutes("injection.temperature_lasts"),
        witnessed=tuple(
            key.removeprefix(WITNESS)
            for key in settings.catalogue
            if key.startswith(WITNESS) and settings.flag(key)
        ),
    )


def giving_card(place: Workplace, slot: SlotId) -> GivingCard:
    """What to ask for a dose. BadInput when the plan has no such dose."""
    rules = injection_rules(place)
    course = courses.course(place.store, slot.course, place.shelf)
    component, on = _meant(place, course, slot)
    now = place.clock.now()
    since = now.day_in(course.zone) - timedelta(days=_OFFERED_DAYS)
    taken = _last_temperature(place, course.patient_id, since)
    minutes = rules.temperature_minutes
    fresh = taken is not None and temperature_is_fresh(taken.at.utc, now.utc, minutes)
    people = doses.people(place.store, since) if component.id in rules.witnessed else []
    return GivingCard(
        sites=_map_of(place, course, component.id, on, slot) if component.rotate_site else None,
        asks_temperature=component.id in rules.temperature_first and not fresh,
        temperature=taken if fresh else None,
        fever=site_item_of(place, "temperature"),
        needs_witness=component.id in rules.witnessed,
        lots=tuple(doses.with_lot(place.store, component.id, since)),
        people=people_to_witness(place, people) if component.id in rules.witnessed else (),
        confirms_witness=asks_passphrases(place),
    )


def giving_cards(place: Workplace, slots: Iterable[SlotId]) -> dict[SlotId, GivingCard]:
    """The same for several planned doses."""
    return {slot: giving_card(place, slot) for slot in slots}


def injection_sites(place: Workplace, course_id: str, component: str, on: date) -> InjectionSites:
    """The sites as they stand for an injection of a component on a day."""
    course = courses.course(place.store, course_id, place.shelf)
    return _map_of(place, course, component, on)


def reactions(place: Workplace, patient_id: str) -> tuple[SiteReaction, ...]:
    """A patient's reactions at injection sites, the latest first."""
    return tuple(site_reactions.of_patient(place.store, patient_id))


def record_site_reaction(
    place: Workplace, reaction: SiteReaction, command_id: UUID | None = None
) -> Changes:
    """Record a reaction at an injection site; until it has ended, no injection is suggested there.

    BadInput for days to come: nobody has seen them.
    """
    if (done := place.done_before(command_id, "record_site_reaction")) is not None:
        return done
    patient = patients.patient(place.store, reaction.patient_id)
    _check_seen(place, reaction.first_day, "first_day")
    if patient.born_on is not None and reaction.first_day < patient.born_on:
        raise BadInput(say("error.before_patient"), field="first_day")
    kept = replace(
        reaction,
        id=reaction.id or str(uuid4()),
        note=reaction.note.strip(),
        recorded_by=place.actor.name,
    )
    return place.write(
        "record_site_reaction",
        lambda transaction: site_reactions.add(transaction, kept),
        touched=Touched.DOSES,
        patient_id=kept.patient_id,
        command_id=command_id,
    )


def end_site_reaction(
    place: Workplace, reaction_id: str, last_day: date, command_id: UUID | None = None
) -> Changes:
    """Say on which day a reaction was last there; a later day than today is when to look again."""
    if (done := place.done_before(command_id, "end_site_reaction")) is not None:
        return done
    reaction = site_reactions.live(place.store, reaction_id)
    replace(reaction, last_day=last_day)  # its own check
    return place.write(
        "end_site_reaction",
        lambda transaction: site_reactions.end(transaction, reaction, last_day),
        touched=Touched.DOSES,
        patient_id=reaction.patient_id,
        command_id=command_id,
    )


def withdraw_site_reaction(
    place: Workplace, reaction_id: str, reason: str, command_id: UUID | None = None
) -> Changes:
    """Take back a reaction that was entered in error, with a reason; the trail keeps it."""
    if (done := place.done_before(command_id, "withdraw_site_reaction")) is not None:
        return done
    if not reason.strip():
        raise BadInput(say("error.reason_needed"), field="reason")
    reaction = site_reactions.live(place.store, reaction_id)
    return place.write(
        "withdraw_site_reaction",
        lambda transaction: site_reactions.withdraw(transaction, reaction),
        touched=Touched.DOSES,
        patient_id=reaction.patient_id,
        command_id=command_id,
        reason=reason,
    )


def _check_seen(place: Workplace, day: date, field: str) -> None:
    if day > place.clock.now().local.date():
        raise BadInput(say("error.date_in_future"), field=field)


def _meant(place: Workplace, course: Course, slot: SlotId) -> tuple[Component, date]:
    """The component of a dose, and the day it was given, else the day it is planned for now."""
    here = slot.planned_on
    if slot.is_unplanned:
        return component_of(drugs_of(place), course, slot), here
    planned = find(course, slot)
    record = doses.live_between(place.store, here, here, course.id).get(slot)
    given = record.given.day_in(course.zone) if record and record.given else planned.on
    return planned.component, given


def _map_of(
    place: Workplace, course: Course, component: str, on: date, leave_out: SlotId | None = None
) -> InjectionSites:
    # Records stand under the day first planned, which a shift or a late dose may lie off.
    first = on - timedelta(days=2 * HISTORY_DAYS) - course.reach
    uses = [
        SiteUse(record.site, record.slot.component, record.given)
        for record in doses.injected(place.store, course.patient_id, first)
        if record.site and record.given and record.slot != leave_out
    ]
    found = site_reactions.of_patient(place.store, course.patient_id)
    rest_days = injection_rules(place).rest_days
    return InjectionSites(
        site_map(component, on, course.zone, uses, found, rest_days),
        {c.id: c.drug.name for c in course.regimen.components if c.rotate_site},
    )


def _last_temperature(place: Workplace, patient_id: str, since: date) -> Temperature | None:
    """The last one taken, with a dose or by itself."""
    found = [
        Temperature(record.temperature, record.given)
        for record in doses.with_temperature(place.store, patient_id, since)
        if record.temperature is not None and record.given is not None
    ]
    result = labs.last_of(place.store, "temperature", patient_id)
    if result is not None:
        found.append(Temperature(result.value.to("Cel").value, result.collected))
    return max(found, key=lambda one: one.at.utc, default=None)


def fevers_of(
    place: Workplace,
    chosen: Sequence[Course],
    until: date,
    results: Mapping[str, Sequence[LabResult]],
    events: Mapping[str, Sequence[ToxicityEvent]],
) -> dict[str, list[InjectionFever]]:
    """By patient: each injection of some courses that has a premedication, with the fever after it.

    Doses planned up to a day count. `results` and `events` are all of the patients' own.
    """
    fever = site_item_of(place, "temperature")
    served = {
        course.id: [
            (c.link.to, c.id, c.link)
            for c in course.regimen.components
            if c.link is not None and course.component(c.link.to).rotate_site
        ]
        for course in chosen
    }
    wanted = [course for course in chosen if served[course.id]]
    if fever is None or not wanted:
        return {}
    pairs = {name for links in served.values() for link in links for name in link[:2]}
    given = doses.live_of(place.store, [course.id for course in wanted], pairs, until)
    within = timedelta(hours=site_settings(place).integer("toxicity.fever_within"))
    found: dict[str, list[InjectionFever]] = {}
    for course in wanted:
        records = [r for r in given.get(course.id, ()) if r.slot.planned_on >= course.first_day]
        measured = results.get(course.patient_id, ())
        temperatures = [one for one in measured if one.analyte == "temperature"]
        mine = events.get(course.patient_id, ())
        recorded = [one for one in mine if one.is_present(course.first_day, date.max)]
        for injected, premedication, link in served[course.id]:
            found.setdefault(course.patient_id, []).extend(fevers_after(
                [one for one in records if one.slot.component == injected],
                {r.slot.planned_on: r for r in records if r.slot.component == premedication},
                link,
                temperatures,
                recorded,
                fever,
                within,
            ))  # fmt: skip
    return found
