"""Regimen files are read strictly: each slip is refused with the place it stands at."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from decimal import Decimal
from typing import Any

import pytest

from aml_maint import files
from aml_maint.domain.data_table import Table
from aml_maint.domain.drug_schema import RegimenProblem, drugs_from_data
from aml_maint.domain.messages import Name
from aml_maint.domain.quantities import Dose
from aml_maint.domain.regimen import (
    ClockSlot,
    Component,
    CyclePattern,
    Drug,
    Evidence,
    GateRule,
    Link,
    PregnancyRule,
    Regimen,
    Rhythm,
    Role,
    Source,
    Strength,
)
from aml_maint.domain.regimen_schema import regimen_from_data

Change = Callable[[Any], None]

SOURCE = Source("a", Evidence.PUBLISHED, "A 2020")


def drug_file() -> dict[str, Any]:
    def drug(name: str, unit: str | None) -> dict[str, Any]:
        found: dict[str, Any] = {
            "id": name,
            "name": {"en": name, "zh": f"药{name}"},
            "route": "oral",
            "source": "a",
        }
        return found if unit is None else found | {"dose_unit": unit}

    return {
        "sources": {"a": {"evidence": "published", "citation": "A 2020"}},
        "drugs": [
            drug("pill", "mg")
            | {"strengths": [{"value": "200", "unit": "mg", "source": "a"}], "atc": "L01EX02"},
            drug("shot", "10*6.[iU]"),
            drug("any", None),
        ],
    }


DRUGS = drugs_from_data(drug_file())


def pair() -> dict[str, str]:
    return {"en": "text", "zh": "文字"}


def a_file() -> dict[str, Any]:
    """A gated pill twice daily with levels, a shot every other day, a drug linked to the shot."""
    daily = {"interval_days": 1, "first_day": 1, "first_cycle": 1, "source": "a"}
    return {
        "id": "test",
        "version": 1,
        "name": pair(),
        "indication": pair(),
        "evidence": ["a"],
        "sources": {
            "a": {"evidence": "published", "citation": "A 2020"},
            "b": {"evidence": "site_default", "citation": "B", "citation_zh": "乙"},
        },
        "cycles": {
            "patterns": [{"first": 1, "last": 2, "days": 28}, {"first": 3, "days": 42}],
            "max_cycles": 6,
            "source": "a",
        },
        "components": [
            {
                "id": "pill",
                "drug": "pill",
                "role": "antileukaemic",
                "dose": {"value": "26.5", "unit": "mg", "source": "a"},
                "rhythm": daily | {"last_day": 14},
                "slots": [
                    {"name": "morning", "at": "07:00", "source": "b"},
                    {"name": "evening", "at": "19:30", "source": "b"},
                ],
                "window": {"minutes": 120, "source": "b"},
                "planned_per_cycle": 28,
                "food": {"text": pair(), "source": "a"},
                "min_gap": {"days": 1, "source": "b"},
                "levels": [{"level": -1, "text": pair(), "source": "a"}],
                "steps": [{"from_course_day": 15, "value": "53", "unit": "mg", "source": "a"}],
                "gates": [
                    {
                        "id": "count",
                        "analyte": "platelets",
                        "operator": ">",
                        "limit": "50",
                        "unit": "10*9/L",
                        "source": "a",
                        "age": {
                            "max_days": 7,
                            "watch_days": 3,
                            "watch_below": "75",
                            "watch_fall": "0.3",
                            "source": "b",
                        },
                    }
                ],
            },
            {
                "id": "shot",
                "drug": "shot",
                "role": "immunotherapy",
                "dose": {"value": 1, "unit": "10*6.[iU]", "source": "a"},
                "rhythm": daily | {"interval_days": 2, "runs_on": True},
                "slots": [{"name": "evening", "at": "19:00", "source": "b"}],
                "window": {"minutes": 240, "source": "b"},
                "planned_per_cycle": 14,
                "rotate_site": True,
            },
            {
                "id": "before",
                "drug": "any",
                "role": "premedication",
                "dose": {"source": "a"},
                "rhythm": daily,
                "link": {
                    "to": "shot",
                    "offset_minutes": -60,
                    "earliest_minutes": -90,
                    "latest_minutes": -45,
                    "source": "a",
                },
                "planned_per_cycle": 14,
            },
        ],
        "checks": [
            {
                "id": "ecg",
                "name": pair(),
                "rule": pair(),
                "every_days": 28,
                "source": "a",
                "blocks": ["pill"],
                "in_date": {"days": 28, "first_days": 7, "irregular_days": 14},
                "active": False,
            }
        ],
        "notes": [
            {"text": pair(), "source": "a", "component": "shot"},
            {"text": pair(), "source": "b"},
        ],
    }


def put(value: object, *path: str | int) -> Change:
    """A change that sets one place of the file."""

    def change(data: Any) -> None:
        for step in path[:-1]:
            data = data[step]
        data[path[-1]] = value

    return change


def drop(*path: str | int) -> Change:
    """A change that removes one place of the file."""

    def change(data: Any) -> None:
        for step in path[:-1]:
            data = data[step]
        del data[path[-1]]

    return change


PILL, SHOT, BEFORE = ("components", 0), ("components", 1), ("components", 2)
GATE = (*PILL, "gates", 0)
AGE = (*GATE, "age")

PLANTED: list[tuple[str, str, Change]] = [
    ("id", "is not an id", put("Sorafenib ITI", "id")),
    ("id", "is missing", drop("id")),
    ("version", "is not a whole number", put("1", "version")),
    ("version", "is not a whole number", put(True, "version")),
    ("version", "versions count from 1", put(0, "version")),
    ("colour", "is not a known key", put("red", "colour")),
    ("name.zh", "is missing", drop("name", "zh")),
    ("name.fr", "is not a known key", put("texte", "name", "fr")),
    ("name", "is not a table", put("text", "name")),
    ("indication.en", "is not a text", put(" ", "indication", "en")),
    ("evidence[0]", "is not known here", put(["c"], "evidence")),
    ("evidence", "is not a list of texts", put("a", "evidence")),
    ("sources", "is missing", drop("sources")),
    ("sources.a.evidence", "is none of", put("hearsay", "sources", "a", "evidence")),
    ("sources.a.citation", "is missing", drop("sources", "a", "citation")),
    ("sources.a.url", "is not a known key", put("x", "sources", "a", "url")),
    ("cycles.source", "is not known here", put("c", "cycles", "source")),
    ("file", "cycle lengths begin with cycle 1", put([], "cycles", "patterns")),
    ("cycles.patterns[0].first", "without a gap", put(2, "cycles", "patterns", 0, "first")),
    ("cycles.patterns[1].first", "without a gap", put(4, "cycles", "patterns", 1, "first")),
    ("cycles.patterns[1].first", "without a gap", drop("cycles", "patterns", 0, "last")),
    ("cycles.patterns[0].days", "a cycle has days", put(0, "cycles", "patterns", 0, "days")),
    ("cycles.patterns[1].days", "an end", put(2, "cycles", "patterns", 1, "last")),
    ("components", "is not a list of tables", put({}, "components")),
    ("components[0]", "is not a table", put("pill", *PILL)),
    ("file", "two components share an id", put("shot", *BEFORE, "id")),
    ("file", "before is linked to nothing", put("pil", *BEFORE, "link", "to")),
    ("components[0].drug", "is not known here", put("pil", *PILL, "drug")),
    ("components[0].role", "is none of", put("cure", *PILL, "role")),
    ("components[0].dose", "is missing", drop(*PILL, "dose")),
    ("components[0].dose.value", "write it as text", put(26.5, *PILL, "dose", "value")),
    ("components[0].dose.value", "is not a number", put("26,5", *PILL, "dose", "value")),
    ("components[0].dose.value", "is not a number", put(True, *PILL, "dose", "value")),
    ("components[0].dose.value", "is not a finite number", put("NaN", *PILL, "dose", "value")),
    ("components[0].dose.value", "greater than nothing", put("0", *PILL, "dose", "value")),
    ("components[0].dose.value", "is missing", drop(*PILL, "dose", "value")),
    ("components[0].dose.unit", "is missing", drop(*PILL, "dose", "unit")),
    ("components[0].dose.unit", "not the code", put("milligrams", *PILL, "dose", "unit")),
    ("components[0].dose.unit", "not the code", put("mcg", *PILL, "dose", "unit")),
    ("components[0].dose.unit", "dosed in mg", put("[iU]", *PILL, "dose", "unit")),
    ("components[0].dose.unit", "dosed in g/L", put("g/L", *PILL, "dose", "unit")),
    ("components[0].dose.source", "is missing", drop(*PILL, "dose", "source")),
    ("components[2].dose.unit", "only a prescriber doses it",
     put({"value": "1", "unit": "mg", "source": "a"}, *BEFORE, "dose")),
    ("components[0].rhythm", "count from 1", put(0, *PILL, "rhythm", "interval_days")),
    ("components[0].rhythm", "ends after it begins", put(15, *PILL, "rhythm", "first_day")),
    ("components[0].rhythm", "in a later cycle", put(0, *PILL, "rhythm", "last_cycle")),
    ("components[0].rhythm", "on a day that it has",
     put(15, *PILL, "rhythm", "later_first_day")),
    ("components[0].rhythm", "on a day that it has", put(0, *PILL, "rhythm", "later_first_day")),
    ("components[0].rhythm", "ends before cycle 7", put(7, *PILL, "rhythm", "first_cycle")),
    ("components[0].rhythm.last_day", "the cycle ends", put(29, *PILL, "rhythm", "last_day")),
    ("components[0].rhythm.runs_on", "neither true nor false",
     put("yes", *PILL, "rhythm", "runs_on")),
    ("components[0]", "times of day or is linked", put([], *PILL, "slots")),
    ("components[0].slots[0].name", "is not known here", put("dawn", *PILL, "slots", 0, "name")),
    ("components[0].slots[0].at", "is not a time of day", put("7:00", *PILL, "slots", 0, "at")),
    ("components[0].slots[1].at", "in their order", put("07:00", *PILL, "slots", 1, "at")),
    ("components[0]", "two slots share a name", put("morning", *PILL, "slots", 1, "name")),
    ("components[0].window", "is missing", drop(*PILL, "window")),
    ("components[0].window.minutes", "a minute wide", put(0, *PILL, "window", "minutes")),
    ("components[2].window", "is not a known key",
     put({"minutes": 15, "source": "b"}, *BEFORE, "window")),
    ("components[2].slots", "is not a known key", put([], *BEFORE, "slots")),
    ("components[2].link", "inside the accepted window",
     put(-30, *BEFORE, "link", "offset_minutes")),
    ("components[2].link.to", "is itself linked", put("before", *BEFORE, "link", "to")),
    ("components[0].food.source", "is missing", drop(*PILL, "food", "source")),
    ("components[0].min_gap.source", "is missing", drop(*PILL, "min_gap", "source")),
    ("components[0].levels[0].level", "is not a whole number",
     put("-1", *PILL, "levels", 0, "level")),
    ("components[0].levels[0].options[0].unit", "dosed in mg",
     put([{"value": "1", "unit": "{tablet}"}], *PILL, "levels", 0, "options")),
    ("components[0].levels[0].options[0].slots[0]", "is no time of day here",
     put([{"value": "1", "unit": "mg", "slots": ["noon"]}], *PILL, "levels", 0, "options")),
    ("components[0].levels[0].options[0]", "every 2 days at least",
     put([{"value": "1", "unit": "mg", "interval_days": 1}], *PILL, "levels", 0, "options")),
    ("components[0].steps[0].from_course_day", "count from 1",
     put(0, *PILL, "steps", 0, "from_course_day")),
    ("components[0].steps[0].unit", "dosed in mg", put("{tablet}", *PILL, "steps", 0, "unit")),
    ("components[0].gates[0].limit", "is missing", drop(*GATE, "limit")),
    ("components[0].gates[0].limt", "is not a known key", put("50", *GATE, "limt")),
    ("components[0].gates[0].limit", "write it as text", put(50.5, *GATE, "limit")),
    ("components[0].gates[0].analyte", "is not known here", put("plates", *GATE, "analyte")),
    ("components[0].gates[0].unit", "is no value of platelets", put("g/L", *GATE, "unit")),
    ("components[0].gates[0].unit", "is no value of platelets", put("-50", *GATE, "limit")),
    ("components[0].gates[0].operator", "is not known here", put("=", *GATE, "operator")),
    ("components[0].gates[0].active", "neither true nor false", put(1, *GATE, "active")),
    ("components[0].gates[0].age.source", "is missing", drop(*AGE, "source")),
    ("components[0].gates[0].age.max_days", "for a day at least", put(0, *AGE, "max_days")),
    ("components[0].gates[0].age.watch_days", "is missing", drop(*AGE, "watch_days")),
    ("components[0].gates[0].age.watch_days", "longer than max_days", put(8, *AGE, "watch_days")),
    ("components[0].gates[0].age.watch_fall", "between 0 and 1", put("30", *AGE, "watch_fall")),
    ("components[0].planned_per_cycle", "is 27, but its days give 28",
     put(27, *PILL, "planned_per_cycle")),
    ("checks[0].every_days", "is less than a day", put(0, "checks", 0, "every_days")),
    ("checks[0].rule", "is missing", drop("checks", 0, "rule")),
    ("checks[0].in_date", "is missing", drop("checks", 0, "in_date")),
    ("checks[0].in_date.days", "is the longest", put(6, "checks", 0, "in_date", "days")),
    ("checks[0].in_date.days", "a day at least", put(0, "checks", 0, "in_date", "first_days")),
    ("checks[0].blocks[0]", "is no component", put(["pil"], "checks", 0, "blocks")),
    ("notes[0].component", "is not known here", put("pil", "notes", 0, "component")),
    ("notes[1].source", "is missing", drop("notes", 1, "source")),
]  # fmt: skip


@pytest.mark.parametrize(("path", "reason", "change"), PLANTED)
def test_a_slip_in_a_regimen_file_is_refused_at_its_place(
    path: str, reason: str, change: Change
) -> None:
    data = a_file()
    change(data)
    with pytest.raises(RegimenProblem) as refused:
        regimen_from_data(data, DRUGS)
    text = str(refused.value)
    assert text.startswith(f"{path}: ")
    assert reason in text


def test_a_watch_without_a_sign_to_watch_for_is_refused() -> None:
    data = a_file()
    drop(*AGE, "watch_below")(data)
    drop(*AGE, "watch_fall")(data)
    with pytest.raises(RegimenProblem, match=r"age\.watch_days: says nothing"):
        regimen_from_data(data, DRUGS)


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("drugs[0].route", put("by mouth", "drugs", 0, "route")),
        ("drugs[0].dose_unit", put("g/L", "drugs", 0, "dose_unit")),
        ("drugs[0].dose_unit", put("mgs", "drugs", 0, "dose_unit")),
        ("drugs[0].strengths[0].value", put("-200", "drugs", 0, "strengths", 0, "value")),
        ("drugs[0].strengths[0].unit", put("{tablet}", "drugs", 0, "strengths", 0, "unit")),
        ("drugs[0].source", put("b", "drugs", 0, "source")),
        ("drugs[0].brand", put("X", "drugs", 0, "brand")),
        ("drugs[1].id", put("pill", "drugs", 1, "id")),
        ("drugs[0].as_needed.indications", put({"indications": []}, "drugs", 0, "as_needed")),
        (
            "drugs[0].as_needed.indications[0]",
            put({"indications": ["boredom"]}, "drugs", 0, "as_needed"),
        ),
        (
            "drugs[0].as_needed.most",
            put(
                {
                    "indications": ["pain"],
                    "most": {"value": "8", "unit": "{tablet}", "source": "a"},
                },
                "drugs",
                0,
                "as_needed",
            ),
        ),
        (
            "drugs[0].as_needed",
            put(
                {"indications": ["pain"], "min_gap": {"minutes": 0, "source": "a"}},
                "drugs",
                0,
                "as_needed",
            ),
        ),
        ("drugs[0].other_routes[0]", put(["oral"], "drugs", 0, "other_routes")),
        ("drugs[2].name", drop("drugs", 2, "name")),
        ("sources.a", put("A 2020", "sources", "a")),
    ],
)
def test_a_slip_in_the_drug_file_is_refused_at_its_place(path: str, change: Change) -> None:
    data = drug_file()
    change(data)
    with pytest.raises(RegimenProblem) as refused:
        drugs_from_data(data)
    assert refused.value.path == path


def test_a_file_that_is_no_table_is_refused() -> None:
    with pytest.raises(RegimenProblem, match=r"^file: is not a table$"):
        regimen_from_data("regimen", {})  # type: ignore[arg-type]


def test_a_drug_keeps_what_its_file_says() -> None:
    assert DRUGS["pill"] == Drug(
        "pill", Name("pill", "药pill"), "oral", "mg", "L01EX02",
        (Strength(Dose.of("200", "mg"), SOURCE),), SOURCE, ("oral",),
    )  # fmt: skip
    assert DRUGS["any"].dose_unit is None


def test_a_regimen_keeps_what_its_file_says() -> None:
    regimen = regimen_from_data(a_file(), DRUGS)
    pill, shot, before = regimen.components
    site = Source("b", Evidence.SITE_DEFAULT, "B", "乙")
    assert regimen.patterns == (CyclePattern(1, 2, 28), CyclePattern(3, None, 42))
    assert (regimen.max_cycles, regimen.cycles_source) == (6, SOURCE)
    assert pill.dose == Dose(Decimal("26.5"), "mg")
    assert pill.rhythm == Rhythm(1, 1, 14, 1, None, False, SOURCE)
    assert pill.slots == (
        ClockSlot("morning", time(7), site),
        ClockSlot("evening", time(19, 30), site),
    )
    assert pill.gates == (
        GateRule(
            "count", "platelets", ">", Decimal(50), "10*9/L", SOURCE, 7, 3, Decimal(75),
            Decimal("0.3"), site,
        ),
    )  # fmt: skip
    assert [(level.level, level.source) for level in pill.levels] == [(-1, SOURCE)]
    assert [(s.from_course_day, s.dose, s.source) for s in pill.steps] == [
        (15, Dose.of("53", "mg"), SOURCE)
    ]
    assert (pill.food, pill.food_source) == (Name("text", "文字"), SOURCE)
    assert (pill.min_gap_days, pill.gap_source) == (1, site)
    assert (shot.rotate_site, shot.min_gap_days, shot.food) == (True, None, None)
    assert (before.dose, before.dose_source) == (None, SOURCE)
    assert before.link == Link("shot", -60, -90, -45, SOURCE)
    assert (before.window_minutes, before.window_source) == (30, SOURCE)
    assert [(c.id, c.every_days, c.blocks, c.active) for c in regimen.checks] == [
        ("ecg", 28, ("pill",), False)
    ]
    assert pill.pregnancy == PregnancyRule("ecg", 28, 7, 14, SOURCE, False)
    assert (shot.pregnancy, before.pregnancy) == (None, None)
    assert [(note.component, note.source) for note in regimen.notes] == [
        ("shot", SOURCE),
        (None, site),
    ]


def test_an_age_without_a_watch_is_one_age_for_all() -> None:
    data = a_file()
    data["components"][0]["gates"][0]["age"] = {"max_days": 28, "source": "b"}
    (rule,) = regimen_from_data(data, DRUGS).component("pill").gates
    assert (rule.max_age_days, rule.watch_age_days) == (28, None)


def test_units_per_kilogram_fit_a_drug_that_is_dosed_in_units() -> None:
    data = a_file()
    data["components"][1]["dose"] = {"value": "16400", "unit": "[iU]/kg", "source": "a"}
    assert regimen_from_data(data, DRUGS).component("shot").dose == Dose.of("16400", "[iU]/kg")


def test_a_count_is_measured_in_the_first_cycle_that_is_like_the_rest() -> None:
    data = a_file()
    data["components"][1]["rhythm"] |= {"runs_on": False, "first_day": 15, "later_first_day": 1}
    assert regimen_from_data(data, DRUGS).component("shot").planned_per_cycle == 14


def test_a_number_may_be_a_decimal_already() -> None:
    with Table({"limit": Decimal("50.10")}, "", RegimenProblem) as table:
        assert str(table.number("limit")) == "50.10"


def test_a_fault_of_the_program_passes_a_table_unchanged() -> None:
    with pytest.raises(KeyError), Table({}, "", RegimenProblem):
        raise KeyError("bug")


# What the types refuse by themselves, for regimens built in code.
def rhythm(**changes: int | None) -> Rhythm:
    given: dict[str, Any] = {
        "interval_days": 1, "first_day": 1, "last_day": None, "first_cycle": 1,
        "last_cycle": None, "runs_on": False, "source": SOURCE,
    }  # fmt: skip
    return Rhythm(**(given | changes))


def test_a_gate_compares_with_one_of_four_signs() -> None:
    with pytest.raises(ValueError, match="not ="):
        GateRule("g", "platelets", "=", Decimal(50), "10*9/L", SOURCE)


def test_a_rhythm_without_end_may_begin_later_cycles_on_any_day() -> None:
    assert rhythm(first_day=15, later_first_day=1).later_first_day == 1


def shipped() -> Regimen:
    drugs = drugs_from_data(files.read_toml("regimens", "drugs.toml"))
    return regimen_from_data(files.read_toml("regimens", "hdc_il2.toml"), drugs)


def test_a_component_is_found_by_its_id_or_not_at_all() -> None:
    regimen = shipped()
    assert regimen.component("histamine") is regimen.components[1]
    with pytest.raises(KeyError):
        regimen.component("aspirin")


def test_cycles_past_the_last_pattern_keep_its_length() -> None:
    assert shipped().cycle_days(11) == 63


def test_a_drug_name_needs_both_languages() -> None:
    with pytest.raises(ValueError, match="English and its Chinese"):
        Name("ibuprofen", " ")


def test_a_component_needs_times_or_a_link() -> None:
    with pytest.raises(ValueError, match="times of day or is linked"):
        Component(
            "pill", DRUGS["pill"], Role.ANTILEUKAEMIC, None, SOURCE, rhythm(), (), None, (), 120,
            SOURCE, (), (), None, False, None, 28,
        )  # fmt: skip
