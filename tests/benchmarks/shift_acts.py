"""What people do in a shift, again and again: keys and clicks at the open window of a ward."""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from aml_maint.gui.desk import Desk
from aml_maint.gui.main_window import MainWindow
from aml_maint.gui.pages.labs_tab import LabsTab
from aml_maint.gui.pages.marrow_tab import MarrowTab
from aml_maint.gui.pages.patient_page import PatientPage
from aml_maint.gui.pages.patient_tabs import TABS
from aml_maint.gui.pages.toxicity_tab import ToxicityTab
from aml_maint.gui.session import Session
from aml_maint.gui.widgets.worklist_view import WorklistView
from aml_maint.gui.workspace import Workspace
from aml_maint.services.people import list_patients
from aml_maint.services.worklist import Section
from aml_maint.services.workplace import Workplace
from tests.benchmarks.windows import settle

Key = Qt.Key
Act = Callable[[], None]
T = TypeVar("T", bound=QWidget)


class Shift:
    """The window, and what people do at it."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._patients: list[str] = []
        self.session.read(ids_of_patients, self._patients.extend, self.session)
        self.settle()
        self._next = cycle(self._patients)

    @property
    def session(self) -> Session:
        """The open ward."""
        assert self._window.session is not None
        return self._window.session

    @property
    def _workspace(self) -> Workspace:
        """The pages; others after somebody else has signed in."""
        assert self._window.workspace is not None
        return self._window.workspace

    @property
    def _view(self) -> WorklistView:
        return self._workspace.today.ui.view

    @property
    def _page(self) -> PatientPage:
        return self._workspace.patient

    def acts(self) -> tuple[Act, ...]:
        """One round: Today, a patient through all tabs and dialogs, the other pages, the look."""
        return (
            *self._on_today(),
            *self._at_a_patient(),
            *self._on_other_pages(),
            *self._of_the_window(),
        )

    def _on_today(self) -> tuple[Act, ...]:
        return (
            lambda: self._view.go_to(Section.DUE),
            lambda: self._press(self._view, Key.Key_Return),
            lambda: self._press(self._view, Key.Key_U),
            lambda: self._press(self._view, *[Key.Key_Down] * 5),
            lambda: self._press(self._view, Key.Key_H),
            lambda: self._press(self._view, Key.Key_E),
            lambda: self._press(self._view, Key.Key_Return),
            lambda: self._press(self._view, Key.Key_U),
        )

    def _at_a_patient(self) -> tuple[Act, ...]:
        def tab(name: str) -> Act:
            return lambda: self._page.show_tab(name)

        return (
            lambda: self._workspace.show_patient(next(self._next)),
            *(tab(place.name) for place in TABS),
            tab("cycle"),
            lambda: self._press(self._page.cycle.sheet, *[Key.Key_Right] * 5),
            lambda: self._press(self._page.cycle.sheet, Key.Key_H),
            lambda: self._press(self._page.cycle.sheet, Key.Key_Return),
            lambda: self._page.cycle.bar.back.click(),
            *(
                lambda name=name: self._page.cycle.bar.wanted.emit(name)  # type: ignore[misc]
                for name in ("count", "report", "toxicity", "hold", "shift")
            ),
            lambda: self._tab("labs", LabsTab).open_entry(),
            lambda: self._tab("marrow", MarrowTab).open_marrow(),
            lambda: self._tab("toxicity", ToxicityTab).open_event(),
            lambda: self._tab("toxicity", ToxicityTab).open_assessment(),
            lambda: self._press(self._page, Key.Key_F1),
        )

    def _on_other_pages(self) -> tuple[Act, ...]:
        def go(name: str) -> Act:
            return lambda: self._workspace.go(name)

        return (
            go("patients"),
            lambda: self._workspace.patients.open_admission() and None,
            lambda: self._workspace.patients.open_import() and None,
            go("reports"),
            go("cohort"),
            go("settings"),
            lambda: QTest.keyClicks(self._workspace.top.search, "wa"),
            lambda: self._press(self._workspace.top.search, Key.Key_Escape, Key.Key_Escape),
            go("today"),
        )

    def _of_the_window(self) -> tuple[Act, ...]:
        desk = self._desk
        return (
            lambda: desk().use_language("zh"),
            lambda: desk().use_language("en"),
            lambda: desk().use_theme("dark"),
            lambda: desk().use_scale(125),
            lambda: desk().use_scale(100),
            lambda: desk().use_theme("light"),
            self._lock,
            self._unlock,
        )

    def settle(self) -> None:
        """Until what was asked for is shown."""
        settle(self.session, 5)

    def tidy(self) -> None:
        """Close what asks, without answering, and the manual."""
        for dialog in self._window.findChildren(QDialog):
            dialog.reject()
        for other in QApplication.topLevelWidgets():
            if other is not self._window and other.isVisible():
                other.close()

    def change_seats(self) -> None:
        """Lock, and let somebody with other rights sign in: all pages are made anew."""
        self._lock()
        self.settle()
        self._window._left_by = ("", frozenset())
        self._unlock()
        self.settle()

    def _desk(self) -> Desk:
        return self._workspace._desk

    def _lock(self) -> None:
        # A demo ward has nobody's passphrase: what is to be seen is the page, not the check.
        self.session._has_accounts = True
        self._window.lock()
        self.session._has_accounts = False

    def _unlock(self) -> None:
        page = self._window._locked
        assert page is not None
        page.unlocked.emit(self.session.actor)

    def _tab(self, name: str, kind: type[T]) -> T:
        self._page.show_tab(name)
        tab = self._page.tab(name)
        assert isinstance(tab, kind)
        return tab

    def _press(self, widget: QWidget, *keys: Qt.Key) -> None:
        for key in keys:
            QTest.keyClick(widget, key)


def ids_of_patients(place: Workplace) -> list[str]:
    """Everyone with a course."""
    return [row.patient.id for row in list_patients(place) if row.course is not None]
