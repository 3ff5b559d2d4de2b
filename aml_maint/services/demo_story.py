"""The story of one invented patient, told as the steps that people took."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from aml_maint.domain.administration import Status
from aml_maint.domain.course import EndReason, HoldReason
from aml_maint.domain.errors import Refused
from aml_maint.domain.moment import Moment
from aml_maint.domain.patient import AllergyState, Flt3Itd, Patient, Risk, Sex
from aml_maint.domain.quantities import Dose, LabValue
from aml_maint.domain.schedule import PlannedDose, doses_between
from aml_maint.services import library
from aml_maint.services.demo_disease import DiseaseTeller
from aml_maint.services.demo_injections import injection, site_reactions
from aml_maint.services.demo_labs import chemistry
from aml_maint.services.demo_plan import decisions
from aml_maint.services.demo_site import EGFR_KNOWN, kidney_value, late_count
from aml_maint.services.demo_step import NURSE, PHYSICIAN, Step, at_time, call
from aml_maint.services.demo_supply import as_needed, tablets
from aml_maint.services.demo_toxicities import ToxicityStory
from aml_maint.services.dosing import DoseEntry, RangeConfirmation, confirm_range
from aml_maint.services.local_zone import DEFAULT_ZONE
from aml_maint.services.observations import record_counts
from aml_maint.services.people import admit_patient
from aml_maint.services.treatment import (
    end_course,
    hold_component,
    set_dose,
    start_course,
    start_cycle,
)
from aml_maint.services.workplace import Workplace
from aml_maint.store import courses

_ENDS = {
    "relapsed": EndReason.RELAPSE,
    "transplanted": EndReason.TRANSPLANT,
    "completed": EndReason.COMPLETED,
}


def steps_of(story: Mapping[str, Any], today: date) -> Iterator[Step]:
    """All steps of a patient's story up to the end of today."""
    teller = _Teller(story, today)
    yield teller.admission()
    if not story["regimen"]:
        yield teller.count(today - timedelta(days=1), Decimal(story["platelets"]))
        return
    yield from teller.course()
    yield from teller.counts()
    yield from chemistry(teller.name, teller.patient_id, teller.starts, today, Random(story["mrn"]))
    yield from teller.visits()
    disease = DiseaseTeller(story, teller.patient_id, teller.starts, today, teller.random)
    yield from disease.steps()
    yield from teller.troubles()
    yield from teller.toxicities()


class _Teller:
    """Turns the few figures of a story into dated steps."""

    def __init__(self, story: Mapping[str, Any], today: date) -> None:
        self.story = story
        self.today = today
        self.random = Random(story["mrn"])
        self.patient_id = str(uuid5(NAMESPACE_URL, f"demo:{story['mrn']}"))
        self.course_id = str(uuid5(NAMESPACE_URL, f"demo:{story['mrn']}:course"))
        self.name = story["story"]
        self.neutrophils, self.haemoglobin = 26, 118
        ended = story.get("ended")
        self.last_day = today if ended is None else today - timedelta(days=ended)
        self.starts = self._cycle_starts()
        self.first_day = self.starts[0] if self.starts else today

    def _cycle_starts(self) -> list[date]:
        if not self.story["regimen"]:
            return []
        delays: Mapping[str, int] = self.story["delays"]
        regimen = library.regimen(self.story["regimen"])
        offsets = [0]
        for number in range(2, self.story["cycles"] + 1):
            days = regimen.cycle_days(number - 1) + delays.get(str(number), 0)
            offsets.append(offsets[-1] + days)
        last_start = self.last_day - timedelta(days=self.story["day"] - 1)
        first = last_start - timedelta(days=offsets[-1])
        return [first + timedelta(days=offset) for offset in offsets]

    def admission(self) -> Step:
        allergies = self.story.get("allergies", "")
        patient = Patient(
            id=self.patient_id,
            family_name=self.story["family"],
            given_name=self.story["given"],
            name_initials=self.story["initials"],
            mrn=self.story["mrn"],
            sex=Sex(self.story["sex"]),
            born_on=date.fromisoformat(self.story["born"]),
            ward=self.story["ward"],
            bed=self.story["bed"],
            allergy_state=AllergyState.KNOWN if allergies else AllergyState.NONE_KNOWN,
            allergies=allergies,
            diagnosis="AML",
            diagnosed_on=self.first_day - timedelta(days=210),
            flt3_itd=Flt3Itd.POSITIVE,
            eln_risk=Risk(self.story["risk"]),
        )
        day = min(self.first_day - timedelta(days=6), self.today - timedelta(days=2))
        return Step(at_time(day, 9, 30), PHYSICIAN, lambda place: admit_patient(place, patient))

    def course(self) -> Iterator[Step]:
        orders: dict[str, Dose] = {}
        if self.story.get("ibuprofen"):
            orders["ibuprofen"] = Dose.of(self.story["ibuprofen"], "mg")
        if self.story.get("danshen"):
            orders["danshen"] = Dose.of(self.story["danshen"], "{tablet}")
        yield Step(
            at_time(self.first_day - timedelta(days=1), 15, 0),
            PHYSICIAN,
            lambda place: start_course(
                place,
                self.patient_id,
                self.story["regimen"],
                self.first_day,
                zone=DEFAULT_ZONE,
                orders=orders,
                course_id=self.course_id,
            ),
        )
        for day in self.starts[1:]:
            yield Step(
                at_time(day, 8, 10),
                PHYSICIAN,
                call(start_cycle, self.course_id, day),
            )
        if self.name in _ENDS:
            yield Step(
                at_time(self.last_day, 16, 0),
                PHYSICIAN,
                lambda place: end_course(place, self.course_id, self.last_day, _ENDS[self.name]),
            )

    def counts(self) -> Iterator[Step]:
        """Weekly from the day before the first cycle; closer together when platelets are low."""
        base = Decimal(self.story["platelets"])
        step = 3 if base < 80 else 7
        day = self.first_day - timedelta(days=1)
        while day <= self.last_day:
            recent = (self.last_day - day).days < 21
            swing = Decimal(self.random.randint(-14, 14))
            value = base + swing if base >= 80 or recent else Decimal(92) + swing
            if self.name == "low_count" and recent:
                value = Decimal(88) if (self.last_day - day).days > 6 else Decimal(50)
            if self.name == "stale_count" and (self.last_day - day).days < 5:
                return
            if "late_count" in self.story and (self.last_day - day).days < 2:
                break
            yield self.count(day, max(value, Decimal(20)))
            day += timedelta(days=step)
        if "late_count" in self.story:
            collected, recorded, found = late_count(self.story["late_count"], self.today)
            yield Step(
                recorded.local.replace(tzinfo=None),
                NURSE,
                call(record_counts, self.patient_id, {"platelets": found}, collected),
            )  # fmt: skip

    def count(self, day: date, platelets: Decimal) -> Step:
        # Counts wander towards what is drawn; they do not jump.
        self.neutrophils = _towards(self.neutrophils, self.random.randint(11, 42))
        self.haemoglobin = _towards(self.haemoglobin, self.random.randint(96, 138))
        neutrophils, haemoglobin = Decimal(self.neutrophils) / 10, Decimal(self.haemoglobin)
        at = at_time(day, 6, 30)
        values = {
            "platelets": LabValue(platelets, "10*9/L"),
            "granulocytes": LabValue(neutrophils, "10*9/L"),
            "haemoglobin": LabValue(haemoglobin, "g/L"),
            "leukocytes": LabValue(neutrophils + Decimal("1.6"), "10*9/L"),
        }
        if (self.today - day).days <= EGFR_KNOWN:
            values["egfr"] = kidney_value(self.story.get("egfr"))
        return Step(
            at + timedelta(hours=1),
            NURSE,
            lambda place: record_counts(
                place, self.patient_id, values, Moment.at(at, DEFAULT_ZONE)
            ),
        )

    def visits(self) -> Iterator[Step]:
        """Each week's doses are confirmed with their exceptions; then today's, dose by dose."""
        first = self.first_day
        while first <= self.last_day:
            last = min(first + timedelta(days=6), self.last_day)
            if last == self.today:
                last -= timedelta(days=1)
            if self.name == "home" and (self.today - last).days < 4:
                last = min(last, self.today - timedelta(days=3))
            if last >= first:
                at = at_time(last, 23, 30)
                yield Step(at, NURSE, call(self.confirm, first, last))
            first = max(last, first) + timedelta(days=1)
        if self.last_day == self.today and self.name != "home":
            for hour, minute in ((7, 20), (8, 10), (13, 5), (17, 40), (18, 5), (19, 5), (22, 5)):
                if self.random.random() < 0.8:
                    yield Step(
                        at_time(self.today, hour, minute),
                        NURSE,
                        call(self.confirm, self.today, self.today),
                    )

    def confirm(self, place: Workplace, first: date, last: date) -> None:
        course = courses.course(place.store, self.course_id, place.shelf)
        exceptions, now = {}, place.clock.now()
        for planned in doses_between(course, first, last):
            entry = self.exception(planned)
            if entry is not None and planned.due <= now.utc:
                given = None if entry.given is None else min(entry.given, now)
                exceptions[planned.id] = replace(entry, given=given)
        try:
            confirm_range(place, RangeConfirmation(self.course_id, first, last, (), exceptions))
        except Refused:
            # Nothing was open in these days: all held, or recorded already.
            return

    def exception(self, planned: PlannedDose) -> DoseEntry | None:
        """Every injection with its site and lot; now and then a dose missed, late or refused."""
        if planned.hold is not None or planned.dose is None:
            return None
        chance = self.random.random()
        gated = any(rule.active for rule in planned.component.gates)
        slot = planned.id
        if chance < 0.012:
            return DoseEntry(slot, Status.MISSED, reason="forgotten")
        if chance < 0.015:
            return DoseEntry(slot, Status.REFUSED, reason="side_effects")
        if planned.component.rotate_site:
            return injection(self.random, planned)
        if chance < 0.04 and not gated:
            late = Moment.at(planned.due + timedelta(minutes=150), DEFAULT_ZONE)
            if late.local.date() == slot.planned_on:
                return DoseEntry(slot, Status.GIVEN, late, reason="forgotten")
        return None

    def troubles(self) -> Iterator[Step]:
        if self.name == "hand_foot":
            yield from self.hand_foot()
        if self.name == "long":
            yield from site_reactions(self.patient_id, self.today)
        if self.name == "fever":
            yield from as_needed(self.course_id, self.starts[-1], self.today)
        if self.story.get("replanned"):
            yield from decisions(self.course_id, self.starts[-1])
        if "tablets" in self.story:
            low = self.story["tablets"] == "nearly out"
            yield from tablets(self.course_id, self.first_day, self.today, nearly_out=low)
        if self.name == "held_now":
            first = self.today - timedelta(days=2)
            yield self.hold("sorafenib", first, None)

    def hand_foot(self) -> Iterator[Step]:
        """Grade 3 in the fourth cycle: held twelve days, then on at half the dose."""
        first = self.starts[3] + timedelta(days=9)
        last = first + timedelta(days=11)
        yield self.hold("sorafenib", first, last)
        yield Step(
            at_time(last, 16, 30),
            PHYSICIAN,
            lambda place: set_dose(
                place,
                self.course_id,
                "sorafenib",
                Dose.of(200, "mg"),
                last + timedelta(days=1),
                "hand-foot skin reaction grade 3",
            ),
        )

    def toxicities(self) -> Iterator[Step]:
        """What was asked and seen of toxicities."""
        return ToxicityStory(
            self.name, self.story["mrn"], self.patient_id, self.course_id, self.starts,
            self.last_day, self.today,
        ).steps()  # fmt: skip

    def hold(self, component: str, first: date, last: date | None) -> Step:
        def act(place: Workplace) -> None:
            hold_component(
                place,
                self.course_id,
                component,
                first,
                HoldReason.TOXICITY,
                decided_by=PHYSICIAN.name,
                last_day=last,
            )

        return Step(at_time(first, 6, 45), PHYSICIAN, act)


def _towards(value: int, drawn: int, step: int = 6) -> int:
    return value + min(max(drawn - value, -step), step)
