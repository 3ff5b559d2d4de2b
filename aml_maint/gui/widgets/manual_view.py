"""A page of the manual on the screen, in the colours and the size of the window."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from PySide6.QtCore import QSize, QTimer, QUrl, Signal
from PySide6.QtGui import (
    QImage,
    QImageReader,
    QResizeEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QFrame, QTextBrowser

from aml_maint.gui.after_painting import AfterPainting
from aml_maint.gui.desk import Looks
from aml_maint.services.manual import Page, picture
from aml_maint.services.manual_markup import html_of, load_markup, pieces_of

_LETTERS = 2_500  # of a page at once; so much takes some 10 ms
_HEADING = re.compile("<(h[1-6])")
_WIDEST = 215  # of a line, in steps of the grid: more is hard to read
_TABLE = (
    '<table border="1" cellspacing="0" cellpadding="{pad}" width="100%"'
    ' style="border-collapse: collapse; border-color: {line}; border-style: solid;'
    ' margin-top: {gap}px; margin-bottom: {gap}px;">'
)


class ManualView(QTextBrowser):
    """Shows one page at a time; where links lead is decided outside.

    A long page would keep the window from its keys for a while: it is written piece by piece, the
    first screenful first. What was shown stays until there is something to show instead.
    """

    wanted = Signal(str)
    """The target of a link, as it is written."""

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self._looks = looks
        self._page: Page | None = None
        self._drawn_at = 0
        self._goal: str | int | None = None
        self._writing: Iterator[None] = iter(())
        self._is_whole = True
        self._next = AfterPainting(self._go_on, self)
        self.setOpenLinks(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.anchorClicked.connect(lambda url: self.wanted.emit(url.toString()))
        self._rest = QTimer(self, singleShot=True, interval=80)
        self._rest.timeout.connect(self._fit)
        looks.theme.changed.connect(self.draw)
        self._restyle()

    def show_page(self, page: Page, anchor: str = "") -> None:
        """Show a page from its beginning, or from one of its headings."""
        self._page = page
        self.draw(anchor)
        self.setAccessibleName(page.title)

    def draw(self, anchor: str | None = None) -> None:
        """Draw the page as theme, size and width are now, from a heading; else it stays in place.

        While it is still written, it goes to where it was wanted last.
        """
        if self._page is None:
            self._restyle()
            return
        if anchor is not None:
            self._goal = anchor
        elif self._goal is None:
            self._goal = self.verticalScrollBar().value()
        self._drawn_at = self._room
        self._writing = self._write(self._page)
        self._is_whole = False
        self._next.ask()

    @property
    def is_whole(self) -> bool:
        """Is all of the page there?"""
        return self._is_whole

    def _go_on(self) -> None:
        """Write the next piece; nothing is shown before the place that is wanted is there."""
        self._is_whole = next(self._writing, self) is self
        if self._is_whole:
            self._show(whole=True)
        else:
            self._next.ask()

    def _show(self, *, whole: bool = False) -> None:
        """Go to the place that is wanted once it is there."""
        goal, bar = self._goal, self.verticalScrollBar()
        if goal is None or not (whole or goal == "" or _reaches(bar.maximum(), goal)):
            return
        self._goal = None
        if isinstance(goal, int):
            bar.setValue(goal)
        else:
            bar.setValue(0)
            self.scrollToAnchor(goal)
        self.viewport().setUpdatesEnabled(True)

    def _write(self, page: Page) -> Iterator[None]:
        """Write the page anew, a piece at each turn."""
        load_markup()
        yield
        self.viewport().setUpdatesEnabled(False)
        self.document().clear()  # another font would lay out once more what is to go
        self._restyle()
        for number, text in pieces_of(page.text, _LETTERS):
            self._put(self._html(text, number), afresh=number == 1)
            self.document().size()  # lays the piece out now, not all of them when it is scrolled to
            self._show()
            yield

    def _put(self, written: str, *, afresh: bool) -> None:
        """Begin the document with a piece, or put the piece at its end."""
        if afresh:
            self.setHtml(written)
            return
        heading = _HEADING.match(written)
        document = self.document()
        cursor = QTextCursor(document)
        cursor.movePosition(QTextCursor.MoveOperation.End)
        # The first paragraph put in takes the format of where it is put.
        form = _format_of(heading[1], document) if heading else QTextBlockFormat()
        cursor.insertBlock(form, QTextCharFormat())
        cursor.insertHtml(written)

    def _html(self, text: str, number: int) -> str:
        theme = self._looks.theme
        written = html_of(text, link=lambda to: to, picture=self._picture, first=number)
        table = _TABLE.format(
            pad=theme.unit(1.5), gap=theme.unit(2), line=theme.color("line").name()
        )
        # What stands between two pieces is no space at the end of one.
        return written.strip().replace("<table>", table)

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """The pictures of the manual, and nothing else from anywhere."""
        path = picture(QUrl(name).fileName(), self._looks.words.language)
        return QImage(str(path)) if path is not None else None

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep lines short in a wide window; pictures follow once the width is at rest."""
        super().resizeEvent(event)
        self._rest.start()

    def sizeHint(self) -> QSize:
        """A page as wide as its lines."""
        return QSize(self._looks.theme.unit(_WIDEST), self._looks.theme.unit(150))

    @property
    def _room(self) -> int:
        """The width of a line, in pixels."""
        theme = self._looks.theme
        inside = self.viewport().width() - 2 * theme.unit(6)
        return max(theme.unit(40), min(inside, theme.unit(_WIDEST)))

    def _fit(self) -> None:
        if self._page is not None and self._room != self._drawn_at:
            self.draw()

    def _picture(self, target: str, caption: str) -> str:
        """A picture as wide as the lines; where it was not made, what it would show."""
        import html

        name = QUrl(target).fileName()
        path = picture(name, self._looks.words.language)
        told = html.escape(caption)
        if path is None:
            return f'<span class="muted">{told}</span>'
        size = QImageReader(str(path)).size()  # without reading all of it
        width = min(size.width(), self._room)
        return f'<img src="{name}" width="{width}"><br><span class="muted">{told}</span>'

    def _restyle(self) -> None:
        theme = self._looks.theme
        self.setFont(theme.font())
        palette = theme.palette()
        palette.setColor(palette.ColorRole.Base, theme.color("surface_raised"))
        self.setPalette(palette)
        document = self.document()
        document.setDefaultFont(theme.font())
        document.setDocumentMargin(theme.unit(6))
        document.setDefaultStyleSheet(_style(self._looks))


def _reaches(most: int, goal: str | int) -> bool:
    return isinstance(goal, int) and most >= goal


def _format_of(tag: str, document: QTextDocument) -> QTextBlockFormat:
    """The format that a document gives a paragraph of a tag."""
    sample = QTextDocument()
    sample.setDefaultFont(document.defaultFont())
    sample.setDefaultStyleSheet(document.defaultStyleSheet())
    sample.setHtml(f"<{tag}>-</{tag}>")
    return sample.firstBlock().blockFormat()


def _style(looks: Looks) -> str:
    theme = looks.theme

    def size(role: Any) -> int:
        return theme.font(role).pixelSize()

    gap, line = theme.unit(2), "130%"
    return f"""
        body, p, li, td, th {{ color: {theme.color("text").name()}; }}
        p, li {{ line-height: {line}; }}
        p {{ margin-top: {theme.unit(1)}px; margin-bottom: {gap}px; }}
        li {{ margin-bottom: {theme.unit(1)}px; }}
        td p, th p {{ margin: 0; }}
        th {{ background-color: {theme.color("header").name()}; text-align: left; }}
        h1 {{ font-size: {size("title")}px; margin-bottom: {theme.unit(3)}px; }}
        h2 {{ font-size: {size("heading") + theme.pixels(1)}px; margin-top: {theme.unit(5)}px;
              margin-bottom: {gap}px; }}
        h3 {{ font-size: {size("body") + theme.pixels(1)}px; margin-top: {theme.unit(4)}px;
              margin-bottom: {theme.unit(1)}px; }}
        a {{ color: {theme.color("accent").name()}; text-decoration: none; }}
        code, kbd {{ background-color: {theme.color("header").name()}; }}
        pre {{ background-color: {theme.color("header").name()}; }}
        kbd {{ font-weight: 600; }}
        .muted, blockquote {{ color: {theme.color("muted").name()}; }}
    """
