"""What is typed into forms, kept as it is typed: by the window, and encrypted in the ward file.

A crash or a power cut loses at most the last second. Only the person who typed gets it back.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from aml_maint.gui.session import Session

if TYPE_CHECKING:
    from aml_maint.services.drafts import Draft, UnfinishedForm
    from aml_maint.services.workplace import Workplace


class Drafts(QObject):
    """The unfinished forms of the person at the desk, by name."""

    found = Signal(object)
    """UnfinishedForms of an earlier session, the latest first: tell the person of them."""
    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()  # whoever sits down next has others
        self._session = session
        self._known: dict[str, Draft] = {}
        self.earlier: tuple[UnfinishedForm, ...] = ()
        """What was `found`, for whoever comes to listen later."""
        session.read(_read, self._take, self)

    def __contains__(self, name: str) -> bool:
        return name in self._known

    @property
    def names(self) -> frozenset[str]:
        """The names of all of them."""
        return frozenset(self._known)

    def typed(self, name: str) -> Mapping[str, str]:
        """What was typed into a form; empty if it has no draft."""
        draft = self._known.get(name)
        return {} if draft is None else draft.typed

    def keep(self, name: str, title: str, patient_id: str, typed: Mapping[str, str]) -> None:
        """Keep what is typed so far, in place of what was kept under that name."""
        from aml_maint.services.drafts import Draft, keep_draft

        kept = dict(typed)
        self._known[name] = Draft(name, title, patient_id, kept, self._session.now().utc)
        self._session.jot(lambda place: keep_draft(place, name, title, patient_id, kept))
        self.changed.emit()

    def drop(self, name: str) -> None:
        """Forget a form: it was saved, or nobody wants it any more."""
        from aml_maint.services.drafts import drop_draft

        if self._known.pop(name, None) is not None:
            self._session.jot(lambda place: drop_draft(place, name))
            self.changed.emit()

    def _take(self, found: tuple[UnfinishedForm, ...]) -> None:
        """What was typed since the file was opened is newer than what was kept in it."""
        self._known = {form.draft.name: form.draft for form in found} | self._known
        self.earlier = found
        if found:
            self.found.emit(found)


def _read(place: Workplace) -> tuple[UnfinishedForm, ...]:
    from aml_maint.services.drafts import unfinished_forms

    return unfinished_forms(place)
