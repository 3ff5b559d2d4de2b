"""Today is shown while the file is still being checked; nothing is written or given out before."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from aml_maint import bootstrap
from aml_maint.domain.command import Role
from aml_maint.domain.errors import StorageProblem, UserError
from aml_maint.domain.messages import say
from aml_maint.domain.patient import Patient
from aml_maint.gui.desk import Looks
from aml_maint.gui.main_window import MainWindow
from aml_maint.gui.session import Session
from aml_maint.services import accounts, sign_in, trust
from aml_maint.services.changes import Changes
from aml_maint.services.drafts import drop_draft, keep_draft, unfinished_forms
from aml_maint.services.people import admit_patient, list_patients
from aml_maint.services.workplace import Workplace
from aml_maint.store import audit, engine, soundness
from tests.builders import a_patient

Settled = Callable[[Session], None]
OWN, HERS = "velvet otters at noon", "nine quiet harbours"


@pytest.fixture
def path(tmp_path: Path, quick_keys: None) -> Path:
    """A ward of Wu Min and Li Na with one patient and a backup."""
    path = tmp_path / "ward.amldb"
    place = bootstrap.create_ward(path, OWN, name="Wu Min")
    accounts.add_account(place, "Li Na", [Role.NURSE, Role.COORDINATOR], HERS)
    admit_patient(place, a_patient())
    trust.backup_ward(place)
    place.close()
    return path


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """The check waits until this is set."""
    gate, check = threading.Event(), soundness.expect_sound

    def waiting(*given: object, **named: object) -> None:
        if threading.current_thread().name == "check":
            gate.wait(60)
        check(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(soundness, "expect_sound", waiting)
    yield gate
    gate.set()


@pytest.fixture
def window(looks: Looks, qtbot: QtBot, path: Path, gate: threading.Event) -> Iterator[MainWindow]:
    """The window with the ward open, and its check not done."""
    window = MainWindow(looks)
    qtbot.addWidget(window)
    window.show()
    begin(window, qtbot, path)
    yield window
    gate.set()
    window.close()


def begin(window: MainWindow, qtbot: QtBot, path: Path) -> None:
    with qtbot.waitSignal(window.ready):
        window.open_with(
            lambda: bootstrap.open_ward(
                path, OWN, name="Wu Min", announce=True, check_beside=True
            ),
            path,
        )  # fmt: skip


def spoil(path: Path) -> bytes:
    """A value is changed outside the program; every page is whole."""
    key = sign_in.unlock(path, "Wu Min", OWN, datetime.now(UTC)).key
    connection = engine.connect(path, key, "write")
    guards = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'patients'"
    ).fetchall()
    for name, _ in guards:
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute("UPDATE patients SET ward = 'another ward'")
    for _, sql in guards:
        connection.execute(sql)
    connection.close()
    return path.read_bytes()


def session_of(window: MainWindow) -> Session:
    assert window.session is not None
    return window.session


def admit(place: Workplace) -> Changes:
    return admit_patient(place, Patient("", "Sun", "Li", "T-0003"))


def record_numbers(path: Path) -> list[str]:
    place = bootstrap.open_ward(path, OWN, name="Wu Min")
    try:
        return sorted(row.patient.mrn for row in list_patients(place))
    finally:
        place.close()


def actions(path: Path) -> list[tuple[str, str]]:
    """Who did what, in order."""
    place = bootstrap.open_ward(path, OWN, name="Wu Min")
    try:
        found = audit.latest(place.store, 50)
        return [(one.command.actor.name, one.command.action) for one in reversed(found)]
    finally:
        place.close()


def test_a_window_that_was_closed_hears_no_more_of_the_check(
    window: MainWindow, gate: threading.Event, qtbot: QtBot
) -> None:
    session = session_of(window)
    gate.set()
    window.close()
    with qtbot.assertNotEmitted(window.not_opened):
        session.check_failed.emit(
            StorageProblem(say("store.damaged"), hint=say("store.damaged.hint"))
        )
    assert window.recovery is None


def test_today_is_read_while_the_check_goes_on_and_the_status_bar_tells_it(
    window: MainWindow, qtbot: QtBot, gate: threading.Event, settled: Settled
) -> None:
    session, workspace = session_of(window), window.workspace
    assert workspace is not None and not session.is_checked
    settled(session)
    assert workspace.today.model.latest is not None
    assert workspace.status.check.isVisible()
    assert workspace.status.check.text().startswith("Checking the record")
    assert not workspace.waiting.isVisible()
    with qtbot.waitSignal(session.checked):
        gate.set()
    assert not workspace.status.check.isVisible() and session.is_checked


def test_an_entry_asked_meanwhile_waits_says_so_and_is_saved_when_the_check_has_passed(
    window: MainWindow, qtbot: QtBot, gate: threading.Event, path: Path
) -> None:
    session, workspace, before = session_of(window), window.workspace, path.read_bytes()
    assert workspace is not None
    saved: list[Changes] = []
    with qtbot.waitSignal(session.kept):
        session.write(admit, saved.append, None, window)
    assert (
        workspace.waiting.isVisible() and "Your entry is kept" in workspace.waiting.message.text()
    )
    assert saved == [] and path.read_bytes() == before
    with qtbot.waitSignal(session.saved):
        gate.set()
    assert len(saved) == 1 and not workspace.waiting.isVisible()
    window.close()
    assert "T-0003" in record_numbers(path)


def test_entries_and_what_was_typed_are_kept_in_their_order(
    window: MainWindow, qtbot: QtBot, gate: threading.Event, settled: Settled
) -> None:
    session = session_of(window)
    session.jot(lambda place: keep_draft(place, "form", "Form", "", {"a": "1"}))
    session.jot(lambda place: keep_draft(place, "other", "Other", "", {"a": "2"}))
    session.jot(lambda place: drop_draft(place, "form"))
    with qtbot.waitSignal(session.checked):
        gate.set()
    found: list[list[str]] = []
    session.read(lambda p: [one.draft.name for one in unfinished_forms(p)], found.append, window)
    settled(session)
    assert found == [["other"]]


def test_an_entry_is_of_whoever_asked_for_it_though_another_person_sits_down_meanwhile(
    window: MainWindow, qtbot: QtBot, gate: threading.Event, path: Path
) -> None:
    session = session_of(window)
    with qtbot.waitSignal(session.kept):
        session.write(admit, None, None, window)
    seated: list[object] = []
    session.sign_in("Li Na", HERS, seated.append, seated.append, window)
    qtbot.waitUntil(lambda: len(seated) == 1)
    assert session.actor.name == "Li Na"
    with qtbot.waitSignal(session.saved):
        gate.set()
    window.close()
    assert actions(path)[-3:] == [
        ("Wu Min", "sign_in"), ("Li Na", "sign_in"), ("Wu Min", "admit_patient"),
    ]  # fmt: skip


def test_a_document_asked_meanwhile_waits_for_the_check(
    window: MainWindow, qtbot: QtBot, gate: threading.Event
) -> None:
    session, workspace = session_of(window), window.workspace
    assert workspace is not None
    made: list[int] = []
    with qtbot.waitSignal(session.kept):
        session.give_out(lambda place: len(list_patients(place)), made.append, window)
    assert made == [] and "Your document" in workspace.waiting.message.text()
    gate.set()
    qtbot.waitUntil(lambda: made == [1])


def test_a_backup_asked_meanwhile_is_made_after_the_check(
    window: MainWindow, qtbot: QtBot, gate: threading.Event, path: Path
) -> None:
    workspace = window.workspace
    assert workspace is not None

    def kept() -> dict[Path, int]:
        """A second one of the same second takes the place of the first."""
        files = (path.parent / "backups").iterdir()
        return {file: file.stat().st_mtime_ns for file in files}

    before = kept()
    workspace.backups.make()
    session_of(window).read(lambda place: None, lambda _: gate.set(), window)
    assert kept() == before
    qtbot.waitUntil(lambda: not workspace.backups.making)
    assert kept() != before


def test_a_reading_that_makes_no_sense_waits_for_what_the_check_says(
    window: MainWindow, qtbot: QtBot, gate: threading.Event
) -> None:
    session, tries = session_of(window), []

    def stumble(place: Workplace) -> int:
        tries.append(place.store.check.passed)
        if len(tries) == 1:
            raise KeyError("a row that is not there")
        return len(tries)

    found: list[int] = []
    session.read(stumble, found.append, window)
    qtbot.waitUntil(lambda: len(tries) == 1)
    gate.set()
    qtbot.waitUntil(lambda: found == [2])
    assert tries == [False, True]


def test_closing_during_the_check_with_an_entry_waiting_saves_it_first(
    window: MainWindow, qtbot: QtBot, gate: threading.Event, path: Path
) -> None:
    with qtbot.waitSignal(session_of(window).kept):
        session_of(window).write(admit, None, None, window)
    gate.set()
    window.close()
    assert "T-0003" in record_numbers(path)


def test_closing_at_once_still_records_who_signed_in(
    window: MainWindow, gate: threading.Event, path: Path
) -> None:
    gate.set()
    window.close()
    assert ("Wu Min", "sign_in") in actions(path)


def test_closing_during_the_check_with_nothing_to_save_changes_no_byte(
    looks: Looks, qtbot: QtBot, path: Path, gate: threading.Event
) -> None:
    before = path.read_bytes()
    session = Session(
        lambda: bootstrap.open_ward(path, OWN, name="Wu Min", check_beside=True), path.name
    )
    with qtbot.waitSignal(session.opened):
        pass
    made: list[bool] = []
    threading.Timer(0.2, gate.set).start()
    session.close(lambda _: made.append(True))
    assert path.read_bytes() == before and made == []


def test_a_damaged_file_is_taken_from_the_screen_and_no_write_was_made(
    looks: Looks, qtbot: QtBot, path: Path, gate: threading.Event, settled: Settled
) -> None:
    damaged = spoil(path)
    window = MainWindow(looks)
    qtbot.addWidget(window)
    window.show()
    begin(window, qtbot, path)
    session = session_of(window)
    refused: list[UserError] = []
    session.write(admit, None, refused.append, window)
    settled(session)
    assert window.workspace is not None
    window.workspace.go("patients")
    form = window.workspace.patients.open_admission()
    form.family.setText("Zhao")
    with qtbot.waitSignal(window.not_opened):
        gate.set()
    page = window.recovery
    assert page is not None and window.stack.currentWidget() is page
    assert window.workspace is None and window.session is None
    assert page.shown.isVisible() and "may be wrong" in page.shown.text()
    assert page.unsaved.isVisible() and "1" in page.unsaved.text()
    assert path.read_bytes() == damaged
    page.person.set_value("Wu Min")
    qtbot.keyClicks(page.passphrase, OWN)
    with qtbot.waitSignal(window.ready, timeout=60_000):
        page.restore.click()
    settled(session_of(window))
    assert window.workspace.drafts.isVisible()  # type: ignore[union-attr]
    window.close()
    assert "T-0003" not in record_numbers(path)


def test_a_damaged_file_leads_to_the_backups_though_it_is_found_before_the_pages_are_made(
    looks: Looks, qtbot: QtBot, path: Path
) -> None:
    damaged = spoil(path)
    window = MainWindow(looks)
    qtbot.addWidget(window)
    window.show()
    with qtbot.waitSignal(window.not_opened):
        window.open_with(
            lambda: bootstrap.open_ward(path, OWN, name="Wu Min", check_beside=True), path
        )
    assert window.recovery is not None and window.workspace is None
    window.close()
    assert path.read_bytes() == damaged


def test_the_line_of_the_check_is_there_in_both_languages(
    window: MainWindow, looks: Looks, gate: threading.Event
) -> None:
    workspace = window.workspace
    assert workspace is not None
    looks.use_language("zh")
    assert workspace.status.check.text().startswith("正在核对记录")
    gate.set()  # the window waits for it when it is closed, for its sign-in is to be recorded
