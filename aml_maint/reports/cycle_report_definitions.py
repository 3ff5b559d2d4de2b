"""The small print of a cycle report: the settings and definitions its figures rest on."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from aml_maint.domain.gate import rule_text
from aml_maint.domain.messages import Catalogue, Message, Name, say
from aml_maint.domain.quantities import LabValue, lab_text, plain
from aml_maint.domain.regimen import Component, Evidence, GateRule, Source
from aml_maint.reports.cycle_report import CycleReport


def definitions(report: CycleReport, catalogue: Catalogue) -> dict[str, Any]:
    """Heading and sentences, site defaults marked [D]."""
    text = catalogue.text
    regimen = report.course.regimen
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
            _gate(component, rule)
            for component in regimen.components
            for rule in component.gates
            if rule.active
        ),
        say("report.definition.grades"),
        say("report.definition.sources", sources=sources),
    ]
    return {
        "heading": text("report.heading.definitions"),
        "items": [text(item) for item in items],
    }


def _windows(report: CycleReport) -> list[Message]:
    """When a dose counts as on time; components with the same window stand together."""
    alike: dict[tuple[str, Message], list[Name]] = {}
    for component in report.course.regimen.components:
        window, source = _window(report, component)
        alike.setdefault((_mark(source), window), []).append(component.drug.name)
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


def _gate(component: Component, rule: GateRule) -> Message:
    told: dict[str, object] = {
        "drug": component.drug.name,
        "analyte": say(f"analyte.{rule.analyte}"),
        "rule": rule_text(rule),
        "mark": _mark(rule.source),
    }
    gate = Message("report.definition.gate", told)
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
    mark = _mark(rule.age_source) if rule.age_source is not None else ""
    return say("report.definition.marked", what=age, mark=mark)


def _mark(source: Source) -> str:
    """The mark of a figure that this site has chosen, not the paper or a label."""
    return " [D]" if source.evidence is Evidence.SITE_DEFAULT else ""
