"""A cycle in which nearly nothing went as planned, of people and drugs with very long names."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from itertools import count

from aml_maint.domain.administration import Administration, Status
from aml_maint.domain.course import Course, CycleStart, Hold, HoldReason
from aml_maint.domain.messages import Name
from aml_maint.domain.quantities import Dose
from aml_maint.domain.regimen import DoseOrder
from aml_maint.domain.schedule import PlannedDose
from aml_maint.domain.signed_report import Signature
from aml_maint.domain.toxicity_event import ToxicityEvent
from aml_maint.reports.cycle_report import Amendment, CycleReport, ReportedToxicity
from tests.reports.sample_cycle import (
    FIRST,
    PATIENT,
    ZONE,
    given,
    make_report,
    moment,
    not_given,
    the_course,
)

FAMILY = "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh"
GIVEN = "Maria del Rosario Guadalupe Konstantina Anastasia 欧阳·阿卜杜热合曼·买买提依明·吐尔逊江"
PHYSICIAN = "Dr Bartholomew Montgomery-Featherstonehaugh von und zu Hohenlohe-Langenburg"
NURSE = "买买提依明·阿卜杜热合曼·吐尔逊江护士长（血液科日间病房）"
WHY = (
    "asked to wait by the ward below, where the infusion of another patient ran until the evening",
    "患者因外院检查返回较晚，家属电话告知病区护士后推迟给药，并由值班医生同意",
    "Pneumonoultramicroscopicsilicovolcanoconiosis-was-suspected-and-excluded-by-computed-tomography",
)
DEPARTURES = 40
AMENDED = 30

STRESSED_PATIENT = replace(
    PATIENT, family_name=FAMILY, given_name=GIVEN,
    ward="Department of Haematology, Stem Cell Transplantation and Cellular Therapy, Day Clinic 4b",
    diagnosis="AML with mutated NPM1, FLT3-ITD (allelic ratio 0.72) and RUNX1::RUNX1T1, "
    "in first complete remission after two inductions 急性髓系白血病（M2b）完全缓解",
    allergies="penicillin, sulfamethoxazole-trimethoprim, iodinated contrast media, 青霉素, latex",
)  # fmt: skip


def stressed_course() -> Course:
    """Every drug has a long name; five holds and four dose changes; fourteen days of overrun."""
    course = the_course()
    long = {
        c.id: replace(c, drug=replace(c.drug, name=Name(
            f"{c.drug.name.en} (recombinant, lyophilised, ward preparation no. {number})",
            f"{c.drug.name.zh}（重组冻干粉针剂，病区配制第{number}号，含注射用水）",
        )))
        for number, c in enumerate(course.regimen.components, 1)
    }  # fmt: skip
    regimen = replace(
        course.regimen, components=tuple(long[c.id] for c in course.regimen.components)
    )
    names = list(long)
    holds = tuple(
        Hold(
            f"h{at}", names[at % len(names)], FIRST + timedelta(days=3 + 5 * at),
            FIRST + timedelta(days=4 + 5 * at), HoldReason.TOXICITY, PHYSICIAN, WHY[at % len(WHY)],
        )
        for at in range(5)
    )  # fmt: skip
    orders = (
        *course.orders,
        *(
            DoseOrder("sorafenib", Dose.of(amount, "mg"), FIRST + timedelta(days=7 * at))
            for at, amount in enumerate(("200", "400", "200", "400"), 1)
        ),
    )
    return replace(
        course, regimen=regimen, holds=holds, orders=orders,
        cycles=(CycleStart(1, FIRST), CycleStart(2, FIRST + timedelta(days=42))),
    )  # fmt: skip


def what_went_wrong(planned: PlannedDose) -> Administration | None:
    """Each morning late by another time, no evening given, every fourth day's injection in part."""
    if planned.hold is not None:
        return None
    component, day = planned.component.id, planned.day
    why = WHY[day % len(WHY)]
    if component == "sorafenib" and planned.at.hour < 12:
        return given(planned, minutes=125 + 7 * day, reason="asleep", note=why)
    if component == "sorafenib":
        wrong = (Status.MISSED, Status.REFUSED, Status.HELD)[day % 3]
        reason = {"missed": "forgotten", "refused": "side_effects", "held": "toxicity"}[wrong]
        return not_given(planned, wrong, reason)
    if component in {"interferon", "interleukin_2"} and day % 4 == 0:
        return given(planned, dose=Dose.of("20", planned.dose.unit) if planned.dose else None,
                     status=Status.PARTLY_GIVEN, reason="vomited")  # fmt: skip
    return given(planned)


def amendments(report: CycleReport) -> tuple[Amendment, ...]:
    """Records that were corrected, every third one taken back, each with a long reason."""
    numbers = count()
    records = [dose.record for dose in report.doses() if dose.record is not None][:AMENDED]
    return tuple(
        Amendment(
            record,
            None if at % 3 == 0 else replace(record, id=f"x{at}", given=moment(2, time(9, at))),
            (PHYSICIAN, NURSE)[at % 2], moment(30, time(8, at)), f"{WHY[at % len(WHY)]} ({at})",
        )
        for record, at in zip(records, numbers, strict=False)
    )  # fmt: skip


def toxicities() -> tuple[ReportedToxicity, ...]:
    """Eighteen terms with long names."""
    return tuple(
        ReportedToxicity(
            Name(f"Palmar-plantar erythrodysaesthesia syndrome with dysaesthesia, form {at}",
                 f"掌跖感觉丧失性红斑综合征伴感觉异常及皮肤脱屑，第{at}型"),
            ToxicityEvent.of("p1", "c1", f"term{at}", ZONE, 1 + at % 4, date(2026, 3, 3 + at)),
            1 + at % 4,
        )
        for at in range(18)
    )  # fmt: skip


def stressed_report(*, signed: bool = False) -> CycleReport:
    """The report of that cycle, made the day after its 42nd day."""
    report = make_report(
        43, patient=STRESSED_PATIENT, course=stressed_course(), happened=what_went_wrong,
        generated_by=PHYSICIAN, toxicities=toxicities(),
    )  # fmt: skip
    mark = Signature(PHYSICIAN, "physician", report.generated, 3, WHY[0]) if signed else None
    return replace(report, amendments=amendments(report), signature=mark)
