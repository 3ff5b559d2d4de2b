"""What counts as the event, and from when: each definition of survival (rules, "Outcomes")."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from aml_maint.domain.cohort import read_row
from aml_maint.domain.cohort_member import Member, completeness, reported_member
from aml_maint.domain.cohort_tables import Grouping, Range, group_of, grouped, table_1
from aml_maint.domain.endpoints import Counting, Endpoint, Fate, observe
from aml_maint.domain.exact_interval import Share
from aml_maint.domain.follow_up import DeathCause, DiseaseEvent, EventKind
from aml_maint.domain.messages import Message
from aml_maint.domain.outcome import Observation
from aml_maint.domain.outcome_estimate import estimate
from aml_maint.domain.study_checks import Checked, StudyProblem, check_study, study_from_data
from aml_maint.services.language import catalogue
from aml_maint.services.library import studies

FILE = Path(__file__).parents[1] / "data" / "cohort19.csv"


def cohort() -> list[Member]:
    """The 19 patients of the paper."""
    rows = csv.DictReader(FILE.read_text("utf-8").splitlines())
    read = [patient for patient, _ in (read_row(row, 2) for row in rows) if patient is not None]
    return [reported_member(str(p.number), "Cheng2025", p) for p in read]


NINETEEN = cohort()

# definition, months → Kaplan-Meier in percent, n, events, median (clinical.md, section 5)
FIGURES = [
    (Endpoint.OS, 12, "100.0", 19, 3, None),
    (Endpoint.OS, 24, "94.4", 19, 3, None),
    (Endpoint.OS, 60, "81.0", 19, 3, None),
    (Endpoint.RFS_ANY, 12, "88.0", 19, 6, None),
    (Endpoint.RFS_ANY, 24, "66.0", 19, 6, None),
    (Endpoint.RFS_OR_DEATH, 12, "83.1", 19, 7, None),
    (Endpoint.RFS_OR_DEATH, 24, "62.3", 19, 7, None),
    (Endpoint.RFS_MORPHOLOGICAL, 12, "94.7", 19, 3, None),
    (Endpoint.RFS_MORPHOLOGICAL, 24, "86.1", 19, 3, None),
    (Endpoint.RFS_BASELINE_EVENT, 12, "72.4", 19, 8, 31),
    (Endpoint.RFS_BASELINE_EVENT, 24, "57.9", 19, 8, 31),
    (Endpoint.RFS_CONVERSION, 12, "91.7", 15, 4, None),
]


@pytest.mark.parametrize(("endpoint", "months", "survival", "n", "events", "median"), FIGURES)
def test_the_19_patients_by_every_definition(
    endpoint: Endpoint, months: int, survival: str, n: int, events: int, median: int | None
) -> None:
    outcome = estimate(NINETEEN, endpoint)
    curve = outcome.groups[""].curve
    at = curve.at(months).survival
    assert at is not None and f"{100 * at:.1f}" == survival
    assert (outcome.n, outcome.events, curve.median.time) == (n, events, median)
    assert len(outcome.left_out) == 19 - n


def test_follow_up_is_told_by_plain_median_and_reverse_kaplan_meier() -> None:
    group = estimate(NINETEEN, Endpoint.OS).groups[""]
    assert group.plain_follow_up == (50, 13, 133)
    assert group.reverse_follow_up.time == 54


def test_every_figure_says_its_definition_and_that_nineteen_are_few() -> None:
    words = catalogue("en")
    for endpoint in Endpoint:
        notes = [words.text(note) for note in estimate(NINETEEN, endpoint).notes]
        assert notes[0].startswith("From ") and "Fewer than 30" in notes[-1]
    counting = Counting(date(2020, 1, 1), True)
    notes = [words.text(note) for note in estimate(NINETEEN, Endpoint.RFS_ANY, counting).notes]
    assert any("19\u00a0patients are known in months only" in note for note in notes)
    assert any("Censored at transplant" in note for note in notes)


# ---- from dates


def event(kind: EventKind, day: str) -> DiseaseEvent:
    cause = DeathCause.UNKNOWN if kind is EventKind.DEATH else None
    return DiseaseEvent("", "p", kind, date.fromisoformat(day), cause)


MOLECULAR = event(EventKind.MOLECULAR_RELAPSE, "2025-03-01")
MORPHOLOGICAL = event(EventKind.MORPHOLOGICAL_RELAPSE, "2025-05-01")
TRANSPLANT = event(EventKind.TRANSPLANT, "2025-04-01")
DEATH = event(EventKind.DEATH, "2025-06-01")
EARLIER = event(EventKind.MORPHOLOGICAL_RELAPSE, "2024-10-01")
START, DIAGNOSIS, LAST = date(2025, 1, 1), date(2024, 7, 1), date(2025, 6, 1)
PLAIN, CENSORED = Counting(), Counting(censor_at_transplant=True)
MARCH = Counting(cut_off=date(2025, 3, 31))

# events, baseline, converted, definition, counting → end, event
DATED: list[tuple[Any, ...]] = [
    ((), False, None, Endpoint.OS, PLAIN, "2025-06-01", False),
    ((DEATH,), False, None, Endpoint.OS, PLAIN, "2025-06-01", True),
    ((DEATH,), False, None, Endpoint.OS, MARCH, "2025-03-31", False),
    ((TRANSPLANT, DEATH), False, None, Endpoint.OS, CENSORED, "2025-06-01", True),
    ((MOLECULAR, MORPHOLOGICAL), False, None, Endpoint.RFS_ANY, PLAIN, "2025-03-01", True),
    ((MOLECULAR, MORPHOLOGICAL), False, None, Endpoint.RFS_MORPHOLOGICAL, PLAIN, "2025-05-01",
     True),
    ((MOLECULAR,), False, None, Endpoint.RFS_MORPHOLOGICAL, PLAIN, "2025-06-01", False),
    ((DEATH,), False, None, Endpoint.RFS_ANY, PLAIN, "2025-06-01", False),
    ((DEATH,), False, None, Endpoint.RFS_OR_DEATH, PLAIN, "2025-06-01", True),
    ((TRANSPLANT, MORPHOLOGICAL), False, None, Endpoint.RFS_ANY, PLAIN, "2025-05-01", True),
    ((TRANSPLANT, MORPHOLOGICAL), False, None, Endpoint.RFS_ANY, CENSORED, "2025-04-01", False),
    ((MOLECULAR, TRANSPLANT), False, None, Endpoint.RFS_ANY, CENSORED, "2025-03-01", True),
    ((MORPHOLOGICAL,), False, None, Endpoint.RFS_ANY, MARCH, "2025-03-31", False),
    ((EARLIER,), False, None, Endpoint.RFS_ANY, PLAIN, "2025-06-01", False),
    ((MOLECULAR,), False, None, Endpoint.RFS_BASELINE_EVENT, PLAIN, "2025-03-01", True),
    ((MOLECULAR,), True, None, Endpoint.RFS_BASELINE_EVENT, PLAIN, "2025-01-01", True),
]  # fmt: skip


def fate(events: Any = (), baseline: bool | None = False, converted: date | None = None) -> Fate:
    return Fate(DIAGNOSIS, START, LAST, tuple(events), baseline, converted)


@pytest.mark.parametrize(
    ("events", "baseline", "converted", "endpoint", "counting", "end", "happened"), DATED
)
def test_from_dates_the_earliest_of_event_transplant_last_day_and_cut_off_counts(
    events: Any, baseline: bool, converted: date | None, endpoint: Endpoint, counting: Counting,
    end: str, happened: bool,
) -> None:  # fmt: skip
    found = observe(fate(events, baseline, converted), endpoint, counting)
    assert isinstance(found, Observation)
    start = DIAGNOSIS if endpoint is Endpoint.OS else START
    days = (date.fromisoformat(end) - start).days
    assert (found.months, found.event) == (Decimal(days) / Decimal("30.4375"), happened)


def test_from_conversion_the_clock_starts_with_the_first_negative() -> None:
    converted = date(2025, 2, 1)
    found = observe(fate((MOLECULAR,), True, converted), Endpoint.RFS_CONVERSION, PLAIN)
    assert isinstance(found, Observation)
    assert (found.months, found.event) == (Decimal(28) / Decimal("30.4375"), True)
    negative = observe(fate((MOLECULAR,), False), Endpoint.RFS_CONVERSION, PLAIN)
    assert negative == observe(fate((MOLECULAR,), False), Endpoint.RFS_ANY, PLAIN)


# fate, definition, counting → why there is no observation
WITHOUT = [
    (Fate(maintenance_from=START, last_known=LAST), Endpoint.OS, PLAIN, "no_diagnosis"),
    (Fate(diagnosed_on=DIAGNOSIS, last_known=LAST), Endpoint.RFS_ANY, PLAIN, "no_maintenance"),
    (Fate(DIAGNOSIS, START), Endpoint.RFS_ANY, PLAIN, "no_follow_up"),
    (fate((), None), Endpoint.RFS_BASELINE_EVENT, PLAIN, "no_baseline"),
    (fate((), True), Endpoint.RFS_CONVERSION, PLAIN, "not_converted"),
    (fate(), Endpoint.RFS_ANY, Counting(date(2024, 12, 31)), "after_cut_off"),
    (Fate(DIAGNOSIS, START, date(2024, 12, 1)), Endpoint.RFS_ANY, PLAIN, "before_start"),
]


@pytest.mark.parametrize(("one", "endpoint", "counting", "why"), WITHOUT)
def test_who_cannot_be_observed_is_left_out_with_the_reason(
    one: Fate, endpoint: Endpoint, counting: Counting, why: str
) -> None:
    found = observe(one, endpoint, counting)
    assert isinstance(found, Message) and found.key == f"endpoint.{why}"
    assert catalogue("en").text(found)


def test_a_published_patient_without_a_baseline_is_left_out_where_it_is_asked_for() -> None:
    rows = list(csv.DictReader(FILE.read_text("utf-8").splitlines()))
    patient, _ = read_row({**rows[0], "mrd_pre_fcm": ""}, 2)
    assert patient is not None
    for endpoint in (Endpoint.RFS_BASELINE_EVENT, Endpoint.RFS_CONVERSION):
        found = observe(Fate(reported=patient), endpoint, PLAIN)
        assert isinstance(found, Message) and found.key == "endpoint.no_baseline"


# ---- groups and Table 1


def test_groups_are_compared_and_who_belongs_to_none_is_named() -> None:
    outcome = estimate(NINETEEN, Endpoint.RFS_ANY, None, Grouping.RISK)
    assert {g: o.curve.n for g, o in outcome.groups.items()} == {
        "favourable": 3, "intermediate": 9, "adverse": 7,
    }  # fmt: skip
    assert outcome.log_rank is not None and outcome.log_rank.p is not None
    assert f"{outcome.log_rank.p:.6f}" == "0.000993"  # R: survdiff
    unknown = Member(**{**vars(NINETEEN[0]), "id": "x", "genes": None})
    outcome = estimate([*NINETEEN, unknown], Endpoint.OS, None, Grouping.NPM1)
    assert [one.reason.key for one in outcome.left_out] == ["outcome.group_unknown"]


@pytest.mark.parametrize("grouping", Grouping)
def test_every_split_has_a_group_for_everyone_of_whom_the_fact_is_known(
    grouping: Grouping,
) -> None:
    sizes = {group: len(found) for group, found in grouped(NINETEEN, grouping).items()}
    known = [m for m in NINETEEN if group_of(m, grouping) is not None]
    assert sum(sizes.values()) == len(known)
    assert len(known) == (0 if grouping is Grouping.REGIMEN else 19)


def test_table_1_gives_medians_and_shares_beside_the_groups_with_a_test() -> None:
    lines = {(line.key, line.category): line for line in table_1(NINETEEN, Grouping.BASELINE_MRD)}
    age = lines["age", ""].cells
    assert age[""] == Range(19, Decimal(59), Decimal(21), Decimal(76))
    assert age["positive"] == Range(4, Decimal(52), Decimal(43), Decimal(60))
    test = lines["age", ""].test
    assert test is not None and test.p is not None and f"{test.p:.6f}" == "0.367489"  # R
    assert lines["risk", "adverse"].cells["positive"] == Share(3, 4)
    eln = lines["risk", "favourable"].test
    assert eln is not None and eln.p is not None and f"{eln.p:.6f}" == "0.311920"  # R
    assert lines["mutation", "NPM1"].cells[""] == Share(14, 19)
    assert ("mutation", "ABCB1") not in lines, "a gene of drug metabolism is no mutation"
    assert lines["mutation", "IKZF1"].cells[""] == Share(2, 19)
    assert ("mutation", "SMC3") not in lines, "one patient is no line"


def test_an_empty_cohort_has_an_empty_table() -> None:
    assert table_1([]) == ()
    outcome = estimate([], Endpoint.OS)
    assert (outcome.n, outcome.groups) == (0, {})


def test_what_is_missing_is_listed_and_nobody_is_dropped() -> None:
    found = {one.fact: one for one in completeness(NINETEEN)}
    assert all(one.known == 19 and one.missing == () for one in found.values())
    lacking = Member(**{**vars(NINETEEN[0]), "wbc": None, "normal_karyotype": None})
    found = {one.fact: one for one in completeness([lacking, *NINETEEN[1:]])}
    assert (found["wbc"].known, found["wbc"].missing) == (18, ("1",))
    assert found["cytogenetics"].missing == ("1",)


# ---- the paper's own figures

CHECKS = check_study(studies()["Cheng2025"], NINETEEN)


def check(id: str) -> Checked:
    return next(checked for checked in CHECKS if checked.claim.id == id)


def test_each_printed_figure_agrees_or_not_as_the_check_found() -> None:
    agreed = {checked.claim.id: checked.agrees for checked in CHECKS}
    assert len(agreed) == 27
    assert {id for id, agrees in agreed.items() if agrees is False} == {
        "sustained", "patient_9", "rfs_12", "rfs_24",
    }  # fmt: skip
    assert {id for id, agrees in agreed.items() if agrees is None} == {"hsct", "mrd_cut_off"}


def test_where_the_paper_differs_ours_stands_with_its_definition_and_the_reason() -> None:
    words = catalogue("en")
    for id, survival, crude in (("rfs_12", "88.0", "89.5"), ("rfs_24", "66.0", "73.7")):
        one = check(id)
        assert one.figures == (Decimal(survival), Decimal(crude))
        assert words.text(one.computed).startswith(f"Kaplan-Meier {survival}")
        assert one.claim.why is not None and "Kaplan-Meier" in one.claim.definition.en
    assert check("os_24").figures == (Decimal("94.4"), Decimal("94.7"))
    assert "95" in words.text(check("os_24").computed)


def test_the_papers_shares_are_whole_patients() -> None:
    assert check("fever").figures == (17, 16, 1)
    assert [check(id).figures for id in ("rhinorrhoea", "myalgia", "hand_foot", "diarrhoea")] == [
        (9,), (6,), (7,), (6,),
    ]  # fmt: skip
    assert check("reference_23").figures == (28, 22, 15)


def test_a_wrong_figure_would_be_found_out() -> None:
    others = [m for m in NINETEEN if m.label != "9"]
    # Without patient 9 the claim about them has nobody to be looked up.
    study = studies()["Cheng2025"]
    claims = tuple(c for c in study.claims if c.compute not in {"patient", "shares"})
    found = check_study(type(study)(study.id, study.citation, claims), others)
    agreed = {checked.claim.id for checked in found if checked.agrees}
    assert "patients" not in agreed and "deaths" not in agreed and "eln" not in agreed


def test_a_share_that_no_whole_number_gives_does_not_agree() -> None:
    data = {
        "id": "X", "citation": "x",
        "checks": [{
            "id": "odd", "compute": "shares", "of": 19, "printed": "50 %", "figures": ["50.0"],
            "claim": {"en": "x", "zh": "x"}, "definition": {"en": "x", "zh": "x"},
        }],
    }  # fmt: skip
    (checked,) = check_study(study_from_data(data), NINETEEN)
    assert checked.agrees is False


def test_a_study_file_is_strictly_read() -> None:
    with pytest.raises(StudyProblem):
        study_from_data({"id": "X", "citation": "x", "checks": [{"id": "a", "compute": "guess"}]})
