"""The site's decisions on its settings over time: which holds on which day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from aml_maint.domain.moment import Moment
from aml_maint.domain.site import Setting, SettingValue, SiteSettings


@dataclass(frozen=True)
class SettingChange:
    """A ward's decision on one setting: its value from a day on, who decided it when, and why.

    `sequence` is the audit event that recorded it; a later decision overrules an earlier one
    from its own day on, whatever day that one named.
    """

    key: str
    value: SettingValue
    from_day: date
    reason: str
    decided_by: str
    decided: Moment
    sequence: int


@dataclass(frozen=True)
class SiteHistory:
    """All decisions of a ward on its settings, in the order they were taken."""

    catalogue: Mapping[str, Setting]
    changes: tuple[SettingChange, ...] = ()

    def on(self, day: date) -> SiteSettings:
        """The settings in force on a day."""
        chosen = {}
        for key, line in self._lines.items():
            begun = [change for change in line if change.from_day <= day]
            if begun:
                chosen[key] = begun[-1].value
        return SiteSettings(self.catalogue, chosen)

    def of(self, key: str) -> tuple[SettingChange, ...]:
        """Every decision on one setting, oldest first. KeyError for an unknown key."""
        return tuple(c for c in self.changes if c.key == self.catalogue[key].key)

    def in_force(self, key: str, day: date) -> SettingChange | None:
        """The decision that holds on a day; None while nobody decided."""
        begun = [c for c in self._lines.get(key, ()) if c.from_day <= day]
        return begun[-1] if begun else None

    def latest(self, key: str) -> SettingValue:
        """The value decided on last, be it in force yet or not; else the default."""
        line = self._lines.get(key, ())
        return line[-1].value if line else self.catalogue[key].default

    def to_come(self, key: str, day: date) -> tuple[SettingChange, ...]:
        """The decisions that begin to hold after a day."""
        return tuple(c for c in self._lines.get(key, ()) if c.from_day > day)

    def days_of_change(self, keys: Iterable[str]) -> tuple[date, ...]:
        """The days on which any of some settings begins to hold another value."""
        lines = self._lines
        days = {change.from_day for key in keys for change in lines.get(key, ())}
        return tuple(sorted(days))

    @cached_property
    def _lines(self) -> dict[str, Sequence[SettingChange]]:
        """By key the decisions that stand, by day: a later one ends all that begin after it."""
        lines: dict[str, Sequence[SettingChange]] = {}
        for change in self.changes:
            before = lines.get(change.key, ())
            lines[change.key] = [*(c for c in before if c.from_day < change.from_day), change]
        return lines
