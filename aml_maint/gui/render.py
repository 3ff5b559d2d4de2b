"""Draws the main screens of the demo ward, and one cycle report, into a folder."""

from __future__ import annotations

import itertools
import shutil
import sys
import tempfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QTimer

from aml_maint.domain.endpoints import Endpoint
from aml_maint.domain.errors import UserError
from aml_maint.domain.messages import LANGUAGES, Language, Message, say
from aml_maint.gui.desk import Looks
from aml_maint.gui.main_window import MainWindow
from aml_maint.gui.session import Session
from aml_maint.gui.settings import Settings
from aml_maint.gui.settled import Settled, end_with_faults
from aml_maint.gui.theme import Theme, ThemeChoice
from aml_maint.gui.words import Words, system_language
from aml_maint.services.language import catalogue
from aml_maint.services.workplace import Workplace

SIZES = ((1366, 768), (1920, 1080))
THEMES: tuple[ThemeChoice, ...] = ("light", "dark")
SCREENS = (
    "start", "today", "patients", "overview", "cycle", "history", "cohort", "settings", "site",
)  # fmt: skip


class Render:
    """Works through all pictures, one turn of the event loop after the other."""

    def __init__(self, folder: Path, database: Path | None) -> None:
        self._folder = folder
        self._own = Path(tempfile.mkdtemp(prefix="aml_maint-"))
        self._database = database or self._own / "demo.amldb"
        self._looks = Looks(
            words=Words("en"), theme=Theme("light"), settings=Settings(self._own / "window.ini")
        )
        self._patient_id = self._course_id = ""
        self._taken = 0
        self._window = MainWindow(self._looks)
        self._settled = Settled(self._window)
        self._window.ready.connect(self._opened)
        self._window.not_opened.connect(self._fail)
        self._pictures: Iterator[tuple[Language, ThemeChoice, tuple[int, int], str]] = iter(
            itertools.product(LANGUAGES, THEMES, SIZES, SCREENS)
        )

    def begin(self) -> None:
        """Open the demo ward; the rest follows by itself, and a fault ends it."""
        end_with_faults()
        self._folder.mkdir(parents=True, exist_ok=True)
        self._window.show()
        self._window.open_demo(self._database)

    def close(self) -> None:
        """Close the ward and remove what was made only for the pictures."""
        self._window.close()
        shutil.rmtree(self._own, ignore_errors=True)

    def _opened(self) -> None:
        self._session.read(_telling_course, self._chosen, self._window)

    def _chosen(self, course: tuple[str, str]) -> None:
        self._patient_id, self._course_id = course
        self._settled.wait(self._next)

    def _next(self) -> None:
        picture = next(self._pictures, None)
        if picture is None:
            self._report()
            return
        language, theme, size, screen = picture
        self._looks.words.use(language)
        self._looks.theme.use(theme)
        self._window.resize(*size)
        self._show(screen)
        name = f"{screen}-{language}-{theme}-{size[0]}x{size[1]}.png"
        self._settled.wait(lambda: self._take(name))

    @property
    def _session(self) -> Session:
        if self._window.session is None:
            raise RuntimeError("the demo ward is not open")
        return self._window.session

    def _show(self, screen: str) -> None:
        workspace = self._window.workspace
        if workspace is None:
            raise RuntimeError("the demo ward is not open")
        if screen == "start":
            self._window.stack.setCurrentWidget(self._window.start)
            return
        self._window.stack.setCurrentWidget(workspace)
        if screen == "site":
            workspace.go("settings")
            workspace.settings.show_tab(screen)
            return
        if screen == "cohort":
            workspace.cohort.show_tab("survival")
            workspace.cohort.endpoint.set_value(Endpoint.RFS_ANY)
        if screen == "settings":
            workspace.settings.show_tab("general")
        if screen in ("overview", "cycle", "history"):
            workspace.show_patient(self._patient_id)
            workspace.patient.show_tab(screen)
        else:
            workspace.go(screen)

    def _take(self, name: str) -> None:
        self._window.grab().save(str(self._folder / name))
        self._taken += 1
        QTimer.singleShot(0, self._next)

    def _report(self) -> None:
        def work(place: Workplace) -> tuple[str, bytes]:
            from aml_maint.services.reporting import (
                cycle_report,
                cycle_report_pdf,
                report_file_name,
            )

            report = cycle_report(place, self._course_id)
            pdf = cycle_report_pdf(place, self._course_id, report.cycle, "en")
            return report_file_name(report, "en"), pdf

        self._session.read(work, self._finish, self._window, self._fail)

    def _finish(self, report: tuple[str, bytes]) -> None:
        name, pdf = report
        (self._folder / name).write_bytes(pdf)
        self._tell(say("app.rendered", count=self._taken, folder=str(self._folder), report=name))
        QCoreApplication.exit(0)

    def _fail(self, error: UserError) -> None:
        """Say why the ward or the report could not be drawn."""
        self._tell(error.message)
        QCoreApplication.exit(1)

    def _tell(self, message: Message) -> None:
        sys.stdout.write(catalogue(system_language()).text(message) + "\n")


def _telling_course(place: Workplace) -> tuple[str, str]:
    """Patient and course of a running cycle with much to show: past its half, low counts."""
    from aml_maint.services.people import PatientRow, list_patients

    def telling(row: PatientRow) -> tuple[bool, Decimal]:
        day = row.place.day if row.place is not None else 0
        count = row.last_platelets.value.value if row.last_platelets is not None else Decimal(999)
        return not 12 <= day <= 24, count

    found = [
        row for row in list_patients(place) if row.course is not None and row.place is not None
    ]
    chosen = min(found, key=telling)
    if chosen.course is None:
        raise LookupError("the demo ward has running courses")
    return chosen.patient.id, chosen.course.id
