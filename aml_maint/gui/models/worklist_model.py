"""The worklist as lines: the head of each section and, unless it is folded, its rows.

What is shown may grow older than the ward: `follow` renews how each dose stands where it stands,
and `moved` says which rows a refresh would move.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from aml_maint.domain.messages import say
from aml_maint.domain.moment import Moment
from aml_maint.domain.schedule import SlotId
from aml_maint.gui.models.worklist_order import Kind, Moved, Part, WorklistOrder
from aml_maint.gui.models.worklist_texts import RowTexts, row_spoken, row_texts
from aml_maint.gui.words import Words
from aml_maint.services.dose_view import DosePair
from aml_maint.services.worklist import Section, Worklist, WorkRow

SectionRole = Qt.ItemDataRole.UserRole
"""The Section of a section's head, or `elsewhere`."""
RowRole = Qt.ItemDataRole.UserRole + 1
"""The WorkRow of a dose's row."""

_Index = QModelIndex | QPersistentModelIndex
_HEAD = -1  # the place of a section's head among its rows


class WorklistModel(QAbstractListModel):
    """Sections with rows, grouped by patient within a section."""

    def __init__(self, words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._order: WorklistOrder | None = None
        self._parts: list[Part] = []
        self._folded: set[str] = {Section.DONE}
        self._peeked: set[str] = set()
        self._starts: list[int] = []
        self._count = 0
        self._own: set[SlotId] = set()
        self._rendered: dict[SlotId, RowTexts] = {}
        words.changed.connect(self.retranslate)

    # -- what it is told -----------------------------------------------------------------------

    def show_order(self, order: WorklistOrder) -> WorklistOrder | None:
        """Show a worklist in its own order, with the sections folded that somebody folded.

        Answers with the one shown before: whoever drops it frees all its rows.
        """
        before = self._order
        self.beginResetModel()
        self._order, self._parts = order, list(order.parts)
        self._own.clear()
        self._peeked.clear()
        self._rendered.clear()
        self._number()
        self.endResetModel()
        return before

    def follow(self, order: WorklistOrder, *, own: bool = False) -> WorklistOrder | None:
        """Renew how each row stands, leaving every row where it is; answers as `show_order`.

        `own` says that what was recorded since came from this screen, so that no refresh is
        called for.
        """
        before = self._order
        self._order, self._parts = order, list(order.parts)
        if own:
            self._own |= order.recorded
        for number, (part, places) in enumerate(zip(self._parts, order.changed, strict=True)):
            for place in places:
                self._rendered.pop(_slot(part.rows[place]), None)
            self._say_changed(number, places)
        return before

    def put(self, pairs: Iterable[DosePair], now: Moment, *, own: bool = False) -> None:
        """Show at once how some doses stand as of `now`, each in its row; the rest as before.

        `own` as in `follow`, which is to come: it brings what else the doses change.
        """
        for pair in pairs:
            slot = pair.main.slot
            row, place = self.row_of(slot), self._place_of(slot)
            if row is None or place is None:
                continue
            if [v.slot for v in row.pair.parts] != [v.slot for v in pair.parts]:
                continue
            if own:
                self._own.add(slot)
            new = replace(row, pair=pair)
            self._parts[place[0]] = self._parts[place[0]].with_row(place[1], new)
            self._rendered[slot] = self._render(new, now)
            index = self.index_of(slot)
            if index.isValid():
                self.dataChanged.emit(index, index)

    def fold(self, section: str, *, folded: bool) -> None:
        """Show the head of a section alone, or its rows as well, from now on."""
        others = self._folded - {section}
        self._refold(section, others | {section} if folded else others, self._peeked - {section})

    def peek(self, section: str) -> None:
        """Show the rows of a section until the next refresh."""
        self._refold(section, self._folded, self._peeked | {section})

    def retranslate(self) -> None:
        """Render all texts in the language shown."""
        self._rendered.clear()
        for number, part in enumerate(self._parts):
            self._say_changed(number, range(len(part.rows)))

    # -- what it tells -------------------------------------------------------------------------

    @property
    def latest(self) -> Worklist | None:
        """The worklist as last read, whatever order is shown."""
        return None if self._order is None else self._order.worklist

    @property
    def changes(self) -> int:
        """How many rows a refresh would move, add or take away, own entries left out."""
        return len(self.moved())

    def moved(self) -> tuple[Moved, ...]:
        """Those rows."""
        moved = () if self._order is None else self._order.moved
        return tuple(row for row in moved if row.slot not in self._own)

    def count(self, section: str) -> int:
        """How many doses of the patients chosen stand in a section now, moved or not."""
        return 0 if self._order is None else self._order.counts[section]

    def hidden(self, section: Section) -> int:
        """How many doses of a section belong to patients who were not chosen."""
        return 0 if self._order is None else self._order.hidden[section]

    def slots(self) -> tuple[SlotId, ...]:
        """The doses shown, those of folded sections as well."""
        return () if self._order is None else tuple(self._order.places)

    def shows(self, order: WorklistOrder) -> bool:
        """Do the rows stand as in an order, except for how they stand by now?"""
        return self._order is not None and self._order.places is order.places

    def sections(self) -> tuple[str, ...]:
        """The sections that have rows, from top to bottom."""
        return tuple(part.section for part in self._parts)

    def section_of(self, slot: SlotId) -> str | None:
        """The section that a dose is shown in."""
        place = self._place_of(slot)
        return None if place is None else self._parts[place[0]].section

    def is_folded(self, section: str) -> bool:
        """Is the head of a section shown alone?"""
        return section in self._folded and section not in self._peeked

    def index_of(self, slot: SlotId) -> QModelIndex:
        """Where a dose is shown; an invalid index if it is not, or is folded away."""
        line = self.line_of(slot)
        return QModelIndex() if line is None else self.index(line)

    def line_of(self, slot: SlotId) -> int | None:
        """The number of a dose's line; None as in `index_of`."""
        number, place = self._place_of(slot) or (0, _HEAD)
        if place == _HEAD or self.is_folded(self._parts[number].section):
            return None
        return self._starts[number] + 1 + place

    def section_index(self, section: str) -> QModelIndex:
        """Where the head of a section is shown; an invalid index when it has no rows."""
        for start, part in zip(self._starts, self._parts, strict=True):
            if part.section == section:
                return self.index(start)
        return QModelIndex()

    def rows_in(self, section: str) -> int:
        """How many rows stand in a section, folded away or not."""
        return sum(len(part.rows) for part in self._parts if part.section == section)

    def head_above(self, index: _Index) -> QModelIndex:
        """The head of the section that a line stands in."""
        return self.index(self._starts[self._at(index)[0]]) if index.isValid() else QModelIndex()

    def row_at(self, index: _Index) -> WorkRow | None:
        """The row at an index, None at a section."""
        number, place = self._at(index) if index.isValid() else (0, _HEAD)
        return None if place == _HEAD else self._parts[number].rows[place]

    def row_of(self, slot: SlotId) -> WorkRow | None:
        """The row of a dose, also one that is folded away; None if it is not shown."""
        place = self._place_of(slot)
        return None if place is None else self._parts[place[0]].rows[place[1]]

    def texts_at(self, index: _Index) -> RowTexts | None:
        """The texts of a row, rendered when it is first looked at; None at a section."""
        row = self.row_at(index)
        if row is None:
            return None
        known = self._rendered.get(_slot(row))
        if known is None:
            known = self._rendered[_slot(row)] = self._render(row, self._now)
        return known

    def is_lead(self, index: _Index) -> bool:
        """Is it the first row of its patient in its section?"""
        number, place = self._at(index) if index.isValid() else (0, _HEAD)
        return place != _HEAD and self._parts[number].kinds[place].lead

    def follows_row(self, index: _Index) -> bool:
        """Is it a row below another one of its section?"""
        return index.isValid() and self._at(index)[1] > 0

    def kinds(self) -> Iterator[Kind | None]:
        """What kind of row each line is, None for the head of a section."""
        for part in self._parts:
            yield None
            if not self.is_folded(part.section):
                yield from part.kinds

    # -- Qt's side -----------------------------------------------------------------------------

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else self._count

    def flags(self, index: _Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        if self._at(index)[1] == _HEAD:
            return Qt.ItemFlag.ItemIsEnabled
        return (
            Qt.ItemFlag.ItemIsEnabled
            | Qt.ItemFlag.ItemIsSelectable
            | Qt.ItemFlag.ItemNeverHasChildren
        )

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        number, place = self._at(index)
        if place == _HEAD:
            return self._section_data(self._parts[number].section, role)
        return self._row_data(self._parts[number].rows[place], role)

    def _section_data(self, section: str, role: int) -> object:
        head = say("today.section", name=say(f"section.{section}"), count=self.count(section))
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._words.text(head)
            case Qt.ItemDataRole.AccessibleTextRole:
                fold = "folded" if self.is_folded(section) else "unfolded"
                return self._words.text(say(f"today.section.{fold}", head=head))
            case _ if role == SectionRole:
                return section
            case _:
                return None

    def _row_data(self, row: WorkRow, role: int) -> object:
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return row_spoken(row, self._now, self._words, mine=self._is_mine(row))
            case _ if role == RowRole:
                return row
            case _:
                return None

    def _render(self, row: WorkRow, now: Moment) -> RowTexts:
        return row_texts(row, now, self._words.catalogue, mine=self._is_mine(row))

    def _is_mine(self, row: WorkRow) -> bool:
        return self.latest is not None and row.patient.id in self.latest.mine

    @property
    def _now(self) -> Moment:
        if self.latest is None:
            raise RuntimeError("there is no row before a worklist is shown")
        return self.latest.now

    def _place_of(self, slot: SlotId) -> tuple[int, int] | None:
        return None if self._order is None else self._order.places.get(slot)

    def _at(self, index: _Index) -> tuple[int, int]:
        """The number of a line's part, and its place there."""
        number = bisect_right(self._starts, index.row()) - 1
        return number, index.row() - self._starts[number] - 1

    def _number(self) -> None:
        """Find where each section begins."""
        sizes = [1 + self._rows_shown(part) for part in self._parts]
        *self._starts, self._count = accumulate(sizes, initial=0)

    def _rows_shown(self, part: Part) -> int:
        return 0 if self.is_folded(part.section) else len(part.rows)

    def _refold(self, section: str, folded: set[str], peeked: set[str]) -> None:
        """Take the rows of a section out of the lines or bring them back, if that changes it."""
        head, was, will = self.section_index(section), self.is_folded(section), section in folded
        will = will and section not in peeked
        if was is will or not head.isValid():
            self._folded, self._peeked = folded, peeked
            return
        first, count = head.row() + 1, self.rows_in(section)
        begin, end = (
            (self.beginRemoveRows, self.endRemoveRows)
            if will
            else (self.beginInsertRows, self.endInsertRows)
        )
        begin(QModelIndex(), first, first + count - 1)
        self._folded, self._peeked = folded, peeked
        self._number()
        end()
        self.dataChanged.emit(head, head)

    def _say_changed(self, number: int, places: Sequence[int]) -> None:
        """The head of a section and its rows from the first to the last of some are others."""
        head = self.index(self._starts[number])
        self.dataChanged.emit(head, head)
        if places and not self.is_folded(self._parts[number].section):
            first = self._starts[number] + 1
            self.dataChanged.emit(self.index(first + places[0]), self.index(first + places[-1]))


def _slot(row: WorkRow) -> SlotId:
    return row.pair.main.slot
