"""Drugs and tablets of the ward's own: entered with a reason, used, changed, ended, replayed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from aml_maint.domain.as_needed import AsNeededOrder
from aml_maint.domain.errors import BadInput, Refused
from aml_maint.domain.messages import Name
from aml_maint.domain.quantities import Dose
from aml_maint.domain.site_drug import SiteDrug, code_for
from aml_maint.services.as_needed import medicines_now, order_as_needed, stop_as_needed
from aml_maint.services.course_picture import course_picture
from aml_maint.services.dosing import Override
from aml_maint.services.history import patient_history
from aml_maint.services.home_supply import home_drugs
from aml_maint.services.language import catalogue
from aml_maint.services.medicines import drugs_of
from aml_maint.services.sheet import cycle_sheet
from aml_maint.services.site_drugs import (
    add_site_drug,
    change_site_drug,
    known_drugs,
    set_strengths,
    site_drug,
)
from aml_maint.services.unplanned import UnplannedEntry, correct_unplanned, log_unplanned
from aml_maint.services.workplace import Workplace
from aml_maint.store import doses, site_drugs
from aml_maint.store.replay import verify_chain
from tests.builders import DAY_1, on_course, set_clock

ONDANSETRON = SiteDrug(
    "", Name("ondansetron", "昂丹司琼"), ("oral", "intravenous"), "mg", ("nausea", "vomiting"),
    min_gap_minutes=240, most=Decimal(16), most_doses=3,
)  # fmt: skip
CODE = "site_ondansetron"


def entered(place: Workplace, **facts: Any) -> SiteDrug:
    add_site_drug(place, replace(ONDANSETRON, **facts), "our antiemetic")
    return site_drug(place, CODE)


def given(course: str, **more: Any) -> UnplannedEntry:
    values: dict[str, Any] = {
        "dose": Dose.of("8", "mg"), "indication": "nausea", "ordered_by": "Wu Min",
    }  # fmt: skip
    return UnplannedEntry(course, CODE, **(values | more))


def an_order(**facts: Any) -> AsNeededOrder:
    values: dict[str, Any] = {
        "id": str(uuid4()), "drug": CODE, "dose": Dose.of("8", "mg"), "route": "oral",
        "indication": "nausea", "ordered_by": "Wu Min", "first_day": DAY_1,
    }  # fmt: skip
    return AsNeededOrder(**(values | facts))


def test_a_drug_keeps_who_entered_it_when_and_why(place: Workplace) -> None:
    entered(place)
    (version,) = site_drugs.versions(place.store)
    assert version.drug == replace(ONDANSETRON, code=CODE)
    assert (version.reason, version.decided_by, version.stands) == (
        "our antiemetic", "Li Na", True,
    )  # fmt: skip
    assert version.decided == place.clock.now()


def test_it_is_given_and_its_own_limits_hold(place: Workplace) -> None:
    entered(place)
    _, course = on_course(place)
    set_clock(place, "2026-03-02T12:00")
    log_unplanned(place, given(course))
    set_clock(place, "2026-03-02T15:59")
    with pytest.raises(Refused):
        log_unplanned(place, given(course))
    set_clock(place, "2026-03-02T16:00")
    log_unplanned(place, given(course))
    set_clock(place, "2026-03-02T20:00")
    with pytest.raises(Refused):  # 24 mg in 24 hours
        log_unplanned(place, given(course))
    log_unplanned(place, given(course, override=Override("Wu Min", "vomits still")))
    (row,) = cycle_sheet(place, course).unplanned[:1]
    assert row.component.drug.name.zh == "昂丹司琼"


def test_an_order_for_it_is_shown_with_the_course_while_it_stands(place: Workplace) -> None:
    entered(place)
    patient, course = on_course(place)
    order = an_order(last_day=DAY_1 + timedelta(days=2))
    order_as_needed(place, course, order)
    ((drug, shown),) = course_picture(place, patient.id).as_needed
    assert (drug.name.en, shown.id) == ("ondansetron", order.id)
    set_clock(place, "2026-03-05T09:00")
    assert course_picture(place, patient.id).as_needed == ()


def test_a_drug_that_is_ordered_now_can_not_be_ended_and_an_ended_one_not_be_ordered(
    place: Workplace,
) -> None:
    drug = entered(place)
    _, course = on_course(place)
    order = an_order()
    order_as_needed(place, course, order)
    with pytest.raises(Refused):
        change_site_drug(place, replace(drug, in_use=False), "not bought any more")
    stop_as_needed(place, course, order.id, DAY_1, "nausea is gone")
    set_clock(place, "2026-03-03T09:00")
    change_site_drug(place, replace(drug, in_use=False), "not bought any more")
    with pytest.raises(BadInput):
        order_as_needed(place, course, an_order(first_day=date(2026, 3, 3)))
    with pytest.raises(BadInput):
        log_unplanned(place, given(course))
    now = {one.medicine.drug.id: one for one in medicines_now(place, course)}
    assert not now[CODE].offered  # the list of orders still names it
    change_site_drug(place, replace(drug, in_use=True), "bought again")
    assert {n.medicine.drug.id: n.offered for n in medicines_now(place, course)}[CODE]
    assert [one.reason for one in site_drugs.versions(place.store)] == [
        "our antiemetic", "not bought any more", "bought again",
    ]  # fmt: skip


def test_what_was_given_of_a_drug_that_ended_stays_and_can_be_corrected(place: Workplace) -> None:
    drug = entered(place)
    patient, course = on_course(place)
    set_clock(place, "2026-03-02T12:00")
    log_unplanned(place, given(course))
    change_site_drug(place, replace(drug, in_use=False), "not bought any more")
    (old,) = doses.unplanned_between(place.store, DAY_1, DAY_1, course)
    set_clock(place, "2026-03-02T13:00")
    correct_unplanned(
        place, old.id, given(course, dose=Dose.of("4", "mg"), given=old.given), "half of it"
    )
    (new,) = doses.unplanned_between(place.store, DAY_1, DAY_1, course)
    assert new.dose == Dose.of("4", "mg")
    assert len(cycle_sheet(place, course).unplanned) == 1
    told = patient_history(place, patient.id).entries[0].what
    assert "ondansetron" in catalogue("en").text(told)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"name": Name("Paracetamol", "某药")}, "name_en"),
        ({"name": Name("some drug", "布洛芬")}, "name_zh"),
    ],
)
def test_a_name_belongs_to_one_drug(place: Workplace, facts: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        add_site_drug(place, replace(ONDANSETRON, **facts), "why not")
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"routes": ()}, "routes"),
        ({"routes": ("as_prescribed",)}, "routes"),
        ({"unit": "mL"}, "unit"),
        ({"indications": ()}, "indications"),
        ({"indications": ("anything",)}, "indications"),
        ({"min_gap_minutes": 0}, "min_gap"),
        ({"min_gap_minutes": 1441}, "min_gap"),
        ({"most": Decimal(0)}, "most"),
        ({"most_doses": 0}, "most_doses"),
        ({"most_doses": 25}, "most_doses"),
    ],
)
def test_a_drug_says_how_and_for_what_and_its_limits_can_be_meant(
    facts: dict[str, Any], field: str
) -> None:
    with pytest.raises(BadInput) as refused:
        replace(ONDANSETRON, **facts)
    assert refused.value.field == field


def test_every_decision_has_a_reason_and_changes_something(place: Workplace) -> None:
    with pytest.raises(BadInput) as refused:
        add_site_drug(place, ONDANSETRON, "  ")
    assert refused.value.field == "reason"
    drug = entered(place)
    with pytest.raises(BadInput):
        change_site_drug(place, drug, "no change")
    with pytest.raises(BadInput) as refused:
        change_site_drug(place, replace(drug, unit="ug"), "other unit")
    assert refused.value.field == "unit"


def test_a_command_sent_twice_enters_one_drug(place: Workplace) -> None:
    command = uuid4()
    add_site_drug(place, ONDANSETRON, "our antiemetic", command)
    assert add_site_drug(place, ONDANSETRON, "our antiemetic", command).replayed
    assert len(site_drugs.versions(place.store)) == 1


def test_codes_are_made_from_the_name_and_never_taken_twice() -> None:
    assert code_for("Ondansetron ODT 4", ()) == "site_ondansetron_odt_4"
    assert code_for("昂丹司琼", ()) == "site_drug"
    assert code_for("x", ("site_x", "site_x_2")) == "site_x_3"


# -- tablets -------------------------------------------------------------------------------------


def test_tablets_of_the_ward_stand_beside_the_programs_and_are_offered_to_take_home(
    place: Workplace,
) -> None:
    set_strengths(place, "sorafenib", [Dose.of("50", "mg")], "half tablets of our pharmacy")
    assert [s.dose for s in drugs_of(place)["sorafenib"].strengths] == [
        Dose.of("200", "mg"), Dose.of("50", "mg"),
    ]  # fmt: skip
    _, course = on_course(place)
    taken_home = {drug.id: drug for drug in home_drugs(place, course)}
    assert Dose.of("50", "mg") in [one.dose for one in taken_home["sorafenib"].strengths]
    known = next(one for one in known_drugs(place) if one.drug.id == "sorafenib")
    assert [one.reason for one in known.added] == ["half tablets of our pharmacy"]
    set_strengths(place, "sorafenib", [], "used up")
    assert [s.dose for s in drugs_of(place)["sorafenib"].strengths] == [Dose.of("200", "mg")]
    assert len(site_drugs.strengths(place.store)) == 1  # what was there is not forgotten


@pytest.mark.parametrize(
    ("code", "wanted", "field"),
    [
        ("sorafenib", ["200"], "strengths"),
        ("sorafenib", ["50", "50.0"], "strengths"),
        ("nothing", ["50"], "drug"),
    ],
)
def test_a_strength_is_new_and_of_a_drug_that_there_is(
    place: Workplace, code: str, wanted: list[str], field: str
) -> None:
    with pytest.raises(BadInput) as refused:
        set_strengths(place, code, [Dose.of(one, "mg") for one in wanted], "because")
    assert refused.value.field == field


def test_the_audit_trail_replays_to_the_same_drugs(place: Workplace) -> None:
    drug = entered(place)
    change_site_drug(place, replace(drug, most=Decimal(24)), "new guideline")
    set_strengths(place, CODE, [Dose.of("4", "mg"), Dose.of("8", "mg")], "from the pharmacy")
    set_strengths(place, CODE, [Dose.of("8", "mg")], "4 mg is not sold any more")
    verify_chain(place.store)
    assert drugs_of(place)[CODE].as_needed is not None
    assert [s.dose.value for s in drugs_of(place)[CODE].strengths] == [Decimal(8)]
