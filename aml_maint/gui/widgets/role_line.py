"""One quiet line below what is switched off: which roles it is for."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from aml_maint.domain.messages import Message
from aml_maint.gui.desk import Looks
from aml_maint.gui.widgets.label import Label


class RoleLine(Label):
    """Says why some commands are for others; hidden for those who may give one of them."""

    def __init__(
        self, looks: Looks, commands: str | Sequence[str], key: str = "",
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        """`key` is the text around the reason, which it names `{why}`; without it, the reason."""
        super().__init__(looks, role="small", token="muted", wrap=True, parent=parent)
        self._key = key
        self.lead_to(commands)

    def lead_to(self, commands: str | Sequence[str]) -> None:
        """Speak of other commands."""
        given = (commands,) if isinstance(commands, str) else tuple(commands)
        why = self._looks.why_not(*given)
        self.is_needed = why is not None
        if why is not None:
            self.say(Message(self._key, {"why": why}) if self._key else why)
        self.setHidden(why is None)
