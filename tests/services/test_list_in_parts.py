"""The list of patients read in parts is the list read in one go."""

from __future__ import annotations

import pytest

from aml_maint.services import people
from aml_maint.services.long_work import whole
from aml_maint.services.people import admit_patient, list_in_parts, list_patients
from aml_maint.services.workplace import Workplace
from tests.builders import a_patient, on_course, platelets


@pytest.mark.parametrize(("search", "expected"), [("", 3), ("chen", 2), ("nobody", 0)])
def test_patients_read_one_by_one_are_the_same_in_the_same_order(
    place: Workplace, search: str, expected: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for mrn, family in (("M-1", "Wu"), ("M-2", "Chen")):
        patient, _ = on_course(place, a_patient(mrn, family_name=family))
        platelets(place, patient, "120", "2026-03-02T06:00")
    admit_patient(place, a_patient("M-3", family_name="Chen", given_name="An"))
    in_one_go = list_patients(place, search)
    monkeypatch.setattr(people, "_AT_A_TIME", 1)
    parts: list[None] = []
    found = whole(list_in_parts(place, search), lambda: parts.append(None))
    assert found == in_one_go and len(found) == expected
    assert len(parts) == expected + 1
