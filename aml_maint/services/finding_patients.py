"""Finding patients by what somebody types: names, pinyin, initials, numbers, ward and bed."""

from __future__ import annotations

from functools import cache

from aml_maint import files
from aml_maint.domain.name_search import Readings, search_keys, search_words
from aml_maint.domain.patient import Patient
from aml_maint.services.long_work import Parts, whole
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


def prepare_search(place: Workplace) -> Parts[None]:
    """Make what the first search would wait for, some patients at a time."""
    if _known(place) is None:
        yield from _index_in_parts(place)


def _known(place: Workplace) -> PatientIndex | None:
    known: PatientIndex | None = place.store.memory.find("patient search", None)
    return known


def _index(place: Workplace) -> PatientIndex:
    return _known(place) or whole(_index_in_parts(place))


def _index_in_parts(place: Workplace) -> Parts[PatientIndex]:
    memory, mark = place.store.memory, object()
    memory.keep("patient search begun", None, ("patients",), mark)
    secret = pseudonyms(place)
    everyone = patients.all_patients(place.store)
    keys: dict[str, frozenset[str]] = {}
    for done, one in enumerate(everyone):
        yield done, len(everyone)
        keys[one.id] = keys_of(one, secret.study_id(one.id))
    made = PatientIndex(keys)
    # Whom somebody wrote between two parts has another name by now: the next search begins anew.
    if memory.find("patient search begun", None) is mark:
        memory.keep("patient search", None, ("patients",), made)
    return made
