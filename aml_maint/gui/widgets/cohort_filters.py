"""Whom a cohort holds and how its outcomes are counted, chosen beside the figures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from aml_maint.domain.cohort_member import LastKnown, Status
from aml_maint.domain.cohort_tables import Grouping
from aml_maint.domain.disease import SorafenibTiming
from aml_maint.domain.endpoints import Counting
from aml_maint.domain.errors import BadInput, UserError
from aml_maint.domain.messages import Message, Name, say
from aml_maint.domain.outcome_words import USUAL_MONTHS
from aml_maint.domain.patient import Risk
from aml_maint.gui.desk import Looks
from aml_maint.gui.forms.date_input import DateInput
from aml_maint.gui.forms.form import Form
from aml_maint.gui.forms.inputs import ChoiceInput, TextInput
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.label import Label
from aml_maint.services.cohort import WARD, Cohort, CohortFilter
from aml_maint.services.cohort_figures import Choice

V = TypeVar("V")
W = TypeVar("W", bound=Enum)
Offered = Sequence[tuple[V, Message | Name | str]]

# What is typed rests so long before it is taken.
_TYPED_MS = 700
_MOST_MONTHS = 1200
_ANY: tuple[None, Message] = (None, say("cohort_page.any"))


@dataclass(frozen=True)
class Wanted:
    """Everything that is chosen here."""

    filter: CohortFilter
    choice: Choice


class CohortFilters(QWidget):
    """Each choice takes effect at once; what is typed, when the typing rests."""

    changed = Signal()

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self._looks = looks
        self.study: ChoiceInput[str | None] = ChoiceInput(looks, [_ANY])
        self.regimen: ChoiceInput[str | None] = ChoiceInput(looks, [_ANY])
        self.status = _one_of(looks, Status, "cohort.status")
        self.last_known = _one_of(looks, LastKnown, "cohort.outcome")
        self.risk = _one_of(looks, Risk, "risk", Risk.NOT_RECORDED)
        self.sorafenib = _one_of(looks, SorafenibTiming, "sorafenib", SorafenibTiming.NOT_RECORDED)
        self.baseline: ChoiceInput[bool | None] = ChoiceInput(
            looks, [_ANY, (False, say("cohort.mrd.negative")), (True, say("cohort.mrd.positive"))]
        )
        self.started_from = DateInput(looks, "started_from")
        self.started_until = DateInput(looks, "started_until")
        self.cut_off = DateInput(looks, "cut_off")
        self.grouping: ChoiceInput[Grouping] = ChoiceInput(
            looks, [(one, say(f"cohort_page.split.{one.value}")) for one in Grouping]
        )
        self.months = TextInput(looks, longest=60)
        self.censor = QCheckBox()
        self.reset = Button(looks, say("cohort_page.reset"), "undo")
        self.form = Form(looks)
        self._typed = QTimer(self, singleShot=True, interval=_TYPED_MS)
        self._typed.timeout.connect(self.changed)
        self._fill()
        self._lay_out()
        self._listen()
        self.clear()
        looks.words.changed.connect(self.retranslate)
        looks.theme.changed.connect(self.retranslate)
        self.retranslate()

    def wanted(self) -> Wanted:
        """What is chosen; BadInput for a date or months that can't be meant, said in its place."""
        self.form.clear_errors()
        try:
            return self._wanted()
        except UserError as error:
            self.fail(error)
            raise

    def fail(self, error: UserError) -> None:
        """Say beside its input what is wrong."""
        row = self.form.rows.get(error.field or "")
        if row is not None:
            row.tell(error.message)

    def offer(self, found: Cohort) -> None:
        """Offer the cohorts and regimens that there are; what was chosen stays if it is there."""
        studies = [
            (study, say("cohort_page.ward") if study == WARD else study) for study in found.studies
        ]
        self._offer(self.study, [_ANY, *((s, _name(t)) for s, t in studies)])
        self._offer(self.regimen, [_ANY, *found.regimen_names.items()])

    def clear(self) -> None:
        """Take every filter back."""
        for choice in (self.study, self.regimen, self.status, self.last_known, self.risk,
                       self.sorafenib, self.baseline, self.grouping):  # fmt: skip
            choice.setCurrentIndex(0)
        for day in (self.started_from, self.started_until, self.cut_off):
            day.set_day(None)
        self.months.setText(", ".join(map(str, USUAL_MONTHS)))
        self.censor.setChecked(False)
        self._typed.stop()
        self.form.clear_errors()

    @property
    def is_waiting(self) -> bool:
        """Is something typed that is not taken yet?"""
        return self._typed.isActive()

    def retranslate(self) -> None:
        """Set what Qt's own box shows."""
        self.censor.setText(self._looks.words.text("cohort_page.censor"))
        self.censor.setFont(self._looks.theme.font())

    def _wanted(self) -> Wanted:
        chosen = CohortFilter(
            study=self.study.value(),
            regimen=self.regimen.value(),
            risk=self.risk.value(),
            baseline_positive=self.baseline.value(),
            status=self.status.value(),
            last_known=self.last_known.value(),
            sorafenib=self.sorafenib.value(),
            started_from=self.started_from.day(),
            started_until=self.started_until.day(),
        )
        counting = Counting(self.cut_off.day(), self.censor.isChecked())
        return Wanted(chosen, Choice(counting, self.grouping.value(), self._months()))

    def _months(self) -> tuple[int, ...]:
        parts = [part for part in re.split(r"[\s,，、;；]+", self.months.value()) if part]
        if not all(part.isascii() and part.isdigit() for part in parts):
            raise BadInput(say("cohort_page.months_wrong"), field="months")
        found = sorted({int(part) for part in parts})
        if found and found[-1] > _MOST_MONTHS:
            raise BadInput(say("cohort_page.months_wrong"), field="months")
        return tuple(found) or USUAL_MONTHS

    def _offer(self, choice: ChoiceInput[V], offered: Offered[V]) -> None:
        if [text for _, text in offered] == [text for _, text in choice.offered]:
            return
        kept = choice.value()
        choice.offer(offered)
        if kept in [value for value, _ in offered]:
            choice.set_value(kept)

    def _fill(self) -> None:
        for name, part in (
            ("study", self.study), ("regimen", self.regimen), ("status", self.status),
            ("last_known", self.last_known), ("risk", self.risk), ("sorafenib", self.sorafenib),
            ("baseline", self.baseline), ("started_from", self.started_from),
            ("started_until", self.started_until), ("grouping", self.grouping),
            ("cut_off", self.cut_off), ("months", self.months),
            ("censor", self.censor),
        ):  # fmt: skip
            self.form.add_row(name, say(f"cohort_page.{name}"), part)
        self.form.finish()

    def _lay_out(self) -> None:
        theme = self._looks.theme
        box = QVBoxLayout(self)
        box.setContentsMargins(*[theme.unit(3)] * 4)
        box.setSpacing(theme.unit(2.5))
        box.addWidget(Label(self._looks, say("cohort_page.filters"), role="heading"))
        box.addWidget(self.form)
        box.addWidget(self.reset)
        box.addStretch(1)

    def _listen(self) -> None:
        for choice in (self.study, self.regimen, self.status, self.last_known, self.risk,
                       self.sorafenib, self.baseline, self.grouping):  # fmt: skip
            choice.chosen.connect(self.changed)
        for line in (self.started_from.edit, self.started_until.edit, self.cut_off.edit,
                     self.months):  # fmt: skip
            line.textEdited.connect(lambda _: self._typed.start())
            line.editingFinished.connect(self._take)
        self.censor.clicked.connect(self.changed)
        self.reset.clicked.connect(self._reset)

    def _take(self) -> None:
        """Enter, or going on, takes what is typed at once."""
        if self._typed.isActive():
            self._typed.stop()
            self.changed.emit()

    def _reset(self) -> None:
        self.clear()
        self.changed.emit()


def _one_of(
    looks: Looks, words: type[W], prefix: str, unknown: W | None = None
) -> ChoiceInput[W | None]:
    """A choice among the words of a list, or any of them."""
    offered = [(word, say(f"{prefix}.{word.value}")) for word in words if word is not unknown]
    return ChoiceInput(looks, [_ANY, *offered])


def _name(text: Message | str) -> Message | Name:
    return text if isinstance(text, Message) else Name(text, text)
