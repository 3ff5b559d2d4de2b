"""A walk round the window: a ring around one part after the other, and a card that tells of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from aml_maint.domain.messages import Message, say
from aml_maint.gui.desk import Looks
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.panel import Panel

_ENTER = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})


@dataclass(frozen=True)
class Stop:
    """One part of the window; its texts are `tour.NAME` and `tour.NAME.story`."""

    name: str
    target: QWidget | None = None

    @property
    def is_there(self) -> bool:
        """Can it be seen now? The first and the last word need nothing to be seen."""
        return self.target is None or self.target.isVisible()


class _Ring(QWidget):
    """Drawn around what is told of; the mouse goes through it."""

    def __init__(self, looks: Looks, parent: QWidget) -> None:
        super().__init__(parent)
        self._looks = looks
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ring in the accent, thick enough to be seen without colour."""
        theme = self._looks.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("accent"), theme.pixels(3)))
        edge = theme.pixels(2)
        inside = QRectF(self.rect()).adjusted(edge, edge, -edge, -edge)
        painter.drawRoundedRect(inside, theme.unit(1.5), theme.unit(1.5))


class Tour(Panel):
    """The card. Enter goes on, the left arrow back, Escape ends it; the page works meanwhile."""

    over = Signal()

    def __init__(self, looks: Looks, place: QWidget, stops: Sequence[Stop]) -> None:
        super().__init__(looks, line="accent", parent=place)
        self._place = place
        self._stops = [stop for stop in stops if stop.is_there]
        self._at = 0
        self._ring = _Ring(looks, place)
        self.title = Label(looks, role="heading", wrap=True)
        self.story = Label(looks, wrap=True)
        self.count = Label(looks, role="small", token="muted")
        self.skip = Button(looks, "tour.skip")
        self.back = Button(looks, "tour.back")
        self.on = Button(looks, "tour.on", kind="primary")
        self.skip.clicked.connect(self.end)
        self.back.clicked.connect(lambda: self._step(-1))
        self.on.clicked.connect(lambda: self._step(1))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._lay_out()
        place.installEventFilter(self)
        for button in (self.skip, self.back, self.on):
            button.installEventFilter(self)
        looks.words.changed.connect(self._tell)
        looks.theme.changed.connect(self._tell)

    def begin(self) -> None:
        """Show the first stop and take the keyboard."""
        self._tell()
        self.show()
        self.raise_()
        self.on.setFocus()

    def end(self) -> None:
        """Close the tour wherever it is."""
        self._place.removeEventFilter(self)
        self._looks.words.changed.disconnect(self._tell)
        self._looks.theme.changed.disconnect(self._tell)
        self._ring.hide()
        self._ring.deleteLater()
        self.hide()
        self.over.emit()
        self.deleteLater()

    @property
    def stop(self) -> Stop:
        """What is told of now."""
        return self._stops[self._at]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys of the card, wherever in it the keyboard is."""
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape:
            self.end()
        elif key in _ENTER and not self.skip.hasFocus() and not self.back.hasFocus():
            self._step(1)
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay beside the part when the window changes; arrows are no walk between the buttons."""
        if watched is self._place:
            if event.type() == QEvent.Type.Resize:
                self._move()
        elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Right:
                self._step(1)
                return True
            if event.key() == Qt.Key.Key_Left:
                self._step(-1)
                return True
        return False

    def _step(self, by: int) -> None:
        if self._at + by >= len(self._stops):
            self.end()
            return
        self._at = max(0, self._at + by)
        self._tell()
        self.on.setFocus()

    def _tell(self) -> None:
        name, last = self.stop.name, self._at == len(self._stops) - 1
        self.title.say(Message(f"tour.{name}"))
        self.story.say(Message(f"tour.{name}.story"))
        self.count.say(say("tour.count", at=self._at + 1, of=len(self._stops)))
        self.back.setEnabled(self._at > 0)
        self.on.say("tour.done" if last else "tour.on")
        self.skip.setVisible(not last)
        self.setAccessibleName(self.title.text())
        self.setAccessibleDescription(self.story.text())
        self._move()

    def _move(self) -> None:
        """Put the ring around the part, and the card where it covers the part least."""
        theme, room = self._looks.theme, self._place.rect()
        width = min(theme.unit(95), room.width() - theme.unit(4))
        self.setFixedWidth(width)
        height = self.heightForWidth(width) if self.hasHeightForWidth() else -1
        self.resize(width, max(height, self.sizeHint().height()))
        target = self.stop.target
        self._ring.setVisible(target is not None)
        if target is None:
            self.move(room.center() - self.rect().center())
            return
        around = QRect(target.mapTo(self._place, QPoint()), target.size())
        grown = theme.unit(1)
        around = around.adjusted(-grown, -grown, grown, grown).intersected(room)
        self._ring.setGeometry(around)
        self._ring.raise_()
        self.raise_()
        self.move(self._beside(around, room))

    def _beside(self, around: QRect, room: QRect) -> QPoint:
        """Right of the part, below, left, above; else in its lower right corner."""
        gap = self._looks.theme.unit(3)
        left = min(max(around.left(), gap), room.width() - self.width() - gap)
        top = min(max(around.top(), gap), room.height() - self.height() - gap)
        for corner in (
            QPoint(around.right() + gap, top),
            QPoint(left, around.bottom() + gap),
            QPoint(around.left() - gap - self.width(), top),
            QPoint(left, around.top() - gap - self.height()),
        ):
            if room.contains(QRect(corner, self.size())):
                return corner
        inside = around.bottomRight() - QPoint(self.width() + gap, self.height() + gap)
        return QPoint(max(inside.x(), gap), max(inside.y(), gap))

    def _lay_out(self) -> None:
        theme = self._looks.theme
        foot = QHBoxLayout()
        foot.setSpacing(theme.unit(2))
        foot.addWidget(self.count)
        foot.addStretch(1)
        for button in (self.skip, self.back, self.on):
            foot.addWidget(button)
        box = QVBoxLayout(self)
        box.setContentsMargins(*[theme.unit(4)] * 4)
        box.setSpacing(theme.unit(2))
        box.addWidget(self.title)
        box.addWidget(self.story)
        box.addSpacing(theme.unit(1))
        box.addLayout(foot)
