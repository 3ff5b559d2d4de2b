"""What can be decided about a planned dose, beside recording it: its time of day, and tests."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from aml_maint.gui.desk import Looks
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.flow_layout import FlowLayout
from aml_maint.services.dose_view import DoseView

# The acts, and the command that each ends in.
_ACTS = {
    "clock_time": "set_clock_time",
    "pregnancy_test": "record_pregnancy_test",
    "childbearing": "state_childbearing",
}


class DoseActs(QWidget):
    """Buttons at the foot of a dose's card; pregnancy is asked about only where a gate does."""

    wanted = Signal(str)
    """The name of an act that opens a dialog."""

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self.buttons = {
            name: Button(looks, f"card.act.{name}", leads_to=command)
            for name, command in _ACTS.items()
        }
        flow = FlowLayout(self, across=looks.theme.unit(1.5), down=looks.theme.unit(1.5))
        for name, button in self.buttons.items():
            button.clicked.connect(lambda _=False, name=name: self.wanted.emit(name))
            flow.addWidget(button)
        self.hide()

    def show_views(self, views: Sequence[DoseView]) -> None:
        """Offer what concerns these doses."""
        planned = [view for view in views if not view.slot.is_unplanned]
        rules = (view.planned.component.pregnancy for view in planned)
        asked = any(rule is not None and rule.active for rule in rules)
        for name in ("pregnancy_test", "childbearing"):
            self.buttons[name].setVisible(asked)
        self.setVisible(bool(planned))
