"""In which order Today shows a worklist, and what a refresh would move of it.

Made on the store's thread: the window takes it over as it is, however many rows there are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import NamedTuple

from aml_maint.domain.schedule import SlotId
from aml_maint.gui.models.findings_model import FindingLine, lines_of_ward
from aml_maint.gui.models.worklist_filter import ELSEWHERE, URGENT, WorklistFilter
from aml_maint.services.dose_view import DosePair
from aml_maint.services.worklist import Section, Worklist, WorkRow

# How a dose moves from section to section while nobody does anything.
_ON_ITS_WAY = (Section.UPCOMING, Section.DUE, Section.OVERDUE, Section.TO_RESOLVE)
_BY_TIME = frozenset(combinations(_ON_ITS_WAY, 2))


class Moved(NamedTuple):
    """A row that a refresh would move: which, whose, and whether time alone can have done it."""

    slot: SlotId
    patient_id: str
    by_time: bool


class Kind(NamedTuple):
    """What decides in the first place how tall a row is."""

    lead: bool
    """Is it the first of its patient in its section, which tells the patient in full?"""
    lines: int


# By whether it is a lead, and whether it has a premedication: rows share them.
_KINDS = tuple(tuple(Kind(lead, lines) for lines in (1, 2)) for lead in (False, True))


@dataclass(frozen=True, slots=True)
class Part:
    """A section with the rows that stand in it until the next refresh."""

    section: str
    """A Section, or `elsewhere`."""
    rows: Sequence[WorkRow]
    kinds: Sequence[Kind]

    def with_row(self, place: int, row: WorkRow) -> Part:
        """The same with another row in a place."""
        rows = list(self.rows)
        rows[place] = row
        return replace(self, rows=rows)


@dataclass(frozen=True)
class WorklistOrder:
    """A worklist as Today shows it under a choice of patients."""

    worklist: Worklist
    chosen: WorklistFilter
    """The choice; everybody, if nobody is on the ward that was chosen."""
    wards: tuple[str, ...]
    parts: tuple[Part, ...]
    places: Mapping[SlotId, tuple[int, int]]
    """Of each dose shown the number of its part, and its place there."""
    counts: Mapping[str, int]
    """How many doses of the patients chosen stand in each section now, moved or not."""
    hidden: Mapping[str, int]
    """How many doses of each section belong to patients who were not chosen."""
    checks: tuple[FindingLine, ...]
    is_new: bool = True
    """Is it in the worklist's own order? Else each row stands where it stood before."""
    changed: tuple[Sequence[int], ...] = ()
    """Of each part the places whose rows are others than before."""
    recorded: frozenset[SlotId] = frozenset()
    """The doses shown whose records are others than before."""
    moved: tuple[Moved, ...] = ()
    """What stands elsewhere than in the worklist's own order."""


def ordered(
    worklist: Worklist, chosen: WorklistFilter, former: WorklistOrder | None = None
) -> WorklistOrder:
    """A worklist in its own order: the patients chosen, and what is due of the others."""
    wards = tuple(sorted({row.patient.ward for row in worklist.rows if row.patient.ward}))
    if chosen.ward and chosen.ward not in wards:
        chosen = WorklistFilter()
    mine, others = _parted(worklist, chosen)
    parts = [_part(section.value, rows) for section in Section if (rows := mine[section])]
    elsewhere = [row for section in URGENT for row in others[section]]
    if elsewhere:
        parts.append(_part(ELSEWHERE, elsewhere))
    places = {
        _slot(row): (number, place)
        for number, part in enumerate(parts)
        for place, row in enumerate(part.rows)
    }
    counts, hidden = _counted(mine, others)
    checks = _checks(worklist, chosen, former)
    return WorklistOrder(worklist, chosen, wards, tuple(parts), places, counts, hidden, checks)


def kept(
    former: WorklistOrder, worklist: Worklist, gone: Mapping[SlotId, DosePair]
) -> WorklistOrder:
    """A newer worklist with each row where it stood; `gone` are doses that it no longer holds."""
    mine, others = _parted(worklist, former.chosen)
    now = {_slot(row): (section.value, row) for section in Section for row in mine[section]}
    now |= {_slot(row): (ELSEWHERE, row) for section in URGENT for row in others[section]}
    hidden_rows = {_slot(row): row for section in Section for row in others[section]}
    parts, changed, recorded, moved = [], [], set[SlotId](), []
    for part in former.parts:
        rows, places = list(part.rows), []
        for place, row in enumerate(part.rows):
            slot = _slot(row)
            section, new = now.pop(slot, ("", hidden_rows.get(slot)))
            if section != part.section:
                by_time = (part.section, section) in _BY_TIME
                moved.append(Moved(slot, row.patient.id, by_time))
            if new is None and slot in gone:
                new = replace(row, pair=gone[slot], section=Section.DONE)
            if new is None or new is row:
                continue
            if _records(new) != _records(row):
                recorded.add(slot)
            rows[place] = new
            places.append(place)
        parts.append(replace(part, rows=rows))
        changed.append(places)
    moved += [Moved(slot, row.patient.id, by_time=False) for slot, (_, row) in now.items()]
    counts, hidden = _counted(mine, others)
    checks = _checks(worklist, former.chosen, former)
    return replace(
        former, worklist=worklist, parts=tuple(parts), counts=counts, hidden=hidden, checks=checks,
        is_new=False, changed=tuple(changed), recorded=frozenset(recorded), moved=tuple(moved),
    )  # fmt: skip


_BySection = Mapping[Section, list[WorkRow]]


def _parted(worklist: Worklist, chosen: WorklistFilter) -> tuple[_BySection, _BySection]:
    """The rows of the patients chosen and those of the others, by section."""
    mine: dict[Section, list[WorkRow]] = {section: [] for section in Section}
    others: dict[Section, list[WorkRow]] = {section: [] for section in Section}
    for row in worklist.rows:
        is_mine = chosen.keeps(worklist, row.patient.ward, row.patient.id)
        (mine if is_mine else others)[row.section].append(row)
    return mine, others


def _counted(mine: _BySection, others: _BySection) -> tuple[Mapping[str, int], Mapping[str, int]]:
    counts = Counter({section.value: len(rows) for section, rows in mine.items()})
    hidden = Counter({section.value: len(rows) for section, rows in others.items()})
    counts[ELSEWHERE] = sum(hidden[section] for section in URGENT)
    return counts, hidden


def _part(section: str, rows: Sequence[WorkRow]) -> Part:
    """Rows of one patient together, patients in the order of their first row."""
    groups: dict[str, list[WorkRow]] = {}
    for row in rows:
        groups.setdefault(row.patient.id, []).append(row)
    found = [row for group in groups.values() for row in group]
    kinds = [
        _KINDS[place == 0][row.pair.premedication is not None]
        for group in groups.values()
        for place, row in enumerate(group)
    ]
    return Part(section, found, kinds)


def _checks(
    worklist: Worklist, chosen: WorklistFilter, former: WorklistOrder | None
) -> tuple[FindingLine, ...]:
    """The checks of the patients chosen; the very same as before if they are equal."""
    lines = tuple(
        lines_of_ward(
            [c for c in worklist.checks if chosen.keeps(worklist, c.patient.ward, c.patient.id)]
        )
    )
    return former.checks if former is not None and former.checks == lines else lines


def _slot(row: WorkRow) -> SlotId:
    return row.pair.main.slot


def _records(row: WorkRow) -> tuple[str | None, ...]:
    return tuple(view.record.id if view.record else None for view in row.pair.parts)
