"""The catalogue of settings is read strictly, and a setting only as what it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from decimal import Decimal
from typing import Any

import pytest

from aml_maint.domain.errors import BadInput
from aml_maint.domain.site import Setting, SettingValue, SiteSettings, linked
from aml_maint.domain.site_schema import SiteProblem, catalogue_from_data
from aml_maint.services.language import catalogue as texts


def entry(key: str, kind: str, default: object, **more: object) -> dict[str, Any]:
    return {
        "key": key, "kind": kind, "default": default, "section": "gates", "status": "D",
        "source": "site", **more,
    }  # fmt: skip


def data(*entries: dict[str, Any]) -> dict[str, Any]:
    source = {"evidence": "site_default", "citation": "a default"}
    return {
        "sections": ["clock", "gates"],
        "sources": {"site": source},
        "settings": list(entries),
    }


WHOLE = entry("a.days", "days", 7, min=1, max=28)
ONE_OF_EACH = (
    WHOLE,
    entry("a.minutes", "minutes", 30),
    entry("a.integer", "integer", 5, unit="working_days"),
    entry("a.decimal", "decimal", "75", unit="10*9/L", min=50),
    entry("a.plain", "decimal", "1.5", max="2"),
    entry("a.flag", "flag", False),
    entry("a.time", "time", "07:00", section="clock"),
    entry("a.choice", "choice", "one", choices=["one", "two"]),
    entry("a.drugs", "components", [], choices=["danshen", "ibuprofen"]),
)


def test_settings_stand_in_the_order_of_their_sections() -> None:
    found = catalogue_from_data(data(*ONE_OF_EACH))
    assert next(iter(found)) == "a.time"
    assert len(found) == len(ONE_OF_EACH)


@pytest.mark.parametrize(
    ("place", "reason", "entries"),
    [
        ("settings[1].key", "a second setting", (WHOLE, WHOLE)),
        ("settings[0].key", "is not a key", (entry("days", "days", 7),)),
        ("settings[0].kind", "is none of", (entry("a.b", "weeks", 7),)),
        ("settings[0].default", "is not a whole number", (entry("a.b", "days", "7"),)),
        ("settings[0].default", "no value that a site", (entry("a.b", "days", 0, min=1),)),
        ("settings[0].default", "is missing", ({k: v for k, v in entry("a.b", "flag", 0).items()
                                                if k != "default"},)),
        ("settings[0].section", "is not known here", (entry("a.b", "days", 7, section="x"),)),
        ("settings[0].source", "is not known here", (entry("a.b", "days", 7, source="x"),)),
        ("settings[0].unit", "known unit", (entry("a.b", "decimal", "7", unit="furlong"),)),
        ("settings[0].choices", "is missing", (entry("a.b", "choice", "x"),)),
        ("settings[0].at_most", "of the same kind", (entry("a.b", "days", 7, at_most=["a.c"]),)),
        ("settings[0].at_least", "of the same kind",
         (entry("a.b", "minutes", 7, at_least=["a.days"]), WHOLE)),
        ("settings[0].at_most", "of the same kind",
         (entry("a.b", "flag", True, at_most=["a.c"]), entry("a.c", "flag", True))),
        ("settings", "contradict", (entry("a.b", "days", 9, at_most=["a.days"]), WHOLE)),
        ("settings[0].applies", "from a next day on",
         (entry("a.b", "days", 7, sets=[{"figure": "gap", "components": ["interferon"]}]),)),
        ("settings[0].sets[0].figure", "is not known here",
         (entry("a.b", "days", 7, sets=[{"figure": "colour"}]),)),
        ("settings[0].colour", "is not a known key", (entry("a.b", "days", 7, colour="red"),)),
    ],
)  # fmt: skip
def test_a_slip_in_the_catalogue_is_refused_at_its_place(
    place: str, reason: str, entries: tuple[dict[str, Any], ...]
) -> None:
    with pytest.raises(SiteProblem, match=reason) as found:
        catalogue_from_data(data(*entries))
    assert found.value.path == place


FOUND = catalogue_from_data(data(*ONE_OF_EACH))
READERS: dict[str, Callable[[SiteSettings, str], object]] = {
    "a.days": SiteSettings.days,
    "a.minutes": SiteSettings.minutes,
    "a.integer": SiteSettings.integer,
    "a.decimal": SiteSettings.decimal,
    "a.flag": SiteSettings.flag,
    "a.time": SiteSettings.clock,
    "a.choice": SiteSettings.choice,
    "a.drugs": SiteSettings.components,
}


@pytest.mark.parametrize("key", READERS)
def test_each_kind_has_one_reader_and_every_other_is_a_bug(key: str) -> None:
    settings = SiteSettings(FOUND)
    for name, reader in READERS.items():
        if name == key:
            assert reader(settings, key) == FOUND[key].default
        else:
            with pytest.raises(TypeError):
                reader(settings, key)


@pytest.mark.parametrize(
    ("key", "typed", "value"),
    [
        ("a.days", " 5 ", 5),
        ("a.decimal", "80.5", Decimal("80.5")),
        ("a.flag", "ON", True),
        ("a.flag", "no", False),
        ("a.time", "9:30", time(9, 30)),
        ("a.time", "09：30", time(9, 30)),
        ("a.choice", "two", "two"),
        ("a.drugs", "ibuprofen, danshen", ("danshen", "ibuprofen")),
        ("a.drugs", "", ()),
    ],
)
def test_what_is_typed_is_read_as_it_is_meant(key: str, typed: str, value: SettingValue) -> None:
    assert FOUND[key].parse(typed) == value


@pytest.mark.parametrize(
    ("key", "typed"),
    [
        ("a.days", "-1"), ("a.days", "0"), ("a.days", "29"), ("a.days", "1.5"), ("a.days", "x"),
        ("a.decimal", "49.9"), ("a.decimal", "x"), ("a.plain", "2.1"), ("a.flag", "perhaps"),
        ("a.time", "24:00"), ("a.time", "nine"), ("a.choice", "three"), ("a.drugs", "aspirin"),
    ],
)  # fmt: skip
def test_what_a_site_cannot_choose_is_refused(key: str, typed: str) -> None:
    with pytest.raises(BadInput):
        FOUND[key].parse(typed)


@pytest.mark.parametrize(("key", "wrong"), [("a.days", True), ("a.flag", 1), ("a.choice", "x")])
def test_a_value_of_another_kind_is_refused(key: str, wrong: SettingValue) -> None:
    with pytest.raises(BadInput):
        FOUND[key].checked(wrong)


def test_values_and_ranges_are_told_in_words() -> None:
    words = texts("en")

    def told(key: str, value: SettingValue | None = None) -> str:
        setting: Setting = FOUND[key]
        return words.text(setting.shown(setting.default if value is None else value))

    nbsp = "\N{NO-BREAK SPACE}"
    assert told("a.days", 1) == f"1{nbsp}day"
    assert told("a.integer") == f"5{nbsp}working days"
    assert told("a.decimal") == f"75{nbsp}×{nbsp}10⁹/L"
    assert told("a.plain") == "1.5"
    assert told("a.drugs") == "none"
    assert told("a.drugs", ("danshen", "ibuprofen")) == "Danshen, ibuprofen"
    assert told("a.flag") == "off"
    ranges = {key: FOUND[key].allowed for key in ("a.days", "a.decimal", "a.plain", "a.flag")}
    assert {key: words.text(text) for key, text in ranges.items() if text is not None} == {
        "a.days": f"from 1{nbsp}day to 28{nbsp}days",
        "a.decimal": f"from 50{nbsp}×{nbsp}10⁹/L to any",
        "a.plain": "from any to 2",
    }


def test_settings_bound_to_each_other_are_found_from_either_side() -> None:
    found = catalogue_from_data(
        data(
            entry("a.b", "days", 3, at_most=["a.c"]),
            entry("a.c", "days", 5),
            entry("a.d", "days", 9, at_least=["a.c"]),
            entry("a.e", "days", 1),
        )
    )
    for key in ("a.b", "a.c", "a.d"):
        assert [one.key for one in linked(found, key)] == ["a.b", "a.c", "a.d"]
    assert [one.key for one in linked(found, "a.e")] == ["a.e"]
    with pytest.raises(BadInput):
        SiteSettings(found, {"a.d": 4}).check()
    with pytest.raises(BadInput):
        SiteSettings(found, {"a.b": 6}).check()
