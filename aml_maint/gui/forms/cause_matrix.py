"""How each drug, and what is no drug, is judged to have caused an event."""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import StrEnum
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import Message, Name, say
from aml_maint.domain.toxicity_event import Causality, Cause, Challenge, DrugAction, OtherCause
from aml_maint.gui.desk import Looks
from aml_maint.gui.forms.inputs import ChoiceInput
from aml_maint.gui.toxicity_words import cause_name
from aml_maint.gui.widgets.label import Label

_Word = TypeVar("_Word", bound=StrEnum)
_Choice = ChoiceInput[StrEnum | None]

_COLUMNS: tuple[tuple[str, type[StrEnum], str], ...] = (
    ("causality", Causality, "causality"),
    ("action", DrugAction, "drug_action"),
    ("dechallenge", Challenge, "challenge"),
    ("rechallenge", Challenge, "challenge"),
)
_NO_DRUG = frozenset(cause.value for cause in OtherCause)


class CauseMatrix(QWidget):
    """A line per cause: how likely, what was done with the drug, what that showed."""

    def __init__(self, looks: Looks, causes: Sequence[str], judge: str) -> None:
        super().__init__()
        self._looks = looks
        self._judge = judge
        self._known: dict[str, Cause] = {}
        self.inputs: dict[str, dict[str, _Choice]] = {}
        self.names: dict[str, Label] = {}
        theme = looks.theme
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.unit(2))
        grid.setVerticalSpacing(theme.unit(1))
        for number, (name, _, _) in enumerate(_COLUMNS, 1):
            head = Label(looks, say(f"toxicity.cause.{name}"), role="small", token="muted")
            grid.addWidget(head, 0, number)
            grid.setColumnStretch(number, 1)
        for line, cause in enumerate(causes, 1):
            self._add(grid, line, cause)
        looks.words.changed.connect(self.retranslate)
        self.retranslate()

    def causes(self) -> tuple[Cause, ...]:
        """What is judged, in the order of the lines; lines that say nothing are left out.

        BadInput, naming the line, for a judgement that can't be.
        """
        found = []
        for cause, inputs in self.inputs.items():
            chosen = {name: one.value() for name, one in inputs.items()}
            causality = _word(chosen, "causality", Causality)
            before = self._known.get(cause)
            same = before is not None and before.causality is causality
            judge = before.judged_by if before is not None and same else self._judge
            try:
                one = Cause(
                    cause,
                    causality,
                    judge if causality is not None else "",
                    _word(chosen, "action", DrugAction),
                    _word(chosen, "dechallenge", Challenge),
                    _word(chosen, "rechallenge", Challenge),
                )
            except BadInput as error:
                told = say("toxicity.cause.problem", cause=cause_name(cause), told=error.message)
                raise BadInput(told, field="causes") from error
            if not one.is_empty:
                found.append(one)
        return tuple(found)

    def show_causes(self, causes: Sequence[Cause]) -> None:
        """Show how an event was judged."""
        self._known = {one.cause: one for one in causes}
        for one in causes:
            inputs = self.inputs.get(one.cause)
            if inputs is None:
                continue
            inputs["causality"].set_value(one.causality)
            if "action" in inputs:
                inputs["action"].set_value(one.action)
                inputs["dechallenge"].set_value(one.dechallenge)
                inputs["rechallenge"].set_value(one.rechallenge)

    def suggest(self, drugs: Sequence[str]) -> None:
        """Print the drugs strong that the term is characteristic of."""
        for cause, name in self.names.items():
            name.setFont(self._looks.theme.font("strong" if cause in drugs else "body"))

    def raw(self) -> str:
        """What is chosen, line by line."""
        chosen = {
            cause: {name: one.raw() for name, one in inputs.items()}
            for cause, inputs in self.inputs.items()
        }
        return json.dumps(chosen)

    def set_raw(self, raw: str) -> None:
        """Put a draft back."""
        for cause, chosen in json.loads(raw or "{}").items():
            for name, text in chosen.items():
                if cause in self.inputs and name in self.inputs[cause]:
                    self.inputs[cause][name].set_raw(text)

    def retranslate(self) -> None:
        """Name each choice after its line and column."""
        words = self._looks.words
        for cause, inputs in self.inputs.items():
            for name, one in inputs.items():
                column = words.text(f"toxicity.cause.{name}")
                one.setAccessibleName(f"{words.text(cause_name(cause))}: {column}")

    def _add(self, grid: QGridLayout, line: int, cause: str) -> None:
        self.names[cause] = Label(self._looks, cause_name(cause))
        grid.addWidget(self.names[cause], line, 0, Qt.AlignmentFlag.AlignVCenter)
        mine: dict[str, _Choice] = {}
        for number, (name, words, area) in enumerate(_COLUMNS, 1):
            if name != "causality" and cause in _NO_DRUG:
                continue
            blank: tuple[StrEnum | None, Message | Name | str] = (None, say("toxicity.cause.open"))
            options = [(word, say(f"{area}.{word.value}")) for word in words]
            one: _Choice = ChoiceInput(self._looks, [blank, *options])
            one.setMinimumWidth(self._looks.theme.unit(20))
            grid.addWidget(one, line, number)
            mine[name] = one
            if len(mine) == 1 and not self.inputs:
                self.setFocusProxy(one)
        self.inputs[cause] = mine


def _word(chosen: dict[str, StrEnum | None], name: str, kind: type[_Word]) -> _Word | None:
    found = chosen.get(name)
    return found if isinstance(found, kind) else None
