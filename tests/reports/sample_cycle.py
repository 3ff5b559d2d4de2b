"""A cycle of an invented patient, as a report's value, with a bit of everything in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO

from pypdf import PdfReader

from aml_maint.domain.administration import Administration, Status, cell_state
from aml_maint.domain.assessment import Assessment, AssessmentKind, Finding
from aml_maint.domain.course import Course, CycleStart, Hold, HoldReason
from aml_maint.domain.deviation_log import deviations, of_cycle
from aml_maint.domain.deviations import CourseFacts, Deviation
from aml_maint.domain.gate import GateEvidence, evaluate_all
from aml_maint.domain.intensity import DoseOutcome, intensity
from aml_maint.domain.labs import LabResult
from aml_maint.domain.marrow import Assay, FlowResult, Marrow, Morphology, PcrResult, Specimen
from aml_maint.domain.messages import Message, Name
from aml_maint.domain.moment import Moment
from aml_maint.domain.mrd import Track, pcr_change
from aml_maint.domain.mrd_course import CourseSample, follow
from aml_maint.domain.patient import AllergyState, Flt3Itd, Patient, Risk, Sex
from aml_maint.domain.plan_facts import Fact
from aml_maint.domain.quantities import Dose, LabValue
from aml_maint.domain.regimen import Component, DoseOrder
from aml_maint.domain.replan_words import told, why_told
from aml_maint.domain.response import Counts, judge_marrow
from aml_maint.domain.response_board import MarrowRow, ResponseBoard
from aml_maint.domain.schedule import PlannedDose, days, doses_between
from aml_maint.domain.toxicity_event import ToxicityEvent
from aml_maint.reports.cycle_report import (
    ChainHead,
    CycleReport,
    Reading,
    ReportDay,
    ReportedDose,
    ReportedToxicity,
    ReportRow,
)
from aml_maint.services import library

ZONE = "Asia/Shanghai"
FIRST = date(2026, 3, 2)
PATIENT = Patient(
    id="p1", family_name="Chen", given_name="Wei", mrn="004217", sex=Sex.MALE,
    born_on=date(1961, 7, 14), ward="Haematology day clinic", diagnosis="AML in first CR",
    diagnosed_on=date(2025, 6, 3), allergy_state=AllergyState.KNOWN, allergies="penicillin",
    flt3_itd=Flt3Itd.POSITIVE, eln_risk=Risk.INTERMEDIATE,
)  # fmt: skip

# Day of the cycle, platelets, neutrophils, haemoglobin, and their WHO grades.
COUNTS = (
    (-2, "118", "2.31", "121", (0, 0, 0)),
    (5, "104", "1.94", "119", (0, 1, 0)),
    (10, "46", "1.32", "112", (3, 2, 0)),
    (12, "58", "1.40", "108", (2, 2, 1)),
    (14, "82", "1.88", "109", (1, 1, 1)),
    (19, "96", "2.05", "113", (1, 0, 0)),
    (25, "110", "2.20", "117", (0, 0, 0)),
)


def moment(day: int, at: time) -> Moment:
    """A civil time of a cycle day."""
    return Moment.at(datetime.combine(FIRST + timedelta(days=day - 1), at), ZONE)


def results() -> list[LabResult]:
    """The platelet counts, from before the cycle on."""
    return [
        LabResult(f"r{day}", "p1", "platelets", LabValue.parse(count, "10^9/L"),
                  moment(day, time(8, 0)))
        for day, count, *_ in COUNTS
    ]  # fmt: skip


def the_course(**changes: object) -> Course:
    """Cycle 1 of the default regimen with ibuprofen ordered, and thalidomide held two days."""
    held = Hold("h1", "thalidomide", FIRST + timedelta(days=19), FIRST + timedelta(days=20),
                HoldReason.TOXICITY, "Dr Wu", "sleepy by day")  # fmt: skip
    course = Course(
        "c1", "p1", library.regimen("sorafenib_iti"), ZONE, (CycleStart(1, FIRST),),
        (DoseOrder("ibuprofen", Dose.of("300", "mg"), FIRST),), (held,),
    )  # fmt: skip
    return replace(course, **changes)  # type: ignore[arg-type]


def given(planned: PlannedDose, minutes: int = 0, **changes: object) -> Administration:
    """A dose given as planned, or so many minutes later."""
    at = Moment.at(planned.due + timedelta(minutes=minutes), ZONE)
    record = Administration(
        str(planned.id), planned.id, "p1", Status.GIVEN, planned.at, planned.at, at,
        planned.dose, at, "Li Na", "nurse",
    )  # fmt: skip
    return replace(record, **changes)  # type: ignore[arg-type]


def not_given(planned: PlannedDose, status: Status, reason: str) -> Administration:
    """A dose recorded as not given, with its coded reason."""
    return given(planned, given=None, dose=None, status=status, reason=reason)


def what_happened(planned: PlannedDose) -> Administration | None:
    """One late sorafenib, one missed interferon, one sorafenib cut short, one forgotten note."""
    day, component = planned.day, planned.component.id
    if planned.hold is not None:
        return None
    if (component, day, planned.at.hour) == ("sorafenib", 15, 7):
        return given(planned, minutes=200, reason="asleep")
    if (component, day) == ("interferon", 7):
        return not_given(planned, Status.MISSED, "forgotten")
    if (component, day) == ("ibuprofen", 7):
        return not_given(planned, Status.NOT_APPLICABLE, "other")
    if (component, day, planned.at.hour) == ("sorafenib", 22, 19):
        return given(planned, dose=Dose.of("200", "mg"), status=Status.PARTLY_GIVEN,
                     reason="vomited")  # fmt: skip
    if (component, day, planned.at.hour) == ("danshen", 24, 13):
        return None
    return given(planned)


Happened = Callable[[PlannedDose], Administration | None]


def reported(
    course: Course, now: Moment, last: date, happened: Happened = what_happened
) -> dict[str, list[ReportedDose]]:
    """Every planned dose of the cycle as it stands at `now`, by component."""
    found: dict[str, list[ReportedDose]] = {}
    for planned in doses_between(course, FIRST, last):
        gate = evaluate_all(
            planned.component, GateEvidence(tuple(results())), min(planned.due, now.utc)
        )
        record = happened(planned) if planned.due <= now.utc else None
        if gate is not None and not gate.is_open:
            record = None
        state = cell_state(planned, record, gate, now.utc)
        dose = ReportedDose(planned, state, record, gate)
        found.setdefault(planned.component.id, []).append(dose)
    return found


@dataclass(frozen=True)
class Decided:
    """A decision about the plan, as the services read it."""

    facts: tuple[Fact, ...]
    what: Message
    why: Message | None
    decided_by: str
    entered: Moment
    entered_by: str = "Li Na"


def departures_of(
    course: Course, now: Moment, doses: Iterable[ReportedDose]
) -> tuple[Deviation, ...]:
    """What the deviation log says of the cycle's doses and of its holds."""
    decided = [
        Decided((hold,), told(course, (hold,)), why_told((hold,)), hold.decided_by, now)
        for hold in course.holds
        if hold.first_day <= now.local.date()
    ]
    before = Assessment("a1", "p1", "c1", 1, AssessmentKind.BEFORE, FIRST, (Finding("nausea", 0),))
    facts = CourseFacts(
        course,
        now.local.date(),
        list(doses),
        decisions=decided,
        assessments=(before,),
        assessment_days=7,
    )
    return of_cycle(deviations(facts), 1)


def rows_of(
    component: Component, doses: list[ReportedDose], columns: list[date]
) -> list[ReportRow]:
    """The doses of one component, a row for each time of day."""
    slots = dict.fromkeys(dose.planned.id.slot for dose in doses)
    rows = []
    for slot in slots:
        mine = {d.planned.id.planned_on: d for d in doses if d.planned.id.slot == slot}
        at = next(iter(mine.values())).planned.at.time()
        rows.append(ReportRow(component, slot, at, tuple(mine.get(day) for day in columns)))
    return rows


def readings() -> Iterator[Reading]:
    """The counts inside the cycle, and two temperatures."""
    units = {"platelets": "10^9/L", "granulocytes": "10^9/L", "haemoglobin": "g/L"}
    for day, *values, grades in COUNTS[1:]:
        for (analyte, unit), value, grade in zip(units.items(), values, grades, strict=True):
            found = LabValue.parse(value, unit)
            yield Reading(analyte, found, moment(day, time(8, 0)), grade)
    yield Reading("temperature", LabValue.parse("36.8", "°C"), moment(1, time(18, 0)), 0)
    yield Reading("temperature", LabValue.parse("38.6", "°C"), moment(3, time(23, 0)), 2)


TOXICITIES = (
    ReportedToxicity(
        Name("Fever (drug)", "发热（药物性）"),
        ToxicityEvent.of("p1", "c1", "fever_drug", ZONE, 2, date(2026, 3, 4), date(2026, 3, 5)),
        2,
    ),
    ReportedToxicity(
        Name("Hand-foot skin reaction", "手足皮肤反应"),
        ToxicityEvent.of("p1", "c1", "hand_foot", ZONE, 1, date(2026, 3, 18)),
        1,
    ),
)
MARROWS = (
    Marrow("m1", "p1", moment(27, time(9, 0)), specimens=(
        Specimen("s1", Assay.MORPHOLOGY, result=Morphology(Decimal("1.5"))),
        Specimen("s2", Assay.FLOW, result=FlowResult(None, True, 812_000)),
        Specimen("s3", Assay.PCR, result=PcrResult("RUNX1::RUNX1T1", Decimal("0.10"))),
    )),
)  # fmt: skip


def board_of(marrows: tuple[Marrow, ...], course: Course, today: date) -> ResponseBoard:
    """What these marrows mean."""
    rows = tuple(
        MarrowRow(
            one, judge_marrow(one, Counts()), Counts(), None, (),
            {pcr.target: pcr_change(pcr, None, None) for pcr in one.pcrs},
        )
        for one in marrows
    )  # fmt: skip
    samples = [
        CourseSample(
            row.day.toordinal(), row.order, row.day, row.response,
            row.verdict.response.study_reason, row.verdict.mrd,
        )
        for row in rows
    ]  # fmt: skip
    study, eln = (follow(samples, None, track, 28) for track in Track)
    return ResponseBoard("p1", today, rows, None, study, eln, (course,), ())


def make_report(
    day: int = 29, *, ended: bool = True, patient: Patient = PATIENT,
    course: Course | None = None, happened: Happened = what_happened, **changes: object,
) -> CycleReport:  # fmt: skip
    """The report as made at 09:00 of a day of the cycle, by default the day after its end."""
    now = moment(day, time(9, 0))
    if course is None:
        two = (CycleStart(1, FIRST), CycleStart(2, FIRST + timedelta(28)))
        course = the_course(**({"cycles": two} if ended else {}))
    lasted = (course.cycle_end(1) - FIRST).days + 1 if ended else day
    columns = list(days(FIRST, FIRST + timedelta(days=max(28, lasted) - 1)))
    doses = reported(course, now, columns[-1], happened)
    to_date = min(day, 28)
    examined = tuple(m for m in MARROWS if m.collected.utc <= now.utc)
    report = CycleReport(
        patient=patient,
        course=course,
        cycle=1,
        days=tuple(ReportDay(on, i + 1, i >= 28) for i, on in enumerate(columns)),
        rows=tuple(
            row
            for component in course.regimen.components
            for row in rows_of(component, doses[component.id], columns)
        ),
        intensities=tuple(
            intensity(
                component,
                (
                    DoseOutcome(d.planned, d.state, d.record)
                    for d in found
                    if d.record is not None or d.planned.due <= now.utc
                ),
                to_date,
                lasted,
            )
            for component, found in doses.items()
        ),
        readings=tuple(r for r in readings() if r.at.utc <= now.utc),
        toxicities=tuple(t for t in TOXICITIES if t.event.onset.day <= now.local.date()),
        marrows=examined,
        board=board_of(examined, course, now.local.date()),
        generated=now,
        generated_by="Wu Min",
        generated_role="physician",
        chain=ChainHead(812, "9f3a61c22b4c77d0" + "0" * 48),
        deviations=departures_of(course, now, (d for found in doses.values() for d in found)),
    )
    return replace(report, **changes)  # type: ignore[arg-type]


def pages_of(document: bytes) -> list[str]:
    """The text layer of a PDF, page by page, with every run of blanks as one."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(document)).pages]


def text_of(document: bytes) -> str:
    """The whole text layer of a PDF."""
    return " ".join(pages_of(document))
