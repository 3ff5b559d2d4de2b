"""The options that say whom a cohort holds and how its outcomes are counted."""

from __future__ import annotations

from argparse import Action, ArgumentParser, Namespace
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from aml_maint.cli import values
from aml_maint.domain.cohort_member import LastKnown, Status
from aml_maint.domain.cohort_tables import Grouping
from aml_maint.domain.disease import SorafenibTiming
from aml_maint.domain.endpoints import Counting
from aml_maint.domain.patient import Risk
from aml_maint.services.cohort import CohortFilter

W = TypeVar("W", bound=StrEnum)


class Declaring(Protocol):
    """What options are declared to: a parser, or a group of it."""

    def add_argument(self, *names: str, **options: Any) -> Action:
        """Declare one."""
        ...


def add_cohort_options(
    parser: ArgumentParser,
    heading: str | None = None,
    since: str = "cli.help.cohort_from",
    until: str = "cli.help.cohort_until",
) -> Declaring:
    """Declare them, under a heading of their own if one is named; where others may join them."""
    group = parser if heading is None else parser.add_argument_group(heading)
    add = group.add_argument
    add("--study", metavar="NAME", help="cli.help.cohort_study")
    add("--regimen", metavar="REGIMEN", help="cli.help.cohort_regimen")
    add("--risk", metavar="WORD", help="cli.help.cohort_risk")
    add("--status", metavar="WORD", help="cli.help.cohort_status")
    add("--last-known", metavar="WORD", help="cli.help.cohort_last_known")
    add("--sorafenib", metavar="WORD", help="cli.help.cohort_sorafenib")
    add("--from", dest="started_from", metavar="YYYY-MM-DD", help=since)
    add("--until", dest="started_until", metavar="YYYY-MM-DD", help=until)
    add("--by", default=Grouping.NONE.value, metavar="WORD", help="cli.help.cohort_by")
    add("--cut-off", metavar="YYYY-MM-DD", help="cli.help.cut_off")
    add("--censor-transplant", action="store_true", help="cli.help.censor_transplant")
    return group


def chosen(options: Namespace) -> tuple[CohortFilter, Counting, Grouping]:
    """The filter, the way of counting and the split that the options name."""
    wanted = CohortFilter(
        study=options.study,
        regimen=options.regimen,
        risk=_word(options.risk, Risk, "risk"),
        status=_word(options.status, Status, "status"),
        last_known=_word(options.last_known, LastKnown, "last_known"),
        sorafenib=_word(options.sorafenib, SorafenibTiming, "sorafenib"),
        started_from=values.optional_day(options.started_from, "from"),
        started_until=values.optional_day(options.started_until, "until"),
    )
    cut_off = values.optional_day(options.cut_off, "cut_off")
    counting = Counting(cut_off, options.censor_transplant)
    return wanted, counting, values.word(options.by, Grouping, "by")


def _word(text: str | None, words: type[W], field: str) -> W | None:
    return None if text is None else values.word(text, words, field)
