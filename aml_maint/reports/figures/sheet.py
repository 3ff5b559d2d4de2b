"""A sheet to draw a figure on: places in pixels, colours by meaning, letters that exist.

Matplotlib is loaded here, when the first sheet is made. It may be used from one thread at a time:
`sheet_for` sees to that.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal

from aml_maint import files
from aml_maint.domain.messages import Catalogue, Message, Name
from aml_maint.reports.figures.lettering import check_letters, families

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Paper = Literal["light", "dark"]
Format = Literal["svg", "png"]
Across = Literal["left", "center", "right"]

# The type scale of the program, in pixels at 100 %.
SIZES = {"title": 15.0, "body": 13.0, "small": 12.0}
_DOTS_PER_INCH = 100
_POINTS_PER_INCH = 72
_ONE_AT_A_TIME = Lock()


@dataclass(frozen=True)
class Look:
    """How a figure is drawn: on which paper, how large its letters, how fine its pixels."""

    paper: Paper = "light"
    scale: int = 100
    ratio: float = 1.0


class Sheet:
    """One figure being drawn."""

    def __init__(self, words: Catalogue, look: Look, width: float, height: float) -> None:
        from matplotlib.figure import Figure

        self.words = words
        self.look = look
        self.width, self.height = width, height
        self._names = families(words.language)
        size = (width / _DOTS_PER_INCH, height / _DOTS_PER_INCH)
        self.figure: Figure = Figure(size, dpi=_DOTS_PER_INCH * look.ratio)
        self.figure.set_facecolor(self.color("surface_raised"))
        self._renderer: Any = None

    def say(self, text: Message | Name | str) -> str:
        """A text in the language of the sheet; a plain text stays as it is."""
        return text if isinstance(text, str) else self.words.text(text)

    def color(self, token: str) -> str:
        """The colour of a meaning."""
        return _tokens(self.look.paper)[token]

    def px(self, at_100_percent: float) -> float:
        """A length that grows with the letters."""
        return at_100_percent * self.look.scale / 100

    def points(self, pixels: float) -> float:
        """A length in the unit in which Matplotlib takes lines and letters."""
        return pixels * _POINTS_PER_INCH / _DOTS_PER_INCH

    def line_height(self, role: str = "body") -> float:
        """From one line of text to the next."""
        return self.px(SIZES[role]) * 1.45

    def text(
        self, x: float, y: float, text: str, *, role: str = "body", token: str = "text",
        across: Across = "left", middle: bool = False, upright: bool = False,
    ) -> Any:  # fmt: skip
        """Write a line with its upper edge, or its middle, at `y`; `upright` from there upwards."""
        check_letters(text, self._names)
        return self.figure.text(
            x / self.width, 1 - y / self.height, text, ha=across,
            va="bottom" if upright else "center" if middle else "top",
            rotation=90 if upright else 0, color=self.color(token),
            fontsize=self.points(self.px(SIZES[role])), family=list(self._names),
            parse_math=False,
        )  # fmt: skip

    def width_of(self, text: str, role: str = "body") -> float:
        """How wide a line of text is, in pixels."""
        if not text:
            return 0
        drawn = self.text(0, 0, text, role=role)
        extent = drawn.get_window_extent(self._measuring())
        drawn.remove()
        return float(extent.width) / self.look.ratio

    def wrapped(self, text: str, width: float, role: str = "body") -> list[str]:
        """A text in lines no wider than that; broken after spaces and Chinese letters."""
        lines, line = [], ""
        for piece in _pieces(text):
            if line and self.width_of((line + piece).rstrip(), role) > width:
                lines.append(line.rstrip())
                line = ""
            line += piece
        return [*lines, line.rstrip()]

    def axes(self, left: float, top: float, width: float, height: float) -> Axes:
        """A plain field with its own scales, without frame, ticks and texts."""
        part = (left, self.height - top - height, width, height)
        box = [part[0] / self.width, part[1] / self.height,
               part[2] / self.width, part[3] / self.height]  # fmt: skip
        found = self.figure.add_axes(box)  # type: ignore[call-overload]
        axes: Axes = found
        axes.set_axis_off()
        axes.set_facecolor("none")
        return axes

    def rule(
        self, x1: float, y1: float, x2: float, y2: float, token: str = "line", *,
        over: bool = False,
    ) -> None:  # fmt: skip
        """A hairline from one place to another, under what is drawn on the field or over it."""
        from matplotlib.lines import Line2D

        xs, ys = [x1 / self.width, x2 / self.width], [1 - y1 / self.height, 1 - y2 / self.height]
        width = self.points(1)
        level = 3 if over else -1
        line = Line2D(xs, ys, color=self.color(token), linewidth=width, zorder=level)
        self.figure.add_artist(line)

    def box(self, x: float, y: float, width: float, height: float, token: str) -> None:
        """A filled rectangle from its upper left corner."""
        from matplotlib.patches import Rectangle

        corner = (x / self.width, 1 - (y + height) / self.height)
        size = (width / self.width, height / self.height)
        self.figure.add_artist(
            Rectangle(corner, *size, facecolor=self.color(token), edgecolor="none",
                      transform=self.figure.transFigure)
        )  # fmt: skip

    def mark(self, x: float, y: float, style: Mapping[str, Any]) -> None:
        """A marker at a place."""
        from matplotlib.lines import Line2D

        self.figure.add_artist(Line2D([x / self.width], [1 - y / self.height], **style))

    def saved(self, form: Format, title: str, told: str) -> bytes:
        """The picture as a file; an SVG bears its title and what it tells in words."""
        kept = io.BytesIO()
        if form == "png":
            about = {"Title": title, "Description": told, "Software": None}
            self.figure.savefig(kept, format="png", dpi="figure", metadata=about)
            return kept.getvalue()
        from html import escape

        self.figure.savefig(kept, format="svg", metadata={"Date": None, "Creator": None})
        head = '<svg role="img" aria-labelledby="title desc" '
        title, told = (escape(text, quote=False) for text in (title, told))
        told = f'\n <title id="title">{title}</title>\n <desc id="desc">{told}'
        picture = kept.getvalue().decode("utf-8").replace("<svg ", head, 1)
        start = picture.index(">", picture.index("<svg ")) + 1
        return f"{picture[:start]}{told}</desc>{picture[start:]}".encode()

    def _measuring(self) -> Any:
        if self._renderer is None:
            from matplotlib.backends.backend_agg import FigureCanvasAgg

            # Matplotlib's canvas and renderer have no types of their own.
            make: Any = FigureCanvasAgg
            self._renderer = make(self.figure).get_renderer()
        return self._renderer


@contextmanager
def drawing_alone(id: str) -> Iterator[None]:
    """Nobody else draws meanwhile; letters become paths, so that every computer shows the same."""
    with _ONE_AT_A_TIME:
        import matplotlib

        # The salt makes the same figure the same bytes.
        with matplotlib.rc_context({"svg.fonttype": "path", "svg.hashsalt": id}):
            yield


@cache
def _tokens(paper: Paper) -> dict[str, str]:
    data = files.read_toml("themes", f"{paper}.toml")
    return {token: data["base"][colour] for token, colour in data["tokens"].items()}


def _pieces(text: str) -> Iterator[str]:
    """The pieces after which a line may end; a full stop never begins one."""
    piece = ""
    for place, letter in enumerate(text):
        piece += letter
        after = text[place + 1 : place + 2]
        if letter == " " or (_is_wide(letter) and after not in "，。；：、！？）”」%"):
            yield piece
            piece = ""
    if piece:
        yield piece


def _is_wide(letter: str) -> bool:
    return "\u2e80" <= letter <= "\u9fff" or "\uff00" <= letter <= "\uffef"
