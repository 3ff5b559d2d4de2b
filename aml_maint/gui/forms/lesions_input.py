"""The cytogenetics at diagnosis: not known, normal, or what was found."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import Message, say
from aml_maint.domain.risk import Lesion
from aml_maint.gui.desk import Looks
from aml_maint.gui.forms.check_list import CheckList
from aml_maint.gui.forms.inputs import ChoiceInput, TextInput

_ACROSS = 5
_WORDS = frozenset({Lesion.COMPLEX.value, Lesion.MONOSOMAL.value})


def lesion_told(finding: str) -> Message:
    """A finding as people write it: most are formulas, some are words."""
    if finding in _WORDS:
        return say(f"lesion.{finding}")
    return say("follow_up.as_is", text=finding)


class Known(StrEnum):
    """What is known of the karyotype."""

    UNKNOWN = "unknown"
    NORMAL = "normal"
    ABNORMAL = "abnormal"


class LesionsInput(QWidget):
    """Findings that ELN 2022 names have boxes; any others are typed with a semicolon between."""

    edited = Signal()

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self._looks = looks
        self.known: ChoiceInput[Known] = ChoiceInput(
            looks, [(one, say(f"cytogenetics.{one.value}")) for one in Known]
        )
        self.boxes = CheckList(
            looks, [(one.name, lesion_told(one.value)) for one in Lesion], across=_ACROSS
        )
        self.others = TextInput(looks, say("diagnosis.cytogenetics.others"))
        row = QHBoxLayout()
        row.setSpacing(looks.theme.unit(3))
        row.addWidget(self.known)
        row.addWidget(self.others, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(looks.theme.unit(1.5))
        box.addLayout(row)
        box.addWidget(self.boxes)
        self.setFocusProxy(self.known)
        self.known.chosen.connect(self._changed)
        self.others.textEdited.connect(self._found)
        for one in self.boxes.boxes.values():
            one.clicked.connect(self._found)

    def findings(self) -> tuple[str, ...] | None:
        """The findings; none for a normal karyotype, None where it is not known.

        BadInput for an abnormal one without a finding.
        """
        if self.known.value() is Known.UNKNOWN:
            return None
        if self.known.value() is Known.NORMAL:
            return ()
        typed = self.others.value().replace("；", ";").split(";")
        found = (*self._ticked(), *(one.strip() for one in typed if one.strip()))
        if not found:
            raise BadInput(say("diagnosis.cytogenetics.which"), field="cytogenetics")
        return found

    def set_findings(self, findings: tuple[str, ...] | None) -> None:
        """Show what is known."""
        exact = {lesion.value: lesion.name for lesion in Lesion}
        named = [exact[one] for one in findings or () if one in exact]
        self.boxes.set_value(named)
        self.others.setText("; ".join(one for one in findings or () if one not in exact))
        known = Known.UNKNOWN if findings is None else Known.ABNORMAL if findings else Known.NORMAL
        self.known.set_value(known)

    def raw(self) -> str:
        """What is chosen, ticked and typed."""
        return "|".join((self.known.raw(), self.boxes.raw(), self.others.raw()))

    def set_raw(self, raw: str) -> None:
        """Put a draft back."""
        known, _, rest = raw.partition("|")
        boxes, _, others = rest.partition("|")
        self.known.set_raw(known)
        self.boxes.set_raw(boxes)
        self.others.set_raw(others)

    def setAccessibleName(self, name: str) -> None:
        """Name the parts that take the keyboard, too."""
        super().setAccessibleName(name)
        self.known.setAccessibleName(name)
        self.others.setAccessibleName(self._looks.words.text("diagnosis.cytogenetics.others"))

    def _ticked(self) -> tuple[str, ...]:
        return tuple(Lesion[name].value for name in self.boxes.value())

    def _changed(self) -> None:
        if self.known.value() is not Known.ABNORMAL:
            self.boxes.set_value([])
            self.others.clear()
        self.edited.emit()

    def _found(self) -> None:
        """Whoever names a finding says that the karyotype is abnormal."""
        if self.boxes.value() or self.others.value():
            self.known.set_value(Known.ABNORMAL)
        self.edited.emit()
