"""The report of a cohort as a value: who, counted how, and the figures and tables in order."""

from __future__ import annotations

from dataclasses import dataclass, replace

from aml_maint.domain.messages import Message, Name
from aml_maint.domain.moment import Moment
from aml_maint.reports.cycle_report import ChainHead
from aml_maint.reports.figures.exhibit import Exhibit, Values

# So many lanes or rows of tiles fill a page.
_LINES_A_PAGE = 54


@dataclass(frozen=True)
class Chapter:
    """One figure or table of the report, with those of its tables and notes that are printed.

    `wide` ones lie on their side.
    """

    exhibit: Exhibit
    tables: tuple[Values, ...]
    notes: tuple[Message, ...]
    wide: bool = False

    @property
    def plates(self) -> tuple[Exhibit, ...]:
        """The pictures it takes: one, or as many as its lanes need pages; none for a table."""
        from aml_maint.reports.figures.swimmer_figure import SwimmerDrawing
        from aml_maint.reports.figures.tiles import TileDrawing

        drawing = self.exhibit.drawing
        if drawing is None:
            return ()
        if isinstance(drawing, SwimmerDrawing | TileDrawing):
            pieces = drawing.split(_LINES_A_PAGE)
            return tuple(replace(self.exhibit, drawing=piece) for piece in pieces)
        return (self.exhibit,)


@dataclass(frozen=True)
class CohortReport:
    """Everything on the pages but the words of a language.

    `facts` say whom it counts and how, `warnings` what a reader must bear in mind, `methods` how
    figures and tests are made.
    """

    n: int
    facts: tuple[tuple[Message, Message | Name], ...]
    warnings: tuple[Message, ...]
    chapters: tuple[Chapter, ...]
    methods: tuple[Message, ...]
    generated: Moment
    generated_by: str
    generated_role: str
    chain: ChainHead | None
    demo: bool
