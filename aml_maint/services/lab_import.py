"""Taking in laboratory results from a file: mapped, previewed, reconciled, then all or nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from uuid import UUID

from aml_maint.domain.errors import BadInput, Refused, RowProblem
from aml_maint.domain.lab_reconcile import Reconciled, Standing
from aml_maint.domain.messages import Message, say
from aml_maint.domain.moment import Moment
from aml_maint.domain.patient import Patient
from aml_maint.services.changes import Changes, Touched
from aml_maint.services.delimited import TextTable, as_table, read_table
from aml_maint.services.lab_entry import LabEntry, check_entry, check_labs, differs, write_rows
from aml_maint.services.lab_table import LabCell, LabMapping, guess_mapping, read_cells
from aml_maint.services.laboratories import laboratory_named
from aml_maint.services.late_counts import LateDose, given_while_closed
from aml_maint.services.library import lab_catalogue
from aml_maint.services.long_work import Step, Watch, unwatched, watched
from aml_maint.services.workplace import Workplace
from aml_maint.store import patients


class RowState(StrEnum):
    """How a result of the file stands."""

    NEW = "new"
    SAME = "same"
    CHANGED = "changed"
    CONFLICT = "conflict"
    DOUBTFUL = "doubtful"
    """New or changed, and so unusual that somebody must say that it is right."""
    UNKNOWN = "unknown"
    """Of an analyte that is not known here; left out."""
    REJECTED = "rejected"


@dataclass(frozen=True)
class PreviewRow:
    """One result of the file and what importing it would do; `told` says why not, or what differs.

    `patient` is None for a record number that is not known.
    """

    cell: LabCell
    state: RowState
    patient: Patient | None = None
    reconciled: Reconciled | None = None
    told: Message | None = None


@dataclass(frozen=True)
class LabPreview:
    """What an import would do, result by result, and the columns that nothing was read from."""

    mapping: LabMapping
    rows: tuple[PreviewRow, ...]
    ignored_columns: tuple[str, ...]

    def count(self, state: RowState) -> int:
        """How many results stand like that."""
        return self._counts[state]

    @cached_property
    def _counts(self) -> Counter[RowState]:
        return Counter(row.state for row in self.rows)

    @property
    def unknown(self) -> Mapping[str, int]:
        """Each name that is not known here, and how often it comes."""
        return Counter(row.cell.name for row in self.rows if row.state is RowState.UNKNOWN)

    def problems(self, *states: RowState) -> tuple[RowProblem, ...]:
        """What there is to say of the rows of some states."""
        found = []
        for row in self.rows:
            if row.state in states:
                said = RowProblem(
                    row.cell.row, row.cell.column or "row", row.told or say("labs.row")
                )
                found.append(row.cell.problem or said)
        return tuple(found)


@dataclass(frozen=True)
class Accepted:
    """What a person decided about the rows that need a decision.

    `changes` is the reason for taking other values in the place of those on record; empty: none
    are. `doubts`: unusual values are right. `skip`: rejected rows and conflicts are left out.
    """

    changes: str = ""
    doubts: bool = False
    skip: bool = False


def header_of(data: bytes) -> tuple[str, ...]:
    """The columns of a file. BadInput when it can't be read as a table."""
    return read_table(data, ()).header


def mapping_for(data: bytes) -> LabMapping:
    """What the file's own column heads tell."""
    return guess_mapping(header_of(data), lab_catalogue())


def preview_labs(
    place: Workplace,
    data: bytes | TextTable,
    mapping: LabMapping | None = None,
    *,
    patient: Patient | None = None,
    laboratory: str = "",
    watch: Watch = unwatched,
) -> LabPreview:
    """What importing a file would do; nothing is written.

    `patient` is whose results they are where the file names nobody; `laboratory` who measured
    where it names none. BadInput when the file as a whole can't be read.
    """
    labs = lab_catalogue()
    table = as_table(data, watch)
    mapping = mapping or guess_mapping(table.header, labs)
    missing = mapping.missing(patient_known=patient is not None)
    if missing:
        parts = tuple(say(f"labs.part.{part.value}") for part in missing)
        raise BadInput(
            say("labs.error.mapping", parts=parts), hint=say("labs.error.mapping.hint"),
            field="mapping",
        )  # fmt: skip
    total = len(table.lines) * max(len(mapping.analytes), 1)
    cells = read_cells(table, mapping, labs, place.zone)
    looked_at = watched(cells, Step.CHECKING, watch, total)
    rows = list(_rows(place, looked_at, patient, laboratory, watch))
    if not rows:
        raise BadInput(say("import.no_rows"), field="file")
    used = {*mapping.parts, *mapping.analytes}
    ignored = tuple(name for name in table.header if name and name not in used)
    return LabPreview(mapping, tuple(rows), ignored)


def check_importable(preview: LabPreview, accepted: Accepted) -> None:
    """BadInput or Refused, with the rows, while something still needs a decision."""
    bad = preview.problems(RowState.REJECTED, RowState.CONFLICT)
    if bad and not accepted.skip:
        raise BadInput(
            say("labs.error.rejected", count=len(bad)), hint=say("labs.error.rejected.hint"),
            field="file", rows=bad,
        )  # fmt: skip
    for state, decided, key in (
        (RowState.CHANGED, bool(accepted.changes.strip()), "changed"),
        (RowState.DOUBTFUL, accepted.doubts, "questions"),
    ):
        rows = preview.problems(state)
        if rows and not decided:
            raise Refused(
                say(f"labs.error.{key}", count=len(rows)),
                hint=say(f"labs.error.{key}.hint"),
                rows=rows,
            )
    changing = any(
        row.state is RowState.DOUBTFUL
        and row.reconciled is not None
        and row.reconciled.standing is Standing.CHANGED
        for row in preview.rows
    )
    if changing and not accepted.changes.strip():
        count = preview.count(RowState.DOUBTFUL)
        raise Refused(say("labs.error.changed", count=count), hint=say("labs.error.changed.hint"))
    if not _to_write(preview):
        raise Refused(say("labs.error.nothing_new"))


def late_doses(place: Workplace, preview: LabPreview) -> tuple[tuple[Patient, LateDose], ...]:
    """The doses given before that the results of an import would have held back, by patient.

    A count that arrives late re-evaluates nothing that was recorded; it lists the deviations.
    """
    since: dict[tuple[str, str], PreviewRow] = {}
    for row in _to_write(preview):
        assert row.reconciled is not None  # only such rows are written
        result = row.reconciled.result
        key = result.patient_id, result.analyte
        if key not in since or result.collected < _collected(since[key]):
            since[key] = row
    found = []
    for (patient_id, analyte), row in since.items():
        for late in given_while_closed(place, patient_id, analyte, _collected(row)):
            assert row.patient is not None  # it was reconciled
            found.append((row.patient, late))
    return tuple(found)


def _collected(row: PreviewRow) -> Moment:
    assert row.reconciled is not None  # asked of rows that are written
    return row.reconciled.result.collected


def import_labs(
    place: Workplace, preview: LabPreview, accepted: Accepted, command_id: UUID | None = None,
    watch: Watch = unwatched,
) -> Changes:  # fmt: skip
    """Carry out an import that was previewed, in one transaction with one audit entry.

    Refused if the record has changed since in what the preview rests on.
    """
    if (done := place.done_before(command_id, "import_labs")) is not None:
        return done
    check_importable(preview, accepted)
    rows = _to_write(preview)
    entries = [_as_entry(row) for row in rows]
    again = check_labs(place, entries, watch).rows
    for row, now in zip(rows, again, strict=True):
        assert row.reconciled is not None  # only such rows are written
        if (now.standing, now.before) != (row.reconciled.standing, row.reconciled.before):
            raise Refused(say("labs.error.moved_on"), hint=say("labs.error.moved_on.hint"))
    return place.write(
        "import_labs",
        lambda transaction: write_rows(transaction, again, watch),
        touched=Touched.LABS,
        command_id=command_id,
        reason=accepted.changes,
    )


_WRITTEN = frozenset({RowState.NEW, RowState.CHANGED, RowState.DOUBTFUL})


def _to_write(preview: LabPreview) -> list[PreviewRow]:
    return [row for row in preview.rows if row.state in _WRITTEN]


def _as_entry(row: PreviewRow) -> LabEntry:
    assert row.reconciled is not None  # only rows that were reconciled are written
    result = row.reconciled.result
    return LabEntry(
        result.patient_id, result.analyte, result.value, result.collected, result.lower_limit,
        result.upper_limit, result.laboratory, row.state is RowState.DOUBTFUL,
    )  # fmt: skip


def _rows(
    place: Workplace, cells: Iterator[LabCell], patient: Patient | None, laboratory: str,
    watch: Watch,
) -> Iterator[PreviewRow]:  # fmt: skip
    """Each result in the order of the file."""
    people: dict[str, Patient | None] = {}
    laboratories: dict[str, str | BadInput] = {}
    read: list[PreviewRow | tuple[LabCell, Patient, LabEntry]] = []
    for cell in cells:
        if cell.problem is None and cell.analyte is None:
            told = say("labs.unknown_analyte", name=cell.name or "–")
            read.append(PreviewRow(cell, RowState.UNKNOWN, told=told))
            continue
        whose = patient
        if whose is None:
            if cell.mrn not in people:
                people[cell.mrn] = patients.by_mrn(place.store, cell.mrn) if cell.mrn else None
            whose = people[cell.mrn]
        try:
            read.append((cell, *_entry(place, cell, whose, laboratory, laboratories)))
        except BadInput as error:
            told = cell.problem.message if cell.problem is not None else error.message
            if cell.problem is None and error.hint is not None:
                told = say("error.with_hint", message=error.message, hint=error.hint)
            read.append(PreviewRow(cell, RowState.REJECTED, whose, told=told))
    yield from _judged(place, read, watch)


def _entry(
    place: Workplace, cell: LabCell, patient: Patient | None, laboratory: str,
    known: dict[str, str | BadInput],
) -> tuple[Patient, LabEntry]:  # fmt: skip
    """The result as an entry; BadInput for what can't be."""
    if cell.problem is not None:
        raise BadInput(cell.problem.message)
    if patient is None:
        raise BadInput(say("record.no_such_mrn", mrn=cell.mrn or "–"), field="mrn")
    assert cell.analyte is not None and cell.value is not None and cell.collected is not None
    name = cell.laboratory or laboratory
    if name and name not in known:
        try:
            known[name] = laboratory_named(place, name).id
        except BadInput as error:
            known[name] = error
    found = known.get(name)
    if isinstance(found, BadInput):
        raise found
    entry = LabEntry(
        patient.id, cell.analyte, cell.value, cell.collected, cell.lower_limit, cell.upper_limit,
        found,
    )  # fmt: skip
    check_entry(place, entry)
    return patient, entry


def _judged(
    place: Workplace, read: list[PreviewRow | tuple[LabCell, Patient, LabEntry]], watch: Watch
) -> Iterator[PreviewRow]:
    entries = [one[2] for one in read if isinstance(one, tuple)]
    checked = check_labs(place, entries, watch)
    judged = iter(zip(checked.rows, checked.questions, strict=True))
    for one in read:
        if isinstance(one, PreviewRow):
            yield one
            continue
        cell, patient, _ = one
        row, question = next(judged)
        state = RowState(row.standing.value)
        told = differs(row) if state in {RowState.CHANGED, RowState.CONFLICT} else None
        if question is not None and state in {RowState.NEW, RowState.CHANGED}:
            state, told = RowState.DOUBTFUL, question
        yield PreviewRow(cell, state, patient, row, told)
