"""The doses of a cycle as a table: each component's counts, sums, shares and reasons in words."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from aml_maint.domain.intensity import Intensity
from aml_maint.domain.messages import Catalogue, Language, Message, say
from aml_maint.domain.quantities import dose_text, plain
from aml_maint.domain.regimen import Component, Regimen
from aml_maint.reports.cycle_report import CycleReport, ordered_doses, reason_counts
from aml_maint.reports.cycle_report_injections import injection_details

COUNTS: tuple[tuple[str, Callable[[Intensity], int]], ...] = (
    ("planned", lambda one: one.planned),
    ("given", lambda one: one.given),
    ("partly", lambda one: one.partly),
    ("held", lambda one: one.held + one.omitted),
    ("missed", lambda one: one.missed),
    ("refused", lambda one: one.refused),
    ("unconfirmed", lambda one: one.unconfirmed),
    ("gate_closed", lambda one: one.gate_closed),
)

MILLION_UNITS = "10*6.[iU]"
_AMOUNTS = {
    "mg": "milligrams",
    "ug": "micrograms",
    "g": "grams",
    MILLION_UNITS: "million_units",
    "[iU]": "units",
    "[iU]/kg": "units_per_kilogram",
    "{tablet}": "tablets",
}


def dose_table(report: CycleReport, catalogue: Catalogue) -> dict[str, Any]:
    """The table: headings, and per component its name, ordered dose, figures and reasons."""
    text = catalogue.text
    by_component = {one.component: one for one in report.intensities}
    rows = []
    for component in report.course.regimen.components:
        if component.id in by_component:
            rows.append(_row(report, component, by_component[component.id], catalogue))
    return {
        "heading": text("report.heading.doses"),
        "name": text("report.column.component"),
        "counts": [text(f"report.column.{name}") for name, _ in COUNTS],
        "shares": [text(f"report.column.{name}") for name in ("amount", "rdi", "adherence")],
        "rows": rows,
        "note": text("report.doses.overrun_note") if report.overrun_days else None,
    }


def _row(
    report: CycleReport, component: Component, figures: Intensity, catalogue: Catalogue
) -> dict[str, Any]:
    text = catalogue.text
    return {
        "name": text(component.drug.name),
        "order": text("report.comma").join(text(word) for word in _order(report, component)),
        "counts": [count(figures) for _, count in COUNTS],
        "shares": [
            text(_amount(figures, catalogue.language)),
            text(_share(figures.rdi)),
            text(_share(figures.adherence)),
        ],
        "reasons": [
            text(
                "report.reason_count",
                state=say(f"state.{counted.state.value}"),
                count=counted.times,
                reason=counted.reason,
            )
            for counted in reason_counts(report, component)
        ]
        + ([text("report.extra_doses", count=figures.extra)] if figures.extra else []),
        "details": [text(detail) for detail in injection_details(report, component)],
    }


def _order(report: CycleReport, component: Component) -> list[Message]:
    """Dose, route and frequency in words (clinical rules, "How doses read")."""
    told = ordered_doses(report, component)
    words = []
    for number, (day, dose) in enumerate(told):
        amount = dose_text(dose)
        words.append(amount if number == 0 else say("report.dose_from", dose=amount, day=day))
    if not words:
        words.append(say("report.dose_not_ordered"))
    return [
        *words,
        say(f"route.{component.drug.route}"),
        frequency(report.course.regimen, component),
    ]


def frequency(regimen: Regimen, component: Component) -> Message:
    """How often it is given, in words; a linked component hangs on the one it serves."""
    if component.link is not None:
        served = regimen.component(component.link.to).drug.name
        minutes = component.link.offset_minutes
        key = "report.frequency.before" if minutes < 0 else "report.frequency.after"
        return say(key, minutes=abs(minutes), drug=served)
    times, interval = len(component.slots), component.rhythm.interval_days
    if interval == 1:
        key = {1: "once", 2: "twice", 3: "three_times"}.get(times, "daily")
        return say(f"report.frequency.{key}", times=times)
    if interval == 2 and times == 1:
        return say("report.frequency.every_other_day")
    if times == 1:
        return say("report.frequency.every", days=interval)
    return say("report.frequency.every_times", days=interval, times=times)


def _amount(figures: Intensity, language: Language) -> Message:
    """The dose sum given, of the sum planned where one was ordered."""
    if figures.unit is None:
        return say("report.amount.none")
    key = f"report.amount.{_AMOUNTS[figures.unit]}"
    # Chinese counts units by the ten thousand: 1 million units are 100 of them.
    many = 100 if language == "zh" and figures.unit == MILLION_UNITS else 1
    given = grouped(figures.given_dose * many)
    if figures.planned_dose is None:
        return Message(f"{key}.unplanned", {"given": given})
    return Message(key, {"given": given, "planned": grouped(figures.planned_dose * many)})


def grouped(value: Decimal) -> str:
    """A sum as people read it: thousands commas, no trailing zeros."""
    whole, dot, rest = plain(value).partition(".")
    return f"{int(whole):,}{dot}{rest}"


def _share(share: Decimal | None) -> Message:
    """A share as a percentage to one decimal, halves up; a dash where it is not defined."""
    if share is None:
        return say("report.share.none")
    percent = (share * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return say("report.share", percent=plain(percent))
