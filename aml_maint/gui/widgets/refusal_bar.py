"""Why doses were not recorded, with the evidence, and the way to a clinician's override."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from aml_maint.domain.messages import Message
from aml_maint.gui.desk import Looks
from aml_maint.gui.dose_logging import DoseLogger
from aml_maint.gui.dose_refusal import Refusal
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.notice_bar import NoticeBar


class RefusalBar(NoticeBar):
    """Shows what a DoseLogger refused or has to tell; for Today and the flow sheet."""

    def __init__(self, looks: Looks, logger: DoseLogger, parent: QWidget | None = None) -> None:
        super().__init__(looks, parent)
        self._logger = logger
        self._refusal: Refusal | None = None
        self.override = Button(looks, "today.override.open", leads_to="override_rule")
        self.override.clicked.connect(self._override)
        around = self.layout()
        if around is not None:
            around.setContentsMargins(0, 0, 0, 0)
        row = self.panel.layout()
        assert isinstance(row, QHBoxLayout)  # made by NoticeBar
        row.insertWidget(row.count() - 1, self.override)
        logger.refused.connect(self.show_refusal)
        logger.told.connect(self.show_note)

    def show_refusal(self, refusal: Refusal) -> None:
        """Say what was refused; offer the override where a rule can be set aside."""
        self._refusal = refusal
        self.override.setVisible(refusal.can_override)
        self.show_problem(refusal.error)

    def show_note(self, message: Message) -> None:
        """Say something about a key press that had nothing to do."""
        self._refusal = None
        self.override.hide()
        super().show_note(message)

    def _override(self) -> None:
        if self._refusal is not None:
            refusal, self._refusal = self._refusal, None
            self.hide()
            self._logger.override(refusal)
