"""Paints every page of the window once, as `self-test` asks for; prints the name of each first."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt, QTimer
from PySide6.QtGui import QImage

from aml_maint.domain.errors import UserError
from aml_maint.domain.messages import LANGUAGES
from aml_maint.gui.desk import Looks
from aml_maint.gui.main_window import MainWindow
from aml_maint.gui.pdf_pages import PageImage, page_images
from aml_maint.gui.settings import Settings
from aml_maint.gui.settled import Settled, end_with_faults
from aml_maint.gui.theme import Theme
from aml_maint.gui.words import Words
from aml_maint.gui.workspace import Workspace
from aml_maint.services.language import catalogue
from aml_maint.services.workplace import Workplace

_SIZE = (1366, 768)
_SMALL = 64  # pixels: large enough that no page becomes one colour
_PAGE_WIDTH = 400  # pixels of the report's preview

Step = tuple[str, Callable[[], None]]


class Blank(Exception):
    """A page was painted, and there is nothing on it."""


class PageCheck:
    """Goes through the pages of an open ward, one turn of the event loop after the other."""

    def __init__(self, folder: Path, database: Path) -> None:
        self._database = database
        self._looks = Looks(
            words=Words("en"), theme=Theme("light"), settings=Settings(folder / "window.ini")
        )
        self._window = MainWindow(self._looks)
        self._settled = Settled(self._window)
        self._window.ready.connect(self._opened)
        self._window.not_opened.connect(self._fail)
        self._patient_id = self._course_id = ""
        self._steps: Iterator[Step] = iter(())

    def begin(self) -> None:
        """Open the ward file; the rest follows by itself, and a fault ends it."""
        end_with_faults()
        self._window.resize(*_SIZE)
        self._window.show()
        self._window.open_known(self._database)

    def close(self) -> None:
        """Close the ward file."""
        self._window.close()

    def _opened(self) -> None:
        session = self._window.session
        assert session is not None
        session.problem.connect(self._fail)
        session.read(_only_course, self._chosen, self._window)

    def _chosen(self, course: tuple[str, str]) -> None:
        self._patient_id, self._course_id = course
        self._steps = self._every_page()
        self._settled.wait(self._next)

    def _next(self) -> None:
        name, show = next(self._steps, ("", None))
        if show is None:
            self._report()
            return
        _announce(name)
        show()
        self._settled.wait(self._look)

    def _look(self) -> None:
        _expect_drawn(self._window.grab().toImage())
        QTimer.singleShot(0, self._next)

    def _every_page(self) -> Iterator[Step]:
        """Every page and tab, in each language and theme."""
        for language, theme in zip(LANGUAGES, ("light", "dark"), strict=True):
            self._looks.words.use(language)
            self._looks.theme.use("dark" if theme == "dark" else "light")
            for name, show in self._pages():
                yield f"{name}-{language}-{theme}", show

    def _pages(self) -> Iterator[Step]:
        from aml_maint.gui.pages import cohort_page, patient_tabs

        workspace, stack = self._workspace, self._window.stack
        yield "start", partial(stack.setCurrentWidget, self._window.start)
        yield "today", partial(stack.setCurrentWidget, workspace)
        yield "patients", partial(workspace.go, "patients")
        yield "patient", partial(workspace.show_patient, self._patient_id)
        for tab in patient_tabs.TABS:
            yield tab.name, partial(workspace.patient.show_tab, tab.name)
        yield "cohort", partial(workspace.go, "cohort")
        for name in cohort_page.TABS:
            yield name, partial(workspace.cohort.show_tab, name)
        yield "reports", partial(workspace.go, "reports")
        yield "settings", partial(workspace.go, "settings")
        for name in workspace.settings.TABS:
            yield f"settings-{name}", partial(workspace.settings.show_tab, name)
        workspace.go("today")

    @property
    def _workspace(self) -> Workspace:
        workspace = self._window.workspace
        assert workspace is not None  # the ward is open
        return workspace

    def _report(self) -> None:
        """Show a report as the window's preview does."""

        def work(place: Workplace) -> tuple[PageImage, ...]:
            from aml_maint.services.reporting import cycle_report_pdf

            return page_images(cycle_report_pdf(place, self._course_id, 1, "en"), _PAGE_WIDTH)

        _announce("preview")
        session = self._window.session
        assert session is not None
        session.read(work, self._finish, self._window, self._fail)

    def _finish(self, pages: tuple[PageImage, ...]) -> None:
        for page in pages:
            _expect_drawn(page.image)
        QCoreApplication.exit(0 if pages else 1)

    def _fail(self, error: UserError) -> None:
        sys.stderr.write(catalogue("en").text(error.message) + "\n")
        QCoreApplication.exit(1)


def _announce(name: str) -> None:
    sys.stdout.write(f"{name}\n")
    sys.stdout.flush()


def _expect_drawn(image: QImage) -> None:
    """Blank if everything has one colour."""
    mode = Qt.AspectRatioMode.IgnoreAspectRatio
    small = image.scaled(_SMALL, _SMALL, mode)
    colours = {small.pixel(x, y) for x in range(_SMALL) for y in range(_SMALL)}
    if len(colours) < 2:
        raise Blank


def _only_course(place: Workplace) -> tuple[str, str]:
    """Patient and course of the ward's first patient who is on one."""
    from aml_maint.services.people import list_patients

    for row in list_patients(place):
        if row.course is not None:
            return row.patient.id, row.course.id
    raise LookupError("the ward has a running course")
