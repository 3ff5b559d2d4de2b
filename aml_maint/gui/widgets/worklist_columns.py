"""Where the columns of Today lie; its rows and the line of headings above them share this."""

from __future__ import annotations

from dataclasses import dataclass

from aml_maint.gui.theme import Theme


@dataclass(frozen=True)
class Span:
    """A stretch from left to right, in pixels."""

    left: int
    width: int


@dataclass(frozen=True)
class WorklistColumns:
    """The columns at one width; the dose, then the state, takes what the others leave.

    A narrow list, as with large text on a small screen, leaves cycle and day to the panel.
    """

    place: Span
    patient: Span
    dose: Span
    cycle: Span
    time: Span
    sign: Span
    state: Span

    @classmethod
    def at(cls, theme: Theme, width: int) -> WorklistColumns:
        """The columns of a list of some width."""
        unit = theme.unit
        gap, edge = unit(2.25), unit(4)
        wide, narrow = width > unit(260), width < unit(185)
        place, time, sign = unit(10), unit(12), unit(6)
        patient = unit(60 if wide else 34 if narrow else 43)
        cycle, state = 0 if narrow else unit(15), unit(27 if narrow else 36)
        fixed = place + patient + cycle + time + sign + state + 5 * gap + 2 * edge
        left_over = max(width - fixed, unit(26))
        # On a wide screen what a dose is and how it stands must not drift apart.
        dose = min(left_over, unit(115))
        state += left_over - dose
        spans = []
        left = edge
        for breadth, after in (
            (place, gap), (patient, gap), (dose, gap), (cycle, gap if cycle else 0), (time, gap),
            (sign, unit(1)), (state, 0),
        ):  # fmt: skip
            spans.append(Span(left, breadth))
            left += breadth + after
        return cls(*spans)
