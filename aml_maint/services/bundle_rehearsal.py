"""A bundle tried on an empty ward file that is thrown away, before a ward's own is touched.

The bundle made from that file has to be the bundle that was read: so a resource that was changed
on its way, or a row that this program can't read, is found before anything is written.
"""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from aml_maint.domain.command import Command
from aml_maint.domain.errors import RowProblem
from aml_maint.domain.messages import say
from aml_maint.domain.pseudonym import Privacy
from aml_maint.reports.fhir_bundle import entry_text
from aml_maint.reports.fhir_elements import Resource
from aml_maint.services.bundle_reading import FAULTS, BundleEntry, BundleFile
from aml_maint.services.cohort import cohort
from aml_maint.services.deviations import deviation_log
from aml_maint.services.fhir_exporting import bundle_resources
from aml_maint.services.long_work import Step, Stopped, Watch
from aml_maint.services.workplace import Workplace
from aml_maint.store import bundles, courses
from aml_maint.store.database import Store

_EVERY = 100
# The same in every bundle, or about the bundle itself.
_NOT_COMPARED = frozenset({"CodeSystem", "PlanDefinition", "Medication", "Provenance"})


def rehearse(place: Workplace, file: BundleFile, watch: Watch) -> tuple[RowProblem, ...]:
    """What goes wrong when a bundle is taken into an empty file, and what then differs.

    Of the desk only the clock and who sits there count; its own file is left alone, so that this
    may run beside the thread that it belongs to.
    """
    rows, entries = len(file.rows), len(file.entries)
    total = 2 * rows + entries

    def told(done: int) -> None:
        watch(Step.REHEARSING, done, total)

    with tempfile.TemporaryDirectory(prefix="aml-maint-") as folder:
        path = Path(folder) / "rehearsal.amldb"
        with Store.create(path, secrets.token_hex(32), "ward", durable=False) as store:
            empty = replace(place, store=store)
            try:
                _write_to(empty, file, told)
                _compute(empty, lambda part: told(rows + int(part * rows)))
                return tuple(_differences(empty, file, lambda done: told(2 * rows + done)))
            except Stopped:
                raise
            except bundles.RowRefused as refused:
                entry = next((row.entry for row in file.rows if row.id == refused.id), 0)
                return (RowProblem(entry, refused.table, say("import.fhir.refused_row")),)
            except FAULTS:
                return (RowProblem(0, "file", say("import.fhir.unreadable")),)


def _write_to(empty: Workplace, file: BundleFile, told: Callable[[int], None]) -> None:
    now = empty.clock.now()
    command = Command(uuid4(), "import_bundle", empty.actor, now, now)
    with empty.store.write(command) as transaction:
        bundles.write(transaction, [(row.table, row.row) for row in file.rows], told)


def _compute(empty: Workplace, told: Callable[[float], None]) -> None:
    """Work out what follows from the rows, as the screens will."""
    known = courses.all_of(empty.store, empty.shelf)
    for number, course in enumerate(known):
        told(number / len(known))
        deviation_log(empty, course.id)
    told(1)
    cohort(empty)


def _differences(
    empty: Workplace, file: BundleFile, told: Callable[[int], None]
) -> Iterator[RowProblem]:
    """The resources that are not those of the file made anew, and those that are missing."""
    expected: dict[str, BundleEntry] = {}
    for entry in file.entries:
        if entry.kind not in _NOT_COMPARED:
            if entry.name in expected:
                yield _altered(entry)
            expected[entry.name] = entry
    made = bundle_resources(empty, Privacy.IDENTIFIED, file.language)
    for number, one in enumerate(made):
        if number % _EVERY == 0:
            told(min(number, len(file.entries)))
        if one["resourceType"] in _NOT_COMPARED:
            continue
        found = expected.pop(f"{one['resourceType']}/{one['id']}", None)
        if found is None:
            yield RowProblem(0, one["resourceType"], say("import.fhir.lost"))
        elif not _is_same(found, one):
            yield _altered(found)
    yield from map(_altered, expected.values())
    told(len(file.entries))


def _is_same(entry: BundleEntry, one: Resource) -> bool:
    """By their text, as this program writes it, or else by what another program wrote for it."""
    return entry.text == entry_text(one) or entry.resource == one


def _altered(entry: BundleEntry) -> RowProblem:
    return RowProblem(entry.number, entry.kind, say("import.fhir.altered"))
