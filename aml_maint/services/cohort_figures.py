"""The figures and tables of a cohort, ready to be shown, copied and written as files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Literal

from aml_maint.domain.cohort_tables import Grouping
from aml_maint.domain.endpoints import Counting, Endpoint
from aml_maint.domain.messages import Catalogue
from aml_maint.domain.outcome_words import USUAL_MONTHS
from aml_maint.domain.toxicity_tables import treated
from aml_maint.reports.figures.exhibit import Exhibit
from aml_maint.reports.figures.picture import picture, table_csv
from aml_maint.reports.figures.sheet import Look, Paper
from aml_maint.services import library, toxicity_figures
from aml_maint.services.cohort import Cohort
from aml_maint.services.cohort_words import patients_told
from aml_maint.services.saving import save_document
from aml_maint.services.toxicity_tables import Tables

FileKind = Literal["svg", "png", "csv"]
# A PNG is for slides and print: twice as many pixels as on a usual screen.
_PRINT = 2.0


@dataclass(frozen=True)
class Choice:
    """How outcomes are counted, by what the patients are split, and at which months told."""

    counting: Counting = field(default_factory=Counting)
    grouping: Grouping = Grouping.NONE
    months: tuple[int, ...] = USUAL_MONTHS


def _survival(found: Cohort, choice: Choice, endpoint: Endpoint) -> Exhibit:
    from aml_maint.reports.figures.survival_figure import survival_exhibit

    outcome = found.outcome(endpoint, choice.counting, choice.grouping)
    return survival_exhibit(outcome, choice.months, found.today, found.regimen_names)


def _table_1(found: Cohort, choice: Choice) -> Exhibit:
    from aml_maint.reports.figures.cohort_tables import table_1_exhibit

    lines = found.table_1(choice.grouping)
    return table_1_exhibit(found.members, lines, choice.grouping, found.today, found.regimen_names)


def _table_2(found: Cohort, choice: Choice) -> Exhibit:
    from aml_maint.reports.figures.patient_tables import table_2_exhibit

    return table_2_exhibit(found.members, choice.counting, found.today)


def _swimmer(found: Cohort, choice: Choice) -> Exhibit:
    from aml_maint.reports.figures.swimmer_figure import swimmer_exhibit

    return swimmer_exhibit(found.members, choice.counting.cut_off, found.today)


def _mrd(found: Cohort, choice: Choice) -> Exhibit:
    from aml_maint.reports.figures.mrd_figure import mrd_exhibit

    return mrd_exhibit(found.members, choice.counting.cut_off, found.today)


def _toxicity(found: Cohort, choice: Choice) -> Exhibit:
    from aml_maint.reports.figures.toxicity_figure import toxicity_exhibit

    tables = found.toxicity
    terms = {id: item.term for id, item in library.toxicity_items_by_id().items()}
    n = len(treated(tables.subjects))
    return toxicity_exhibit(tables.incidence, terms, tables.rule, n, found.today)


def _completeness(found: Cohort, choice: Choice) -> Exhibit:
    from aml_maint.reports.figures.patient_tables import completeness_exhibit

    return completeness_exhibit(found.members, found.completeness, found.today)


def _paper_check(found: Cohort, choice: Choice) -> Exhibit:
    from aml_maint.reports.figures.paper_check import paper_check_exhibit

    ids = {member.study for member in found.everyone}
    checked = [study for id, study in library.studies().items() if id in ids]
    n = sum(1 for member in found.everyone if member.study in {study.id for study in checked})
    return paper_check_exhibit(found.checks, [s.citation for s in checked], n, found.today)


def _table(found: Cohort, _: Choice, make: Callable[[Tables], Exhibit]) -> Exhibit:
    return make(found.toxicity)


_MADE: Mapping[str, Callable[[Cohort, Choice], Exhibit]] = {
    "table_1": _table_1,
    "table_2": _table_2,
    **{endpoint.value: partial(_survival, endpoint=endpoint) for endpoint in Endpoint},
    "swimmer": _swimmer,
    "mrd_strip": _mrd,
    "toxicity": _toxicity,
    **{name: partial(_table, make=make) for name, make in toxicity_figures.TABLES.items()},
    "completeness": _completeness,
    "paper_check": _paper_check,
}


def _told(found: Cohort, choice: Choice, name: str) -> Exhibit:
    """An exhibit that says whom it counts; a publication is checked whatever the filters are."""
    exhibit = _MADE[name](found, choice)
    if name == "paper_check":
        return exhibit
    return replace(exhibit, notes=(*exhibit.notes, *patients_told(found)))


# Every figure and table by the name under which it is asked for and written.
EXHIBITS: Mapping[str, Callable[[Cohort, Choice], Exhibit]] = {
    name: partial(_told, name=name) for name in _MADE
}


def files_of(
    exhibit: Exhibit, words: Catalogue, kind: FileKind, paper: Paper = "light"
) -> Iterator[tuple[str, bytes]]:
    """The files of an exhibit by name; a table has no picture, nor a figure without anybody."""
    if kind == "csv":
        for values in exhibit.tables:
            stem = "_".join(part for part in (exhibit.id, values.id) if part)
            yield f"{stem}.csv", table_csv(exhibit, values, words)
    elif exhibit.drawing is not None:
        look = Look(paper, ratio=_PRINT if kind == "png" else 1.0)
        yield f"{exhibit.id}.{kind}", picture(exhibit, words, kind, look)


def write_files(
    found: Cohort, choice: Choice, name: str, kinds: Sequence[FileKind], words: Catalogue,
    folder: Path, paper: Paper = "light",
) -> list[Path]:  # fmt: skip
    """Write an exhibit into a folder; StorageProblem if the disk refuses."""
    exhibit = EXHIBITS[name](found, choice)
    written = []
    for kind in kinds:
        for file, content in files_of(exhibit, words, kind, paper):
            save_document(folder / file, content)
            written.append(folder / file)
    return written
