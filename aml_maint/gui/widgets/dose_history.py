"""The earlier entries of a dose: struck through but legible, with who ended them, when and why."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from aml_maint.domain.administration import TAKEN, Administration
from aml_maint.domain.messages import Message, say
from aml_maint.domain.quantities import dose_text
from aml_maint.gui.desk import Looks
from aml_maint.gui.widgets.label import Label
from aml_maint.services.dose_history import EarlierRecord


class StruckLabel(Label):
    """A record that no longer stands: struck through, but legible."""

    def restyle(self) -> None:
        super().restyle()
        font = self.font()
        font.setStrikeOut(True)
        self.setFont(font)


class DoseHistory(QWidget):
    """What was recorded before, oldest first; hidden while there is nothing."""

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self._looks = looks
        self.heading = Label(looks, "history.heading", role="small", token="muted")
        self._lines: list[tuple[StruckLabel, Label]] = []
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, looks.theme.unit(1), 0, 0)
        self._box.setSpacing(looks.theme.unit(0.5))
        self._box.addWidget(self.heading)
        self.hide()

    def show_entries(self, entries: Sequence[EarlierRecord]) -> None:
        """Show these entries and no others."""
        while len(self._lines) < len(entries):
            self._add_line()
        for place, (entry, ending) in enumerate(self._lines):
            shown = place < len(entries)
            entry.setVisible(shown)
            ending.setVisible(shown)
            if shown:
                entry.say(_recorded(entries[place].record))
                ending.say(_ended(entries[place]))
        self.setVisible(bool(entries))

    def struck(self) -> list[StruckLabel]:
        """The struck lines shown."""
        return [entry for entry, _ in self._lines if not entry.isHidden()]

    def texts(self) -> list[tuple[str, str]]:
        """Each entry shown with its ending."""
        return [(e.text(), ending.text()) for e, ending in self._lines if not e.isHidden()]

    def _add_line(self) -> None:
        entry = StruckLabel(self._looks, role="small", token="muted", wrap=True)
        ending = Label(self._looks, role="small", wrap=True)
        self._lines.append((entry, ending))
        self._box.addWidget(entry)
        self._box.addWidget(ending)


def _recorded(record: Administration) -> Message:
    """What an entry said, who made it and when."""
    return say(
        "history.entry", told=tuple(_told(record)), at=record.recorded.local,
        by=record.recorded_by, role=say(f"role.{record.recorded_role}"),
    )  # fmt: skip


def _told(record: Administration) -> list[Message]:
    state = say(f"state.{record.status.value}")
    told = [state]
    if record.status in TAKEN and record.given is not None:
        told = [say("today.state.taken", state=state, when=say("today.moment",
                                                               at=record.given.local))]  # fmt: skip
    if record.dose is not None:
        told.append(dose_text(record.dose))
    if record.reason is not None:
        told.append(say(f"reason.{record.reason}"))
    if record.site is not None:
        told.append(say(f"site.{record.site}"))
    if record.lot:
        told.append(say("history.lot", lot=record.lot))
    if record.note:
        told.append(say("today.text", text=record.note))
    return told


def _ended(entry: EarlierRecord) -> Message:
    """How an entry ended: corrected or entered in error, by whom, when, and why."""
    kind = "corrected" if entry.corrected else "withdrawn" if entry.reason else "undone"
    role = say(f"role.{entry.ended_role}")
    told = {"at": entry.ended.local, "by": entry.ended_by, "role": role}
    if entry.reason:
        told["reason"] = entry.reason
    return Message(f"history.{kind}", told)
