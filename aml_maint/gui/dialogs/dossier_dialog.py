"""Save a document about one patient: the list of medicines, one toxicity, a whole course."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal

from PySide6.QtWidgets import QWidget

from aml_maint.domain.messages import LANGUAGES, Language
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.document_dialog import DocumentDialog

if TYPE_CHECKING:
    from aml_maint.services.workplace import Workplace

Kind = Literal["medicines", "toxicity", "summary"]


class DossierDialog(DocumentDialog[Language]):
    """`of` is the id of what the document tells: a patient, an event, or a course."""

    def __init__(self, desk: Desk, kind: Kind, of: str, parent: QWidget | None = None) -> None:
        self._kind = kind
        self._of = of
        super().__init__(desk, f"dossier_dialog.{kind}", "", 0, parent)

    def languages(self) -> Sequence[Language]:
        """Each language."""
        return LANGUAGES

    def maker(self) -> Callable[[Workplace], tuple[str, bytes]]:
        """Makes the document in the language chosen."""
        kind, of, language = self._kind, self._of, self.language.value()

        def work(place: Workplace) -> tuple[str, bytes]:
            from aml_maint.services import dossiers

            make = {
                "medicines": dossiers.medication_list,
                "toxicity": dossiers.toxicity_report,
                "summary": dossiers.course_summary,
            }[kind]
            return make(place, of, language)

        return work
