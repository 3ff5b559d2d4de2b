"""One track's verdict on a marrow: the class, and below it the reason and whose rule it is."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout

from aml_maint.domain.messages import Message, say
from aml_maint.domain.mrd import Track
from aml_maint.domain.response_board import MarrowRow
from aml_maint.domain.response_words import eln_words, mrd_class_words, study_words
from aml_maint.gui.desk import Looks
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.panel import Panel


class VerdictCard(Panel):
    """Response and MRD by the study's rule, or by ELN's."""

    def __init__(self, looks: Looks, track: Track) -> None:
        super().__init__(looks)
        self._looks = looks
        self.track = track
        theme = looks.theme
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.unit(3), theme.unit(2), theme.unit(3), theme.unit(2))
        box.setSpacing(theme.unit(0.5))
        self._told: Message | None = None
        self.head = Label(looks, say(f"track.{track.value}"), role="small", token="muted")
        self.response = Label(looks, role="strong", wrap=True)
        self.response_why = Label(looks, role="small", token="muted", wrap=True)
        self.mrd = Label(looks, role="strong", wrap=True)
        self.mrd_why = Label(looks, role="small", token="muted", wrap=True)
        source = say(f"track.source.{track.value}")
        self.source = Label(looks, source, role="small", token="muted", wrap=True)
        for part in (self.head, self.response, self.response_why, self.mrd, self.mrd_why,
                     self.source):  # fmt: skip
            box.addWidget(part)
        looks.words.changed.connect(self._name)

    def show_row(self, row: MarrowRow) -> None:
        """Show the verdict on a marrow."""
        verdict, mrd = row.verdict.response, row.verdict.mrd
        study = self.track is Track.STUDY
        if study:
            word = verdict.study.value if verdict.study else "none"
            self.response.say(say(f"response.class.{word}"))
            self.response_why.say(verdict.study_reason)
        else:
            word = verdict.eln.value if verdict.eln else "none"
            self.response.say(say(f"response.eln_class.{word}"))
            self.response_why.say(verdict.eln_reason)
        self.mrd.say(mrd_class_words(mrd, self.track))
        why: Message | str = ""
        if mrd is not None:
            why = mrd.reason if study else mrd.eln_reason
        self.mrd_why.say(why)
        self.mrd_why.setVisible(bool(why))
        positive = mrd is not None and mrd.is_positive(self.track)
        self.mrd.use_token("danger" if positive else "text")
        self._told = study_words(row) if study else eln_words(row.verdict)
        self._name()

    def _name(self) -> None:
        if self._told is not None:
            head, told = self.head.text(), self._looks.words.text(self._told)
            self.setAccessibleName(
                self._looks.words.text(say("access.column", head=head, text=told))
            )
