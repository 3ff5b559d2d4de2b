"""A choice among codes whose list may change: what is kept of it is the code, not its place."""

from __future__ import annotations

from aml_maint.gui.forms.inputs import ChoiceInput


class CodeInput(ChoiceInput["str | None"]):
    """One of some codes, or none."""

    def raw(self) -> str:
        """The code."""
        return self.value() or ""

    def set_raw(self, raw: str) -> None:
        """Put a draft back, if the list still has its code."""
        if raw in [choice for choice, _ in self._choices]:
            self.set_value(raw)
