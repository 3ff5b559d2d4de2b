"""Site settings: what the rules leave open has a default, a source, a range and both languages."""

from __future__ import annotations

from datetime import time
from decimal import Decimal
from itertools import product

import pytest

from aml_maint.domain.errors import BadInput
from aml_maint.domain.regimen import Component, Evidence, Regimen
from aml_maint.domain.site import Kind, Setting, SettingValue, SiteSettings
from aml_maint.domain.site_regimen import adapted, figure_of
from aml_maint.services.language import catalogue as texts
from aml_maint.services.library import regimens, site_catalogue

CATALOGUE = site_catalogue()


@pytest.mark.parametrize(
    ("key", "default"),
    [
        # Design page 2: each value marked [D] or switched by the site.
        ("clock.sorafenib.morning", time(7)),
        ("clock.sorafenib.evening", time(19, 30)),
        ("clock.danshen.morning", time(8)),
        ("clock.danshen.midday", time(13)),
        ("clock.danshen.evening", time(17, 30)),
        ("clock.interferon.evening", time(19)),
        ("clock.interleukin2.evening", time(19)),
        ("clock.thalidomide.bedtime", time(22)),
        ("days.interleukin2", "same_days"),
        ("window.sorafenib", 120),
        ("window.injections", 240),
        ("window.thalidomide", 120),
        ("premedication.before", 60),
        ("premedication.earliest", 75),
        ("premedication.latest", 45),
        ("cycle.assessment_needed", True),
        ("cycle.assessment_days", 7),
        ("toxicity.fever_from", Decimal("37.3")),
        ("gate.stale_after", 7),
        ("gate.watch_after", 3),
        ("gate.watch_below", Decimal(75)),
        ("gate.watch_fall", Decimal("33.3")),
        ("ibuprofen.platelets_least", Decimal(50)),
        ("ibuprofen.egfr_least", Decimal(30)),
        ("ibuprofen.egfr_warn", Decimal(60)),
        ("ibuprofen.renal_gate", False),
        ("injection.site_rest", 4),
        ("injection.temperature_first", ("ibuprofen", "interferon", "interleukin2")),
        ("injection.temperature_lasts", 120),
        ("witness.interferon", False),
        ("witness.interleukin2", False),
        ("mrd.sustained_after", 28),
        ("specimen.target", 5),
    ],
)
def test_every_figure_that_the_rules_leave_to_the_site_is_a_setting(
    key: str, default: SettingValue
) -> None:
    assert SiteSettings(CATALOGUE).value(key) == default


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("key", CATALOGUE)
def test_a_setting_reads_in_both_languages(key: str, language: str) -> None:
    setting = CATALOGUE[key]
    words = texts("zh" if language == "zh" else "en")
    shown = [setting.name, setting.why, setting.shown(setting.default)]
    shown += [setting.shown(choice) for choice in setting.choices if setting.kind is Kind.CHOICE]
    if setting.kind is Kind.COMPONENTS:
        shown.append(setting.shown(setting.choices))
    if setting.kind in {Kind.INTEGER, Kind.DAYS, Kind.MINUTES}:
        shown.append(setting.shown(1))
    assert all(words.text(message).strip() for message in shown)
    assert words.text(f"site.section.{setting.section}")


@pytest.mark.parametrize("key", CATALOGUE)
def test_a_value_written_down_reads_back_as_the_same(key: str) -> None:
    setting = CATALOGUE[key]
    assert setting.parse(setting.written(setting.default)) == setting.default


def test_a_key_that_is_no_setting_is_a_bug_and_not_a_default() -> None:
    with pytest.raises(KeyError):
        SiteSettings(CATALOGUE).days("gate.no_such")
    with pytest.raises(TypeError):
        SiteSettings(CATALOGUE).flag("gate.stale_after")


def targets() -> list[tuple[str, Regimen, Component, SettingValue | None]]:
    """Each figure of each regimen that a setting stands for, as the regimen has it."""
    return [
        (setting.key, regimen, component, figure_of(component, target))
        for setting, regimen in product(CATALOGUE.values(), regimens().values())
        for target in setting.targets
        if not target.regimens or regimen.id in target.regimens
        for component in regimen.components
        if component.id in target.components
    ]


def test_a_default_is_the_figure_that_the_regimens_themselves_hold() -> None:
    differing = {
        f"{regimen.id}/{component.id}: {key}": figure
        for key, regimen, component, figure in targets()
        if figure is not None and figure != CATALOGUE[key].default
    }
    assert differing == {}


def test_every_setting_of_a_figure_finds_it_in_some_regimen() -> None:
    found = {key for key, _, _, figure in targets() if figure is not None}
    assert {s.key for s in CATALOGUE.values() if s.targets} - found == set()


def test_every_time_window_gap_and_gate_that_no_source_states_can_be_set() -> None:
    settable = {(regimen.id, component.id, key) for key, regimen, component, _ in targets()}
    left = []
    for regimen, component in ((r, c) for r in regimens().values() for c in r.components):
        asked = [("clock", slot.source) for slot in component.slots]
        asked += [("gap", component.gap_source)] if component.gap_source else []
        asked.append(("before" if component.link else "window", component.window_source))
        asked += [("stale", rule.age_source) for rule in component.gates if rule.age_source]
        keys = [
            key for where, which, key in settable if (where, which) == (regimen.id, component.id)
        ]
        left += [
            f"{regimen.id}/{component.id}: {word}"
            for word, source in asked
            if source is not None
            and source.evidence is Evidence.SITE_DEFAULT
            and not any(word in key for key in keys)
        ]
    assert left == []


def chosen(**values: SettingValue) -> SiteSettings:
    return SiteSettings(CATALOGUE, {key.replace("__", "."): v for key, v in values.items()})


def test_a_regimen_without_decisions_is_the_published_one_itself() -> None:
    regimen = regimens()["sorafenib_iti"]
    assert adapted(regimen, SiteSettings(CATALOGUE)) is regimen
    assert adapted(regimen, chosen(specimen__target=3)) is regimen


def test_decisions_reach_the_figures_they_stand_for_and_no_others() -> None:
    regimen = regimens()["sorafenib_iti"]
    changed = adapted(
        regimen,
        chosen(
            clock__interferon__evening=time(20),
            window__injections=180,
            days__interleukin2="even_days",
            premedication__before=30,
            premedication__earliest=40,
            premedication__latest=20,
            gate__stale_after=5,
            gate__watch_fall=Decimal(25),
            ibuprofen__renal_gate=True,
            ibuprofen__egfr_least=Decimal(45),
        ),
    )
    interferon, ibuprofen = changed.component("interferon"), changed.component("ibuprofen")
    assert [slot.at for slot in interferon.slots] == [time(20)]
    assert interferon.window_minutes == changed.component("interleukin2").window_minutes == 180
    assert changed.component("interleukin2").rhythm.first_day == 2
    assert interferon.rhythm.first_day == 1
    link = ibuprofen.link
    assert link is not None
    ends = (link.earliest_minutes, link.offset_minutes, link.latest_minutes)
    assert ends == (-40, -30, -20)
    platelets, renal = ibuprofen.gates
    assert (platelets.max_age_days, platelets.watch_fall) == (5, Decimal("0.25"))
    assert (renal.active, renal.limit, renal.warn_below) == (True, 45, 60)
    (danshen,) = changed.component("danshen").gates
    assert (danshen.max_age_days, danshen.limit) == (5, 50)
    assert changed.component("sorafenib") == regimen.component("sorafenib")


def settings_that_number() -> list[Setting]:
    return [s for s in CATALOGUE.values() if s.least is not None and s.kind is not Kind.TIME]


@pytest.mark.parametrize("setting", settings_that_number(), ids=lambda s: s.key)
def test_a_figure_outside_its_range_is_refused_with_the_range(setting: Setting) -> None:
    assert setting.least is not None
    assert setting.most is not None
    for wrong in (Decimal(str(setting.least)) - 1, Decimal(str(setting.most)) + 1):
        with pytest.raises(BadInput) as refusal:
            setting.parse(f"{wrong:f}")
        assert refusal.value.message.key in {"site.error.range", "site.error.kind"}
