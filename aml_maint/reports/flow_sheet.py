"""The flow sheet of one cycle as a value for paper: the lines of the screen, ready to be set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from aml_maint.domain.administration import CellState
from aml_maint.domain.messages import Message, Name
from aml_maint.domain.patient import Patient

Text = Message | Name


@dataclass(frozen=True)
class PrintedDay:
    """A column: the date, its number in the cycle, and what sets it apart."""

    on: date
    number: int
    overrun: bool
    today: bool


@dataclass(frozen=True)
class PrintedSign:
    """How one dose stands, as on the screen.

    `count` keeps a gate closed; `below` is the amount given instead of the planned one, or the
    time of an unplanned dose; `struck` says that an earlier entry was corrected or taken back.
    `marks` tell what replanning did to it.
    """

    state: CellState
    count: str = ""
    below: str = ""
    struck: bool = False
    care: bool = False
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class PrintedCell:
    """A planned dose, and the premedication that serves it."""

    dose: PrintedSign
    before: PrintedSign | None


@dataclass(frozen=True)
class PrintedRow:
    """One component at one time of day. A further time of the same component has no name.

    `vacated` are the columns from which a dose was moved away.
    """

    name: Message | None
    below: Message | None
    side: tuple[Text, ...]
    cells: tuple[PrintedCell | None, ...]
    vacated: frozenset[int] = frozenset()


@dataclass(frozen=True)
class PrintedLane:
    """The results of one analyte: the number of each day, with its WHO grade if it has one."""

    name: Message
    unit: Message
    cells: tuple[tuple[str, int | None] | None, ...]


@dataclass(frozen=True)
class PrintedEpisode:
    """A toxicity from column `first` to `last`; `steps` are its grades by their first column."""

    first: int
    last: int
    steps: tuple[tuple[int, int | None], ...]
    runs_on: bool


@dataclass(frozen=True)
class PrintedToxicity:
    """All episodes of one term."""

    term: Name
    episodes: tuple[PrintedEpisode, ...]


@dataclass(frozen=True)
class PrintedSums:
    """What became of one component's doses, in words."""

    drug: Name
    rdi: Message
    given: Message
    rest: tuple[Message, ...]


@dataclass(frozen=True)
class FlowSheetPrint:
    """A cycle on paper as of `made`; `head` is the audit's sequence and the start of its hash."""

    patient: Patient
    age: int | None
    regimen: Name
    course_id: str
    cycle: int
    days: tuple[PrintedDay, ...]
    rows: tuple[PrintedRow, ...]
    unplanned: tuple[PrintedRow, ...]
    lanes: tuple[PrintedLane, ...]
    toxicities: tuple[PrintedToxicity, ...]
    marrows: tuple[Message | None, ...]
    sums: tuple[PrintedSums, ...]
    made: datetime
    made_utc: datetime
    made_by: str
    made_role: str
    head: tuple[int, str]
    demo: bool
