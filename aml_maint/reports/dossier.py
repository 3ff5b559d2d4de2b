"""A document about one patient as a value: headed sections of facts, lines and tables.

What the single documents tell is decided where their sections are made; here is only their form.
"""

from __future__ import annotations

from dataclasses import dataclass

from aml_maint.domain.messages import Message, Name
from aml_maint.domain.moment import Moment
from aml_maint.domain.patient import Patient

Text = Message | Name | str
"""A plain string is data, such as a name or a note, and stands as it is."""


@dataclass(frozen=True)
class Facts:
    """Labels with what stands beside each; None says that nothing is recorded."""

    heading: Message
    pairs: tuple[tuple[Message, Text | None], ...]


@dataclass(frozen=True)
class Lines:
    """Sentences; `empty` stands where there is none."""

    heading: Message
    lines: tuple[Text, ...]
    empty: Message


@dataclass(frozen=True)
class Grid:
    """A table; columns have the width of their `shares`. `empty` stands where there is no row."""

    heading: Message
    columns: tuple[Message, ...]
    rows: tuple[tuple[Text, ...], ...]
    empty: Message
    shares: tuple[int, ...]

    def __post_init__(self) -> None:
        if any(len(row) != len(self.columns) for row in (*self.rows, self.shares)):
            raise ValueError("each row, and the shares, have one value a column")


@dataclass(frozen=True)
class Blanks:
    """Labels with a line beside each, to be filled in by hand."""

    heading: Message
    labels: tuple[Message, ...]


Section = Facts | Lines | Grid | Blanks


@dataclass(frozen=True)
class Dossier:
    """A whole document. `signature` says what is to be signed by hand; None where nothing is."""

    title: Message
    patient: Patient
    sections: tuple[Section, ...]
    notes: tuple[Message, ...]
    made: Moment
    made_by: str
    sequence: int
    demo: bool = False
    signature: Message | None = None
