"""The toxicities of one invented patient: assessments, fevers, a hand-foot course, signatures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from aml_maint.domain.assessment import Assessment, AssessmentKind, Finding
from aml_maint.domain.known_time import KnownTime, Precision
from aml_maint.domain.moment import Moment
from aml_maint.domain.quantities import LabValue
from aml_maint.domain.toxicity_event import (
    Causality,
    Cause,
    Challenge,
    Criterion,
    DrugAction,
    GradePoint,
    Outcome,
    Reporter,
    ToxicityEvent,
)
from aml_maint.services.assessments import record_assessment
from aml_maint.services.demo_step import NURSE, PHYSICIAN, Step, at_time, call
from aml_maint.services.local_zone import DEFAULT_ZONE
from aml_maint.services.observations import record_counts
from aml_maint.services.toxicities import record_event, sign_events
from aml_maint.services.workplace import Workplace
from aml_maint.store import doses, toxicities

# What the invented nurse asks for; the real list is longer.
_ASKED = (
    "fever_drug", "rhinorrhoea", "myalgia", "hand_foot_skin_reaction", "diarrhoea", "fatigue",
    "peripheral_neuropathy", "rash",
)  # fmt: skip
_NOW_AND_THEN = ("rhinorrhoea", "myalgia", "fatigue", "diarrhoea")
_SIGNED_AFTER = timedelta(days=11)


@dataclass(frozen=True)
class ToxicityStory:
    """Who it is about, and when the cycles began."""

    name: str
    seed: str
    patient_id: str
    course_id: str
    starts: Sequence[date]
    last_day: date
    today: date

    def steps(self) -> Iterator[Step]:
        """Everything that was asked, seen and signed."""
        yield from self._assessments()
        if self.name in {"fever", "long"}:
            yield from self._fevers()
        if self.name == "hand_foot":
            yield self._hand_foot()
        if self.name == "long":
            yield self._infection()
        if self.name == "held_now":
            yield self._diarrhoea()
        yield self._signature()

    def _assessments(self) -> Iterator[Step]:
        """Before each cycle; now and then something mild, gone by the next time."""
        chance = Random(self.seed)
        for number, day in enumerate(self.starts, 1):
            had = chance.choice(_NOW_AND_THEN) if chance.random() < 0.25 and number > 1 else ""
            unasked = "peripheral_neuropathy" if chance.random() < 0.1 else ""
            findings = tuple(
                Finding(term, None if term == unasked else int(term == had)) for term in _ASKED
            )
            made = Assessment(
                "", self.patient_id, self.course_id, number, AssessmentKind.BEFORE, day, findings
            )
            yield Step(at_time(day, 7, 50), NURSE, call(record_assessment, made))
        if self.last_day < self.today:
            ending = Assessment(
                "", self.patient_id, self.course_id, len(self.starts), AssessmentKind.AFTER,
                self.last_day, tuple(Finding(term, 0) for term in _ASKED),
            )  # fmt: skip
            yield Step(at_time(self.last_day, 9, 0), NURSE, call(record_assessment, ending))

    def _fevers(self) -> Iterator[Step]:
        """After the first injections, with the temperatures that were taken around them."""
        long = self.seed.endswith("6")
        for number, degrees, hours in (
            (0, "38.6", 11), (1, "36.9", 0), (2, "38.4", 9), (3, "36.7", 0), (4, "37.1", 0),
            (6, "37.6", 130 if long else 6), (8, "36.8", 0),
        ):  # fmt: skip
            day = self.starts[0] + timedelta(days=2 * number)
            # The week's doses are confirmed first: the fever names its injection.
            week = (day - self.starts[0]).days // 7
            known = self.starts[0] + timedelta(days=7 * week + 6)
            if known >= self.today:
                return
            taken = datetime.combine(day, time(23, 10))
            value = LabValue(Decimal(degrees), "Cel")
            yield Step(
                taken + timedelta(minutes=10), NURSE,
                call(
                    record_counts, self.patient_id, {"temperature": value},
                    Moment.at(taken, DEFAULT_ZONE),
                ),
            )  # fmt: skip
            if hours:
                yield Step(
                    at_time(known, 23, 45), NURSE,
                    call(self._fever, day, value, hours),
                )  # fmt: skip

    def _fever(self, place: Workplace, day: date, value: LabValue, hours: int) -> None:
        given = [
            record
            for record in doses.live_between(place.store, day, day, self.course_id).values()
            if record.slot.component == "interferon" and record.given is not None
        ]
        onset = datetime.combine(day, time(23, 0))
        over = KnownTime.of(onset + timedelta(hours=hours), Precision.HOUR)
        event = ToxicityEvent.of(
            self.patient_id, self.course_id, "fever_drug", DEFAULT_ZONE, None,
            KnownTime.of(onset, Precision.HOUR), over, value,
        )  # fmt: skip
        judged = (Cause("interferon_alfa_1b", Causality.PROBABLE, PHYSICIAN.name),)
        record_event(
            place,
            replace(
                event, linked_administration=given[0].id if given else None, causes=judged,
                reporter=Reporter.PATIENT, treatment="paracetamol 500 mg",
            ),
        )  # fmt: skip

    def _hand_foot(self) -> Step:
        """Grade 1, then 3 in the fourth cycle; better without sorafenib, on at half the dose."""
        first = self.starts[3] + timedelta(days=4)
        worst, better = first + timedelta(days=5), first + timedelta(days=13)
        over = first + timedelta(days=16)
        grades = ((first, 1), (worst, 3), (better, 1))
        event = replace(
            ToxicityEvent.of(
                self.patient_id, self.course_id, "hand_foot_skin_reaction", DEFAULT_ZONE, 1, first
            ),
            grades=tuple(GradePoint(KnownTime.on(day), grade) for day, grade in grades),
            resolved=KnownTime.on(over),
            outcome=Outcome.RECOVERED,
            causes=(
                Cause(
                    "sorafenib", Causality.CERTAIN, PHYSICIAN.name, DrugAction.INTERRUPTED,
                    Challenge.POSITIVE, Challenge.NEGATIVE,
                ),
            ),
            treatment="urea cream",
            reporter=Reporter.PATIENT,
        )  # fmt: skip
        return Step(at_time(over, 17, 0), PHYSICIAN, lambda place: record_event(place, event))

    def _infection(self) -> Step:
        """A grade 3 infection with a stay in hospital: serious by that, not by its grade."""
        first = self.starts[11] + timedelta(days=8)
        over = first + timedelta(days=9)
        event = replace(
            ToxicityEvent.of(
                self.patient_id, self.course_id, "infection", DEFAULT_ZONE, 3, first, over
            ),
            detail="pneumonia",
            serious=True,
            criteria=frozenset({Criterion.HOSPITALISATION}),
            causes=(
                Cause("thalidomide", Causality.UNLIKELY, PHYSICIAN.name),
                Cause("infection", Causality.PROBABLE, PHYSICIAN.name),
            ),
            treatment="intravenous antibiotics",
            reporter=Reporter.PHYSICIAN,
        )
        return Step(at_time(over, 17, 10), PHYSICIAN, lambda place: record_event(place, event))

    def _diarrhoea(self) -> Step:
        first = self.today - timedelta(days=2)
        event = ToxicityEvent.of(
            self.patient_id, self.course_id, "diarrhoea", DEFAULT_ZONE, 3, first
        )
        return Step(at_time(first, 23, 40), NURSE, lambda place: record_event(place, event))

    def _signature(self) -> Step:
        """The physician signs what is older than a few days; the rest waits in the queue."""
        day = min(self.last_day, self.today - timedelta(days=1))

        def sign(place: Workplace) -> None:
            old = [
                event
                for event in toxicities.of_patient(place.store, self.patient_id)
                if event.onset.day <= self.today - _SIGNED_AFTER and event.review is None
            ]
            if old:
                sign_events(place, [(event.event_id, event.id) for event in old])

        return Step(at_time(day, 23, 55), PHYSICIAN, sign)
