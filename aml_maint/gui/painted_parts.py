"""What a widget paints by itself, part by part, for people who hear the screen.

Qt tells assistive technology of widgets and of the items of its own views; what a widget paints
is nothing to it. A widget that mixes PaintedParts in says how many parts it shows and what each
one is: name, place, whether it is chosen. Parts are read only, the keys of their widget act on
them: an action or table interface returned from Python ends the process (PySide 6.11).
"""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from typing import ClassVar, cast

from PySide6.QtCore import QObject, QPoint, QRect
from PySide6.QtGui import QAccessible, QAccessibleEvent, QAccessibleInterface, QWindow
from PySide6.QtWidgets import QAccessibleWidget, QWidget
from shiboken6 import isValid

from aml_maint.gui.after_painting import AfterPainting

# Qt's own word for "there is none", which the types of PySide do not foresee.
_NONE = cast(QAccessibleInterface, None)


@dataclass(frozen=True)
class Part:
    """One part; its box is in pixels of the widget."""

    name: str
    box: QRect
    chosen: bool = False


class PaintedParts:
    """Mixed into a widget before Qt's class; without parts it only has a role of its own."""

    told_as: ClassVar[QAccessible.Role] = QAccessible.Role.Table
    part_as: ClassVar[QAccessible.Role] = QAccessible.Role.Cell
    keeps_focus: ClassVar[bool] = True
    """False for what only hands the keyboard on."""

    def part_count(self) -> int:
        """How many parts there are now."""
        return 0

    def part(self, number: int) -> Part:
        """One of them, counted from 0."""
        raise NotImplementedError

    def current_part(self) -> int | None:
        """The one that the keyboard is on."""
        return None

    def part_at(self, point: QPoint) -> int | None:
        """The one at a point of the widget."""
        return next((n for n in range(self.part_count()) if self.part(n).box.contains(point)), None)


class _Painted(PaintedParts, QWidget):
    """A widget with parts, as a type."""


def tell_current(widget: PaintedParts) -> None:
    """Tell assistive technology that the keyboard is on another part."""
    heard = _heard_now(widget)
    at = widget.current_part()
    if heard is not None and at is not None:
        part = heard.child(at)
        QAccessible.updateAccessibility(QAccessibleEvent(part, QAccessible.Event.Focus))


def tell_changed(widget: PaintedParts) -> None:
    """Tell assistive technology, once all is painted, that parts it knows say something else."""
    heard = _heard_now(widget)
    if heard is not None:
        heard.telling.ask()


def hear_painted_parts() -> None:
    """From now on Qt asks painted widgets for their parts; done once in a process."""
    if not _hearing:
        _hearing.append(True)
        QAccessible.installFactory(_heard)


class _HeardPart(QAccessibleInterface):
    """A part as assistive technology meets it; invalid once nothing is painted there."""

    def __init__(self, widget: _Painted, number: int) -> None:
        super().__init__()
        self._widget = weakref.ref(widget)
        self._number = number

    def isValid(self) -> bool:
        """Is there still such a part?"""
        return self._painted() is not None

    def object(self) -> QObject:
        """A part is no object of Qt."""
        return cast(QObject, None)

    def window(self) -> QWindow:
        """The window of its widget."""
        painted = self._painted()
        if painted is None:
            return cast(QWindow, None)
        return QAccessible.queryAccessibleInterface(painted).window()

    def parent(self) -> QAccessibleInterface:
        """Its widget."""
        painted = self._painted()
        return QAccessible.queryAccessibleInterface(painted) if painted is not None else _NONE

    def child(self, index: int) -> QAccessibleInterface:
        """A part has no parts."""
        return _NONE

    def childCount(self) -> int:
        """A part has no parts."""
        return 0

    def childAt(self, x: int, y: int) -> QAccessibleInterface:
        """A part has no parts."""
        return _NONE

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        """A part has no parts."""
        return -1

    def text(self, t: QAccessible.Text) -> str:
        """Its name; there is nothing more to it."""
        part = self._part()
        return part.name if part is not None and t is QAccessible.Text.Name else ""

    def setText(self, t: QAccessible.Text, text: str) -> None:
        """Nothing is written here."""

    def rect(self) -> QRect:
        """Where it is on the screen."""
        painted, part = self._painted(), self._part()
        if painted is None or part is None:
            return QRect()
        return QRect(painted.mapToGlobal(part.box.topLeft()), part.box.size())

    def role(self) -> QAccessible.Role:
        """What its widget says."""
        painted = self._painted()
        return painted.part_as if painted is not None else QAccessible.Role.NoRole

    def state(self) -> QAccessible.State:
        """Whether it is chosen, has the keyboard, and is in sight."""
        state = QAccessible.State()
        painted, part = self._painted(), self._part()
        if painted is None or part is None:
            state.invalid = True
            return state
        takes_keys = painted.current_part() is not None
        here = painted.current_part() == self._number
        state.focusable = state.selectable = takes_keys
        state.focused = here and painted.hasFocus()
        state.selected = part.chosen
        if painted.part_as is QAccessible.Role.RadioButton:
            state.checkable, state.checked = True, part.chosen
        state.invisible = not painted.isVisible()
        state.offscreen = not painted.rect().intersects(part.box)
        state.disabled = not painted.isEnabled()
        return state

    def _painted(self) -> _Painted | None:
        widget = _living(self._widget)
        return widget if widget is not None and self._number < widget.part_count() else None

    def _part(self) -> Part | None:
        painted = self._painted()
        return painted.part(self._number) if painted is not None else None


_Known = dict[int, tuple[_HeardPart, int]]
"""Parts that were asked for, with the number that Qt gave each."""


class _HeardWidget(QAccessibleWidget):
    """A painted widget whose children are its parts."""

    def __init__(self, widget: _Painted) -> None:
        super().__init__(widget, widget.told_as)
        self._painted = weakref.ref(widget)
        # The parts go when the widget goes; nothing here may keep the widget.
        self._parts: _Known = {}
        parts = self._parts
        widget.destroyed.connect(lambda: _forget(parts))
        painted = self._painted
        self.telling = AfterPainting(lambda: _tell_names(painted, parts), widget)

    def childCount(self) -> int:
        """Its parts, and the widgets on it."""
        return self._count() + super().childCount()

    def child(self, index: int) -> QAccessibleInterface:
        """A part, made when it is first asked for; after them the widgets on it."""
        widget, count = _living(self._painted), self._count()
        if index < 0 or widget is None:
            return _NONE
        if index >= count:
            return super().child(index - count)
        if index not in self._parts:
            part = _HeardPart(widget, index)
            self._parts[index] = part, QAccessible.registerAccessibleInterface(part)
        return self._parts[index][0]

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        """The number of a part."""
        for number, (part, _) in self._parts.items():
            if part is child:
                return number
        at = super().indexOfChild(child)
        return at if at < 0 else at + self._count()

    def childAt(self, x: int, y: int) -> QAccessibleInterface:
        """The part at a point of the screen."""
        widget = _living(self._painted)
        if widget is None:
            return _NONE
        at = widget.part_at(widget.mapFromGlobal(QPoint(x, y)))
        return self.child(at) if at is not None else super().childAt(x, y)

    def focusChild(self) -> QAccessibleInterface:
        """The part that the keyboard is on."""
        widget = _living(self._painted)
        at = widget.current_part() if widget is not None else None
        if widget is None or at is None or not widget.hasFocus():
            return super().focusChild()
        return self.child(at)

    def state(self) -> QAccessible.State:
        """Qt's, but what hands the keyboard on is no control."""
        state = super().state()
        widget = _living(self._painted)
        state.focusable = state.focusable and widget is not None and widget.keeps_focus
        return state

    def _count(self) -> int:
        widget = _living(self._painted)
        return widget.part_count() if widget is not None else 0


_hearing: list[bool] = []


def _heard(_: str, thing: QObject | None) -> QAccessibleInterface | None:
    if isinstance(thing, PaintedParts) and isinstance(thing, QWidget):
        return _HeardWidget(cast(_Painted, thing))
    return None


def _living(widget: weakref.ref[_Painted]) -> _Painted | None:
    """The widget, unless Python or Qt has done away with it."""
    found = widget()
    return found if found is not None and isValid(found) else None


def _heard_now(widget: PaintedParts) -> _HeardWidget | None:
    """The widget as assistive technology knows it; None while there is no such technology."""
    if not QAccessible.isActive() or not isinstance(widget, QWidget):
        return None
    heard = QAccessible.queryAccessibleInterface(widget)
    return heard if isinstance(heard, _HeardWidget) else None


def _tell_names(painted: weakref.ref[_Painted], parts: _Known) -> None:
    """The names of all parts that were asked for so far and are still painted."""
    widget = _living(painted)
    count = widget.part_count() if widget is not None else 0
    for part in [part for number, (part, _) in parts.items() if number < count]:
        QAccessible.updateAccessibility(QAccessibleEvent(part, QAccessible.Event.NameChanged))


def _forget(parts: _Known) -> None:
    for _, number in parts.values():
        QAccessible.deleteAccessibleInterface(number)
    parts.clear()
