"""Save the deviation log of a course, or of one of its cycles, as a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from aml_maint.domain.messages import LANGUAGES, Language, Message, say
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.document_dialog import DocumentDialog
from aml_maint.gui.forms.inputs import ChoiceInput
from aml_maint.reports.table_file import FORMATS, TableFormat

if TYPE_CHECKING:
    from aml_maint.services.workplace import Workplace


class DeviationDialog(DocumentDialog[Language]):
    """Asks for the language, the kind of file and the folder. Cycle 0 is the whole course."""

    def __init__(
        self, desk: Desk, course_id: str, cycle: int | None, parent: QWidget | None = None
    ) -> None:
        self.kind: ChoiceInput[TableFormat] = ChoiceInput(
            desk, [(kind, f"deviation_dialog.format.{kind}") for kind in FORMATS]
        )
        super().__init__(desk, "deviation_dialog", course_id, cycle or 0, parent)

    def add_rows(self) -> None:
        """Add the kind of file."""
        self.form.add_row("kind", say("deviation_dialog.format"), self.kind)

    def subject(self) -> Message:
        """Which deviations it holds."""
        if self._cycle == 0:
            return say("deviation_dialog.course")
        return say("deviation_dialog.cycle", cycle=self._cycle)

    def languages(self) -> Sequence[Language]:
        """Each language."""
        return LANGUAGES

    def maker(self) -> Callable[[Workplace], tuple[str, bytes]]:
        """Makes the table as chosen."""
        course_id, cycle = self._course_id, self._cycle or None
        language, kind = self.language.value(), self.kind.value()

        def work(place: Workplace) -> tuple[str, bytes]:
            from aml_maint.reports.table_file import table_bytes
            from aml_maint.services.deviations import (
                deviation_file_name,
                deviation_log,
                deviation_table,
            )

            log = deviation_log(place, course_id, cycle)
            name = deviation_file_name(log, language, kind)
            return name, table_bytes(deviation_table(log, language), kind)

        return work
