"""Invented patients of a registry, told through the services: who they were, and what became of
them.

Unlike the stories of the demo ward these are short of doses and rich in outcomes: arms, risk,
age, sex and MRD differ, relapse and death come with what favours them, people are transplanted,
get lost, or are still on therapy. A number always tells the same story.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import TypeVar
from uuid import NAMESPACE_URL, uuid5

from aml_maint.domain.administration import Status
from aml_maint.domain.assessment import Assessment, AssessmentKind, Finding
from aml_maint.domain.course import EndReason
from aml_maint.domain.disease import Diagnosis, EarlierTherapy, SorafenibTiming, TherapyKind
from aml_maint.domain.errors import Refused
from aml_maint.domain.follow_up import Contact, DeathCause, DiseaseEvent, EventKind, Means
from aml_maint.domain.known_time import KnownTime
from aml_maint.domain.marrow import (
    AspirateQuality,
    Assay,
    FlowResult,
    GeneVariant,
    Marrow,
    Morphology,
    Purpose,
    Specimen,
    Tube,
)
from aml_maint.domain.moment import Moment
from aml_maint.domain.patient import AllergyState, Flt3Itd, Patient, Risk, Sex
from aml_maint.domain.quantities import LabValue
from aml_maint.domain.schedule import doses_between
from aml_maint.domain.toxicity_event import (
    Causality,
    Cause,
    Criterion,
    OtherCause,
    Outcome,
    ToxicityEvent,
)
from aml_maint.services import library
from aml_maint.services.assessments import record_assessment
from aml_maint.services.demo_injections import injection
from aml_maint.services.demo_step import NURSE, PHYSICIAN, Step, at_time, call
from aml_maint.services.disease import record_diagnosis, record_therapy
from aml_maint.services.dosing import DoseEntry, RangeConfirmation, confirm_range
from aml_maint.services.follow_up import record_contact, record_disease_event
from aml_maint.services.local_zone import DEFAULT_ZONE
from aml_maint.services.marrow import record_marrow
from aml_maint.services.observations import record_counts
from aml_maint.services.people import admit_patient
from aml_maint.services.toxicities import record_event, sign_events
from aml_maint.services.treatment import end_course, start_course, start_cycle
from aml_maint.services.workplace import Workplace
from aml_maint.store import courses, toxicities

Word = TypeVar("Word")

# Regimen, how many of a hundred patients, and by how much it lowers the hazard of relapse.
_ARMS = (("sorafenib_iti", 50, 0.45), ("iti", 20, 0.7), ("oral_azacitidine", 18, 0.75),
         ("sormain", 12, 0.5))  # fmt: skip
# Risk, how many of a hundred, and what it does to the hazard.
_RISKS = ((Risk.FAVOURABLE, 22, 0.6), (Risk.INTERMEDIATE, 44, 1.0), (Risk.ADVERSE, 30, 1.9),
          (Risk.NOT_RECORDED, 4, 1.0))  # fmt: skip
_CAUSES = (DeathCause.LEUKAEMIA, DeathCause.LEUKAEMIA, DeathCause.INFECTION, DeathCause.BLEEDING,
           DeathCause.TRANSPLANT, DeathCause.OTHER)  # fmt: skip
_GENES = (("NPM1", 0.5), ("DNMT3A", 0.4), ("TET2", 0.2), ("IDH2", 0.15), ("RUNX1", 0.12),
          ("TP53", 0.05))  # fmt: skip
_TERMS = ("fatigue", "diarrhoea", "rash", "hand_foot_skin_reaction", "infection", "myalgia",
          "peripheral_neuropathy", "rhinorrhoea")  # fmt: skip
_ASKED = (*_TERMS[:4], "fever_drug")
_MEDIAN_TO_RELAPSE, _MEDIAN_AFTER_RELAPSE = 700, 260
_MOST_DAYS = 2_600
_MOST_CYCLES = 12
_PRESENT = 40  # of so many one is still on therapy


class RegistryStory:
    """One patient: drawn when made, told by `steps`. `present` is still on therapy today."""

    def __init__(self, number: int, names: tuple[str, str, str], today: date) -> None:
        """`names` are the family and given name and the record number."""
        self.names, self.today = names, today
        chance = self.chance = Random(f"registry {number}")
        self.id = str(uuid5(NAMESPACE_URL, f"registry:{number}"))
        self.course_id = str(uuid5(NAMESPACE_URL, f"registry:{number}:course"))
        self.present = number % _PRESENT == 0
        self.regimen, arm = self._drawn(_ARMS)
        self.risk, worse = self._drawn(_RISKS)
        self.positive = None if chance.random() < 0.05 else chance.random() < 0.35
        hazard = arm * worse * (1.8 if self.positive else 1.0)
        begun = chance.randint(20, 330) if self.present else chance.randint(120, _MOST_DAYS)
        self.first_day = today - timedelta(days=begun)
        self.relapse = None if self.present else self._after(_MEDIAN_TO_RELAPSE / hazard)
        self.death = self.transplant = None
        self._draw_the_end(begun)
        self.stays = tuple(self._cycles())
        self.last_day = self.ended_on or today

    def _drawn(self, choices: tuple[tuple[Word, int, float], ...]) -> tuple[Word, float]:
        weights = [weight for _, weight, _ in choices]
        ((word, _, factor),) = self.chance.choices(choices, weights)
        return word, factor

    def _after(self, median: float, since: int = 0) -> int | None:
        """A day since the first one, exponentially distributed; None if it is still to come."""
        day = since + 1 + round(self.chance.expovariate(0.6931 / median))
        return day if day < (self.today - self.first_day).days - 7 else None

    def _draw_the_end(self, begun: int) -> None:
        chance = self.chance
        if self.relapse is not None:
            self.death = self._after(_MEDIAN_AFTER_RELAPSE, self.relapse)
        elif not self.present and chance.random() < 0.2:
            self.transplant = self._after(200.0, 60)
        if self.death is None and not self.present:
            self.death = self._after(6_000.0, 30 if self.relapse is None else self.relapse)
        heard = self.death or (begun if self.present else chance.randint(begun // 2, begun))
        last_known = max(heard, (self.relapse or 0) + 5, (self.transplant or 0) + 5)
        self.heard = min(last_known, begun - 1)
        self.lost = not self.present and self.death is None and chance.random() < 0.15
        cycles = 28 * chance.randint(2, _MOST_CYCLES)
        ends = [day for day in (self.relapse, self.transplant, self.death, self.heard, cycles)
                if day is not None]  # fmt: skip
        self.ended_on = None if self.present else self.first_day + timedelta(days=max(min(ends), 1))

    def _cycles(self) -> Iterator[date]:
        regimen = library.regimen(self.regimen)
        day, number = self.first_day, 1
        while day < (self.ended_on or self.today) and number <= _MOST_CYCLES:
            yield day
            day += timedelta(days=regimen.cycle_days(number) + self.chance.choice((0, 0, 0, 7)))
            number += 1

    def steps(self) -> Iterator[Step]:
        """Everything that was recorded, not in the order of time."""
        yield from self._beginning()
        yield from self._course()
        yield from self._marrows()
        yield from self._toxicities()
        yield from self._fate()

    def _day(self, since: int) -> date:
        return self.first_day + timedelta(days=since)

    def _beginning(self) -> Iterator[Step]:
        chance = self.chance
        age = min(max(int(chance.gauss(56, 14)), 18), 84)
        diagnosed = self._day(-chance.randint(120, 420))
        family, given, mrn = self.names
        born = date(self.first_day.year - age, chance.randint(1, 12), chance.randint(1, 28))
        flt3 = Flt3Itd.POSITIVE if chance.random() < 0.8 else Flt3Itd.NEGATIVE
        patient = Patient(
            id=self.id, family_name=family, given_name=given, name_initials="xq", mrn=mrn,
            sex=chance.choice((Sex.FEMALE, Sex.MALE)),
            born_on=None if chance.random() < 0.02 else born,
            ward="Ward A" if self.present else "", allergy_state=AllergyState.NONE_KNOWN,
            diagnosis="AML", diagnosed_on=diagnosed, flt3_itd=flt3, eln_risk=self.risk,
        )  # fmt: skip
        day = self._day(-6)
        yield Step(at_time(day, 9, 0), PHYSICIAN, call(admit_patient, patient))
        genes = [gene for gene, share in _GENES if chance.random() < share]
        told = chance.random() < 0.93
        diagnosis = Diagnosis(
            self.id, diagnosed, who_class="AML", fab=chance.choice(("M1", "M2", "M4", "M5")),
            wbc=Decimal(chance.randint(10, 1500)) / 10 if told else None,
            blasts_percent=Decimal(chance.randint(22, 96)) if told else None,
            cytogenetics=("complex",) if self.risk is Risk.ADVERSE and told else (),
            flt3_itd=flt3, mutations=tuple(GeneVariant(gene) for gene in genes),
            sorafenib=chance.choice(tuple(SorafenibTiming)),
        )  # fmt: skip
        yield Step(at_time(day, 9, 30), PHYSICIAN, call(record_diagnosis, diagnosis))
        for kind, name in ((TherapyKind.INDUCTION, "IA"), (TherapyKind.CONSOLIDATION, "ID-Ara-C")):
            therapy = EarlierTherapy(
                "", self.id, kind, name, chance.randint(1, 4), diagnosed, self._day(-30)
            )
            yield Step(at_time(day, 9, 40), PHYSICIAN, call(record_therapy, therapy))

    def _course(self) -> Iterator[Step]:
        first = self._day(-1)
        for day in (first, *self.stays[1:]):
            yield Step(at_time(day, 7, 0), NURSE, call(self._count, day))
        start = call(self._start)
        yield Step(at_time(first, 15, 0), PHYSICIAN, start)
        for number, day in enumerate(self.stays, 1):
            if number > 1:
                yield Step(at_time(day, 8, 0), PHYSICIAN, call(start_cycle, self.course_id, day))
            # The first days are spent on the ward; what is taken at home nobody wrote down.
            last = min(day + timedelta(days=2 if number == 1 else 0), self.last_day)
            if number <= 3 and last < self.today:
                yield Step(at_time(last, 23, 30), NURSE, call(self._confirm, day, last))
        if self.present:
            last = self.today - timedelta(days=1)
            first = max(last - timedelta(days=9), self.first_day)
            yield Step(at_time(last, 23, 40), NURSE, call(self._confirm, first, last))
        if self.ended_on is not None:
            reason = {
                self.relapse: EndReason.RELAPSE, self.transplant: EndReason.TRANSPLANT,
            }.get((self.ended_on - self.first_day).days, EndReason.COMPLETED)  # fmt: skip
            yield Step(
                at_time(self.ended_on, 16, 0), PHYSICIAN,
                call(end_course, self.course_id, self.ended_on, reason),
            )  # fmt: skip

    def _start(self, place: Workplace) -> None:
        start_course(
            place, self.id, self.regimen, self.first_day, zone=DEFAULT_ZONE,
            course_id=self.course_id,
        )  # fmt: skip

    def _count(self, place: Workplace, day: date) -> None:
        chance = self.chance
        values = {
            "platelets": LabValue(Decimal(chance.randint(45, 260)), "10*9/L"),
            "granulocytes": LabValue(Decimal(chance.randint(6, 60)) / 10, "10*9/L"),
            "haemoglobin": LabValue(Decimal(chance.randint(85, 150)), "g/L"),
        }
        record_counts(place, self.id, values, Moment.at(at_time(day, 6, 30), DEFAULT_ZONE))

    def _confirm(self, place: Workplace, first: date, last: date) -> None:
        course = courses.course(place.store, self.course_id, place.shelf)
        exceptions = {}
        for planned in doses_between(course, first, last):
            if planned.hold is not None or planned.dose is None:
                continue
            if planned.component.rotate_site:
                exceptions[planned.id] = injection(self.chance, planned)
            elif self.chance.random() < 0.03:
                exceptions[planned.id] = DoseEntry(planned.id, Status.MISSED, reason="forgotten")
        try:
            confirm_range(place, RangeConfirmation(self.course_id, first, last, (), exceptions))
        except Refused:
            return  # nothing was open: no dose is ordered, or the counts forbid it

    def _marrows(self) -> Iterator[Step]:
        for number, since in enumerate((-4, 30, 85, 170, 350, 530, 720, 1_080)):
            if number and (since > self.heard or since >= (self.relapse or _MOST_DAYS) - 20):
                break
            yield from self._marrow(f"{number}", since, relapsed=False)
        if self.relapse is not None:
            yield from self._marrow("relapse", self.relapse, relapsed=True)

    def _marrow(self, name: str, since: int, *, relapsed: bool) -> Iterator[Step]:
        chance, day = self.chance, self._day(since)
        at, back = (at_time(day, 9, 0), at_time(day + timedelta(days=4), 11, 0))
        id = str(uuid5(NAMESPACE_URL, f"{self.id}:{name}"))
        if since < 0:
            positive = bool(self.positive)
        else:
            positive = relapsed or (bool(self.positive) and since < 60) or chance.random() < 0.06
        flow = Decimal(chance.randint(800, 4_000) if relapsed else chance.randint(2, 90)) / 100
        blasts = Decimal(chance.randint(60, 700) if relapsed else chance.randint(2, 30)) / 10
        results: list[tuple[Assay, Tube, Morphology | FlowResult]] = [
            (Assay.MORPHOLOGY, Tube.NOT_STATED, Morphology(blasts, AspirateQuality.ADEQUATE))
        ]
        if since > 0 or self.positive is not None:
            events = chance.randint(40, 95) * 10_000
            found = FlowResult(
                flow if positive else None, not positive, events, 12, Decimal("0.01")
            )
            results.append((Assay.FLOW, Tube.HEPARIN, found))
        sent, reported = (Moment.at(time, DEFAULT_ZONE) for time in (at_time(day, 15, 0), back))
        specimens = tuple(
            Specimen(str(uuid5(NAMESPACE_URL, f"{id}:{assay}")), assay, tube, "", sent, reported,
                     result) for assay, tube, result in results
        )  # fmt: skip
        purpose = Purpose.BASELINE if since < 0 else Purpose.SCHEDULED
        marrow = Marrow(id, self.id, Moment.at(at, DEFAULT_ZONE), purpose, specimens)
        yield Step(back + timedelta(hours=2), PHYSICIAN, call(record_marrow, marrow))

    def _toxicities(self) -> Iterator[Step]:
        chance = self.chance
        asked = tuple(Finding(term, int(chance.random() < 0.1)) for term in _ASKED)
        asked_on = [(n, AssessmentKind.BEFORE, day) for n, day in enumerate(self.stays, 1)]
        if self.ended_on is not None:
            asked_on.append((len(self.stays), AssessmentKind.AFTER, self.ended_on))
        for number, kind, day in asked_on:
            made = Assessment("", self.id, self.course_id, number, kind, day, asked)
            yield Step(at_time(day, 7, 50), NURSE, call(record_assessment, made))
        days = (self.last_day - self.first_day).days
        terms = chance.sample(_TERMS, min(chance.choice((0, 1, 1, 2, 3, 4)), max(days // 7, 0)))
        for term in terms:
            onset = self._day(chance.randint(1, days))
            over = min(onset + timedelta(days=chance.randint(1, 30)), self.today)
            grade = chance.choice((1, 1, 1, 2, 2, 3, 4))
            parts = library.regimen(self.regimen).components
            drugs = [part.drug for part in parts if part.drug in library.cause_ids()]
            cause = drugs[0] if drugs else OtherCause.OTHER_DRUG
            serious = grade >= 3 and chance.random() < 0.4
            event = replace(
                ToxicityEvent.of(self.id, self.course_id, term, DEFAULT_ZONE, grade, onset),
                resolved=KnownTime.on(over), outcome=Outcome.RECOVERED,
                causes=(Cause(cause, chance.choice(tuple(Causality)), PHYSICIAN.name),),
                detail="pneumonia" if term == "infection" else "", serious=serious,
                criteria=frozenset({Criterion.HOSPITALISATION}) if serious else frozenset(),
            )  # fmt: skip
            yield Step(at_time(over, 17, 0), PHYSICIAN, call(record_event, event))
        if terms:
            signed = min(self.last_day + timedelta(days=35), self.today - timedelta(days=1))
            yield Step(at_time(signed, 23, 50), PHYSICIAN, self._sign)

    def _sign(self, place: Workplace) -> None:
        waiting = toxicities.of_patient(place.store, self.id)
        if waiting:
            sign_events(place, [(event.event_id, event.id) for event in waiting])

    def _fate(self) -> Iterator[Step]:
        kind = self.chance.choice(
            (EventKind.MOLECULAR_RELAPSE, *[EventKind.MORPHOLOGICAL_RELAPSE] * 3)
        )
        cause = self.chance.choice(_CAUSES)
        for since, what, why in (
            (self.relapse, kind, None), (self.transplant, EventKind.TRANSPLANT, None),
            (self.death, EventKind.DEATH, cause),
            (self.heard if self.lost else None, EventKind.LOST, None),
        ):  # fmt: skip
            if since is not None:
                event = DiseaseEvent("", self.id, what, self._day(since), why)
                at = at_time(self._day(since + (5 if what is kind else 0)), 18, 0)
                yield Step(at, PHYSICIAN, call(record_disease_event, event))
        for since in {self.heard // 2, self.heard} if self.death is None else {self.death // 2}:
            contact = Contact("", self.id, self._day(since), Means.TELEPHONE)
            yield Step(at_time(contact.on, 15, 0), PHYSICIAN, call(record_contact, contact))
