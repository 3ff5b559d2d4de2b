"""Taking in a FHIR bundle of our own making: previewed, rehearsed, then all of it or nothing.

Each resource carries the rows it was made from. Reading and rehearsing need no ward file; only
comparing and writing do, and hold it as short as can be.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from uuid import UUID

from aml_maint.domain.errors import BadInput, Refused, RowProblem
from aml_maint.domain.messages import say
from aml_maint.services.bundle_reading import BundleFile, BundleRow, RowState, read_bundle
from aml_maint.services.bundle_rehearsal import rehearse
from aml_maint.services.changes import Changes, Touched
from aml_maint.services.fhir_exporting import standing_records
from aml_maint.services.long_work import Step, Watch, unwatched, watched, watched_all
from aml_maint.services.workplace import Workplace
from aml_maint.store import bundles
from aml_maint.store.audit import Head
from aml_maint.store.transaction import Transaction


@dataclass(frozen=True)
class BundlePreview:
    """What taking in a bundle would do, row by row.

    `head` is the last audit event of the ward's file when the rows were compared with it.
    """

    rows: tuple[BundleRow, ...]
    problems: tuple[RowProblem, ...] = ()
    head: Head | None = field(default=None, compare=False)

    def count(self, state: RowState) -> int:
        """How many rows stand like that."""
        return self._counts[state]

    @cached_property
    def _counts(self) -> Counter[RowState]:
        return Counter(row.state for row in self.rows)

    @property
    def tables(self) -> Mapping[str, int]:
        """How many new rows each table gets."""
        return Counter(row.table for row in self.rows if row.state is RowState.NEW)

    def told(self, *states: RowState) -> tuple[RowProblem, ...]:
        """What there is to say of the rows of some states."""
        return tuple(
            RowProblem(row.entry, row.table, row.told)
            for row in self.rows
            if row.state in states and row.told is not None
        )


@dataclass(frozen=True)
class ReadBundle:
    """The rows of a bundle that was read and rehearsed, and what is wrong with them."""

    rows: tuple[BundleRow, ...]
    problems: tuple[RowProblem, ...]


def examined(place: Workplace, data: bytes, watch: Watch = unwatched) -> ReadBundle:
    """Read and rehearse a bundle; the desk's own file is not touched, so any thread may do it.

    BadInput when it is no bundle that this program made with names in it.
    """
    file = read_bundle(data, place.store.columns, watch)
    return ReadBundle(file.rows, _rehearsed(place, file, watch))


def _rehearsed(place: Workplace, file: BundleFile, watch: Watch) -> tuple[RowProblem, ...]:
    return rehearse(place, file, watch) if file.is_sound else ()


def compared(place: Workplace, found: ReadBundle, watch: Watch = unwatched) -> BundlePreview:
    """How the rows of a bundle stand to the ward's file."""
    rows = tuple(_reconciled(place, found.rows, watch))
    return BundlePreview(rows, found.problems, place.store.head())


def preview_bundle(place: Workplace, data: bytes, watch: Watch = unwatched) -> BundlePreview:
    """What taking in a bundle would do; nothing is written to the ward's file.

    BadInput when it is no bundle that this program made with names in it.
    """
    return compared(place, examined(place, data, watch), watch)


def check_importable(preview: BundlePreview, *, leave_conflicts: bool = False) -> None:
    """BadInput or Refused, with the rows, while something stands against it."""
    bad = (*preview.problems, *preview.told(RowState.REJECTED))
    if bad:
        raise BadInput(
            say("import.fhir.rejected", count=len(bad)), hint=say("import.fhir.rejected.hint"),
            field="file", rows=bad,
        )  # fmt: skip
    conflicts = preview.told(RowState.CONFLICT)
    if conflicts and not leave_conflicts:
        raise Refused(
            say("import.fhir.conflicts", count=len(conflicts)),
            hint=say("import.fhir.conflicts.hint"), rows=conflicts,
        )  # fmt: skip


def import_bundle(
    place: Workplace, preview: BundlePreview, command_id: UUID | None = None,
    *, leave_conflicts: bool = False, watch: Watch = unwatched,
) -> Changes | None:  # fmt: skip
    """Write the new rows in one transaction with one audit entry; None if there are none.

    Raises as `check_importable` does, and Refused if the file changed after the preview.
    """
    if (done := place.done_before(command_id, "import_bundle")) is not None:
        return done
    check_importable(preview, leave_conflicts=leave_conflicts)
    _expect_as_compared(place, preview, watch)
    new = [(row.table, row.row) for row in preview.rows if row.state is RowState.NEW]
    if not new:
        return None
    try:
        done = place.write(
            "import_bundle",
            lambda transaction: _write(transaction, new, watch),
            touched=Touched.PATIENTS,
            command_id=command_id,
        )
    except bundles.RowRefused as refused:
        # Such as a dose that this ward has a record of its own about.
        entry = next((row.entry for row in preview.rows if row.id == refused.id), 0)
        problem = RowProblem(entry, refused.table, say("import.fhir.taken"))
        raise Refused(
            say("import.fhir.taken"), hint=say("import.fhir.taken.hint"), rows=(problem,)
        ) from refused
    people = {str(row["id"]) for table, row in new if table == "patients"}
    people |= {str(row["patient_id"]) for _, row in new if "patient_id" in row}
    return done if done.replayed else replace(done, patients=frozenset(people))


def _expect_as_compared(place: Workplace, preview: BundlePreview, watch: Watch) -> None:
    """Refused if what was written since then changes how the rows stand."""
    if preview.head == place.store.head():
        return
    plain = [replace(row, state=RowState.NEW, told=None) for row in preview.rows]
    if tuple(_reconciled(place, plain, watch)) != preview.rows:
        raise Refused(say("import.stale"))


def _write(transaction: Transaction, rows: Sequence[tuple[str, bundles.Row]], watch: Watch) -> None:
    bundles.write(transaction, rows, lambda done: watch(Step.WRITING, done, len(rows)))
    watch(Step.SAVING, 0, 0)


# -- beside what the ward has --------------------------------------------------------------------


def _reconciled(place: Workplace, rows: Sequence[BundleRow], watch: Watch) -> Iterator[BundleRow]:
    """The rows beside those of the ward's file; one of another's patient is a conflict."""
    numbers = bundles.by_text(place.store, "patients", "mrn")
    names = bundles.by_text(place.store, "laboratories", "name")
    held = _held(place, rows, watch)
    taken = {
        row.id for row in rows
        if row.table == "patients" and numbers.get(str(row.row.get("mrn")), row.id) != row.id
    }  # fmt: skip
    courses = {row.id: row.row.get("patient_id") for row in rows if row.table == "courses"}
    elsewhere = {
        row.id: names[str(row.row["name"])] for row in rows
        if row.table == "laboratories" and names.get(str(row.row.get("name")), row.id) != row.id
    }  # fmt: skip
    for row in watched_all(rows, Step.COMPARING, watch):
        if row.state is RowState.REJECTED:
            yield row
            continue
        whose = row.row.get("patient_id") or courses.get(str(row.row.get("course_id")))
        if row.id in taken and row.table == "patients":
            told = say("error.mrn_taken", mrn=row.row.get("mrn"))
            yield replace(row, state=RowState.CONFLICT, told=told)
        elif whose in taken:
            yield replace(row, state=RowState.CONFLICT, told=say("import.fhir.of_taken"))
        elif row.table == "laboratories" and row.id in elsewhere:
            # The same laboratory has another id here: its values come under that.
            yield replace(row, state=RowState.SAME)
        else:
            yield _beside(_at_home(row, elsewhere), held)


def _at_home(row: BundleRow, elsewhere: Mapping[str, str]) -> BundleRow:
    here = elsewhere.get(str(row.row.get("laboratory_id")))
    return row if here is None else replace(row, row={**row.row, "laboratory_id": here})


def _held(
    place: Workplace, rows: Sequence[BundleRow], watch: Watch
) -> Mapping[tuple[str, str], Mapping[str, Any] | None]:
    """What the ward has under the ids of the bundle: the record that stands, None for another."""
    tables = {row.table for row in rows if row.table in bundles.TABLES}
    there = {(table, id) for table in tables for id in bundles.ids(place.store, table)}
    found: dict[tuple[str, str], Mapping[str, Any] | None] = {
        (row.table, row.id): None for row in rows if (row.table, row.id) in there
    }
    if found:
        for table, standing in watched(standing_records(place), Step.COMPARING, watch):
            if (table, standing["id"]) in found:
                found[table, standing["id"]] = standing
    return found


def _beside(row: BundleRow, held: Mapping[tuple[str, str], Mapping[str, Any] | None]) -> BundleRow:
    if (row.table, row.id) not in held:
        return row
    if held[row.table, row.id] == row.row:
        return replace(row, state=RowState.SAME)
    return replace(row, state=RowState.CONFLICT, told=say("import.fhir.differs"))
