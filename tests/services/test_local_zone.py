"""Which zone a new ward is kept in."""

from __future__ import annotations

from pathlib import Path

import pytest

from aml_maint.services import local_zone
from aml_maint.services.local_zone import DEFAULT_ZONE


@pytest.fixture(autouse=True)
def _nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TZ", raising=False)
    monkeypatch.setattr(local_zone, "_linked_zone", lambda: "")
    monkeypatch.setattr(local_zone, "_noted_zone", lambda: "")


@pytest.mark.parametrize("name", ["Europe/Berlin", ":Europe/Berlin"])
def test_the_variable_names_it_with_or_without_the_colon_of_posix(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("TZ", name)
    assert local_zone.local_zone() == "Europe/Berlin"


@pytest.mark.parametrize("name", ["", "CET-1CEST,M3.5.0,M10.5.0/3", "../etc/passwd", "Europe"])
def test_a_variable_that_names_no_zone_is_passed_over(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("TZ", name)
    monkeypatch.setattr(local_zone, "_linked_zone", lambda: "Asia/Tokyo")
    assert local_zone.local_zone() == "Asia/Tokyo"


def test_where_the_clock_is_a_copy_the_note_beside_it_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(local_zone, "_noted_zone", lambda: "America/New_York")
    assert local_zone.local_zone() == "America/New_York"


def test_a_note_that_is_not_there_or_no_text_says_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(Path, "read_text", lambda *_: (_ for _ in ()).throw(FileNotFoundError()))
    assert local_zone._noted_zone() == ""


def test_a_computer_that_names_none_is_taken_to_stand_with_the_ward() -> None:
    assert local_zone.local_zone() == DEFAULT_ZONE
