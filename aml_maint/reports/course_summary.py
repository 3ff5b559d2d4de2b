"""A course from its first day to its end: cycles, intensity, toxicities, marrows, what followed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from aml_maint.domain.course import Course
from aml_maint.domain.follow_up import FollowUp
from aml_maint.domain.marrow_facts import marrow_facts
from aml_maint.domain.messages import Message, Name, say
from aml_maint.domain.quantities import dose_text, plain
from aml_maint.domain.response_board import ResponseBoard
from aml_maint.domain.toxicity_event import ToxicityEvent
from aml_maint.reports.dossier import Facts, Grid, Lines, Section, Text


@dataclass(frozen=True)
class CourseFacts:
    """All that the summary of a course is made of; `intensity` is the mean RDI by cycle."""

    course: Course
    today: date
    intensity: Mapping[int, Decimal | None]
    toxicities: tuple[ToxicityEvent, ...]
    terms: Mapping[str, Name]
    board: ResponseBoard
    follow_up: FollowUp


def summary_sections(facts: CourseFacts) -> tuple[Section, ...]:
    """What a course came to, in the order in which it is asked for."""
    return (
        _course(facts),
        _cycles(facts),
        Lines(
            say("summary.decisions"), tuple(_decisions(facts.course)), say("summary.decisions.none")
        ),
        _toxicities(facts),
        _marrows(facts.board),
        Lines(
            say("summary.followed"), tuple(_followed(facts.follow_up)), say("summary.followed.none")
        ),
    )


def _course(facts: CourseFacts) -> Facts:
    course = facts.course
    version = say("report.regimen", regimen=course.regimen.name, version=course.regimen.version)
    ended: Message = say("summary.running")
    if course.ended_on is not None:
        reason = course.end_reason.value if course.end_reason else "other"
        ended = say("summary.ended", day=course.ended_on, reason=say(f"end_reason.{reason}"))
    last = min(course.ended_on or facts.today, facts.today)
    return Facts(
        say("summary.course"),
        (
            (say("report.label.regimen"), version),
            (say("summary.began"), say("signing.fact.as_is", value=course.first_day)),
            (say("summary.end"), ended),
            (say("summary.end_note"), course.end_note or None),
            (say("summary.cycles"), say("signing.fact.as_is", value=len(course.cycles))),
            (
                say("summary.days"),
                say("tox_report.days", days=(last - course.first_day + timedelta(days=1)).days),
            ),
        ),
    )


def _cycles(facts: CourseFacts) -> Grid:
    course = facts.course
    rows: list[tuple[Text, ...]] = []
    for start in course.cycles:
        end = course.cycle_end(start.number)
        rdi = facts.intensity.get(start.number)
        rows.append(
            (
                say("reports.cycle", cycle=start.number),
                say("signing.fact.as_is", value=start.first_day),
                say("signing.fact.as_is", value=end),
                say("tox_report.days", days=(end - start.first_day).days + 1),
                say("tox_report.days", days=course.delay_days(start.number)),
                "–" if rdi is None else say("report.share", percent=_percent(rdi)),
            )
        )
    columns = ("cycle", "first", "last", "length", "delay", "rdi")
    heads = tuple(say(f"summary.column.{name}") for name in columns)
    return Grid(
        say("summary.cycles"), heads, tuple(rows), say("summary.no_cycles"), (10, 13, 13, 9, 9, 9)
    )


def _percent(share: Decimal) -> str:
    return plain((share * 100).quantize(Decimal("0.1"), ROUND_HALF_UP))


def _decisions(course: Course) -> Iterator[Message]:
    for hold in sorted(course.holds, key=lambda one: (one.first_day, one.component)):
        told: dict[str, object] = {
            "first": hold.first_day,
            "reason": say(f"hold_reason.{hold.reason.value}"),
            "by": hold.decided_by,
        }
        what = (
            Message("report.hold.running", told)
            if hold.last_day is None
            else Message("report.hold.ended", told | {"last": hold.last_day})
        )
        drug = course.component(hold.component).drug.name
        yield say("summary.decision", drug=drug, what=what)
    for order in sorted(course.orders, key=lambda one: (one.from_day, one.component)):
        if order.from_day > course.first_day:
            drug = course.component(order.component).drug.name
            what = say("report.dose_from", dose=dose_text(order.dose), day=order.from_day)
            yield say("summary.decision", drug=drug, what=what)


def _toxicities(facts: CourseFacts) -> Grid:
    by_term: dict[str, list[ToxicityEvent]] = {}
    for event in facts.toxicities:
        by_term.setdefault(event.term, []).append(event)
    rows = [_term(facts, term, events) for term, events in by_term.items()]
    heads = tuple(
        say(f"summary.column.{name}") for name in ("term", "worst", "episodes", "onset", "over")
    )
    rows.sort(key=lambda row: row[0])
    return Grid(
        say("summary.toxicities"),
        heads,
        tuple(row for _, row in rows),
        say("summary.no_toxicity"),
        (22, 10, 8, 16, 12),
    )


def _term(
    facts: CourseFacts, term: str, events: Sequence[ToxicityEvent]
) -> tuple[int, tuple[Text, ...]]:
    """The row of a term, with the rank that sorts the worst terms first."""
    worst = max((e.worst for e in events if e.worst is not None), default=None)
    first = min(events, key=lambda e: e.onset.local)
    ongoing = any(e.is_ongoing for e in events)
    last = max((e.last_day(facts.today) for e in events), default=facts.today)
    over: Text = say("tox_report.ongoing") if ongoing else say("signing.fact.as_is", value=last)
    grade: Text = (
        say("report.not_evaluated") if worst is None else say("signing.fact.grade", grade=worst)
    )
    row = (facts.terms[term], grade, str(len(events)), first.onset.text(), over)
    return (-(worst or 0), row)


def _marrows(board: ResponseBoard) -> Grid:
    rows: list[tuple[Text, ...]] = []
    for row in board.rows:
        response = row.verdict.response.study
        rows.append(
            (
                say("signing.fact.as_is", value=row.day),
                say("signing.fact.as_is", value=marrow_facts(row.marrow)),
                say(f"response.class.{response.value if response else 'none'}"),
            )
        )
    heads = tuple(say(f"summary.column.{name}") for name in ("day", "results", "response"))
    return Grid(say("summary.marrows"), heads, tuple(rows), say("summary.no_marrow"), (10, 30, 14))


def _followed(follow_up: FollowUp) -> Iterable[Message]:
    for event in sorted(follow_up.events, key=lambda one: one.on):
        told: dict[str, object] = {"day": event.on, "event": say(f"event_kind.{event.kind.value}")}
        if event.cause is not None:
            told["cause"] = say(f"death_cause.{event.cause.value}")
            yield Message("summary.event.cause", told)
        else:
            yield Message("summary.event", told)
    if follow_up.last_known is not None:
        yield say("summary.last_known", day=follow_up.last_known)
