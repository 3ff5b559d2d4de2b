"""Documents about the record itself: the printed trail of a patient, and the head slip."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from aml_maint.domain.messages import LANGUAGES, Language, Message, say
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.document_dialog import DocumentDialog
from aml_maint.services.history import Wanted
from aml_maint.services.workplace import Workplace


class TrailDialog(DocumentDialog[Language]):
    """Writes the trail of a patient as it is filtered on the screen."""

    def __init__(
        self, desk: Desk, patient_id: str, wanted: Wanted, parent: QWidget | None = None
    ) -> None:
        self._patient_id = patient_id
        self._wanted = wanted
        super().__init__(desk, "trail.dialog", "", 0, parent)

    def languages(self) -> Sequence[Language]:
        """Those of the window."""
        return LANGUAGES

    def subject(self) -> Message:
        """How much of the trail it is."""
        from aml_maint.services.trail_printing import MOST

        return say("trail.dialog.subject", most=MOST)

    def maker(self) -> Callable[[Workplace], tuple[str, bytes]]:
        """What makes it."""
        patient_id, wanted, language = self._patient_id, self._wanted, self.language.value()

        def work(place: Workplace) -> tuple[str, bytes]:
            from aml_maint.services.trail_printing import trail_pdf

            return trail_pdf(place, patient_id, wanted, language)

        return work


class HeadSlipDialog(DocumentDialog[Language]):
    """Writes the head of the trail on a slip for a second person."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, "slip.dialog", "", 0, parent)

    def languages(self) -> Sequence[Language]:
        """Those of the window."""
        return LANGUAGES

    def subject(self) -> Message:
        """What the slip is for."""
        return say("slip.dialog.subject")

    def maker(self) -> Callable[[Workplace], tuple[str, bytes]]:
        """What makes it."""
        language = self.language.value()

        def work(place: Workplace) -> tuple[str, bytes]:
            from aml_maint.services.proof import head_slip_pdf

            return head_slip_pdf(place, language)

        return work
