"""Can the patient become pregnant, and is there a negative test in date? Nothing is guessed.

Who can become pregnant is a named person's statement, never taken from sex or age. Thalidomide
is given to those who can only with a negative test in date (label; US risk programme).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import Message, say
from aml_maint.domain.moment import Moment


class Childbearing(StrEnum):
    """Whether a patient can become pregnant, as a named person stated it."""

    POSSIBLE = "possible"
    IRREGULAR = "irregular"
    """Possible, with irregular menstrual cycles: tests are due more often."""
    NOT_POSSIBLE = "not_possible"


class TestOutcome(StrEnum):
    """What a pregnancy test showed."""

    __test__ = False  # not a class of tests for pytest

    NEGATIVE = "negative"
    POSITIVE = "positive"
    UNCLEAR = "unclear"


class Specimen(StrEnum):
    """What was tested."""

    SERUM = "serum"
    URINE = "urine"


@dataclass(frozen=True)
class ChildbearingStatement:
    """Who stated when and why that a patient can, or can't, become pregnant."""

    id: str
    patient_id: str
    answer: Childbearing
    reason: str
    stated_by: str
    stated: Moment

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise BadInput(say("error.reason_needed"), field="reason")
        if not self.stated_by.strip():
            raise BadInput(say("pregnancy.error.who"), field="stated_by")


@dataclass(frozen=True)
class PregnancyTest:
    """One test as reported; its age counts from when the sample was taken."""

    __test__ = False

    id: str
    patient_id: str
    outcome: TestOutcome
    specimen: Specimen
    collected: Moment
    note: str = ""


@dataclass(frozen=True)
class PregnancyFacts:
    """What is on record of one patient, statements and tests each oldest first."""

    statements: tuple[ChildbearingStatement, ...] = ()
    tests: tuple[PregnancyTest, ...] = ()

    def statement_at(self, at: datetime) -> ChildbearingStatement | None:
        """The statement that held at an instant; the first also speaks for the time before it."""
        made = [one for one in self.statements if one.stated.utc <= at]
        if made:
            return made[-1]
        return self.statements[0] if self.statements else None

    def last_test(self, at: datetime) -> PregnancyTest | None:
        """The last test collected by an instant."""
        return last_collected([one for one in self.tests if one.collected.utc <= at])


def last_collected(tests: Sequence[PregnancyTest]) -> PregnancyTest | None:
    """The test whose sample was taken last; of two taken at once the one entered last."""
    ordered = sorted(tests, key=lambda test: test.collected.utc)
    return ordered[-1] if ordered else None


def outcome_text(test: PregnancyTest) -> Message:
    """A test's outcome and specimen in words."""
    return say(
        "pregnancy.outcome",
        outcome=say(f"pregnancy.{test.outcome.value}"),
        specimen=say(f"pregnancy.specimen.{test.specimen.value}"),
    )
