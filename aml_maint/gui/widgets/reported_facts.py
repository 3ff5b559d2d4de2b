"""What a publication says of a patient of its cohort, as printed: no dates, nothing completed."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from aml_maint.domain.cohort import ReportedPatient
from aml_maint.domain.messages import Message, say
from aml_maint.domain.patient import Flt3Itd
from aml_maint.gui.desk import Looks
from aml_maint.gui.widgets.facts import Fact, FactGrid, Text, literal
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.panel import Panel

_NOT_GIVEN = say("reported.not_given")
_CODES = {
    "timing": ("induction", "consolidation"),
    "mrd": ("positive", "negative"),
    "relapse": ("molecular", "morphological"),
    "fusion": ("none",),
}


class ReportedFacts(QWidget):
    """Four groups of facts, and what can be done with a patient who has no dates."""

    def __init__(self, looks: Looks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme = looks.theme
        self.heading = Label(looks, say("reported.heading"), role="heading")
        self.advice = Label(looks, say("reported.advice"), token="muted", wrap=True)
        self.grids = {name: FactGrid(looks) for name in ("disease", "before", "outcome", "notes")}
        inner = QWidget()
        grid = QGridLayout(inner)
        grid.setContentsMargins(*[theme.unit(5)] * 4)
        grid.setSpacing(theme.unit(4))
        grid.addWidget(self.heading, 0, 0, 1, 2)
        grid.addWidget(self.advice, 1, 0, 1, 2)
        for place, (name, facts) in enumerate(self.grids.items()):
            panel = Panel(looks)
            box = QVBoxLayout(panel)
            box.setContentsMargins(*[theme.unit(4)] * 4)
            box.setSpacing(theme.unit(3))
            box.addWidget(Label(looks, say(f"reported.{name}"), role="strong"))
            box.addWidget(facts)
            box.addStretch(1)
            grid.addWidget(panel, 2 + place // 2, place % 2)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(4, 1)
        self._looks = looks
        self._area = area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inner)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)
        looks.words.changed.connect(self.retranslate)
        self.retranslate()

    def retranslate(self) -> None:
        """Name the part that scrolls."""
        self._area.setAccessibleName(self._looks.words.text("reported.heading"))

    def show_patient(self, reported: ReportedPatient) -> None:
        """Show a patient's facts."""
        for name, facts in reported_facts(reported).items():
            self.grids[name].show_facts(facts)


def reported_facts(reported: ReportedPatient) -> dict[str, Sequence[Fact]]:
    """The facts by group; what the publication does not give is said in words."""
    relapse: Text = say("reported.relapse.none")
    if reported.relapse:
        kind = reported.relapse_type
        relapse = _word("relapse", kind) if kind else say("reported.relapse.unknown")
    return {
        "disease": (
            _fact("age", say("reported.years", age=reported.age_years)),
            _fact("fab", _text(reported.fab)),
            _fact("karyotype", _text(reported.karyotype)),
            _fact("mutations", _text(", ".join(reported.mutations))),
            _fact("flt3", _flt3(reported.flt3_itd)),
            _fact("fusion", _word("fusion", reported.fusion)),
            _fact("risk", say(f"risk.{reported.eln2022.value}")),
            _fact("wbc", _number(reported.wbc, "reported.giga")),
            _fact("blasts", _number(reported.blast_percent, "reported.percent")),
        ),
        "before": (
            _fact("pretreatment", _text(reported.pretreatment)),
            _fact("sorafenib", _word("timing", reported.sorafenib_timing)),
            _fact("mrd", _word("mrd", reported.mrd_flow)),
            _fact("mrd_percent", _number(reported.mrd_flow_percent, "reported.percent")),
            _fact("ratio", _number(reported.fusion_ratio_percent, "reported.percent")),
        ),
        "outcome": (
            _fact("status", say(f"reported.status.{reported.status}")),
            _fact("relapse", relapse),
            _fact("rfs", say("reported.months", months=reported.rfs_months)),
            _fact("os", say("reported.months", months=reported.os_months)),
            _fact("vital", say(f"reported.vital.{reported.outcome}")),
        ),
        "notes": (_fact("remarks", _text(reported.notes, "no_remarks")),),
    }  # fmt: skip


def _fact(name: str, value: Text) -> Fact:
    token = "muted" if value == _NOT_GIVEN else "text"
    return Fact(say(f"reported.fact.{name}"), value, token)


def _word(kind: str, text: str) -> Text:
    """A coded fact in words; another cohort's own code stands as it was printed."""
    if not text:
        return _NOT_GIVEN
    return say(f"reported.{kind}.{text}") if text in _CODES[kind] else literal(text)


def _text(text: str, empty: str = "not_given") -> Text:
    return literal(text) if text else say(f"reported.{empty}")


def _number(value: Decimal | None, key: str) -> Message:
    return _NOT_GIVEN if value is None else say(key, value=value)


def _flt3(flt3: Flt3Itd) -> Message:
    return say(f"flt3.{flt3.value}")
