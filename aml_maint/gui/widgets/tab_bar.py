"""A flat row of tabs; the chosen one is underlined and strong."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QTabBar

from aml_maint.domain.messages import Message, say
from aml_maint.gui.desk import Looks


class TabBar(QTabBar):
    """Tabs by name. Left and Right move along it; the keys that go to a tab are in its tip."""

    chosen = Signal(str)
    """The name of the tab that a person chose."""

    def __init__(
        self, looks: Looks, name: str, tabs: Sequence[tuple[str, Message]], *, keys: bool = True
    ) -> None:
        """`name` is the key of the bar's accessible name; `keys`: Ctrl and a figure go to a tab."""
        super().__init__()
        self._looks = looks
        self._keys = keys
        self._name = name
        self._tabs = [name for name, _ in tabs]
        self._texts = [text for _, text in tabs]
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        for _ in tabs:
            self.addTab("")
        self._at = self.currentIndex()
        self.tabBarClicked.connect(self._choose)
        # By the arrows, and by assistive technology, which knows no clicks.
        self.currentChanged.connect(self._changed)
        looks.words.changed.connect(self.retranslate)
        looks.theme.changed.connect(self.restyle)
        self.restyle()
        self.retranslate()

    def mark(self, name: str) -> None:
        """Mark a tab as the one shown."""
        self._at = self._tabs.index(name)
        self.setCurrentIndex(self._at)

    def say(self, name: str, text: Message) -> None:
        """Give a tab another text, such as one with a count."""
        self._texts[self._tabs.index(name)] = text
        self.retranslate()

    def retranslate(self) -> None:
        """Set the texts in the language shown."""
        words = self._looks.words
        self.setAccessibleName(words.text(self._name))
        for place, text in enumerate(self._texts):
            self.setTabText(place, words.text(text))
            if self._keys:
                self.setTabToolTip(place, words.text(say("tab.keys", number=place + 1)))
        self.updateGeometry()

    def restyle(self) -> None:
        """Take the font from the theme."""
        self.setFont(self._looks.theme.font())
        self.updateGeometry()
        self.update()

    def tabSizeHint(self, index: int) -> QSize:
        """Room for the text in its strong form, so that choosing moves nothing."""
        theme = self._looks.theme
        metrics = QFontMetrics(theme.font("strong"))
        width = metrics.horizontalAdvance(self.tabText(index)) + theme.unit(7)
        return QSize(width, theme.unit(8.5))

    def minimumTabSizeHint(self, index: int) -> QSize:
        """Words are never cut; a bar that is too narrow is scrolled."""
        return self.tabSizeHint(index)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the texts and the line under the chosen one."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for place in range(self.count()):
            self._draw(painter, place, self.tabRect(place))

    def _draw(self, painter: QPainter, place: int, box: QRect) -> None:
        theme = self._looks.theme
        chosen = place == self.currentIndex()
        under = self.mapFromGlobal(self.cursor().pos())
        if not chosen and self.underMouse() and box.contains(under):
            painter.fillRect(box, theme.color("hover"))
        painter.setFont(theme.font("strong" if chosen else "body"))
        painter.setPen(theme.color("text" if chosen else "muted"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self.tabText(place))
        if chosen:
            line = theme.pixels(2.5)
            left, width = box.left() + theme.unit(2), box.width() - theme.unit(4)
            painter.fillRect(left, box.bottom() - line, width, line + 1, theme.color("accent"))
        if chosen and self.hasFocus():
            painter.setPen(QPen(theme.color("accent"), 1))
            painter.drawRoundedRect(box.adjusted(3, 4, -4, -6), 3, 3)

    def _changed(self, index: int) -> None:
        if index != self._at:
            self._choose(index)

    def _choose(self, index: int) -> None:
        if index >= 0:
            self._at = index
            self.chosen.emit(self._tabs[index])
