"""What changed between two versions of a toxicity event, and whether that was a correction."""

from __future__ import annotations

from dataclasses import fields

from aml_maint.domain.toxicity_event import Cause, Outcome, ToxicityEvent

# Who wrote a version is not what it says.
_ABOUT_THE_VERSION = frozenset(
    {"id", "event_id", "recorded", "recorded_by", "recorded_role", "reason", "review"}
)
_STILL_OPEN = frozenset({None, Outcome.RECOVERING, Outcome.NOT_RECOVERED, Outcome.UNKNOWN})


def changed_fields(old: ToxicityEvent, new: ToxicityEvent) -> tuple[str, ...]:
    """The names of all fields that say something else now."""
    return tuple(
        field.name
        for field in fields(ToxicityEvent)
        if field.name not in _ABOUT_THE_VERSION
        and getattr(old, field.name) != getattr(new, field.name)
    )


def changes_what_stood(old: ToxicityEvent, new: ToxicityEvent) -> bool:
    """Does a new version change what the old one said, instead of adding to it?

    A course goes on, an event ends, becomes serious or is judged: these are additions. Anything
    else corrects the record and needs a reason.
    """
    return any(not _adds(name, old, new) for name in changed_fields(old, new))


def _adds(name: str, old: ToxicityEvent, new: ToxicityEvent) -> bool:
    match name:
        case "grades":
            return new.grades[: len(old.grades)] == old.grades
        case "outcome":
            return old.outcome in _STILL_OPEN
        case "causes":
            return all(_cause_adds(cause, new.cause(cause.cause)) for cause in old.causes)
        case "serious":
            return new.serious
        case "criteria":
            return old.criteria <= new.criteria
        case "treatment" | "note":
            return str(getattr(new, name)).startswith(str(getattr(old, name)))
        case _:
            return getattr(old, name) in (None, "")


def _cause_adds(old: Cause, new: Cause | None) -> bool:
    if new is None:
        return old.is_empty
    return all(
        before is None or before == after
        for before, after in (
            (old.causality, new.causality),
            (old.action, new.action),
            (old.dechallenge, new.dechallenge),
            (old.rechallenge, new.rechallenge),
        )
    )
