"""Below an injection's card: its sites to look at, and the reactions at them."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from aml_maint.domain.messages import say
from aml_maint.gui.desk import Looks
from aml_maint.gui.widgets.body_map import BodyMap
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.label import Label
from aml_maint.services.injections import InjectionSites


class SitePanel(QWidget):
    """The body map of a day, without choosing; its buttons record a reaction or end one."""

    wanted = Signal(str)
    """The name of an act of the cycle: `reaction` or `reaction_ends`."""

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self.heading = Label(looks, say("injection.panel"), role="strong")
        self.map = BodyMap(looks, editable=False)
        self.record = Button(
            looks, say("injection.reaction.record"), leads_to="record_site_reaction"
        )
        self.end = Button(looks, say("injection.reaction.end"), leads_to="end_site_reaction")
        self.record.clicked.connect(lambda: self.wanted.emit("reaction"))
        self.end.clicked.connect(lambda: self.wanted.emit("reaction_ends"))
        buttons = QHBoxLayout()
        buttons.setSpacing(looks.theme.unit(1.5))
        buttons.addWidget(self.record)
        buttons.addWidget(self.end)
        buttons.addStretch(1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, looks.theme.unit(2), 0, 0)
        box.setSpacing(looks.theme.unit(2))
        box.addWidget(self.heading)
        box.addWidget(self.map)
        box.addLayout(buttons)

    def show_sites(self, sites: InjectionSites) -> None:
        """Show the sites as they stand on a day."""
        self.map.show_sites(sites)
        self.end.setVisible(any(state.reactions for state in sites.map.sites))
