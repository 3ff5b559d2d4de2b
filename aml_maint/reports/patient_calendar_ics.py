"""The patient calendar for a calendar program (iCalendar, RFC 5545).

It names no person, and by default no drug either: it may lie on a telephone or a server that the
ward does not know. One event stands for all doses of one part of the day.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event, Timezone

import aml_maint
from aml_maint.domain.messages import Catalogue, Message, say
from aml_maint.domain.moment import zone
from aml_maint.domain.quantities import dose_text
from aml_maint.reports.patient_calendar import (
    REMINDED,
    CalendarDose,
    PartOfDay,
    PatientCalendar,
    Standing,
    is_injection,
    part_of_day,
)

# How long after its last dose an event lasts, so that it is seen in a day's view.
TAIL = timedelta(minutes=15)


def patient_calendar_ics(
    calendar: PatientCalendar, catalogue: Catalogue, *, with_names: bool
) -> bytes:
    """The calendar as a file; `with_names` adds drugs and doses, never the patient."""
    text = catalogue.text
    ics = Calendar()
    ics.add("prodid", f"-//aml_maint//aml_maint {aml_maint.__version__}//EN")
    ics.add("version", "2.0")
    ics.add("calscale", "GREGORIAN")
    ics.add("method", "PUBLISH")
    ics.add("x-wr-calname", text(_title(calendar, say("calendar.ics.name"))))
    here = zone(calendar.course.zone)
    ics.add_component(_timezone(calendar, here))
    for index in range(len(calendar.days)):
        for part, doses in _parts(calendar, index):
            event = _event(calendar, _uid(calendar, calendar.days[index].on, part))
            reminded = tuple(dose for dose in doses if dose.standing in REMINDED)
            if reminded:
                _tell(event, calendar, part, reminded, catalogue, with_names)
                _time(event, reminded, here)
            elif doses[-1].planned.due > calendar.made.utc:
                _cancel(event, calendar, part, doses, catalogue, here)
            else:
                continue
            ics.add_component(event)
    if calendar.next_start is not None:
        ics.add_component(_next_visit(calendar, calendar.next_start, catalogue))
    return bytes(ics.to_ical())


def _parts(
    calendar: PatientCalendar, index: int
) -> Iterator[tuple[PartOfDay, tuple[CalendarDose, ...]]]:
    """The parts of a day that have planned doses, with these by time."""
    found: dict[PartOfDay, list[CalendarDose]] = {}
    for dose in calendar.doses_on(index):
        found.setdefault(part_of_day(dose.at.time()), []).append(dose)
    for part, doses in found.items():
        yield part, tuple(doses)


def _uid(calendar: PatientCalendar, day: date, part: str) -> str:
    """The same for the same part of the same planned day, whatever is replanned within it.

    The course's id is random, so the digest can't be traced back to a person.
    """
    identity = f"aml_maint calendar/{calendar.course.id}/{day.isoformat()}/{part}"
    return f"{sha256(identity.encode()).hexdigest()[:32]}@aml-maint"


def _event(calendar: PatientCalendar, uid: str) -> Event:
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", calendar.made.utc.replace(microsecond=0))
    # Calendar programs take a later export of the same event for the one that counts.
    event.add("sequence", calendar.sequence)
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE")
    return event


def _time(event: Event, doses: tuple[CalendarDose, ...], here: ZoneInfo) -> None:
    """Start, length and an alarm at each dose's time.

    A length and not an end: in the hour that autumn repeats, an end can't be told from one
    an hour before.
    """
    first, last = doses[0].planned.due, doses[-1].planned.due
    event.add("dtstart", first.astimezone(here))
    event.add("duration", last - first + TAIL)
    for due in dict.fromkeys(dose.planned.due for dose in doses):
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", event["summary"])
        alarm.add("trigger", due - first)
        event.add_component(alarm)


def _cancel(
    event: Event,
    calendar: PatientCalendar,
    part: PartOfDay,
    doses: tuple[CalendarDose, ...],
    catalogue: Catalogue,
    here: ZoneInfo,
) -> None:
    """Take back a reminder of an earlier export, all of whose doses are paused now: no alarm."""
    paused = say("calendar.ics.paused", title=_kind(part, doses))
    event.add("summary", catalogue.text(_title(calendar, paused)))
    event.add("status", "CANCELLED")
    event.add("dtstart", doses[0].planned.due.astimezone(here))
    event.add("duration", TAIL)


def _tell(
    event: Event,
    calendar: PatientCalendar,
    part: PartOfDay,
    doses: tuple[CalendarDose, ...],
    catalogue: Catalogue,
    with_names: bool,
) -> None:
    text = catalogue.text
    title = _kind(part, doses)
    if with_names:
        drugs = tuple(dict.fromkeys(dose.planned.component.drug.name for dose in doses))
        title = say("calendar.ics.named", title=title, drugs=drugs)
    event.add("summary", text(_title(calendar, title)))
    event.add("description", "\n".join(text(_line(dose, with_names)) for dose in doses))


def _kind(part: PartOfDay, doses: tuple[CalendarDose, ...]) -> Message:
    injections = [is_injection(dose.planned.component) for dose in doses]
    kind = "injection" if all(injections) else "both" if any(injections) else "medicine"
    return say(f"calendar.ics.{kind}", part=say(f"calendar.ics.part.{part.value}"))


def _line(dose: CalendarDose, with_names: bool) -> Message:
    component = dose.planned.component
    at = dose.at.time()
    if not with_names:
        kind = "injection" if is_injection(component) else "medicine"
        return say("calendar.ics.line", at=at, what=say(f"calendar.ics.what.{kind}"))
    told = {
        "at": at,
        "drug": component.drug.name,
        "dose": say("calendar.dose_as_told") if dose.dose is None else dose_text(dose.dose),
        "route": say(f"route.{component.drug.route}"),
    }
    if dose.standing is Standing.CONDITIONAL:
        return Message("calendar.ics.named_line_conditional", told)
    return Message("calendar.ics.named_line", told)


def _title(calendar: PatientCalendar, title: Message) -> Message:
    return say("calendar.ics.demo", title=title) if calendar.demo else title


def _next_visit(calendar: PatientCalendar, day: date, catalogue: Catalogue) -> Event:
    """A whole day, for the visit's hour is not known here."""
    event = _event(calendar, _uid(calendar, calendar.days[0].on, "next visit"))
    key = "calendar.ics.visit_expected" if calendar.next_expected else "calendar.ics.visit"
    event.add("summary", catalogue.text(_title(calendar, Message(key))))
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    return event


def _timezone(calendar: PatientCalendar, here: ZoneInfo) -> Timezone:
    """The zone's rules over the days of the calendar, so that no program has to know its name."""
    first = datetime.combine(calendar.days[0].on, datetime.min.time(), UTC) - timedelta(days=366)
    last = datetime.combine(calendar.days[-1].on, datetime.min.time(), UTC) + timedelta(days=366)
    return Timezone.from_tzinfo(here, calendar.course.zone, first.date(), last.date())
