"""What dialogs have in common whose work takes a while: it is seen, and stopped where it began."""

from __future__ import annotations

from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QWidget

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

    def closeEvent(self, event: QCloseEvent) -> None:
        """Only what is at rest is closed."""
        if self.is_working:
            self.reject()
            event.ignore()
            return
        super().closeEvent(event)

    def _stop(self) -> None:
        """Ask what runs to stop; it answers when it has."""
        raise NotImplementedError
