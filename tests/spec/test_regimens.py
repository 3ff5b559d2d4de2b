"""The eight regimens as tables: what is planned, how much, behind which gate, by whose word."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time
from decimal import Decimal

import pytest

from aml_maint import files
from aml_maint.domain.drug_schema import drugs_from_data
from aml_maint.domain.gate import GateState, compare
from aml_maint.domain.messages import Name
from aml_maint.domain.quantities import Dose, LabValue
from aml_maint.domain.regimen import (
    Component,
    Evidence,
    GateRule,
    Regimen,
    Source,
)
from aml_maint.domain.regimen_schema import regimen_from_data
from aml_maint.domain.schedule import doses_of_cycle, doses_on, on_time_course

DRUGS = drugs_from_data(files.read_toml("regimens", "drugs.toml"))
FILES = {
    path.stem: path for path in files.listing("regimens", suffix=".toml") if path.stem != "drugs"
}
REGIMENS = {
    stem: regimen_from_data(files.read_toml("regimens", path.name), DRUGS)
    for stem, path in FILES.items()
}

# regimen, cycle, doses by component on time and with every gate open
PLANNED = [
    ("sorafenib_iti", 1, {"sorafenib": 56, "ibuprofen": 14, "interferon": 14, "interleukin2": 14,
                          "thalidomide": 28, "danshen": 84}),
    ("sorafenib_iti", 9, {"sorafenib": 56, "ibuprofen": 14, "interferon": 14, "interleukin2": 14,
                          "thalidomide": 28, "danshen": 84}),
    ("iti", 1, {"interferon": 14, "interleukin2": 14, "thalidomide": 28, "danshen": 84}),
    ("sormain", 3, {"sorafenib": 56}),
    ("midostaurin_maintenance", 12, {"midostaurin": 56}),
    ("gilteritinib_morpho", 2, {"gilteritinib": 28}),
    ("quizartinib_maintenance", 1, {"quizartinib_c1": 14, "quizartinib": 14}),
    ("quizartinib_maintenance", 2, {"quizartinib": 28}),
    ("quizartinib_maintenance", 36, {"quizartinib": 28}),
    ("oral_azacitidine", 1, {"azacitidine": 14, "antiemetic": 14}),
    ("oral_azacitidine", 2, {"azacitidine": 14, "antiemetic": 14}),
    ("oral_azacitidine", 3, {"azacitidine": 14}),
    ("hdc_il2", 1, {"interleukin2": 42, "histamine": 42}),
    ("hdc_il2", 10, {"interleukin2": 42, "histamine": 42}),
]  # fmt: skip

# regimen, component, dose (None: the source states none, the prescriber enters it)
DOSES = [
    ("sorafenib_iti", "sorafenib", ("400", "mg")),
    ("sorafenib_iti", "interferon", ("60", "ug")),
    ("sorafenib_iti", "interleukin2", ("1", "10*6.[iU]")),
    ("sorafenib_iti", "thalidomide", ("100", "mg")),
    ("sorafenib_iti", "danshen", ("3", "{tablet}")),
    ("sorafenib_iti", "ibuprofen", None),
    ("iti", "interferon", ("60", "ug")),
    ("iti", "interleukin2", ("1", "10*6.[iU]")),
    ("iti", "thalidomide", ("200", "mg")),
    ("iti", "danshen", None),
    ("sormain", "sorafenib", ("200", "mg")),
    ("midostaurin_maintenance", "midostaurin", ("50", "mg")),
    ("gilteritinib_morpho", "gilteritinib", ("120", "mg")),
    ("quizartinib_maintenance", "quizartinib_c1", ("26.5", "mg")),
    ("quizartinib_maintenance", "quizartinib", ("53", "mg")),
    ("oral_azacitidine", "azacitidine", ("300", "mg")),
    ("oral_azacitidine", "antiemetic", None),
    ("hdc_il2", "interleukin2", ("16400", "[iU]/kg")),
    ("hdc_il2", "histamine", ("0.5", "mg")),
]

# component of sorafenib_iti, times of day, window in minutes
CLOCK = [
    ("sorafenib", {"morning": "07:00", "evening": "19:30"}, 120),
    ("interferon", {"evening": "19:00"}, 240),
    ("interleukin2", {"evening": "19:00"}, 240),
    ("thalidomide", {"bedtime": "22:00"}, 120),
    ("danshen", {"morning": "08:00", "midday": "13:00", "evening": "17:30"}, 120),
]

# regimen, component, to, offset, window
LINKS = [
    ("sorafenib_iti", "ibuprofen", "interferon", -60, (-75, -45)),
    ("oral_azacitidine", "antiemetic", "azacitidine", -30, (-45, -15)),
    ("hdc_il2", "histamine", "interleukin2", 2, (1, 3)),
]

# regimen, component, gate, rule, evidence, switched on
GATES = [
    ("sorafenib_iti", "danshen", "platelet_gate", "platelets > 50 10*9/L", "paper", True),
    ("sorafenib_iti", "ibuprofen", "nsaid_platelets", "platelets >= 50 10*9/L",
     "site_default", True),
    ("sorafenib_iti", "ibuprofen", "nsaid_renal", "egfr >= 30 mL/min/{1.73_m2}",
     "site_default", False),
    ("iti", "danshen", "platelet_gate", "platelets > 50 10*9/L", "site_default", True),
    ("quizartinib_maintenance", "quizartinib_c1", "qtc_start", "qtcf <= 450 ms", "label", False),
    ("quizartinib_maintenance", "quizartinib", "qtc_escalate", "qtcf <= 450 ms", "label", False),
]  # fmt: skip


def component(regimen: str, name: str) -> Component:
    return REGIMENS[regimen].component(name)


def gate(regimen: str, name: str, rule: str) -> GateRule:
    return next(g for g in component(regimen, name).gates if g.id == rule)


def sources_in(value: object) -> Iterator[Source]:
    """Every source that a regimen names anywhere."""
    if isinstance(value, Source):
        yield value
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from sources_in(getattr(value, field.name))
    elif isinstance(value, tuple):
        for each in value:
            yield from sources_in(each)


def names_in(value: object) -> Iterator[Name]:
    """Every text that a regimen shows to people."""
    if isinstance(value, Name):
        yield value
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from names_in(getattr(value, field.name))
    elif isinstance(value, tuple):
        for each in value:
            yield from names_in(each)


def test_the_eight_published_regimens_ship_in_version_1() -> None:
    assert {regimen.id: regimen.version for regimen in REGIMENS.values()} == {
        "sorafenib_iti": 1, "iti": 1, "sormain": 1, "midostaurin_maintenance": 1,
        "gilteritinib_morpho": 1, "quizartinib_maintenance": 1, "oral_azacitidine": 1,
        "hdc_il2": 1,
    }  # fmt: skip
    assert all(regimen.id == stem for stem, regimen in REGIMENS.items())


@pytest.mark.parametrize(("regimen", "cycle", "expected"), PLANNED)
def test_a_cycle_on_time_plans_these_doses(
    regimen: str, cycle: int, expected: dict[str, int]
) -> None:
    course = on_time_course(REGIMENS[regimen], date(2026, 3, 2), cycle, "Asia/Shanghai")
    found = Counter(dose.component.id for dose in doses_of_cycle(course, cycle))
    assert found == expected


@pytest.mark.parametrize("regimen", REGIMENS.values(), ids=lambda r: r.id)
def test_the_stated_count_is_that_of_a_settled_cycle(regimen: Regimen) -> None:
    settled = 2
    course = on_time_course(regimen, date(2026, 3, 2), settled, "Asia/Shanghai")
    found = Counter(dose.component.id for dose in doses_of_cycle(course, settled))
    for each in regimen.components:
        if each.rhythm.last_cycle is None or each.rhythm.last_cycle >= settled:
            assert found[each.id] == each.planned_per_cycle


def test_a_cycle_of_sorafenib_iti_has_210_doses_9_on_odd_and_6_on_even_days() -> None:
    course = on_time_course(REGIMENS["sorafenib_iti"], date(2026, 3, 2), 1, "Asia/Shanghai")
    by_day = Counter(dose.day for dose in doses_of_cycle(course, 1))
    assert sum(by_day.values()) == 210
    assert {day: count for day, count in by_day.items() if count != (9 if day % 2 else 6)} == {}


def test_components_of_sorafenib_iti_stand_in_the_order_of_the_screens() -> None:
    assert [each.id for each in REGIMENS["sorafenib_iti"].components] == [
        "sorafenib", "ibuprofen", "interferon", "interleukin2", "thalidomide", "danshen",
    ]  # fmt: skip


def test_quizartinib_rises_on_day_15_of_cycle_1() -> None:
    course = on_time_course(
        REGIMENS["quizartinib_maintenance"], date(2026, 3, 2), 2, "Asia/Shanghai"
    )
    for day, expected in ((14, "26.5"), (15, "53"), (28, "53"), (29, "53")):
        (dose,) = doses_on(course, date.fromordinal(date(2026, 3, 1).toordinal() + day))
        assert dose.dose == Dose.of(expected, "mg")


@pytest.mark.parametrize(("regimen", "name", "expected"), DOSES)
def test_doses_are_those_of_the_source(
    regimen: str, name: str, expected: tuple[str, str] | None
) -> None:
    dose = component(regimen, name).dose
    assert dose == (Dose.of(*expected) if expected is not None else None)


def test_the_table_of_doses_leaves_no_component_out() -> None:
    listed = {(regimen, name) for regimen, name, _ in DOSES}
    assert listed == {(r.id, c.id) for r in REGIMENS.values() for c in r.components}


@pytest.mark.parametrize(("name", "times", "window"), CLOCK)
def test_clock_times_and_windows_are_site_defaults(
    name: str, times: dict[str, str], window: int
) -> None:
    found = component("sorafenib_iti", name)
    assert {slot.name: slot.at for slot in found.slots} == {
        slot: time.fromisoformat(at) for slot, at in times.items()
    }
    assert {slot.source.evidence for slot in found.slots} == {Evidence.SITE_DEFAULT}
    assert found.window_minutes == window
    assert found.window_source.evidence is Evidence.SITE_DEFAULT


def test_every_clock_time_of_every_regimen_is_a_site_default() -> None:
    slots = [s for r in REGIMENS.values() for c in r.components for s in c.slots]
    assert slots
    assert {slot.source.evidence for slot in slots} == {Evidence.SITE_DEFAULT}


@pytest.mark.parametrize(("regimen", "name", "to", "offset", "window"), LINKS)
def test_linked_doses_keep_their_distance(
    regimen: str, name: str, to: str, offset: int, window: tuple[int, int]
) -> None:
    link = component(regimen, name).link
    assert link is not None
    assert (link.to, link.offset_minutes) == (to, offset)
    assert (link.earliest_minutes, link.latest_minutes) == window
    widest = max(offset - window[0], window[1] - offset)
    assert component(regimen, name).window_minutes == widest


@pytest.mark.parametrize(("regimen", "name", "rule", "expected", "evidence", "active"), GATES)
def test_gates_compare_as_their_source_says(
    regimen: str, name: str, rule: str, expected: str, evidence: str, active: bool
) -> None:
    found = gate(regimen, name, rule)
    assert f"{found.analyte} {found.operator} {found.limit} {found.unit}" == expected
    assert found.source.evidence == evidence
    assert found.active is active


def test_no_gate_stands_outside_the_table() -> None:
    listed = {(regimen, name, rule) for regimen, name, rule, *_ in GATES}
    assert listed == {
        (r.id, c.id, g.id) for r in REGIMENS.values() for c in r.components for g in c.gates
    }


@pytest.mark.parametrize(
    ("value", "danshen", "ibuprofen"),
    [
        ("50.1", GateState.OPEN, GateState.OPEN),
        ("50", GateState.CLOSED, GateState.OPEN),
        ("49.9", GateState.CLOSED, GateState.CLOSED),
    ],
)
def test_platelets_of_exactly_50_close_danshen_and_leave_ibuprofen_open(
    value: str, danshen: GateState, ibuprofen: GateState
) -> None:
    count = LabValue.parse(value, "10*9/L")
    assert compare(gate("sorafenib_iti", "danshen", "platelet_gate"), count) is danshen
    assert compare(gate("sorafenib_iti", "ibuprofen", "nsaid_platelets"), count) is ibuprofen


def test_a_count_for_danshen_lasts_7_days_or_3_when_low_or_falling_by_site_default() -> None:
    rule = gate("sorafenib_iti", "danshen", "platelet_gate")
    assert (rule.max_age_days, rule.watch_age_days, rule.watch_below) == (7, 3, Decimal(75))
    assert rule.age_source is not None
    assert rule.age_source.evidence is Evidence.SITE_DEFAULT
    # A third is never finite as a decimal: a fall from 90 to exactly 60 must count.
    assert rule.watch_fall is not None
    assert Decimal(60) <= Decimal(90) * (1 - rule.watch_fall) < Decimal("60.1")


def test_ibuprofen_warns_below_an_egfr_of_60_once_the_site_switches_the_gate_on() -> None:
    assert gate("sorafenib_iti", "ibuprofen", "nsaid_renal").warn_below == 60


@pytest.mark.parametrize("regimen", ["sorafenib_iti", "iti"])
@pytest.mark.parametrize("name", ["interferon", "interleukin2"])
def test_injections_run_on_every_other_day_over_cycle_seams(regimen: str, name: str) -> None:
    found = component(regimen, name)
    assert (found.rhythm.interval_days, found.rhythm.runs_on) == (2, True)
    assert (found.min_gap_days, found.rotate_site) == (2, True)
    assert found.gap_source is not None
    assert found.gap_source.evidence is Evidence.SITE_DEFAULT


def test_sorafenib_runs_on_daily_without_a_least_gap() -> None:
    found = component("sorafenib_iti", "sorafenib")
    assert (found.rhythm.interval_days, found.rhythm.runs_on) == (1, True)
    assert found.min_gap_days is None
    assert not found.rotate_site


def test_sormain_starts_at_200_mg_and_rises_only_by_decision() -> None:
    found = component("sormain", "sorafenib")
    assert [(step.from_course_day, step.dose) for step in found.steps] == [
        (1, Dose.of("200", "mg"))
    ]
    assert [(level.level, level.text.en.split(" twice")[0]) for level in found.levels] == [
        (1, "400 mg"),
        (0, "200 mg"),
    ]


def test_hdc_il2_has_three_cycles_of_42_and_seven_of_63_days() -> None:
    regimen = REGIMENS["hdc_il2"]
    assert regimen.max_cycles == 10
    assert [regimen.cycle_days(n) for n in range(1, 11)] == [42] * 3 + [63] * 7


@pytest.mark.parametrize(
    ("regimen", "cycles"),
    [
        ("sorafenib_iti", None), ("iti", None), ("sormain", None), ("gilteritinib_morpho", None),
        ("oral_azacitidine", None), ("midostaurin_maintenance", 12),
        ("quizartinib_maintenance", 36), ("hdc_il2", 10),
    ],
)  # fmt: skip
def test_a_regimen_ends_only_where_its_source_says_so(regimen: str, cycles: int | None) -> None:
    assert REGIMENS[regimen].max_cycles == cycles


def test_the_pregnancy_test_blocks_thalidomide_only_once_a_site_switches_it_on() -> None:
    check = next(c for c in REGIMENS["sorafenib_iti"].checks if c.id == "pregnancy")
    assert check.blocks == ("thalidomide",)
    assert not check.active
    others = [c for c in REGIMENS["sorafenib_iti"].checks if c.id != "pregnancy"]
    assert all(c.active and c.blocks == () for c in others)


def test_interferon_is_dosed_by_mass_and_interleukin_2_in_units() -> None:
    assert DRUGS["interferon_alfa_1b"].dose_unit == "ug"
    assert DRUGS["interleukin_2"].dose_unit == "10*6.[iU]"


@pytest.mark.parametrize(
    ("drug", "en", "zh"),
    [
        ("interferon_alfa_1b", "interferon alfa-1b", "重组人干扰素α1b"),
        ("interleukin_2", "interleukin-2", "重组人白介素-2"),
        ("sorafenib", "sorafenib", "索拉非尼"),
        ("compound_danshen", "compound Danshen tablets", "复方丹参片"),
    ],
)
def test_drugs_bear_their_generic_names(drug: str, en: str, zh: str) -> None:
    assert DRUGS[drug].name == Name(en, zh)


def test_every_drug_of_the_list_is_in_a_regimen_or_given_as_needed() -> None:
    used = {c.drug.id for r in REGIMENS.values() for c in r.components}
    needed = {drug.id for drug in DRUGS.values() if drug.as_needed is not None}
    assert used | needed == set(DRUGS)


# What the drug file takes from labels: drug → tablets, minutes between doses, most in 24 hours
AS_STATED = {
    "sorafenib": (["200 mg"], None, None, None),
    "thalidomide": (["25 mg", "50 mg", "100 mg"], None, None, None),
    "compound_danshen": (["1 {tablet}"], None, None, None),
    "ibuprofen": (["200 mg"], 240, "1200 mg", None),
    "paracetamol": (["500 mg"], 240, "4 g", 4),
    "metoclopramide": (["5 mg", "10 mg"], 360, "30 mg", None),
    "loperamide": (["2 mg"], None, "16 mg", None),
}


@pytest.mark.parametrize("drug", AS_STATED)
def test_tablets_and_limits_are_those_of_the_labels(drug: str) -> None:
    rules = DRUGS[drug].as_needed
    most = rules.most if rules else None
    assert (
        [f"{s.dose.value} {s.dose.unit}" for s in DRUGS[drug].strengths],
        rules.min_gap_minutes if rules else None,
        f"{most.value} {most.unit}" if most else None,
        rules.most_doses if rules else None,
    ) == AS_STATED[drug]


def test_every_limit_of_a_drug_given_as_needed_names_its_source() -> None:
    for drug in DRUGS.values():
        rules = drug.as_needed
        if rules is None:
            continue
        assert (rules.min_gap_minutes is None) == (rules.gap_source is None), drug.id
        assert (rules.most is None) == (rules.most_source is None), drug.id
        assert (rules.most_doses is None) == (rules.doses_source is None), drug.id


def test_ibuprofen_as_needed_has_the_gates_of_the_premedication() -> None:
    rules = DRUGS["ibuprofen"].as_needed
    assert rules is not None
    in_regimen = REGIMENS["sorafenib_iti"].component("ibuprofen").gates
    assert [replace(gate, source=None, age_source=None) for gate in rules.gates] == [
        replace(gate, source=None, age_source=None) for gate in in_regimen
    ]


@pytest.mark.parametrize("stem", FILES)
def test_every_source_of_a_file_is_named_by_a_figure(stem: str) -> None:
    declared = set(files.read_toml("regimens", f"{stem}.toml")["sources"])
    used = {source.id for source in sources_in(REGIMENS[stem])}
    assert declared <= used


@pytest.mark.parametrize("regimen", REGIMENS.values(), ids=lambda r: r.id)
def test_every_figure_has_a_source(regimen: Regimen) -> None:
    assert regimen.evidence
    for each in regimen.components:
        figures: list[tuple[object, Source | None]] = [
            (each.min_gap_days, each.gap_source),
            (each.food, each.food_source),
            *((step, step.source) for step in each.steps),
            *((rule.max_age_days, rule.age_source) for rule in each.gates),
        ]
        assert [figure for figure, source in figures if (figure is None) != (source is None)] == []


def test_what_the_paper_does_not_state_is_never_called_its_word() -> None:
    regimen = REGIMENS["sorafenib_iti"]
    for each in regimen.components:
        assert each.window_source.evidence is not Evidence.PAPER
        levels = [level for level in each.levels if level.level != 0]
        assert all(level.source.evidence is not Evidence.PAPER for level in levels)
    assert regimen.component("interleukin2").rhythm.source.evidence is Evidence.SITE_DEFAULT


@pytest.mark.parametrize("regimen", REGIMENS.values(), ids=lambda r: r.id)
def test_every_text_is_there_in_chinese(regimen: Regimen) -> None:
    chinese = re.compile(r"[\u4e00-\u9fff]")
    drug_names = {drug.name for drug in DRUGS.values()}
    latin = [n for n in names_in(regimen) if not chinese.search(n.zh) and n not in drug_names]
    assert [name for name in latin if name.zh != "INR"] == []


@pytest.mark.parametrize("regimen", REGIMENS.values(), ids=lambda r: r.id)
def test_no_english_text_uses_an_abbreviation_known_to_cause_dose_errors(regimen: Regimen) -> None:
    unsafe = re.compile(r"\b(?:BID|TID|QD|QOD|QHS|mcg|ug|IU|MU)\b|[μµ]g\b|\d\.0\b|(?<!\d)\.\d")
    assert [name.en for name in names_in(regimen) if unsafe.search(name.en)] == []


def test_a_source_shows_its_chinese_words_where_it_has_some() -> None:
    sources = {s.id: s for s in sources_in(REGIMENS["sorafenib_iti"])}
    assert sources["site"].title.zh.startswith("本程序默认值")
    assert sources["iti_2019"].title == Name(*[sources["iti_2019"].citation] * 2)
