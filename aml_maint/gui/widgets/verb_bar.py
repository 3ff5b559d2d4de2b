"""The verbs of Today as buttons, each with the key that does the same."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from aml_maint.domain.messages import Message, say
from aml_maint.gui.desk import Looks
from aml_maint.gui.widgets.button import Button, Kind
from aml_maint.gui.widgets.role_line import RoleLine
from aml_maint.gui.widgets.worklist_view import Verb

_CAPS = {
    Verb.GIVE: "Enter",
    Verb.EDIT: "E",
    Verb.HOLD: "H",
    Verb.REFUSE: "R",
    Verb.MISS: "M",
    Verb.TOXICITY: "F",
    Verb.UNDO: "U",
}

# The commands that a verb can end in.
COMMANDS: dict[Verb, tuple[str, ...]] = {
    Verb.GIVE: ("log_dose", "log_doses"),
    Verb.EDIT: ("log_dose", "correct_dose"),
    Verb.HOLD: ("log_dose", "log_doses"),
    Verb.REFUSE: ("log_dose", "log_doses"),
    Verb.MISS: ("log_dose", "log_doses"),
    Verb.TOXICITY: ("record_toxicity",),
    Verb.UNDO: ("undo_dose",),
    Verb.TAKE: ("change_care_list",),
}

# What can be done with one row only.
_OF_ONE = frozenset({Verb.EDIT, Verb.TOXICITY})


class VerbButton(Button):
    """A button with its key in a cap at the right."""

    def __init__(self, looks: Looks, verb: Verb, icon: str = "", *, kind: Kind = "plain") -> None:
        self._cap = _CAPS[verb]
        told = say(f"today.verb.{verb}")
        super().__init__(looks, told, icon, kind=kind, leads_to=COMMANDS[verb])
        # The keys work in the list; a click must not take the keyboard away from it.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def say(self, text: Message | str) -> None:
        super().say(text)
        self.updateGeometry()

    def retranslate(self) -> None:
        super().retranslate()
        if self.why_not is None:
            words = self._looks.words
            self.setToolTip(words.text(say("today.verb.tip", text=self.text(), cap=self._cap)))

    def sizeHint(self) -> QSize:
        theme = self._looks.theme
        text = self.fontMetrics().horizontalAdvance(self.text())
        icon = theme.unit(6) if self._icon else 0
        return QSize(text + icon + self._cap_width() + theme.unit(9), theme.unit(9))

    def minimumSizeHint(self) -> QSize:
        """Where there is little room, the key is left to the tooltip."""
        size = self.sizeHint()
        return QSize(size.width() - self._cap_width() - self._looks.theme.unit(3), size.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """The button without its text, then icon, text and cap from left to right."""
        theme = self._looks.theme
        text, icon = self.text(), self.icon()
        painter = QPainter(self)
        self._paint_frame(painter)
        primary = self._kind == "primary"
        token = "accent_text" if primary and self.isEnabled() else "text"
        ink = theme.color(token if self.isEnabled() else "disabled")
        left = theme.unit(3)
        if self._icon:
            size = theme.unit(4.5)
            mode = icon.Mode.Normal if self.isEnabled() else icon.Mode.Disabled
            picture = icon.pixmap(QSize(size, size), self.devicePixelRatioF(), mode)
            painter.drawPixmap(left, (self.height() - size) // 2, picture)
            left += theme.unit(6)
        painter.setFont(self.font())
        painter.setPen(ink)
        words = self.rect().adjusted(left, 0, 0, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, text)
        if self.width() >= self.sizeHint().width():
            self._paint_cap(painter)

    def _paint_frame(self, painter: QPainter) -> None:
        theme = self._looks.theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        primary = self._kind == "primary" and self.isEnabled()
        fill = theme.color("accent" if primary else "surface_raised")
        if self.isDown():
            fill = fill.darker(112)
        elif self.underMouse() and self.isEnabled():
            fill = fill.lighter(112) if primary else theme.color("hover")
        line = theme.color("accent" if primary or self.hasFocus() else "line")
        painter.setPen(QPen(line, 2 if self.hasFocus() and not primary else 1))
        painter.setBrush(fill)
        box = self.rect().adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(box, theme.unit(), theme.unit())
        if self.hasFocus() and primary:
            painter.setPen(QPen(theme.color("accent_text"), 1))
            painter.drawRoundedRect(box.adjusted(2, 2, -2, -2), theme.unit(0.75), theme.unit(0.75))

    def _paint_cap(self, painter: QPainter) -> None:
        theme = self._looks.theme
        height, width = theme.unit(4.5), self._cap_width()
        cap = self.rect().adjusted(self.width() - width - theme.unit(2), 0, -theme.unit(2), 0)
        cap.setTop((self.height() - height) // 2)
        cap.setHeight(height)
        primary = self._kind == "primary" and self.isEnabled()
        color = theme.color("accent_text" if primary else "muted")
        outline = theme.color("accent_text" if primary else "line")
        painter.setPen(QPen(outline, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(cap, theme.unit(0.75), theme.unit(0.75))
        painter.setFont(theme.font("small"))
        painter.setPen(color if self.isEnabled() else theme.color("disabled"))
        painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, self._cap)

    def _cap_width(self) -> int:
        theme = self._looks.theme
        return QFontMetrics(theme.font("small")).horizontalAdvance(self._cap) + theme.unit(2.5)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button that has the keyboard."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.click()
        else:
            super().keyPressEvent(event)


class VerbBar(QWidget):
    """All verbs side by side; those that can't be used now are pale."""

    asked = Signal(object)
    """A Verb, for the rows selected."""

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self._looks = looks
        self._in_two = False
        theme = looks.theme
        self.buttons = {
            Verb.GIVE: VerbButton(looks, Verb.GIVE, "check", kind="primary"),
            Verb.EDIT: VerbButton(looks, Verb.EDIT),
            Verb.HOLD: VerbButton(looks, Verb.HOLD),
            Verb.REFUSE: VerbButton(looks, Verb.REFUSE),
            Verb.MISS: VerbButton(looks, Verb.MISS),
            Verb.TOXICITY: VerbButton(looks, Verb.TOXICITY),
            Verb.UNDO: VerbButton(looks, Verb.UNDO, "undo"),
        }
        self.reason = RoleLine(looks, COMMANDS[Verb.GIVE], "today.verbs.off")
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.unit(4), theme.unit(0.5), theme.unit(4), theme.unit(2))
        box.setSpacing(theme.unit(1))
        box.addWidget(self.reason)
        self._lines = (QHBoxLayout(), QHBoxLayout())
        for line in self._lines:
            line.setSpacing(theme.unit(2))
            box.addLayout(line)
        for verb, button in self.buttons.items():
            button.clicked.connect(lambda _=False, v=verb: self.asked.emit(v))
        # The first button says what Enter would do; the others stay where they are meanwhile.
        give = self.buttons[Verb.GIVE]
        give.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        give.setMaximumWidth(theme.unit(90))
        self._arrange(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where the verbs do not fit beside each other, the rarer ones stand below."""
        super().resizeEvent(event)
        theme = self._looks.theme
        wide = sum(button.minimumSizeHint().width() for button in self.buttons.values())
        gaps = theme.unit(2) * len(self.buttons) + theme.unit(4) + 2 * theme.unit(4)
        if (wide + gaps > self.width()) is not self._in_two:
            self._arrange(not self._in_two)

    def _arrange(self, in_two: bool) -> None:
        self._in_two = in_two
        for line in self._lines:
            while line.count():
                line.takeAt(0)
        first, second = self._lines
        if in_two:
            second.addStretch(1)
        for place, (verb, button) in enumerate(self.buttons.items()):
            line = second if in_two and place > 3 else first
            if verb is Verb.UNDO:
                line.addSpacing(self._looks.theme.unit(4))
            line.addWidget(button, int(verb is Verb.GIVE))
            if verb is Verb.GIVE:
                line.addStretch(0)

    def tell(self, give: Message, *, chosen: int, can_undo: bool) -> None:
        """Say what Enter would do, and which verbs can be used with that many rows."""
        self.buttons[Verb.GIVE].say(give)
        for verb, button in self.buttons.items():
            if verb is Verb.UNDO:
                button.setEnabled(can_undo)
            else:
                button.setEnabled(chosen == 1 if verb in _OF_ONE else chosen > 0)
