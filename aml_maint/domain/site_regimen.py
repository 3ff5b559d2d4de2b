"""A regimen as a site has set it: its settings laid over the figures that no source states."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

from aml_maint.domain.edition import ClockTime
from aml_maint.domain.regimen import Component, Drug, GateRule, Regimen
from aml_maint.domain.site import SettingValue, SiteSettings, Target

# Stands for a regimen's id where drugs are meant that are given without a plan.
AS_NEEDED = "as_needed"

# Alternate days begin on the first day of the course, or on the second.
_ODD, _EVEN = 1, 2


def adapted(regimen: Regimen, settings: SiteSettings) -> Regimen:
    """The regimen with every figure that the site has decided on; itself if there is none.

    Figures that contradict each other are ruled out by `SiteSettings.check`, not here.
    """
    decided = _decided(settings, regimen.id)
    components = tuple(_adapted(component, decided) for component in regimen.components)
    if components == regimen.components:
        return regimen
    switched = {c.id: c.pregnancy.active for c in components if c.pregnancy is not None}
    checks = tuple(
        replace(check, active=any(switched.get(name, False) for name in check.blocks))
        if check.blocks
        else check
        for check in regimen.checks
    )
    return replace(regimen, components=components, checks=checks)


def adapted_drug(drug: Drug, settings: SiteSettings) -> Drug:
    """A drug whose gates, where it is given as needed, are as the site has set them."""
    if drug.as_needed is None or not drug.as_needed.gates:
        return drug
    gates = drug.as_needed.gates
    for target, value in _decided(settings, AS_NEEDED):
        if drug.id in target.components and target.figure in _RULE_FIGURES:
            gates = _with_gates(gates, target, value)
    return replace(drug, as_needed=replace(drug.as_needed, gates=gates))


def _decided(settings: SiteSettings, regimen_id: str) -> list[tuple[Target, SettingValue]]:
    return [
        (target, settings.value(key))
        for key in settings.chosen
        for target in settings.catalogue[key].targets
        if not target.regimens or regimen_id in target.regimens
    ]


def _with_gates(
    gates: tuple[GateRule, ...], target: Target, value: SettingValue
) -> tuple[GateRule, ...]:
    change = _RULE_FIGURES[target.figure].change
    return tuple(change(rule, value) if rule.id == target.gate else rule for rule in gates)


def with_times(regimen: Regimen, times: Iterable[ClockTime], day: date) -> Regimen:
    """The regimen with the times of day that a patient has for their own on a day."""
    own: dict[tuple[str, str], time | None] = {}
    for one in times:
        if one.from_day <= day:
            own[one.component, one.slot] = one.at
    if not any(own.values()):
        return regimen
    return replace(regimen, components=tuple(_at_own(c, own) for c in regimen.components))


def _at_own(component: Component, own: Mapping[tuple[str, str], time | None]) -> Component:
    slots = tuple(
        replace(slot, at=own.get((component.id, slot.name)) or slot.at) for slot in component.slots
    )
    return component if slots == component.slots else replace(component, slots=slots)


def figure_of(component: Component, target: Target) -> SettingValue | None:
    """What a component itself says of a target's figure; None if it has no such figure."""
    if target.figure in _LINK_ENDS:
        link = component.link
        return None if link is None else -int(getattr(link, _LINK_ENDS[target.figure]))
    if target.figure in _RULE_FIGURES:
        rule = next((rule for rule in component.gates if rule.id == target.gate), None)
        return None if rule is None else _RULE_FIGURES[target.figure].read(rule)
    return _FIGURES[target.figure].read(component, target)


def _adapted(component: Component, decided: Sequence[tuple[Target, SettingValue]]) -> Component:
    ends: dict[str, int] = {}
    for target, value in decided:
        if component.id not in target.components or figure_of(component, target) is None:
            continue
        if target.figure in _LINK_ENDS:
            # Together at the end: one after the other they could cross each other.
            ends[_LINK_ENDS[target.figure]] = -_whole(value)
        elif target.figure in _RULE_FIGURES:
            gates = _with_gates(component.gates, target, value)
            component = replace(component, gates=gates)
        else:
            component = _FIGURES[target.figure].change(component, target, value)
    return _with_link(component, ends) if ends else component


def _with_link(component: Component, ends: Mapping[str, int]) -> Component:
    """A linked component with other times before the dose that it serves."""
    link = component.link
    assert link is not None  # only links have these figures
    link = replace(
        link,
        offset_minutes=ends.get("offset_minutes", link.offset_minutes),
        earliest_minutes=ends.get("earliest_minutes", link.earliest_minutes),
        latest_minutes=ends.get("latest_minutes", link.latest_minutes),
    )
    widest = max(
        link.offset_minutes - link.earliest_minutes, link.latest_minutes - link.offset_minutes
    )
    return replace(component, link=link, window_minutes=widest)


def _time_at(component: Component, target: Target) -> time | None:
    return next((slot.at for slot in component.slots if slot.name == target.slot), None)


def _with_time(component: Component, target: Target, value: SettingValue) -> Component:
    assert isinstance(value, time)  # the catalogue's kind
    slots = tuple(
        replace(slot, at=value) if slot.name == target.slot else slot for slot in component.slots
    )
    return replace(component, slots=slots)


def _alternate_days(component: Component, _target: Target) -> str | None:
    if component.rhythm.interval_days == 1:
        return None
    return "even_days" if component.rhythm.first_day == _EVEN else "same_days"


def _with_days(component: Component, _target: Target, value: SettingValue) -> Component:
    first = _EVEN if value == "even_days" else _ODD
    return replace(component, rhythm=replace(component.rhythm, first_day=first))


def _with_rule_share(rule: GateRule, value: SettingValue) -> GateRule:
    assert isinstance(value, Decimal)  # the catalogue's kind, in percent
    return replace(rule, watch_fall=value / 100)


def _share(rule: GateRule) -> Decimal | None:
    return None if rule.watch_fall is None else rule.watch_fall * 100


def _whole(value: SettingValue) -> int:
    assert isinstance(value, int)  # the catalogue's kind
    return value


def _decimal(value: SettingValue) -> Decimal:
    assert isinstance(value, Decimal)  # the catalogue's kind
    return value


class _Figure(NamedTuple):
    """How a figure is read from a component, and how a component gets another."""

    read: Callable[[Component, Target], SettingValue | None]
    change: Callable[[Component, Target, SettingValue], Component]


class _RuleFigure(NamedTuple):
    """The same for a figure of one gate of a component."""

    read: Callable[[GateRule], SettingValue | None]
    change: Callable[[GateRule, SettingValue], GateRule]


def _of_pregnancy(field: str) -> _Figure:
    """A figure of a component's pregnancy rule."""

    def read(component: Component, _target: Target) -> SettingValue | None:
        found: SettingValue | None = getattr(component.pregnancy, field, None)
        return found

    def change(component: Component, _target: Target, value: SettingValue) -> Component:
        rule = component.pregnancy
        assert rule is not None  # it has this figure
        values: dict[str, Any] = {field: value}
        return replace(component, pregnancy=replace(rule, **values))

    return _Figure(read, change)


_FIGURES: Mapping[str, _Figure] = MappingProxyType({
    "clock": _Figure(_time_at, _with_time),
    "alternate_days": _Figure(_alternate_days, _with_days),
    "window": _Figure(
        lambda component, _: component.window_minutes if component.link is None else None,
        lambda component, _, value: replace(component, window_minutes=_whole(value)),
    ),
    "gap": _Figure(
        lambda component, _: component.min_gap_days,
        lambda component, _, value: replace(component, min_gap_days=_whole(value)),
    ),
    "pregnancy_active": _of_pregnancy("active"),
    "pregnancy_days": _of_pregnancy("days"),
    "pregnancy_first_days": _of_pregnancy("first_days"),
    "pregnancy_irregular_days": _of_pregnancy("irregular_days"),
})  # fmt: skip

# A site names them in minutes before the dose that is served; a link counts from that dose.
_LINK_ENDS: Mapping[str, str] = MappingProxyType({
    "before": "offset_minutes",
    "earliest": "earliest_minutes",
    "latest": "latest_minutes",
})  # fmt: skip

_RULE_FIGURES: Mapping[str, _RuleFigure] = MappingProxyType({
    "gate_active": _RuleFigure(
        lambda rule: rule.active, lambda rule, value: replace(rule, active=bool(value))
    ),
    "gate_limit": _RuleFigure(
        lambda rule: rule.limit, lambda rule, value: replace(rule, limit=_decimal(value))
    ),
    "gate_warn": _RuleFigure(
        lambda rule: rule.warn_below, lambda rule, value: replace(rule, warn_below=_decimal(value))
    ),
    "gate_age": _RuleFigure(
        lambda rule: rule.max_age_days,
        lambda rule, value: replace(rule, max_age_days=_whole(value)),
    ),
    "gate_watch_age": _RuleFigure(
        lambda rule: rule.watch_age_days,
        lambda rule, value: replace(rule, watch_age_days=_whole(value)),
    ),
    "gate_watch_below": _RuleFigure(
        lambda rule: rule.watch_below,
        lambda rule, value: replace(rule, watch_below=_decimal(value)),
    ),
    "gate_watch_fall": _RuleFigure(_share, _with_rule_share),
})  # fmt: skip

FIGURES = (*_FIGURES, *_LINK_ENDS, *_RULE_FIGURES)
