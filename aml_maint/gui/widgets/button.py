"""Buttons whose text, icon and colour follow language and theme."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QIcon, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from aml_maint.domain.messages import Message
from aml_maint.gui.desk import Looks

Kind = Literal["plain", "primary"]


class Button(QPushButton):
    """A push button; `primary` is the one that a dialog or page is for."""

    def __init__(
        self, looks: Looks, text: Message | str, icon: str = "", *, kind: Kind = "plain",
        leads_to: str | Sequence[str] = (), parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        """`leads_to` are the commands that it can end in; without the role for any it is off."""
        super().__init__(parent)
        self._looks = looks
        self._text = text
        self._icon = icon
        self._kind: Kind = kind
        self._why: Message | None = None
        self._told_why = False
        self._cut = ""
        self.commands: tuple[str, ...] = ()
        self._not_theirs: Message | None = None
        self._wanted = True
        self.setAutoDefault(False)
        looks.words.changed.connect(self.retranslate)
        looks.theme.changed.connect(self.restyle)
        self.retranslate()
        self.restyle()
        self.lead_to(leads_to)

    def lead_to(self, commands: str | Sequence[str]) -> None:
        """Say which commands it can end in; for those who may give none it is off and says why."""
        self.commands = (commands,) if isinstance(commands, str) else tuple(commands)
        self._not_theirs = self._looks.why_not(*self.commands)
        self.setEnabled(self._wanted)
        self.retranslate()

    @property
    def why_not(self) -> Message | None:
        """Why it is kept switched off; None if nothing keeps it so."""
        return self._not_theirs or self._why

    def say(self, text: Message | str) -> None:
        """Show another text."""
        self._text = text
        self.retranslate()

    def forbid(self, why: Message | None) -> None:
        """Keep it switched off and say why as its tip; None ends that."""
        self._why = why
        self.setEnabled(self._wanted)
        self.retranslate()

    def setEnabled(self, enabled: bool) -> None:
        """Switch it on or off; while it is forbidden it stays off."""
        self._wanted = enabled
        super().setEnabled(enabled and self.why_not is None)

    @Slot()
    def retranslate(self) -> None:
        """Set the text in the language shown."""
        text = self._looks.words.text(self._text)
        self.setText(text)
        self.setAccessibleName(text)
        why = self._looks.words.text(self.why_not) if self.why_not is not None else ""
        self.setAccessibleDescription(why)
        if why or self._told_why:
            self.setToolTip(why)
        self._told_why = bool(why)

    @Slot()
    def restyle(self) -> None:
        """Take font, size and icon from the theme."""
        theme = self._looks.theme
        primary = self._kind == "primary"
        self.setFont(theme.font("strong" if primary else "body"))
        self.setMinimumHeight(theme.unit(8))
        if self._icon:
            self.setIcon(theme.icon(self._icon, "accent_text" if primary else "text"))
            self.setIconSize(QSize(theme.unit(4.5), theme.unit(4.5)))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Room for icon and words, with a margin at both sides."""
        theme = self._looks.theme
        width = self.fontMetrics().horizontalAdvance(self.text()) + theme.unit(7)
        if self._icon:
            width += self.iconSize().width() + theme.unit(1.5)
        return QSize(width, theme.unit(8))

    def minimumSizeHint(self) -> QSize:
        """Words are never cut, but for a sentence as long as a line: its tip tells it whole."""
        return self.sizeHint().boundedTo(QSize(self._looks.theme.unit(110), 1 << 20))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What does not fit is told in a tip."""
        super().resizeEvent(event)
        cut = self.text() if self.width() < self.sizeHint().width() else ""
        if self.toolTip() in ("", self._cut) and self.toolTip() != cut:
            self.setToolTip(cut)
            self._cut = cut

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it flat: Fusion's own gradient would lighten the accent below legible contrast."""
        theme = self._looks.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fill, line, ink = self._colors()
        painter.setBrush(fill)
        painter.setPen(QPen(line, 1))
        inside = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        radius = theme.pixels(4)
        painter.drawRoundedRect(inside, radius, radius)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(ink if self._kind == "primary" else theme.color("accent"), 1.5))
            inner = inside.adjusted(2, 2, -2, -2)
            painter.drawRoundedRect(inner, radius - 1, radius - 1)
        self._draw_content(painter, ink)

    def _colors(self) -> tuple[QColor, QColor, QColor]:
        """Surface, line and words, as the button stands."""
        theme = self._looks.theme
        primary = self._kind == "primary"
        if not self.isEnabled():
            return theme.color("surface"), theme.color("line"), theme.color("disabled")
        if primary:
            accent = theme.color("accent")
            if self.isDown():
                accent = accent.darker(115)
            elif self.underMouse():
                accent = accent.darker(107)
            return accent, accent, theme.color("accent_text")
        lit = self.isDown() or self.isChecked()
        token = "selection" if lit else "hover" if self.underMouse() else "surface_raised"
        return theme.color(token), theme.color("line"), theme.color("text")

    def _draw_content(self, painter: QPainter, ink: QColor) -> None:
        theme = self._looks.theme
        size = self.iconSize().width() if self._icon else 0
        gap = theme.unit(1.5) if self._icon else 0
        room = self.width() - size - gap - theme.unit(4)
        text = self._written()
        if self.fontMetrics().horizontalAdvance(self.text()) > self.width() - size - gap:
            text = self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room)
        words = min(self.fontMetrics().horizontalAdvance(self.text()), self.width() - size - gap)
        left = round((self.width() - size - gap - words) / 2)
        if self._icon:
            mode = QIcon.Mode.Normal if self.isEnabled() else QIcon.Mode.Disabled
            top = round((self.height() - size) / 2)
            centre = Qt.AlignmentFlag.AlignCenter
            self.icon().paint(painter, left, top, size, size, centre, mode)
        painter.setPen(ink)
        painter.setFont(self.font())
        box = QRectF(left + size + gap, 0, words + 1, self.height())
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextShowMnemonic
        painter.drawText(box, flags, text)

    def _written(self) -> str:
        """The text as it is drawn: the letter after a single & is underlined."""
        return self.text().replace("&", "&&")


class IconButton(QToolButton):
    """A flat button that shows only an icon; its words are its tooltip and accessible name."""

    def __init__(
        self, looks: Looks, icon: str, text: Message | str, *, token: str = "muted",
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._looks = looks
        self._icon = icon
        self._text = text
        self._token = token
        self.setAutoRaise(True)
        looks.words.changed.connect(self.retranslate)
        looks.theme.changed.connect(self.restyle)
        self.retranslate()
        self.restyle()

    @Slot()
    def retranslate(self) -> None:
        """Set tooltip and accessible name in the language shown."""
        text = self._looks.words.text(self._text)
        self.setToolTip(text)
        self.setAccessibleName(text)

    @Slot()
    def restyle(self) -> None:
        """Take icon and size from the theme."""
        theme = self._looks.theme
        self.setIcon(theme.icon(self._icon, self._token))
        self.setIconSize(QSize(theme.unit(4.5), theme.unit(4.5)))
        self.setMinimumSize(theme.unit(7), theme.unit(7))
