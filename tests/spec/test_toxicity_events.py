"""Toxicity events as rules: what may stand together, a course of grades, folding, advice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from aml_maint.domain.advice import suggestions, suggestions_for
from aml_maint.domain.errors import BadInput
from aml_maint.domain.known_time import KnownTime
from aml_maint.domain.regimen import Advice
from aml_maint.domain.toxicity_event import (
    Causality,
    Cause,
    Challenge,
    Criterion,
    DrugAction,
    GradePoint,
    Outcome,
    ToxicityEvent,
    fold,
    longer_than_expected,
)
from aml_maint.domain.toxicity_revision import changed_fields, changes_what_stood
from aml_maint.services import library

ZONE = "Asia/Shanghai"
MARCH_4 = date(2026, 3, 4)


def event(*grades: tuple[str, int | None], **facts: Any) -> ToxicityEvent:
    """An event with a course of grades, given as texts of time."""
    points = tuple(GradePoint(KnownTime.parse(at), grade) for at, grade in grades)
    values: dict[str, Any] = {"term": "diarrhoea"} | facts
    if isinstance(resolved := values.get("resolved"), str):
        values["resolved"] = KnownTime.parse(resolved)
        values.setdefault("outcome", Outcome.RECOVERED)
    return ToxicityEvent("v1", "e1", "p1", "c1", zone=ZONE, grades=points, **values)


# what can't be, the facts, the field at fault
REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("grade 5", {"grades": (("2026-03-04", 5),)}, "grade"),
    ("a grade 0, which is no event", {"grades": (("2026-03-04", 0),)}, "grade"),
    ("a negative grade", {"grades": (("2026-03-04", -1),)}, "grade"),
    ("a baseline of 5", {"baseline": 5}, "baseline"),
    ("no onset", {"grades": ()}, "onset"),
    ("resolution before onset", {"resolved": "2026-03-03"}, "resolved"),
    ("resolution in the month before", {"resolved": "2026-02"}, "resolved"),
    ("resolution before the last grade",
     {"grades": (("2026-03-04", 1), ("2026-03-09", 2)), "resolved": "2026-03-08"}, "resolved"),
    ("a grade before the one before it",
     {"grades": (("2026-03-04", 1), ("2026-03-03", 2))}, "at"),
    ("serious without a criterion", {"serious": True}, "criteria"),
    ("a criterion without serious",
     {"criteria": frozenset({Criterion.HOSPITALISATION})}, "serious"),
    ("fatal without the criterion death", {"outcome": Outcome.FATAL, "resolved": "2026-03-09",
     "serious": True, "criteria": frozenset({Criterion.LIFE_THREATENING})}, "outcome"),
    ("the criterion death without a fatal outcome",
     {"serious": True, "criteria": frozenset({Criterion.DEATH})}, "outcome"),
    ("resolved but still recovering",
     {"resolved": "2026-03-09", "outcome": Outcome.RECOVERING}, "outcome"),
    ("recovered without a date", {"outcome": Outcome.RECOVERED}, "resolved"),
    ("another term without words", {"term": "other"}, "detail"),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "field"), [pytest.param(f, w, id=n) for n, f, w in REFUSED])
def test_what_cannot_stand_together_is_refused_at_its_field(
    facts: dict[str, Any], field: str
) -> None:
    grades = facts.pop("grades", (("2026-03-04", 2),))
    with pytest.raises(BadInput) as refused:
        event(*grades, **facts)
    assert refused.value.field == field


def test_a_grade_3_need_not_be_serious_and_a_grade_1_may_be() -> None:
    assert not event(("2026-03-04", 3)).serious
    mild = event(("2026-03-04", 1), serious=True, criteria=frozenset({Criterion.HOSPITALISATION}))
    assert mild.worst == 1


def test_death_is_an_outcome_with_its_criterion() -> None:
    fatal = event(
        ("2026-03-04", 4), resolved="2026-03-06", outcome=Outcome.FATAL, serious=True,
        criteria=frozenset({Criterion.DEATH}),
    )  # fmt: skip
    assert fatal.worst == 4


def test_a_judgement_names_its_judge_and_giving_again_follows_stopping() -> None:
    with pytest.raises(BadInput) as refused:
        Cause("sorafenib", Causality.PROBABLE)
    assert refused.value.field == "causality_sorafenib"
    with pytest.raises(BadInput) as refused:
        Cause("sorafenib", rechallenge=Challenge.POSITIVE)
    assert refused.value.field == "rechallenge_sorafenib"
    again = Cause("sorafenib", Causality.CERTAIN, "Wu Min", DrugAction.INTERRUPTED,
                  Challenge.POSITIVE, Challenge.POSITIVE)  # fmt: skip
    assert not again.is_empty
    assert Cause("sorafenib").is_empty


@pytest.mark.parametrize(
    ("level", "related"),
    [
        (Causality.CERTAIN, True), (Causality.PROBABLE, True), (Causality.POSSIBLE, True),
        (Causality.UNLIKELY, False), (Causality.CONDITIONAL, False),
        (Causality.UNASSESSABLE, False),
    ],
)  # fmt: skip
def test_related_means_possible_or_more(level: Causality, related: bool) -> None:
    one = event(("2026-03-04", 2), causes=(Cause("sorafenib", level, "Wu Min"),))
    assert one.is_related("sorafenib") is related
    assert not one.is_related("thalidomide")


# -- the course of grades ------------------------------------------------------------------------

COURSE = event(
    ("2026-03-04", 1), ("2026-03-10", 3), ("2026-03-20", None), ("2026-03-22", 1),
    resolved="2026-04-05",
)  # fmt: skip


def test_worst_and_current_grade_leave_out_what_was_not_graded() -> None:
    assert (COURSE.worst, COURSE.current) == (3, 1)
    assert COURSE.evidence is COURSE.grades[1]
    blank = event(("2026-03-04", None))
    assert (blank.worst, blank.current, blank.evidence) == (None, None, None)


@pytest.mark.parametrize(
    ("first", "last", "worst"),
    [
        ("2026-03-01", "2026-03-03", None),  # before it began
        ("2026-03-01", "2026-03-04", 1),
        ("2026-03-05", "2026-03-09", 1),
        ("2026-03-05", "2026-03-10", 3),  # the day of a change belongs to both
        ("2026-03-20", "2026-03-21", 3),
        ("2026-03-21", "2026-03-21", None),  # present, but nobody graded it
        ("2026-03-23", "2026-04-30", 1),
        ("2026-04-05", "2026-04-05", 1),
        ("2026-04-06", "2026-04-30", None),
    ],
)
def test_an_event_that_spans_cycles_counts_in_each_by_the_grade_in_force(
    first: str, last: str, worst: int | None
) -> None:
    days = date.fromisoformat(first), date.fromisoformat(last)
    assert COURSE.worst_between(*days) == worst


def test_an_event_that_goes_on_is_present_to_this_day_and_counts_its_days() -> None:
    one = event(("2026-03-04", 2))
    assert one.is_present(date(2027, 1, 1), date(2027, 1, 2))
    assert one.days(date(2026, 3, 4)) == 1
    assert one.days(date(2026, 3, 6)) == 3
    assert event(("2026-03-04", 2), resolved="2026-03-04T21").days(date(2026, 5, 1)) == 1


@pytest.mark.parametrize(("baseline", "worse"), [(None, None), (0, True), (2, False), (3, False)])
def test_worse_than_baseline_is_told_apart_from_the_grade(
    baseline: int | None, worse: bool | None
) -> None:
    assert event(("2026-03-04", 2), baseline=baseline).is_worse_than_baseline is worse


# The paper: fever 1 to 3 days, runny nose and muscle pain within about a week.
@pytest.mark.parametrize(
    ("term", "resolved", "over"),
    [
        ("fever_drug", "2026-03-06", None), ("fever_drug", "2026-03-07", 1),
        ("rhinorrhoea", "2026-03-10", None), ("rhinorrhoea", "2026-03-11", 1),
        ("myalgia", "2026-03-10", None), ("myalgia", "2026-03-13", 3),
        ("diarrhoea", "2026-12-31", None),
    ],
)  # fmt: skip
def test_an_event_longer_than_the_paper_says_is_marked(
    term: str, resolved: str, over: int | None
) -> None:
    item = library.toxicity_item(term)
    assert item is not None
    one = event(("2026-03-04", 1), term=term, resolved=resolved)
    assert longer_than_expected(one, item, date(2027, 1, 1)) == over
    running = event(("2026-03-04", 1), term=term)
    assert (longer_than_expected(running, item, date(2026, 3, 30)) is None) is (term == "diarrhoea")


# -- episodes fold -------------------------------------------------------------------------------


def fevers(*spans: tuple[int, int, int]) -> list[ToxicityEvent]:
    """Fevers of March: first day, last day, grade."""
    return [
        replace(
            event((f"2026-03-{first:02d}", grade), term="fever_drug",
                  resolved=f"2026-03-{last:02d}"),
            event_id=f"e{n}",
        )
        for n, (first, last, grade) in enumerate(spans)
    ]  # fmt: skip


def test_repeated_episodes_fold_into_one_with_its_worst_grade_and_their_number() -> None:
    episodes = fevers((4, 5, 2), (6, 7, 1), (8, 8, 3), (20, 21, 1))
    one, two = fold(episodes, timedelta(days=7))
    assert (len(one.events), one.worst, one.onset.iso) == (3, 3, "2026-03-04")
    assert one.resolved is not None and one.resolved.iso == "2026-03-08"
    assert (len(two.events), two.worst) == (1, 1)


@pytest.mark.parametrize(("begins", "groups"), [(12, 1), (13, 2)])
def test_an_episode_a_week_after_the_last_still_belongs_to_it(begins: int, groups: int) -> None:
    assert len(fold(fevers((4, 5, 2), (begins, begins, 1)), timedelta(days=7))) == groups


def test_terms_do_not_fold_into_each_other_and_other_terms_only_by_their_words() -> None:
    mixed = [
        event(("2026-03-04", 1), term="myalgia", resolved="2026-03-05"),
        event(("2026-03-04", 1), term="other", detail="Hiccups", resolved="2026-03-05"),
        event(("2026-03-06", 1), term="other", detail=" hiccups ", resolved="2026-03-06"),
        event(("2026-03-06", 1), term="other", detail="Itching", resolved="2026-03-06"),
    ]
    assert sorted(len(group.events) for group in fold(mixed, timedelta(days=7))) == [1, 1, 2]


def test_while_an_episode_goes_on_the_next_belongs_to_it_and_the_whole_is_not_over() -> None:
    found = fold(
        [event(("2026-01-04", 1)), event(("2026-03-04", 2), resolved="2026-03-05")],
        timedelta(days=7),
    )
    assert [len(group.events) for group in found] == [2]
    assert found[0].resolved is None


# -- versions ------------------------------------------------------------------------------------

OLD = event(("2026-03-04", 1), causes=(Cause("sorafenib"),))
CHANGES: list[tuple[str, dict[str, Any], bool]] = [
    ("its course goes on",
     {"grades": (*OLD.grades, GradePoint(KnownTime.parse("2026-03-06"), 2))}, False),
    ("it ends", {"resolved": KnownTime.on(MARCH_4), "outcome": Outcome.RECOVERED}, False),
    ("it becomes serious",
     {"serious": True, "criteria": frozenset({Criterion.HOSPITALISATION})}, False),
    ("it is judged",
     {"causes": (Cause("sorafenib", Causality.PROBABLE, "Wu Min"),)}, False),
    ("another cause is judged", {"causes": (Cause("sorafenib"), Cause("disease",
     Causality.UNLIKELY, "Wu Min"))}, False),
    ("a note is added", {"note": "rash as well"}, False),
    ("its baseline becomes known", {"baseline": 0}, False),
    ("its first grade changes", {"grades": (GradePoint(KnownTime.parse("2026-03-04"), 2),)}, True),
    ("its onset changes", {"grades": (GradePoint(KnownTime.parse("2026-03-05"), 1),)}, True),
    ("its term changes", {"term": "nausea_vomiting"}, True),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "correction"), [pytest.param(f, c, id=n) for n, f, c in CHANGES])
def test_adding_to_an_event_is_no_correction_and_changing_what_stood_is(
    facts: dict[str, Any], correction: bool
) -> None:
    assert changes_what_stood(OLD, replace(OLD, **facts)) is correction
    assert set(changed_fields(OLD, replace(OLD, **facts))) == set(facts)


def test_who_wrote_a_version_is_not_what_it_says() -> None:
    assert changed_fields(OLD, replace(OLD, id="v2", recorded_by="Wu Min", reason="typo")) == ()


def test_taking_back_a_judgement_an_end_or_a_seriousness_is_a_correction() -> None:
    judged = event(
        ("2026-03-04", 1), resolved="2026-03-05", serious=True,
        criteria=frozenset({Criterion.DISABILITY}), note="seen",
        causes=(Cause("sorafenib", Causality.PROBABLE, "Wu Min", DrugAction.REDUCED),),
    )  # fmt: skip
    for facts in (
        {"causes": ()},
        {"causes": (Cause("sorafenib", Causality.UNLIKELY, "Wu Min", DrugAction.REDUCED),)},
        {"causes": (Cause("sorafenib", Causality.PROBABLE, "Wu Min"),)},
        {"resolved": None, "outcome": None},
        {"resolved": KnownTime.parse("2026-03-06")},
        {"serious": False, "criteria": frozenset()},
        {"criteria": frozenset({Criterion.HOSPITALISATION})},
        {"note": ""},
    ):
        assert changes_what_stood(judged, replace(judged, **facts)), facts


# -- what the regimen says -----------------------------------------------------------------------

ITI = library.regimen("sorafenib_iti")

# term, grade, component, advice, evidence of the source, words of the note
ADVICE = [
    ("hand_foot_skin_reaction", 1, "sorafenib", Advice.GO_ON, "label", "grade 1: go on"),
    ("hand_foot_skin_reaction", 2, "sorafenib", Advice.EXAMINE, "label", "grade 2, first time"),
    ("hand_foot_skin_reaction", 3, "sorafenib", Advice.HOLD, "label", "interrupt until grade 0"),
    ("hypertension", 3, "sorafenib", Advice.HOLD, "label", "interrupt"),
    ("hypertension", 4, "sorafenib", Advice.STOP, "label", "grade 4: stop"),
    ("haemorrhage", 3, "sorafenib", Advice.STOP, "label", "Stop for haemorrhage"),
    ("diarrhoea", 3, "sorafenib", Advice.HOLD, "unverified", "grade 3: interrupt"),
    ("fever_drug", 3, "interferon", Advice.HOLD, "site_default", "above 40"),
    ("granulocytes", 4, "interferon", Advice.HOLD, "site_default", "below 0.5"),
    ("depression", 3, "interferon", Advice.STOP, "label", "suicidal"),
    ("capillary_leak", 1, "interleukin2", Advice.HOLD, "site_default", "hold and assess"),
    ("peripheral_neuropathy", 1, "thalidomide", Advice.EXAMINE, "site_default", "lower level"),
    ("peripheral_neuropathy", 2, "thalidomide", Advice.HOLD, "unverified", "hold until grade 1"),
    ("somnolence", 2, "thalidomide", Advice.REDUCE, "site_default", "one level lower"),
    ("venous_thromboembolism", 2, "thalidomide", Advice.STOP, "unverified", "anticoagulate"),
]


@pytest.mark.parametrize(("term", "grade", "component", "advice", "evidence", "words"), ADVICE)
def test_the_regimens_own_rule_is_quoted_with_its_source(
    term: str, grade: int, component: str, advice: Advice, evidence: str, words: str
) -> None:
    found = [
        s for s in suggestions(ITI, term, grade) if s.component and s.component.id == component
    ]
    assert [s.advice for s in found] == [advice]
    assert found[0].note.source.evidence == evidence
    assert words in found[0].note.text.en


@pytest.mark.parametrize(
    ("term", "grade"), [("diarrhoea", 2), ("fever_drug", 2), ("hypertension", 1), ("rash", None)]
)
def test_where_the_regimen_says_nothing_nothing_is_suggested(term: str, grade: int | None) -> None:
    assert suggestions(ITI, term, grade) == ()


def test_the_strictest_rule_stands_first() -> None:
    found = [one.advice for one in suggestions(ITI, "rash", 3)]
    assert found == [Advice.STOP, Advice.HOLD]


def test_a_label_that_speaks_of_the_second_time_gets_the_number_of_the_episode() -> None:
    def one(day: int, grade: int) -> ToxicityEvent:
        return event((f"2026-03-{day:02d}", grade), term="hand_foot_skin_reaction")

    earlier, later = [one(2, 2), one(5, 1), one(8, 2)], one(20, 2)
    (found,) = suggestions_for(ITI, later, [*earlier, later, one(25, 2)])
    assert found.occurrence == 3


def test_triggers_name_terms_that_exist() -> None:
    for regimen in library.regimens().values():
        for note in regimen.notes:
            for trigger in note.triggers:
                assert library.toxicity_item(trigger.term) is not None, (regimen.id, trigger.term)
                assert note.component is not None
