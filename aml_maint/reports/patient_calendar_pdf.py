"""The patient calendar as two printed pages: days with boxes to tick, then the drugs in words."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import Any

from aml_maint.domain.messages import Catalogue, Message, say
from aml_maint.domain.quantities import Dose, LabValue, dose_text, lab_text
from aml_maint.domain.regimen import Component, GateRule
from aml_maint.reports.cycle_report_table import frequency
from aml_maint.reports.patient_calendar import (
    CalendarColumn,
    CalendarDay,
    PatientCalendar,
    Standing,
)
from aml_maint.reports.pdf import typeset

_OPERATORS = {">": "above", ">=": "at_least", "<": "below", "<=": "at_most"}


def patient_calendar_document(calendar: PatientCalendar, catalogue: Catalogue) -> bytes:
    """The PDF in the catalogue's language. FontMissing when a font is lacking."""
    return typeset(
        "patient_calendar.typ",
        content(calendar, catalogue),
        catalogue.language,
        calendar.made.utc,
    )


def content(calendar: PatientCalendar, catalogue: Catalogue) -> dict[str, Any]:
    """Every text of the calendar as the template lays it out. Holds no markup."""
    text = catalogue.text
    first, last = calendar.days[0].on, calendar.days[-1].on
    born = calendar.patient.born_on
    return {
        # A viewer shows this title in its window, so it names no patient.
        "document_title": text("calendar.document_title", cycle=calendar.cycle),
        "title": text("calendar.title"),
        "cycle": text("calendar.cycle", cycle=calendar.cycle, first=first, last=last),
        "name": calendar.patient.full_name,
        "born": text("calendar.born_unknown" if born is None else "calendar.born", day=born),
        "demo": text("report.demo") if calendar.demo else None,
        "made": text("calendar.made", at=calendar.made.local),
        "keep_together": text("report.keep_together"),
        "chart": _chart(calendar, catalogue),
        "legend": _legend(calendar, catalogue),
        "turn_over": text("calendar.turn_over"),
        "medicines": {
            "heading": text("calendar.heading.medicines"),
            "items": [_medicine(calendar, one, catalogue) for one in calendar.components],
        },
        "never_double": text("calendar.never_double"),
        "visit": _visit(calendar, catalogue),
        "phone": {
            "heading": text("calendar.heading.phone"),
            "lines": [text("calendar.phone.day"), text("calendar.phone.night")],
            "reasons": text("calendar.phone.reasons"),
        },
    }


def _chart(calendar: PatientCalendar, catalogue: Catalogue) -> dict[str, Any]:
    """The boxes: a column per drug and time of day, a line per day."""
    text = catalogue.text
    return {
        "day": text("calendar.column.day"),
        "parts": [
            [text(f"calendar.part.{part.value}"), len(list(columns))]
            for part, columns in groupby(calendar.columns, lambda column: column.part)
        ],
        "heads": [_head(column, catalogue) for column in calendar.columns],
        "days": [_day(calendar, i, day, catalogue) for i, day in enumerate(calendar.days)],
    }


def _head(column: CalendarColumn, catalogue: Catalogue) -> dict[str, Any]:
    amounts = column.amounts
    return {
        "time": catalogue.value(column.at),
        "name": catalogue.text(column.component.drug.name),
        # Doses that differ between days stand at the days.
        "dose": catalogue.text(_amount(amounts[0])) if len(amounts) == 1 else None,
    }


def _day(
    calendar: PatientCalendar, index: int, day: CalendarDay, catalogue: Catalogue
) -> dict[str, Any]:
    text = catalogue.text
    cells = []
    for column in calendar.columns:
        dose = column.doses[index]
        told = dose is not None and len(column.amounts) > 1
        cells.append(
            None
            if dose is None
            else {
                "standing": dose.standing.value,
                "dose": text(_amount(dose.dose)) if told else None,
            }
        )
    return {
        "date": catalogue.short_day(day.on),
        "weekday": text(f"calendar.weekday.{day.on.isoweekday()}"),
        "number": text("calendar.day_number", number=day.number),
        "week_ends": day.number % 7 == 0,
        "injection": text("calendar.injection") if calendar.has_injection(index) else None,
        "cells": cells,
    }


def _amount(dose: Dose | None) -> Message:
    return say("calendar.dose_as_told") if dose is None else dose_text(dose)


def _legend(calendar: PatientCalendar, catalogue: Catalogue) -> list[list[str]]:
    """The signs that occur, each with its words."""
    found = {
        dose.standing for column in calendar.columns for dose in column.doses if dose is not None
    }
    return [
        [standing.value, catalogue.text(f"calendar.standing.{standing.value}")]
        for standing in Standing
        if standing in found
    ]


def _medicine(
    calendar: PatientCalendar, component: Component, catalogue: Catalogue
) -> dict[str, Any]:
    """One drug in words: dose, way, rhythm, times, food, and what stands in its way."""
    text = catalogue.text
    columns = calendar.columns_of(component)
    amounts = _amounts(columns)
    words = (
        say("calendar.amounts", amounts=amounts),
        say(f"route.{component.drug.route}"),
        frequency(calendar.course.regimen, component),
    )
    notes = _notes(calendar, columns)
    if len(amounts) > 1:
        notes.insert(0, say("calendar.dose_changes"))
    return {
        "name": text(component.drug.name),
        "order": text("calendar.dash").join(text(word) for word in words),
        "times": text("calendar.times", times=tuple(column.at for column in columns)),
        "food": None if component.food is None else text(component.food),
        "notes": [text(note) for note in notes],
    }


def _amounts(columns: tuple[CalendarColumn, ...]) -> tuple[Message, ...]:
    """The doses of the cycle in order, each but the first with the day it begins on."""
    first_days: dict[Dose | None, date] = {}
    for column in columns:
        for one in column.doses:
            if one is not None:
                first_days.setdefault(one.dose, one.at.date())
    return tuple(
        _amount(dose) if number == 0 else say("report.dose_from", dose=_amount(dose), day=day)
        for number, (dose, day) in enumerate(sorted(first_days.items(), key=lambda of: of[1]))
    )


def _notes(calendar: PatientCalendar, columns: tuple[CalendarColumn, ...]) -> list[Message]:
    """Holds of the cycle, and the gate that the doses to come hang on."""
    doses = [dose for column in columns for dose in column.doses if dose is not None]
    notes: list[Message] = []
    for hold in dict.fromkeys(
        dose.planned.hold for dose in doses if dose.standing is Standing.HELD
    ):
        if hold is None or hold.last_day is None:
            notes.append(say("calendar.held", first=hold.first_day if hold else None))
        else:
            notes.append(say("calendar.held_until", first=hold.first_day, last=hold.last_day))
    to_come = {dose.standing for dose in doses if dose.planned.due > calendar.made.utc}
    rule = columns[0].gate
    if rule is not None and Standing.GATE_CLOSED in to_come:
        notes.append(say("calendar.gate_closed", rule=_rule(rule)))
    elif rule is not None and Standing.CONDITIONAL in to_come:
        notes.append(say("calendar.gate_open", rule=_rule(rule)))
    return notes


def _rule(rule: GateRule) -> Message:
    return Message(
        f"calendar.rule.{_OPERATORS[rule.operator]}",
        {
            "analyte": say(f"analyte.{rule.analyte}"),
            "limit": lab_text(LabValue(rule.limit, rule.unit)),
        },
    )


def _visit(calendar: PatientCalendar, catalogue: Catalogue) -> dict[str, str]:
    text = catalogue.text
    day = calendar.next_start
    if day is None:
        return {"heading": text("calendar.heading.visit"), "day": text("calendar.visit.unknown")}
    key = "calendar.visit.expected" if calendar.next_expected else "calendar.visit.day"
    weekday = say(f"calendar.weekday.{day.isoweekday()}")
    told = Message(key, {"day": day, "weekday": weekday, "cycle": calendar.cycle + 1})
    return {"heading": text("calendar.heading.visit"), "day": text(told)}
