"""Save the report of a cycle as a PDF, in either language: a draft, or a copy of a signed one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from aml_maint.domain.messages import DOCUMENT_LANGUAGES, DocumentLanguage
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.document_dialog import DocumentDialog

if TYPE_CHECKING:
    from aml_maint.services.changes import Changes
    from aml_maint.services.workplace import Workplace


class ReportDialog(DocumentDialog[DocumentLanguage]):
    """Asks for the language and the folder. `edition` is a signed one; None makes a draft."""

    ALSO = ("copy_report",)

    def __init__(
        self, desk: Desk, course_id: str, cycle: int, parent: QWidget | None = None,
        *, edition: int | None = None,
    ) -> None:  # fmt: skip
        self._edition = edition
        super().__init__(desk, "report_dialog", course_id, cycle, parent)
        if edition is not None:
            self.save.lead_to("copy_report")

    def languages(self) -> Sequence[DocumentLanguage]:
        """Each language, and both one after the other."""
        return DOCUMENT_LANGUAGES

    def make(self, done: Callable[[tuple[str, bytes]], None]) -> None:
        """A draft is only read; a copy of a signed report is noted in the trail."""
        if self._edition is None:
            super().make(done)
            return
        course_id, cycle, edition = self._course_id, self._cycle, self._edition
        language = self.language.value()
        made: list[tuple[str, bytes]] = []

        def work(place: Workplace) -> Changes:
            from aml_maint.services.report_signing import edition_of, give_copy

            report = edition_of(place, course_id, cycle, edition)
            changes, name, document = give_copy(place, report.id, language)
            made.append((name, document))
            return changes

        self._desk.session.write(work, lambda _: done(made[0]), self.fail, self)

    def maker(self) -> Callable[[Workplace], tuple[str, bytes]]:
        """Makes the draft in the language chosen."""
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
