"""Save the deviation log of a course, or of one of its cycles, as a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from aml_maint.domain.messages import LANGUAGES, Language, Message, say
from aml_maint.domain.pseudonym import Privacy
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.document_dialog import DocumentDialog
from aml_maint.gui.forms.explained_choice import ExplainedChoice, Way
from aml_maint.gui.forms.inputs import ChoiceInput
from aml_maint.reports.table_file import FORMATS, TableFormat

if TYPE_CHECKING:
    from aml_maint.services.changes import Changes
    from aml_maint.services.workplace import Workplace


class DeviationDialog(DocumentDialog[Language]):
    """Without the record number unless somebody chooses otherwise. Cycle 0 is the whole course."""

    COMMANDS = ("export_research_data", "export_identified_data")

    def __init__(
        self, desk: Desk, course_id: str, cycle: int | None, parent: QWidget | None = None
    ) -> None:
        self.kind: ChoiceInput[TableFormat] = ChoiceInput(
            desk, [(kind, f"deviation_dialog.format.{kind}") for kind in FORMATS]
        )
        self.names: ExplainedChoice[Privacy] = ExplainedChoice(
            desk, [_way(one) for one in (Privacy.SHIFTED, Privacy.IDENTIFIED)]
        )
        super().__init__(desk, "deviation_dialog", course_id, cycle or 0, parent)

    def add_rows(self) -> None:
        """Add what it tells of the patient, and the kind of file."""
        self.form.add_row("privacy", say("deviation_dialog.names"), self.names)
        self.form.add_row("kind", say("deviation_dialog.format"), self.kind)

    def subject(self) -> Message:
        """Which deviations it holds."""
        if self._cycle == 0:
            return say("deviation_dialog.course")
        return say("deviation_dialog.cycle", cycle=self._cycle)

    def languages(self) -> Sequence[Language]:
        """Each language."""
        return LANGUAGES

    def make(self, done: Callable[[tuple[str, bytes]], None]) -> None:
        """Have the table made and the export recorded, and hand the table to `done`."""
        course_id, cycle = self._course_id, self._cycle or None
        language, kind, privacy = self.language.value(), self.kind.value(), self.names.value()
        made: list[tuple[str, bytes]] = []

        def work(place: Workplace) -> Changes:
            from aml_maint.reports.table_file import table_bytes
            from aml_maint.services.deviation_release import (
                note_deviations,
                released_name,
                released_table,
            )
            from aml_maint.services.deviations import deviation_log

            log = deviation_log(place, course_id, cycle)
            table = released_table(place, log, language, privacy)
            name = released_name(place, log, language, kind, privacy)
            made.append((name, table_bytes(table, kind)))
            return note_deviations(place, log, privacy)

        self._desk.session.write(work, lambda _: done(made[0]), self.fail, self)


def _way(privacy: Privacy) -> Way[Privacy]:
    """What is told of a kind of privacy; that the file names the patient stands out."""
    return Way(
        privacy,
        f"deviation_dialog.names.{privacy.value}",
        f"deviation_dialog.told.{privacy.value}",
        "muted" if privacy.is_pseudonymised else "warning",
    )
