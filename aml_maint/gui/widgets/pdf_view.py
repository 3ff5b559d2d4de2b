"""A PDF to look at: its pages below each other, as wide as there is room or larger."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from aml_maint.domain.messages import say
from aml_maint.gui.desk import Looks
from aml_maint.gui.painted_parts import PaintedParts
from aml_maint.gui.pdf_pages import PageImage

_ZOOMS = (1.0, 1.25, 1.5, 2.0, 3.0)


class _Page(PaintedParts, QWidget):
    """One page as a picture, with its text as accessible description."""

    told_as = QAccessible.Role.Document

    def __init__(self, looks: Looks, page: PageImage, ratio: float) -> None:
        super().__init__()
        self._looks = looks
        self._image = page.image
        self._image.setDevicePixelRatio(ratio)
        self.setFixedSize(QSize(self._image.size()) / ratio)
        self.setAccessibleDescription(page.text)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the page with a hairline around it: on a light surface paper has an edge."""
        painter = QPainter(self)
        painter.drawImage(0, 0, self._image)
        painter.setPen(self._looks.theme.color("line"))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))


class PdfView(QScrollArea):
    """Asks for its pages at a width in pixels; arrows and Page keys scroll, + and − zoom."""

    width_wanted = Signal()
    """Pages are wanted at `page_width`."""

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self._looks = looks
        self._zoom = 0
        self._shown_width = 0
        self.pages: tuple[PageImage, ...] = ()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._rest = QTimer(self, singleShot=True, interval=150)
        self._rest.timeout.connect(self._ask)
        looks.words.changed.connect(self._retranslate)
        self._retranslate()

    @property
    def page_width(self) -> int:
        """How wide a page is to be, in pixels of the screen."""
        room = (
            self.width() - self._looks.theme.unit(4) - self.verticalScrollBar().sizeHint().width()
        )
        return max(round(room * _ZOOMS[self._zoom] * self.devicePixelRatioF()), 100)

    def show_pages(self, pages: Sequence[PageImage], *, from_top: bool) -> None:
        """Show pages made at `page_width`; of another document from its top."""
        at = 0 if from_top else self.verticalScrollBar().value()
        self.pages = tuple(pages)
        inside = QWidget()
        box = QVBoxLayout(inside)
        margin = self._looks.theme.unit(2)
        box.setContentsMargins(margin, margin, margin, margin)
        box.setSpacing(self._looks.theme.unit(3))
        for number, page in enumerate(self.pages, 1):
            shown = _Page(self._looks, page, self.devicePixelRatioF())
            shown.setAccessibleName(
                self._looks.words.text("pdf_view.page", number=number, pages=len(self.pages))
            )
            box.addWidget(shown)
        self.setWidget(inside)
        self._shown_width = self.page_width
        self.verticalScrollBar().setValue(at)

    def clear(self) -> None:
        """Show nothing."""
        self.pages = ()
        self.setWidget(QWidget())

    def zoom(self, steps: int) -> None:
        """Show the pages larger or smaller."""
        wanted = min(max(self._zoom + steps, 0), len(_ZOOMS) - 1)
        if wanted != self._zoom:
            self._zoom = wanted
            self._ask()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """+ and − zoom; the rest scrolls."""
        if event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(1)
        elif event.key() == Qt.Key.Key_Minus:
            self.zoom(-1)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Ask for the pages in their new width once the size has come to rest."""
        super().resizeEvent(event)
        if self.pages and self.page_width != self._shown_width:
            self._rest.start()

    def _ask(self) -> None:
        self.width_wanted.emit()

    def _retranslate(self) -> None:
        self.setAccessibleName(self._looks.words.text(say("pdf_view.name")))
