"""A page of the manual on the screen, in the colours and the size of the window."""

from __future__ import annotations

import html
from typing import Any

from PySide6.QtCore import QSize, QTimer, QUrl, Signal
from PySide6.QtGui import QImage, QResizeEvent
from PySide6.QtWidgets import QFrame, QTextBrowser

from aml_maint.gui.desk import Looks
from aml_maint.services.manual import Page, picture
from aml_maint.services.manual_markup import html_of

_WIDEST = 215  # of a line, in steps of the grid: more is hard to read
_TABLE = (
    '<table border="1" cellspacing="0" cellpadding="{pad}" width="100%"'
    ' style="border-collapse: collapse; border-color: {line}; border-style: solid;'
    ' margin-top: {gap}px; margin-bottom: {gap}px;">'
)


class ManualView(QTextBrowser):
    """Shows one page at a time; where links lead is decided outside."""

    wanted = Signal(str)
    """The target of a link, as it is written."""

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self._looks = looks
        self._page: Page | None = None
        self._drawn_at = 0
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
        self.draw()
        self.verticalScrollBar().setValue(0)
        if anchor:
            self.scrollToAnchor(anchor)
        self.setAccessibleName(page.title)

    def draw(self) -> None:
        """Draw the page as theme, size and width are now; it stays where it is."""
        self._restyle()
        if self._page is None:
            return
        at = self.verticalScrollBar().value()
        self._drawn_at = self._room
        written = html_of(self._page.text, link=lambda target: target, picture=self._picture)
        theme = self._looks.theme
        table = _TABLE.format(
            pad=theme.unit(1.5), gap=theme.unit(2), line=theme.color("line").name()
        )
        self.setHtml(written.replace("<table>", table))
        self.verticalScrollBar().setValue(at)

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
        name = QUrl(target).fileName()
        path = picture(name, self._looks.words.language)
        told = html.escape(caption)
        if path is None:
            return f'<span class="muted">{told}</span>'
        size = QImage(str(path)).size()
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
