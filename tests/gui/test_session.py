"""The session: one worker thread, answers on the window's thread, nothing lost on closing."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from types import TracebackType

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from aml_maint.domain.errors import BadInput, UserError
from aml_maint.domain.messages import say
from aml_maint.domain.patient import Patient
from aml_maint.gui.desk import Desk
from aml_maint.gui.session import LastEntry, Session
from aml_maint.services.changes import Changes
from aml_maint.services.long_work import Parts
from aml_maint.services.people import admit_patient, list_patients
from aml_maint.services.workplace import Workplace
from tests.gui.ward import Ward


def admit(place: Workplace) -> Changes:
    return admit_patient(place, Patient("", "Wu", "Min", "T-0003"))


def refuse(place: Workplace) -> Changes:
    raise BadInput(say("error.nothing_entered"))


def break_down(place: Workplace) -> Changes:
    raise ZeroDivisionError


def owner_that_is_gone() -> QObject:
    """Its Python half lives on, as that of a closed page does."""
    from shiboken6 import delete

    gone = QObject()
    delete(gone)
    return gone


def test_work_runs_on_one_other_thread_and_answers_come_on_the_windows_own(
    desk: Desk, qtbot: QtBot
) -> None:
    workers: list[int] = []
    answered: list[int] = []
    for _ in range(3):
        desk.session.read(
            lambda _: workers.append(threading.get_ident()),
            lambda _: answered.append(threading.get_ident()),
            desk.session,
        )
    qtbot.waitUntil(lambda: len(answered) == 3)
    assert len(set(workers)) == 1
    assert set(answered) == {threading.get_ident()} != set(workers)


def test_an_answer_for_a_page_that_is_gone_is_dropped(desk: Desk, qtbot: QtBot) -> None:
    dropped: list[int] = []
    kept: list[int] = []
    desk.session.read(lambda _: 1, dropped.append, owner_that_is_gone())
    desk.session.read(lambda _: 2, kept.append, desk.session)
    qtbot.waitUntil(lambda: kept == [2])
    assert dropped == []


def test_every_screen_hears_of_a_write_even_when_its_own_page_is_gone(
    desk: Desk, qtbot: QtBot
) -> None:
    done: list[Changes] = []
    with qtbot.waitSignals([desk.session.saved, desk.session.changed]):
        desk.session.write(admit, done.append, None, owner_that_is_gone())
    assert done == []
    assert desk.session.last_entry is LastEntry.SAVED


def test_a_refusal_goes_to_the_field_that_asked(desk: Desk, qtbot: QtBot) -> None:
    refused: list[UserError] = []
    heard: list[UserError] = []
    desk.session.problem.connect(heard.append)
    desk.session.write(refuse, None, refused.append, desk.session)
    qtbot.waitUntil(lambda: len(refused) == 1)
    assert refused[0].message == say("error.nothing_entered")
    assert heard == []
    assert desk.session.last_entry is LastEntry.NOT_SAVED


def test_a_refusal_whose_page_is_gone_is_still_told(desk: Desk, qtbot: QtBot) -> None:
    refused: list[UserError] = []
    with qtbot.waitSignal(desk.session.problem):
        desk.session.write(refuse, None, refused.append, owner_that_is_gone())
    assert refused == []


def test_a_fault_in_a_write_reaches_the_crash_hook_as_not_saved(
    desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    caught: list[type[BaseException]] = []

    def hook(kind: type[BaseException], bug: BaseException, trace: TracebackType | None) -> None:
        caught.append(kind)

    monkeypatch.setattr(sys, "excepthook", hook)
    desk.session.write(break_down, None, None, desk.session)
    qtbot.waitUntil(lambda: caught == [ZeroDivisionError])
    assert desk.session.last_entry is LastEntry.NOT_SAVED


def test_writes_that_wait_are_carried_out_before_the_file_is_closed(ward: Ward) -> None:
    session = Session(ward.open)
    session.write(admit, None, None, session)
    session.close()
    place = ward.open()
    try:
        assert [row.patient.mrn for row in list_patients(place, "Wu")] == ["T-0003"]
    finally:
        place.close()


def test_nothing_is_accepted_after_closing(ward: Ward) -> None:
    session = Session(ward.open)
    session.close()
    session.write(admit, None, None, session)
    assert not session.is_open
    place = ward.open()
    try:
        assert list_patients(place, "Wu") == ()
    finally:
        place.close()


def test_a_wrong_passphrase_is_told_and_the_thread_can_be_ended(ward: Ward, qtbot: QtBot) -> None:
    session = Session(replace(ward, passphrase="another passphrase").open)
    with qtbot.waitSignal(session.not_opened) as told:
        pass
    assert isinstance(told.args[0], UserError)
    session.close()
    assert not session.is_open


def test_what_is_asked_while_the_file_is_being_opened_waits_its_turn(
    ward: Ward, qtbot: QtBot
) -> None:
    session = Session(ward.open)
    found: list[int] = []
    session.read(lambda place: len(list_patients(place)), found.append, session)
    qtbot.waitUntil(lambda: found == [2])
    session.close()


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


def test_a_write_comes_between_two_parts_of_what_is_read(desk: Desk, qtbot: QtBot) -> None:
    stages: list[str] = []
    found: list[str] = []
    told: list[tuple[int, int]] = []
    gate = threading.Event()
    desk.session.read_parts(
        in_parts(stages, gate), found.append, desk.session, None, lambda *now: told.append(now)
    )

    def write(place: Workplace) -> Changes:
        stages.append("write")
        return admit(place)

    desk.session.write(write, None, None, desk.session)
    gate.set()
    qtbot.waitUntil(lambda: found == ["all"])
    assert stages.index("write") < stages.index("part 2")
    assert told == [(0, 3), (1, 3), (2, 3)]


def test_reading_that_nobody_wants_any_more_ends_at_the_next_part(desk: Desk, qtbot: QtBot) -> None:
    stages: list[str] = []
    found: list[str] = []
    gate = threading.Event()
    reading = desk.session.read_parts(in_parts(stages, gate), found.append, desk.session)
    reading.stop()
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
    desk.session.read_parts(work, lambda _: None, desk.session, refused.append)
    qtbot.waitUntil(lambda: len(refused) == 1)


def test_a_file_may_be_closed_while_it_is_read_in_parts(ward: Ward) -> None:
    stages: list[str] = []
    session = Session(ward.open)
    session.read_parts(in_parts(stages), stages.append, session)
    session.close()
    assert "all" not in stages and len(stages) <= 3
