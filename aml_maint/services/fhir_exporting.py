"""The ward as a FHIR R4 bundle: which resource stands for which record."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, BinaryIO

from aml_maint import files
from aml_maint.domain.data_dictionary import Cell, DataTable
from aml_maint.domain.known_time import Precision
from aml_maint.domain.messages import Language
from aml_maint.domain.moment import Moment
from aml_maint.domain.pseudonym import Privacy
from aml_maint.domain.regimen import Evidence
from aml_maint.reports import fhir_bundle, fhir_findings, fhir_marrow, fhir_therapy
from aml_maint.reports.fhir_bundle import Entry
from aml_maint.reports.fhir_elements import Cells, Resource, Words, reference, resource_id
from aml_maint.reports.fhir_forms import FORMS, Form, FormWriter
from aml_maint.services import library
from aml_maint.services.data_terms import data_dictionary, terms
from aml_maint.services.exchange_tables import Told, rows_of, ward_release
from aml_maint.services.language import catalogue
from aml_maint.services.workplace import Workplace

# What would mean nothing in another ward: its settings and people, and documents on its chain.
NOT_IN_A_BUNDLE = frozenset(
    {"site_settings", "signed_reports", "report_copies", "dismissals", "accounts", "care_lists"}
)
_COMPUTED = frozenset({"planned_doses", "deviations", "analysis"})
# Part of the resource of another table.
_PARTS = frozenset({"toxicity_grades", "toxicity_causes", "diagnoses"})
# Needed by others before their own turn.
_FIRST = ("laboratories", "lab_values", "as_needed_orders")
# What a row may point at that no longer stands.
_POINTS_AT = {
    ("toxicity_grades", "result_id"): "lab_values",
    ("toxicities", "linked_administration"): "administrations",
    ("disease_events", "marrow_id"): "marrows",
    ("administrations", "order_id"): "as_needed_orders",
    ("gene_variants", "specimen_id"): "specimens",
}

_Builder = Callable[[Cells, Words], Iterator[Resource]]
_SIMPLE: Mapping[str, _Builder] = {
    "courses": fhir_therapy.course,
    "cycles": fhir_therapy.cycle,
    "dose_orders": fhir_therapy.dose_order,
    "holds": fhir_therapy.hold,
    "as_needed_orders": fhir_therapy.as_needed_order,
    "administrations": fhir_therapy.administration,
    "lab_values": fhir_findings.lab_value,
    "pregnancy_tests": fhir_findings.pregnancy_test,
    "site_reactions": fhir_findings.site_reaction,
    "disease_events": fhir_findings.disease_event,
    "earlier_therapies": fhir_findings.earlier_therapy,
    "marrows": fhir_marrow.marrow,
    "gene_variants": fhir_marrow.variant,
}

_Record = tuple[str, dict[str, Any]]


@cache
def _loinc() -> Mapping[tuple[str, str], str]:
    text = files.resource("exchange", "loinc.toml").read_text("utf-8")
    codes = tomllib.loads(text)["codes"]
    return {(id, unit): one["code"] for id, one in codes.items() for unit in one["units"]}


def fhir_words(language: Language) -> Words:
    """The words of a bundle, with the codes of other systems that were checked."""
    checked = {
        id: drug.atc
        for id, drug in library.drugs().items()
        if drug.atc and drug.source.evidence is Evidence.PUBLISHED
    }
    return Words(catalogue(language), terms(), checked, _loinc())


def write_fhir(
    place: Workplace, file: BinaryIO, privacy: Privacy, language: Language,
    told: Told | None = None,
) -> tuple[dict[str, int], dict[str, int]]:  # fmt: skip
    """Write the bundle: how many resources of each kind, and what text stayed behind.

    With names each resource also carries the rows it was made from, so that another ward can
    take them in unchanged.
    """
    bundle = _Bundle(place, privacy, fhir_words(language), told)
    now = place.clock.now().local
    counts = fhir_bundle.write_bundle(file, bundle.resources(written=True), now, language)
    return counts, dict(sorted(bundle.release.withheld.items()))


def bundle_resources(place: Workplace, privacy: Privacy, language: Language) -> Iterator[Resource]:
    """The resources of the bundle, one by one."""
    for one in _Bundle(place, privacy, fhir_words(language), None).resources(written=False):
        assert not isinstance(one, Entry)  # it was not asked for
        yield one


def standing_records(place: Workplace) -> Iterator[tuple[str, dict[str, Any]]]:
    """The records that a bundle with names carries, without the resources around them."""
    return _Bundle(place, Privacy.IDENTIFIED, fhir_words("en"), None).records()


class _Bundle:
    """Goes through the tables once, in an order in which nothing points ahead."""

    def __init__(self, place: Workplace, privacy: Privacy, words: Words, told: Told | None) -> None:
        self.release, self._reading = ward_release(place, privacy, told, computed=False)
        self._place = place
        self._words = words
        self._identified = not privacy.is_pseudonymised
        self._tables = {table.name: table for table in data_dictionary().tables}
        self._ids: dict[str, set[str]] = defaultdict(set)
        self._forms: Mapping[str, Form] = {}

    def resources(self, *, written: bool) -> Iterator[Resource | Entry]:
        """Every resource of the bundle; those of many alike rows, if wanted, as they are written.

        With names each resource carries its own rows, and none are alike.
        """
        self._forms = {} if self._identified or not written else FORMS
        yield fhir_bundle.grade_system(self._words)
        for regimen in library.regimens().values():
            yield fhir_therapy.plan_definition(regimen, self._words)
        for id in library.drugs():
            yield fhir_therapy.medication(id, self._words)
        people = []
        for one in self._people():
            if one["resourceType"] == "Patient":
                people.append({"reference": f"Patient/{one['id']}"})
            yield one
        apart = {"patients"} | NOT_IN_A_BUNDLE | _COMPUTED | _PARTS
        rest = [name for name in self._tables if name not in apart]
        for name in sorted(rest, key=lambda name: name not in _FIRST):
            yield from self._table(self._tables[name])
        if people:
            by = self._place.actor.name if self._identified else "aml_maint"
            made = self._place.clock.now().local
            yield fhir_bundle.provenance(people, made, by)
        self._reading.finish()

    def records(self) -> Iterator[_Record]:
        """Every record that the resources carry, in the order in which none points ahead."""
        names = [name for name in self._tables if name not in NOT_IN_A_BUNDLE | _COMPUTED]
        for name in sorted(names, key=lambda name: name not in _FIRST):
            for row in rows_of(self._reading.blocks(self._tables[name])):
                yield self._record(name, row)

    def _rows(self, name: str) -> Iterator[tuple[dict[str, Cell], _Record]]:
        """The rows of a table, released, each with its record if they leave with names."""
        table = self._tables[name]
        for cells, row in self.release.named(table, self._reading.blocks(table)):
            yield cells, self._record(name, row) if self._identified else (name, {})

    def _grouped(self, name: str, by: str) -> dict[Cell, list[tuple[dict[str, Cell], _Record]]]:
        found = defaultdict(list)
        for cells, record in self._rows(name):
            found[cells[by]].append((cells, record))
        return found

    def _people(self) -> Iterator[Resource]:
        deaths = {
            cells["patient_id"]: cells
            for cells, _ in self._rows("disease_events")
            if cells["kind"] == "death"
        }
        known = self._grouped("diagnoses", "patient_id")
        for cells, record in self._rows("patients"):
            id = cells["patient_id"]
            yield self._carrying(fhir_findings.patient(cells, deaths.get(id)), [record])
            found = known.get(id, [])
            condition = fhir_findings.condition(cells, self._words)
            yield self._carrying(condition, [mine for _, mine in found])
            diagnosis = found[0][0] if found else None
            yield from fhir_findings.diagnosis_facts(cells, diagnosis, self._words)

    def _table(self, table: DataTable) -> Iterator[Resource | Entry]:
        match table.name:
            case name if name in self._forms:
                yield from self._filled_in(table, self._forms[name])
            case "specimens":
                yield from self._specimens()
            case "toxicities":
                yield from self._toxicities()
            case "assessment_findings":
                yield from self._assessed()
            case name if name in _SIMPLE:
                for cells, record in self._rows(name):
                    built = _SIMPLE[name](cells, self._words)
                    for number, one in enumerate(built):
                        yield self._carrying(one, [] if number else [record])
            case name if self._identified:
                for cells, record in self._rows(name):
                    yield self._basic(table, cells, record)

    def _filled_in(self, table: DataTable, form: Form) -> Iterator[Entry]:
        writer = FormWriter(form, self._words)
        extract = self._reading.extract(table, self.release, {*form.own, *form.alike})
        names = [variable.name for variable in extract.variables]
        for block in extract.blocks:
            yield writer.entries(dict(zip(names, block, strict=True)))

    def _specimens(self) -> Iterator[Resource]:
        marrows = {cells["marrow_id"]: cells for cells, _ in self._rows("marrows")}
        for cells, record in self._rows("specimens"):
            taken = marrows[cells["marrow_id"]]
            for number, one in enumerate(fhir_marrow.specimen(cells, taken, self._words)):
                yield self._carrying(one, [] if number else [record])

    def _toxicities(self) -> Iterator[Resource]:
        grades = self._grouped("toxicity_grades", "event_id")
        causes = self._grouped("toxicity_causes", "event_id")
        for cells, record in self._rows("toxicities"):
            zone = cells.get("zone")
            mine, judged = grades[cells["event_id"]], causes[cells["event_id"]]
            for one in (cells, *(point for point, _ in mine)):
                self._put_on_clock(one, str(zone) if zone else None)
            built = fhir_findings.adverse_event(
                cells, [one for one, _ in mine], [one for one, _ in judged], self._words
            )
            parts = [*(own for _, own in mine), *(own for _, own in judged)]
            for one in built:
                yield self._carrying(one, [record, *parts])

    def _assessed(self) -> Iterator[Resource]:
        done = {cells["assessment_id"]: cells for cells, _ in self._rows("assessments")}
        for cells, record in self._rows("assessment_findings"):
            visit = done[cells["assessment_id"]]
            for one in fhir_findings.assessed_grade(cells, visit, self._words):
                yield self._carrying(one, [record])

    def _basic(self, table: DataTable, cells: Cells, record: _Record) -> Resource:
        label = self._words.text(table.label)
        subject = reference("Patient", cells.get("patient_id"))
        id = resource_id(record[1]["id"])
        return self._carrying(fhir_bundle.basic(table.name, id, subject, label), [record])

    def _carrying(self, one: Resource, records: list[_Record]) -> Resource:
        return fhir_bundle.with_records(one, records) if self._identified else one

    def _put_on_clock(self, cells: dict[str, Cell], zone: str | None) -> None:
        """Give times of a patient's own clock their offset, where the zone may be told."""
        if zone is None:
            return
        for name in ("onset_at", "resolved_at", "at"):
            local = cells.get(name)
            if local is not None and cells[f"{name}_precision"] in _WITH_CLOCK:
                cells[name] = Moment.at(local, zone).local  # type: ignore[arg-type]

    def _record(self, table: str, row: Mapping[str, Any]) -> _Record:
        """A row as another ward can take it in: what stands, and nothing that it was before."""
        columns = self._place.store.columns[table]
        found = {name: row[name] for name in columns if row[name] is not None}
        for name in ("state", "withdrawn", "replaces"):
            found.pop(name, None)
        if table == "toxicities":
            found["id"] = row["event_id"]
            found["linked_administration"] = row["standing_administration"]
        if table in {"toxicity_grades", "toxicity_causes", "toxicity_reviews"}:
            found["toxicity_id"] = row["event_id"]
        for (pointing, column), pointed in _POINTS_AT.items():
            if pointing == table and found.get(column) not in self._ids[pointed]:
                found.pop(column, None)
        self._ids[table].add(found["id"])
        return table, found


_WITH_CLOCK = frozenset({Precision.MINUTE.value, Precision.HOUR.value})
