"""An exhibit as a file: the drawing with its definition, n and date, or its values as a table."""

from __future__ import annotations

import io
from dataclasses import dataclass
from decimal import Decimal

from aml_maint.domain.messages import Catalogue
from aml_maint.domain.spreadsheet_text import harmless
from aml_maint.reports.figures.exhibit import Cell, Exhibit, Values
from aml_maint.reports.figures.sheet import Format, Look, Sheet, drawing_alone

# Wide enough for a page, and for a slide.
PAGE_WIDTH = 900.0
_MARGIN = 24.0


@dataclass(frozen=True)
class Part:
    """A figure as a screen shows it: of a size, without the texts that stand around it there."""

    width: float
    height: float


def picture(
    exhibit: Exhibit, words: Catalogue, form: Format = "svg", look: Look | None = None,
    part: Part | None = None,
) -> bytes:  # fmt: skip
    """The drawing of a figure. FontMissing if no font has a letter; ValueError for a table."""
    if exhibit.drawing is None:
        raise ValueError("a table has no drawing")
    look = look or Look()
    with drawing_alone(exhibit.id):
        if part is not None:
            sheet = Sheet(words, look, part.width, part.height)
            exhibit.drawing.draw(sheet, 0, 0, part.width, part.height)
        else:
            sheet = _page(exhibit, words, look)
        return sheet.saved(form, words.text(exhibit.title), spoken(exhibit, words))


def spoken(exhibit: Exhibit, words: Catalogue) -> str:
    """The figure in words, for those who don't see it: what it is, what it says, by what rule."""
    told = (exhibit.title, *exhibit.summary, *exhibit.notes, exhibit.foot)
    return " ".join(_sentence(words.text(one), words) for one in told)


def _sentence(text: str, words: Catalogue) -> str:
    return text if text.endswith((".", "。", ":", "：")) else text + words.text("figure.stop")


def _page(exhibit: Exhibit, words: Catalogue, look: Look) -> Sheet:
    """The whole file: title, drawing, and below it notes, n and day."""
    drawing = exhibit.drawing
    assert drawing is not None  # asked for above
    grown = look.scale / 100
    margin, width = _MARGIN * grown, PAGE_WIDTH * grown
    inner = width - 2 * margin
    measure = Sheet(words, look, width, width)
    title = measure.wrapped(words.text(exhibit.title), inner, "title")
    told = [words.text(note) for note in (*exhibit.notes, exhibit.foot)]
    notes = [line for text in told for line in measure.wrapped(text, inner, "small")]
    head = len(title) * measure.line_height("title") + margin / 2
    high = drawing.height(inner)
    foot = len(notes) * measure.line_height("small")
    sheet = Sheet(words, look, width, margin + head + high + margin / 2 + foot + margin)
    y = margin
    for line in title:
        sheet.text(margin, y, line, role="title")
        y += sheet.line_height("title")
    y += margin / 2
    drawing.draw(sheet, margin, y, inner, high)
    y += high + margin / 2
    for line in notes:
        sheet.text(margin, y, line, role="small", token="muted")
        y += sheet.line_height("small")
    return sheet


def table_csv(exhibit: Exhibit, values: Values, words: Catalogue) -> bytes:
    """The values as CSV (UTF-8 with a mark, as Excel wants it).

    The lines before the head begin with `#`: title, definition and notes, n and day.
    """
    import csv

    kept = io.StringIO(newline="")
    told = [values.title, *exhibit.notes, exhibit.foot]
    if values.title != exhibit.title:
        told.insert(0, exhibit.title)
    kept.writelines(f"# {words.text(one)}\r\n" for one in told)
    writer = csv.writer(kept)
    writer.writerow([_text(cell, words) for cell in values.head])
    writer.writerows([_harmless(cell, words) for cell in row] for row in values.rows)
    return kept.getvalue().encode("utf-8-sig")


def cell_text(cell: Cell, words: Catalogue) -> str:
    """A value as people read it on the screen."""
    return _text(cell, words)


def _text(cell: Cell, words: Catalogue) -> str:
    return "" if cell is None else cell if isinstance(cell, str) else words.value(cell)


def _harmless(cell: Cell, words: Catalogue) -> str:
    """A text that a spreadsheet would take for a formula begins with an apostrophe."""
    text = _text(cell, words)
    return text if isinstance(cell, int | Decimal) else harmless(text)
