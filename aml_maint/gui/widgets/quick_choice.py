"""A choice of two lines with its key in a cap: what it is, and what the key does."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QSizePolicy

from aml_maint.domain.messages import Message, Name, say
from aml_maint.gui.desk import Looks
from aml_maint.gui.widgets.text_block import TextBlock, TextBlocks


class QuickChoice(QPushButton):
    """Pressed by its number from the dialog around it, by Enter, or by the mouse."""

    def __init__(self, looks: Looks, number: int, title: Message | Name, told: Message) -> None:
        super().__init__()
        self._looks = looks
        self._texts = TextBlocks(looks.theme)  # before anyone who asks for sizes hears of a theme
        self._number = number
        self._title = title
        self._told = told
        self.setAutoDefault(False)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        looks.words.changed.connect(self.retranslate)
        looks.theme.changed.connect(self.updateGeometry)
        self.retranslate()

    def retranslate(self) -> None:
        """Say number, title and what the key does."""
        words = self._looks.words
        title, told = words.text(self._title), words.text(self._told)
        text = words.text(say("quick.choice", title=title, told=told))
        self.setAccessibleName(words.text(say("today.choice", number=self._number, text=text)))
        self.updateGeometry()
        self.update()

    def heightForWidth(self, width: int) -> int:
        """Both lines, the second one wrapped."""
        title, told = self._blocks(width)
        return round(title.height + told.height) + self._looks.theme.unit(4)

    def hasHeightForWidth(self) -> bool:
        """The second line wraps."""
        return True

    def sizeHint(self) -> QSize:
        """As wide as is usual for a dialog."""
        width = max(self.width(), self._looks.theme.unit(110))
        return QSize(self._looks.theme.unit(110), self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """Nothing is cut."""
        return QSize(self._looks.theme.unit(70), self.heightForWidth(max(self.width(), 1)))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw cap, title and what the key does."""
        theme = self._looks.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = self.rect().adjusted(1, 1, -1, -1)
        fill = "selection" if self.isDown() else "hover" if self.underMouse() else "surface_raised"
        painter.setBrush(theme.color(fill))
        lit = self.hasFocus()
        painter.setPen(QPen(theme.color("accent" if lit else "line"), 1.5 if lit else 1))
        painter.drawRoundedRect(line, theme.unit(), theme.unit())
        side = theme.unit(5.5)
        cap = QRect(line.left() + theme.unit(2.5), line.top() + theme.unit(2), side, side)
        painter.setPen(QPen(theme.color("line"), 1))
        painter.setBrush(theme.color("surface"))
        painter.drawRoundedRect(cap, theme.unit(0.75), theme.unit(0.75))
        painter.setPen(theme.color("text"))
        painter.setFont(theme.font("strong"))
        painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, str(self._number))
        title, told = self._blocks(self.width())
        at = QPointF(line.left() + theme.unit(11), line.top() + theme.unit(1.5))
        title.draw(painter, at, theme.color("text"))
        told.draw(painter, at + QPointF(0, title.height), theme.color("muted"))

    def _blocks(self, width: int) -> tuple[TextBlock, TextBlock]:
        theme, text = self._looks.theme, self._looks.words.text
        inner = max(width - theme.unit(15), theme.unit(30))
        return (
            self._texts.block(((text(self._title), "strong"),), inner),
            self._texts.block(((text(self._told), "small"),), inner),
        )
