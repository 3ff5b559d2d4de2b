"""A cycle report that a physician signed: what it said then, and what would read otherwise now.

Signing freezes the report's texts and its facts. A report is never changed: when a record behind
it changes, it is superseded and says of which facts; signing again makes the next edition and
keeps the earlier ones (21 CFR 11.50 and 11.70: name, time, meaning, bound to the record).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import LANGUAGES, Language, Message, say
from aml_maint.domain.moment import Moment


class Standing(StrEnum):
    """How the report of a cycle stands."""

    RUNNING = "running"
    """The cycle is not over: there are drafts only."""
    TO_SIGN = "to_sign"
    SIGNED = "signed"
    SUPERSEDED = "superseded"
    """Signed, but records behind it changed since."""


@dataclass(frozen=True)
class ReportFact:
    """One thing that a report tells. `code` says it without words, so that another wording, or
    another language, is no change; subject and value say it to people, by language."""

    id: str
    code: str
    subject: Mapping[Language, str]
    value: Mapping[Language, str]


@dataclass(frozen=True)
class FactChange:
    """A fact that reads otherwise now; None where there was none, or is none any more."""

    before: ReportFact | None
    after: ReportFact | None

    def __post_init__(self) -> None:
        if self.before is None and self.after is None:
            raise ValueError("a change has a fact before or after it")

    @property
    def fact(self) -> ReportFact:
        """The fact as it is now, or as it was if it is gone."""
        told = self.after or self.before
        assert told is not None  # checked when it was made
        return told


@dataclass(frozen=True)
class Signature:
    """Who signed, in which role, when, and as which edition of the report."""

    name: str
    role: str
    at: Moment
    edition: int = 1
    reason: str = ""

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ValueError("a signature has a name")
        if self.edition < 1:
            raise ValueError("editions are numbered from 1")
        if self.edition > 1 and not self.reason.strip():
            raise BadInput(say("error.reason_needed"), field="reason")


@dataclass(frozen=True)
class Edition:
    """That a report was signed, without what it said: enough to list it."""

    id: str
    course_id: str
    cycle: int
    signature: Signature
    sequence: int


@dataclass(frozen=True)
class SignedReport:
    """One edition of the report of a cycle, frozen. `content` is what was typeset, by language."""

    id: str
    patient_id: str
    course_id: str
    cycle: int
    signature: Signature
    content: Mapping[Language, Mapping[str, Any]]
    facts: tuple[ReportFact, ...]
    sequence: int = 0
    """The audit entry that it was signed with; 0 until it is kept."""

    @property
    def frozen(self) -> str:
        """Texts and facts in one canonical form: the same report always gives the same text."""
        facts = [
            [fact.id, fact.code, *(fact.subject[one] for one in LANGUAGES),
             *(fact.value[one] for one in LANGUAGES)]
            for fact in self.facts
        ]  # fmt: skip
        whole = {"content": dict(self.content), "facts": facts}
        return json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @property
    def digest(self) -> str:
        """SHA-256 of the frozen form, hexadecimal."""
        return hashlib.sha256(self.frozen.encode()).hexdigest()


def thawed(text: str) -> tuple[dict[Language, Mapping[str, Any]], tuple[ReportFact, ...]]:
    """Content and facts of a frozen form."""
    whole = json.loads(text)
    content: dict[Language, Mapping[str, Any]] = {one: whole["content"][one] for one in LANGUAGES}
    facts = tuple(
        ReportFact(row[0], row[1], _by_language(row[2:4]), _by_language(row[4:6]))
        for row in whole["facts"]
    )
    return content, facts


def _by_language(texts: Sequence[str]) -> dict[Language, str]:
    return dict(zip(LANGUAGES, texts, strict=True))


def fact_changes(
    before: Sequence[ReportFact], after: Sequence[ReportFact]
) -> tuple[FactChange, ...]:
    """What reads otherwise: changed and gone facts in their old order, then those that came."""
    now = {fact.id: fact for fact in after}
    then = {fact.id for fact in before}
    changed = [
        FactChange(fact, now.get(fact.id))
        for fact in before
        if fact.id not in now or now[fact.id].code != fact.code
    ]
    return (*changed, *(FactChange(None, fact) for fact in after if fact.id not in then))


def change_text(change: FactChange, language: Language) -> Message:
    """What reads otherwise, as a sentence in the language that the facts are taken in."""
    subject = change.fact.subject[language]
    before, after = change.before, change.after
    if before is None and after is not None:
        told = say("signing.changed.added", value=after.value[language])
    elif after is None and before is not None:
        told = say("signing.changed.gone", value=before.value[language])
    else:
        assert before is not None and after is not None  # one of the four cases is none
        told = say(
            "signing.changed.changed", before=before.value[language], after=after.value[language]
        )
    return say("signing.changed", subject=subject, what=told)
