"""The figures and tables of a cohort, ready to be shown, copied and written as files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

from aml_maint.domain.cohort_tables import Grouping
from aml_maint.domain.endpoints import Counting, Endpoint
from aml_maint.domain.messages import Catalogue
from aml_maint.domain.outcome_words import USUAL_MONTHS
from aml_maint.reports.figures.cohort_tables import table_1_exhibit
from aml_maint.reports.figures.exhibit import Exhibit
from aml_maint.reports.figures.picture import picture, table_csv
from aml_maint.reports.figures.survival_figure import survival_exhibit
from aml_maint.services.cohort import Cohort

FileKind = Literal["svg", "png", "csv"]


@dataclass(frozen=True)
class Choice:
    """How outcomes are counted, by what the patients are split, and at which months told."""

    counting: Counting = field(default_factory=Counting)
    grouping: Grouping = Grouping.NONE
    months: tuple[int, ...] = USUAL_MONTHS


def survival(found: Cohort, choice: Choice, endpoint: Endpoint) -> Exhibit:
    """An outcome by one definition."""
    outcome = found.outcome(endpoint, choice.counting, choice.grouping)
    return survival_exhibit(outcome, choice.months, found.today)


def who(found: Cohort, choice: Choice) -> Exhibit:
    """Table 1."""
    lines = found.table_1(choice.grouping)
    return table_1_exhibit(found.members, lines, choice.grouping, found.today)


# Every figure and table by the name under which it is asked for and written.
EXHIBITS: Mapping[str, Callable[[Cohort, Choice], Exhibit]] = {
    "table_1": who,
    **{endpoint.value: partial(survival, endpoint=endpoint) for endpoint in Endpoint},
}


def files_of(exhibit: Exhibit, words: Catalogue, kind: FileKind) -> Iterator[tuple[str, bytes]]:
    """The files of an exhibit by name; a table has no picture, and a figure may have none yet."""
    if kind == "csv":
        for values in exhibit.tables:
            stem = "_".join(part for part in (exhibit.id, values.id) if part)
            yield f"{stem}.csv", table_csv(exhibit, values, words)
    elif exhibit.drawing is not None:
        yield f"{exhibit.id}.{kind}", picture(exhibit, words, kind)
