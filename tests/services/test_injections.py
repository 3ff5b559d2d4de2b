"""Injections as a ward records them: sites, reactions, temperatures, witnesses, fever."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from aml_maint.domain.administration import Status
from aml_maint.domain.errors import BadInput, Refused
from aml_maint.domain.fever import Pairing
from aml_maint.domain.injection import Fit, ReactionKind, SiteReaction
from aml_maint.domain.quantities import Dose, LabValue
from aml_maint.domain.schedule import SlotId
from aml_maint.services.dosing import (
    DoseEntry,
    RangeConfirmation,
    confirm_range,
    correct_dose,
    log_dose,
)
from aml_maint.services.injections import (
    end_site_reaction,
    giving_card,
    injection_sites,
    reactions,
    record_site_reaction,
    withdraw_site_reaction,
)
from aml_maint.services.long_work import whole
from aml_maint.services.observations import record_count
from aml_maint.services.site_settings import change_setting
from aml_maint.services.toxicity_tables import toxicity_record, toxicity_tables
from aml_maint.services.unplanned import UnplannedEntry, log_unplanned
from aml_maint.services.workplace import Workplace
from aml_maint.store import doses
from aml_maint.store.replay import verify_chain
from tests.builders import DAY_1, PHYSICIAN, moment, on_course, platelets, set_clock


def slot(course: str, component: str, day: int = 1) -> SlotId:
    return SlotId(course, component, DAY_1 + timedelta(days=day - 1), "evening")


def give(
    place: Workplace, course: str, component: str, day: int, site: str | None, at: str = "19:00",
    **more: object,
) -> None:  # fmt: skip
    on = DAY_1 + timedelta(days=day - 1)
    entry = DoseEntry(
        slot(course, component, day), Status.GIVEN, moment(f"{on}T{at}"), site=site,
        **more,  # type: ignore[arg-type]
    )  # fmt: skip
    log_dose(place, entry)


def a_bruise(patient_id: str, site: str = "abdomen_left", **facts: object) -> SiteReaction:
    values = {"kind": ReactionKind.BRUISE, "first_day": DAY_1, **facts}
    return SiteReaction("", patient_id, site, **values)  # type: ignore[arg-type]


def test_the_second_injection_of_an_evening_is_not_suggested_where_the_first_went(
    place: Workplace,
) -> None:
    _, course = on_course(place)
    set_clock(place, "2026-03-02T19:10")
    first = giving_card(place, slot(course, "interferon")).sites
    assert first is not None and first.map.suggested == "abdomen_left"
    assert list(first.drugs) == ["interferon", "interleukin2"]
    give(place, course, "interferon", 1, "abdomen_left")
    second = giving_card(place, slot(course, "interleukin2")).sites
    assert second is not None
    assert second.map.state("abdomen_left").fit is Fit.OTHER_DRUG
    assert second.map.suggested not in {None, "abdomen_left"}


def test_a_correction_does_not_count_its_own_record_as_a_use(place: Workplace) -> None:
    _, course = on_course(place)
    set_clock(place, "2026-03-02T19:10")
    give(place, course, "interferon", 1, "thigh_left")
    found = giving_card(place, slot(course, "interferon")).sites
    assert found is not None and found.map.state("thigh_left").uses == ()
    shown = injection_sites(place, course, "interferon", DAY_1).map
    assert [use.component for use in shown.state("thigh_left").uses] == ["interferon"]


def test_a_site_with_a_reaction_is_suggested_again_after_its_last_day(place: Workplace) -> None:
    patient, course = on_course(place)
    record_site_reaction(place, a_bruise(patient.id, note=" after IL-2 "))
    (kept,) = reactions(place, patient.id)
    assert (kept.note, kept.recorded_by, kept.last_day) == ("after IL-2", "Li Na", None)

    def fit(on: date) -> Fit:
        return injection_sites(place, course, "interferon", on).map.state("abdomen_left").fit

    assert fit(DAY_1 + timedelta(days=10)) is Fit.REACTING
    end_site_reaction(place, kept.id, DAY_1 + timedelta(days=3))
    assert fit(DAY_1 + timedelta(days=3)) is Fit.REACTING
    assert fit(DAY_1 + timedelta(days=4)) is Fit.FREE
    assert verify_chain(place.store).ok


def test_a_reaction_taken_back_takes_a_reason_and_blocks_no_site(place: Workplace) -> None:
    patient, course = on_course(place)
    record_site_reaction(place, a_bruise(patient.id))
    (kept,) = reactions(place, patient.id)
    with pytest.raises(BadInput):
        withdraw_site_reaction(place, kept.id, " ")
    withdraw_site_reaction(place, kept.id, "wrong patient")
    assert reactions(place, patient.id) == ()
    assert injection_sites(place, course, "interferon", DAY_1).map.suggested == "abdomen_left"
    with pytest.raises(Refused):
        end_site_reaction(place, kept.id, DAY_1)
    assert verify_chain(place.store).ok


@pytest.mark.parametrize("day", [DAY_1 + timedelta(days=1), date(1961, 7, 13)])
def test_a_reaction_of_a_day_to_come_or_before_birth_is_refused(
    place: Workplace, day: date
) -> None:
    patient, _ = on_course(place)
    with pytest.raises(BadInput) as caught:
        record_site_reaction(place, a_bruise(patient.id, first_day=day))
    assert caught.value.field == "first_day"
    assert reactions(place, patient.id) == ()


def test_each_act_on_a_reaction_is_carried_out_once(place: Workplace) -> None:
    patient, _ = on_course(place)
    record, end, back = uuid4(), uuid4(), uuid4()
    for _ in range(2):
        record_site_reaction(place, a_bruise(patient.id), record)
    (kept,) = reactions(place, patient.id)
    for _ in range(2):
        end_site_reaction(place, kept.id, DAY_1, end)
    for _ in range(2):
        again = withdraw_site_reaction(place, kept.id, "error", back)
    assert again.replayed


def test_a_reaction_cannot_end_before_it_began(place: Workplace) -> None:
    patient, _ = on_course(place)
    record_site_reaction(place, a_bruise(patient.id))
    (kept,) = reactions(place, patient.id)
    with pytest.raises(BadInput) as caught:
        end_site_reaction(place, kept.id, DAY_1 - timedelta(days=1))
    assert caught.value.field == "last_day"


def test_a_temperature_is_asked_for_once_an_evening(place: Workplace) -> None:
    patient, course = on_course(place)
    platelets(place, patient, "120", "2026-03-02T06:30")
    set_clock(place, "2026-03-02T18:00")
    assert giving_card(place, slot(course, "ibuprofen")).asks_temperature
    give(place, course, "ibuprofen", 1, None, "18:00", temperature=Decimal("36.8"))
    set_clock(place, "2026-03-02T20:00")
    card = giving_card(place, slot(course, "interferon"))
    assert not card.asks_temperature
    assert card.temperature is not None and card.temperature.value == Decimal("36.8")
    set_clock(place, "2026-03-02T20:01")
    card = giving_card(place, slot(course, "interferon"))
    assert card.asks_temperature and card.temperature is None


def test_a_temperature_from_the_chart_stands_for_the_injection_too(place: Workplace) -> None:
    patient, course = on_course(place)
    set_clock(place, "2026-03-02T18:50")
    warm = LabValue.parse("99.5", "[degF]")
    record_count(place, patient.id, "temperature", warm, moment("2026-03-02T18:45"))
    card = giving_card(place, slot(course, "interferon"))
    assert not card.asks_temperature
    assert card.temperature is not None and card.temperature.value == Decimal("37.5")


def test_a_tablet_asks_nothing(place: Workplace) -> None:
    _, course = on_course(place)
    asked = giving_card(place, SlotId(course, "sorafenib", DAY_1, "morning"))
    assert not asked.asks and asked.sites is None


def test_the_lots_used_on_the_ward_are_offered_the_last_one_first(place: Workplace) -> None:
    _, course = on_course(place)
    set_clock(place, "2026-03-06T19:30")
    for day, lot in ((1, "A1"), (3, "B2"), (5, "A1")):
        give(place, course, "interferon", day, "arm_left", lot=lot)
    assert giving_card(place, slot(course, "interferon", 5)).lots == ("A1", "B2")
    assert giving_card(place, slot(course, "interleukin2", 5)).lots == ()


@pytest.fixture
def witnessed(place: Workplace) -> None:
    """A ward that wants a witness for interferon."""
    change_setting(place.acting_as(PHYSICIAN), "witness.interferon", True, "ward rule 12")


@pytest.mark.usefixtures("witnessed")
@pytest.mark.parametrize(
    ("witness", "allowed"),
    [(None, False), ("  ", False), ("Li Na", False), ("li na", False), ("Zhao Yan", True)],
)
def test_a_flagged_dose_needs_a_witness_who_is_not_the_one_recording(
    place: Workplace, witness: str | None, allowed: bool
) -> None:
    _, course = on_course(place)
    set_clock(place, "2026-03-02T19:10")
    if not allowed:
        with pytest.raises(BadInput) as caught:
            give(place, course, "interferon", 1, "arm_left", witness=witness)
        assert caught.value.field == "witness"
        return
    give(place, course, "interferon", 1, "arm_left", witness=witness)
    (record,) = doses.live_between(place.store, DAY_1, DAY_1).values()
    assert record.witness == "Zhao Yan"


@pytest.mark.usefixtures("witnessed")
def test_a_flagged_dose_not_given_and_an_unflagged_one_need_no_witness(place: Workplace) -> None:
    _, course = on_course(place)
    set_clock(place, "2026-03-02T19:10")
    log_dose(place, DoseEntry(slot(course, "interferon"), Status.HELD, reason="fever"))
    give(place, course, "interleukin2", 1, "arm_left")
    recorded = doses.live_between(place.store, DAY_1, DAY_1).values()
    assert {(one.slot.component, one.status, one.witness) for one in recorded} == {
        ("interferon", Status.HELD, None), ("interleukin2", Status.GIVEN, None),
    }  # fmt: skip


@pytest.mark.usefixtures("witnessed")
def test_confirming_a_stretch_leaves_out_what_needs_a_witness(place: Workplace) -> None:
    _, course = on_course(place)
    set_clock(place, "2026-03-03T23:00")
    confirm_range(place, RangeConfirmation(course, DAY_1, DAY_1))
    recorded = {one.component for one in doses.live_between(place.store, DAY_1, DAY_1)}
    assert "interleukin2" in recorded
    assert "interferon" not in recorded


@pytest.mark.usefixtures("witnessed")
def test_a_witness_is_offered_from_those_at_work_but_never_oneself(place: Workplace) -> None:
    _, course = on_course(place)
    set_clock(place, "2026-03-04T19:30")
    give(place, course, "interferon", 1, "arm_left", witness="Zhao Yan")
    card = giving_card(place, slot(course, "interferon", 3))
    assert card.needs_witness
    assert card.people == ("Zhao Yan",)


@pytest.mark.usefixtures("witnessed")
def test_an_extra_dose_of_a_flagged_drug_needs_its_witness_too(place: Workplace) -> None:
    _, course = on_course(place)
    set_clock(place, "2026-03-05T19:10")
    entry = UnplannedEntry(
        course, "interferon", Dose.of("60", "ug"), reason="lost_dose", ordered_by="Wu Min"
    )
    with pytest.raises(BadInput) as caught:
        log_unplanned(place, entry)
    assert caught.value.field == "witness"
    log_unplanned(place, replace(entry, witness="Zhao Yan"))


def test_a_card_opens_for_an_extra_injection(place: Workplace) -> None:
    _, course = on_course(place)
    set_clock(place, "2026-03-05T19:10")
    extra = UnplannedEntry(
        course, "interferon", Dose.of("60", "ug"), reason="lost_dose", ordered_by="Wu Min",
        site="arm_left",
    )  # fmt: skip
    log_unplanned(place, extra)
    (record,) = doses.unplanned_between(place.store, DAY_1, date(2026, 3, 5), course)
    card = giving_card(place, record.slot)
    assert card.sites is not None
    assert card.sites.map.state("arm_left").uses == ()


def test_a_correction_keeps_the_witness_it_names_and_the_trail_replays(place: Workplace) -> None:
    _, course = on_course(place)
    set_clock(place, "2026-03-02T19:10")
    give(place, course, "interferon", 1, "arm_left", witness="Zhao Yan")
    (record,) = doses.live_between(place.store, DAY_1, DAY_1).values()
    entry = DoseEntry(record.slot, Status.GIVEN, site="arm_right", witness="Sun Li")
    correct_dose(place, record.id, entry, "left and right mixed up")
    (record,) = doses.live_between(place.store, DAY_1, DAY_1).values()
    assert (record.site, record.witness) == ("arm_right", "Sun Li")
    assert verify_chain(place.store).ok


def test_the_fever_comparison_reads_every_course_with_a_premedication(place: Workplace) -> None:
    patient, course = on_course(place)
    platelets(place, patient, "120", "2026-03-02T06:30")
    set_clock(place, "2026-03-02T19:10")
    give(place, course, "ibuprofen", 1, None, "18:00")
    give(place, course, "interferon", 1, "arm_left")
    set_clock(place, "2026-03-04T23:30")
    give(place, course, "interferon", 3, "arm_right")
    warm = LabValue.parse("38.2", "Cel")
    record_count(place, patient.id, "temperature", warm, moment("2026-03-04T23:00"))
    groups = {group.pairing: group for group in toxicity_tables(place).fevers}
    assert set(groups) == {Pairing.PAIRED, Pairing.NOT_RECORDED}
    assert groups[Pairing.PAIRED].observed == 0
    assert groups[Pairing.NOT_RECORDED].with_fever == 1
    without = whole(toxicity_record(place, fevers=False))
    assert not without.fevers  # and nothing else is another
    assert without.subjects == whole(toxicity_record(place)).subjects
