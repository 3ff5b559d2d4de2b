"""Figures on their way out: who may, by what patients are named, and that the trail knows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest

from aml_maint.domain.command import Actor, Role
from aml_maint.domain.errors import BadInput, Refused
from aml_maint.services.cohort import Cohort, CohortFilter, cohort
from aml_maint.services.cohort_figures import EXHIBITS, Choice
from aml_maint.services.figure_release import is_recorded, leaving, note_figures, released
from aml_maint.services.importing import import_cohort, preview_cohort
from aml_maint.services.people import admit_patient
from aml_maint.services.treatment import start_course
from aml_maint.services.workplace import Workplace
from aml_maint.store import audit
from tests.builders import a_patient

FILE = Path(__file__).parents[1] / "data" / "cohort19.csv"


@pytest.fixture
def found(place: Workplace) -> Cohort:
    """One patient of the ward, and the 19 of the paper."""
    patient = a_patient()
    admit_patient(place, patient)
    start_course(place, patient.id, "sorafenib_iti", date(2026, 3, 1))
    import_cohort(place, preview_cohort(place, FILE.read_bytes(), "Cheng2025"), uuid4())
    return cohort(place)


def own(found: Cohort) -> list[str]:
    return [member.label for member in found.members if not member.study]


def test_the_wards_patients_leave_by_study_id_and_printed_ones_by_their_number(
    place: Workplace, found: Cohort
) -> None:
    typed = replace(found, members=tuple(replace(m, earlier="by Dr Wu") for m in found.members))
    left = released(place, typed, ["table_2"])
    assert own(left)[0].startswith("P-") and own(left) != own(found)
    assert [m.label for m in left.members if m.study] == [str(n) for n in range(1, 20)]
    assert [m.earlier for m in left.members if not m.study] == [""], "somebody typed it"
    assert own(released(place, found, ["table_2"], identified=True)) == own(found)


def test_what_counts_patients_may_leave_by_a_nurse_what_shows_them_may_not(
    place: Workplace, found: Cohort
) -> None:
    nurse = place.acting_as(Actor("Li", Role.NURSE, "pc"))
    assert released(nurse, found, ["os", "table_1"]).members
    for names, identified in ((["swimmer"], False), (["os"], True), (["toxicity_worst"], False)):
        with pytest.raises(Refused):
            released(nurse, found, names, identified=identified)


def test_a_publication_is_nobodys_secret(place: Workplace, found: Cohort) -> None:
    nurse = place.acting_as(Actor("Li", Role.NURSE, "pc"))
    printed = cohort(place, CohortFilter(study="Cheng2025"))
    assert released(nurse, printed, list(EXHIBITS)).members
    assert not is_recorded(printed, list(EXHIBITS))
    assert leaving(printed, ["toxicity_serious"]) == ["toxicity_serious"]


def test_a_list_with_dates_leaves_only_with_record_numbers(found: Cohort) -> None:
    assert "toxicity_serious" not in leaving(found, list(EXHIBITS))
    assert "toxicity_serious" in leaving(found, list(EXHIBITS), identified=True)
    with pytest.raises(BadInput):
        leaving(found, ["toxicity_serious"])


def test_the_audit_trail_knows_how_much_left_and_as_what(place: Workplace, found: Cohort) -> None:
    names = ["table_2", "swimmer"]
    done = note_figures(place, found, names, uuid4())
    event = audit.event(place.store, done.sequence)
    assert event is not None and event.command.action == "export_research_data"
    assert (event.note["format"], event.note["tables"], event.note["rows"]) == ("figures", 2, 1)
    with pytest.raises(ValueError, match="nothing left"):
        note_figures(place, found, ["os"], uuid4())


def test_no_exhibit_that_leaves_by_study_id_holds_a_record_number(
    place: Workplace, found: Cohort
) -> None:
    names = leaving(found, list(EXHIBITS))
    left = released(place, found, names)
    number = own(found)[0]
    for name in names:
        exhibit = EXHIBITS[name](left, Choice())
        assert number not in repr(exhibit.tables) and number not in repr(exhibit.drawing), name
