"""Finding patients by what somebody types: names, pinyin, initials, numbers, ward and bed."""

from __future__ import annotations

from functools import cache

from aml_maint import files
from aml_maint.domain.name_search import Readings, search_keys, search_words
from aml_maint.domain.patient import Patient
from aml_maint.services.study_ids import pseudonyms
from aml_maint.services.workplace import Workplace
from aml_maint.store import patients
from aml_maint.store.patient_search import PatientIndex


def search_patients(place: Workplace, query: str) -> frozenset[str] | None:
    """The ids of the patients found; None where nothing is asked for, which is everybody."""
    words = search_words(query)
    return _index(place).find(words) if words else None


@cache
def readings() -> Readings:
    """How Chinese characters are read."""
    return Readings(files.read_toml("names", "pinyin.toml")["readings"])


def keys_of(patient: Patient, study_id: str) -> frozenset[str]:
    """What a patient can be found by."""
    return search_keys(
        patient.family_name, patient.given_name, patient.name_initials, patient.mrn,
        (patient.ward, patient.bed), readings(), study_id=study_id,
    )  # fmt: skip


def _index(place: Workplace) -> PatientIndex:
    known: PatientIndex | None = place.store.memory.find("patient search", None)
    if known is None:
        secret = pseudonyms(place)
        everyone = patients.all_patients(place.store)
        known = PatientIndex({one.id: keys_of(one, secret.study_id(one.id)) for one in everyone})
        place.store.memory.keep("patient search", None, ("patients",), known)
    return known
