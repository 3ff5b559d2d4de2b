"""The body map: injection sites to choose from, or only to look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from aml_maint.domain.injection import SiteMap
from aml_maint.domain.messages import Message, Name
from aml_maint.gui.desk import Looks
from aml_maint.gui.painted_parts import PaintedParts, Part, tell_changed, tell_current
from aml_maint.gui.widgets import body_picture, body_shape
from aml_maint.gui.widgets.body_words import letter, site_texts, spoken
from aml_maint.gui.widgets.label import Label
from aml_maint.services.injections import InjectionSites

_NEXT = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Up: -2,
    Qt.Key.Key_Down: 2,
}
_CLEAR = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


class BodyMap(QWidget):
    """The picture, below it the signs in words, and what to know of the site chosen.

    Arrows and the numbers 1 to 6 choose, Delete chooses none. As a form's input it holds the
    code of the site.
    """

    chosen = Signal()

    def __init__(self, looks: Looks, *, editable: bool = True, advises: bool = True) -> None:
        """`advises` False is for a site that is not chosen for an injection."""
        super().__init__()
        self._looks = looks
        self._advises = advises
        self.picture = _Picture(looks, editable=editable)
        self.told = Label(looks, role="small", token="muted", wrap=True)
        self.signs = _Signs(looks, advises=advises)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(looks.theme.unit(1.5))
        for part in (self.picture, self.signs, self.told):
            box.addWidget(part)
        self.told.setVisible(advises)
        self.setFocusProxy(self.picture)
        self.picture.chosen.connect(self._tell)
        self.picture.chosen.connect(self.chosen)

    def show_sites(self, sites: InjectionSites) -> None:
        """Show the sites; what was chosen stays chosen."""
        shown = sites.map if self._advises else replace(sites.map, suggested=None)
        self.picture.show_map(shown, sites.drugs)
        self.signs.show_drugs(sites.drugs)
        self._tell()

    def value(self) -> str | None:
        """The site chosen."""
        return self.picture.site

    def set_value(self, site: str | None) -> None:
        """Choose a site, or none."""
        self.picture.choose(site)

    def raw(self) -> str:
        """The site chosen, as text."""
        return self.picture.site or ""

    def set_raw(self, raw: str) -> None:
        """Put a draft back."""
        self.picture.choose(raw if raw in body_shape.ORDER else None)

    def setAccessibleName(self, name: str) -> None:
        """Name the part that takes the keyboard, too."""
        super().setAccessibleName(name)
        self.picture.setAccessibleName(name)

    def _tell(self) -> None:
        """The caution of the site chosen, else the advice."""
        found = self.picture.map
        if found is None:
            return
        site = self.picture.site
        caution = found.caution(site) if site is not None else None
        self.told.use_token("warning" if caution is not None else "muted")
        self.told.say(caution or found.advice)


class _Picture(PaintedParts, QWidget):
    """The body with its sites; it takes the keyboard."""

    told_as = QAccessible.Role.Grouping
    part_as = QAccessible.Role.RadioButton

    chosen = Signal()

    def __init__(self, looks: Looks, *, editable: bool) -> None:
        super().__init__()
        self._looks = looks
        self._editable = editable
        self._drugs: Mapping[str, Name] = {}
        self.map: SiteMap | None = None
        self.site: str | None = None
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        focus = Qt.FocusPolicy.StrongFocus if editable else Qt.FocusPolicy.NoFocus
        self.setFocusPolicy(focus)
        if editable:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        looks.words.changed.connect(self._again)
        looks.theme.changed.connect(self._again)

    def show_map(self, found: SiteMap, drugs: Mapping[str, Name]) -> None:
        """Show the sites of a day."""
        self.map, self._drugs = found, drugs
        self._again()

    def choose(self, site: str | None) -> None:
        """Choose a site, or none, and say it."""
        self.site = site
        self._describe()
        if self.hasFocus():
            tell_current(self)
        self.update()
        self.chosen.emit()

    def part_count(self) -> int:
        """Every site is a part."""
        return len(body_shape.ORDER) if self.map is not None else 0

    def part(self, number: int) -> Part:
        """A site with its injections, as it is spoken."""
        assert self.map is not None  # without a map there are no parts
        site = body_shape.ORDER[number]
        where = body_picture.places(self._looks.theme, self.width())
        zone = where.body.map(body_shape.zone(site)).boundingRect()
        told = spoken(self._looks.words, self.map, self._drugs, site)
        box = zone.united(where.labels[site]).toAlignedRect()
        return Part(told, box, site == self.site)

    def current_part(self) -> int | None:
        """The site chosen."""
        return body_shape.ORDER.index(self.site) if self.site is not None else None

    def hasHeightForWidth(self) -> bool:
        """In a narrow place the labels go below the body."""
        return True

    def heightForWidth(self, width: int) -> int:
        """How high it is in a width."""
        return round(body_picture.places(self._looks.theme, width).height) + 2

    def sizeHint(self) -> QSize:
        """Wide enough for labels on both sides."""
        width = self._looks.theme.unit(120)
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """It may be narrow."""
        return QSize(self._looks.theme.unit(46), self._looks.theme.unit(40))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw body, sites and labels."""
        theme = self._looks.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        where = body_picture.places(theme, self.width())
        body_picture.paint_body(painter, theme, where)
        if self.map is None:
            return
        for state in self.map.sites:
            texts = site_texts(self._looks.words, self.map, self._drugs, state)
            chosen, suggested = state.site == self.site, state.site == self.map.suggested
            shown = body_picture.Shown(state, texts, chosen, suggested)
            body_picture.paint_site(painter, theme, where, state.site, shown, focus=self.hasFocus())
        if self.hasFocus() and self.site is None:
            body_picture.paint_focus(painter, theme, self.rect())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go to the neighbouring site, numbers to theirs; other keys are not ours."""
        key = Qt.Key(event.key())
        order = body_shape.ORDER
        number = int(event.text()) if event.text() in {"1", "2", "3", "4", "5", "6"} else 0
        if number:
            self.choose(order[number - 1])
        elif key in _CLEAR:
            self.choose(None)
        elif key in _NEXT:
            self._step(_NEXT[key])
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on a site or its label chooses it."""
        site = self._site_at(event.position())
        if site is not None and self._editable and event.button() == Qt.MouseButton.LeftButton:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self.choose(site)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The frame shows that the keyboard is here."""
        super().focusInEvent(event)
        self.update()
        tell_current(self)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The frame shows that the keyboard has gone."""
        super().focusOutEvent(event)
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        """A disabled map is no place for a hand."""
        super().changeEvent(event)
        self.update()

    def _step(self, by: int) -> None:
        """The neighbour left, right, above or below; at the edge it stays."""
        order = body_shape.ORDER
        if self.site is None:
            suggested = self.map.suggested if self.map is not None else None
            self.choose(suggested or order[0])
            return
        place = order.index(self.site)
        to = place + by
        same_row = place // 2 == to // 2
        if 0 <= to < len(order) and (abs(by) == 2 or same_row):
            self.choose(order[to])

    def _site_at(self, at: QPointF) -> str | None:
        where = body_picture.places(self._looks.theme, self.width())
        for site in body_shape.ORDER:
            zone = where.body.map(body_shape.zone(site)).boundingRect()
            if where.labels[site].contains(at) or zone.contains(at):
                return site
        return None

    def _again(self) -> None:
        self._describe()
        self.updateGeometry()
        self.update()

    def _describe(self) -> None:
        if self.map is None:
            return
        words = self._looks.words
        sites = [self.site] if self.site is not None else list(body_shape.ORDER)
        told = [spoken(words, self.map, self._drugs, site) for site in sites]
        self.setAccessibleDescription(" ".join(told))
        tell_changed(self)


class _Signs(QWidget):
    """What the letters and signs mean, in one line or two."""

    def __init__(self, looks: Looks, *, advises: bool) -> None:
        super().__init__()
        self._looks = looks
        self._advises = advises
        self._drugs: Mapping[str, Name] = {}
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        looks.words.changed.connect(self._again)
        looks.theme.changed.connect(self._again)

    def show_drugs(self, drugs: Mapping[str, Name]) -> None:
        """Explain these drugs' signs."""
        self._drugs = drugs
        self._again()

    def hasHeightForWidth(self) -> bool:
        """It takes more lines where it is narrow."""
        return True

    def heightForWidth(self, width: int) -> int:
        """How high it is in a width."""
        return round(self._places(width)[-1].y() + self._line())

    def sizeHint(self) -> QSize:
        """Room for one line."""
        return QSize(self._looks.theme.unit(100), round(self._line()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the signs and their words."""
        theme = self._looks.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        drugs = list(self._drugs)
        for number, (place, text) in enumerate(
            zip(self._places(self.width()), self._texts(), strict=True)
        ):
            if number < len(drugs):
                sign = letter(self._looks.words, drugs[number])
                wide = body_picture.paint_mark(painter, theme, place, number, sign)
            elif number == len(drugs) and self._advises:
                wide = body_picture.paint_ring(painter, theme, place)
            else:
                wide = body_picture.paint_pin(painter, theme, place)
            painter.setFont(theme.font("small"))
            painter.setPen(theme.color("muted"))
            box = self.rect().toRectF()
            box.setLeft(place.x() + wide + theme.unit(1))
            box.setTop(place.y())
            box.setHeight(self._line() - theme.unit(0.5))
            painter.drawText(box, flags, text)

    def _texts(self) -> list[str]:
        text = self._looks.words.text
        signs: list[Message | Name | str] = [*self._drugs.values()]
        signs += ["injection.map.suggested"] if self._advises else []
        signs += ["injection.map.reaction"]
        return [text(sign) for sign in signs]

    def _places(self, width: int) -> list[QPointF]:
        theme = self._looks.theme
        metrics = QFontMetrics(theme.font("small"))
        found: list[QPointF] = []
        x = y = 1.0
        for text in self._texts():
            wide = theme.unit(5) + metrics.horizontalAdvance(text)
            if x > 1 and x + wide > width:
                x, y = 1.0, y + self._line()
            found.append(QPointF(x, y))
            x += wide + theme.unit(3)
        return found

    def _line(self) -> float:
        return float(self._looks.theme.unit(5))

    def _again(self) -> None:
        texts = self._texts()
        self.setAccessibleName(", ".join(texts))
        self.updateGeometry()
        self.update()
