"""A toxicity of a patient as an event: its course of grades, its causes, what became of it.

Fields follow SDTM AE, E2B(R3) and the Chinese report form (clinical research, section 6). There
is no grade 5: death is an outcome. A grade is not a seriousness: a serious event names at least
one criterion, and one that is not serious names none. "Looked for, none" is a finding of an
assessment and never an event.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from aml_maint.domain.errors import BadInput
from aml_maint.domain.known_time import KnownTime
from aml_maint.domain.messages import say
from aml_maint.domain.moment import Moment
from aml_maint.domain.quantities import LabValue
from aml_maint.domain.toxicity import ToxicityItem, worse_than

OTHER_TERM = "other"


class Causality(StrEnum):
    """How likely a drug caused an event: the six WHO-UMC levels, and those of the Chinese form."""

    CERTAIN = "certain"
    PROBABLE = "probable"
    POSSIBLE = "possible"
    UNLIKELY = "unlikely"
    CONDITIONAL = "conditional"
    UNASSESSABLE = "unassessable"


# An event with one of these counts as related to the drug (the usual cut, printed with tables).
RELATED = frozenset({Causality.CERTAIN, Causality.PROBABLE, Causality.POSSIBLE})


class DrugAction(StrEnum):
    """What was done with a drug because of an event (E2B G.k.8)."""

    WITHDRAWN = "withdrawn"
    REDUCED = "reduced"
    INCREASED = "increased"
    NOT_CHANGED = "not_changed"
    INTERRUPTED = "interrupted"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


class Challenge(StrEnum):
    """What stopping a drug, or giving it again, showed.

    Positive: the event went away after stopping, or came back after giving again.
    """

    POSITIVE = "positive"
    NEGATIVE = "negative"
    UNKNOWN = "unknown"
    NOT_DONE = "not_done"


class Criterion(StrEnum):
    """What makes an event serious (E2B E.i.3.2 a to f)."""

    DEATH = "death"
    LIFE_THREATENING = "life_threatening"
    HOSPITALISATION = "hospitalisation"
    DISABILITY = "disability"
    CONGENITAL = "congenital"
    OTHER_IMPORTANT = "other_important"


class Outcome(StrEnum):
    """What became of an event."""

    RECOVERED = "recovered"
    RECOVERING = "recovering"
    NOT_RECOVERED = "not_recovered"
    SEQUELAE = "sequelae"
    FATAL = "fatal"
    UNKNOWN = "unknown"


OVER = frozenset({Outcome.RECOVERED, Outcome.SEQUELAE, Outcome.FATAL})


class Reporter(StrEnum):
    """Who noticed an event."""

    NURSE = "nurse"
    PHYSICIAN = "physician"
    PATIENT = "patient"
    FAMILY = "family"
    LABORATORY = "laboratory"
    OTHER = "other"


class OtherCause(StrEnum):
    """What else than a drug of the regimen can cause an event."""

    DISEASE = "disease"
    INFECTION = "infection"
    OTHER_DRUG = "other_drug"
    OTHER = "other_cause"


@dataclass(frozen=True)
class GradePoint:
    """A grade from a time on, with the value it was read from. None is "not graded yet"."""

    at: KnownTime
    grade: int | None
    value: LabValue | None = None
    result_id: str | None = None
    note: str = ""

    def __post_init__(self) -> None:
        if self.grade is not None and self.grade > 4:
            raise BadInput(
                say("error.grade_range"), hint=say("error.grade_range.hint"), field="grade"
            )
        if self.grade is not None and self.grade < 1:
            raise BadInput(say("error.grade_no_event"), hint=say("error.grade_no_event.hint"),
                           field="grade")  # fmt: skip


@dataclass(frozen=True)
class Cause:
    """One drug, or another cause, as judged: how likely, what was done, what that showed."""

    cause: str
    causality: Causality | None = None
    judged_by: str = ""
    action: DrugAction | None = None
    dechallenge: Challenge | None = None
    rechallenge: Challenge | None = None

    def __post_init__(self) -> None:
        if self.causality is not None and not self.judged_by.strip():
            raise BadInput(say("error.judge_needed"), field=f"causality_{self.cause}")
        if self.rechallenge is not None and self.rechallenge is not Challenge.NOT_DONE:
            stopped = {DrugAction.INTERRUPTED, DrugAction.WITHDRAWN, DrugAction.REDUCED}
            if self.action not in stopped:
                raise BadInput(say("error.rechallenge_first"), field=f"rechallenge_{self.cause}")

    @property
    def is_empty(self) -> bool:
        """Does it say nothing?"""
        return not (self.causality or self.action or self.dechallenge or self.rechallenge)


@dataclass(frozen=True)
class Review:
    """A physician's signature under one version of an event."""

    by: str
    at: Moment
    comment: str = ""


@dataclass(frozen=True)
class ToxicityEvent:
    """One episode of one term in one version; `event_id` stays the same over its versions.

    `grades` is its course, the first at the onset. `baseline` is the grade before treatment,
    None when it was not evaluated. `review` signs this version: what is added later waits for
    another. Raises BadInput for what can't be.
    """

    id: str
    event_id: str
    patient_id: str
    course_id: str | None
    term: str
    zone: str
    grades: tuple[GradePoint, ...]
    resolved: KnownTime | None = None
    baseline: int | None = None
    detail: str = ""
    linked_administration: str | None = None
    causes: tuple[Cause, ...] = ()
    serious: bool = False
    criteria: frozenset[Criterion] = frozenset()
    treatment: str = ""
    outcome: Outcome | None = None
    reporter: Reporter | None = None
    note: str = ""
    recorded: Moment | None = None
    recorded_by: str = ""
    recorded_role: str = ""
    reason: str = ""
    review: Review | None = None

    @classmethod
    def of(
        cls,
        patient_id: str,
        course_id: str | None,
        term: str,
        zone: str,
        grade: int | None,
        onset: KnownTime | date,
        resolved: KnownTime | date | None = None,
        value: LabValue | None = None,
    ) -> ToxicityEvent:
        """An episode of one grade, not yet recorded; over and recovered if it has an end."""
        begins = onset if isinstance(onset, KnownTime) else KnownTime.on(onset)
        ends = resolved if isinstance(resolved, KnownTime | None) else KnownTime.on(resolved)
        return cls(
            "", "", patient_id, course_id, term, zone, (GradePoint(begins, grade, value),), ends,
            outcome=None if ends is None else Outcome.RECOVERED,
        )  # fmt: skip

    def __post_init__(self) -> None:
        if not self.grades:
            raise BadInput(say("error.onset_needed"), field="onset")
        if self.term == OTHER_TERM and not self.detail.strip():
            raise BadInput(say("error.other_needs_words"), field="detail")
        self._check_times()
        self._check_seriousness()
        self._check_outcome()
        if self.baseline is not None and not 0 <= self.baseline <= 4:
            raise BadInput(say("error.grade_range"), field="baseline")
        causes = [cause.cause for cause in self.causes]
        if len(set(causes)) != len(causes):
            raise ValueError("each cause is judged once")

    def _check_times(self) -> None:
        for before, after in zip(self.grades, self.grades[1:], strict=False):
            if after.at.surely_before(before.at):
                raise BadInput(say("error.grade_before_last", last=before.at.text()), field="at")
        if self.resolved is not None and self.resolved.surely_before(self.onset):
            raise BadInput(say("error.resolved_first"), field="resolved")
        if self.resolved is not None and self.resolved.surely_before(self.grades[-1].at):
            last = self.grades[-1].at.text()
            raise BadInput(say("error.resolved_before_grade", last=last), field="resolved")

    def _check_seriousness(self) -> None:
        if self.serious and not self.criteria:
            raise BadInput(
                say("error.serious_needs_criterion"),
                hint=say("error.serious_needs_criterion.hint"),
                field="criteria",
            )
        if self.criteria and not self.serious:
            raise BadInput(say("error.criterion_needs_serious"), field="serious")

    def _check_outcome(self) -> None:
        if (self.outcome is Outcome.FATAL) != (Criterion.DEATH in self.criteria):
            raise BadInput(say("error.death_both"), field="outcome")
        if self.resolved is not None and self.outcome is not None and self.outcome not in OVER:
            raise BadInput(say("error.resolved_not_over"), field="outcome")
        if self.resolved is None and self.outcome in OVER:
            raise BadInput(say("error.over_needs_date"), field="resolved")

    @property
    def onset(self) -> KnownTime:
        """When it began."""
        return self.grades[0].at

    @property
    def is_ongoing(self) -> bool:
        """Does it still go on, as far as is known?"""
        return self.resolved is None

    @property
    def worst(self) -> int | None:
        """The worst grade of its course; None while none is graded."""
        return max((p.grade for p in self.grades if p.grade is not None), default=None)

    @property
    def current(self) -> int | None:
        """The last grade known."""
        known = [p.grade for p in self.grades if p.grade is not None]
        return known[-1] if known else None

    @property
    def evidence(self) -> GradePoint | None:
        """The point at which it was worst, with its value; None while none is graded."""
        worst = self.worst
        return next((p for p in self.grades if p.grade == worst and worst is not None), None)

    @property
    def is_worse_than_baseline(self) -> bool | None:
        """Is its worst grade above the baseline? None when either was not evaluated."""
        return worse_than(self.baseline, self.worst)

    def last_day(self, today: date) -> date:
        """The last day on which it was present, as of a day."""
        return min(today, self.resolved.last_day) if self.resolved is not None else today

    def is_present(self, first: date, last: date) -> bool:
        """Was it present on any of some days?"""
        if self.onset.day > last:
            return False
        return self.resolved is None or self.resolved.last_day >= first

    def worst_between(self, first: date, last: date) -> int | None:
        """The worst grade in force on any of some days; None if none was graded then."""
        found = [
            grade for grade, begins, ends in self.spans(last) if begins <= last and ends >= first
        ]
        return max((grade for grade in found if grade is not None), default=None)

    def spans(self, today: date) -> list[tuple[int | None, date, date]]:
        """Each grade with the first and the last day it was in force, as of a day.

        The day on which a grade changes belongs to both.
        """
        ends = [point.at.day for point in self.grades[1:]]
        ends.append(max(self.last_day(today), self.grades[-1].at.day))
        return [
            (point.grade, point.at.day, end) for point, end in zip(self.grades, ends, strict=True)
        ]

    def days(self, today: date) -> int:
        """On how many calendar days it was present, both ends counted, as of a day."""
        return max((self.last_day(today) - self.onset.day).days + 1, 1)

    def cause(self, name: str) -> Cause | None:
        """How one cause was judged."""
        return next((cause for cause in self.causes if cause.cause == name), None)

    def is_related(self, drug: str) -> bool:
        """Was it judged to be at least possibly caused by a drug?"""
        judged = self.cause(drug)
        return judged is not None and judged.causality in RELATED


def longer_than_expected(event: ToxicityEvent, item: ToxicityItem, today: date) -> int | None:
    """By how many days an event outlasted what a source says of it; None if it did not.

    The paper: fever for one to three days, rhinorrhoea and myalgia within about a week.
    """
    if item.expected is None:
        return None
    over = event.days(today) - item.expected.days
    return over if over > 0 else None


@dataclass(frozen=True)
class Episodes:
    """Events of one term that follow each other closely, shown as one."""

    events: tuple[ToxicityEvent, ...]

    @property
    def term(self) -> str:
        """The term they share."""
        return self.events[0].term

    @property
    def worst(self) -> int | None:
        """The worst grade of all."""
        return max((e.worst for e in self.events if e.worst is not None), default=None)

    @property
    def onset(self) -> KnownTime:
        """When the first began."""
        return self.events[0].onset

    @property
    def resolved(self) -> KnownTime | None:
        """When the last was over; None while any goes on."""
        ends = [event.resolved for event in self.events if event.resolved is not None]
        if len(ends) < len(self.events):
            return None
        return max(ends, key=lambda end: end.last)


def fold(events: Iterable[ToxicityEvent], within: timedelta) -> list[Episodes]:
    """Repeated episodes of a term folded together, by onset.

    An episode belongs to the one before if it began within some time of its end ([D]: a week).
    """
    groups: list[list[ToxicityEvent]] = []
    latest: dict[tuple[str, str], list[ToxicityEvent]] = {}
    for event in sorted(events, key=lambda e: (e.onset.local, e.term, e.event_id)):
        key = (event.term, event.detail.strip().casefold() if event.term == OTHER_TERM else "")
        group = latest.get(key)
        if group is None or not _follows(group, event, within):
            group = []
            groups.append(group)
            latest[key] = group
        group.append(event)
    return [Episodes(tuple(group)) for group in groups]


def _follows(group: list[ToxicityEvent], event: ToxicityEvent, within: timedelta) -> bool:
    ends = [one.resolved.last_day for one in group if one.resolved is not None]
    if len(ends) < len(group):
        return True  # one still goes on
    return event.onset.day - max(ends) <= within
