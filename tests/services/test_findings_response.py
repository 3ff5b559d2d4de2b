"""Findings about marrows and genetics in a real ward file, as results come and people record."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from aml_maint.domain.disease import Diagnosis, NoTransplant
from aml_maint.domain.findings import Finding, FindingKind, Severity
from aml_maint.domain.follow_up import DeathCause, DiseaseEvent, EventKind
from aml_maint.domain.marrow import Assay, FlowResult, GeneVariant, NgsResult, Purpose, Specimen
from aml_maint.domain.mrd import MrdClass
from aml_maint.domain.response import Response
from aml_maint.domain.response_review import Decision
from aml_maint.services.disease import record_diagnosis
from aml_maint.services.findings import dismiss_finding, patient_findings
from aml_maint.services.follow_up import follow_up, record_disease_event, withdraw_disease_event
from aml_maint.services.language import catalogue
from aml_maint.services.marrow import record_marrow, record_specimen
from aml_maint.services.response_board import review_response
from aml_maint.services.workplace import Workplace
from aml_maint.store import marrows
from tests.builders import PHYSICIAN, a_marrow, on_course, set_clock

Kind = FindingKind
ABOUT_RESPONSE = {
    Kind.RELAPSE, Kind.RELAPSE_QUESTIONED, Kind.MRD_REPEAT, Kind.MRD_RISE, Kind.MARROW_REPEAT,
    Kind.TRANSPLANT_REVIEW, Kind.ADVERSE_GENETICS,
}  # fmt: skip


@pytest.fixture
def patient(place: Workplace) -> str:
    """On a course since 2 March 2026 with a negative marrow before it; it is 1 June."""
    one, _ = on_course(place)
    set_clock(place, "2026-06-01T12:00")
    add(place, one.id, "2026-02-27", "1", "-")
    return one.id


def add(place: Workplace, patient: str, day: str, blasts: str | None, flow: str | None,
        **facts: Any) -> str:  # fmt: skip
    """A marrow of a day; its id."""
    one = replace(a_marrow(patient, f"{day}T09:00", blasts, flow, **facts), id=str(uuid4()))
    record_marrow(place, one)
    return one.id


def told(place: Workplace, patient: str) -> dict[FindingKind, Finding]:
    return {
        finding.kind: finding
        for finding in patient_findings(place, patient).open
        if finding.kind in ABOUT_RESPONSE
    }


def happened(place: Workplace, patient: str, kind: EventKind, day: str) -> None:
    cause = DeathCause.UNKNOWN if kind is EventKind.DEATH else None
    event = DiseaseEvent("", patient, kind, date.fromisoformat(day), cause)
    record_disease_event(place.acting_as(PHYSICIAN), event)


def test_a_relapse_is_told_until_the_follow_up_tells_of_it_and_then_asks_about_transplant(
    place: Workplace, patient: str
) -> None:
    add(place, patient, "2026-04-01", "1", "0.02")
    assert list(told(place, patient)) == [Kind.MRD_REPEAT]
    add(place, patient, "2026-04-22", "1", "0.05")
    found = told(place, patient)
    assert list(found) == [Kind.RELAPSE, Kind.TRANSPLANT_REVIEW]
    assert found[Kind.RELAPSE].day == date(2026, 4, 22)
    # The study counts from the first positive; that is the day people write down.
    happened(place, patient, EventKind.MOLECULAR_RELAPSE, "2026-04-01")
    assert list(told(place, patient)) == [Kind.TRANSPLANT_REVIEW]
    happened(place, patient, EventKind.TRANSPLANT, "2026-05-20")
    assert told(place, patient) == {}


def test_a_molecular_relapse_on_record_says_nothing_of_a_later_one_by_morphology(
    place: Workplace, patient: str
) -> None:
    happened(place, patient, EventKind.MOLECULAR_RELAPSE, "2026-04-01")
    assert list(told(place, patient)) == [Kind.TRANSPLANT_REVIEW]
    add(place, patient, "2026-05-20", "22", "9.1")
    assert list(told(place, patient)) == [Kind.RELAPSE, Kind.TRANSPLANT_REVIEW]
    happened(place, patient, EventKind.MORPHOLOGICAL_RELAPSE, "2026-05-20")
    assert list(told(place, patient)) == [Kind.TRANSPLANT_REVIEW]


def test_after_a_death_nothing_is_asked_of_the_marrow(place: Workplace, patient: str) -> None:
    add(place, patient, "2026-05-20", "22", "9.1")
    happened(place, patient, EventKind.DEATH, "2026-05-30")
    assert told(place, patient) == {}


def test_a_result_that_comes_late_and_out_of_order_takes_the_relapse_back(
    place: Workplace, patient: str
) -> None:
    add(place, patient, "2026-04-01", "1", "0.02")
    between = add(place, patient, "2026-04-20", "1", None)
    add(place, patient, "2026-05-11", "1", "0.03")
    assert Kind.RELAPSE in told(place, patient)
    flow = marrows.marrow(place.store, between).specimen(Assay.FLOW)
    assert flow is not None
    record_specimen(place, between, replace(flow, result=FlowResult(None, True, 700_000)))
    found = told(place, patient)
    assert list(found) == [Kind.MRD_REPEAT]
    assert (found[Kind.MRD_REPEAT].day, found[Kind.MRD_REPEAT].severity) == (
        date(2026, 6, 8), Severity.ATTENTION,
    )  # fmt: skip


def test_a_relapse_on_record_is_questioned_when_its_second_sample_comes_back_negative(
    place: Workplace, patient: str
) -> None:
    add(place, patient, "2026-04-01", "1", "0.02")
    happened(place, patient, EventKind.MOLECULAR_RELAPSE, "2026-04-01")
    between = add(place, patient, "2026-04-20", "1", None)
    assert Kind.RELAPSE_QUESTIONED not in told(place, patient)
    flow = marrows.marrow(place.store, between).specimen(Assay.FLOW)
    assert flow is not None
    record_specimen(place, between, replace(flow, result=FlowResult(None, True, 700_000)))
    finding = told(place, patient)[Kind.RELAPSE_QUESTIONED]
    words = catalogue("en").text(finding.why)
    assert "on 01-Apr-2026" in words and "of 20-Apr-2026, was negative" in words
    (event,) = follow_up(place, patient).events
    withdraw_disease_event(place.acting_as(PHYSICIAN), event.id, "not confirmed")
    assert told(place, patient) == {}


def test_a_pending_relapse_is_not_forgotten_behind_samples_that_settle_nothing(
    place: Workplace, patient: str
) -> None:
    add(place, patient, "2026-04-01", "1", "0.02")
    for day in ("2026-04-20", "2026-05-04", "2026-05-11", "2026-05-18"):
        add(place, patient, day, "1", "-", events=None)
    assert list(told(place, patient)) == [Kind.MRD_REPEAT]
    add(place, patient, "2026-05-25", "1", "-")
    assert told(place, patient) == {}


@pytest.mark.parametrize(("blasts", "flow", "events"), [("5.0", "-", 600_000), ("1", "-", 499_999)])
def test_a_marrow_without_a_clear_answer_asks_for_another(
    place: Workplace, patient: str, blasts: str, flow: str, events: int
) -> None:
    add(place, patient, "2026-05-20", blasts, flow, events=events)
    assert list(told(place, patient)) == [Kind.MARROW_REPEAT]
    add(place, patient, "2026-05-27", "1", "-")
    assert told(place, patient) == {}


def test_a_physicians_word_stands_in_the_place_of_the_computed_one(
    place: Workplace, patient: str
) -> None:
    office = place.acting_as(PHYSICIAN)
    unclear = add(place, patient, "2026-05-20", "5", "-")
    review_response(
        office, unclear, Decision.OVERRULED, Response.CR, MrdClass.NEGATIVE, "second count 3 %"
    )
    assert told(place, patient) == {}
    clear = add(place, patient, "2026-05-27", "1", "-")
    review_response(
        office, clear, Decision.OVERRULED, Response.RELAPSE, MrdClass.NEGATIVE, "blasts in blood"
    )
    assert Kind.RELAPSE in told(place, patient)


def test_a_tenfold_rise_is_told_while_it_is_the_last_word_of_mrd(
    place: Workplace, patient: str
) -> None:
    add(place, patient, "2026-02-28", "1", "0.03", purpose=Purpose.BASELINE)
    add(place, patient, "2026-04-01", "1", "0.02")
    assert told(place, patient) == {}
    add(place, patient, "2026-05-01", "1", "0.2")
    assert list(told(place, patient)) == [Kind.MRD_RISE]
    add(place, patient, "2026-05-20", "1", "0.15")
    assert told(place, patient) == {}


def test_adverse_genetics_are_told_until_somebody_sets_them_aside(
    place: Workplace, patient: str
) -> None:
    office = place.acting_as(PHYSICIAN)
    diagnosis = Diagnosis(
        patient, cytogenetics=(), mutations=(GeneVariant("RUNX1"),),
        no_transplant=NoTransplant.WISH,
    )  # fmt: skip
    record_diagnosis(office, diagnosis)
    (finding,) = told(place, patient).values()
    assert (finding.kind, finding.key) == (Kind.ADVERSE_GENETICS, "adverse_genetics/diagnosis")
    dismiss_finding(office, patient, finding.key, "discussed in the tumour board of 1 June")
    assert told(place, patient) == {}
    open_ = replace(diagnosis, no_transplant=NoTransplant.NOT_RECORDED)
    record_diagnosis(office, open_, "a donor was found")
    assert list(told(place, patient)) == [Kind.TRANSPLANT_REVIEW]


def test_a_gene_that_sequencing_finds_later_is_told(place: Workplace, patient: str) -> None:
    office = place.acting_as(PHYSICIAN)
    record_diagnosis(office, Diagnosis(patient, cytogenetics=(), mutations=()))
    marrow = add(place, patient, "2026-05-20", "1", "-")
    result = NgsResult((GeneVariant("TP53", "p.R175H", Decimal("12.0")),))
    record_specimen(place, marrow, Specimen("", Assay.NGS, result=result))
    (finding,) = told(place, patient).values()
    assert (finding.key, finding.severity) == ("adverse_genetics/marrow", Severity.ATTENTION)
