"""The worklist as a tree of sections and rows. Its order changes on a refresh only.

What is shown may grow older than the ward: `patch` renews how each dose stands where it
stands, and `changes` says how many rows a refresh would move.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, groupby
from typing import NamedTuple

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from aml_maint.domain.messages import say
from aml_maint.domain.moment import Moment
from aml_maint.domain.schedule import SlotId
from aml_maint.gui.models.worklist_filter import ELSEWHERE, WorklistFilter
from aml_maint.gui.models.worklist_texts import RowTexts, WorklistTexts, row_spoken, row_texts
from aml_maint.gui.words import Words
from aml_maint.services.dose_view import DosePair
from aml_maint.services.worklist import Section, Worklist, WorkRow

SectionRole = Qt.ItemDataRole.UserRole
"""The Section of a section's row, or `elsewhere`."""
RowRole = Qt.ItemDataRole.UserRole + 1
"""The WorkRow of a dose's row."""

# How a dose moves from section to section while nobody does anything.
_ON_ITS_WAY = (Section.UPCOMING, Section.DUE, Section.OVERDUE, Section.TO_RESOLVE)
_BY_TIME = frozenset(combinations(_ON_ITS_WAY, 2))

_Index = QModelIndex | QPersistentModelIndex
_TOP = 0  # the internal id of a section; its rows carry its number, from 1


class Moved(NamedTuple):
    """A row that a refresh would move: whose, and whether time alone can have done it."""

    patient_id: str
    by_time: bool


@dataclass
class _Shown:
    """A section with the rows that stand in it until the next refresh."""

    section: str
    """A Section, or `elsewhere`."""
    rows: list[WorkRow]


class WorklistModel(QAbstractItemModel):
    """Sections with rows, grouped by patient within a section."""

    def __init__(self, words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._shown: list[_Shown] = []
        self._places: dict[SlotId, tuple[int, int]] = {}
        self._latest: Worklist | None = None
        self._filter = WorklistFilter()
        self._own: set[SlotId] = set()
        self._rendered: dict[SlotId, RowTexts] = {}
        words.changed.connect(self.retranslate)

    # -- what it is told -----------------------------------------------------------------------

    def set_worklist(
        self,
        worklist: Worklist,
        chosen: WorklistFilter = WorklistFilter(),  # noqa: B008 (frozen)
        texts: WorklistTexts | None = None,
    ) -> None:
        """Show a worklist in its own order: the patients chosen, and what is due of the others.

        `texts` may have been rendered elsewhere; those in another language are not used.
        """
        self.beginResetModel()
        self._latest, self._filter = worklist, chosen
        self._own.clear()
        self._take_texts(texts)
        parts: list[tuple[str, list[WorkRow]]] = [
            (section, self._wanted(worklist.section(section))) for section in Section
        ]
        parts.append((ELSEWHERE, chosen.elsewhere(worklist)))
        self._shown = [_Shown(name, _by_patient(rows)) for name, rows in parts if rows]
        self._places = {
            _key(row): (number, place)
            for number, part in enumerate(self._shown)
            for place, row in enumerate(part.rows)
        }
        self.endResetModel()

    def patch(
        self,
        worklist: Worklist,
        gone: Mapping[SlotId, DosePair],
        texts: WorklistTexts | None = None,
        *,
        own: bool = False,
    ) -> None:
        """Renew how each row stands, leaving every row where it is.

        `gone` are doses that the worklist no longer holds; `own` says that what was recorded
        since came from this screen, so that no refresh is called for.
        """
        self._latest = worklist
        # What was not read anew is the same row: of a large ward all but a few.
        same = {id(row) for row in worklist.rows}
        before = {id(row) for shown in self._shown for row in shown.rows}
        fresh = {_key(row): row for row in worklist.rows if id(row) not in before}
        self._take_texts(texts)
        for number, shown in enumerate(self._shown):
            changed = []
            for place, row in enumerate(shown.rows):
                if id(row) in same:
                    continue
                slot = _key(row)
                new = fresh.get(slot)
                if new is None and slot in gone:
                    new = replace(row, pair=gone[slot], section=Section.DONE)
                if new is None:
                    continue
                if own and _records(new) != _records(row):
                    self._own.add(slot)
                changed.append(place)
                shown.rows[place] = new
            self._say_changed(number, changed)

    def put(self, pairs: Iterable[DosePair], now: Moment, *, own: bool = False) -> None:
        """Show at once how some doses stand as of `now`, each in its row; the rest as before.

        `own` as in `patch`, which is to follow: it brings what else the doses change.
        """
        for pair in pairs:
            index = self.index_of(pair.main.slot)
            row = self.row_at(index)
            if row is None or [v.slot for v in row.pair.parts] != [v.slot for v in pair.parts]:
                continue
            if own:
                self._own.add(pair.main.slot)
            new = replace(row, pair=pair)
            self._shown[index.internalId() - 1].rows[index.row()] = new
            texts = row_texts(new, now, self._words.catalogue, mine=self._is_mine(new))
            self._rendered[pair.main.slot] = texts
            self.dataChanged.emit(index, index)

    def retranslate(self) -> None:
        """Render all texts in the language shown."""
        self._take_texts(None)
        self._say_all_changed()

    # -- what it tells -------------------------------------------------------------------------

    @property
    def latest(self) -> Worklist | None:
        """The worklist as last read, whatever order is shown."""
        return self._latest

    @property
    def changes(self) -> int:
        """How many rows a refresh would move, add or take away, own entries left out."""
        return len(self.moved())

    def moved(self) -> tuple[Moved, ...]:
        """Those rows."""
        if self._latest is None:
            return ()
        gone, found = dict(self._places), []
        fresh = [(row.section.value, row) for row in self._wanted(self._latest.rows)]
        fresh += [(ELSEWHERE, row) for row in self._filter.elsewhere(self._latest)]
        for now, row in fresh:
            place = gone.pop(_key(row), None)
            was = None if place is None else self._shown[place[0]].section
            if was != now and _key(row) not in self._own:
                found.append(Moved(row.patient.id, by_time=(was, now) in _BY_TIME))
        found += [
            Moved(self._shown[number].rows[place].patient.id, by_time=False)
            for slot, (number, place) in gone.items()
            if slot not in self._own
        ]
        return tuple(found)

    def count(self, section: str) -> int:
        """How many doses of the patients chosen stand in a section now, moved or not."""
        if self._latest is None:
            return 0
        if section == ELSEWHERE:
            return len(self._filter.elsewhere(self._latest))
        return len(self._wanted(self._latest.section(Section(section))))

    def hidden(self, section: Section) -> int:
        """How many doses of a section belong to patients who were not chosen."""
        if self._latest is None:
            return 0
        return len(self._latest.section(section)) - self.count(section)

    def slots(self) -> tuple[SlotId, ...]:
        """The doses shown."""
        return tuple(self._places)

    def index_of(self, slot: SlotId) -> QModelIndex:
        """Where a dose is shown; an invalid index if it is not."""
        place = self._places.get(slot)
        return QModelIndex() if place is None else self.createIndex(place[1], 0, place[0] + 1)

    def section_index(self, section: str) -> QModelIndex:
        """Where a section is shown; an invalid index when it has no rows."""
        for number, part in enumerate(self._shown):
            if part.section == section:
                return self.createIndex(number, 0, _TOP)
        return QModelIndex()

    def row_at(self, index: _Index) -> WorkRow | None:
        """The row at an index, None at a section."""
        if not index.isValid() or index.internalId() == _TOP:
            return None
        return self._shown[index.internalId() - 1].rows[index.row()]

    # -- Qt's side -----------------------------------------------------------------------------

    def index(self, row: int, column: int, parent: _Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else _TOP)

    def parent(self, index: _Index = QModelIndex()) -> QModelIndex:  # type: ignore[override] # noqa: B008
        if not index.isValid() or index.internalId() == _TOP:
            return QModelIndex()
        return self.createIndex(index.internalId() - 1, 0, _TOP)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        if not parent.isValid():
            return len(self._shown)
        if parent.internalId() != _TOP or parent.column() != 0:
            return 0
        return len(self._shown[parent.row()].rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 1

    def flags(self, index: _Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        if index.internalId() == _TOP:
            return Qt.ItemFlag.ItemIsEnabled
        return (
            Qt.ItemFlag.ItemIsEnabled
            | Qt.ItemFlag.ItemIsSelectable
            | Qt.ItemFlag.ItemNeverHasChildren
        )

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        if index.internalId() == _TOP:
            return self._section_data(self._shown[index.row()].section, role)
        part = self._shown[index.internalId() - 1]
        return self._row_data(part, index.row(), role)

    def _section_data(self, section: str, role: int) -> object:
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return self._words.text(
                    "today.section", name=say(f"section.{section}"), count=self.count(section)
                )
            case _ if role == SectionRole:
                return section
            case _:
                return None

    def _row_data(self, part: _Shown, place: int, role: int) -> object:
        row = part.rows[place]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return row_spoken(row, self._now, self._words, mine=self._is_mine(row))
            case _ if role == RowRole:
                return row
            case _:
                return None

    def _wanted(self, rows: Iterable[WorkRow]) -> list[WorkRow]:
        return [] if self._latest is None else self._filter.chosen(self._latest, rows)

    def _is_mine(self, row: WorkRow) -> bool:
        return self._latest is not None and row.patient.id in self._latest.mine

    @property
    def _now(self) -> Moment:
        if self._latest is None:
            raise RuntimeError("there is no row before a worklist is shown")
        return self._latest.now

    def texts_at(self, index: _Index) -> RowTexts | None:
        """The texts of a row, None at a section; rendered now unless that was done elsewhere."""
        row = self.row_at(index)
        if row is None:
            return None
        known = self._rendered.get(_key(row))
        if known is None:
            known = row_texts(row, self._now, self._words.catalogue, mine=self._is_mine(row))
            self._rendered[_key(row)] = known
        return known

    def is_lead(self, index: _Index) -> bool:
        """Is it the first row of its patient in its section?"""
        if not index.isValid() or index.internalId() == _TOP:
            return False
        rows, place = self._shown[index.internalId() - 1].rows, index.row()
        return place == 0 or rows[place - 1].patient.id != rows[place].patient.id

    def _take_texts(self, texts: WorklistTexts | None) -> None:
        """Forget the texts of before; those that were rendered elsewhere take their place."""
        usable = texts is not None and texts.language == self._words.language
        self._rendered = dict(texts.rows) if texts is not None and usable else {}

    def _say_all_changed(self) -> None:
        for number, part in enumerate(self._shown):
            self._say_changed(number, range(len(part.rows)))

    def _say_changed(self, number: int, places: Sequence[int]) -> None:
        """The head of a section and some of its rows, from top to bottom, are to be told anew."""
        top = self.createIndex(number, 0, _TOP)
        self.dataChanged.emit(top, top)
        for _, run in groupby(enumerate(places), key=lambda one: one[1] - one[0]):
            rows = [place for _, place in run]
            first = self.createIndex(rows[0], 0, number + 1)
            self.dataChanged.emit(first, self.createIndex(rows[-1], 0, number + 1))


def _key(row: WorkRow) -> SlotId:
    return row.pair.main.slot


def _records(row: WorkRow) -> tuple[str | None, ...]:
    return tuple(view.record.id if view.record else None for view in row.pair.parts)


def _by_patient(rows: Sequence[WorkRow]) -> list[WorkRow]:
    """Rows of one patient together, patients in the order of their first row."""
    groups: dict[str, list[WorkRow]] = {}
    for row in rows:
        groups.setdefault(row.patient.id, []).append(row)
    return [row for group in groups.values() for row in group]
