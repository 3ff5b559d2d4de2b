"""Reading in parts: a write comes between two, and whoever asked may stop asking."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import cast

import pytest
from pytestqt.qtbot import QtBot

from aml_maint.domain.errors import BadInput, UserError
from aml_maint.domain.messages import say
from aml_maint.domain.patient import Patient
from aml_maint.gui import reading
from aml_maint.gui.desk import Desk
from aml_maint.gui.reading import Reading, Whole, read_in_parts
from aml_maint.gui.session import Session
from aml_maint.services.changes import Changes
from aml_maint.services.long_work import Parts
from aml_maint.services.people import admit_patient
from aml_maint.services.workplace import Workplace
from tests.gui.ward import Ward


@pytest.fixture
def each_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every part takes longer than what is read at a time."""
    monkeypatch.setattr(reading, "_PART_SECONDS", 0)


def admit(place: Workplace) -> Changes:
    return admit_patient(place, Patient("", "Wu", "Min", "T-0003"))


def refuse(error: UserError) -> None:
    raise AssertionError(error)


def in_parts(stages: list[str], gate: threading.Event | None = None) -> Callable[..., Parts[str]]:
    """Reading of three parts that keeps what it did."""

    def work(place: Workplace) -> Parts[str]:
        for part in range(3):
            yield part, 3
            if gate is not None:
                assert gate.wait(10)
            stages.append(f"part {part}")
        return "all"

    return work


@pytest.mark.usefixtures("each_alone")
def test_a_write_comes_between_two_parts_of_what_is_read(desk: Desk, qtbot: QtBot) -> None:
    stages: list[str] = []
    found: list[str] = []
    told: list[tuple[int, int]] = []
    gate = threading.Event()
    read_in_parts(
        desk.session, in_parts(stages, gate), found.append, desk.session, refuse,
        lambda *now: told.append(now),
    )  # fmt: skip

    def write(place: Workplace) -> Changes:
        stages.append("write")
        return admit(place)

    desk.session.write(write, None, None, desk.session)
    gate.set()
    qtbot.waitUntil(lambda: found == ["all"])
    assert stages.index("write") < stages.index("part 2")
    assert told == [(0, 3), (1, 3), (2, 3)]


@pytest.mark.usefixtures("each_alone")
def test_reading_that_nobody_wants_any_more_ends_at_the_next_part(desk: Desk, qtbot: QtBot) -> None:
    stages: list[str] = []
    found: list[str] = []
    gate = threading.Event()
    asked = read_in_parts(desk.session, in_parts(stages, gate), found.append, desk.session, refuse)
    asked.stop()
    gate.set()
    done: list[None] = []
    for _ in range(4):
        desk.session.read(lambda _: None, done.append, desk.session)
    qtbot.waitUntil(lambda: len(done) == 4)
    assert found == [] and len(stages) <= 1


def test_a_refusal_while_reading_in_parts_goes_to_who_asked(desk: Desk, qtbot: QtBot) -> None:
    def work(place: Workplace) -> Parts[str]:
        yield 0, 1
        raise BadInput(say("error.nothing_entered"))

    refused: list[UserError] = []
    read_in_parts(desk.session, work, lambda _: None, desk.session, refused.append)
    qtbot.waitUntil(lambda: len(refused) == 1)


def test_a_file_may_be_closed_while_it_is_read_in_parts(ward: Ward) -> None:
    stages: list[str] = []
    session = Session(ward.open)
    read_in_parts(session, in_parts(stages), stages.append, session, refuse)
    session.close()
    assert "all" not in stages and len(stages) <= 3


@pytest.mark.usefixtures("each_alone")
def test_what_failed_in_the_middle_begins_anew_when_it_is_asked_again() -> None:
    """As when a file is still being checked: the session asks again after it."""
    begun: list[int] = []

    def work(place: Workplace) -> Parts[str]:
        begun.append(1)
        yield 0, 1
        if len(begun) == 1:
            raise ZeroDivisionError
        return "all"

    asked = Reading(work)
    place = cast("Workplace", None)
    assert asked.part(place) == (0, 1)
    with pytest.raises(ZeroDivisionError):
        asked.part(place)
    assert asked.part(place) == (0, 1)
    assert asked.part(place) == Whole("all")


def test_what_is_read_quickly_is_read_in_few_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter(range(100))
    monkeypatch.setattr(reading.time, "perf_counter", lambda: next(ticks))
    monkeypatch.setattr(reading, "_PART_SECONDS", 3)

    def work(place: Workplace) -> Parts[str]:
        for part in range(8):
            yield part, 8
        return "all"

    asked = Reading(work)
    place = cast("Workplace", None)
    assert [asked.part(place) for _ in range(3)] == [(2, 8), (5, 8), Whole("all")]
