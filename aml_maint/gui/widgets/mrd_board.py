"""The MRD board: marrows on one calendar with logarithmic panels, read by eye, key or tip."""

from __future__ import annotations

from PySide6.QtCore import (
    QBuffer,
    QEvent,
    QIODevice,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QAccessible,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from aml_maint.domain.messages import Message
from aml_maint.domain.mrd_scene import BoardScene, scene_of
from aml_maint.domain.response_board import MarrowRow, ResponseBoard
from aml_maint.domain.response_words import row_words
from aml_maint.gui.desk import Looks
from aml_maint.gui.painted_parts import PaintedParts, Part, tell_changed, tell_current
from aml_maint.gui.widgets.mrd_layout import BoardLayout, lay_out
from aml_maint.gui.widgets.mrd_picture import BoardPicture
from aml_maint.gui.widgets.outlined import draw_outlined

# So high the board may ask to be, in steps of the grid: the list below wants room too.
_TALLEST = 92
_SVG_SIZE = QSize(1180, 560)


class MrdBoard(PaintedParts, QWidget):
    """Shows the marrows of a patient; left and right go from one to the next, Enter opens it."""

    told_as = QAccessible.Role.Chart
    part_as = QAccessible.Role.ListItem

    chosen = Signal(int)
    """The place of the marrow that the cursor is on now."""
    opened = Signal(int)
    """The place of the marrow that someone opened."""

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self._looks = looks
        self.board: ResponseBoard | None = None
        self.scene: BoardScene | None = None
        self._current: int | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        looks.words.changed.connect(self.retranslate)
        looks.theme.changed.connect(self.update)
        self.retranslate()

    @property
    def current(self) -> int | None:
        """The place of the marrow under the cursor."""
        return self._current

    def show_board(self, board: ResponseBoard) -> None:
        """Show a patient's marrows; the cursor stays on its place if there still is one."""
        self.board, self.scene = board, scene_of(board)
        self.updateGeometry()
        last = len(board.rows) - 1
        if self._current is None or self._current > last:
            self._current = last if last >= 0 else None
        self.retranslate()

    def clear(self) -> None:
        """Show nothing."""
        self.board = self.scene = self._current = None
        self.retranslate()

    def go_to(self, place: int) -> None:
        """Put the cursor on a marrow."""
        rows = self.board.rows if self.board else ()
        if 0 <= place < len(rows) and place != self._current:
            self._current = place
            self.retranslate()
            if self.hasFocus():
                tell_current(self)
            self.chosen.emit(place)

    def part_count(self) -> int:
        """Every marrow is a part."""
        return len(self.board.rows) if self.board else 0

    def part(self, number: int) -> Part:
        """A marrow in words, and the strip of the calendar where it stands."""
        row = self._row(number)
        assert row is not None  # as many as there are
        half = self._looks.theme.unit(2)
        layout = self._layout_in(QRectF(self.rect()))
        x = layout.x(layout.scene.days[number])
        box = QRectF(x - half, 0, 2 * half, self.height()).toRect()
        return Part(self._looks.words.text(row_words(row)), box, number == self._current)

    def current_part(self) -> int | None:
        """The marrow under the cursor."""
        return self._current

    def part_at(self, point: QPoint) -> int | None:
        """The marrow nearest to a point."""
        return self._near(QPointF(point))

    def retranslate(self) -> None:
        """Say the marrow under the cursor in words."""
        words = self._looks.words
        self.setAccessibleName(words.text("mrd_board.name"))
        row = self._row(self._current)
        self.setAccessibleDescription("" if row is None else words.text(row_words(row)))
        self.update()
        tell_changed(self)

    def minimumSizeHint(self) -> QSize:
        """Lanes, a panel one can read, and the legend."""
        theme = self._looks.theme
        panels = len(self.scene.panels) if self.scene else 1
        high = min(44 + 22 * max(panels - 1, 0), _TALLEST)
        return QSize(theme.unit(110), theme.unit(high))

    def sizeHint(self) -> QSize:
        """What reads well."""
        theme = self._looks.theme
        return QSize(theme.unit(180), theme.unit(66))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the board and its legend."""
        if self.scene is None:
            return
        painter = QPainter(self)
        self._draw(painter, QRectF(self.rect()), self._current)
        if self.hasFocus():
            painter.setPen(QPen(self._looks.theme.color("accent"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Whoever listens hears the marrow that the cursor is on."""
        super().focusInEvent(event)
        tell_current(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go from marrow to marrow; Enter opens one."""
        count = len(self.board.rows) if self.board else 0
        place = self._current if self._current is not None else count - 1
        match event.key():
            case Qt.Key.Key_Left:
                self.go_to(max(place - 1, 0))
            case Qt.Key.Key_Right:
                self.go_to(min(place + 1, count - 1))
            case Qt.Key.Key_Home:
                self.go_to(0)
            case Qt.Key.Key_End:
                self.go_to(count - 1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if self._current is not None:
                self.opened.emit(self._current)
            case _:
                super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The marrow nearest to the pointer is chosen."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        place = self._near(event.position())
        if place is not None:
            self.go_to(place)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the marrow under the pointer."""
        place = self._near(event.position())
        if place is not None:
            self.opened.emit(place)

    def event(self, event: QEvent) -> bool:
        """A tip tells the marrow under the pointer in words."""
        if isinstance(event, QHelpEvent):
            row = self._row(self._near(QPointF(event.pos())))
            text = "" if row is None else self._looks.words.text(row_words(row))
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)

    def svg(self, notes: tuple[Message, ...] = ()) -> bytes:
        """The board as a vector file in the theme shown, with notes below; it names nobody."""
        theme, words = self._looks.theme, self._looks.words
        target = QBuffer()
        target.open(QIODevice.OpenModeFlag.WriteOnly)
        generator = QSvgGenerator()
        generator.setOutputDevice(target)
        line = theme.unit(5)
        size = QSize(_SVG_SIZE.width(), _SVG_SIZE.height() + line * (len(notes) + 1))
        generator.setSize(size)
        generator.setViewBox(QRect(0, 0, size.width(), size.height()))
        generator.setTitle(words.text("mrd_board.name"))
        # The texts are outlines: whoever hears the picture instead of seeing it hears this.
        rows = self.board.rows if self.board else ()
        told = [words.text(one) for one in (*notes, *map(row_words, rows))]
        generator.setDescription("\n".join(told))
        painter = QPainter(generator)
        painter.fillRect(QRectF(0, 0, size.width(), size.height()), theme.color("surface"))
        room = QRectF(0, 0, _SVG_SIZE.width(), _SVG_SIZE.height())
        self._draw(painter, room, None, outlined=True)
        for number, note in enumerate(notes):
            top = _SVG_SIZE.height() + number * line
            box = QRectF(theme.unit(4), top, size.width() - theme.unit(8), line)
            font, color = theme.font("small"), theme.color("muted")
            left = Qt.AlignmentFlag.AlignLeft
            draw_outlined(painter, box, left, words.text(note), font, color)
        painter.end()
        return bytes(target.data().data())

    def _draw(
        self, painter: QPainter, room: QRectF, current: int | None, *, outlined: bool = False
    ) -> None:
        assert self.scene is not None  # nothing is drawn before there is something
        picture = BoardPicture(painter, self._looks, self._layout_in(room), outlined=outlined)
        picture.draw(current)
        picture.legend(room)

    def _layout_in(self, room: QRectF) -> BoardLayout:
        assert self.scene is not None
        theme = self._looks.theme
        return lay_out(self.scene, room.adjusted(0, 0, 0, -theme.unit(6)), theme)

    def _near(self, at: QPointF) -> int | None:
        if self.scene is None:
            return None
        layout = self._layout_in(QRectF(self.rect()))
        return layout.nearest(at.x(), self._looks.theme.unit(5))

    def _row(self, place: int | None) -> MarrowRow | None:
        if self.board is None or place is None or place >= len(self.board.rows):
            return None
        return self.board.rows[place]
