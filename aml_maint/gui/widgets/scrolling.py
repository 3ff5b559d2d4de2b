"""Room for things that are larger than the screen: nothing is squeezed, it is scrolled."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QWidget

from aml_maint.gui.desk import Looks
from aml_maint.gui.viewports import viewport


class Content(QWidget):
    """What stands in a scroll area: as high as its lines are at the width it has, and no higher.

    Otherwise a scroll area keeps room for the lines at the least width, and scrolls over nothing.
    """

    def minimumSizeHint(self) -> QSize:
        """The least width; the height follows from the width."""
        least = super().minimumSizeHint()
        return QSize(least.width(), 0) if self.hasHeightForWidth() else least


class Scrolling(QScrollArea):
    """A frameless scroll area that asks for its whole content's size, and stands less in height."""

    overfull = Signal(int)
    """So many pixels of the content's height do not fit."""

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self._content = content
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setWidget(content)
        # The content lies on the surface of what is around it.
        content.setAutoFillBackground(False)
        viewport(self).setAutoFillBackground(False)
        # Told when the layout has come to rest: on the way there it asks for far too much.
        self._rest = QTimer(self, singleShot=True, interval=0)
        self._rest.timeout.connect(self._tell)
        self.verticalScrollBar().rangeChanged.connect(lambda *_: self._rest.start())

    def _tell(self) -> None:
        hidden = self.verticalScrollBar().maximum()
        if hidden > 0:
            self.overfull.emit(hidden)

    def sizeHint(self) -> QSize:
        """All of the content, lines counted as they are wrapped at this width."""
        hint = self._content.sizeHint()
        if not self._content.hasHeightForWidth():
            return hint
        width = max(hint.width(), self.viewport().width() if self.isVisible() else 0)
        return QSize(hint.width(), self._content.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """The content's full width beside a scroll bar; height can be scrolled."""
        bar = self.verticalScrollBar().sizeHint().width()
        least = self._content.minimumSizeHint()
        return QSize(least.width() + bar, min(self.sizeHint().height(), 10 * bar))


class FillingStack(QStackedWidget):
    """As high as there is room: what it shows scrolls inside, what it hides asks for nothing."""

    def minimumSizeHint(self) -> QSize:
        """What is in sight needs at least that."""
        shown = self.currentWidget()
        return shown.minimumSizeHint() if shown is not None else QSize()

    def sizeHint(self) -> QSize:
        """No more: the page around would be scrolled instead of the lists inside."""
        return self.minimumSizeHint()

    def hasHeightForWidth(self) -> bool:
        """Nor do texts that wrap ask for more."""
        return False


class PageFrame(QScrollArea):
    """Around a page: at large text on a small screen the page keeps its size and is scrolled."""

    def __init__(self, looks: Looks, page: QWidget, units: tuple[int, int]) -> None:
        """`units` is the least width and height of the page in steps of the grid."""
        super().__init__()
        self._looks = looks
        self._units = units
        self.page = page
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setFocusProxy(page)
        self.setWidget(page)
        looks.theme.changed.connect(self._restyle)
        self._restyle()

    def minimumSizeHint(self) -> QSize:
        """The window may be smaller than the page."""
        return QSize(self._looks.theme.pixels(100), self._looks.theme.pixels(100))

    def showEvent(self, event: QShowEvent) -> None:
        """Begin at the top."""
        super().showEvent(event)
        self.verticalScrollBar().setValue(0)

    def _restyle(self) -> None:
        width, height = self._units
        self.page.setMinimumSize(self._looks.theme.unit(width), self._looks.theme.unit(height))
