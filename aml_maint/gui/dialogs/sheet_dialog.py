"""Save the flow sheet of a cycle as a page to print."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from aml_maint.domain.messages import LANGUAGES, Language
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.document_dialog import DocumentDialog

if TYPE_CHECKING:
    from aml_maint.services.workplace import Workplace


class SheetDialog(DocumentDialog[Language]):
    """Asks for the language and the folder."""

    def __init__(
        self, desk: Desk, course_id: str, cycle: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(desk, "sheet_dialog", course_id, cycle, parent)

    def languages(self) -> Sequence[Language]:
        """Each language."""
        return LANGUAGES

    def maker(self) -> Callable[[Workplace], tuple[str, bytes]]:
        """Makes the page in the language chosen."""
        course_id, cycle, language = self._course_id, self._cycle, self.language.value()

        def work(place: Workplace) -> tuple[str, bytes]:
            from aml_maint.services.flow_sheet_print import (
                flow_sheet_file_name,
                flow_sheet_pdf,
                flow_sheet_print,
            )

            sheet = flow_sheet_print(place, course_id, cycle)
            return flow_sheet_file_name(sheet, language), flow_sheet_pdf(sheet, language)

        return work
