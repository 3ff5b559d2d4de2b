"""The demo ward's leukaemias: diagnosis, marrows with results that come or stay out, follow-up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from aml_maint.domain.disease import (
    Diagnosis,
    EarlierTherapy,
    NoTransplant,
    SorafenibTiming,
    TherapyKind,
)
from aml_maint.domain.follow_up import Contact, DeathCause, DiseaseEvent, EventKind, Means
from aml_maint.domain.marrow import (
    AspirateQuality,
    Assay,
    FlowResult,
    Flt3Result,
    GeneVariant,
    Marrow,
    Morphology,
    NgsResult,
    PcrResult,
    Purpose,
    Result,
    Specimen,
    Tube,
)
from aml_maint.domain.moment import Moment
from aml_maint.domain.patient import Flt3Itd
from aml_maint.domain.response_review import Decision
from aml_maint.services.demo_step import PHYSICIAN, Step, at_time, call
from aml_maint.services.disease import record_diagnosis, record_therapy
from aml_maint.services.follow_up import record_contact, record_disease_event
from aml_maint.services.local_zone import DEFAULT_ZONE
from aml_maint.services.marrow import record_marrow
from aml_maint.services.response_board import review_response

# Days from a marrow to its report; a report younger than that is still out.
_REPORT_DAYS = 3
_FUSION = "RUNX1::RUNX1T1"


class DiseaseTeller:
    """Turns a story into what was found before and during maintenance."""

    def __init__(
        self,
        story: Mapping[str, Any],
        patient_id: str,
        starts: Sequence[date],
        today: date,
        chance: Random,
    ) -> None:
        """`chance` is the story's own, which the marrows go on with."""
        self.story = story
        self.patient_id = patient_id
        self.starts = list(starts)
        self.today = today
        self.random = Random(f"{story['mrn']}:diagnosis")
        self.chance = chance
        self.first_day = self.starts[0] if self.starts else today
        self.diagnosed_on = self.first_day - timedelta(days=210)

    def steps(self) -> Iterator[Step]:
        """Everything in the order of the story, not of time."""
        yield from self.beginning()
        for number, day in enumerate([self.first_day - timedelta(days=4), *self.starts[1:]]):
            yield from self.marrow(number, day)
        yield from self.fate()

    def beginning(self) -> Iterator[Step]:
        """The letters of the hospital that treated first, entered on the day of admission."""
        day = self.first_day - timedelta(days=5)
        last = self.first_day - timedelta(days=40)
        yield Step(at_time(day, 10, 0), PHYSICIAN, call(record_diagnosis, self.diagnosis()))
        for kind, regimen, cycles, first in (
            (TherapyKind.INDUCTION, "IA", 1, self.diagnosed_on + timedelta(days=3)),
            (TherapyKind.CONSOLIDATION, "ID-Ara-C", 3, self.diagnosed_on + timedelta(days=45)),
        ):
            therapy = EarlierTherapy(
                "", self.patient_id, kind, regimen, cycles, first,
                last if kind is TherapyKind.CONSOLIDATION else first + timedelta(days=8),
            )  # fmt: skip
            yield Step(at_time(day, 10, 5), PHYSICIAN, call(record_therapy, therapy))
        if self.story["mrd"] == "pcr":
            result = PcrResult(_FUSION, Decimal("84.2"), False, "ABL1", 31_000)
            found = Specimen("", Assay.PCR, Tube.EDTA, result=result)
            at = Moment.at(at_time(self.diagnosed_on, 9, 0), DEFAULT_ZONE)
            marrow = Marrow("", self.patient_id, at, Purpose.DIAGNOSIS, (found,))
            yield Step(at_time(day, 10, 10), PHYSICIAN, call(record_marrow, marrow))

    def diagnosis(self) -> Diagnosis:
        """Findings that give the risk which the story names."""
        risk, rest = self.story["risk"], self.random.random()
        genes = [GeneVariant("NPM1", "type A", self.percent(300, 470))]
        fusion = ""
        cytogenetics: tuple[str, ...] = ()
        if risk == "favourable":
            genes, fusion = [GeneVariant("KIT", "p.D816V", self.percent(60, 200))], _FUSION
            cytogenetics = ("t(8;21)(q22;q22)",)
        elif risk == "adverse" and rest < 0.4:
            cytogenetics = ("complex",)
        elif risk == "adverse":
            gene = "RUNX1" if rest < 0.7 else "ASXL1"
            genes.append(GeneVariant(gene, "", self.percent(280, 440)))
        else:
            gene = "DNMT3A" if rest < 0.6 else "TET2"
            genes.append(GeneVariant(gene, "", self.percent(350, 480)))
        fab = "M2" if fusion else self.random.choice(("M1", "M2", "M4", "M5"))
        wbc = self.percent(30, 1100)
        # One letter came without them: the cohort lists what is missing.
        letter = self.story["mrd"] != "late"
        return Diagnosis(
            self.patient_id,
            self.diagnosed_on,
            who_class="AML, RUNX1::RUNX1T1" if fusion else "AML, NPM1",
            fab=fab if letter else "",
            wbc=wbc if letter else None,
            blasts_percent=Decimal(self.random.randint(34, 93)),
            cytogenetics=cytogenetics,
            fusion=fusion,
            flt3_itd=Flt3Itd.POSITIVE,
            flt3_ratio=Decimal(self.random.randint(12, 95)) / 100,
            mutations=tuple(genes),
            sorafenib=SorafenibTiming.INDUCTION if rest < 0.75 else SorafenibTiming.CONSOLIDATION,
            no_transplant=NoTransplant.NO_DONOR if rest < 0.5 else NoTransplant.WISH,
        )

    def percent(self, low: int, high: int) -> Decimal:
        """A figure with one decimal."""
        return Decimal(self.random.randint(low, high)) / 10

    def marrow(self, number: int, day: date) -> Iterator[Step]:
        """A marrow; its report, or that it is still out; and a physician's word on a relapse."""
        at = Moment.at(at_time(day, 9, 0), DEFAULT_ZONE)
        sent = Moment.at(at_time(day, 15, 30), DEFAULT_ZONE)
        id = str(uuid5(NAMESPACE_URL, f"demo:{self.story['mrn']}:marrow:{number}"))
        last = number == len(self.starts) - 1
        results = self.results(number)
        reported = day + timedelta(days=_REPORT_DAYS)
        out = {assay for assay, _, _ in results} if reported > self.today else set()
        if self.story["mrd"] == "late" and last:
            out.add(Assay.FLOW)
        back = Moment.at(at_time(reported, 11, 0), DEFAULT_ZONE)
        specimens = tuple(
            Specimen(
                str(uuid5(NAMESPACE_URL, f"{id}:{assay.value}")),
                assay,
                tube,
                "" if assay is Assay.MORPHOLOGY else "MRD laboratory",
                sent,
                None if assay in out else back,
                None if assay in out else result,
            )
            for assay, tube, result in results
        )
        purpose = Purpose.BASELINE if number == 0 else Purpose.SCHEDULED
        marrow = Marrow(id, self.patient_id, at, purpose, specimens)
        # What the laboratory reported is entered with the report; what is out, on the day itself.
        entered = at_time(day, 17, 0) if len(out) == len(specimens) else at_time(reported, 17, 0)
        yield Step(entered, PHYSICIAN, call(record_marrow, marrow))
        if self.story["mrd"] in {"relapse", "conversion"} and last:
            word = call(review_response, id, Decision.CONFIRMED)
            yield Step(at_time(reported, 17, 20), PHYSICIAN, word)
            relapse = self.story["mrd"] == "relapse"
            kind = EventKind.MORPHOLOGICAL_RELAPSE if relapse else EventKind.MOLECULAR_RELAPSE
            event = DiseaseEvent("", self.patient_id, kind, day, marrow_id=id)
            yield Step(at_time(reported, 17, 25), PHYSICIAN, call(record_disease_event, event))

    def results(self, number: int) -> list[tuple[Assay, Tube, Result]]:
        """Month by month, following the kind of disease course that the story names."""
        kind, last = self.story["mrd"], len(self.starts) - 1
        flow: Decimal | None = None
        blasts = (Decimal(self.chance.randint(5, 25)) / 10).quantize(Decimal("0.1"))
        events = self.chance.randint(52, 95) * 10_000
        if kind == "positive" and number < 2:
            flow = Decimal("0.06") if number == 0 else Decimal("0.02")
        if kind == "conversion" and number >= last - 1:
            flow = Decimal("0.01") if number == last - 1 else Decimal("0.03")
        if kind == "pending" and number == last:
            flow = Decimal("0.04")
        if kind == "few_events" and number == last:
            events = 180_000
        if kind == "relapse" and number >= last - 1:
            flow = Decimal("0.21") if number == last - 1 else Decimal("8.40")
            blasts = blasts if number == last - 1 else Decimal("12.5")
        age = self.chance.randint(3, 30)
        limit = Decimal("0.005") if events >= 400_000 else Decimal("0.02")
        found: list[tuple[Assay, Tube, Result]] = [
            (Assay.MORPHOLOGY, Tube.NOT_STATED, Morphology(blasts, AspirateQuality.ADEQUATE)),
            (Assay.FLOW, Tube.HEPARIN, FlowResult(flow, flow is None, events, age, limit)),
        ]
        if kind == "pcr":
            ratio = Decimal("0.056") if number == 0 else Decimal("0.0011") * (1 + number % 3)
            found.append((Assay.PCR, Tube.EDTA, PcrResult(_FUSION, ratio, False, "ABL1", 28_000)))
        if kind == "conversion" and number == last:
            found.append((Assay.FLT3_ITD, Tube.EDTA, Flt3Result(Decimal("0.08"))))
        if kind == "conversion" and number in (last - 12, last - 6, last):
            found.append((Assay.NGS, Tube.EDTA, self.sequencing(back=number == last)))
        return found

    def sequencing(self, *, back: bool) -> NgsResult:
        """A clone that stays, and the leukaemia's own mutation where it comes back."""
        clone = GeneVariant("DNMT3A", "p.R882H", Decimal("2.1") if back else Decimal("1.8"))
        found = (clone, GeneVariant("NPM1", "type A", Decimal("0.4"))) if back else (clone,)
        return NgsResult(found, "54 genes")

    def fate(self) -> Iterator[Step]:
        """What became of those whose course ended."""
        ended: int | None = self.story.get("ended")
        if ended is None:
            return
        end = self.today - timedelta(days=ended)
        if self.story["story"] == "transplanted":
            event = DiseaseEvent("", self.patient_id, EventKind.TRANSPLANT, end + timedelta(days=4))
            yield Step(at_time(event.on, 12, 0), PHYSICIAN, call(record_disease_event, event))
        if self.story["story"] == "relapsed":
            event = DiseaseEvent(
                "", self.patient_id, EventKind.SECOND_THERAPY, end + timedelta(days=6)
            )
            yield Step(at_time(event.on, 12, 0), PHYSICIAN, call(record_disease_event, event))
            death = DiseaseEvent(
                "", self.patient_id, EventKind.DEATH, end + timedelta(days=3 * ended // 4),
                DeathCause.INFECTION,
            )  # fmt: skip
            yield Step(at_time(death.on, 16, 0), PHYSICIAN, call(record_disease_event, death))
        called = end + timedelta(days=ended // 2)
        contact = Contact(
            "", self.patient_id, called, Means.TELEPHONE, "", called + timedelta(days=14)
        )
        yield Step(at_time(called, 15, 0), PHYSICIAN, call(record_contact, contact))
