"""What needs attention in a patient: what a finding is, and how one is set aside.

A finding says what, why, by whose rule, and what could be done; it never decides. It is computed
from the record each time and not stored. A person may dismiss one with a reason: that holds
until the facts change that the finding rests on.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import Message, Name, say
from aml_maint.domain.moment import Moment
from aml_maint.domain.schedule import SlotId


class FindingKind(StrEnum):
    """What needs attention; within one severity the list has this order."""

    DOSE_OVERDUE = "dose_overdue"
    GATE_CLOSED = "gate_closed"
    GATE_UNDECIDED = "gate_undecided"
    COUNT_MISSING = "count_missing"
    COUNT_STALE = "count_stale"
    PREGNANCY_TEST = "pregnancy_test"
    GIVEN_WHILE_CLOSED = "given_while_closed"
    DOSE_NOT_ORDERED = "dose_not_ordered"
    SUPPLY_LOW = "supply_low"
    RELAPSE = "relapse"
    RELAPSE_QUESTIONED = "relapse_questioned"
    MRD_REPEAT = "mrd_repeat"
    MRD_RISE = "mrd_rise"
    RESPONSE_REVIEW = "response_review"
    MARROW_REPEAT = "marrow_repeat"
    TRANSPLANT_REVIEW = "transplant_review"
    ADVERSE_GENETICS = "adverse_genetics"
    CYCLE_DUE = "cycle_due"
    ASSESSMENT_DUE = "assessment_due"
    MARROW_DUE = "marrow_due"
    RESULT_LATE = "result_late"
    HOLD_REVIEW = "hold_review"
    DOSE_MISSED = "dose_missed"
    DOSE_UNCONFIRMED = "dose_unconfirmed"
    COUNT_DUE = "count_due"
    TOXICITY_UNSIGNED = "toxicity_unsigned"
    NO_COURSE = "no_course"


class Severity(StrEnum):
    """How pressing a finding is, in the order shown."""

    URGENT = "urgent"
    """A dose or a safety rule depends on it now."""
    ATTENTION = "attention"
    """Due now, or to be looked at by a person."""
    NOTICE = "notice"
    """Coming up, or worth knowing."""


class Action(StrEnum):
    """What a person can do about a finding; screens know how to open each."""

    RECORD_DOSES = "record_doses"
    LOOK_AT_DOSES = "look_at_doses"
    RECORD_COUNT = "record_count"
    RECORD_PREGNANCY_TEST = "record_pregnancy_test"
    STATE_CHILDBEARING = "state_childbearing"
    ORDER_DOSE = "order_dose"
    REVIEW_HOLD = "review_hold"
    START_CYCLE = "start_cycle"
    END_COURSE = "end_course"
    RECORD_MARROW = "record_marrow"
    REVIEW_RESPONSE = "review_response"
    RECORD_EVENT = "record_event"
    REVIEW_DISEASE = "review_disease"
    ASSESS = "assess"
    SIGN_TOXICITIES = "sign_toxicities"
    DISPENSE = "dispense"
    START_COURSE = "start_course"


@dataclass(frozen=True)
class Finding:
    """One thing that needs attention.

    `subject` tells findings of one kind apart (a component, an analyte, a cycle). `facts` are
    what it rests on: when they change, the finding is a new one. `slots` are the doses that it
    is about and `day` the day to look at, if there are any.
    """

    kind: FindingKind
    severity: Severity
    subject: str
    why: Message
    source: Message | Name
    action: Action
    facts: tuple[str, ...]
    slots: tuple[SlotId, ...] = ()
    day: date | None = None

    @property
    def key(self) -> str:
        """What it is about, whatever the facts: a dismissal names it."""
        return f"{self.kind.value}/{self.subject}" if self.subject else self.kind.value

    @property
    def digest(self) -> str:
        """A short digest of the facts: a dismissal holds while this stays."""
        text = "\n".join([self.key, *self.facts])
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def order(self) -> tuple[int, int, date, str]:
        """Its place in the list: the most pressing first, then by kind and day."""
        return (
            list(Severity).index(self.severity),
            list(FindingKind).index(self.kind),
            self.day or date.min,
            self.subject,
        )


@dataclass(frozen=True)
class Dismissal:
    """Someone set a finding aside with a reason, as long as the facts stay (`digest`)."""

    id: str
    patient_id: str
    key: str
    digest: str
    reason: str
    at: Moment
    by: str
    role: str

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise BadInput(say("error.reason_needed"), field="reason")

    def covers(self, finding: Finding) -> bool:
        """Is it about that finding, on the same facts?"""
        return (self.key, self.digest) == (finding.key, finding.digest)


@dataclass(frozen=True)
class Limits:
    """How far findings look, in days. No source states these: they are site settings."""

    look_back: int  # missed, unconfirmed and late-count doses
    cycle_ahead: int  # before a cycle is due to start
    count_ahead: int  # before a count is too old
    marrow_early: int  # before the marrow's own day
    marrow_late: int  # after it, until it counts as overdue
