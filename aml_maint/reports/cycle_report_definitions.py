"""The small print of a cycle report: the settings and definitions its figures rest on."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from aml_maint.domain.gate import rule_text
from aml_maint.domain.messages import Catalogue, Message, Name, say
from aml_maint.domain.quantities import LabValue, lab_text, plain
from aml_maint.domain.regimen import Component, Evidence, GateRule, Regimen, Source
from aml_maint.reports.cycle_report import CycleReport

_A_DAY = timedelta(days=1)


def definitions(report: CycleReport, catalogue: Catalogue) -> dict[str, Any]:
    """Heading and sentences as they held on the report's last day.

    Defaults of the program are marked [D], figures that the site has decided on [S].
    """
    text = catalogue.text
    regimen = report.regimen
    sources = tuple(source.title for source in regimen.evidence)
    items = [
        say("report.definition.planned"),
        say("report.definition.rdi"),
        *([say("report.definition.extra")] if any(i.extra for i in report.intensities) else []),
        say(
            "report.definition.windows",
            windows=text("report.joint").join(text(window) for window in _windows(report)),
        ),
        *(
            _gate(report, component, rule)
            for component in regimen.components
            for rule in component.gates
            if rule.active
        ),
        *_pregnancy(regimen),
        *site_sentences(report, catalogue),
        say("report.definition.grades"),
        *_marrow(report),
        say("report.definition.sources", sources=sources),
    ]
    return {
        "heading": text("report.heading.definitions"),
        "items": [text(item) for item in items],
    }


def _marrow(report: CycleReport) -> Iterator[Message]:
    if report.board is not None and report.board.rows:
        yield say("report.definition.marrow")


def _windows(report: CycleReport) -> list[Message]:
    """When a dose counts as on time; components with the same window stand together."""
    alike: dict[tuple[str, Message], list[Name]] = {}
    for component in report.regimen.components:
        window, source = _window(report, component)
        figures = ("window",) if component.link is None else ("earliest", "latest")
        mark = _mark(report, source, component, *figures)
        alike.setdefault((mark, window), []).append(component.drug.name)
    return [
        say("report.definition.window", drugs=tuple(names), window=window, mark=mark)
        for (mark, window), names in alike.items()
    ]


def _window(report: CycleReport, component: Component) -> tuple[Message, Source]:
    link = component.link
    if link is not None:
        ends = sorted((abs(link.earliest_minutes), abs(link.latest_minutes)))
        served = report.course.component(link.to).drug.name
        key = "before" if link.offset_minutes < 0 else "after"
        told = {"least": ends[0], "most": ends[1], "drug": served}
        return Message(f"report.definition.window.{key}", told), link.source
    minutes = component.window_minutes
    hours, rest = divmod(minutes, 60)
    if rest:
        return say("report.definition.window.minutes", minutes=minutes), component.window_source
    return say("report.definition.window.hours", hours=hours), component.window_source


def _gate(report: CycleReport, component: Component, rule: GateRule) -> Message:
    told: dict[str, object] = {
        "drug": component.drug.name,
        "analyte": say(f"analyte.{rule.analyte}"),
        "rule": rule_text(rule),
        "mark": _mark(report, rule.source, component, "gate_limit", gate=rule.id),
    }
    gate = Message("report.definition.gate", told)
    if rule.warn_below is not None:
        limit = lab_text(LabValue(rule.warn_below, rule.unit))
        gate = say("report.definition.gate_warn", gate=gate, limit=limit)
    if rule.max_age_days is None:
        return gate
    age = say("report.definition.gate_age", gate=gate, days=rule.max_age_days)
    if rule.watch_age_days is not None and rule.watch_below and rule.watch_fall:
        below = lab_text(LabValue(rule.watch_below, rule.unit))
        fall = plain((rule.watch_fall * 100).quantize(Decimal(1)))
        age = say(
            "report.definition.gate_watch", gate=gate, days=rule.max_age_days,
            watch=rule.watch_age_days, below=below, fall=fall,
        )  # fmt: skip
    mark = ""
    if rule.age_source is not None:
        ages = ("gate_age", "gate_watch_age", "gate_watch_below", "gate_watch_fall")
        mark = _mark(report, rule.age_source, component, *ages, gate=rule.id)
    return say("report.definition.marked", what=age, mark=mark)


def _pregnancy(regimen: Regimen) -> Iterator[Message]:
    for component in regimen.components:
        rule = component.pregnancy
        if rule is not None and rule.active:
            yield say(
                "report.definition.pregnancy", drug=component.drug.name, days=rule.days,
                first=rule.first_days, irregular=rule.irregular_days,
            )  # fmt: skip


def site_sentences(report: CycleReport, catalogue: Catalogue) -> Iterator[Message]:
    """What the site has set otherwise than the program proposes, and since when."""
    if report.site is None:
        return
    first, last = report.days[0].on, report.last_day_shown
    settings = report.site.on(last)
    own: list[Message] = []
    for setting in report.site.catalogue.values():
        if settings.is_changed(setting.key):
            own.append(say("site.is", name=setting.name, value=settings.shown(setting.key)))
    if own:
        yield say("report.definition.site_own", settings=_listed(own, catalogue))
    accepted = sum(settings.is_accepted(key) for key in report.site.catalogue)
    count = len(report.site.catalogue)
    yield say("report.definition.site_rest", accepted=accepted, count=count)
    during = tuple(
        say("report.definition.site_change", day=change.from_day, name=setting.name,
            value=setting.shown(change.value),
            before=setting.shown(report.site.on(change.from_day - _A_DAY).value(setting.key)))
        for setting in report.site.catalogue.values()
        if (change := report.site.in_force(setting.key, last)) is not None
        and first < change.from_day
        and change.value != report.site.on(change.from_day - _A_DAY).value(setting.key)
    )  # fmt: skip
    if during:
        yield say("report.definition.site_changes", changes=_listed(during, catalogue))


def _listed(items: Sequence[Message], catalogue: Catalogue) -> str:
    """Items that may hold commas of their own, told apart."""
    return catalogue.text("report.joint").join(catalogue.text(item) for item in items)


def _mark(
    report: CycleReport,
    source: Source,
    component: Component,
    *figures: str,
    gate: str | None = None,
) -> str:
    """The mark of a figure that is the program's default, or that the site has decided on."""
    if source.evidence is not Evidence.SITE_DEFAULT:
        return ""
    return " [S]" if _decided(report, component, figures, gate) else " [D]"


def _decided(
    report: CycleReport, component: Component, figures: Collection[str], gate: str | None
) -> bool:
    """Has the site decided on any of some figures of a component?"""
    if report.site is None:
        return False
    settings = report.site.on(report.last_day_shown)
    return any(
        target.figure in figures
        and component.id in target.components
        and (gate is None or target.gate == gate)
        and (not target.regimens or report.regimen.id in target.regimens)
        for key in settings.chosen
        for target in settings.catalogue[key].targets
    )
