"""What a cycle report tells, fact by fact, so that a later change can be named.

Each fact has a code that says it without words: dates, numbers and code words only. Two reports
tell the same if their codes are equal, in whatever words they are printed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal

from aml_maint.domain.marrow_facts import marrow_facts
from aml_maint.domain.messages import LANGUAGES, Catalogue, Language, Message, Name, say
from aml_maint.domain.quantities import dose_text, lab_text
from aml_maint.domain.response_review import computed_words
from aml_maint.domain.response_words import state_words, study_words
from aml_maint.domain.signed_report import ReportFact
from aml_maint.reports.cycle_report import CycleReport, Reading, ReportedDose

Text = Message | Name | str
Catalogues = Mapping[Language, Catalogue]


def report_facts(report: CycleReport, catalogues: Catalogues) -> tuple[ReportFact, ...]:
    """The facts of a report, in the order in which it tells them."""
    return tuple(
        ReportFact(
            id,
            code,
            {one: _in_words(subject, catalogues[one]) for one in LANGUAGES},
            {one: _in_words(value, catalogues[one]) for one in LANGUAGES},
        )
        for id, code, subject, value in _numbered(_facts(report))
    )


def _in_words(text: Text, catalogue: Catalogue) -> str:
    """Plain strings are data, such as a name, and stand as they are."""
    return text if isinstance(text, str) else catalogue.text(text)


_Fact = tuple[str, str, Text, Text]


def _numbered(facts: Iterable[_Fact]) -> Iterator[_Fact]:
    """Facts of one id, such as two results of one sample, are told apart by their number."""
    seen: Counter[str] = Counter()
    for id, code, subject, value in facts:
        seen[id] += 1
        yield (id if seen[id] == 1 else f"{id} {seen[id]}"), code, subject, value


def _facts(report: CycleReport) -> Iterator[_Fact]:
    yield from _whose(report)
    yield from _cycle(report)
    for row in report.rows:
        for dose in row.doses:
            if dose is not None:
                yield _dose(report, dose, say("signing.fact.dose", **_which(report, dose)))
    for number, dose in enumerate(report.unplanned, 1):
        subject = say("signing.fact.unplanned", number=number, **_which(report, dose))
        yield _dose(report, dose, subject)
    yield from _found(report)
    yield from _decided(report)


def _whose(report: CycleReport) -> Iterator[_Fact]:
    patient = report.patient
    plain = {
        "name": patient.full_name,
        "mrn": patient.mrn,
        "born": patient.born_on,
        "diagnosis": patient.diagnosis,
        "allergies": patient.allergies,
    }
    for name, value in plain.items():
        told = say("signing.fact.as_is", value=value) if value else say("report.not_recorded")
        yield f"patient {name}", str(value or ""), say(f"signing.fact.{name}"), told
    for name, code in (
        ("sex", patient.sex.value),
        ("allergy", patient.allergy_state.value),
        ("flt3", patient.flt3_itd.value),
        ("risk", patient.eln_risk.value),
    ):
        yield f"patient {name}", code, say(f"signing.fact.{name}"), say(f"{name}.{code}")


def _cycle(report: CycleReport) -> Iterator[_Fact]:
    regimen = report.regimen
    version = say("report.regimen", regimen=regimen.name, version=regimen.version)
    yield "regimen", f"{regimen.id} {regimen.version}", say("report.label.regimen"), version
    first, last = report.first_day, report.last_day
    days = say("finding.days", first=first, last=last)
    yield "cycle", f"{first} {last}", say("report.label.cycle"), days
    yield (
        "start", str(report.delay_days), say("signing.fact.delay"),
        say("signing.fact.delay_days", days=report.delay_days),
    )  # fmt: skip


def _which(report: CycleReport, dose: ReportedDose) -> dict[str, object]:
    planned = dose.planned
    return {
        "drug": planned.component.drug.name,
        "day": report.day_number(planned.on),
        "slot": say(f"slot.{planned.id.slot}"),
    }


def _dose(report: CycleReport, dose: ReportedDose, subject: Message) -> _Fact:
    record = dose.record
    state = say(f"state.{dose.state.value}")
    code: list[object] = [dose.state.value, dose.planned.on]
    value: Message = state
    if record is not None and record.given is not None:
        given: datetime = record.given.local
        code += [record.given.utc.isoformat(), record.dose]
        told: dict[str, object] = {"state": state, "at": given}
        value = Message("signing.fact.given", told)
        if record.dose is not None:
            value = Message("signing.fact.given_dose", told | {"dose": dose_text(record.dose)})
    if record is not None:
        code += [record.reason or "", record.note]
    if dose.override is not None:
        code += dose.override
    return f"dose {dose.planned.id}", " ".join(map(str, code)), subject, value


def _found(report: CycleReport) -> Iterator[_Fact]:
    for reading in sorted(report.readings, key=_order_of):
        subject = say(
            "signing.fact.reading", analyte=say(f"analyte.{reading.analyte}"), at=reading.at.local
        )
        exactly = reading.value
        code = f"{exactly.comparator} {exactly.value} {exactly.unit} {reading.grade}"
        value: Message = lab_text(reading.value)
        if reading.grade is not None:
            value = say("signing.fact.graded", value=value, grade=reading.grade)
        yield f"reading {reading.analyte} {reading.at.utc.isoformat()}", code, subject, value
    for toxicity in report.toxicities:
        event = toxicity.event
        onset = event.onset.text()
        grade: Message = (
            say("report.not_evaluated")
            if toxicity.grade is None
            else say("signing.fact.grade", grade=toxicity.grade)
        )
        yield (
            f"toxicity {event.event_id}", f"{event.term} {event.onset} {toxicity.grade}",
            say("signing.fact.toxicity", term=toxicity.term, onset=onset), grade,
        )  # fmt: skip
    for marrow in report.marrows:
        results = " ".join(f"{s.assay.value}={s.result}" for s in marrow.specimens)
        yield (
            f"marrow {marrow.id}", f"{marrow.collected.utc.isoformat()} {results}",
            say("signing.fact.marrow", day=marrow.collected.local.date()),
            say("signing.fact.as_is", value=marrow_facts(marrow)),
        )  # fmt: skip
    yield from _verdicts(report)


def _verdicts(report: CycleReport) -> Iterator[_Fact]:
    board = report.board
    if board is None or not board.rows:
        return
    for row in board.rows:
        if row.marrow in report.marrows:
            review = row.review
            word = f"{review.decision.value} {review.decided_by}" if review else ""
            yield (
                f"verdict {row.marrow.id}",
                f"{computed_words(row.verdict)} {row.response} {row.mrd} {word}",
                say("signing.fact.verdict", day=row.day), study_words(row),
            )  # fmt: skip
    states = f"{board.study.state.value} {board.eln.state.value} {board.repeat_by}"
    yield "mrd state", states, say("signing.fact.mrd_state"), state_words(board)


def _order_of(reading: Reading) -> tuple[str, datetime, Decimal]:
    return reading.analyte, reading.at.utc, reading.value.value


def _decided(report: CycleReport) -> Iterator[_Fact]:
    for hold in report.holds:
        # A hold that ends after the cycle ends is for this report still running.
        last = hold.last_day if hold.last_day and hold.last_day <= report.last_day else None
        told: dict[str, object] = {
            "first": hold.first_day,
            "reason": say(f"hold_reason.{hold.reason.value}"),
            "by": hold.decided_by,
        }
        value = (
            Message("report.hold.running", told)
            if last is None
            else Message("report.hold.ended", told | {"last": last})
        )
        drug = report.course.component(hold.component).drug.name
        yield (
            f"hold {hold.component} {hold.first_day}",
            f"{last} {hold.reason.value} {hold.decided_by}",
            say("signing.fact.hold", drug=drug), value,
        )  # fmt: skip
    for order in report.dose_changes:
        drug = report.course.component(order.component).drug.name
        yield (
            f"order {order.component} {order.from_day}", str(order.dose),
            say("signing.fact.order", drug=drug),
            say("report.dose_from", dose=dose_text(order.dose), day=order.from_day),
        )  # fmt: skip
