"""A figure on the screen: drawn to the size it has here, and told in words to whoever can't see it.

It is drawn on a thread of its own; until the new one is there the old one is shown, stretched.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QAccessible, QImage, QPainter, QPaintEvent, QPen, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from aml_maint.domain.errors import UserError
from aml_maint.domain.messages import Message, say
from aml_maint.gui.computing import Computing, Task
from aml_maint.gui.desk import Looks
from aml_maint.gui.painted_parts import PaintedParts
from aml_maint.reports.figures.exhibit import Exhibit
from aml_maint.reports.figures.picture import Part, picture, spoken
from aml_maint.reports.figures.sheet import Look

# A window that is being resized rests so long before the figure is drawn anew.
_REST_MS = 120


class FigureView(PaintedParts, QWidget):
    """Shows one figure at a time."""

    told_as = QAccessible.Role.Chart

    def __init__(self, looks: Looks, computing: Computing) -> None:
        super().__init__()
        self._looks = looks
        self._computing = computing
        self._exhibit: Exhibit | None = None
        self._task: Task | None = None
        self._image: QImage | None = None
        self._told: Message | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._draw)
        looks.words.changed.connect(self.retranslate)
        looks.theme.changed.connect(self._again)
        self.retranslate()

    @property
    def is_drawn(self) -> bool:
        """Is the figure on the screen the one that was asked for, and nothing under way?"""
        return self._image is not None and self._task is None and not self._rest.isActive()

    def show_figure(self, exhibit: Exhibit) -> None:
        """Show a figure."""
        self._exhibit = exhibit
        self._image = None
        self.updateGeometry()
        self.retranslate()

    def retranslate(self) -> None:
        """Name the figure and tell it in the language shown, and draw it in that."""
        exhibit, words = self._exhibit, self._looks.words
        title = words.text(exhibit.title) if exhibit is not None else ""
        self.setAccessibleName(title or words.text("figure.none"))
        self.setAccessibleDescription(
            spoken(exhibit, words.catalogue) if exhibit is not None else ""
        )
        self._again()

    def sizeHint(self) -> QSize:
        """Wide rather than high."""
        theme = self._looks.theme
        return QSize(theme.unit(160), theme.unit(80))

    def minimumSizeHint(self) -> QSize:
        """No smaller than can be read."""
        theme = self._looks.theme
        least = theme.unit(52)
        if self._exhibit is not None and self._exhibit.drawing is not None:
            width = self.width() * 100 / theme.scale
            least = theme.pixels(self._exhibit.drawing.least_height(width))
        return QSize(theme.unit(90), least)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another size is another drawing."""
        super().resizeEvent(event)
        self._again()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the figure, or say that it is being drawn."""
        theme = self._looks.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self._image is not None:
            painter.drawImage(QRectF(self.rect()), self._image)
        else:
            told = self._told or say("figure.drawing")
            painter.setPen(theme.color("muted"))
            painter.setFont(theme.font())
            middle = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect(), int(middle), self._looks.words.text(told))
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme.color("accent"), 1.5))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)

    def _again(self) -> None:
        if self._exhibit is not None and self.isVisible():
            self._rest.start()
        self.update()

    def showEvent(self, event: QShowEvent) -> None:
        """What changed while it was out of sight is drawn now."""
        super().showEvent(event)
        self._again()

    def _draw(self) -> None:
        exhibit = self._exhibit
        if exhibit is None or exhibit.drawing is None:
            return
        if self._task is not None:
            self._task.cancel()
        theme, words = self._looks.theme, self._looks.words.catalogue
        look = Look(theme.name, theme.scale, self.devicePixelRatioF())
        part = Part(self.width(), self.height())
        self._task = self._computing.run(
            lambda: picture(exhibit, words, "png", look, part), self._show, self, self._fail
        )

    def _show(self, png: bytes) -> None:
        self._task = None
        self._image = QImage.fromData(png)
        self._told = None
        self.update()

    def _fail(self, error: UserError) -> None:
        self._task = None
        self._image = None
        self._told = error.message
        self.update()
