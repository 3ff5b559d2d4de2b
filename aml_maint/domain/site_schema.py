"""The catalogue of site settings, strictly read from `resources/site.toml`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from aml_maint.domain.data_table import DataProblem, Table, read_sources
from aml_maint.domain.errors import BadInput
from aml_maint.domain.regimen import Source
from aml_maint.domain.site import Applies, Kind, Setting, SettingValue, SiteSettings, Status, Target
from aml_maint.domain.site_regimen import FIGURES

# These have no more and no less.
_WORDS = frozenset({Kind.FLAG, Kind.CHOICE, Kind.COMPONENTS})

_KEY = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")


class SiteProblem(DataProblem):
    """What is wrong in the catalogue, and where: `settings[2].default: …`."""


def catalogue_from_data(data: Mapping[str, Any]) -> Mapping[str, Setting]:
    """The settings by key, in the order of their sections. Raises SiteProblem.

    The defaults must agree with each other as any choice of a site must.
    """
    found: dict[str, Setting] = {}
    with Table(data, "", SiteProblem) as file:
        sources = read_sources(file.table("sources"))
        sections = file.texts("sections")
        entries = file.tables("settings")
        for entry in entries:
            setting = _setting(entry, sources, sections)
            if setting.key in found:
                raise entry.problem("key", f"a second setting is called {setting.key}")
            found[setting.key] = setting
    for entry, setting in zip(entries, found.values(), strict=True):
        for name in ("at_most", "at_least"):
            for other in getattr(setting, name):
                alike = other in found and found[other].kind is setting.kind
                if not alike or setting.kind in _WORDS:
                    raise entry.problem(name, f"“{other}” is no figure of the same kind")
    ordered = sorted(found.values(), key=lambda setting: sections.index(setting.section))
    catalogue = MappingProxyType({setting.key: setting for setting in ordered})
    try:
        SiteSettings(catalogue).check()
    except BadInput as error:
        raise SiteProblem("settings", f"the defaults contradict each other: {error}") from error
    return catalogue


def _setting(entry: Table, sources: Mapping[str, Source], sections: tuple[str, ...]) -> Setting:
    with entry:
        key = entry.text("key")
        if not _KEY.fullmatch(key):
            raise entry.problem("key", f"“{key}” is not a key such as gate.stale_after")
        kind = entry.word("kind", Kind)
        unit = entry.optional_text("unit")
        if unit is not None and kind is Kind.DECIMAL:
            unit = entry.unit("unit")
        setting = Setting(
            key=key,
            kind=kind,
            default=_default(entry, kind),
            section=entry.one_of("section", sections),
            status=entry.word("status", Status),
            source=entry.source(sources),
            applies=entry.word("applies", Applies) if entry.has("applies") else Applies.AT_ONCE,
            unit=unit,
            least=_end(entry, "min", kind),
            most=_end(entry, "max", kind),
            choices=entry.texts("choices"),
            at_most=entry.texts("at_most"),
            at_least=entry.texts("at_least"),
            targets=tuple(_target(target) for target in entry.tables("sets")),
        )
        if kind in {Kind.CHOICE, Kind.COMPONENTS} and not setting.choices:
            raise entry.problem("choices", "is missing")
        if setting.targets and setting.applies is Applies.AT_ONCE:
            # What was planned for today is being given: its figures must not change under it.
            raise entry.problem("applies", "figures of the regimens change from a next day on")
    try:
        setting.checked(setting.default)
    except BadInput as error:
        raise entry.problem("default", "is no value that a site could choose") from error
    return setting


def _default(entry: Table, kind: Kind) -> SettingValue:
    match kind:
        case Kind.FLAG:
            if not entry.has("default"):
                raise entry.problem("default", "is missing")
            return entry.flag("default", False)
        case Kind.TIME:
            return entry.clock("default")
        case Kind.CHOICE:
            return entry.text("default")
        case Kind.COMPONENTS:
            return entry.texts("default")
        case Kind.DECIMAL:
            return entry.number("default")
        case _:
            return entry.whole("default")


def _end(entry: Table, key: str, kind: Kind) -> Decimal | time | None:
    if not entry.has(key):
        return None
    return entry.clock(key) if kind is Kind.TIME else entry.number(key)


def _target(entry: Table) -> Target:
    with entry:
        return Target(
            figure=entry.one_of("figure", FIGURES),
            regimens=entry.texts("regimens"),
            components=entry.texts("components"),
            slot=entry.optional_text("slot"),
            gate=entry.optional_text("gate"),
        )
