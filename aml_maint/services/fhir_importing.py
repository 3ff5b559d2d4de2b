"""Taking in a FHIR bundle of our own making: previewed, rehearsed, then all of it or nothing.

Each resource carries the rows it was made from. They are first written to an empty file that is
thrown away, and the bundle made from that file has to be the bundle that was read: so a resource
that was changed on its way, or a row that this program can't read, is found before anything is
written.
"""

from __future__ import annotations

import json
import secrets
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from aml_maint.domain.command import Command
from aml_maint.domain.errors import BadInput, Refused, RowProblem, UserError
from aml_maint.domain.messages import LANGUAGES, Language, Message, say
from aml_maint.domain.pseudonym import Privacy
from aml_maint.reports.fhir_bundle import records_of
from aml_maint.services import library
from aml_maint.services.changes import Changes, Touched
from aml_maint.services.exchange_tables import ward_extract
from aml_maint.services.fhir_exporting import NOT_IN_A_BUNDLE, bundle_resources
from aml_maint.services.workplace import Workplace
from aml_maint.store import bundles
from aml_maint.store.database import Store

LARGEST = 200 * 1024 * 1024  # bytes
Told = Callable[[int, int], None]

# The same in every bundle, or about the bundle itself.
_NOT_COMPARED = frozenset({"CodeSystem", "PlanDefinition", "Medication", "Provenance"})
_FAULTS = (UserError, ValueError, LookupError, TypeError, ArithmeticError)


class RowState(StrEnum):
    """How a row of the bundle stands to the ward's file."""

    NEW = "new"
    SAME = "same"
    CONFLICT = "conflict"
    """The ward has it otherwise, or has its patient or laboratory under another id."""
    REJECTED = "rejected"


@dataclass(frozen=True)
class BundleRow:
    """A row that the bundle carries: in which entry (from 1), of what table, and how it stands."""

    entry: int
    table: str
    id: str
    row: Mapping[str, Any]
    state: RowState = RowState.NEW
    told: Message | None = None


@dataclass(frozen=True)
class BundlePreview:
    """What taking in a bundle would do, row by row."""

    rows: tuple[BundleRow, ...]
    problems: tuple[RowProblem, ...] = ()

    def count(self, state: RowState) -> int:
        """How many rows stand like that."""
        return sum(row.state is state for row in self.rows)

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


def preview_bundle(place: Workplace, data: bytes, told: Told | None = None) -> BundlePreview:
    """What taking in a bundle would do; nothing is written to the ward's file.

    BadInput when it is no bundle that this program made with names in it.
    """
    told = told or (lambda done, total: None)
    bundle = _bundle(data)
    resources = _resources(bundle)
    rows = list(_rows(place, resources))
    if not rows:
        raise BadInput(say("import.fhir.no_records"), hint=say("import.fhir.no_records.hint"),
                       field="file")  # fmt: skip
    total = 3 * len(rows)
    told(len(rows), total)
    problems = [row.told for row in rows if row.told is not None]
    found: tuple[RowProblem, ...] = ()
    if not problems:
        found = tuple(_rehearsed(
            place, rows, resources, _language(bundle),
            lambda done, of: told(len(rows) + len(rows) * done // max(of, 1), total),
        ))  # fmt: skip
    told(2 * len(rows), total)
    return BundlePreview(tuple(_reconciled(place, rows)), found)


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
    *, leave_conflicts: bool = False,
) -> Changes | None:  # fmt: skip
    """Write the new rows in one transaction with one audit entry; None if there are none.

    Raises as `check_importable` does, and Refused if the file changed after the preview.
    """
    if (done := place.done_before(command_id, "import_bundle")) is not None:
        return done
    check_importable(preview, leave_conflicts=leave_conflicts)
    plain = [replace(row, state=RowState.NEW, told=None) for row in preview.rows]
    if tuple(_reconciled(place, plain)) != preview.rows:
        raise Refused(say("import.stale"))
    new = [(row.table, row.row) for row in preview.rows if row.state is RowState.NEW]
    if not new:
        return None
    try:
        done = place.write(
            "import_bundle",
            lambda transaction: bundles.write(transaction, new),
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


# -- reading -------------------------------------------------------------------------------------


def _bundle(data: bytes) -> dict[str, Any]:
    if len(data) > LARGEST:
        raise BadInput(say("import.too_large", size=LARGEST // (1024 * 1024)), field="file")
    try:
        found = json.loads(data, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise BadInput(say("import.fhir.not_json"), field="file") from error
    if not isinstance(found, dict) or found.get("resourceType") != "Bundle":
        raise BadInput(say("import.fhir.no_bundle"), field="file")
    return found


def _resources(bundle: Mapping[str, Any]) -> list[dict[str, Any]]:
    entries = bundle.get("entry")
    found = []
    for entry in entries if isinstance(entries, list) else []:
        one = entry.get("resource") if isinstance(entry, dict) else None
        if not isinstance(one, dict) or not isinstance(one.get("id"), str):
            raise BadInput(say("import.fhir.no_bundle"), field="file")
        found.append(one)
    return found


def _language(bundle: Mapping[str, Any]) -> Language:
    return next((one for one in LANGUAGES if bundle.get("language") == one), "en")


def _rows(place: Workplace, resources: list[dict[str, Any]]) -> Iterator[BundleRow]:
    for entry, one in enumerate(resources, 1):
        try:
            records = records_of(one)
        except _FAULTS:
            told = say("import.fhir.unreadable")
            yield BundleRow(entry, str(one.get("resourceType")), "", {}, RowState.REJECTED, told)
            continue
        for table, row in records:
            why = _fault(place, table, row)
            state = RowState.NEW if why is None else RowState.REJECTED
            yield BundleRow(entry, table, str(row.get("id")), row, state, why)


def _fault(place: Workplace, table: str, row: Mapping[str, Any]) -> Message | None:
    """What is wrong with a row by itself."""
    columns = set(place.store.columns.get(table, ()))
    if table not in bundles.TABLES or table in NOT_IN_A_BUNDLE:
        return say("import.fhir.unknown_table", table=table)
    if not row.keys() <= columns:
        return say("import.fhir.unknown_column", columns=tuple(sorted(row.keys() - columns)))
    if not all(isinstance(value, str | int) for value in row.values()):
        return say("import.fhir.unreadable")
    if table == "courses":
        try:
            library.regimen(str(row.get("regimen_id")), int(row.get("regimen_version", 0)))
        except (UserError, ValueError) as error:
            return error.message if isinstance(error, UserError) else say("import.fhir.unreadable")
    return None


def _rehearsed(
    place: Workplace, rows: list[BundleRow], resources: list[dict[str, Any]], language: Language,
    told: Told,
) -> Iterator[RowProblem]:  # fmt: skip
    """What goes wrong when the bundle is taken into an empty file, and what then differs."""
    entries = {f"{one['resourceType']}/{one['id']}": n for n, one in enumerate(resources, 1)}
    with tempfile.TemporaryDirectory(prefix="aml-maint-") as folder:
        path = Path(folder) / "rehearsal.amldb"
        with Store.create(path, secrets.token_hex(32), "ward", durable=False) as store:
            empty = replace(place, store=store)
            try:
                _write_to(empty, rows)
                for table in ward_extract(empty, Privacy.IDENTIFIED, told).tables:
                    for _ in table.rows:
                        pass
                again = {
                    f"{one['resourceType']}/{one['id']}": one
                    for one in bundle_resources(empty, Privacy.IDENTIFIED, language)
                }
            except bundles.RowRefused as refused:
                entry = next((row.entry for row in rows if row.id == refused.id), 0)
                yield RowProblem(entry, refused.table, say("import.fhir.refused_row"))
                return
            except _FAULTS:
                yield RowProblem(0, "file", say("import.fhir.unreadable"))
                return
    for one in resources:
        name = f"{one['resourceType']}/{one['id']}"
        if one["resourceType"] not in _NOT_COMPARED and again.pop(name, None) != one:
            yield RowProblem(entries[name], one["resourceType"], say("import.fhir.altered"))
    for name, one in again.items():
        if one["resourceType"] not in _NOT_COMPARED:
            yield RowProblem(0, name.partition("/")[0], say("import.fhir.lost"))


def _write_to(empty: Workplace, rows: list[BundleRow]) -> None:
    now = empty.clock.now()
    command = Command(uuid4(), "import_bundle", empty.actor, now, now)
    with empty.store.write(command) as transaction:
        bundles.write(transaction, [(row.table, row.row) for row in rows])


# -- beside what the ward has --------------------------------------------------------------------


def _reconciled(place: Workplace, rows: list[BundleRow]) -> Iterator[BundleRow]:
    """The rows beside those of the ward's file; one of another's patient is a conflict."""
    numbers = bundles.by_text(place.store, "patients", "mrn")
    names = bundles.by_text(place.store, "laboratories", "name")
    held = _held(place, rows)
    taken = {
        row.id for row in rows
        if row.table == "patients" and numbers.get(str(row.row.get("mrn")), row.id) != row.id
    }  # fmt: skip
    courses = {row.id: row.row.get("patient_id") for row in rows if row.table == "courses"}
    elsewhere = {
        row.id: names[str(row.row["name"])] for row in rows
        if row.table == "laboratories" and names.get(str(row.row.get("name")), row.id) != row.id
    }  # fmt: skip
    for row in rows:
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
    place: Workplace, rows: list[BundleRow]
) -> Mapping[tuple[str, str], Mapping[str, Any] | None]:
    """What the ward has under the ids of the bundle: the record that stands, None for another."""
    tables = {row.table for row in rows if row.table in bundles.TABLES}
    there = {(table, id) for table in tables for id in bundles.ids(place.store, table)}
    found: dict[tuple[str, str], Mapping[str, Any] | None] = {
        (row.table, row.id): None for row in rows if (row.table, row.id) in there
    }
    if found:
        for one in bundle_resources(place, Privacy.IDENTIFIED, "en"):
            for table, standing in records_of(one):
                if (table, standing["id"]) in found:
                    found[table, standing["id"]] = standing
    return found


def _beside(row: BundleRow, held: Mapping[tuple[str, str], Mapping[str, Any] | None]) -> BundleRow:
    if (row.table, row.id) not in held:
        return row
    if held[row.table, row.id] == row.row:
        return replace(row, state=RowState.SAME)
    return replace(row, state=RowState.CONFLICT, told=say("import.fhir.differs"))
