"""What dialogs have in common whose work takes a while: it is seen, and stopped where it began."""

from __future__ import annotations

from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from aml_maint.domain.errors import UserError
from aml_maint.domain.messages import Message
from aml_maint.gui.desk import Looks
from aml_maint.gui.dialogs.form_dialog import FormDialog
from aml_maint.gui.widgets.work_progress import WorkProgress


class WorkingDialog(FormDialog):
    """While something runs the button beside and the window's own stop it; at rest they close."""

    def __init__(
        self, looks: Looks, title: Message | str, verb: Message | str, *, columns: int = 1,
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(looks, title, verb, columns=columns, parent=parent)
        self._left: QWidget | None = None
        self.progress = WorkProgress(looks)

    @property
    def is_working(self) -> bool:
        """Does something run?"""
        return not self.progress.isHidden()

    def reject(self) -> None:
        """Stop what runs; otherwise close."""
        if self.is_working:
            self.cancel.setEnabled(False)
            self._stop()
            return
        super().reject()

    def fail(self, error: UserError) -> None:
        """What ran has failed: say why; everything typed is still there."""
        self._end_work("action.cancel")
        super().fail(error)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Only what is at rest is closed."""
        if self.is_working:
            self.reject()
            event.ignore()
            return
        super().closeEvent(event)

    def _begin_work(self, told: Message) -> None:
        """Something runs: what it was asked with can't be changed meanwhile."""
        if not self.is_working:
            self._left = self.focusWidget()
        self.form.setEnabled(False)
        self.save.setEnabled(False)
        self.cancel.setEnabled(True)
        self.cancel.say("work.stop")
        self.progress.begin(told)

    def _end_work(self, then: str = "action.close") -> None:
        """Nothing runs any more; `then` is what the button beside is for."""
        self.progress.hide()
        self.form.setEnabled(True)
        self.save.setEnabled(True)
        self.cancel.setEnabled(True)
        self.cancel.say(then)
        left, self._left = self._left, None
        if left is not None and isValid(left):
            left.setFocus()  # while the form was switched off the keyboard was with the button

    def _stop(self) -> None:
        """Ask what runs to stop; it answers when it has."""
        raise NotImplementedError
