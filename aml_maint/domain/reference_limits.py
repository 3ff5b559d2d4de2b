"""Each laboratory's reference limits, by analyte and sex, from a day on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from aml_maint.domain.errors import BadInput
from aml_maint.domain.labs import LabResult, LimitFrom
from aml_maint.domain.messages import say
from aml_maint.domain.patient import Sex
from aml_maint.domain.quantities import LabValue


@dataclass(frozen=True)
class Laboratory:
    """Who measured: a hospital's own laboratory, or another one."""

    id: str
    name: str

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise BadInput(say("labs.error.laboratory_name"), field="name")


@dataclass(frozen=True)
class ReferenceLimit:
    """The lower and upper limit of normal of one analyte; `sex` None is for everybody.

    Of two that cover a day the one that began later holds. Without a last day it holds on.
    """

    id: str
    laboratory: str
    analyte: str
    sex: Sex | None
    low: Decimal | None
    high: Decimal | None
    unit: str
    from_day: date
    last_day: date | None = None
    decided_by: str = ""

    def __post_init__(self) -> None:
        if self.low is None and self.high is None:
            raise BadInput(say("labs.error.no_limit"), field="high")
        if self.low is not None and self.low < 0:
            raise BadInput(say("error.not_a_number", text=str(self.low)), field="low")
        if self.high is not None and self.high <= (self.low or 0):
            raise BadInput(say("labs.error.limits_swapped"), field="high")
        if self.last_day is not None and self.last_day < self.from_day:
            raise BadInput(say("labs.error.limit_ends_first"), field="last_day")

    def covers(self, day: date) -> bool:
        """Does it hold on that day?"""
        return self.from_day <= day and (self.last_day is None or day <= self.last_day)


class LimitBook:
    """The limits of all laboratories, to look one up for a result."""

    def __init__(self, limits: Iterable[ReferenceLimit]) -> None:
        self._by_key: dict[tuple[str, str], list[ReferenceLimit]] = {}
        for limit in sorted(limits, key=lambda one: one.from_day):
            self._by_key.setdefault((limit.laboratory, limit.analyte), []).append(limit)

    def limit(self, laboratory: str, analyte: str, sex: Sex, day: date) -> ReferenceLimit | None:
        """The limit that holds: that of the patient's own sex before one for everybody.

        None for a patient whose sex is not recorded where the laboratory has limits by sex only:
        no limit is guessed.
        """
        known = [one for one in self._by_key.get((laboratory, analyte), ()) if one.covers(day)]
        for wanted in (sex, None):
            mine = [one for one in known if one.sex is wanted]
            if mine:
                return mine[-1]
        return None

    def with_limits(self, results: Sequence[LabResult], sex: Sex) -> list[LabResult]:
        """Results with the limits of their laboratory, where their report printed none."""
        return [self._completed(result, sex) for result in results]

    def _completed(self, result: LabResult, sex: Sex) -> LabResult:
        if result.laboratory is None or result.limit_from is LimitFrom.REPORT:
            return result
        day = result.collected.local.date()
        limit = self.limit(result.laboratory, result.analyte, sex, day)
        if limit is None:
            return result
        return replace(
            result,
            lower_limit=_in_unit(limit.low, limit, result),
            upper_limit=_in_unit(limit.high, limit, result),
            limit_from=LimitFrom.LABORATORY,
        )


def _in_unit(value: Decimal | None, limit: ReferenceLimit, result: LabResult) -> Decimal | None:
    if value is None:
        return None
    return LabValue(value, limit.unit).to(result.value.unit, result.analyte).value
