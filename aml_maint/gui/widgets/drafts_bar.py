"""Tells of the forms that were not finished before the window was closed or fell."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from aml_maint.domain.messages import Message, say
from aml_maint.domain.moment import Moment
from aml_maint.gui.desk import Desk
from aml_maint.gui.dose_words import patient_name
from aml_maint.gui.widgets.button import Button, IconButton
from aml_maint.gui.widgets.flow_layout import FlowLayout
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.ornament import Ornament
from aml_maint.gui.widgets.panel import Panel
from aml_maint.services.drafts import UnfinishedForm

# More forms than these are told by their number only.
_MOST_SHOWN = 4


class DraftsBar(QWidget):
    """One button per unfinished form, and one that throws them all away; hidden without any."""

    wanted = Signal(object)
    """The UnfinishedForm to go on with."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._forms: list[UnfinishedForm] = []
        self.sign = Ornament()
        self.message = Label(desk, role="strong", wrap=True)
        self.buttons: list[Button] = []
        self.discard = Button(desk, "drafts.discard")
        self.discard.clicked.connect(self._discard)
        self.dismiss = IconButton(desk, "close", say("drafts.later"), token="text")
        self.dismiss.clicked.connect(self.hide)
        self._flow = FlowLayout(across=desk.theme.unit(2), down=desk.theme.unit(1.5))
        self._lay_out()
        desk.drafts.found.connect(self.show_forms)
        desk.drafts.changed.connect(self._again)
        desk.theme.changed.connect(self._restyle)
        self._restyle()
        self.show_forms(desk.drafts.earlier)

    def show_forms(self, forms: Sequence[UnfinishedForm]) -> None:
        """Tell of these forms."""
        self._forms = list(forms)
        for button in self.buttons:
            self._flow.removeWidget(button)
            button.deleteLater()
        self.buttons = [self._button(form) for form in self._forms[:_MOST_SHOWN]]
        for button in self.buttons:
            self._flow.addWidget(button)
        count = len(self._forms)
        told = say("drafts.one") if count == 1 else say("drafts.kept", count=count)
        self.message.say(told)
        self.setAccessibleName(self.message.text())
        self.discard.say("drafts.discard" if count == 1 else "drafts.discard_all")
        self.setVisible(count > 0)

    def _button(self, form: UnfinishedForm) -> Button:
        button = Button(self._desk, self._told(form))
        button.clicked.connect(partial(self.wanted.emit, form))
        return button

    def _told(self, form: UnfinishedForm) -> Message:
        at = Moment.at(form.draft.kept, self._desk.session.zone).local
        title = form.draft.title
        if form.patient is None:
            return say("drafts.form", title=title, at=at)
        return say("drafts.form_of", title=title, patient=patient_name(form.patient), at=at)

    def _again(self) -> None:
        """Leave out the forms that were saved or thrown away since."""
        left = [form for form in self._forms if form.draft.name in self._desk.drafts]
        if len(left) < len(self._forms):
            hidden = self.isHidden()
            self.show_forms(left)
            self.setVisible(bool(left) and not hidden)

    def _discard(self) -> None:
        for form in list(self._forms):
            self._desk.drafts.drop(form.draft.name)

    def _restyle(self) -> None:
        size = self._desk.theme.unit(5)
        icon = self._desk.theme.icon("info", "warning")
        self.sign.setPixmap(icon.pixmap(QSize(size, size)))

    def _lay_out(self) -> None:
        theme = self._desk.theme
        panel = Panel(self._desk, token="warning_surface", line="warning")
        texts = QVBoxLayout()
        texts.setSpacing(theme.unit(1.5))
        texts.addWidget(self.message)
        texts.addLayout(self._flow)
        row = QHBoxLayout(panel)
        row.setContentsMargins(theme.unit(3), theme.unit(2), theme.unit(2), theme.unit(2))
        row.setSpacing(theme.unit(2.5))
        row.addWidget(self.sign)
        row.addLayout(texts, 1)
        row.addWidget(self.discard)
        row.addWidget(self.dismiss)
        around = QVBoxLayout(self)
        around.setContentsMargins(theme.unit(4), theme.unit(2), theme.unit(4), 0)
        around.addWidget(panel)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
