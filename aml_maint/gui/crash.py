"""The last resort: a fault of the program is told in plain words, without any patient's data."""

from __future__ import annotations

import hashlib
import platform
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QSize, Qt, QTimer, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from aml_maint import __version__
from aml_maint.domain.messages import Message, say
from aml_maint.gui import journal
from aml_maint.gui.desk import Looks
from aml_maint.gui.dialogs.screen_dialog import ScreenDialog
from aml_maint.gui.session import LastEntry
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.ornament import Ornament

_MOST_FRAMES = 40


def details(kind: type[BaseException], trace: TracebackType | None) -> str:
    """Type, places in the code and versions; never a message or a value, they may name people."""
    places: list[str] = []
    while trace is not None and len(places) < _MOST_FRAMES:
        module = trace.tb_frame.f_globals.get("__name__", "?")
        places.append(f"  {module}:{trace.tb_lineno} {trace.tb_frame.f_code.co_name}")
        trace = trace.tb_next
    return "\n".join(
        [
            f"{kind.__module__}.{kind.__qualname__}",
            *places,
            f"aml_maint {__version__}",
            f"Python {platform.python_version()}, Qt {qVersion()}",
            f"{platform.system()} {platform.release()}, {Path(sys.executable).name}",
        ]
    )


def error_id(told: str) -> str:
    """A short name of a fault: the same fault of the same version always has the same."""
    return hashlib.sha256(told.encode()).hexdigest()[:8].upper()


def _let_go(bug: BaseException) -> None:
    """Take from what failed all that it worked with.

    Python keeps the last fault, and with it the painter of a `paintEvent` that failed: Qt ends the
    process when that outlives the painting. Widgets and patients are not kept either.
    """
    for fault in _with_causes(bug):
        traceback.clear_frames(fault.__traceback__)


def _with_causes(bug: BaseException | None) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    while bug is not None and bug not in seen:
        seen.append(bug)
        yield bug
        bug = bug.__cause__ or bug.__context__


class CrashDialog(ScreenDialog):
    """What happened, whether the last entry was saved, and details to copy."""

    def __init__(
        self, looks: Looks, told: str, last: LastEntry, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._looks = looks
        self.told = f"{error_id(told)}\n{told}"
        self.happened = Label(looks, say("crash.happened"), role="heading", wrap=True)
        self.saved = Label(looks, Message(f"crash.entry.{last.value}"), role="strong", wrap=True)
        self.advice = Label(
            looks, say("crash.advice", error=error_id(told)), token="muted", wrap=True
        )
        self.details = QPlainTextEdit(self.told)
        self.details.setReadOnly(True)
        self.copy = Button(looks, "crash.copy", "copy")
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.told))
        self.close_button = Button(looks, "action.close", kind="primary")
        self.close_button.setDefault(True)
        self.close_button.clicked.connect(self.accept)
        self._lay_out()
        looks.words.changed.connect(self.retranslate)
        self.retranslate()

    def retranslate(self) -> None:
        """Set the texts that are not labels."""
        self.setWindowTitle(self._looks.words.text("crash.title"))
        self.details.setAccessibleName(self._looks.words.text("crash.details"))

    def _lay_out(self) -> None:
        theme = self._looks.theme
        sign = Ornament()
        size = theme.unit(8)
        sign.setPixmap(theme.icon("alert", "danger").pixmap(QSize(size, size)))
        head = QHBoxLayout()
        head.setSpacing(theme.unit(3))
        head.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.happened, 1)
        foot = QHBoxLayout()
        foot.addWidget(self.copy)
        foot.addStretch(1)
        foot.addWidget(self.close_button)
        box = QVBoxLayout(self)
        box.setContentsMargins(*[theme.unit(5)] * 4)
        box.setSpacing(theme.unit(3))
        box.addLayout(head)
        box.addWidget(self.saved)
        box.addWidget(self.advice)
        box.addWidget(self.details, 1)
        box.addLayout(foot)
        self.resize(theme.unit(150), theme.unit(110))


class CrashHook:
    """Takes every exception that nobody caught, on any thread, and shows it."""

    def __init__(
        self, looks: Looks, last_entry: Callable[[], LastEntry], parent: Callable[[], QWidget]
    ) -> None:
        self._looks = looks
        self._last_entry = last_entry
        self._parent = parent
        self._shown: set[str] = set()

    def install(self) -> None:
        """From now on; Ctrl+C at a terminal still ends the program."""
        sys.excepthook = self
        threading.excepthook = self._from_thread

    def __call__(
        self, kind: type[BaseException], bug: BaseException, trace: TracebackType | None
    ) -> None:
        """Show the dialog, once per fault: one that comes with every repaint must not pile up."""
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, bug, trace)
            return
        told = details(kind, trace)
        _let_go(bug)
        sys.stderr.write(told + "\n")
        if told in self._shown:
            return
        journal.note_fault(told)
        self._shown.add(told)
        dialog = CrashDialog(self._looks, told, self._last_entry(), self._parent())
        dialog.finished.connect(lambda _: self._shown.discard(told))
        QTimer.singleShot(0, dialog, dialog.open)  # not within what failed: painting, layout

    def _from_thread(self, fault: threading.ExceptHookArgs) -> None:
        # Windows must not be touched from here; the worker's own faults come by its session.
        told = details(fault.exc_type, fault.exc_traceback)
        journal.note_fault(told)
        sys.stderr.write(told + "\n")
