"""The session: one worker thread, answers on the window's thread, nothing lost on closing."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from types import TracebackType

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from aml_maint.domain.errors import BadInput, UserError
from aml_maint.domain.messages import say
from aml_maint.domain.patient import Patient
from aml_maint.gui.desk import Desk
from aml_maint.gui.session import LastEntry, Session
from aml_maint.services.changes import Changes
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


def test_a_page_whose_reading_is_dropped_goes_on_the_windows_thread(
    ward: Ward, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:

    class Page(QWidget):
        """Whoever holds it last destroys it."""

        def take(self, found: object) -> None:
            raise AssertionError

    session = Session(ward.open)
    with qtbot.waitSignal(session.opened):
        pass
    closing, went_on = threading.Event(), list[int]()
    page = Page()
    page.destroyed.connect(
        lambda: went_on.append(threading.get_ident()), Qt.ConnectionType.DirectConnection
    )
    session.read(lambda _: closing.wait(60), lambda _: None, session)
    session.read(lambda _: None, page.take, page)
    del page
    end = session._worker.shutdown

    def ended(*, wait: bool) -> None:
        closing.set()
        end(wait=wait)

    monkeypatch.setattr(session._worker, "shutdown", ended)
    session.close()
    qtbot.waitUntil(lambda: bool(went_on))
    assert went_on == [threading.get_ident()]


def test_nobody_is_kept_who_has_their_answer(
    desk: Desk, qtbot: QtBot, settled: Callable[[Session], None]
) -> None:
    told: list[object] = []
    desk.session.read(list_patients, told.append, desk.session)
    desk.session.write(admit, told.append, None, desk.session)
    desk.session.write(refuse, None, told.append, desk.session)
    desk.session.read(list_patients, told.append, owner_that_is_gone())
    settled(desk.session)
    assert len(told) == 3 and desk.session._askers._waiting == {}


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
