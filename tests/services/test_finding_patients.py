"""The search follows the record: who is admitted is found, who is renamed by the new name."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from aml_maint.services import finding_patients
from aml_maint.services.finding_patients import prepare_search, search_patients
from aml_maint.services.long_work import whole
from aml_maint.services.people import admit_patient, list_patients
from aml_maint.services.study_ids import pseudonyms
from aml_maint.services.workplace import Workplace
from aml_maint.store import patients
from tests.builders import a_patient
from tests.store.rows import a_command


def names(place: Workplace, query: str) -> list[str]:
    return [row.patient.full_name for row in list_patients(place, query)]


def test_who_is_admitted_is_found_at_once_and_a_correction_moves_the_find(place: Workplace) -> None:
    admit_patient(place, a_patient("M-1", family_name="王", given_name="小明"))
    assert names(place, "wxm") == ["王小明"]
    admit_patient(place, a_patient("M-2", family_name="王", given_name="晓梅"))
    assert names(place, "wxm") == ["王小明", "王晓梅"]
    (first,) = (row.patient for row in list_patients(place, "m-1"))
    with place.store.write(a_command()) as transaction:
        patients.replace(transaction, replace(first, family_name="黄"))
    assert names(place, "wxm") == ["王晓梅"]
    assert names(place, "hxm") == ["黄小明"]


def test_a_write_that_is_undone_leaves_nobody_to_be_found(place: Workplace) -> None:
    assert names(place, "nobody") == []
    try:
        with place.store.write(a_command()) as transaction:
            patients.add(transaction, replace(a_patient("M-9"), id=str(uuid4()), ward="Nobody"))
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        pass
    assert names(place, "nobody") == []


def test_a_patient_is_found_by_study_id_ward_and_bed(place: Workplace) -> None:
    admitted = replace(a_patient("M-1"), id=str(uuid4()), ward="Haematology 3", bed="17")
    admit_patient(place, admitted)
    study_id = pseudonyms(place).study_id(admitted.id)
    for query in (study_id, study_id.lower()[:6], "haem", "3 17"):
        assert search_patients(place, query) == {admitted.id}


def test_the_letters_of_a_study_id_are_nobodys_initials(place: Workplace) -> None:
    for number in range(40):
        admit_patient(place, replace(a_patient(f"M-{number}"), id=str(uuid4())))
    for letter in "pxkz":
        assert search_patients(place, letter) == frozenset()
    assert len(search_patients(place, "p-") or ()) == 40


def test_nothing_typed_asks_for_everybody(place: Workplace) -> None:
    assert search_patients(place, "  ") is None


def test_more_finds_than_are_looked_up_one_by_one_show_the_same(place: Workplace) -> None:
    for number in range(45):
        admit_patient(place, a_patient(f"M-{number:02}", given_name=f"Wei{number:02}"))
    everybody = {row.patient.id: row for row in list_patients(place)}
    assert {row.patient.id: row for row in list_patients(place, "m")} == everybody
    (one,) = list_patients(place, "m-07")
    assert one == everybody[one.patient.id]


def test_the_search_is_prepared_once(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    admit_patient(place, a_patient("M-1", family_name="Chen"))
    whole(prepare_search(place))
    monkeypatch.setattr(finding_patients, "keys_of", lambda *_: pytest.fail("once is enough"))
    assert list(prepare_search(place)) == []
    assert names(place, "chen")


def test_who_is_written_while_the_search_is_prepared_is_found_by_the_new_name(
    place: Workplace,
) -> None:
    admit_patient(place, a_patient("M-1", family_name="Chen"))
    admit_patient(place, a_patient("M-2", family_name="Wu"))
    parts = prepare_search(place)
    assert [next(parts), next(parts)] == [(0, 2), (1, 2)]
    (first,) = (row.patient for row in list_patients(place) if row.patient.mrn == "M-1")
    with place.store.write(a_command()) as transaction:
        patients.replace(transaction, replace(first, family_name="Huang"))
    whole(parts)
    assert names(place, "chen") == [] and len(names(place, "huang")) == 1
