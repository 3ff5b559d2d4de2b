"""The window as a whole: from the start page into a ward, and everything reachable by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from aml_maint.domain.messages import LANGUAGES
from aml_maint.gui.desk import Looks
from aml_maint.gui.dialogs.first_steps_dialog import FirstStepsDialog
from aml_maint.gui.dialogs.ward_dialogs import WardDialog
from aml_maint.gui.first_window import call_first_window
from aml_maint.gui.main_window import MainWindow
from aml_maint.gui.session import LastEntry, Session
from aml_maint.gui.widgets.demo_stripe import DemoStripe
from aml_maint.gui.workspace import Workspace
from aml_maint.services.demo import DEMO_PASSPHRASE
from aml_maint.services.workplace import Workplace
from tests.gui.ward import ON_COURSE, PASSPHRASE, Ward, build_ward

Settled = Callable[[Session], None]


@pytest.fixture
def window(looks: Looks, qtbot: QtBot) -> Iterator[MainWindow]:
    """The window as it is before a ward file is open."""
    window = MainWindow(looks)
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
    yield window
    window.close()


@pytest.fixture
def opened(window: MainWindow, ward: Ward, qtbot: QtBot, settled: Settled) -> MainWindow:
    """The window with the small ward open, everything read."""
    with qtbot.waitSignal(window.ready):
        window.open_with(ward.open, ward.path)
    settled(session_of(window))
    return window


def session_of(window: MainWindow) -> Session:
    assert window.session is not None
    return window.session


def workspace_of(window: MainWindow) -> Workspace:
    assert window.workspace is not None
    return window.workspace


def press_save(dialog: WardDialog, qtbot: QtBot) -> None:
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)


def test_the_window_is_there_before_any_file_is_touched(window: MainWindow) -> None:
    assert window.isVisible()
    assert window.stack.currentWidget() is window.start
    assert window.session is None
    assert window.last_entry is LastEntry.NONE
    assert window.focusWidget() is window.start.demo_card.button


def test_a_new_ward_is_created_and_opened_empty(
    window: MainWindow, tmp_path: Path, qtbot: QtBot, settled: Settled
) -> None:
    path = tmp_path / "new" / "mine.amldb"
    dialog = window.ask_create(path)
    dialog.form.rows["name"].field.setText("Wu Min")  # type: ignore[attr-defined]
    dialog.passphrase.setText("velvet otters at noon")
    dialog.form.rows["again"].field.setText("velvet otters at noon")  # type: ignore[attr-defined]
    with qtbot.waitSignal(window.ready):
        press_save(dialog, qtbot)
    window.findChildren(FirstStepsDialog)[0].reject()
    workspace = workspace_of(window)
    (first_steps,) = workspace.findChildren(FirstStepsDialog)
    first_steps.reject()
    workspace.go("patients")
    settled(session_of(window))
    assert path.exists()
    assert workspace.patients.empty.isVisible()
    assert window.looks.settings.last_file == path


def test_a_short_passphrase_and_two_that_differ_are_told_beside_their_input(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    dialog = window.ask_create(tmp_path / "mine.amldb")
    again = dialog.form.rows["again"].field
    dialog.form.rows["name"].field.setText("Wu Min")  # type: ignore[attr-defined]
    dialog.passphrase.setText("fourteen chars")
    press_save(dialog, qtbot)
    assert dialog.form.rows["passphrase"].error is not None
    dialog.passphrase.setText("fifteen letters")
    again.setText("fifteen letter")  # type: ignore[attr-defined]
    press_save(dialog, qtbot)
    assert dialog.form.rows["passphrase"].error is None
    assert dialog.form.rows["again"].note.text() == "The two passphrases differ"
    assert not (tmp_path / "mine.amldb").exists()
    dialog.reject()


def test_a_wrong_passphrase_leaves_the_dialog_open_for_another_try(
    window: MainWindow, ward: Ward, qtbot: QtBot
) -> None:
    dialog = window.ask_open(ward.path)
    dialog.passphrase.setText("not the passphrase")
    press_save(dialog, qtbot)
    qtbot.waitUntil(lambda: dialog.save.isEnabled())
    assert dialog.isVisible()
    assert dialog.form.general.isVisible() or dialog.form.rows["passphrase"].error is not None
    dialog.passphrase.setText(PASSPHRASE)
    with qtbot.waitSignal(window.ready):
        press_save(dialog, qtbot)
    assert window.stack.currentWidget() is window.workspace


def test_a_passphrase_from_the_environment_opens_the_ward_without_asking(
    window: MainWindow, ward: Ward, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AML_MAINT_PASSPHRASE", PASSPHRASE)
    with qtbot.waitSignal(window.ready):
        window.open_known(ward.path)
    assert window.stack.currentWidget() is window.workspace


def test_a_ward_whose_passphrase_nothing_gives_is_asked_for(
    window: MainWindow, ward: Ward, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AML_MAINT_PASSPHRASE", raising=False)
    window.open_known(ward.path)
    qtbot.waitUntil(lambda: window.findChild(WardDialog) is not None)
    dialog = window.findChild(WardDialog)
    assert dialog is not None
    dialog.passphrase.setText(PASSPHRASE)
    with qtbot.waitSignal(window.ready):
        press_save(dialog, qtbot)


def test_a_ward_that_cannot_be_opened_is_told_on_the_start_page(
    window: MainWindow, ward: Ward, qtbot: QtBot
) -> None:
    window.stack.setCurrentWidget(window.opening)
    with qtbot.waitSignal(window.not_opened):
        window.open_with(replace(ward, passphrase="another passphrase").open)
    assert window.stack.currentWidget() is window.start
    assert window.start.notice.isVisible()
    assert window.session is None


def test_the_window_can_be_closed_while_a_ward_is_being_opened(
    window: MainWindow, ward: Ward, qtbot: QtBot
) -> None:
    window.open_with(ward.open)
    session = session_of(window)
    with qtbot.waitSignal(session.opened):
        window.close()
    assert window.workspace is None
    assert not session.is_open


def test_a_window_closed_before_its_pages_are_made_makes_none(
    window: MainWindow, ward: Ward, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    seat = MainWindow._seat

    def seat_and_close(window: MainWindow, session: Session, seated: Callable[[], None]) -> None:
        seat(window, session, seated)
        window.close()

    monkeypatch.setattr(MainWindow, "_seat", seat_and_close)
    with qtbot.assertNotEmitted(window.ready, wait=100):
        window.open_with(ward.open, ward.path)
        qtbot.waitUntil(lambda: not session_of(window).is_open and not window.isVisible())
    assert window.workspace is None


def test_a_window_closed_between_making_its_pages_and_showing_them_shows_no_ward(
    window: MainWindow, ward: Ward, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = window.stack.addWidget

    def add_and_close(page: QWidget) -> int:
        window.close()
        return add(page)

    monkeypatch.setattr(window.stack, "addWidget", add_and_close)
    with qtbot.assertNotEmitted(window.ready, wait=100):
        window.open_with(ward.open, ward.path)
        qtbot.waitUntil(lambda: window.workspace is not None)
    assert window.stack.currentWidget() is not window.workspace


def test_the_title_is_neutral_also_while_a_patient_is_shown(
    opened: MainWindow, settled: Settled
) -> None:
    workspace_of(opened).show_patient(ON_COURSE)
    settled(session_of(opened))
    assert opened.windowTitle() == "aml_maint"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_demo_ward_says_so_on_every_page_and_in_the_title(
    window: MainWindow, tmp_path: Path, qtbot: QtBot, settled: Settled, language: str,
    ward: Ward,
) -> None:  # fmt: skip
    window.looks.words.use("zh" if language == "zh" else "en")
    demo = build_ward(tmp_path / "demo.amldb", "demo", DEMO_PASSPHRASE)
    with qtbot.waitSignal(window.ready):
        window.open_with(demo.open)
    settled(session_of(window))
    stripe = window.findChild(DemoStripe)
    assert stripe is not None
    for place in ("today", "patients", "cohort", "settings"):
        workspace_of(window).go(place)
        assert stripe.isVisible()
    assert "DEMO" in stripe.accessibleName()
    assert "DEMO" in window.windowTitle()
    assert "DEMO" in workspace_of(window).status.file.text()


def test_a_real_ward_tells_its_last_backup_in_the_status_bar(
    opened: MainWindow, settled: Settled
) -> None:
    workspace = workspace_of(opened)
    assert workspace.status.backup.text() == "No backup yet"
    workspace.backups.make()
    settled(session_of(opened))
    assert workspace.status.backup.text() == "Tested backup of 05-Mar-2026 09:04"


def test_a_real_ward_bears_no_demo_stripe(opened: MainWindow) -> None:
    assert opened.findChild(DemoStripe) is None


def test_alt_and_a_figure_go_to_the_pages_of_the_rail(opened: MainWindow, qtbot: QtBot) -> None:
    workspace = workspace_of(opened)
    for key, page in (
        (Qt.Key.Key_2, workspace.patients),
        (Qt.Key.Key_3, workspace.cohort),
        (Qt.Key.Key_4, workspace.reports),
        (Qt.Key.Key_5, workspace.settings),
        (Qt.Key.Key_1, workspace.today),
    ):
        qtbot.keyClick(opened, key, Qt.KeyboardModifier.AltModifier)
        assert workspace.shown is page


def test_ctrl_k_finds_a_patient_by_initials_and_enter_opens_the_marked_one(
    opened: MainWindow, qtbot: QtBot, settled: Settled
) -> None:
    workspace = workspace_of(opened)
    search = workspace.top.search
    qtbot.keyClick(opened, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert opened.focusWidget() is search
    qtbot.keyClicks(search, "cw")
    qtbot.waitUntil(lambda: search.list.isVisible())
    assert search.list.count() == 2
    assert "T-0001" in search.list.item(0).text()
    qtbot.keyClick(search, Qt.Key.Key_Down)
    qtbot.keyClick(search, Qt.Key.Key_Up)
    with qtbot.waitSignal(search.picked) as picked:
        qtbot.keyClick(search, Qt.Key.Key_Return)
    settled(session_of(opened))
    assert picked.args == [ON_COURSE]
    assert workspace.shown is workspace.patient
    assert search.text() == ""


def test_enter_right_after_typing_takes_the_only_patient_that_matches(
    opened: MainWindow, qtbot: QtBot
) -> None:
    search = workspace_of(opened).top.search
    search.setFocus()
    qtbot.keyClicks(search, "0001")
    with qtbot.waitSignal(search.picked) as picked:
        qtbot.keyClick(search, Qt.Key.Key_Return)
    assert picked.args == [ON_COURSE]


def test_a_search_without_a_find_says_so_and_opens_nobody(opened: MainWindow, qtbot: QtBot) -> None:
    search = workspace_of(opened).top.search
    search.setFocus()
    qtbot.keyClicks(search, "zz")
    qtbot.waitUntil(lambda: search.list.isVisible())
    assert search.list.item(0).text() == "No patient matches"
    with qtbot.assertNotEmitted(search.picked):
        qtbot.keyClick(search, Qt.Key.Key_Return)
    qtbot.keyClick(search, Qt.Key.Key_Escape)
    assert not search.list.isVisible()


class WindowsShown(QObject):
    """Notes each widget that is shown as a window of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        shown = event.type() == QEvent.Type.Show
        if shown and isinstance(watched, QWidget) and watched.isWindow():
            self.names.append(type(watched).__name__)
        return False


def test_no_part_of_the_window_flashes_up_alone_while_it_is_built(
    window: MainWindow, ward: Ward, qtbot: QtBot, settled: Settled, qapp: QApplication
) -> None:
    shown = WindowsShown()
    qapp.installEventFilter(shown)
    with qtbot.waitSignal(window.ready):
        window.open_with(ward.open, ward.path)
    settled(session_of(window))
    workspace = workspace_of(window)
    workspace.show_patient(ON_COURSE)
    settled(session_of(window))
    workspace.patients.open_admission().reject()
    workspace.patients.open_course(ON_COURSE).reject()
    qapp.removeEventFilter(shown)
    assert shown.names == ["AdmitDialog", "CourseDialog"]


def test_every_widget_that_takes_the_keyboard_has_a_name(
    opened: MainWindow, settled: Settled
) -> None:
    workspace_of(opened).show_patient(ON_COURSE)
    settled(session_of(opened))
    checked = [w for w in opened.findChildren(QWidget) if takes_keyboard(w)]
    assert len(checked) > 20
    nameless = [describe(w) for w in checked if not spoken_name(w)]
    assert Counter(nameless) == Counter()


def spoken_name(widget: QWidget) -> str:
    """What a screen reader calls it; of a label without a name of its own, Qt gives the text."""
    return QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)


def takes_keyboard(widget: QWidget) -> bool:
    """Own parts of Qt's compound widgets, and widgets that hand the focus on, are left out."""
    return (
        widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and widget.focusProxy() is None
        and not widget.objectName().startswith("qt_")
    )


def describe(widget: QWidget) -> str:
    chain = [widget]
    while chain[-1].parentWidget() is not None and len(chain) < 4:
        chain.append(chain[-1].parentWidget())
    return " < ".join(type(w).__name__ for w in chain)


def words_shown(window: QWidget) -> dict[str, str]:
    """The texts of visible labels and buttons by where they stand."""
    found = {}
    for index, widget in enumerate(window.findChildren(QWidget)):
        text = getattr(widget, "text", None)
        if callable(text) and widget.isVisible() and isinstance(text(), str) and text():
            found[f"{index} {type(widget).__name__}"] = str(text())
    return found


def test_switching_the_language_and_back_leaves_every_text_as_it_was(
    opened: MainWindow, settled: Settled
) -> None:
    workspace = workspace_of(opened)
    workspace.show_patient(ON_COURSE)
    settled(session_of(opened))
    before = words_shown(opened)
    opened.looks.words.use("zh")
    chinese = words_shown(opened)
    assert chinese != before
    opened.looks.words.use("en")
    assert words_shown(opened) == before


@pytest.mark.parametrize("place", ["today", "patients", "cohort", "settings", "patient"])
def test_no_english_word_of_the_programs_own_is_left_in_chinese(
    opened: MainWindow, settled: Settled, place: str
) -> None:
    workspace = workspace_of(opened)
    if place == "patient":
        workspace.show_patient(ON_COURSE)
    else:
        workspace.go(place)
    settled(session_of(opened))
    english = set(words_shown(opened).values())
    opened.looks.words.use("zh")
    settled(session_of(opened))
    left = english & set(words_shown(opened).values())
    assert {text for text in left if any(c.isalpha() and c.islower() for c in text)} <= SAME_IN_BOTH


# Names of people, files, products and licences; and the way to the other language.
SAME_IN_BOTH = {
    "aml_maint", "ward.amldb", "Python", "Qt", "Qt, PySide6", "SQLite", "SQLCipher",
    "argon2-cffi", "cryptography", "sqlite-utils", "Typst", "python-dateutil",
    "keyring, platformdirs", "CHEN Wei", "CHEN Wen",
    "CHEN, Wei", "CHEN, Wen", "penicillin",
}  # fmt: skip


def test_the_quick_switches_change_language_and_theme_and_are_remembered(
    opened: MainWindow, qtbot: QtBot
) -> None:
    rail, looks = workspace_of(opened).rail, opened.looks
    qtbot.mouseClick(rail.language, Qt.MouseButton.LeftButton)
    assert (looks.words.language, looks.settings.language) == ("zh", "zh")
    assert rail.language.text() == "English"
    qtbot.mouseClick(rail.theme, Qt.MouseButton.LeftButton)
    assert (looks.theme.name, looks.settings.theme) == ("dark", "dark")
    assert rail.theme.text() == "浅色"
    qtbot.mouseClick(rail.theme, Qt.MouseButton.LeftButton)


def test_the_rail_folds_to_icons_whose_words_stay_for_screen_readers(
    opened: MainWindow, qtbot: QtBot
) -> None:
    rail = workspace_of(opened).rail
    wide = rail.sizeHint().width()
    qtbot.mouseClick(rail.fold, Qt.MouseButton.LeftButton)
    assert rail.sizeHint().width() < wide
    assert rail.buttons["today"].accessibleName() == "Today"
    assert "Today" in rail.buttons["today"].toolTip()
    assert opened.looks.settings.narrow_rail


def test_settings_show_what_the_quick_switches_chose(opened: MainWindow, qtbot: QtBot) -> None:
    settings = workspace_of(opened).settings
    opened.looks.use_theme("dark")
    opened.looks.use_scale(120)
    qtbot.waitUntil(lambda: workspace_of(opened).turns.are_over)
    assert settings.general.theme.value() == "dark"
    assert settings.general.scale.value() == 120
    opened.looks.use_theme("light")


def test_a_choice_in_settings_takes_effect_at_once(opened: MainWindow, qtbot: QtBot) -> None:
    workspace = workspace_of(opened)
    workspace.go("settings")
    scale = workspace.settings.general.scale
    scale.setFocus()
    qtbot.keyClick(scale, Qt.Key.Key_Down)
    assert opened.looks.theme.scale == 110
    assert opened.looks.settings.scale == 110


def test_enter_on_today_records_a_dose_and_the_status_bar_can_take_it_back(
    window: MainWindow, ward: Ward, qtbot: QtBot, settled: Settled
) -> None:
    ward.clock.set(datetime(2026, 3, 5, 7, 30))
    with qtbot.waitSignal(window.ready):
        window.open_with(ward.open, ward.path)
    settled(session_of(window))
    workspace = workspace_of(window)
    focused = window.focusWidget()
    assert focused is not None
    with qtbot.waitSignal(session_of(window).saved):
        qtbot.keyClick(focused, Qt.Key.Key_Return)
    settled(session_of(window))
    assert workspace.status.saved.text() == "Saved 07:30"
    assert workspace.status.undo.isVisible()
    with qtbot.waitSignal(session_of(window).saved):
        qtbot.mouseClick(workspace.status.undo, Qt.MouseButton.LeftButton)
    settled(session_of(window))
    assert not workspace.status.undo.isVisible()


def test_a_problem_that_no_field_shows_is_told_above_the_page(
    opened: MainWindow, qtbot: QtBot
) -> None:
    workspace, session = workspace_of(opened), session_of(opened)

    def fail(place: Workplace) -> None:
        from aml_maint.services.treatment import end_course

        end_course(place, "no such course", None, None)  # type: ignore[arg-type]

    with qtbot.waitSignal(session.problem):
        session.read(fail, lambda _: None, opened)
    assert workspace.notice.isVisible()
    assert workspace.notice.message.text() == "There is no such course in this file"
    qtbot.mouseClick(workspace.notice.dismiss, Qt.MouseButton.LeftButton)
    assert not workspace.notice.isVisible()


def test_closing_the_window_closes_the_file_so_that_it_can_be_opened_again(
    opened: MainWindow, ward: Ward
) -> None:
    opened.close()
    place = ward.open()
    place.close()
    assert not session_of(opened).is_open


def test_a_second_start_brings_the_window_that_has_the_file_to_the_front(
    opened: MainWindow, looks: Looks, ward: Ward, qtbot: QtBot
) -> None:
    assert opened._first is not None
    second = MainWindow(looks)
    qtbot.addWidget(second)
    second.show()
    with qtbot.waitSignals([opened._first.wanted, second.not_opened]):
        second.open_with(ward.open, ward.path)
    assert second.start.notice.message.text().startswith("This ward is open already")
    second.close()


def test_nobody_answers_for_a_file_that_no_window_has_open(tmp_path: Path) -> None:
    assert not call_first_window(tmp_path / "ward.amldb")
