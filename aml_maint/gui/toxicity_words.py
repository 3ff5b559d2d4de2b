"""Toxicity events in words, for cards, lists and what is spoken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from aml_maint.domain.advice import Suggestion
from aml_maint.domain.messages import Message, Name, say
from aml_maint.domain.quantities import lab_text
from aml_maint.domain.regimen import Evidence
from aml_maint.domain.toxicity import ToxicityItem
from aml_maint.domain.toxicity_event import Episodes, GradePoint, OtherCause, ToxicityEvent
from aml_maint.services import library
from aml_maint.services.toxicity_chart import EventView


def term_name(event: ToxicityEvent, item: ToxicityItem) -> Message | Name:
    """The term, with the words that were typed for it."""
    if not event.detail:
        return item.term
    return say("toxicity.term_with", term=item.term, detail=event.detail)


def course_words(event: ToxicityEvent) -> Message:
    """Its grades in their order: `grade 1 → 3 → 1`."""
    steps = " → ".join("?" if p.grade is None else str(p.grade) for p in event.grades)
    if event.worst is None:
        return say("toxicity.not_graded")
    return say("toxicity.course", steps=steps)


def time_words(view: EventView) -> Message:
    """When it began and ended, and for how long it was there."""
    event = view.event
    onset = event.onset.text()
    days = event.days(event.resolved.last_day if event.resolved else event.onset.day)
    if event.resolved is None:
        return say("toxicity.since", onset=onset)
    short = event.resolved.local - event.onset.local
    exact = {event.onset.precision, event.resolved.precision} <= {"minute", "hour"}
    if exact and short < timedelta(hours=48):
        hours = round(short / timedelta(hours=1))
        resolved = event.resolved.text()
        return say("toxicity.lasted_hours", onset=onset, resolved=resolved, hours=hours)
    one = ".one" if days == 1 else ""
    return Message(
        f"toxicity.lasted{one}", {"onset": onset, "resolved": event.resolved.text(), "days": days}
    )


def place_words(view: EventView) -> Message | None:
    """The cycle and day of its onset."""
    if view.place is None:
        return None
    return say("toxicity.place", cycle=view.place.cycle, day=view.place.day)


def injection_words(view: EventView) -> Message | None:
    """The injection it followed, and after how many hours."""
    if view.injection is None or view.injection.given is None:
        return None
    drug = _drug_of(view.injection.slot.component)
    at = view.injection.given.local
    if view.hours_after is None:
        return say("toxicity.after", drug=drug, at=at)
    return say("toxicity.after_hours", drug=drug, at=at, hours=view.hours_after)


def _drug_of(component: str) -> Name:
    for regimen in library.regimens().values():
        for one in regimen.components:
            if one.id == component:
                return one.drug.name
    return Name(component, component)


def cause_name(cause: str) -> Message | Name:
    """A drug by its name, another cause in words."""
    if cause in {other.value for other in OtherCause}:
        return say(f"cause.{cause}")
    return library.drugs()[cause].name


def cause_words(event: ToxicityEvent) -> Message | None:
    """How the causes were judged; None while none was."""
    told = []
    for cause in event.causes:
        name = cause_name(cause.cause)
        level = cause.causality
        if level is not None:
            told.append(say("toxicity.cause", cause=name, level=say(f"causality.{level.value}")))
        if cause.action is not None:
            told.append(say("toxicity.did", cause=name, did=say(f"drug_action.{cause.action}")))
        for asked, answer in (("de", cause.dechallenge), ("re", cause.rechallenge)):
            if answer is not None:
                told.append(say(f"toxicity.{asked}challenge.{answer.value}", cause=name))
    return say("toxicity.causes", causes=tuple(told)) if told else None


def value_words(event: ToxicityEvent) -> Message | None:
    """The value that the worst grade was read from; None where there is none."""
    point = event.evidence
    if point is None or point.value is None:
        return None
    return say("toxicity.read_from", value=lab_text(point.value), at=point.at.text())


def serious_words(event: ToxicityEvent) -> Message | None:
    """Why it is serious; None where it is not."""
    if not event.serious:
        return None
    criteria = tuple(say(f"criterion.{one.value}") for one in sorted(event.criteria))
    return say("toxicity.serious", criteria=criteria)


def longer_words(view: EventView) -> Message | None:
    """That it lasts longer than a source says, with the source."""
    expected = view.item.expected
    if view.longer is None or expected is None:
        return None
    return say("toxicity.longer", days=expected.days, source=expected.source.title)


def episodes_words(views: Sequence[EventView]) -> Message:
    """Episodes that follow each other closely as one: how many, from when to when, how bad."""
    found = Episodes(tuple(view.event for view in sorted(views, key=lambda v: v.event.onset.local)))
    worst = say("toxicity.not_graded")
    if found.worst is not None:
        worst = say("toxgrid.grade", grade=found.worst)
    told = {"count": len(views), "onset": found.onset.text(), "worst": worst}
    if found.resolved is None:
        return Message("toxicity.episodes.ongoing", told)
    return Message("toxicity.episodes", {**told, "resolved": found.resolved.text()})


def review_words(event: ToxicityEvent) -> Message:
    """Who signed it, or that nobody has."""
    review = event.review
    if review is None:
        return say("toxicity.unsigned")
    return say("toxicity.signed", by=review.by, at=review.at.local)


def evidence_words(point: GradePoint) -> Message:
    """One point of its course: grade, time, value."""
    grade = (
        say("toxicity.not_graded")
        if point.grade is None
        else say("toxicity.grade_n", grade=point.grade)
    )
    if point.value is None:
        return say("toxicity.point", grade=grade, at=point.at.text())
    value = lab_text(point.value)
    return say("toxicity.point_with", grade=grade, at=point.at.text(), value=value)


def advice_words(one: Suggestion) -> Message:
    """What the regimen says, word for word."""
    return say("toxicity.advice", text=one.note.text)


def advice_source(one: Suggestion) -> Message:
    """Whose rule it is, how well it is founded, and the how-manieth time it is."""
    source = one.note.source
    told = say("toxicity.advice.source", source=source.title)
    if source.evidence is Evidence.UNVERIFIED:
        told = say("toxicity.advice.unverified", source=source.title)
    elif source.evidence is Evidence.SITE_DEFAULT:
        told = say("toxicity.advice.site", source=source.title)
    if one.occurrence > 1:
        return say("toxicity.advice.times", told=told, times=one.occurrence)
    return told
