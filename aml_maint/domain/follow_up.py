"""Follow-up: contacts with a patient, and the events that outcomes count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say


class Means(StrEnum):
    """How somebody heard of a patient."""

    VISIT = "visit"
    TELEPHONE = "telephone"
    MESSAGE = "message"
    RELATIVE = "relative"
    OTHER_HOSPITAL = "other_hospital"


@dataclass(frozen=True)
class Contact:
    """The patient was known to be alive on a day. `next_on` is when to ask again."""

    id: str
    patient_id: str
    on: date
    means: Means
    note: str = ""
    next_on: date | None = None

    def __post_init__(self) -> None:
        if self.next_on is not None and self.next_on <= self.on:
            raise BadInput(say("error.next_contact"), field="next_on")


class EventKind(StrEnum):
    """What happened; outcomes are counted from these, as people recorded them."""

    MOLECULAR_RELAPSE = "molecular_relapse"
    MORPHOLOGICAL_RELAPSE = "morphological_relapse"
    EXTRAMEDULLARY_RELAPSE = "extramedullary_relapse"
    TRANSPLANT = "transplant"
    SECOND_THERAPY = "second_therapy"
    LOST = "lost"
    DEATH = "death"


RELAPSES = frozenset(
    {
        EventKind.MOLECULAR_RELAPSE,
        EventKind.MORPHOLOGICAL_RELAPSE,
        EventKind.EXTRAMEDULLARY_RELAPSE,
    }
)


class DeathCause(StrEnum):
    """Of what a patient died."""

    LEUKAEMIA = "leukaemia"
    INFECTION = "infection"
    BLEEDING = "bleeding"
    TRANSPLANT = "transplant"
    THERAPY = "therapy"
    OTHER = "other"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class DiseaseEvent:
    """An event on a day. A death has a cause, if only "unknown"; nothing else has one."""

    id: str
    patient_id: str
    kind: EventKind
    on: date
    cause: DeathCause | None = None
    note: str = ""
    marrow_id: str | None = None

    def __post_init__(self) -> None:
        if (self.kind is EventKind.DEATH) != (self.cause is not None):
            raise BadInput(say("error.death_cause"), field="cause")


@dataclass(frozen=True)
class FollowUp:
    """All that is known of a patient's fate. `last_seen` is the latest sign of life on record."""

    contacts: tuple[Contact, ...] = ()
    events: tuple[DiseaseEvent, ...] = ()
    last_seen: date | None = None

    def first(self, *kinds: EventKind) -> DiseaseEvent | None:
        """The earliest event of some kinds."""
        found = [event for event in self.events if event.kind in kinds]
        return min(found, key=lambda event: event.on, default=None)

    @property
    def death(self) -> DiseaseEvent | None:
        """The death, if the patient died."""
        return self.first(EventKind.DEATH)

    @property
    def last_known(self) -> date | None:
        """The last day of which anything is known: death, or the latest sign of life."""
        if self.death is not None:
            return self.death.on
        # Being lost is no sign of life: it says since when nobody knows.
        days = [contact.on for contact in self.contacts]
        days += [event.on for event in self.events if event.kind is not EventKind.LOST]
        days += [self.last_seen] if self.last_seen else []
        return max(days, default=None)

    def due_on(self, silent_days: int) -> date | None:
        """When somebody has to ask: on the day agreed on, else so many days after the last news.

        None for the dead and the lost, and where nothing is known.
        """
        if self.death is not None or self.first(EventKind.LOST) is not None:
            return None
        known = self.last_known
        if known is None:
            return None
        latest = max(self.contacts, key=lambda contact: contact.on, default=None)
        planned = latest.next_on if latest and latest.next_on and latest.next_on > known else None
        return planned or known + timedelta(days=silent_days)


def check_event(event: DiseaseEvent, others: Sequence[DiseaseEvent]) -> None:
    """BadInput for an event that others rule out: a second death, anything after death."""
    death = next((other for other in others if other.kind is EventKind.DEATH), None)
    if death is not None and event.kind is EventKind.DEATH:
        raise BadInput(say("error.died_already", day=death.on), field="kind")
    if death is not None and event.on > death.on:
        raise BadInput(say("error.after_death", day=death.on), field="on")
    if event.kind is EventKind.DEATH:
        later = [o.on for o in others if o.on > event.on and o.kind is not EventKind.LOST]
        if later:
            raise BadInput(say("error.event_after", day=max(later)), field="on")
    if any(other.kind is event.kind and other.on == event.on for other in others):
        raise BadInput(say("error.event_known", day=event.on), field="on")
