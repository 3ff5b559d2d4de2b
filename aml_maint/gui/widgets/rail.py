"""The rail at the left: the pages by icon and word, and the quick switches at its foot."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeySequence, QPainter, QPaintEvent, QPalette, QShortcut
from PySide6.QtWidgets import QSizePolicy, QToolButton, QVBoxLayout, QWidget

from aml_maint.domain.messages import Message, say
from aml_maint.gui.desk import Looks
from aml_maint.gui.helping import ask_help
from aml_maint.gui.widgets.quick_switches import other_theme, switch_language, switch_theme


@dataclass(frozen=True)
class Place:
    """A page that the rail leads to."""

    name: str
    icon: str
    text: str
    """Key of its text."""


class RailButton(QToolButton):
    """One line of the rail, with a mark at its left edge while its page is shown."""

    def __init__(self, looks: Looks, icon: str, text: Message | str, keys: str = "") -> None:
        super().__init__()
        self._looks = looks
        self._icon = icon
        self._text = text
        self._keys = keys
        self._narrow = False
        self.setAutoRaise(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.toggled.connect(lambda _: self.restyle())
        looks.words.changed.connect(self.retranslate)
        looks.theme.changed.connect(self.restyle)
        self.retranslate()
        self.restyle()

    def say(self, text: Message | str) -> None:
        """Show another text."""
        self._text = text
        self.retranslate()

    def use_icon(self, icon: str) -> None:
        """Show another icon."""
        self._icon = icon
        self.restyle()

    def use_narrow(self, narrow: bool) -> None:
        """Show the icon only, or icon and word."""
        self._narrow = narrow
        self.restyle()
        self.retranslate()

    def retranslate(self) -> None:
        """Set the text in the language shown."""
        text = self._looks.words.text(self._text)
        self.setText(text)
        self.setAccessibleName(text)
        shown = text if self._narrow else ""
        self.setToolTip(" · ".join(part for part in (shown, self._keys) if part))

    def restyle(self) -> None:
        """Take icon, font and size from the theme."""
        theme = self._looks.theme
        self.setIcon(theme.icon(self._icon, "accent" if self.isChecked() else "muted"))
        self.setIconSize(QSize(theme.unit(5), theme.unit(5)))
        self.setFont(theme.font("strong" if self.isChecked() else "body"))
        self.setMinimumHeight(theme.unit(10))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Wide enough for the word in its strong form, so that choosing moves nothing."""
        theme = self._looks.theme
        if self._narrow:
            return QSize(theme.unit(13), theme.unit(10))
        strong = QFontMetrics(theme.font("strong")).horizontalAdvance(self.text())
        return QSize(theme.unit(16) + strong, theme.unit(10))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the line: mark, icon, word."""
        theme = self._looks.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        inside = QRectF(self.rect()).adjusted(theme.unit(1.5), 1, -theme.unit(1.5), -1)
        lit = self.isChecked() or self.underMouse() or self.hasFocus()
        if lit:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("selection" if self.isChecked() else "hover"))
            painter.drawRoundedRect(inside, theme.unit(1.5), theme.unit(1.5))
        if self.hasFocus():
            painter.setPen(theme.color("accent"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(inside, theme.unit(1.5), theme.unit(1.5))
        size = self.iconSize().width()
        left = theme.unit(4) if not self._narrow else (self.width() - size) / 2
        top = round((self.height() - size) / 2)
        self.icon().paint(painter, round(left), top, size, size)
        if not self._narrow:
            painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
            painter.setFont(self.font())
            words = QRectF(self.rect()).adjusted(left + size + theme.unit(2.5), 0, 0, 0)
            painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, self.text())


class Rail(QWidget):
    """Emits where to go; which page is shown is set from outside."""

    wanted = Signal(str)
    """The name of a place."""

    def __init__(self, looks: Looks, places: tuple[Place, ...]) -> None:
        super().__init__()
        self._looks = looks
        self._narrow = looks.settings.narrow_rail
        self.buttons: dict[str, RailButton] = {}
        for number, place in enumerate(places, 1):
            button = RailButton(looks, place.icon, place.text, f"Alt+{number}")
            # Not the button's own shortcut: Qt forgets that whenever the text is set.
            keys = QShortcut(QKeySequence(f"Alt+{number}"), self)
            keys.activated.connect(button.click)
            button.setCheckable(True)
            button.setAutoExclusive(True)
            button.clicked.connect(lambda _=False, name=place.name: self.wanted.emit(name))
            self.buttons[place.name] = button
        self.help = RailButton(looks, "help", say("help.button"), "F1")
        self.help.clicked.connect(lambda: ask_help(self))
        self.language = RailButton(looks, "language", say("rail.other_language"))
        self.language.clicked.connect(lambda: switch_language(looks))
        self.theme = RailButton(looks, "theme", other_theme(looks))
        self.theme.clicked.connect(lambda: switch_theme(looks))
        looks.theme.changed.connect(self._tell_theme)
        self.fold = RailButton(looks, "narrow", say("rail.narrow"))
        self.fold.clicked.connect(lambda: self.use_narrow(not self._narrow))
        self._lay_out()
        looks.theme.changed.connect(self.update)
        self.use_narrow(self._narrow)

    def show_place(self, name: str) -> None:
        """Mark the page that is shown."""
        self.buttons[name].setChecked(True)

    def use_narrow(self, narrow: bool) -> None:
        """Fold the rail to its icons, or unfold it, and remember that."""
        self._narrow = narrow
        self._looks.settings.narrow_rail = narrow
        self.fold.use_icon("wide" if narrow else "narrow")
        self.fold.say("rail.wide" if narrow else "rail.narrow")
        for button in self.findChildren(RailButton):
            button.use_narrow(narrow)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rail's surface and the line at its right."""
        theme = self._looks.theme
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("surface_raised"))
        painter.setPen(theme.color("line"))
        painter.drawLine(self.width() - 1, 0, self.width() - 1, self.height())

    def _tell_theme(self) -> None:
        self.theme.say(other_theme(self._looks))

    def _lay_out(self) -> None:
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        theme = self._looks.theme
        box = QVBoxLayout(self)
        box.setContentsMargins(0, theme.unit(2), 1, theme.unit(2))
        box.setSpacing(theme.unit(0.5))
        for button in self.buttons.values():
            box.addWidget(button)
        box.addStretch(1)
        for button in (self.help, self.language, self.theme, self.fold):
            box.addWidget(button)
