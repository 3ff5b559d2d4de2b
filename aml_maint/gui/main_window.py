"""The window: start page, opening page, or the open ward; never a patient's name in its title."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QMainWindow, QStackedWidget

from aml_maint import files
from aml_maint.domain.command import Role
from aml_maint.domain.errors import StorageProblem, UserError
from aml_maint.domain.messages import Message, say
from aml_maint.gui import journal, openers
from aml_maint.gui.collecting import look_again
from aml_maint.gui.desk import Desk, Looks
from aml_maint.gui.first_window import FirstWindow, call_first_window
from aml_maint.gui.idle import IdleWatch
from aml_maint.gui.idle_work import FOR_TODAY, IdleWork, loading_in_order
from aml_maint.gui.kept import Task
from aml_maint.gui.pages.opening_page import OpeningPage
from aml_maint.gui.painting import PaintsByItself
from aml_maint.gui.session import LastEntry, Session

if TYPE_CHECKING:
    from aml_maint.domain.command import Actor
    from aml_maint.gui.dialogs.first_steps_dialog import FirstStepsDialog
    from aml_maint.gui.dialogs.restore_dialog import WantedRestore
    from aml_maint.gui.dialogs.ward_dialogs import SignIn, WardDialog
    from aml_maint.gui.pages.lock_page import LockPage
    from aml_maint.gui.pages.recovery_page import RecoveryPage
    from aml_maint.gui.pages.start_page import StartPage
    from aml_maint.gui.workspace import Workspace
    from aml_maint.services.workplace import Workplace

TITLE = "aml_maint"
SMALLEST = (1024, 640)
IDLE_MINUTES = 5  # then the ward locks itself (design of storage and security, "Accounts")


def _is_damage(error: UserError) -> bool:
    """Can only a backup help?"""
    return error.hint is not None and error.hint.key == "store.damaged.hint"


def _whom(actor: Actor) -> tuple[str, frozenset[Role]]:
    """For whom pages are made: with other roles they offer other things."""
    return actor.name, frozenset(actor.roles)


class MainWindow(QMainWindow):
    """Opens and closes ward files; what is shown of one is the workspace's business."""

    ready = Signal()
    """A ward file is open and its pages are in place."""
    not_opened = Signal(object)
    """UserError: why no ward file was opened; the window has said it already."""

    def __init__(self, looks: Looks, opening: Message | None = None) -> None:
        """With `opening` that is told first, not the start page: a file is opened at once."""
        super().__init__()
        PaintsByItself(self)
        self.looks = looks
        self._dialog: WardDialog | None = None
        self.session: Session | None = None
        self.workspace: Workspace | None = None
        self._locked: LockPage | None = None
        self._left_by = ("", frozenset[Role]())
        self.recovery: RecoveryPage | None = None
        self._path: Path | None = None
        self._is_new = False
        self._typed: tuple[Path | None, str, tuple[Task, ...]] = None, "", ()
        self._first: FirstWindow | None = None
        self._idle = IdleWatch(IDLE_MINUTES * 60_000, self)
        self._idle.idle.connect(self.lock)
        self.opening = OpeningPage(looks)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.opening)
        self.setCentralWidget(self.stack)
        self.setMinimumSize(*SMALLEST)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Quit), self, self.close)
        QShortcut(QKeySequence("Ctrl+L"), self, self.lock)
        looks.words.changed.connect(self._relocate)
        self._relocate()
        self._retitle()
        if not self.restoreGeometry(looks.settings.geometry):
            self.resize(1280, 800)
        if opening is None:
            self.stack.setCurrentWidget(self.start)
            self.start.setFocus()
        else:
            self.opening.begin(opening)

    @cached_property
    def start(self) -> StartPage:
        """What is shown without a file; most starts name one, and then nobody sees it."""
        from aml_maint.gui.pages.start_page import StartPage

        page = StartPage(self.looks)
        page.open_wanted.connect(self.ask_open)
        page.create_wanted.connect(self.ask_create)
        page.demo_wanted.connect(self.open_demo)
        self.stack.addWidget(page)
        return page

    @property
    def last_entry(self) -> LastEntry:
        """How the latest write ended, for the crash dialog."""
        return self.session.last_entry if self.session is not None else LastEntry.NONE

    def open_demo(self, path: Path | None = None) -> None:
        """Open today's demo ward, which is built first if it is not there."""

        def opener() -> Workplace:
            from aml_maint.bootstrap import open_demo

            return open_demo(path, told=self.opening.stepped.emit)

        self._go_to(say("opening.demo"), opener, None)

    def open_known(self, path: Path) -> None:
        """Open a ward file by a passphrase that this computer gives, else ask for it."""
        self._go_to(say("opening.file"), lambda: openers.known(path), path)

    def ask_open(self, path: Path | None = None) -> WardDialog:
        """Ask for the passphrase of a ward file."""
        from aml_maint.gui.dialogs.ward_dialogs import OpenWardDialog

        dialog = OpenWardDialog(self.looks, path or files.default_database(), self)

        def recover() -> None:
            dialog.reject()
            self.ask_recover(path)

        dialog.recover.clicked.connect(recover)
        self._ask(dialog, openers.asked)
        return dialog

    def ask_recover(self, path: Path | None = None) -> WardDialog:
        """Ask for the recovery key, and for a new passphrase of an administrator."""
        from aml_maint.gui.dialogs.recover_dialog import RecoverDialog

        dialog = RecoverDialog(self.looks, path or files.default_database(), self)
        self._ask(dialog, openers.recovered)
        return dialog

    def ask_create(self, path: Path | None = None) -> WardDialog:
        """Ask where a new ward file shall lie, and for its passphrase."""
        from aml_maint.gui.dialogs.ward_dialogs import CreateWardDialog

        dialog = CreateWardDialog(self.looks, path or files.default_database(), self)

        def opener(asked: SignIn) -> Workplace:
            self._is_new = True
            return openers.created(asked)

        self._ask(dialog, opener)
        return dialog

    def open_with(self, opener: Callable[[], Workplace], path: Path | None = None) -> None:
        """Open a ward file on the session's own thread; the window answers meanwhile."""
        self._path = path
        session = Session(opener, path.name if path is not None else "")
        session.problem.connect(lambda error: journal.note("problem", reason=error.message.key))
        self.session = session
        # What the first page needs is loaded meanwhile, piece by piece: the window answers.
        pages = IdleWork(loading_in_order(FOR_TODAY), self, first_ms=0, pause_ms=0)
        session.opened.connect(lambda: pages.then(lambda: self._opened(session, path)))
        session.not_opened.connect(lambda error: self._not_opened(session, error, path))
        session.check_failed.connect(lambda error: self._withdraw(session, error, path))

    def _go_to(self, told: Message, opener: Callable[[], Workplace], path: Path | None) -> None:
        """Open a ward file with the opening page in front."""
        self.opening.begin(told)
        self.stack.setCurrentWidget(self.opening)
        self.open_with(opener, path)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the window's place, and let the last writes reach the disk."""
        self.looks.settings.geometry = self.saveGeometry()
        self._idle.end()
        if self._first is not None:
            self._first.close()
        if self.session is not None:
            self.hide()  # making a backup takes a moment
            last = self.workspace.backups.last_work() if self.workspace is not None else None
            self.session.close(last)
        super().closeEvent(event)

    def _ask(self, dialog: WardDialog, opener: Callable[[SignIn], Workplace]) -> None:
        def begin(asked: SignIn) -> None:
            self.open_with(lambda: opener(asked), asked.path)

        self._dialog = dialog
        dialog.wanted.connect(begin)
        dialog.finished.connect(lambda: setattr(self, "_dialog", None))
        dialog.open()

    def _opened(self, session: Session, path: Path | None) -> None:
        if not session.is_open:
            return  # the window was closed meanwhile
        if self._dialog is not None:
            self._dialog.finish()
        if session.has_accounts:
            self._idle.begin()
        self._leave_recovery()
        journal.note("opened", kind="demo" if session.is_demo else "ward")
        self._give_back(session, path)
        self._seat(session, lambda: self._seated(session, path))

    def _seated(self, session: Session, path: Path | None) -> None:
        if path is not None and not session.is_demo:
            self.looks.settings.last_file = path
            self._first = FirstWindow(path, self)
            self._first.wanted.connect(self._come_to_the_front)
        self._retitle()
        self.ready.emit()
        if self._is_new:
            self._is_new = False
            self.show_first_steps()

    def show_first_steps(self) -> FirstStepsDialog:
        """Offer what is best done before a new ward's first patient."""
        from aml_maint.gui.dialogs.first_steps_dialog import FirstStepsDialog

        assert self.workspace is not None
        dialog = FirstStepsDialog(self.workspace._desk, self.workspace.backups, self.workspace)
        dialog.open()
        return dialog

    def restore(self, wanted: WantedRestore) -> None:
        """Close the ward file, put a checked backup in its place, and open that."""
        session, workspace, path = self.session, self.workspace, self._path
        assert session is not None and workspace is not None and path is not None
        self.workspace = None
        self.stack.removeWidget(workspace)
        workspace.deleteLater()
        self._idle.end()
        session.close(workspace.backups.last_work())
        self._open_restored(wanted, path)

    def _open_restored(self, wanted: WantedRestore, path: Path) -> None:
        self._go_to(say("opening.restore"), lambda: openers.restored(wanted, path), path)

    def _recover(self, path: Path, error: UserError, unsaved: int | None = None) -> None:
        """Show what is wrong with a damaged ward file, and the backups that could replace it."""
        from aml_maint.gui.pages.recovery_page import RecoveryPage

        if self._dialog is not None:
            self._dialog.reject()
        if self.recovery is None:
            self.recovery = RecoveryPage(self.looks)
            self.recovery.wanted.connect(lambda wanted: self._open_restored(wanted, path))
            self.recovery.view_wanted.connect(self._view)
            self.recovery.left.connect(self._leave_recovery)
            self.stack.addWidget(self.recovery)
            self.recovery.begin(path, error, unsaved)
        else:
            self.recovery.fail(error)
        self.stack.setCurrentWidget(self.recovery)

    def _view(self, asked: SignIn) -> None:
        """Look at a damaged file as far as it can be read."""
        self._go_to(say("opening.file"), lambda: openers.viewed(asked), asked.path)

    def _leave_recovery(self) -> None:
        """The file is open again, or another one is wanted."""
        if self.recovery is not None:
            self.stack.setCurrentWidget(self.start)
            self.stack.removeWidget(self.recovery)
            self.recovery.deleteLater()
            self.recovery = None

    def lock(self) -> None:
        """Show no patient until somebody of the ward signs in; what was typed stays."""
        session, workspace = self.session, self.workspace
        if session is None or workspace is None or not session.has_accounts:
            return
        if self.stack.currentWidget() is not workspace:
            return  # no patient is shown
        from aml_maint.gui.pages.lock_page import LockPage

        for dialog in workspace.findChildren(QDialog):
            dialog.reject()
        if self._locked is None:
            self._locked = LockPage(self.looks)
            self._locked.unlocked.connect(self._unlock)
            self.stack.addWidget(self._locked)
        self._left_by = _whom(session.actor)
        self._idle.end()
        self.stack.setCurrentWidget(self._locked)
        self._locked.begin(session)

    @property
    def is_locked(self) -> bool:
        """Is the lock page in front?"""
        return self._locked is not None and self.stack.currentWidget() is self._locked

    def _unlock(self, actor: Actor) -> None:
        session = self.session
        assert session is not None and self.workspace is not None  # the lock page was shown
        self._idle.begin()
        if _whom(actor) == self._left_by:
            self.stack.setCurrentWidget(self.workspace)
            self.workspace.shown.setFocus()
            return
        self.stack.removeWidget(self.workspace)
        self.workspace.deleteLater()
        self.workspace = None
        self._seat(session, lambda: look_again(self))

    def _seat(self, session: Session, seated: Callable[[], None]) -> None:
        """Put the pages of whoever sits here in place."""
        # They are loaded only now: the window was to be on the screen first.
        from aml_maint.gui.seating import make_workspace

        looks, name = self.looks, session.actor.name
        desk = Desk(session=session, words=looks.words, theme=looks.theme, settings=looks.settings)
        looks.settings.remember("last_person", name)

        def made(workspace: Workspace) -> None:
            self.workspace = workspace
            workspace.top.lock.clicked.connect(self.lock)
            workspace.restore_wanted.connect(self.restore)
            self.stack.addWidget(workspace)

        def ready(workspace: Workspace) -> None:
            self.stack.setCurrentWidget(workspace)
            workspace.shown.setFocus()
            seated()

        make_workspace(desk, lambda: self.session is session and session.is_open, made, ready)

    def _not_opened(
        self, session: Session, error: UserError, path: Path | None, unsaved: int | None = None
    ) -> None:
        session.close()
        self.session = None
        journal.note("not_opened", reason=error.message.key)
        if path is not None and error.message.key == "store.in_use" and call_first_window(path):
            error = StorageProblem(say("window.is_open"), hint=say("window.is_open.hint"))
        if path is not None and (_is_damage(error) or self.recovery is not None):
            self._recover(path, error, unsaved)
            self.not_opened.emit(error)
            return
        asks = isinstance(error, StorageProblem) and error.field in {"passphrase", "name"}
        if asks and self._dialog is None:
            self.stack.setCurrentWidget(self.start)
            self.ask_open(path)
            return
        if self._dialog is not None:
            self._dialog.fail(error)
            return
        self.stack.setCurrentWidget(self.start)
        self.start.show_problem(error)
        self.not_opened.emit(error)

    def _withdraw(self, session: Session, error: UserError, path: Path | None) -> None:
        """The file did not pass the check beside its first use: what it showed is taken away."""
        if session is not self.session or not session.is_open:
            return
        for dialog in self.findChildren(QDialog):
            dialog.reject()  # what was typed into it is kept
        self._idle.end()
        self.stack.setCurrentWidget(self.start)
        for page in (self.workspace, self._locked):
            if page is not None:
                self.stack.removeWidget(page)
                page.deleteLater()
        self.workspace = self._locked = None
        if self._first is not None:
            self._first.close()
        name = session.actor.name
        session.close()
        self._typed = path, name, session.typed
        self._not_opened(session, error, path, unsaved=session.unsaved)

    def _give_back(self, session: Session, path: Path | None) -> None:
        """Keep in a sound file what its person had typed when it was withdrawn."""
        if self._typed[:2] == (path, session.actor.name) and not session.is_view:
            for task in self._typed[2]:
                session.jot(task)
            self._typed = None, "", ()

    def _come_to_the_front(self) -> None:
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.raise_()
        self.activateWindow()

    def _relocate(self) -> None:
        """Calendars and Qt's own inputs follow the language, through the window."""
        self.setLocale(self.looks.words.locale)

    def _retitle(self) -> None:
        demo = self.session is not None and self.session.is_demo
        self.setWindowTitle(f"{TITLE} – DEMO" if demo else TITLE)
