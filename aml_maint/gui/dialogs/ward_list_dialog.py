"""Save today's worklist as pages to print."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from aml_maint.domain.messages import LANGUAGES, Language
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.document_dialog import DocumentDialog

if TYPE_CHECKING:
    from aml_maint.services.workplace import Workplace


class WardListDialog(DocumentDialog[Language]):
    """Asks for the language and the folder; `chosen` are the patients' ids, None for all."""

    def __init__(
        self, desk: Desk, chosen: Collection[str] | None, parent: QWidget | None = None
    ) -> None:
        self._chosen = chosen
        super().__init__(desk, "ward_list_dialog", "", 0, parent)

    def languages(self) -> Sequence[Language]:
        """Each language."""
        return LANGUAGES

    def maker(self) -> Callable[[Workplace], tuple[str, bytes]]:
        """Makes the list in the language chosen."""
        chosen, language = self._chosen, self.language.value()

        def work(place: Workplace) -> tuple[str, bytes]:
            from aml_maint.services.ward_list_print import (
                ward_list,
                ward_list_file_name,
                ward_list_pdf,
            )

            found = ward_list(place, chosen)
            return ward_list_file_name(found, language), ward_list_pdf(found, language)

        return work
