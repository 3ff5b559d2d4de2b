"""Save the patient's calendar of a cycle: a page to print, or a file for a calendar program."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal

from PySide6.QtWidgets import QWidget

from aml_maint.domain.messages import LANGUAGES, Language, Message, say
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.document_dialog import DocumentDialog
from aml_maint.gui.forms.inputs import ChoiceInput

if TYPE_CHECKING:
    from aml_maint.services.workplace import Workplace

Kind = Literal["pdf", "ics", "ics_named"]
_KINDS: tuple[Kind, ...] = ("pdf", "ics", "ics_named")


class CalendarDialog(DocumentDialog[Language]):
    """Asks for the language, the kind of file and the folder; drug names in a file are a choice."""

    def __init__(
        self, desk: Desk, course_id: str, cycle: int, parent: QWidget | None = None
    ) -> None:
        self.kind: ChoiceInput[Kind] = ChoiceInput(
            desk, [(kind, f"calendar_dialog.format.{kind}") for kind in _KINDS]
        )
        super().__init__(desk, "calendar_dialog", course_id, cycle, parent)

    def add_rows(self) -> None:
        """Add the kind of file; what it tells of the patient stands beside the folder."""
        self.form.add_row("kind", say("calendar_dialog.format"), self.kind)
        self.kind.currentIndexChanged.connect(
            lambda _: self.form.rows["folder"].set_help(self.privacy())
        )

    def privacy(self) -> Message:
        """What a file of the kind chosen tells whoever reads it."""
        return say(f"calendar_dialog.privacy.{self.kind.value()}")

    def languages(self) -> Sequence[Language]:
        """Each language."""
        return LANGUAGES

    def maker(self) -> Callable[[Workplace], tuple[str, bytes]]:
        """Makes the calendar as chosen."""
        course_id, cycle = self._course_id, self._cycle
        language, kind = self.language.value(), self.kind.value()

        def work(place: Workplace) -> tuple[str, bytes]:
            from aml_maint.services.calendars import (
                calendar_file_name,
                calendar_ics,
                calendar_pdf,
                patient_calendar,
            )

            calendar = patient_calendar(place, course_id, cycle)
            if kind == "pdf":
                return calendar_file_name(calendar, language, kind), calendar_pdf(
                    calendar, language
                )
            named = kind == "ics_named"
            name = calendar_file_name(calendar, language, "ics", with_names=named)
            return name, calendar_ics(calendar, language, with_names=named)

        return work
