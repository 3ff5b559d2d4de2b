"""Shown while the ward is locked: no patient, and who sits down next."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from aml_maint.domain.command import Actor
from aml_maint.domain.errors import BadInput, UserError
from aml_maint.domain.messages import say
from aml_maint.gui.desk import Looks
from aml_maint.gui.forms.form import Form
from aml_maint.gui.forms.inputs import ChoiceInput, PassphraseInput
from aml_maint.gui.session import Session
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.ornament import Ornament
from aml_maint.gui.widgets.panel import Panel
from aml_maint.services.sign_in import people_of


class LockPage(QWidget):
    """Asks for a name and a passphrase; whoever it was before goes on where they were."""

    unlocked = Signal(object)
    """Actor: the person who signed in."""

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self._looks = looks
        self._session: Session | None = None
        self.picture = Ornament()
        self.person: ChoiceInput[str] = ChoiceInput(looks, [("", "lock.nobody")])
        self.passphrase = PassphraseInput(looks)
        self.form = Form(looks)
        self.form.add_row("name", say("lock.person"), self.person)
        self.form.add_row("passphrase", say("ward.passphrase"), self.passphrase)
        self.form.finish()
        self.enter = Button(looks, "lock.enter", kind="primary")
        self.enter.clicked.connect(self._enter)
        self.passphrase.returnPressed.connect(self._enter)
        self.person.activated.connect(lambda: self.passphrase.setFocus())
        self._lay_out()
        looks.theme.changed.connect(self._restyle)
        self._restyle()
        self.setFocusProxy(self.passphrase)

    def begin(self, session: Session) -> None:
        """Ask who sits down, the person of before first."""
        self._session = session
        self.passphrase.clear()
        self.form.clear_errors()
        present = session.actor.name
        self._settle(present, (present,))

        def show(people: tuple[str, ...]) -> None:
            self._settle(present, people)

        session.read(lambda place: people_of(place.store.path), show, self)
        self.passphrase.setFocus(Qt.FocusReason.OtherFocusReason)

    def _settle(self, present: str, people: tuple[str, ...]) -> None:
        names = [present, *(name for name in people if name != present)]
        self.person.offer([(name, say("lock.name", name=name)) for name in names])

    def _enter(self) -> None:
        if self._session is None or not self.enter.isEnabled():
            return
        self.form.clear_errors()
        if not self.passphrase.value():
            self.form.show_error(BadInput(say("ward.no_passphrase"), field="passphrase"))
            return
        self.enter.setEnabled(False)
        name, passphrase = self.person.value(), self.passphrase.value()
        self._session.sign_in(name, passphrase, self._done, self._fail, self)

    def _done(self, actor: Actor) -> None:
        self.enter.setEnabled(True)
        self.passphrase.clear()
        self.unlocked.emit(actor)

    def _fail(self, error: UserError) -> None:
        self.enter.setEnabled(True)
        self.form.show_error(error)
        self.passphrase.setFocus(Qt.FocusReason.OtherFocusReason)
        self.passphrase.selectAll()

    def _restyle(self) -> None:
        theme = self._looks.theme
        size = theme.unit(9)
        self.picture.setPixmap(theme.icon("lock", "accent").pixmap(QSize(size, size)))

    def _lay_out(self) -> None:
        theme = self._looks.theme
        panel = Panel(self._looks, radius=8)
        panel.setFixedWidth(theme.unit(100))
        box = QVBoxLayout(panel)
        box.setContentsMargins(*[theme.unit(8)] * 4)
        box.setSpacing(theme.unit(4))
        box.addWidget(self.picture)
        box.addWidget(Label(self._looks, "lock.title", role="title"))
        box.addWidget(Label(self._looks, "lock.story", token="muted", wrap=True))
        box.addWidget(self.form)
        box.addWidget(self.enter)
        around = QVBoxLayout(self)
        around.addStretch(2)
        across = QHBoxLayout()  # aligned by itself, the panel would not grow with wrapped lines
        across.addStretch(1)
        across.addWidget(panel)
        across.addStretch(1)
        around.addLayout(across)
        around.addStretch(3)
