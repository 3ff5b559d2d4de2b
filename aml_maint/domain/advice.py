"""What the rules of a regimen say at a toxicity: quoted with their source, decided by a person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from aml_maint.domain.regimen import Advice, Component, Note, Regimen
from aml_maint.domain.toxicity_event import ToxicityEvent


@dataclass(frozen=True)
class Suggestion:
    """A note of the regimen that speaks of a toxicity at its grade.

    `occurrence` is how many episodes of the term had reached these grades, this one included:
    labels say other things the second and the third time.
    """

    note: Note
    advice: Advice
    component: Component | None
    term: str
    grade: int
    occurrence: int


def suggestions(
    regimen: Regimen, term: str, grade: int | None, earlier: Iterable[ToxicityEvent] = ()
) -> tuple[Suggestion, ...]:
    """All notes of a regimen for a term at a grade, the strictest first.

    `earlier` are the patient's episodes before this one. Without a grade nothing is suggested.
    """
    if grade is None:
        return ()
    before = [event for event in earlier if event.term == term]
    found: list[Suggestion] = []
    for note in regimen.notes:
        for trigger in note.triggers:
            if trigger.term == term and grade in trigger.grades:
                component = regimen.component(note.component) if note.component else None
                times = 1 + sum(event.worst in trigger.grades for event in before)
                found.append(Suggestion(note, trigger.advice, component, term, grade, times))
    found.sort(key=lambda one: -list(Advice).index(one.advice))
    return tuple(found)


def suggestions_for(
    regimen: Regimen, event: ToxicityEvent, events: Iterable[ToxicityEvent]
) -> tuple[Suggestion, ...]:
    """What the regimen says of an event at its current grade, among all of the patient's."""
    earlier = [e for e in events if e.onset.local < event.onset.local]
    return suggestions(regimen, event.term, event.current, earlier)
