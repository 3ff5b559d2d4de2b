"""The figures of a regimen that no source states: this program's defaults, for a site to accept."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from aml_maint.domain.gate import rule_text
from aml_maint.domain.messages import Message, say
from aml_maint.domain.quantities import LabValue, lab_text, plain
from aml_maint.domain.regimen import Component, Evidence, GateRule, Regimen, Source
from aml_maint.gui.desk import Looks
from aml_maint.gui.forms.form import Form
from aml_maint.gui.forms.inputs import ChoiceInput
from aml_maint.gui.widgets.label import Label
from aml_maint.services.library import regimens

_FIRST_SHOWN = "sorafenib_iti"


class SiteDefaults(QWidget):
    """One regimen at a time: each component with its defaults in words."""

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self._looks = looks
        known = list(regimens().values())
        self.regimen: ChoiceInput[Regimen] = ChoiceInput(looks, [(r, r.name) for r in known])
        self.regimen.set_value(regimens().get(_FIRST_SHOWN, known[0]))
        self.regimen.currentIndexChanged.connect(lambda _: self._fill())
        form = Form(looks)
        form.add_row("regimen", say("course.regimen"), self.regimen)
        form.finish()
        self._list = QWidget()
        self._grid = _grid(looks, self._list)
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(looks.theme.unit(3))
        self._box.addWidget(Label(looks, "settings.defaults.story", token="muted", wrap=True))
        self._box.addWidget(form)
        self._box.addWidget(self._list)
        self._fill()

    def _fill(self) -> None:
        """Show the defaults of the regimen chosen, in place of those shown before."""
        self._list.deleteLater()
        self._list = QWidget(self)
        self._grid = _grid(self._looks, self._list)
        self._box.addWidget(self._list)
        line = 0
        for component in self.regimen.value().components:
            for number, default in enumerate(defaults_of(component, self.regimen.value())):
                if number == 0:
                    name = Label(self._looks, component.drug.name, role="strong")
                    self._grid.addWidget(name, line, 0)
                self._grid.addWidget(Label(self._looks, default, wrap=True), line, 1)
                line += 1


def defaults_of(component: Component, regimen: Regimen) -> Iterator[Message]:
    """What of a component is a default of this program and not in its sources."""
    own = [slot.at for slot in component.slots if _is_default(slot.source)]
    if own:
        yield say("default.times", times=tuple(own))
    rhythm = component.rhythm
    if _is_default(rhythm.source) and component.link is None:
        key = "default.rhythm.daily" if rhythm.interval_days == 1 else "default.rhythm"
        yield Message(key, {"days": rhythm.interval_days, "first": rhythm.first_day})
    link = component.link
    if link is not None and link.offset_minutes < 0 and _is_default(link.source):
        yield say(
            "default.link",
            drug=regimen.component(link.to).drug.name,
            before=-link.offset_minutes,
            earliest=-link.earliest_minutes,
            latest=-link.latest_minutes,
        )
    if link is None and _is_default(component.window_source):
        yield say("default.window", minutes=component.window_minutes)
    if component.min_gap_days is not None and _is_default(component.gap_source):
        yield say("default.gap", days=component.min_gap_days)
    for rule in component.gates:
        yield from _gate_defaults(rule)


def _gate_defaults(rule: GateRule) -> Iterator[Message]:
    analyte = Message(f"analyte.{rule.analyte}")
    if _is_default(rule.source):
        key = "default.gate" if rule.active else "default.gate_off"
        yield Message(key, {"analyte": analyte, "rule": rule_text(rule)})
    if rule.max_age_days is None or not _is_default(rule.age_source):
        return
    yield say("default.count_age", analyte=analyte, days=rule.max_age_days)
    if rule.watch_age_days is not None and rule.watch_below and rule.watch_fall:
        yield say(
            "default.count_watch",
            analyte=analyte,
            days=rule.watch_age_days,
            below=lab_text(LabValue(rule.watch_below, rule.unit)),
            fall=plain((rule.watch_fall * 100).quantize(Decimal(1))),
        )


def _is_default(source: Source | None) -> bool:
    return source is not None and source.evidence is Evidence.SITE_DEFAULT


def _grid(looks: Looks, around: QWidget) -> QGridLayout:
    grid = QGridLayout(around)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(looks.theme.unit(6))
    grid.setVerticalSpacing(looks.theme.unit(1.5))
    grid.setColumnStretch(1, 1)
    return grid
