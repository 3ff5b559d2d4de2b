"""Taking in a published cohort from a table: preview first, then all of it or nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID, uuid4

from aml_maint.domain.cohort import COLUMNS, REQUIRED, ReportedPatient, read_row
from aml_maint.domain.errors import BadInput, Refused, RowProblem
from aml_maint.domain.messages import say
from aml_maint.domain.patient import Patient
from aml_maint.services.changes import Changes, Touched
from aml_maint.services.delimited import Line, TextTable, as_table, renamed
from aml_maint.services.long_work import Step, Watch, unwatched, watched_all
from aml_maint.services.workplace import Workplace
from aml_maint.store import cohorts, patients
from aml_maint.store.transaction import Transaction

_STUDY = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,30}")


class RowState(StrEnum):
    """How a row of the file stands to the ward's file."""

    NEW = "new"
    SAME = "same"
    CHANGED = "changed"
    REJECTED = "rejected"


@dataclass(frozen=True)
class PreviewRow:
    """One row of the file (counted from 1, the header is row 1) and what it would do.

    `differs` names the facts that a changed patient has otherwise in the ward's file.
    """

    row: int
    number: int | None
    state: RowState
    patient: ReportedPatient | None
    differs: tuple[str, ...] = ()
    problems: tuple[RowProblem, ...] = ()


@dataclass(frozen=True)
class CohortPreview:
    """What an import would do, row by row. Columns that are not known are ignored, and named."""

    study: str
    rows: tuple[PreviewRow, ...]
    ignored_columns: tuple[str, ...]

    def count(self, state: RowState) -> int:
        """How many rows stand like that."""
        return sum(1 for row in self.rows if row.state is state)

    @property
    def new(self) -> int:
        """Patients who are not in the ward's file yet."""
        return self.count(RowState.NEW)

    @property
    def same(self) -> int:
        """Patients who are there with the same facts."""
        return self.count(RowState.SAME)

    @property
    def changed(self) -> int:
        """Patients who are there with other facts."""
        return self.count(RowState.CHANGED)

    @property
    def rejected(self) -> int:
        """Rows that can't be meant as they are."""
        return self.count(RowState.REJECTED)

    @property
    def problems(self) -> tuple[RowProblem, ...]:
        """Everything that is wrong with the rejected rows."""
        return tuple(problem for row in self.rows for problem in row.problems)


def preview_cohort(
    place: Workplace, data: bytes | TextTable, study: str, columns: Mapping[str, str] | None = None,
    watch: Watch = unwatched,
) -> CohortPreview:  # fmt: skip
    """What importing a file into a study would do; nothing is written.

    `columns` gives our name of a column by the file's, where they differ. BadInput when the file
    as a whole can't be read: no table, too large, columns missing.
    """
    if not _STUDY.fullmatch(study):
        raise BadInput(say("import.study_name", study=study), field="study")
    table = renamed(as_table(data, watch), columns or {}, REQUIRED)
    ignored = tuple(name for name in table.header if name and name not in COLUMNS)
    lines = watched_all(table.lines, Step.CHECKING, watch)
    rows = _reject_doubles([_read(line) for line in lines])
    if not rows:
        raise BadInput(say("import.no_rows"), field="file")
    return CohortPreview(study, _compare(place, study, rows, watch), ignored)


def check_importable(preview: CohortPreview, *, accept_changes: bool = False) -> None:
    """BadInput with every row at fault if rows were rejected; Refused for unwanted changes."""
    if preview.rejected:
        raise BadInput(
            say("import.rejected", count=preview.rejected),
            hint=say("import.rejected.hint"),
            field="file",
            rows=preview.problems,
        )
    if preview.changed and not accept_changes:
        rows = tuple(
            RowProblem(row.row, name, say("import.differs"))
            for row in preview.rows
            for name in row.differs
        )
        raise Refused(
            say("import.changed", count=preview.changed), hint=say("import.changed.hint"), rows=rows
        )


def import_cohort(
    place: Workplace, preview: CohortPreview, command_id: UUID | None = None, *,
    accept_changes: bool = False, watch: Watch = unwatched,
) -> Changes | None:  # fmt: skip
    """Write the new patients, and the changed ones if that is wanted, in one transaction.

    None if there is nothing to write. Raises as `check_importable` does, and Refused if the
    ward's file changed after the preview.
    """
    if (done := place.done_before(command_id, "import_cohort")) is not None:
        return done
    check_importable(preview, accept_changes=accept_changes)
    if _compare(place, preview.study, preview.rows, watch) != preview.rows:
        raise Refused(say("import.stale"))
    if not preview.new and not preview.changed:
        return None
    ids = cohorts.patients_of_study(place.store, preview.study)
    known = patients.by_ids(place.store, list(ids.values()))
    new = [(row.patient, str(uuid4())) for row in preview.rows if row.state is RowState.NEW]
    changed = [row.patient for row in preview.rows if row.state is RowState.CHANGED]

    def work(transaction: Transaction) -> None:
        for reported, patient_id in watched_all(new, Step.WRITING, watch):
            assert reported is not None  # only rejected rows have no patient
            patients.add(transaction, _patient(preview.study, reported, patient_id))
            cohorts.add(transaction, patient_id, preview.study, reported)
        for reported in watched_all(changed, Step.WRITING, watch):
            assert reported is not None
            patient_id = ids[reported.number]
            patients.replace(transaction, _updated(known[patient_id], reported))
            cohorts.replace(transaction, patient_id, preview.study, reported)
        watch(Step.SAVING, 0, 0)

    done = place.write(
        "import_cohort", work, touched=Touched.PATIENTS, command_id=command_id,
        reason=preview.study,
    )  # fmt: skip
    touched = {patient_id for _, patient_id in new}
    touched |= {ids[reported.number] for reported in changed if reported is not None}
    return done if done.replayed else replace(done, patients=frozenset(touched))


def _patient(study: str, reported: ReportedPatient, patient_id: str) -> Patient:
    """A study's patient in the ward's list: a number, no name, and no date that nobody gave."""
    return Patient(
        id=patient_id,
        family_name=study,
        given_name=f"{reported.number:02d}",
        mrn=_mrn(study, reported.number),
        sex=reported.sex,
        flt3_itd=reported.flt3_itd,
        eln_risk=reported.eln2022,
    )


def _updated(patient: Patient, reported: ReportedPatient) -> Patient:
    """A patient with newly reported facts; what the ward added itself stays."""
    return replace(patient, sex=reported.sex, flt3_itd=reported.flt3_itd, eln_risk=reported.eln2022)


def _mrn(study: str, number: int) -> str:
    return f"{study.upper()}-{number:02d}"


def _read(line: Line) -> PreviewRow:
    if line.problem is not None:
        return _rejected(line.number, line.problem)
    patient, problems = read_row(line.cells, line.number)
    if patient is None:
        return PreviewRow(line.number, None, RowState.REJECTED, None, (), tuple(problems))
    return PreviewRow(line.number, patient.number, RowState.NEW, patient)


def _rejected(row: int, problem: RowProblem) -> PreviewRow:
    return PreviewRow(row, None, RowState.REJECTED, None, (), (problem,))


def _reject_doubles(rows: Sequence[PreviewRow]) -> list[PreviewRow]:
    """A patient number that stands twice in the file rejects the later row."""
    first: dict[int, int] = {}
    kept = []
    for row in rows:
        if row.number is not None and (known := first.setdefault(row.number, row.row)) != row.row:
            message = say("import.double", number=row.number, row=known)
            kept.append(_rejected(row.row, RowProblem(row.row, "patient", message)))
        else:
            kept.append(row)
    return kept


def _compare(
    place: Workplace, study: str, rows: Sequence[PreviewRow], watch: Watch
) -> tuple[PreviewRow, ...]:
    """The rows beside what the ward's file holds of that study now."""
    known = cohorts.by_study(place.store, study)
    watched_rows = watched_all(rows, Step.COMPARING, watch)
    return tuple(_beside(place, study, row, known) for row in watched_rows)


def _beside(
    place: Workplace, study: str, row: PreviewRow, known: dict[int, ReportedPatient]
) -> PreviewRow:
    if row.patient is None:
        return row
    held = known.get(row.patient.number)
    if held is None:
        mrn = _mrn(study, row.patient.number)
        if patients.by_mrn(place.store, mrn) is None:
            return replace(row, state=RowState.NEW, differs=())
        problem = RowProblem(row.row, "patient", say("error.mrn_taken", mrn=mrn))
        return _rejected(row.row, problem)
    differs = tuple(
        name for name in vars(held) if getattr(held, name) != getattr(row.patient, name)
    )
    return replace(row, state=RowState.CHANGED if differs else RowState.SAME, differs=differs)
