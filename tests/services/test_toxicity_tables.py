"""The tables of toxicity, from patients entered through the services."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from aml_maint.domain.administration import Status
from aml_maint.domain.assessment import Assessment, AssessmentKind, Finding
from aml_maint.domain.errors import BadInput
from aml_maint.domain.exact_interval import Rate, Share
from aml_maint.domain.known_time import KnownTime
from aml_maint.domain.quantities import LabValue
from aml_maint.domain.schedule import SlotId
from aml_maint.domain.toxicity_event import (
    Causality,
    Cause,
    Criterion,
    GradePoint,
    ToxicityEvent,
)
from aml_maint.domain.toxicity_tables import Incidence
from aml_maint.services.assessments import record_assessment
from aml_maint.services.dosing import DoseEntry, log_dose
from aml_maint.services.library import toxicity_items
from aml_maint.services.observations import record_count
from aml_maint.services.toxicities import add_grade, record_event
from aml_maint.services.toxicity_tables import Tables, toxicity_tables
from aml_maint.services.workplace import Workplace
from aml_maint.store import toxicities
from tests.builders import DAY_1, ZONE, a_patient, moment, on_course, set_clock

NOW = "2026-04-20T09:00"

# Cheng 2025, Safety: term, patients, of them grade I-II and III, as printed in percent.
PAPER = [
    ("fever_drug", 17, 16, 1, "89.5", "84.2", "5.3"),
    ("rhinorrhoea", 9, 9, 0, "47.4", "47.4", "0.0"),
    ("hand_foot_skin_reaction", 7, 7, 0, "36.8", "36.8", "0.0"),
    ("diarrhoea", 6, 6, 0, "31.6", "31.6", "0.0"),
    ("myalgia", 6, 6, 0, "31.6", "31.6", "0.0"),
]


def treated(place: Workplace, mrn: str) -> tuple[str, str]:
    """A patient on course who was given the first sorafenib dose."""
    set_clock(place, "2026-03-02T07:05")
    patient, course = on_course(place, a_patient(mrn, family_name=f"P{mrn}"))
    log_dose(place, DoseEntry(SlotId(course, "sorafenib", DAY_1, "morning"), Status.GIVEN))
    set_clock(place, NOW)
    return patient.id, course


def event(place: Workplace, who: tuple[str, str], term: str, grade: int | None, day: int = 3,
          lasts: int | None = 1, **facts: Any) -> None:  # fmt: skip
    onset = DAY_1 + timedelta(days=day - 1)
    ends = None if lasts is None else onset + timedelta(days=lasts - 1)
    one = ToxicityEvent.of(who[0], who[1], term, ZONE, grade, onset, ends)
    record_event(place, replace(one, **facts))


def row(found: Tables, term: str) -> Incidence:
    return next(row for row in found.incidence if row.term == term)


def test_the_papers_table_comes_out_of_nineteen_patients_entered_through_the_services(
    place: Workplace,
) -> None:
    people = [treated(place, f"{number:02d}") for number in range(1, 20)]
    for term, patients, mild, _, *_ in PAPER:
        for number in range(patients):
            grade = (1 + number % 2) if number < mild else 3
            event(place, people[number], term, grade)
            if number % 3 == 0:  # a second, milder episode counts no second time
                event(place, people[number], term, 1, day=9)
    set_clock(place, NOW)
    found = toxicity_tables(place)
    assert [row.term for row in found.incidence] == [line[0] for line in PAPER]
    for term, patients, mild, severe, any_share, mild_share, severe_share in PAPER:
        line = row(found, term)
        assert (line.any.count, line.mild.count, line.severe.count) == (patients, mild, severe)
        assert line.any.of == 19
        shares = (line.any.percent, line.mild.percent, line.severe.percent)
        assert tuple(str(share) for share in shares) == (any_share, mild_share, severe_share)
    assert any("19" in str(part.params) for part in found.rule)
    published = {item.id: item.reported for item in toxicity_items() if item.reported}
    assert {term: r.patients for term, r in published.items()} == {p[0]: p[1] for p in PAPER}


def test_a_patient_without_a_dose_is_in_no_denominator(place: Workplace) -> None:
    event(place, treated(place, "1"), "rash", 1)
    patient, course = on_course(place, a_patient("2"))
    event(place, (patient.id, course), "rash", 3, day=1)
    found = toxicity_tables(place)
    line = row(found, "rash")
    assert (line.any.count, line.any.of) == (1, 1)


def test_what_was_there_before_the_first_dose_counts_only_if_it_got_worse(
    place: Workplace,
) -> None:
    same, worse = treated(place, "1"), treated(place, "2")
    for who in (same, worse):
        event(place, who, "constipation", 1, day=-5, lasts=None)
    assert toxicity_tables(place).incidence == ()
    (mine,) = toxicities.of_patient(place.store, worse[0])
    add_grade(place, mine.event_id, GradePoint(KnownTime.on(DAY_1 + timedelta(days=4)), 2))
    line = row(toxicity_tables(place), "constipation")
    assert (line.any.count, line.mild.count, line.any.of) == (1, 1, 2)


def test_an_event_too_long_after_the_last_dose_is_none_of_the_treatment(place: Workplace) -> None:
    who = treated(place, "1")
    event(place, who, "rash", 1, day=29)
    event(place, who, "headache", 1, day=30)
    assert {line.term for line in toxicity_tables(place).incidence} == {"rash"}


def test_what_was_never_graded_is_counted_but_in_no_grade(place: Workplace) -> None:
    event(place, treated(place, "1"), "rash", None)
    line = row(toxicity_tables(place), "rash")
    assert (line.any.count, line.mild.count, line.severe.count, line.ungraded) == (1, 0, 0, 1)


def test_hand_foot_is_counted_once_under_its_own_term_or_under_skin(place: Workplace) -> None:
    who = treated(place, "1")
    event(place, who, "hand_foot_skin_reaction", 2)
    event(place, who, "rash", 1)
    own = toxicity_tables(place)
    assert {line.term for line in own.incidence} == {"hand_foot_skin_reaction", "rash"}
    (skin,) = toxicity_tables(place, by_who=True).incidence
    assert (skin.term, skin.any.count, skin.by_grade) == ("cutaneous", 1, (0, 1, 0, 0))


def test_laboratory_terms_count_above_baseline_among_those_measured(place: Workplace) -> None:
    low, steady, none = (treated(place, mrn) for mrn in ("1", "2", "3"))

    def count(who: tuple[str, str], value: str, at: str) -> None:
        result = LabValue.parse(value, "10*9/L")
        record_count(place, who[0], "platelets", result, moment(at))

    for who in (low, steady):
        count(who, "80", "2026-03-01T06:00")
    count(low, "30", "2026-03-09T06:00")
    count(steady, "90", "2026-03-09T06:00")
    line = row(toxicity_tables(place), "platelets")
    assert (line.any.count, line.any.of, line.severe.count, line.measured) == (1, 2, 1, True)
    (moved,) = (s for s in toxicity_tables(place).shifts if s.term == "platelets")
    assert moved.counts[1][3] == 1 and moved.counts[1][1] == 1
    assert (sum(map(sum, moved.counts)), moved.worse) == (2, 1)
    event(place, none, "rash", 1)
    assert row(toxicity_tables(place), "platelets").any.of == 2


def test_the_worst_grade_per_cycle_keeps_blank_and_0_apart(place: Workplace) -> None:
    who = treated(place, "1")
    event(place, who, "rash", 2, day=5, lasts=None)
    made = Assessment("", who[0], who[1], 1, AssessmentKind.AFTER, DAY_1 + timedelta(days=27),
                      (Finding("myalgia", 0), Finding("fatigue", None)))  # fmt: skip
    record_assessment(place, made)
    found = {(w.term, w.cycle): w.grade for w in toxicity_tables(place).worst}
    assert found == {("rash", 1): 2, ("myalgia", 1): 0}


def test_attribution_counts_patients_with_at_least_a_possible_cause(place: Workplace) -> None:
    one, two = treated(place, "1"), treated(place, "2")
    judged = (Cause("sorafenib", Causality.PROBABLE, "Wu Min"),
              Cause("thalidomide", Causality.UNLIKELY, "Wu Min"))  # fmt: skip
    event(place, one, "diarrhoea", 3, causes=judged)
    event(place, one, "diarrhoea", 1, day=12)
    event(place, two, "diarrhoea", 2, causes=(Cause("sorafenib", Causality.UNASSESSABLE, "Wu"),))
    lines = {(a.drug, a.term): a for a in toxicity_tables(place).attribution}
    sorafenib = lines["sorafenib", "diarrhoea"]
    assert (sorafenib.related, sorafenib.severe) == (Share(1, 2), Share(1, 2))
    assert sorafenib.by_level == {Causality.PROBABLE: 1, Causality.UNASSESSABLE: 1}
    assert sorafenib.unjudged == 1
    assert lines["thalidomide", "diarrhoea"].related == Share(0, 2)


def test_onset_counts_from_the_first_dose_and_only_what_is_over_has_a_duration(
    place: Workplace,
) -> None:
    one, two = treated(place, "1"), treated(place, "2")
    event(place, one, "fever_drug", 2, day=1, lasts=1)
    event(place, one, "fever_drug", 1, day=9, lasts=5)
    event(place, two, "fever_drug", 1, day=4, lasts=None)
    (line,) = toxicity_tables(place).timing
    assert (line.patients, line.episodes, line.ongoing, line.longer) == (2, 3, 1, 2)
    assert line.onset is not None and line.duration is not None
    assert (line.onset.median, line.onset.least, line.onset.most) == (Decimal("2.5"), 1, 4)
    assert (line.duration.n, line.duration.median) == (2, Decimal(3))


def test_the_serious_list_names_every_serious_event(place: Workplace) -> None:
    who = treated(place, "1")
    event(place, who, "infection", 3, serious=True,
          criteria=frozenset({Criterion.HOSPITALISATION}))  # fmt: skip
    event(place, who, "rash", 4)
    (line,) = toxicity_tables(place).serious
    assert (line.subject.label, line.event.term, line.is_fatal) == ("1", "infection", False)


def test_any_toxicity_counts_each_patient_once_at_the_worst_of_all(place: Workplace) -> None:
    one, _ = treated(place, "1"), treated(place, "2")
    event(place, one, "rash", 1)
    event(place, one, "diarrhoea", 3, day=6)
    line = toxicity_tables(place).any
    assert (line.any, line.by_grade) == (Share(1, 2), (0, 0, 1, 0))


def test_time_at_risk_ends_with_the_first_event(place: Workplace) -> None:
    one, two = treated(place, "1"), treated(place, "2")
    event(place, one, "rash", 1, day=3)
    event(place, one, "rash", 1, day=20)
    line = row(toxicity_tables(place), "rash")
    assert line.rate == Rate(1, 3 + 29)  # to day 3, and to 28 days after the only dose
    assert two


def test_a_cut_off_leaves_out_what_came_later_and_lies_not_ahead(place: Workplace) -> None:
    who = treated(place, "1")
    event(place, who, "rash", 1, day=3)
    event(place, who, "headache", 1, day=10)
    found = toxicity_tables(place, until=date(2026, 3, 8))
    assert [line.term for line in found.incidence] == ["rash"]
    with pytest.raises(BadInput) as refused:
        toxicity_tables(place, until=date(2026, 4, 21))
    assert refused.value.field == "until"
    assert toxicity_tables(place, regimen="sormain").subjects == ()
    assert toxicity_tables(place, patient_ids=[]).subjects == ()


# Clopper-Pearson as printed by R's binom.test, to one decimal.
@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [(17, 19, "66.9", "98.7"), (1, 19, "0.1", "26.0"), (9, 19, "24.4", "71.1"),
     (0, 19, "0.0", "17.6"), (19, 19, "82.4", "100.0"), (7, 19, "16.3", "61.6")],
)  # fmt: skip
def test_intervals_are_exact(count: int, of: int, low: str, high: str) -> None:
    assert Share(count, of).interval == (Decimal(low), Decimal(high))


def test_without_anybody_there_is_no_share_and_without_time_no_rate() -> None:
    assert (Share(0, 0).percent, Share(0, 0).interval) == (None, None)
    assert (Rate(0, 0).per_100_years, Rate(0, 0).interval) == (None, None)
    with pytest.raises(ValueError, match="no more"):
        Share(2, 1)


def test_a_rate_is_per_100_patient_years_with_its_exact_interval() -> None:
    ten = Rate(10, 36525)  # a hundred years
    assert ten.per_100_years == Decimal("10.0")
    assert ten.interval == (Decimal("4.8"), Decimal("18.4"))
    assert Rate(0, 36525).interval == (Decimal("0.0"), Decimal("3.7"))
