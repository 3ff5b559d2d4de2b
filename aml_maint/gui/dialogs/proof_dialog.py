"""Verifies the whole record, with heads noted outside it, and says what that finds and what not."""

from __future__ import annotations

from pathlib import Path
from threading import Event

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QProgressBar, QWidget

from aml_maint.domain.errors import UserError
from aml_maint.domain.messages import Message, say
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.form_dialog import FormDialog
from aml_maint.gui.forms.inputs import TextInput
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.label import Label
from aml_maint.services.proof import Proof, prove, typed_head
from aml_maint.services.workplace import Workplace


class ProofDialog(FormDialog):
    """The check runs beside the window and can be stopped; closing the dialog stops it."""

    stepped = Signal(int, int)
    """How many entries of how many were checked."""

    def __init__(self, desk: Desk, second: Path | None, parent: QWidget | None = None) -> None:
        super().__init__(desk, say("proof.title"), say("proof.verb"), columns=2, parent=parent)
        self._desk = desk
        self._second = second
        self._stopped = Event()
        self.proof: Proof | None = None
        self.sequence = TextInput(desk, longest=12)
        self.digits = TextInput(desk, longest=80)
        self.form.add_row("sequence", say("proof.sequence"), self.sequence)
        self.form.add_row("digits", say("proof.digits"), self.digits, say("proof.digits.help"))
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(desk.theme.unit(2))
        self.state = Label(desk, role="strong", wrap=True)
        self.heads = Label(desk, wrap=True)
        self.stop = Button(desk, "proof.stop", "close")
        self.stop.clicked.connect(self._stopped.set)
        self.ready()
        self._lay_out_texts()
        self.cancel.say("action.close")
        self.stepped.connect(self._show_step)
        self.setMinimumWidth(desk.theme.unit(150))
        self.save.setFocus(Qt.FocusReason.OtherFocusReason)

    def submit(self) -> None:
        """Begin the check."""
        typed = []
        if self.sequence.value() or self.digits.value():
            typed.append(typed_head(self.sequence.value(), self.digits.value()))
        self._stopped.clear()
        second = self._second

        def told(done: int, of: int) -> bool:
            self.stepped.emit(done, of)
            return not self._stopped.is_set()

        def work(place: Workplace) -> Proof:
            return prove(place, told, second=second, typed=typed)

        self._begin()
        self._desk.session.read(work, self._sound, self, self.fail)

    def fail(self, error: UserError) -> None:
        """Say what does not fit, or that it was stopped."""
        self._end()
        if error.field in self.form.rows:
            super().fail(error)
            return
        token = "warning" if error.message.key == "proof.stopped" else "danger"
        told = error.message
        if error.hint is not None:
            told = say("error.with_hint", message=error.message, hint=error.hint)
        self._tell(told, token)

    def done(self, result: int) -> None:
        """Closing stops the check."""
        self._stopped.set()
        super().done(result)

    def _begin(self) -> None:
        self.heads.hide()
        self.bar.setRange(0, 0)
        self.bar.show()
        self.stop.show()

    def _end(self) -> None:
        self.bar.hide()
        self.stop.hide()
        self.save.setEnabled(True)
        self.save.say("proof.again")

    def _show_step(self, done: int, of: int) -> None:
        if self.bar.isHidden():
            return  # a late word of a check that has ended
        self.bar.setRange(0, max(of, 1))
        self.bar.setValue(done)
        self._tell(say("proof.running", done=done, of=of), "muted")

    def _sound(self, proof: Proof) -> None:
        self._end()
        self.proof = proof
        self._tell(say("proof.sound", count=proof.ward.head.sequence), "success")
        count = len(proof.held)
        key = "proof.held_none" if not count else "proof.held_one" if count == 1 else "proof.held"
        lines: list[Message] = [Message(key, {"count": count})]
        if proof.replaced:
            lines.append(say("proof.replaced", count=proof.replaced))
        words = self._looks.words
        self.heads.say(say("history.text", text="\n".join(words.text(line) for line in lines)))
        self.heads.show()

    def _tell(self, message: Message, token: str) -> None:
        self.state.use_token(token)
        self.state.say(message)
        self.state.show()
        self.bar.setAccessibleName(self.state.text())

    def _lay_out_texts(self) -> None:
        self.body.insertWidget(1, Label(self._looks, "proof.story", token="muted", wrap=True))
        for widget in (self.bar, self.state, self.heads):
            self.body.addWidget(widget)
            widget.hide()
        for name in ("finds", "misses"):
            self.body.addWidget(Label(self._looks, f"proof.{name}", role="strong"))
            text = Label(self._looks, f"proof.{name}.text", token="muted", wrap=True)
            self.body.addWidget(text)
        self.foot.insertWidget(0, self.stop)
        self.stop.hide()
