"""Beside the board: one marrow with both verdicts, what must be seen, and its specimens."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from aml_maint.domain.marrow import Specimen
from aml_maint.domain.marrow_facts import result_details
from aml_maint.domain.messages import Message, say
from aml_maint.domain.mrd import Track
from aml_maint.domain.response_board import MarrowRow, ResponseBoard
from aml_maint.domain.response_words import pcr_words
from aml_maint.domain.specimen_clock import Tracked
from aml_maint.gui.desk import Looks
from aml_maint.gui.marrow_words import review_words, specimen_words
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.event_card import emptied
from aml_maint.gui.widgets.flow_layout import FlowLayout
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.panel import Panel
from aml_maint.gui.widgets.scrolling import Scrolling
from aml_maint.gui.widgets.verdict_card import VerdictCard


class SpecimenCard(Panel):
    """Where a specimen is and what came back; its button enters or corrects the result."""

    asked = Signal(object)
    """The specimen to enter a result of, or to correct."""

    def __init__(self, looks: Looks, tracked: Tracked) -> None:
        super().__init__(looks)
        self.tracked = tracked
        theme = looks.theme
        told, token = specimen_words(tracked)
        self.told = Label(looks, told, token=token, wrap=True)
        words = QVBoxLayout()
        words.setSpacing(theme.unit(0.5))
        words.addWidget(self.told)
        if (place := _place(tracked.specimen)) is not None:
            words.addWidget(Label(looks, place, role="small", token="muted", wrap=True))
        result = tracked.specimen.result
        if result is not None and (details := result_details(result)):
            told = say("marrow.details", details=details)
            words.addWidget(Label(looks, told, role="small", token="muted", wrap=True))
        verb = "result" if tracked.specimen.is_pending else "correct"
        writes = "record_specimen" if tracked.specimen.is_pending else "correct_marrow"
        self.button = Button(looks, say(f"marrow.act.{verb}"), leads_to=writes)
        self.button.clicked.connect(lambda: self.asked.emit(self.tracked.specimen))
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.unit(3), theme.unit(2), theme.unit(2), theme.unit(2))
        row.setSpacing(theme.unit(2))
        row.addLayout(words, 1)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignTop)


# What can be done with a marrow, and the command that it ends in.
_COMMANDS = {
    "confirm": "review_response",
    "overrule": "review_response",
    "add": "record_specimen",
    "withdraw": "withdraw_marrow",
}


class MarrowDetail(QWidget):
    """What the marrow under the cursor means, and what can be done with it."""

    asked = Signal(str)
    """An act on the marrow: confirm, overrule, add, withdraw."""
    result_asked = Signal(object)
    """The specimen to enter a result of, or to correct."""

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self._looks = looks
        theme = looks.theme
        self.row: MarrowRow | None = None
        self.head = Label(looks, role="heading", wrap=True)
        self.about = Label(looks, role="small", token="muted", wrap=True)
        self.cards = {track: VerdictCard(looks, track) for track in Track}
        self.review = Label(looks, role="small", wrap=True)
        self.specimens: list[SpecimenCard] = []
        self.buttons = {
            act: Button(looks, say(f"marrow.act.{act}"), leads_to=command)
            for act, command in _COMMANDS.items()
        }
        for act, button in self.buttons.items():
            button.clicked.connect(lambda _=False, a=act: self.asked.emit(a))
        inside = QWidget()
        box = QVBoxLayout(inside)
        box.setContentsMargins(theme.unit(4), theme.unit(2), theme.unit(4), theme.unit(4))
        box.setSpacing(theme.unit(2))
        box.addWidget(self.head)
        box.addWidget(self.about)
        self._notes = QVBoxLayout()
        self._notes.setSpacing(theme.unit(1))
        box.addLayout(self._notes)
        for card in self.cards.values():
            box.addWidget(card)
        box.addWidget(self.review)
        box.addLayout(self._acts("confirm", "overrule"))
        self._specimens = QVBoxLayout()
        self._specimens.setSpacing(theme.unit(2))
        box.addLayout(self._specimens)
        box.addLayout(self._acts("add", "withdraw"))
        box.addStretch(1)
        around = Scrolling(inside)
        around.setFrameShape(QFrame.Shape.NoFrame)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(around)
        self.inside = inside
        looks.theme.changed.connect(self._restyle)
        self._restyle()
        self.clear()

    def clear(self) -> None:
        """Show nothing."""
        self.row = None
        self.inside.hide()

    def show_row(self, board: ResponseBoard, row: MarrowRow) -> None:
        """Show a marrow of a board."""
        self.row = row
        self.inside.show()
        marrow = row.marrow
        self.head.say(say("marrow.head", at=marrow.collected.local))
        self.about.say(_about(row))
        emptied(self._notes)
        for text, token in _notes(board, row):
            self._notes.addWidget(Label(self._looks, text, role="small", token=token, wrap=True))
        for card in self.cards.values():
            card.show_row(row)
        judged = row.verdict.response.study is not None or row.verdict.mrd is not None
        told, token = review_words(row.review, stale=row.review_is_stale)
        self.review.say(told)
        self.review.use_token(token)
        self.review.setVisible(judged)
        self.buttons["confirm"].setVisible(judged and row.wants_review)
        self.buttons["overrule"].setVisible(judged)
        emptied(self._specimens)
        self.specimens = []
        for tracked in row.tracked:
            card_of = SpecimenCard(self._looks, tracked)
            card_of.asked.connect(self.result_asked)
            self.specimens.append(card_of)
            self._specimens.addWidget(card_of)

    def _acts(self, *names: str) -> FlowLayout:
        theme = self._looks.theme
        row = FlowLayout(across=theme.unit(1.5), down=theme.unit(1.5))
        for name in names:
            row.addWidget(self.buttons[name])
        return row

    def _restyle(self) -> None:
        self.setFixedWidth(self._looks.theme.unit(100))


def _about(row: MarrowRow) -> Message:
    purpose = say(f"purpose.{row.marrow.purpose.value}")
    counts = row.counts
    if counts.granulocytes is None and counts.platelets is None:
        return say("marrow.about.no_counts", purpose=purpose)
    unknown = say("marrow.unknown")
    return say(
        "marrow.about",
        purpose=purpose,
        granulocytes=unknown if counts.granulocytes is None else counts.granulocytes,
        platelets=unknown if counts.platelets is None else counts.platelets,
    )


def _notes(board: ResponseBoard, row: MarrowRow) -> list[tuple[Message, str]]:
    """What the marrow brought to light, what must be seen beside it, and how PCR moved."""
    found: list[tuple[Message, str]] = []
    order = row.marrow.id
    for track, course in ((Track.STUDY, board.study), (Track.ELN, board.eln)):
        for event in course.events:
            if event.sample.order.endswith(order):
                told = say(
                    "marrow.event",
                    track=say(f"track.{track.value}"),
                    event=say(f"course_event.{event.code.value}"),
                    reason=event.reason,
                )
                found.append((told, "danger" if "relapse" in event.code.value else "text"))
    found += [(flag.message, "warning") for flag in row.verdict.flags]
    found += [(told, "muted") for told in pcr_words(row)]
    if row.marrow.note:
        found.append((say("marrow.note", note=row.marrow.note), "muted"))
    return found


def _place(specimen: Specimen) -> Message | None:
    """Tube and laboratory, as far as they are known."""
    tube = say(f"tube.{specimen.tube.value}")
    stated = specimen.tube.value != "not_stated"
    if specimen.laboratory and stated:
        return say("specimen.place", tube=tube, laboratory=specimen.laboratory)
    if specimen.laboratory:
        return say("specimen.place.laboratory", laboratory=specimen.laboratory)
    return say("specimen.place.tube", tube=tube) if stated else None
