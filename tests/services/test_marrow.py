"""Marrow examinations: drafts, results that come one by one, corrections, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from uuid import uuid4

import pytest

from aml_maint.domain.errors import BadInput, Refused
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
from aml_maint.services.marrow import (
    correct_marrow,
    receive_specimen,
    record_marrow,
    record_specimen,
    withdraw_marrow,
)
from aml_maint.services.people import admit_patient
from aml_maint.services.workplace import Workplace
from aml_maint.store import audit, marrows
from aml_maint.store.replay import verify_chain
from tests.builders import a_marrow, a_patient, moment, set_clock

RESULTS: dict[Assay, Result] = {
    Assay.MORPHOLOGY: Morphology(Decimal("1.50"), AspirateQuality.ADEQUATE, Decimal(40)),
    Assay.FLOW: FlowResult(Decimal("0.010"), False, 612_345, 26, Decimal("0.005"), "10 colours"),
    Assay.PCR: PcrResult("RUNX1::RUNX1T1", Decimal("0.0560"), False, "ABL1", 32_000),
    Assay.NGS: NgsResult(
        (GeneVariant("FLT3", "p.D835Y", Decimal("1.20")), GeneVariant("NPM1")), "54 genes"
    ),
    Assay.FLT3_ITD: Flt3Result(Decimal("0.35")),
}


@pytest.fixture
def patient(place: Workplace) -> str:
    one = a_patient()
    admit_patient(place, one)
    set_clock(place, "2026-03-20T12:00")
    return one.id


def stored(place: Workplace, patient: str) -> Marrow:
    (found,) = marrows.of_patient(place.store, patient)
    return found


def draft(patient: str, *assays: Assay) -> Marrow:
    specimens = tuple(Specimen(str(uuid4()), assay, Tube.EDTA, "Flow lab") for assay in assays)
    at = moment("2026-03-03T09:00")
    return Marrow(str(uuid4()), patient, at, Purpose.REPEAT, specimens, "left iliac crest")


def test_a_marrow_comes_back_as_it_was_recorded(place: Workplace, patient: str) -> None:
    received = moment("2026-03-03T15:00")
    specimens = tuple(
        Specimen(str(uuid4()), assay, Tube.HEPARIN, "Lab", received, moment("2026-03-05T10:00"), r)
        for assay, r in RESULTS.items()
    )
    one = replace(draft(patient), specimens=specimens)
    record_marrow(place, one)
    assert stored(place, patient) == one
    assert marrows.of_patients(place.store, [patient]) == {patient: [one]}
    assert marrows.with_pending(place.store, [patient]) == []


def test_results_come_one_by_one_and_the_rest_stays_out(place: Workplace, patient: str) -> None:
    one = draft(patient, *RESULTS)
    record_marrow(place, one)
    assert [s.assay for s in stored(place, patient).pending] == list(RESULTS)
    for specimen in one.specimens:
        back = replace(specimen, result=RESULTS[specimen.assay])
        record_specimen(place, one.id, back)
    found = stored(place, patient)
    assert found.pending == ()
    assert {s.assay: s.result for s in found.specimens} == RESULTS
    assert found.blasts_percent == Decimal("1.50") and str(found.blasts_percent) == "1.50"


def test_a_specimen_may_be_added_later(place: Workplace, patient: str) -> None:
    one = draft(patient, Assay.MORPHOLOGY)
    record_marrow(place, one)
    record_specimen(place, one.id, Specimen("", Assay.PCR, Tube.EDTA))
    record_specimen(place, one.id, Specimen("", Assay.PCR, Tube.EDTA))
    assert [s.assay for s in stored(place, patient).specimens] == [
        Assay.MORPHOLOGY, Assay.PCR, Assay.PCR,
    ]  # fmt: skip
    with pytest.raises(BadInput):
        record_specimen(place, one.id, Specimen("", Assay.MORPHOLOGY))


def test_a_result_that_stood_is_changed_only_with_a_reason(place: Workplace, patient: str) -> None:
    record_marrow(place, a_marrow(patient, "2026-03-03T09:00", "1.5", "-"))
    one = stored(place, patient)
    flow = one.specimen(Assay.FLOW)
    assert flow is not None
    corrected = replace(flow, result=FlowResult(Decimal("0.02"), events=600_000))
    with pytest.raises(BadInput) as refused:
        record_specimen(place, one.id, corrected, "  ")
    assert refused.value.field == "reason"
    changes = record_specimen(place, one.id, corrected, "laboratory's second report")
    assert stored(place, patient).flow == corrected.result
    event = audit.event(place.store, changes.sequence)
    assert event is not None and event.command.reason == "laboratory's second report"
    (change,) = event.changes
    assert change.before is not None and change.before["not_detected"] == 1


def test_corrected_sequencing_leaves_no_earlier_variant_standing(
    place: Workplace, patient: str
) -> None:
    one = draft(patient, Assay.NGS)
    record_marrow(place, one)
    back = replace(one.specimens[0], result=RESULTS[Assay.NGS])
    record_specimen(place, one.id, back)
    again = replace(back, result=NgsResult((GeneVariant("IDH2", "p.R140Q"),)))
    record_specimen(place, one.id, again, "wrong patient's list")
    assert [v.gene for v in stored(place, patient).variants] == ["IDH2"]
    assert verify_chain(place.store).ok


def test_what_was_not_there_is_refused(place: Workplace, patient: str) -> None:
    with pytest.raises(BadInput):
        record_marrow(place, draft(patient))
    with pytest.raises(BadInput):
        record_marrow(place, a_marrow(patient, "2026-03-21T09:00", "1"))
    one = draft(patient, Assay.FLOW)
    record_marrow(place, one)
    late = replace(one.specimens[0], received=moment("2026-03-20T12:01"))
    for specimen in (late, one.specimens[0], replace(one.specimens[0], assay=Assay.PCR)):
        with pytest.raises(BadInput):
            record_specimen(place, one.id, specimen)
    with pytest.raises(BadInput):
        receive_specimen(place, one.id, Assay.PCR, moment("2026-03-04T09:00"))


def test_receipt_starts_the_laboratorys_clock(place: Workplace, patient: str) -> None:
    one = draft(patient, Assay.FLOW)
    record_marrow(place, one)
    id = uuid4()
    receive_specimen(place, one.id, Assay.FLOW, moment("2026-03-04T09:00"), id)
    again = receive_specimen(place, one.id, Assay.FLOW, moment("2026-03-04T09:00"), id)
    assert again.replayed
    (pending,) = marrows.with_pending(place.store, [patient])
    assert pending.specimens[0].received == moment("2026-03-04T09:00")


def test_when_and_why_it_was_taken_can_be_corrected(place: Workplace, patient: str) -> None:
    one = draft(patient, Assay.FLOW)
    record_marrow(place, one)
    other = replace(one, collected=moment("2026-03-02T09:00"), purpose=Purpose.SCHEDULED)
    with pytest.raises(BadInput):
        correct_marrow(place, other, "")
    with pytest.raises(BadInput):
        correct_marrow(place, one, "nothing in it is other")
    correct_marrow(place, other, "day mistyped")
    assert stored(place, patient) == other


def test_a_marrow_entered_in_error_is_taken_back_and_stays_in_the_trail(
    place: Workplace, patient: str
) -> None:
    one = draft(patient, Assay.FLOW)
    record_marrow(place, one)
    with pytest.raises(BadInput):
        withdraw_marrow(place, one.id, "")
    withdraw_marrow(place, one.id, "another patient's")
    assert marrows.of_patient(place.store, patient) == []
    assert marrows.with_pending(place.store, [patient]) == []
    with pytest.raises(Refused):
        record_specimen(place, one.id, Specimen("", Assay.PCR))
    with pytest.raises(LookupError):
        marrows.marrow(place.store, "nobody's")
    assert verify_chain(place.store).ok


def test_each_act_is_carried_out_once(place: Workplace, patient: str) -> None:
    ids = [uuid4() for _ in range(4)]
    one = draft(patient, Assay.FLOW)
    back = replace(one.specimens[0], result=FlowResult(None, True))
    acts = (
        lambda: record_marrow(place, one, ids[0]),
        lambda: record_specimen(place, one.id, back, "", ids[1]),
        lambda: correct_marrow(place, replace(one, note="x"), "typed wrong", ids[2]),
        lambda: withdraw_marrow(place, one.id, "another patient's", ids[3]),
    )
    first = [act().replayed for act in acts]
    assert (first, [act().replayed for act in acts]) == ([False] * 4, [True] * 4)


SILENT: list[tuple[Assay, Result]] = [
    (Assay.MORPHOLOGY, Morphology(None, AspirateQuality.ADEQUATE)),
    (Assay.FLOW, FlowResult(events=600_000)),
    (Assay.PCR, PcrResult("NPM1", control_gene="ABL1")),
    (Assay.FLT3_ITD, Flt3Result()),
]


@pytest.mark.parametrize(("assay", "result"), SILENT)
def test_a_result_without_an_answer_is_no_result_and_never_negative(
    place: Workplace, patient: str, assay: Assay, result: Result
) -> None:
    marrow = Marrow(
        "", patient, moment("2026-03-03T09:00"), specimens=(Specimen("", assay, result=result),)
    )
    with pytest.raises(BadInput, match="says_nothing"):
        record_marrow(place, marrow)


def test_an_aspirate_that_can_not_be_judged_is_an_answer(place: Workplace, patient: str) -> None:
    result = Morphology(None, AspirateQuality.DRY_TAP)
    smear = Specimen("", Assay.MORPHOLOGY, result=result)
    record_marrow(place, Marrow("", patient, moment("2026-03-03T09:00"), specimens=(smear,)))
    assert marrows.of_patient(place.store, patient)[0].morphology == result
