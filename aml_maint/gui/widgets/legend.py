"""The legend of the signs, always in sight below the flow sheet."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QPoint, QRectF, QSize
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from aml_maint.domain.administration import CellState
from aml_maint.gui.desk import Looks
from aml_maint.gui.widgets.cell_marks import draw_mark
from aml_maint.gui.widgets.cell_sign import draw_care, draw_longer, draw_sign, draw_struck
from aml_maint.services.plan_marks import Mark, mark_of_day, mark_of_dose
from aml_maint.services.sheet import CycleSheet
from aml_maint.services.sheet_lines import lasts_longer
from aml_maint.services.sheet_totals import all_views

# A dose that the plan no longer holds has no cell, so its sign needs no explanation.
SHOWN = tuple(state for state in CellState if state is not CellState.STOPPED)

# The marks beside a sign, by their size as a share of it; what points up needs no telling.
_MARK_SIZES = {Mark.MOVED_LATER: 0.66, Mark.MOVED_AWAY: 0.8, Mark.LOWER_DOSE: 0.5}
# Beside a sign: of a dose to be given with care, and of an earlier entry; below a toxicity.
_MARKS = {"care": draw_care, "struck": draw_struck, "longer": draw_longer}

_SIGN = 15  # pixels at 100 %
_EXAMPLE_COUNT = "48"


class Legend(QWidget):
    """Each sign with its word, in as many lines as the width needs.

    The marks beside a sign are named where the sheet shown has them: the room belongs to the sheet.
    """

    def __init__(self, looks: Looks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._looks = looks
        # A layout asks again and again how high it is in the same width.
        self._known: dict[int, list[QPoint]] = {}
        self._absent: frozenset[str] = frozenset()
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        looks.words.changed.connect(self.retranslate)
        looks.theme.changed.connect(self.retranslate)
        self.retranslate()

    def show_sheet(self, sheet: CycleSheet) -> None:
        """Name the marks that this sheet has."""
        absent = frozenset({*_MARK_SIZES, *_MARKS}) - frozenset(_marks_on(sheet))
        if absent != self._absent:
            self._absent = absent
            self.retranslate()

    def retranslate(self) -> None:
        """Say the words in the language shown."""
        words = self._looks.words
        self._known.clear()
        self.setAccessibleName(words.text("sheet.legend"))
        self.setAccessibleDescription(", ".join(text for _, text in self._entries()))
        self.updateGeometry()
        self.update()

    def hasHeightForWidth(self) -> bool:
        """Its height hangs on its width."""
        return True

    def heightForWidth(self, width: int) -> int:
        """How high it is in a width."""
        places = self._places(width)
        return places[-1].y() + self._line_height()

    def sizeHint(self) -> QSize:
        """Room for one line."""
        return QSize(self._looks.theme.unit(100), self._line_height())

    def minimumSizeHint(self) -> QSize:
        """It may become narrow; it then takes more lines."""
        return QSize(self._looks.theme.unit(60), self._line_height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the signs and their words."""
        theme = self._looks.theme
        painter = QPainter(self)
        painter.setFont(theme.font("small"))
        baseline = (self._line_height() + painter.fontMetrics().capHeight()) // 2
        size = theme.pixels(_SIGN)
        for (state, text), place in zip(self._entries(), self._places(self.width()), strict=True):
            box = QRectF(place.x(), place.y(), size * 1.5, self._line_height())
            count = _EXAMPLE_COUNT if state is CellState.GATE_CLOSED else ""
            if isinstance(state, Mark):
                draw_mark(painter, box.center(), state, theme, size=size * _MARK_SIZES[state])
            elif isinstance(state, CellState):
                draw_sign(painter, box, state, theme, size=size, text=count)
            else:
                _MARKS[state](painter, box.center(), theme, size=size * 0.66)
            painter.setPen(theme.color("muted"))
            painter.drawText(
                QPoint(round(place.x() + size * 1.5 + theme.unit()), place.y() + baseline), text
            )

    def _entries(self) -> list[tuple[CellState | Mark | str, str]]:
        """Each sign with its word; last the marks that stand beside a sign."""
        words = self._looks.words
        signs: list[tuple[CellState | Mark | str, str]] = [
            (state, words.text(f"state.{state.value}")) for state in SHOWN
        ]
        marks: list[tuple[CellState | Mark | str, str]] = [
            (mark, words.text(f"mark.{mark.value}")) for mark in _MARK_SIZES
        ]
        marks += [(mark, words.text(f"legend.{mark}")) for mark in _MARKS]
        return [*signs, *((mark, text) for mark, text in marks if mark not in self._absent)]

    def _places(self, width: int) -> list[QPoint]:
        """Where each entry begins; an entry that does not fit begins the next line."""
        if width not in self._known:
            self._known[width] = self._place(width)
        return self._known[width]

    def _place(self, width: int) -> list[QPoint]:
        theme = self._looks.theme
        metrics = QFontMetrics(theme.font("small"))
        sign = round(theme.pixels(_SIGN) * 1.5) + theme.unit()
        found: list[QPoint] = []
        x = y = 0
        for _, text in self._entries():
            needed = sign + metrics.horizontalAdvance(text)
            if x > 0 and x + needed > width:
                x, y = 0, y + self._line_height()
            found.append(QPoint(x, y))
            x += needed + theme.unit(2.5)
        return found

    def _line_height(self) -> int:
        return int(self._looks.theme.unit(5.5))


def _marks_on(sheet: CycleSheet) -> Iterator[str]:
    """The marks beside the signs of a sheet, each as often as it is there."""
    for view in all_views(sheet):
        if mark_of_day(view.planned) is not None:
            yield Mark.MOVED_LATER  # earlier ones are drawn alike
        if mark_of_dose(view.planned) is not None:
            yield Mark.LOWER_DOSE
        if view.warning is not None:
            yield "care"
        if view.struck:
            yield "struck"
    if any(dose is not None for row in sheet.rows for dose in row.vacated):
        yield Mark.MOVED_AWAY
    if lasts_longer(sheet):
        yield "longer"
