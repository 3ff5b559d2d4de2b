"""FHIR: validated by programs that did not build it; taken in elsewhere it is the same again."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from aml_maint.domain.command import Actor, Role
from aml_maint.domain.errors import BadInput, Refused
from aml_maint.domain.known_time import KnownTime
from aml_maint.domain.pseudonym import Privacy
from aml_maint.domain.toxicity_event import GradePoint, ToxicityEvent
from aml_maint.services.bundle_reading import RowState
from aml_maint.services.dose_entry import RangeConfirmation
from aml_maint.services.dosing import confirm_range
from aml_maint.services.exporting import DataFormat, Wanted, export_data
from aml_maint.services.fhir_importing import (
    check_importable,
    import_bundle,
    preview_bundle,
)
from aml_maint.services.marrow import record_marrow
from aml_maint.services.people import admit_patient
from aml_maint.services.toxicities import add_grade, record_event
from aml_maint.services.workplace import Workplace
from aml_maint.store import engine, toxicities
from aml_maint.store.database import Store
from tests.builders import (
    PASSPHRASE,
    ZONE,
    a_marrow,
    a_patient,
    a_ward,
    on_course,
    platelets,
    set_clock,
)

OWN_CODES = "https://aml-maint.invalid/fhir/CodeSystem/"
NODE = shutil.which("node")


def bundle_of(place: Workplace, path: Path, privacy: Privacy = Privacy.IDENTIFIED) -> bytes:
    path.unlink(missing_ok=True)
    export_data(place, Wanted(DataFormat.FHIR, privacy), path)
    return path.read_bytes()


def resources(data: bytes) -> dict[str, Any]:
    """The resources by type and id, without the one about the export itself."""
    entries = json.loads(data, parse_float=str)["entry"]
    found = {entry["request"]["url"]: entry["resource"] for entry in entries}
    return {url: one for url, one in found.items() if not url.startswith("Provenance/")}


@pytest.fixture
def full(place: Workplace) -> Workplace:
    """A patient with doses, counts, a toxicity with a course and a cause, a marrow, an event."""
    patient, course_id = on_course(place)
    platelets(place, patient, "120.50", "2026-03-02T06:30")
    set_clock(place, "2026-03-04T09:00")
    confirm_range(place, RangeConfirmation(course_id, date(2026, 3, 2), date(2026, 3, 3)))
    event = ToxicityEvent.of(patient.id, course_id, "diarrhoea", ZONE, 1, date(2026, 3, 3))
    record_event(place, event)
    known = toxicities.of_patient(place.store, patient.id)[0]
    add_grade(place, known.event_id, GradePoint(KnownTime.parse("2026-03-04T08:00"), 3))
    record_marrow(place, a_marrow(patient.id, "2026-03-03T10:00", "2.5", "0.02"))
    admit = a_patient("MRN-2", family_name="=HYPERLINK", note='"<b>', given_name="")
    admit_patient(place, admit)
    return place


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workplace]:
    """Another ward with nobody in it."""
    monkeypatch.setattr(engine, "KDF_ITERATIONS", 1_000)
    with Store.create(tmp_path / "other.amldb", PASSPHRASE, "ward") as store:
        yield a_ward(store, "2026-03-04T09:00")


def test_a_bundle_has_every_kind_of_resource_and_each_is_put_under_its_own_id(
    full: Workplace, tmp_path: Path
) -> None:
    bundle = json.loads(bundle_of(full, tmp_path / "b.json"))
    kinds = Counter(entry["resource"]["resourceType"] for entry in bundle["entry"])
    assert kinds.keys() >= {
        "Patient", "Condition", "PlanDefinition", "CarePlan", "MedicationRequest",
        "MedicationAdministration", "Observation", "Specimen", "DiagnosticReport", "AdverseEvent",
        "Procedure", "Provenance",
    }  # fmt: skip
    for entry in bundle["entry"]:
        url = f"{entry['resource']['resourceType']}/{entry['resource']['id']}"
        assert entry["request"] == {"method": "PUT", "url": url}
        assert entry["fullUrl"].endswith(f"/{url}")
    assert len({entry["fullUrl"] for entry in bundle["entry"]}) == len(bundle["entry"])


@pytest.mark.parametrize("privacy", [Privacy.IDENTIFIED, Privacy.SHIFTED])
def test_every_code_of_our_own_lists_is_explained_in_the_bundle(
    full: Workplace, tmp_path: Path, privacy: Privacy
) -> None:
    found = resources(bundle_of(full, tmp_path / "b.json", privacy))
    explained = {
        (one["url"], concept["code"])
        for one in found.values() if one["resourceType"] == "CodeSystem"
        for concept in one["concept"]
    }  # fmt: skip

    def own(part: Any) -> Iterator[tuple[str, str]]:
        if isinstance(part, dict):
            if str(part.get("system", "")).startswith(OWN_CODES):
                yield part["system"], part["code"]
            for one in part.values():
                yield from own(one)
        elif isinstance(part, list):
            for one in part:
                yield from own(one)

    used = set(own(found))
    assert len({system for system, _ in used}) > 8 and used <= explained
    drugs = found["CodeSystem/codes-drug"]
    assert drugs["content"] == "fragment"
    assert {"code": "sorafenib", "display": "sorafenib"} in drugs["concept"]
    if privacy is Privacy.SHIFTED:
        assert not [url for url in found if url.startswith("CodeSystem/codes-record")]


@pytest.mark.parametrize("privacy", [Privacy.IDENTIFIED, Privacy.SHIFTED])
def test_every_reference_leads_to_a_resource_of_the_bundle(
    full: Workplace, tmp_path: Path, privacy: Privacy
) -> None:
    found = resources(bundle_of(full, tmp_path / "b.json", privacy))

    def references(part: Any) -> Iterator[str]:
        if isinstance(part, dict):
            if isinstance(part.get("reference"), str):
                yield part["reference"]
            for one in part.values():
                yield from references(one)
        elif isinstance(part, list):
            for one in part:
                yield from references(one)

    assert {url for url in references(found) if url not in found} == set()


def test_a_count_keeps_its_digits_and_has_its_loinc_code_and_its_offset(
    full: Workplace, tmp_path: Path
) -> None:
    data = bundle_of(full, tmp_path / "b.json")
    count = next(
        one for one in resources(data).values()
        if one["resourceType"] == "Observation" and "120.50" in str(one)
    )  # fmt: skip
    assert count["valueQuantity"]["value"] == "120.50"
    assert count["valueQuantity"]["code"] == "10*9/L"
    assert count["code"]["coding"][0] == {"system": "http://loinc.org", "code": "777-3"}
    assert count["effectiveDateTime"] == "2026-03-02T06:30:00+08:00"


def test_an_event_has_its_grades_in_whos_own_code_system_and_no_finer_date_than_is_known(
    full: Workplace, tmp_path: Path
) -> None:
    found = resources(bundle_of(full, tmp_path / "b.json"))
    (event,) = (one for one in found.values() if one["resourceType"] == "AdverseEvent")
    grades = [
        [part["valueCodeableConcept"]["coding"][0] for part in one["extension"][1:]]
        for one in event["extension"] if one["url"].endswith("who-grade")
    ]  # fmt: skip
    assert [code[0]["code"] for code in grades] == ["1", "3"]
    assert {code[0]["system"] for code in grades} == {found["CodeSystem/who-1979-grade"]["url"]}
    assert event["date"] == "2026-03-03"
    assert event["seriousness"]["coding"][0]["code"] == "Non-serious"


def test_a_bundle_without_names_has_no_name_no_record_and_no_true_date(
    full: Workplace, tmp_path: Path
) -> None:
    text = bundle_of(full, tmp_path / "b.json", Privacy.SHIFTED).decode()
    for hidden in ("Chen", "MRN-1", "1961-07-14", "HYPERLINK", '/record"', "Li Na"):
        assert hidden not in text
    with pytest.raises(BadInput):
        bundle_of(full, tmp_path / "c.json", Privacy.INTERVALS)


def test_what_is_taken_in_elsewhere_is_the_same_bundle_again(
    full: Workplace, empty: Workplace, tmp_path: Path
) -> None:
    data = bundle_of(full, tmp_path / "b.json")
    preview = preview_bundle(empty, data)
    assert preview.problems == () and preview.count(RowState.NEW) == len(preview.rows)
    done = import_bundle(empty, preview)
    assert done is not None and len(done.patients) == 2
    assert resources(bundle_of(empty, tmp_path / "again.json")) == resources(data)
    again = preview_bundle(empty, data)
    assert again.count(RowState.SAME) == len(again.rows)
    assert import_bundle(empty, again) is None


def test_a_resource_that_was_changed_on_its_way_is_found_and_nothing_is_written(
    full: Workplace, empty: Workplace, tmp_path: Path
) -> None:
    text = bundle_of(full, tmp_path / "b.json").decode()
    head = empty.store.head()
    for old, new in (
        ('"value":120.50', '"value":12.50'),
        ('\\"value\\":\\"120.50\\"', '\\"value\\":\\"12.50\\"'),
        ('"status":"completed"', '"status":"not-done"'),
    ):
        assert old in text
        preview = preview_bundle(empty, text.replace(old, new, 1).encode())
        assert preview.problems
        with pytest.raises(BadInput):
            import_bundle(empty, preview)
    lines = text.split("\n")
    kept = [line for line in lines if '"resourceType":"Specimen"' not in line]
    with pytest.raises(BadInput):
        check_importable(preview_bundle(empty, "\n".join(kept).encode()))
    assert empty.store.head() == head


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b"{}", b'{"resourceType":"Patient"}', b'{"resourceType":"Bundle"}',
     b'{"resourceType":"Bundle","entry":[1]}', b"[" * 100_000, b"\xff\xfe\x00",
     b'{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient","id":"a"}}]}'],
)  # fmt: skip
def test_a_file_that_is_no_bundle_of_ours_is_refused(empty: Workplace, data: bytes) -> None:
    with pytest.raises(BadInput):
        preview_bundle(empty, data)


@pytest.mark.parametrize(
    "record",
    ["{", '{"id":"x"}', '{"table":"accounts","id":"x"}', '{"table":"patients","id":7}',
     '{"table":"patients","id":"x","nonsense":"y"}', '{"table":"patients","mrn":["a"]}',
     '{"table":"patients; DROP TABLE patients","id":"x"}', '{"table":"courses","id":"x"}'],
)  # fmt: skip
def test_a_record_that_can_not_be_is_named_and_nothing_is_written(
    empty: Workplace, record: str
) -> None:
    extension = {
        "url": "https://aml-maint.invalid/fhir/StructureDefinition/record", "valueString": record,
    }  # fmt: skip
    one = {"resourceType": "Patient", "id": "a", "extension": [extension]}
    data = json.dumps({"resourceType": "Bundle", "entry": [{"resource": one}]}).encode()
    preview = preview_bundle(empty, data)
    with pytest.raises(BadInput) as refused:
        check_importable(preview)
    assert refused.value.rows


def test_a_record_number_that_is_somebody_elses_is_a_conflict_with_all_that_is_theirs(
    full: Workplace, empty: Workplace, tmp_path: Path
) -> None:
    admit_patient(empty, a_patient("MRN-1", family_name="Other"))
    preview = preview_bundle(empty, bundle_of(full, tmp_path / "b.json"))
    assert preview.problems == ()
    with pytest.raises(Refused):
        import_bundle(empty, preview)
    done = import_bundle(empty, preview, leave_conflicts=True)
    assert done is not None
    people = empty.store.rows("SELECT mrn FROM patients ORDER BY mrn")
    assert [row["mrn"] for row in people] == ["MRN-1", "MRN-2"]
    assert empty.store.rows("SELECT count(*) n FROM administrations")[0]["n"] == 0


def test_a_dose_that_the_ward_has_a_record_of_its_own_about_takes_back_the_whole_import(
    full: Workplace, empty: Workplace, tmp_path: Path
) -> None:
    data = bundle_of(full, tmp_path / "b.json")
    other = data.decode()
    for row in full.store.rows("SELECT id FROM administrations"):
        other = other.replace(row["id"], str(uuid4()))
    done = import_bundle(empty, preview_bundle(empty, data))
    assert done is not None
    head = empty.store.head()
    preview = preview_bundle(empty, other.encode())
    assert preview.problems == () and preview.count(RowState.NEW) > 0
    with pytest.raises(Refused):
        import_bundle(empty, preview, leave_conflicts=True)
    assert empty.store.head() == head


def test_only_the_office_may_take_in_a_bundle(
    full: Workplace, empty: Workplace, tmp_path: Path
) -> None:
    preview = preview_bundle(empty, bundle_of(full, tmp_path / "b.json"))
    nurse = empty.acting_as(Actor("Somebody", Role.NURSE, "pc"))
    with pytest.raises(Refused):
        import_bundle(nurse, preview)
    assert empty.store.rows("SELECT count(*) n FROM patients")[0]["n"] == 0


# -- other programs ------------------------------------------------------------------------------


def faults_by_python(data: bytes) -> list[str]:
    """What fhir.resources, which had no part in making it, finds wrong."""
    module = pytest.importorskip(
        "fhir.resources.R4B", reason="fhir.resources is not installed (it is in the dev lock)"
    )
    found = []
    for entry in json.loads(data)["entry"]:
        one = entry["resource"]
        try:
            module.get_fhir_model_class(one["resourceType"]).model_validate(one)
        except ValueError as error:
            found.append(f"{one['resourceType']}/{one['id']}: {error}")
    return found


@pytest.mark.parametrize("privacy", [Privacy.IDENTIFIED, Privacy.SHIFTED])
def test_a_validator_in_python_finds_no_error(
    full: Workplace, tmp_path: Path, privacy: Privacy
) -> None:
    assert faults_by_python(bundle_of(full, tmp_path / "b.json", privacy)) == []


VALIDATE = """
const {Fhir} = require('fhir');
const bundle = JSON.parse(require('fs').readFileSync(process.argv[1]));
const found = new Fhir().validate(bundle, {errorOnUnexpected: true}).messages
  .filter(message => message.severity === 'error' || message.severity === 'fatal');
console.log(JSON.stringify(found));
"""


def has_node_validator() -> bool:
    if NODE is None:
        return False
    return subprocess.run([NODE, "-e", "require('fhir')"], capture_output=True).returncode == 0


@pytest.mark.skipif(not has_node_validator(), reason="node has no package fhir (NODE_PATH)")
def test_a_validator_of_another_language_finds_no_error(full: Workplace, tmp_path: Path) -> None:
    assert NODE is not None
    bundle_of(full, tmp_path / "b.json")
    done = subprocess.run(
        [NODE, "-e", VALIDATE, str(tmp_path / "b.json")], capture_output=True, check=True
    )
    assert json.loads(done.stdout) == []
