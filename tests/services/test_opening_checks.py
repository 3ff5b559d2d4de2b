"""What is checked at opening, and when it is told."""

from __future__ import annotations

from collections import namedtuple

import pytest

from aml_maint.domain.messages import LANGUAGES
from aml_maint.services import opening_checks
from aml_maint.services.history import patient_history
from aml_maint.services.language import catalogue
from aml_maint.services.opening_checks import CheckName, concerns
from aml_maint.services.workplace import CLOCK_BEHIND, Workplace
from aml_maint.store import audit
from tests.builders import on_course, platelets, set_clock

Usage = namedtuple("Usage", "free")
MIB = 2**20


def test_every_check_of_a_sound_ward_is_in_order_and_said_in_both_languages(
    place: Workplace,
) -> None:
    on_course(place)
    found = opening_checks.opening_checks(place)
    assert [check.name for check in found] == list(CheckName)
    assert all(check.ok and check.hint is None for check in found)
    for language in LANGUAGES:
        assert all(catalogue(language).text(check.told) for check in found)
    assert concerns(place) == ()


@pytest.mark.parametrize(
    ("now", "key"),
    [
        ("2026-03-02T07:03", None),
        ("2026-03-02T07:02", "checks.clock.behind"),
        ("2026-03-02T06:05", "checks.clock.behind_hours"),
        ("2026-03-01T07:05", "checks.clock.behind_hours"),
        ("2026-03-02T07:06", None),
    ],
)
def test_a_clock_more_than_two_minutes_behind_the_last_entry_is_told(
    place: Workplace, now: str, key: str | None
) -> None:
    on_course(place)  # at 07:05
    set_clock(place, now)
    assert [check.told.key for check in concerns(place)] == ([key] if key else [])


def test_an_entry_made_meanwhile_is_saved_in_its_order_and_marked(place: Workplace) -> None:
    patient, _ = on_course(place)
    set_clock(place, "2026-03-02T06:35")
    platelets(place, patient, "120", "2026-03-02T06:00")
    event = audit.event(place.store, place.store.head().sequence)
    assert event is not None and event.note[CLOCK_BEHIND] == 1800
    latest = patient_history(place, patient.id).entries[0]
    assert (latest.sequence, latest.clock_behind) == (event.sequence, 1800)


def test_an_entry_by_a_right_clock_bears_no_mark(place: Workplace) -> None:
    patient, _ = on_course(place)
    platelets(place, patient, "120", "2026-03-02T06:00")
    assert patient_history(place, patient.id).entries[0].clock_behind == 0


@pytest.mark.parametrize(("free", "told"), [(200 * MIB, False), (200 * MIB - 1, True), (0, True)])
def test_less_room_than_200_mib_is_told(
    place: Workplace, monkeypatch: pytest.MonkeyPatch, free: int, told: bool
) -> None:
    on_course(place)
    monkeypatch.setattr(opening_checks.shutil, "disk_usage", lambda _: Usage(free))
    found = concerns(place)
    assert [check.name for check in found] == ([CheckName.ROOM] if told else [])
    assert all(check.hint is not None for check in found)
