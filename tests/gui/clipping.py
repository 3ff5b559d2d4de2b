"""Texts that are cut, and controls that are out of reach, in a window as it stands."""

from __future__ import annotations

import math
from collections.abc import Iterator
from string import Formatter

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QCheckBox,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QRadioButton,
    QScrollArea,
    QStyle,
    QStyleOptionComboBox,
    QTableView,
    QToolButton,
    QWidget,
)

from aml_maint.domain.messages import Catalogue

_FILLER = " enos"  # letters of middle width, with places where a line may end
_SLACK = 1  # pixels by which Qt's own measures differ from each other


def longer(catalogue: Catalogue, by: float = 0.4) -> Catalogue:
    """The same texts, each longer by a share of its letters, as another language might need."""
    return Catalogue(
        catalogue.language, {key: _longer(text, by) for key, text in catalogue.templates.items()}
    )


def _longer(template: str, by: float) -> str:
    letters = sum(len(literal) for literal, *_ in Formatter().parse(template))
    more = math.ceil(letters * by) if letters > 1 else 0
    return template + (_FILLER * more)[:more]


def cut_texts(window: QWidget) -> Iterator[str]:
    """What a person can't read to its end here, and no tip tells."""
    for widget in window.findChildren(QWidget):
        if not widget.isVisible() or widget.visibleRegion().isEmpty():
            continue
        told = _cut(widget)
        if told:
            yield f"{type(widget).__name__} {told!r} in {_around(widget)}"


def _cut(widget: QWidget) -> str:
    match widget:
        case QLabel() if widget.pixmap().isNull():
            return "" if widget.toolTip() else _cut_label(widget)
        case QComboBox():
            option = QStyleOptionComboBox()
            widget.initStyleOption(option)
            field = QStyle.SubControl.SC_ComboBoxEditField
            control = QStyle.ComplexControl.CC_ComboBox
            room = widget.style().subControlRect(control, option, field, widget).width()
            wide = widget.fontMetrics().horizontalAdvance(widget.currentText())
            return widget.currentText() if wide > room and not widget.toolTip() else ""
        case QToolButton():
            return ""  # icons; their names are tips
        case QCheckBox() | QRadioButton() | QAbstractButton() if widget.text():
            wanted = widget.sizeHint().boundedTo(widget.minimumSizeHint())
            wide = wanted.width() > widget.width() + _SLACK
            high = widget.fontMetrics().height() > widget.height() + _SLACK
            return widget.text() if (wide and not widget.toolTip()) or high else ""
        case QLineEdit() if widget.placeholderText() and not widget.text():
            room = widget.width() - widget.fontMetrics().height()
            wide = widget.fontMetrics().horizontalAdvance(widget.placeholderText())
            told = widget.toolTip() or widget.accessibleName()
            return widget.placeholderText() if wide > room and not told else ""
        case QHeaderView() if widget.orientation() is Qt.Orientation.Horizontal:
            return _cut_head(widget)
        case _:
            return ""


def _cut_label(label: QLabel) -> str:
    text = QLabel.text(label)
    room = label.contentsRect()
    if label.wordWrap():
        high = label.heightForWidth(label.width())
        longest = max(
            (label.fontMetrics().horizontalAdvance(word) for word in text.split()), default=0
        )
        return text if high > label.height() + 2 or longest > room.width() + 2 else ""
    wide = max(
        (label.fontMetrics().horizontalAdvance(line) for line in text.split("\n")), default=0
    )
    high = label.fontMetrics().height()
    return text if wide > room.width() + 2 or high > label.height() + 2 else ""


def _cut_head(head: QHeaderView) -> str:
    model, view = head.model(), head.parent()
    if model is None or not isinstance(view, QTableView):
        return ""
    for section in range(head.count()):
        text = str(model.headerData(section, Qt.Orientation.Horizontal) or "")
        tip = model.headerData(section, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
        wide = head.fontMetrics().horizontalAdvance(text)
        if not head.isSectionHidden(section) and wide > head.sectionSize(section) and not tip:
            return text
    return ""


def out_of_sight(window: QWidget) -> Iterator[str]:
    """Controls that lie, wholly or partly, where nobody can scroll to."""
    for widget in window.findChildren(QWidget):
        if not widget.isVisible() or not widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            continue
        if isinstance(widget.parent(), QAbstractScrollArea) or _is_scrolled(widget, window):
            continue
        seen = widget.visibleRegion().boundingRect()
        if not seen.contains(QRect(0, 0, widget.width(), widget.height())) and not seen.contains(
            widget.contentsRect()
        ):
            told = widget.accessibleName()
            yield f"{type(widget).__name__} {told!r} in {_around(widget)}"


def _is_scrolled(widget: QWidget, window: QWidget) -> bool:
    """Does it lie in something that scrolls in the directions that it needs?"""
    here = widget.parentWidget()
    while here is not None and here is not window:
        if isinstance(here, QScrollArea):
            return _can_reach(widget, here)
        here = here.parentWidget()
    return False


def _can_reach(widget: QWidget, area: QScrollArea) -> bool:
    content = area.widget()
    if content is None or not content.isAncestorOf(widget):
        return False
    place = QRect(widget.mapTo(content, widget.rect().topLeft()), widget.size())
    if not content.rect().adjusted(-2, -2, 2, 2).contains(place):
        return False
    never = Qt.ScrollBarPolicy.ScrollBarAlwaysOff
    room = area.viewport().size()
    across = content.width() <= room.width() + 2 or area.horizontalScrollBarPolicy() is not never
    down = content.height() <= room.height() + 2 or area.verticalScrollBarPolicy() is not never
    return across and down


def _around(widget: QWidget) -> str:
    names = []
    here = widget.parentWidget()
    while here is not None and len(names) < 3:
        if type(here) is not QWidget:
            names.append(type(here).__name__)
        here = here.parentWidget()
    return "/".join(reversed(names))
