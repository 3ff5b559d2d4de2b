"""What the signs of a figure mean, side by side, in as many lines as it takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from aml_maint.domain.messages import Message

if TYPE_CHECKING:
    from aml_maint.reports.figures.sheet import Sheet

# Draws a sample with its left edge and its upper edge at a place.
Sample = Callable[[float, float], None]


def lay_legend(
    sheet: Sheet, left: float, top: float, width: float,
    entries: Sequence[tuple[Sample | None, Message | str]], room: float,
) -> float:  # fmt: skip
    """Draw the entries, each sample with `room` before its words; how high they are."""
    line = sheet.line_height("small")
    gap = sheet.px(6)
    x, y = left, top
    for sample, text in entries:
        told = sheet.say(text)
        before = room + gap if sample is not None else 0
        needed = before + sheet.width_of(told, "small")
        if x > left and x + needed > left + width:
            x, y = left, y + line
        if sample is not None:
            sample(x, y)
        lines = [told] if needed <= width else sheet.wrapped(told, width - before, "small")
        for number, part in enumerate(lines):
            sheet.text(x + before, y + line * number, part, role="small")
        y += line * (len(lines) - 1)
        x += needed + sheet.px(20)
    return y + line - top if entries else 0
