"""Where people have accounts, a witness and a signer type their own passphrase."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from aml_maint import bootstrap
from aml_maint.domain.administration import Status
from aml_maint.domain.command import Role
from aml_maint.domain.errors import BadInput, Refused
from aml_maint.domain.known_time import KnownTime
from aml_maint.domain.quantities import Dose
from aml_maint.domain.schedule import SlotId
from aml_maint.domain.toxicity_event import ToxicityEvent
from aml_maint.services import accounts, toxicities
from aml_maint.services.clock import SetClock
from aml_maint.services.dosing import DoseEntry, correct_dose, log_dose
from aml_maint.services.injections import giving_card
from aml_maint.services.site_settings import change_setting
from aml_maint.services.unplanned import UnplannedEntry, log_unplanned
from aml_maint.services.workplace import Workplace
from aml_maint.store import doses, engine, key_slots
from aml_maint.store.key_slots import Cost, WrongPassphrase
from tests.builders import DAY_1, ZONE, moment, on_course, set_clock

OWN, HERS = "velvet otters at noon", "nine quiet harbours"


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_slots, "COST", Cost(1, 8, 1))
    monkeypatch.setattr(engine, "KDF_ITERATIONS", 1_000)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Workplace]:
    """Wu Min sits at a ward where Zhao Yan has an account, too; interferon needs a witness."""
    clock = SetClock(moment("2026-03-02T07:05"))
    path = tmp_path / "ward.amldb"
    with bootstrap.create_ward(path, OWN, clock, name="Wu Min").store as store:
        maker = accounts.accounts_of(Workplace(store, clock, bootstrap.local_actor(), "UTC"))[0]
        place = Workplace(store, clock, maker.actor("pc"), ZONE)
        accounts.add_account(place, "Zhao Yan", [Role.NURSE], HERS)
        change_setting(place, "witness.interferon", True, "ward rule 12")
        yield place


@pytest.fixture
def course(place: Workplace) -> str:
    _, course = on_course(place)
    set_clock(place, "2026-03-02T19:10")
    return course


def entry(course: str, day: int = 1, witness: str = "zhao yan", typed: str = HERS) -> DoseEntry:
    slot = SlotId(course, "interferon", DAY_1 + timedelta(days=day - 1), "evening")
    return DoseEntry(slot, Status.GIVEN, site="arm_left", witness=witness, witness_passphrase=typed)


def only(place: Workplace) -> str | None:
    (record,) = doses.live_between(place.store, DAY_1, DAY_1).values()
    return record.witness


def refused_at(place: Workplace, wanted: DoseEntry) -> str | None:
    with pytest.raises(BadInput) as caught:
        log_dose(place, wanted)
    assert doses.live_between(place.store, DAY_1, DAY_1) == {}
    return caught.value.field


def test_the_witness_confirms_by_their_passphrase_and_is_named_as_in_their_account(
    place: Workplace, course: str
) -> None:
    log_dose(place, entry(course))
    assert only(place) == "Zhao Yan"


@pytest.mark.parametrize(
    ("witness", "typed", "field"),
    [
        ("Zhao Yan", "", "witness_passphrase"),
        ("Zhao Yan", OWN, "witness_passphrase"),
        ("Zhao Yan", "x", "witness_passphrase"),
        ("Sun Li", HERS, "witness"),
        ("Wu Min", OWN, "witness"),
        ("", HERS, "witness"),
    ],
)
def test_nobody_witnesses_by_anothers_passphrase_without_an_account_or_for_themselves(
    place: Workplace, course: str, witness: str, typed: str, field: str
) -> None:
    assert refused_at(place, entry(course, witness=witness, typed=typed)) == field


def test_after_five_wrong_tries_the_witness_has_to_wait(place: Workplace, course: str) -> None:
    for _ in range(5):
        refused_at(place, entry(course, typed="wrong"))
    assert refused_at(place, entry(course)) == "witness_passphrase"


def test_a_correction_keeps_the_witness_and_another_one_confirms_anew(
    place: Workplace, course: str
) -> None:
    log_dose(place, entry(course))
    (record,) = doses.live_between(place.store, DAY_1, DAY_1).values()
    correct_dose(place, record.id, replace(entry(course, typed=""), note="late"), "typo")
    accounts.add_account(place, "Sun Li", [Role.NURSE], "under seven bridges")
    (record,) = doses.live_between(place.store, DAY_1, DAY_1).values()
    with pytest.raises(BadInput) as caught:
        correct_dose(place, record.id, entry(course, witness="Sun Li"), "typo")
    assert caught.value.field == "witness_passphrase"


def test_an_extra_dose_is_confirmed_like_a_planned_one(place: Workplace, course: str) -> None:
    set_clock(place, "2026-03-05T19:10")
    extra = UnplannedEntry(
        course, "interferon", Dose.of("60", "ug"), reason="lost_dose", ordered_by="Wu Min",
        witness="Zhao Yan",
    )  # fmt: skip
    with pytest.raises(BadInput) as caught:
        log_unplanned(place, extra)
    assert caught.value.field == "witness_passphrase"
    log_unplanned(place, replace(extra, witness_passphrase=HERS))


def test_the_card_offers_everybody_with_an_account_but_oneself(
    place: Workplace, course: str
) -> None:
    card = giving_card(place, entry(course).slot)
    assert (card.people, card.confirms_witness) == (("Zhao Yan",), True)


def test_no_passphrase_is_kept_or_shown(place: Workplace, course: str) -> None:
    assert HERS not in repr(entry(course))
    log_dose(place, entry(course))
    events = "".join(row["event"] for row in place.store.rows("SELECT event FROM audit"))
    assert HERS not in events


def sign(place: Workplace, course: str, typed: str) -> None:
    patient = place.store.rows("SELECT id FROM patients")[0]["id"]
    if not place.store.counts()["toxicities"]:
        onset = KnownTime.parse("2026-03-02")
        event = ToxicityEvent.of(patient, course, "diarrhoea", ZONE, 2, onset)
        toxicities.record_event(place, event)
    (row,) = place.store.rows("SELECT id, event_id FROM toxicities")
    toxicities.sign_events(place, [(row["event_id"], row["id"])], passphrase=typed)


def test_toxicities_are_signed_by_ones_own_passphrase_only(place: Workplace, course: str) -> None:
    with pytest.raises(BadInput) as caught:
        sign(place, course, "")
    assert caught.value.field == "passphrase"
    for typed in (HERS, "not it"):
        with pytest.raises(WrongPassphrase):
            sign(place, course, typed)
    sign(place, course, OWN)
    with pytest.raises(Refused):
        sign(place, course, OWN)
