"""Save the report of a cycle as a PDF, in either language."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.document_dialog import DocumentDialog

if TYPE_CHECKING:
    from aml_maint.services.workplace import Workplace


class ReportDialog(DocumentDialog):
    """Asks for the language and the folder."""

    def __init__(
        self, desk: Desk, course_id: str, cycle: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(desk, "report_dialog", course_id, cycle, parent)

    def maker(self) -> Callable[[Workplace], tuple[str, bytes]]:
        """Makes the PDF in the language chosen."""
        course_id, cycle, language = self._course_id, self._cycle, self.language.value()

        def work(place: Workplace) -> tuple[str, bytes]:
            from aml_maint.services.reporting import (
                cycle_report,
                cycle_report_pdf,
                report_file_name,
            )

            name = report_file_name(cycle_report(place, course_id, cycle), language)
            return name, cycle_report_pdf(place, course_id, cycle, language)

        return work
