"""What the MRD board shows: axis, marks, lines, lanes, and what is said of each marrow."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest

from aml_maint.domain.course import Course, CycleStart, EndReason
from aml_maint.domain.follow_up import DiseaseEvent, EventKind
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
from aml_maint.domain.marrow_facts import marrow_facts, result_details
from aml_maint.domain.mrd import MrdClass, pcr_change
from aml_maint.domain.mrd_scene import Panel, Shape, scene_of
from aml_maint.domain.response import Response
from aml_maint.domain.response_board import MarrowRow, ResponseBoard
from aml_maint.domain.response_review import Decision, ResponseReview
from aml_maint.domain.response_words import board_notes, pcr_words, review_text, row_words
from aml_maint.services.language import catalogue
from aml_maint.services.library import regimen
from tests.builders import DAY_1, ZONE, a_marrow, moment
from tests.reports.sample_cycle import board_of

CYCLES = (CycleStart(1, DAY_1), CycleStart(2, date(2026, 3, 30)))
COURSE = Course("c", "p", regimen("sorafenib_iti"), ZONE, CYCLES)
TODAY = date(2026, 4, 10)
ASSAYS: dict[type[Result], Assay] = {
    Morphology: Assay.MORPHOLOGY, FlowResult: Assay.FLOW, PcrResult: Assay.PCR,
    NgsResult: Assay.NGS, Flt3Result: Assay.FLT3_ITD,
}  # fmt: skip


def marrow(day: str, *results: Result) -> Marrow:
    specimens = tuple(
        Specimen(str(number), ASSAYS[type(result)], result=result)
        for number, result in enumerate(results)
    )
    return Marrow(str(uuid4()), "p", moment(f"{day}T09:00"), specimens=specimens)


def board(*marrows: Marrow, course: Course = COURSE) -> ResponseBoard:
    return board_of(marrows, course, TODAY)


def main(found: ResponseBoard) -> Panel:
    return scene_of(found).panels[0]


def said(message: object) -> str:
    return catalogue("en").text(message).replace("\N{NO-BREAK SPACE}", " ")  # type: ignore[arg-type]


# flow → shape, value on the axis, marked for a second look
MARKS = [
    (FlowResult(Decimal("0.010"), events=600_000), Shape.POSITIVE, Decimal("0.010"), False),
    (FlowResult(Decimal("0.009"), events=600_000), Shape.BELOW, Decimal("0.009"), False),
    (FlowResult(Decimal("0.5"), events=100_000), Shape.POSITIVE, Decimal("0.5"), True),
    (FlowResult(Decimal("8.85"), events=600_000), Shape.POSITIVE, Decimal("8.85"), True),
    (FlowResult(None, True, 600_000, 24, Decimal("0.002")), Shape.NOT_DETECTED,
     Decimal("0.002"), False),
    (FlowResult(None, True, 600_000), Shape.NOT_DETECTED, None, False),
    (FlowResult(None, True, 100_000), Shape.INDETERMINATE, None, False),
    (FlowResult(Decimal("0.005"), events=100_000), Shape.INDETERMINATE, Decimal("0.005"), False),
    (None, Shape.PENDING, None, False),
]  # fmt: skip


@pytest.mark.parametrize(("flow", "shape", "value", "flagged"), MARKS)
def test_each_result_has_its_shape_and_stands_at_its_value_or_its_limit_of_detection(
    flow: FlowResult | None, shape: Shape, value: Decimal | None, flagged: bool
) -> None:
    specimens = (
        Specimen("1", Assay.MORPHOLOGY, result=Morphology(Decimal("1.5"))),
        Specimen("2", Assay.FLOW, result=flow),
    )
    one = Marrow("m", "p", moment("2026-03-03T09:00"), specimens=specimens)
    (mark,) = main(board(one)).series[0].marks
    assert (mark.shape, mark.value, mark.flagged) == (shape, value, flagged)


def test_a_wrong_tube_is_marked() -> None:
    one = a_marrow("p", "2026-03-03T09:00", "1", "-")
    wrong = replace(one, specimens=tuple(replace(s, tube=Tube.EDTA) for s in one.specimens))
    assert main(board(wrong)).series[0].marks[0].flagged


@pytest.mark.parametrize(
    ("value", "share"),
    [("0.001", 0.0), ("0.01", 1 / 3), ("0.1", 2 / 3), ("1", 1.0), ("0.0001", 0.0), (None, 0.0)],
)
def test_the_axis_is_logarithmic_and_holds_both_thresholds(value: str | None, share: float) -> None:
    panel = main(board(a_marrow("p", "2026-03-03T09:00", "1", "0.02")))
    assert panel.share(None if value is None else Decimal(value)) == pytest.approx(share)
    assert [line.value for line in panel.thresholds] == [Decimal("0.01"), Decimal("0.1")]


def test_the_axis_grows_with_what_was_measured() -> None:
    panel = main(board(a_marrow("p", "2026-03-03T09:00", "40", "31"),
                       a_marrow("p", "2026-03-04T09:00", "1", "0.0004")))  # fmt: skip
    assert (panel.low, panel.high) == (-4, 2)


def test_lines_join_detected_values_only_and_nothing_is_smoothed() -> None:
    flows = ("0.5", "0.05", "-", "0.02", None, "0.03", "0.004")
    months = board(*(a_marrow("p", f"2026-03-{day:02}T09:00", "1", flow)
                     for day, flow in enumerate(flows, 1)))  # fmt: skip
    (series,) = main(months).series
    # What is still out breaks no line: it may turn out to lie on it.
    assert [[mark.place for mark in run] for run in series.runs] == [[0, 1], [3, 5, 6]]


def test_each_pcr_target_has_an_axis_of_its_own_and_a_rise_is_marked() -> None:
    first, second = PcrResult("NPM1", Decimal("0.01")), PcrResult("NPM1", Decimal("0.2"))
    other = PcrResult("RUNX1::RUNX1T1", None, True)
    found = board(marrow("2026-03-03", first, other), marrow("2026-04-01", second))
    rows = (found.rows[0], replace(found.rows[1], pcr={"NPM1": pcr_change(second, first, first)}))
    panels = scene_of(replace(found, rows=rows)).panels
    assert [said(panel.name).split()[0] for panel in panels] == ["NPM1", "RUNX1::RUNX1T1"]
    assert [mark.flagged for mark in panels[0].series[0].marks] == [False, True]
    assert panels[1].series[0].marks[0].shape is Shape.NOT_DETECTED
    assert (panels[1].low, panels[1].high) == (-3, 0)
    assert not any(panel.thresholds or panel.is_main for panel in panels), "PCR sets no class"
    assert [said(one) for one in pcr_words(rows[1])] == [
        "NPM1: +1.3 log10 since the last sample", "NPM1: +1.3 log10 since diagnosis",
        said(rows[1].pcr["NPM1"].alert),
    ]  # fmt: skip


def test_each_gene_is_a_series_of_its_own_with_its_allele_frequency() -> None:
    first = NgsResult((
        GeneVariant("NPM1", "c.860", Decimal("32")), GeneVariant("npm1", "c.863", Decimal("41")),
        GeneVariant("KIT"),
    ))  # fmt: skip
    later = NgsResult(
        (GeneVariant("NPM1", "", Decimal("0.5")), GeneVariant("TP53", "", Decimal(3)))
    )
    found = board(
        marrow("2026-03-03", first), marrow("2026-03-20", NgsResult()), marrow("2026-04-03", later)
    )
    (panel,) = scene_of(found).panels
    shown = {said(one.name): [(m.shape, m.value) for m in one.marks] for one in panel.series}
    out = (Shape.NOT_DETECTED, None)
    assert shown == {
        "NPM1": [(Shape.BELOW, Decimal(41)), out, (Shape.BELOW, Decimal("0.5"))],
        "TP53": [out, out, (Shape.BELOW, Decimal(3))],
    }
    assert (panel.low, panel.high, panel.is_main) == (-1, 2, False)
    assert all(one.runs == () for one in panel.series)


def test_the_ratio_of_flt3_itd_has_an_axis_of_its_own() -> None:
    found = board(
        marrow("2026-03-03", Flt3Result(Decimal("0.35"))),
        marrow("2026-04-03", Flt3Result(None, True)),
    )
    (panel,) = scene_of(found).panels
    assert [mark.shape for mark in panel.series[0].marks] == [Shape.BELOW, Shape.NOT_DETECTED]
    assert said(panel.name) == "FLT3-ITD, mutant to wild type"


def test_what_sequencing_never_found_with_a_frequency_has_no_axis() -> None:
    assert scene_of(board(marrow("2026-03-03", NgsResult((GeneVariant("KIT"),))))).panels == ()


def test_cycles_end_where_the_next_begins_and_events_stand_on_their_days() -> None:
    one = a_marrow("p", "2026-02-20T09:00", "1.50", "-")
    event = DiseaseEvent("e", "p", EventKind.SECOND_THERAPY, date(2026, 5, 1))
    scene = scene_of(replace(board(one), events=(event,)))
    assert [(c.number, c.first, c.last) for c in scene.cycles] == [
        (1, DAY_1, date(2026, 3, 29)), (2, date(2026, 3, 30), TODAY),
    ]  # fmt: skip
    assert [(sign.day, sign.kind) for sign in scene.signs] == [(event.on, event.kind)]
    assert (scene.first, scene.last) == (date(2026, 2, 10), date(2026, 5, 11))
    assert scene.blasts[0].text == "1.50", "as printed"
    assert scene.share(scene.first) == 0 and scene.share(scene.last) == 1
    ended = replace(COURSE, ended_on=date(2026, 4, 2), end_reason=EndReason.WISH)
    assert scene_of(board(one, course=ended)).cycles[-1].last == date(2026, 4, 2)


def test_without_a_marrow_the_board_is_empty() -> None:
    scene = scene_of(board())
    assert scene.is_empty and scene.panels == () and len(scene.cycles) == 2


# -- in words ------------------------------------------------------------------------------------

FACTS: list[tuple[Result, list[str], list[str]]] = [
    (Morphology(Decimal("1.50"), AspirateQuality.HAEMODILUTE, Decimal(40)),
     ["blasts 1.50 %", "diluted with blood", "cellularity 40 %"], []),
    (FlowResult(Decimal("0.10"), False, 612_345, 26, Decimal("0.005"), "10 colours"),
     ["flow MRD 0.10 %", "612,345 events"],
     ["limit of detection 0.005 %", "26 hours old", "panel: 10 colours"]),
    (FlowResult(None, True), ["flow MRD not detected"], []),
    (PcrResult("NPM1", Decimal("0.0560"), False, "ABL1", 32_000), ["NPM1 by PCR 0.0560 %"],
     ["control gene ABL1", "32 000 copies of the control gene"]),
    (PcrResult("NPM1", None, True), ["NPM1 by PCR not detected"], []),
    (NgsResult((GeneVariant("FLT3", "p.D835Y", Decimal("1.20")), GeneVariant("NPM1")), "54 genes"),
     ["FLT3 p.D835Y 1.20 %", "NPM1"], ["panel: 54 genes"]),
    (NgsResult(), ["no variant found by sequencing"], []),
    (Flt3Result(Decimal("0.35")), ["FLT3-ITD ratio 0.35"], []),
    (Flt3Result(None, True), ["FLT3-ITD not detected"], []),
]  # fmt: skip


@pytest.mark.parametrize(("result", "facts", "details"), FACTS)
def test_a_result_is_told_as_it_was_printed_with_how_it_was_got(
    result: Result, facts: list[str], details: list[str]
) -> None:
    assert [said(one) for one in marrow_facts(marrow("2026-03-03", result))] == facts
    assert [said(one) for one in result_details(result)] == details


def test_a_marrow_is_told_in_a_sentence_with_what_is_still_out() -> None:
    (row,) = board(a_marrow("p", "2026-03-03T09:00", "1.5", None, purpose=Purpose.REPEAT)).rows
    assert said(row_words(row)) == (
        "03-Mar-2026 09:00 (repeat sample): blasts 1.5 %, still out: flow cytometry. Study: "
        "remission by marrow (CR), no MRD result. ELN: remission, blood counts missing, no MRD "
        "result"
    )


def review(decision: Decision, reason: str) -> ResponseReview:
    return ResponseReview(
        "r", "p", "m", "CR", decision, Response.CR, MrdClass.NEGATIVE, reason, "Wu Min",
        moment("2026-03-05T10:00"),
    )  # fmt: skip


WORDS = [
    (None, False, "Not yet reviewed by a physician"),
    (review(Decision.CONFIRMED, ""), False, "Confirmed by Wu Min, 05-Mar-2026 10:00"),
    (review(Decision.CONFIRMED, "seen"), False, "Confirmed by Wu Min, 05-Mar-2026 10:00: seen"),
    (review(Decision.OVERRULED, "mixed up"), True,
     "Overruled by Wu Min, 05-Mar-2026 10:00: mixed up – results have changed since"),
]  # fmt: skip


@pytest.mark.parametrize(("word", "stale", "told"), WORDS)
def test_a_physicians_word_names_who_and_when(
    word: ResponseReview | None, stale: bool, told: str
) -> None:
    assert said(review_text(word, stale=stale)) == told


def test_an_exported_board_carries_its_rules_state_number_and_day() -> None:
    one = a_marrow("p", "2026-03-03T09:00", "1", "0.05")
    notes = [said(note) for note in board_notes(board(one, one))]
    assert "0.01 % or more by flow is positive (Cheng 2025)" in notes[0]
    assert notes[2] == "2 marrows, as of 10-Apr-2026"
    assert said(board_notes(board(one))[2]) == "1 marrow, as of 10-Apr-2026"


def test_the_class_in_force_is_the_physicians() -> None:
    (row,) = board(a_marrow("p", "2026-03-03T09:00", "1", "0.05")).rows
    assert isinstance(row, MarrowRow)
    overruled = replace(row, review=review(Decision.OVERRULED, "mixed up"))
    found = replace(board(), rows=(overruled,))
    assert main(found).series[0].marks[0].shape is Shape.BELOW
