"""The laboratory result that a grade rests on, chosen among a patient's results of a term."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal

from aml_maint.domain.messages import Message, say
from aml_maint.domain.quantities import lab_text
from aml_maint.gui.desk import Looks
from aml_maint.gui.forms.inputs import ChoiceInput
from aml_maint.services.linked_values import LinkedValue

_NONE: tuple[str | None, Message | str] = (None, "toxicity.result.none")


class ResultInput(ChoiceInput[str | None]):
    """What is linked stays linked while results are read, and also where it was taken back."""

    picked = Signal(object)
    """The LinkedValue that somebody chose."""

    def __init__(self, looks: Looks) -> None:
        super().__init__(looks, [_NONE])
        self._offered: tuple[LinkedValue, ...] = ()
        self.chosen.connect(self._tell)

    @property
    def linked(self) -> LinkedValue | None:
        """The result chosen; None for none, and for one that is not offered."""
        return next((one for one in self._offered if one.result.id == self.value()), None)

    @property
    def is_needed(self) -> bool:
        """Is there anything to choose?"""
        return self.count() > 1

    def link(self, result_id: str | None) -> None:
        """Choose a result by its id, offered or not."""
        self._show(result_id)

    def offer_values(self, values: Sequence[LinkedValue]) -> None:
        """Offer other results; what is linked stays, unless it belonged to those before."""
        kept = self.value()
        if self.linked is not None and kept not in {one.result.id for one in values}:
            kept = None
        self._offered = tuple(values)
        self._show(kept)

    def raw(self) -> str:
        """The id of what is linked."""
        return self.value() or ""

    def set_raw(self, raw: str) -> None:
        """Put a draft back."""
        self._show(raw or None)

    def _show(self, linked: str | None) -> None:
        choices = [_NONE, *((one.result.id, _told(one)) for one in self._offered)]
        if linked is not None and linked not in {id for id, _ in choices}:
            choices.append((linked, say("toxicity.result.other")))
        self.offer(choices)
        self.set_value(linked)

    def _tell(self) -> None:
        if self.linked is not None:
            self.picked.emit(self.linked)


def _told(one: LinkedValue) -> Message:
    """A result as it is offered: what, how much, when, and its grade."""
    told = {
        "name": one.name,
        "value": lab_text(one.result.value),
        "at": one.result.collected.local,
        "grade": one.grade,
    }
    return Message(f"toxicity.result.{'ungraded' if one.grade is None else 'graded'}", told)
