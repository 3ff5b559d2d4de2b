"""Site settings: what the paper leaves open, chosen by a ward, each with default and source.

The catalogue (`resources/site.toml`) says which settings there are; the ward's decisions say
what was chosen, from which day on. A decision never reaches back: doses planned before its day
keep the values that they had.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import Message, say
from aml_maint.domain.quantities import LabValue, decimal, lab_text, plain
from aml_maint.domain.regimen import Source

SettingValue = int | Decimal | bool | time | str | tuple[str, ...]


class Kind(StrEnum):
    """What a setting holds."""

    INTEGER = "integer"
    DECIMAL = "decimal"
    MINUTES = "minutes"
    DAYS = "days"
    FLAG = "flag"
    TIME = "time"
    CHOICE = "choice"
    COMPONENTS = "components"


class Status(StrEnum):
    """Where a setting's default comes from: the paper, a label, or this program's design."""

    PAPER = "P"
    LABEL = "L"
    DESIGN = "D"


class Applies(StrEnum):
    """From when on a decision can hold, and for what."""

    AT_ONCE = "at_once"
    """For everything from its day on, which may be today."""
    NEXT_DAY = "next_day"
    """For doses planned from its day on, tomorrow at the earliest: today's plan and gates stay."""
    NEW_COURSES = "new_courses"
    """For courses whose first day is its day or later; a running course keeps its rhythm."""


_Number = TypeVar("_Number", int, Decimal, time)

_WHOLE = frozenset({Kind.INTEGER, Kind.MINUTES, Kind.DAYS})


def amount(value: int | Decimal | time) -> Decimal:
    """A number to compare by; of a time of day the minutes since midnight."""
    if isinstance(value, time):
        return Decimal(value.hour * 60 + value.minute)
    return Decimal(value)


@dataclass(frozen=True)
class Target:
    """A figure of the regimens that a setting stands for, in some components of some regimens.

    `slot` names the time of day, `gate` the rule, where the figure is one of several.
    """

    figure: str
    regimens: tuple[str, ...]
    components: tuple[str, ...]
    slot: str | None = None
    gate: str | None = None


@dataclass(frozen=True)
class Setting:
    """One entry of the catalogue. Its name and explanation are texts `site.KEY` and `….why`.

    `at_most` and `at_least` name settings of the same kind that it may not pass.
    """

    key: str
    kind: Kind
    default: SettingValue
    section: str
    status: Status
    source: Source
    applies: Applies = Applies.AT_ONCE
    unit: str | None = None
    least: Decimal | time | None = None
    most: Decimal | time | None = None
    choices: tuple[str, ...] = ()
    at_most: tuple[str, ...] = ()
    at_least: tuple[str, ...] = ()
    targets: tuple[Target, ...] = ()

    @property
    def name(self) -> Message:
        """What it is called."""
        return Message(f"site.{self.key}")

    @property
    def why(self) -> Message:
        """What it is for, in a sentence or two."""
        return Message(f"site.{self.key}.why")

    def parse(self, text: str) -> SettingValue:
        """The value of a text as typed. BadInput if it is none, or out of range."""
        return self.checked(self.read(text))

    def written(self, value: SettingValue) -> str:
        """The text that `parse` reads back."""
        match value:
            case bool():
                return "on" if value else "off"
            case time():
                return f"{value:%H:%M}"
            case tuple():
                return " ".join(value)
            case Decimal():
                return plain(value)
            case _:
                return str(value)

    def checked(self, value: SettingValue) -> SettingValue:
        """The value, if it is of the right kind and in range; BadInput otherwise."""
        match value:
            case bool() if self.kind is Kind.FLAG:
                return value
            case time() if self.kind is Kind.TIME:
                return self._in_range(value)
            case tuple() if self.kind is Kind.COMPONENTS:
                return self._known_components(value)
            case str() if self.kind is Kind.CHOICE and value in self.choices:
                return value
            case int() if self.kind in _WHOLE and not isinstance(value, bool):
                return self._in_range(value)
            case Decimal() if self.kind is Kind.DECIMAL:
                return self._in_range(value)
        raise BadInput(say("site.error.kind", setting=self.name), field="value")

    def shown(self, value: SettingValue) -> Message:
        """A value in words, with its unit."""
        match value:
            case bool():
                return say("site.value.on") if value else say("site.value.off")
            case time():
                return say("site.value.time", time=value)
            case tuple():
                names = tuple(say(f"site.component.{name}") for name in value)
                return say("site.value.list", items=names) if names else say("site.value.none")
            case str():
                return Message(f"site.{self.key}.{value}")
            case Decimal() if self.unit is not None:
                return lab_text(LabValue(value, self.unit))
            case Decimal():
                return say("site.value.number", value=value)
        unit = self.unit or self.kind.value
        return Message(f"site.unit.{unit}{'.one' if value == 1 else ''}", {"value": value})

    def read(self, text: str) -> SettingValue:
        """The value of a text, be it in today's range or not: a range may get narrower."""
        text = text.strip()
        problem = BadInput(say("site.error.kind", setting=self.name), field="value")
        match self.kind:
            case Kind.FLAG:
                found = {"on": True, "off": False, "yes": True, "no": False}.get(text.casefold())
                if found is None:
                    raise problem
                return found
            case Kind.TIME:
                try:
                    hours, minutes = text.replace("：", ":").split(":")
                    return time(int(hours), int(minutes))
                except ValueError as error:
                    raise problem from error
            case Kind.COMPONENTS:
                return tuple(text.replace(",", " ").split())
            case Kind.CHOICE:
                return text
            case Kind.DECIMAL:
                return decimal(text, "value")
        if not text.isdecimal():
            raise problem
        return int(text)

    def _in_range(self, value: _Number) -> _Number:
        if self.least is not None and amount(value) < amount(self.least):
            raise self._out_of_range()
        if self.most is not None and amount(value) > amount(self.most):
            raise self._out_of_range()
        return value

    @property
    def allowed(self) -> Message | None:
        """The range in words; None where any value is allowed, or the choices say it."""
        if self.least is None and self.most is None:
            return None
        least = self.shown(self._end(self.least)) if self.least is not None else say("site.no_end")
        most = self.shown(self._end(self.most)) if self.most is not None else say("site.no_end")
        return say("site.range", least=least, most=most)

    def _out_of_range(self) -> BadInput:
        told = say("site.error.range", setting=self.name, allowed=self.allowed or "")
        return BadInput(told, field="value")

    def _end(self, value: Decimal | time) -> SettingValue:
        return int(value) if self.kind in _WHOLE and isinstance(value, Decimal) else value

    def _known_components(self, value: tuple[str, ...]) -> tuple[str, ...]:
        unknown = [name for name in value if name not in self.choices]
        if unknown:
            raise BadInput(
                say("error.unknown_component", component=unknown[0]),
                hint=say("record.known_components", known=self.choices),
                field="value",
            )
        return tuple(name for name in self.choices if name in value)


@dataclass(frozen=True)
class SiteSettings:
    """The settings in force on one day: the catalogue's defaults under the ward's decisions.

    Reading a key that the catalogue does not hold, or as another kind than it is, is a bug:
    KeyError, TypeError.
    """

    catalogue: Mapping[str, Setting]
    chosen: Mapping[str, SettingValue] = field(default_factory=dict)

    def value(self, key: str) -> SettingValue:
        """The value in force."""
        setting = self.catalogue[key]
        return self.chosen.get(key, setting.default)

    def is_changed(self, key: str) -> bool:
        """Does the site use another value than the default?"""
        return self.value(key) != self.catalogue[key].default

    def is_accepted(self, key: str) -> bool:
        """Has the site decided on it, be it to keep the default?"""
        return key in self.chosen

    def shown(self, key: str) -> Message:
        """The value in force in words."""
        return self.catalogue[key].shown(self.value(key))

    def integer(self, key: str) -> int:
        """A whole number."""
        return self._whole(key, Kind.INTEGER)

    def minutes(self, key: str) -> int:
        """A number of minutes."""
        return self._whole(key, Kind.MINUTES)

    def days(self, key: str) -> int:
        """A number of days."""
        return self._whole(key, Kind.DAYS)

    def decimal(self, key: str) -> Decimal:
        """A decimal, in the setting's unit."""
        value = self.value(key)
        if not isinstance(value, Decimal):
            raise TypeError(f"{key} is no decimal")
        return value

    def flag(self, key: str) -> bool:
        """On or off."""
        value = self.value(key)
        if not isinstance(value, bool):
            raise TypeError(f"{key} is no flag")
        return value

    def clock(self, key: str) -> time:
        """A time of day."""
        value = self.value(key)
        if not isinstance(value, time):
            raise TypeError(f"{key} is no time of day")
        return value

    def choice(self, key: str) -> str:
        """One of the words that the catalogue lists."""
        value = self.value(key)
        if not isinstance(value, str):
            raise TypeError(f"{key} is no choice")
        return value

    def components(self, key: str) -> tuple[str, ...]:
        """The components of the regimens that it names."""
        value = self.value(key)
        if not isinstance(value, tuple):
            raise TypeError(f"{key} is no list of components")
        return value

    def _whole(self, key: str, kind: Kind) -> int:
        value = self.value(key)
        if self.catalogue[key].kind is not kind or not isinstance(value, int):
            raise TypeError(f"{key} is no {kind.value}")
        return value

    def check(self) -> None:
        """BadInput if two settings contradict each other, such as a window that ends early."""
        for setting in self.catalogue.values():
            for other in setting.at_most:
                if not self._fits(setting.key, other):
                    raise self._contradiction("site.error.at_most", setting, other)
            for other in setting.at_least:
                if not self._fits(other, setting.key):
                    raise self._contradiction("site.error.at_least", setting, other)

    def _fits(self, lower: str, upper: str) -> bool:
        """Is one no more than the other? Two times of day must not fall together either."""
        low, high = self._number(lower), self._number(upper)
        return low < high if self.catalogue[lower].kind is Kind.TIME else low <= high

    def _number(self, key: str) -> Decimal:
        value = self.value(key)
        assert isinstance(value, int | Decimal | time)  # limits are for figures: the schema
        return amount(value)

    def _contradiction(self, key: str, setting: Setting, other: str) -> BadInput:
        told = {
            "setting": setting.name, "value": self.shown(setting.key),
            "other": self.catalogue[other].name, "limit": self.shown(other),
        }  # fmt: skip
        return BadInput(Message(key, told), field="value")


def linked(catalogue: Mapping[str, Setting], key: str) -> tuple[Setting, ...]:
    """A setting with all that it is bound to by limits: they are decided on together."""
    found = {key}
    while True:
        more = {
            setting.key
            for setting in catalogue.values()
            if setting.key in found or found & {*setting.at_most, *setting.at_least}
        } | {other for name in found for other in _bounds(catalogue[name])}
        if more == found:
            return tuple(setting for setting in catalogue.values() if setting.key in found)
        found = more


def _bounds(setting: Setting) -> tuple[str, ...]:
    return (*setting.at_most, *setting.at_least)
