"""Response of one marrow, and MRD over time (clinical rules, "Marrow, MRD, response")."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aml_maint.domain import mrd_course
from aml_maint.domain.marrow import (
    AspirateQuality,
    Assay,
    FlowResult,
    Marrow,
    Morphology,
    PcrResult,
    Specimen,
    Tube,
)
from aml_maint.domain.messages import say
from aml_maint.domain.mrd import MrdClass, Track, classify, pcr_change, rounded
from aml_maint.domain.mrd_course import CourseSample, EventCode, MrdCourse, MrdState
from aml_maint.domain.response import (
    Counts,
    ElnResponse,
    Flag,
    Response,
    judge,
    judge_marrow,
)
from aml_maint.services.language import catalogue
from tests.builders import moment

WORDS = catalogue("en")
CASES = json.loads(
    (Path(__file__).parents[1] / "data" / "response_rules.json").read_text("utf-8"),
    parse_float=Decimal,
)


def told(message: Any) -> str:
    return WORDS.text(message).replace("\u00a0", " ")


def flow_of(facts: dict[str, Any]) -> FlowResult:
    percent = facts.get("percent")
    return FlowResult(
        None if percent is None else Decimal(percent),
        bool(facts.get("not_detected")),
        facts.get("events"),
        facts.get("age_hours"),
    )


# blasts in percent as printed → the paper's word, ELN's word with full counts
BLASTS = [
    ("0", "CR", "CR"),
    ("4.9", "CR", "CR"),
    ("4.99", "CR", "CR"),
    ("5", "blasts_exactly_5", "not_in_remission"),
    ("5.0", "blasts_exactly_5", "not_in_remission"),
    ("5.00", "blasts_exactly_5", "not_in_remission"),
    ("5.01", "morphological_relapse", "not_in_remission"),
    ("12.5", "morphological_relapse", "not_in_remission"),
    ("100", "morphological_relapse", "not_in_remission"),
]


@pytest.mark.parametrize(("blasts", "study", "eln"), BLASTS)
def test_remission_is_below_five_percent_and_relapse_above(
    blasts: str, study: str, eln: str
) -> None:
    verdict = judge(Morphology(Decimal(blasts)), Counts(Decimal(2), Decimal(150), False))
    assert (verdict.study, verdict.eln) == (Response(study), ElnResponse(eln))


# granulocytes, platelets → ELN's word at 2 % blasts
COUNTS = [
    ("1.0", "100", "CR"),
    ("0.99", "100", "CRh"),
    ("1.0", "99", "CRh"),
    ("0.5", "50", "CRh"),
    ("0.49", "120", "CRi"),
    ("2.0", "49", "CRi"),
    ("0.3", "20", "CRi"),
    (None, "150", "remission_counts_missing"),
    ("2.0", None, "remission_counts_missing"),
]


@pytest.mark.parametrize(("granulocytes", "platelets", "eln"), COUNTS)
def test_blood_counts_tell_cr_from_crh_and_cri(
    granulocytes: str | None, platelets: str | None, eln: str
) -> None:
    counts = Counts(
        None if granulocytes is None else Decimal(granulocytes),
        None if platelets is None else Decimal(platelets),
    )
    verdict = judge(Morphology(Decimal(2)), counts)
    assert (verdict.study, verdict.eln) == (Response.CR, ElnResponse(eln))


@pytest.mark.parametrize("where", ["circulating_blasts", "extramedullary"])
def test_leukaemia_elsewhere_is_no_remission_for_eln(where: str) -> None:
    counts = Counts(Decimal(2), Decimal(150), **{where: True})
    assert judge(Morphology(Decimal(2)), counts).eln is ElnResponse.NOT_IN_REMISSION


@pytest.mark.parametrize("quality", ["few_cells", "no_spicules", "dry_tap", "inadequate"])
def test_an_inadequate_aspirate_is_never_a_remission(quality: str) -> None:
    for blasts in (Decimal(1), Decimal(20), None):
        verdict = judge(Morphology(blasts, AspirateQuality(quality)), Counts())
        assert verdict.study is Response.NOT_EVALUABLE
        assert verdict.eln is ElnResponse.NOT_EVALUABLE


def test_what_is_not_back_is_no_verdict_at_all() -> None:
    for morphology in (None, Morphology(None)):
        verdict = judge(morphology, Counts(Decimal(2), Decimal(150)))
        assert (verdict.study, verdict.eln) == (None, None)
    assert classify(FlowResult(events=600_000)) is None


# percent ("-" not detected), events, hours, limit → study, ELN
FLOW = [
    ("-", 600_000, 24, None, "negative", "negative"),
    ("0", 600_000, 24, None, "negative", "negative"),
    ("-", 500_000, None, None, "negative", "negative"),
    ("-", 499_999, 24, None, "indeterminate", "indeterminate"),
    ("-", 600_000, 72, None, "negative", "negative"),
    ("-", 600_000, 73, None, "indeterminate", "indeterminate"),
    ("-", None, 24, None, "negative_unverified", "negative_unverified"),
    ("-", 600_000, 24, "0.01", "negative", "negative"),
    ("-", 600_000, 24, "0.02", "indeterminate", "negative"),
    ("-", 600_000, 24, "0.2", "indeterminate", "indeterminate"),
    ("0.0099", 600_000, 24, None, "negative_detectable", "detected_below_0.1"),
    ("0.005", 200_000, 24, None, "indeterminate", "detected_below_0.1"),
    ("0.01", 600_000, 24, None, "positive", "detected_below_0.1"),
    ("0.010", None, None, None, "positive", "detected_below_0.1"),
    ("0.0999", 600_000, 24, None, "positive", "detected_below_0.1"),
    ("0.10", 600_000, 24, None, "positive", "positive"),
    ("8.85", 600_000, 24, None, "positive", "positive"),
    ("0.05", 200_000, 24, None, "positive_low_quality", "detected_below_0.1"),
    ("0.5", 600_000, 80, None, "positive_low_quality", "positive"),
]


@pytest.mark.parametrize(("percent", "events", "hours", "limit", "study", "eln"), FLOW)
def test_flow_is_classed_by_cut_off_and_never_negative_when_it_could_not_be_seen(
    percent: str, events: int | None, hours: int | None, limit: str | None, study: str, eln: str
) -> None:
    value = None if percent == "-" else Decimal(percent)
    reach = None if limit is None else Decimal(limit)
    verdict = classify(FlowResult(value, value is None, events, hours, reach))
    assert verdict is not None
    assert (verdict.study, verdict.eln) == (MrdClass(study), MrdClass(eln))
    assert verdict.on(Track.ELN) is verdict.eln
    assert told(verdict.reason) and told(verdict.eln_reason)


def test_a_sample_diluted_with_blood_is_not_negative() -> None:
    verdict = classify(FlowResult(None, True, 600_000), haemodilute=True)
    assert verdict is not None and verdict.study is MrdClass.INDETERMINATE


def marrow(flow: FlowResult | None, blasts: str = "1", **facts: Any) -> Marrow:
    quality = facts.pop("quality", AspirateQuality.ADEQUATE)
    specimens = (
        Specimen("m", Assay.MORPHOLOGY, result=Morphology(Decimal(blasts), quality)),
        Specimen("f", Assay.FLOW, facts.pop("tube", Tube.HEPARIN), result=flow, **facts),
    )
    return Marrow("x", "p", moment("2026-03-02T09:00"), specimens=specimens)


def test_the_time_to_the_laboratory_is_the_least_age_of_the_sample() -> None:
    flow = FlowResult(None, True, 600_000)
    late = judge_marrow(marrow(flow, received=moment("2026-03-05T10:00")), Counts())
    assert late.mrd is not None and late.mrd.study is MrdClass.INDETERMINATE
    in_time = judge_marrow(marrow(flow, received=moment("2026-03-05T09:59")), Counts())
    assert in_time.mrd is not None and in_time.mrd.study is MrdClass.NEGATIVE
    stated = FlowResult(None, True, 600_000, 20)
    told_by_laboratory = judge_marrow(marrow(stated, received=moment("2026-03-05T10:00")), Counts())
    assert told_by_laboratory.mrd is not None
    assert told_by_laboratory.mrd.study is MrdClass.NEGATIVE


def flags_of(one: Marrow) -> list[Flag]:
    return [flagged.flag for flagged in judge_marrow(one, Counts()).flags]


def test_what_must_be_seen_beside_the_verdict_is_flagged() -> None:
    clean = FlowResult(None, True, 600_000, 24)
    assert flags_of(marrow(clean)) == []
    assert flags_of(marrow(clean, tube=Tube.EDTA)) == [Flag.WRONG_TUBE]
    assert flags_of(marrow(clean, tube=Tube.NOT_STATED)) == []
    assert flags_of(marrow(clean, "5.0")) == [Flag.EXACTLY_FIVE]
    assert flags_of(marrow(FlowResult(Decimal("8.85")), "3")) == [Flag.DISCORDANT]
    assert flags_of(marrow(FlowResult(Decimal(5)), "4.9")) == [Flag.DISCORDANT]
    assert flags_of(marrow(FlowResult(Decimal("4.99")), "4.9")) == []
    assert flags_of(marrow(FlowResult(Decimal("8.85")), "9")) == []
    assert flags_of(marrow(clean, quality=AspirateQuality.HAEMODILUTE)) == [Flag.LOW_QUALITY]
    assert flags_of(marrow(clean, quality=AspirateQuality.DRY_TAP)) == [Flag.REPEAT]
    assert flags_of(marrow(None)) == []


def test_a_pcr_from_heparin_is_flagged_too() -> None:
    specimen = Specimen("s", Assay.PCR, Tube.HEPARIN)
    one = Marrow("x", "p", moment("2026-03-02T09:00"), specimens=(specimen,))
    (flagged,) = judge_marrow(one, Counts()).flags
    assert told(flagged.message) == "PCR from a wrong tube (heparin)"


def pcr(ratio: str | None) -> PcrResult:
    return PcrResult("RUNX1::RUNX1T1", None if ratio is None else Decimal(ratio), ratio is None)


# now, last, at diagnosis → log10 since last, since diagnosis, alert
PCR = [
    ("0.01", "0.1", "100", "-1.0", "-4.0", None),
    ("0.1", "0.01", "100", "1.0", "-3.0", "mrd.pcr.risen"),
    ("0.09", "0.01", "100", "1.0", "-3.0", None),  # 0.95 is told as 1.0, but is less
    ("0.1", None, "100", None, "-3.0", "mrd.pcr.reappeared"),
    (None, "0.1", "100", None, None, None),
]


@pytest.mark.parametrize(("now", "last", "first", "since_last", "since_first", "alert"), PCR)
def test_pcr_tells_its_change_and_never_a_class(
    now: str | None, last: str | None, first: str, since_last: str | None,
    since_first: str | None, alert: str | None,
) -> None:  # fmt: skip
    change = pcr_change(pcr(now), pcr(last), pcr(first))
    found = [
        None if logs is None else str(rounded(logs))
        for logs in (change.since_last, change.since_diagnosis)
    ]
    assert found == [since_last, since_first]
    assert (change.alert.key if change.alert else None) == alert


def test_a_first_pcr_has_nothing_to_compare_with() -> None:
    change = pcr_change(pcr("0.056"), None, None)
    assert (change.since_last, change.since_diagnosis, change.alert) == (None, None, None)


# ---- over time


def sample(day: int, blasts: str = "1", flow: str | None = "-", events: int | None = 600_000,
           order: str = "") -> CourseSample:  # fmt: skip
    """One sample of a course; flow "-" is not detected, None is not back."""
    verdict = judge(Morphology(Decimal(blasts)), Counts())
    mrd = None
    if flow is not None:
        percent = None if flow == "-" else Decimal(flow)
        mrd = classify(FlowResult(percent, percent is None, events, 24))
    label = say("response.day", day=day)
    return CourseSample(day, order, label, verdict.study, verdict.study_reason, mrd)


def follow(
    samples: Iterable[CourseSample], baseline: bool | None, track: Track = Track.STUDY
) -> MrdCourse:
    """The course with the program's own 28 days between the negatives of a sustained one."""
    return mrd_course.follow(samples, baseline, track, 28)


def codes(course: MrdCourse) -> list[tuple[int, str]]:
    return [(event.day, event.code.value) for event in course.events]


# name, baseline positive, samples (day, blasts, flow, events) → events, state
COURSES: list[tuple[str, bool | None, list[Any], list[tuple[int, str]], str]] = [
    ("stays negative", False, [(28, "1", "-"), (55, "1", "-")], [], "negative"),
    ("negative twice, 28 days apart", False, [(28, "1", "-"), (56, "1", "-")], [],
     "sustained_negative"),
    ("a first positive waits", False, [(28, "1", "-"), (56, "1", "0.01")],
     [(56, "mrd_conversion_pending")], "relapse_pending"),
    ("a second negative cancels", False, [(28, "1", "0.02"), (50, "1", "-")],
     [(28, "mrd_conversion_pending"), (50, "molecular_relapse_not_confirmed")], "negative"),
    ("an indeterminate one neither confirms nor cancels", False,
     [(28, "1", "0.02"), (50, "1", "-", 100_000)],
     [(28, "mrd_conversion_pending"), (50, "mrd_indeterminate")], "relapse_pending"),
    ("nor does a negative without events", False, [(28, "1", "0.02"), (50, "1", "-", None)],
     [(28, "mrd_conversion_pending"), (50, "mrd_negative_unverified")], "relapse_pending"),
    ("a second positive confirms, however late", False,
     [(28, "1", "0.02"), (200, "1", "0.02")],
     [(28, "mrd_conversion_pending"), (200, "molecular_relapse_confirmed")],
     "molecular_relapse"),
    ("confirmed and risen", False, [(28, "1", "0.02"), (50, "1", "0.2")],
     [(28, "mrd_conversion_pending"), (50, "molecular_relapse_confirmed"),
      (50, "mrd_rise_1_log")], "molecular_relapse"),
    ("morphological relapse ends the waiting", False, [(28, "1", "0.02"), (50, "9", "9")],
     [(28, "mrd_conversion_pending"), (50, "morphological_relapse")], "morphological_relapse"),
    ("a relapse is told once", False, [(50, "9", "9"), (60, "20", None)],
     [(50, "morphological_relapse")], "morphological_relapse"),
    ("positive again after a treated relapse", False,
     [(50, "9", "9"), (90, "1", "0.5"), (120, "1", "-")],
     [(50, "morphological_relapse"), (120, "mrd_converted_negative")], "negative"),
    ("positive since baseline", True, [(28, "1", "0.05"), (56, "1", "0.06")],
     [(28, "mrd_persistent"), (56, "mrd_persistent")], "persistent"),
    ("converted, then sustained", True, [(28, "1", "-"), (56, "1", "-"), (84, "1", "-")],
     [(28, "mrd_converted_negative"), (56, "mrd_sustained_negative")], "sustained_negative"),
    ("converted, not yet sustained at 27 days", True, [(28, "1", "-"), (55, "1", "-")],
     [(28, "mrd_converted_negative")], "negative"),
    ("converted, then positive again", True, [(28, "1", "-"), (56, "1", "0.02")],
     [(28, "mrd_converted_negative"), (56, "mrd_conversion_pending")], "relapse_pending"),
    ("a negative without events does not convert", True, [(28, "1", "-", None)],
     [(28, "mrd_negative_unverified")], "persistent"),
    ("a rise counts from the lowest", True,
     [(28, "1", "0.5"), (56, "1", "0.02"), (84, "1", "0.2"), (112, "1", "0.3")],
     [(28, "mrd_persistent"), (56, "mrd_persistent"), (84, "mrd_rise_1_log"),
      (112, "mrd_persistent")], "persistent"),
    ("unknown baseline, first sample positive", None, [(28, "1", "0.05"), (56, "1", "0.05")],
     [(28, "mrd_positive"), (56, "mrd_persistent")], "persistent"),
    ("unknown baseline, first sample negative", None, [(28, "1", "-"), (56, "1", "0.05")],
     [(56, "mrd_conversion_pending")], "relapse_pending"),
    ("unknown baseline, unverified negative first", None,
     [(28, "1", "-", None), (56, "1", "0.05")], [(56, "mrd_conversion_pending")],
     "relapse_pending"),
    ("nothing back", None, [(28, "1", None)], [], "unknown"),
    ("exactly 5 % with a positive flow", False, [(28, "5", "0.05")],
     [(28, "blasts_exactly_5"), (28, "mrd_conversion_pending")], "relapse_pending"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("baseline", "samples", "events", "state"),
    [case[1:] for case in COURSES],
    ids=[case[0] for case in COURSES],
)
def test_mrd_over_time(
    baseline: bool | None, samples: list[Any], events: list[tuple[int, str]], state: str
) -> None:
    course = follow([sample(*facts) for facts in samples], baseline)
    assert codes(course) == events
    assert course.state is MrdState(state)
    assert (course.pending_since is not None) is (course.state is MrdState.PENDING)


def test_the_repeat_is_due_within_four_weeks() -> None:
    course = follow([sample(30, flow="0.02")], False)
    assert course.repeat_by == 58


def test_a_result_that_arrives_late_changes_a_pending_relapse() -> None:
    first, third = sample(28, flow="0.02"), sample(56, flow="0.03")
    assert follow([first, sample(42, flow=None), third], False).state is MrdState.CONFIRMED
    late = follow([first, third, sample(42, flow="-")], False)
    assert codes(late) == [
        (28, "mrd_conversion_pending"),
        (42, "molecular_relapse_not_confirmed"),
        (56, "mrd_conversion_pending"),
    ]
    assert late.repeat_by == 84


def test_on_elns_track_a_value_below_its_threshold_is_no_relapse() -> None:
    samples = [sample(28, flow="0.05"), sample(56, flow="0.05"), sample(84, flow="0.1")]
    assert codes(follow(samples, False, Track.STUDY))[:2] == [
        (28, "mrd_conversion_pending"), (56, "molecular_relapse_confirmed"),
    ]  # fmt: skip
    assert codes(follow(samples, False, Track.ELN)) == [(84, "mrd_conversion_pending")]


def test_on_elns_track_exactly_five_percent_is_a_relapse() -> None:
    assert codes(follow([sample(28, "5")], False, Track.ELN)) == [(28, "morphological_relapse")]
    poor = [sample(28, "1", "0.05", 100_000)]
    assert codes(follow(poor, True, Track.ELN)) == [(28, "mrd_indeterminate")]


def test_when_a_positive_start_first_turned_negative_is_kept() -> None:
    course = follow([sample(28, flow="0.05"), sample(56), sample(84)], True)
    assert course.converted is not None and course.converted.day == 56


one_sample = st.builds(
    sample,
    st.integers(0, 6).map(lambda month: 28 * month),
    st.sampled_from(["1", "5", "9"]),
    st.sampled_from(["-", "0.005", "0.02", "0.05", "0.5", "5.5", None]),
    st.sampled_from([600_000, 100_000, None]),
    st.uuids(version=4).map(str),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(one_sample, max_size=7), st.sampled_from([True, False, None]), st.randoms())
def test_the_order_of_entry_changes_nothing(
    samples: list[CourseSample], baseline: bool | None, random: Any
) -> None:
    for track in Track:
        one = follow(samples, baseline, track)
        shuffled = list(samples)
        random.shuffle(shuffled)
        assert follow(shuffled, baseline, track) == one


@settings(max_examples=60, deadline=None)
@given(st.lists(one_sample, max_size=6), st.sampled_from([True, False, None]))
def test_a_sample_that_is_not_back_changes_nothing_until_it_is(
    samples: list[CourseSample], baseline: bool | None
) -> None:
    out = sample(70, flow=None)
    assert follow([*samples, out], baseline).events == follow(samples, baseline).events


@settings(max_examples=60, deadline=None)
@given(
    st.lists(one_sample, min_size=1, max_size=6, unique_by=lambda one: (one.day, one.order)),
    st.sampled_from([True, False, None]),
    st.randoms(),
)
def test_results_may_arrive_in_any_order_and_the_course_is_the_same_when_all_are_back(
    samples: list[CourseSample], baseline: bool | None, random: Any
) -> None:
    arriving = list(samples)
    random.shuffle(arriving)
    known = {(one.day, one.order): replace(one, mrd=None, response=None) for one in samples}
    for one in arriving:
        known[one.day, one.order] = one
        course = follow(known.values(), baseline)
        back = {(s.day, s.order) for s in known.values() if s.mrd or s.response}
        assert {(e.sample.day, e.sample.order) for e in course.events} <= back
        assert (course.repeat_by is None) == (course.state is not MrdState.PENDING)
    assert follow(known.values(), baseline) == follow(samples, baseline)


@settings(max_examples=60, deadline=None)
@given(st.lists(one_sample, max_size=7), st.sampled_from([True, False, None]))
def test_a_confirmed_relapse_always_had_an_earlier_pending_one(
    samples: list[CourseSample], baseline: bool | None
) -> None:
    pending = 0
    for event in follow(samples, baseline).events:
        if event.code is EventCode.PENDING:
            pending += 1
        if event.code in {EventCode.CONFIRMED, EventCode.CANCELLED}:
            assert pending == 1
        if event.code in {EventCode.CONFIRMED, EventCode.CANCELLED, EventCode.RELAPSE}:
            pending = 0


# ---- the cases of the shared file


@pytest.mark.parametrize("case", CASES["morphology_tests"], ids=lambda case: case["name"])
def test_morphology_cases(case: dict[str, Any]) -> None:
    adequate = case["input"].get("morphology_adequate")
    quality = AspirateQuality.INADEQUATE if adequate is False else AspirateQuality.ADEQUATE
    blasts = Decimal(str(case["input"]["blasts_percent"]))
    assert judge(Morphology(blasts, quality), Counts()).study == case["expected"]


@pytest.mark.parametrize("case", CASES["fcm_tests"], ids=lambda case: case["name"])
def test_flow_cases(case: dict[str, Any]) -> None:
    verdict = classify(flow_of(case["input"]))
    assert verdict is not None
    assert verdict.study == case["expected_protocol"]
    assert verdict.eln == case["expected_eln"]


@pytest.mark.parametrize("case", CASES["eln_response_tests"])
def test_eln_response_cases(case: dict[str, Any]) -> None:
    facts = case["input"]
    numbers = [
        None if facts.get(name) is None else Decimal(str(facts[name]))
        for name in ("anc", "platelets")
    ]
    counts = Counts(*numbers, facts.get("circulating_blasts"))
    assert judge(Morphology(Decimal(facts["blasts_percent"])), counts).eln == case["expected"]


@pytest.mark.parametrize("case", CASES["course_tests"], ids=lambda case: case["name"])
def test_course_cases(case: dict[str, Any]) -> None:
    samples = []
    for facts in case["samples"]:
        verdict = judge(Morphology(Decimal(facts["blasts_percent"])), Counts())
        label = say("response.day", day=facts["day"])
        mrd = classify(flow_of(facts["fcm"]))
        samples.append(
            CourseSample(facts["day"], "", label, verdict.study, verdict.study_reason, mrd)
        )
    course = follow(samples, case["baseline_mrd_positive"])
    found = [[e.day, e.code.value, told(e.reason)] for e in course.events]
    assert found == case["expected_events"]
