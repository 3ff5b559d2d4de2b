"""A page out of sight follows another language or look a moment later, or when it is shown.

Changed for every page that was made, the window would keep people waiting for pages that nobody
sees. A page in sight changes at once; of the others one follows at each turn of the event loop.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QEvent, QObject, SignalInstance
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from aml_maint.domain.messages import Catalogue, Language
from aml_maint.gui.desk import Desk
from aml_maint.gui.theme import Theme, ThemeChoice
from aml_maint.gui.words import Words

Page = TypeVar("Page", bound=QWidget)


def held(desk: Desk, make: Callable[[Desk], Page]) -> Page:
    """A page made with words and a look that tell it of a change once it is in sight, or soon."""
    looks = _HeldLooks(desk)
    page = make(looks.desk)
    looks.follow(page)
    return page


class HeldWords(Words):
    """The words of the window; whoever listens here hears of another language with its page."""

    def __init__(self, words: Words) -> None:
        QObject.__init__(self)
        self._words = words

    @property
    def catalogue(self) -> Catalogue:
        """The texts of the language shown."""
        return self._words.catalogue

    def use(self, language: Language) -> None:
        """Switch the language of the window."""
        self._words.use(language)


class HeldTheme(Theme):
    """The look of the window; whoever listens here hears of another one with its page."""

    def __init__(self, theme: Theme) -> None:
        QObject.__init__(self)
        self._theme, self.look = theme, theme.look

    def use(self, choice: ThemeChoice | None = None, scale: int | None = None) -> None:
        """Show the window in another theme or size."""
        self._theme.use(choice, scale)

    def speak(self, language: Language) -> None:
        """Take the font that draws this language best."""
        self._theme.speak(language)


class _HeldLooks(QObject):
    """Stands between the window's words and look and one page."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._turns = desk.turns
        self._page: QWidget | None = None
        self._owed: dict[str, SignalInstance] = {}
        words, theme = HeldWords(desk.words), HeldTheme(desk.theme)
        self._words, self._theme = words, theme
        self.desk = copy.copy(desk)
        object.__setattr__(self.desk, "words", words)
        object.__setattr__(self.desk, "theme", theme)
        desk.words.changed.connect(self._other_words)
        desk.theme.changed.connect(self._other_look)

    def follow(self, page: QWidget) -> None:
        """From now on the page is told when it is in sight; it takes this along when it goes."""
        self._page = page
        self.setParent(page)
        page.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """What comes into sight is up to date."""
        if event.type() == QEvent.Type.Show:
            self._tell()
        return False

    def _other_words(self) -> None:
        self._hear("words", self._words.changed)

    def _other_look(self) -> None:
        self._hear("theme", self._theme.changed)

    def _hear(self, what: str, changed: SignalInstance) -> None:
        if self._page is None or self._page.isVisible():
            changed.emit()
            return
        if not self._owed:
            self._turns.take(self._tell_if_there)
        self._owed[what] = changed

    def _tell_if_there(self) -> None:
        if isValid(self):
            self._tell()

    def _tell(self) -> None:
        owed, self._owed = self._owed, {}
        for changed in owed.values():
            changed.emit()
