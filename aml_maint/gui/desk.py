"""What every page and widget is given: data, words, look, and what the window remembers."""

from __future__ import annotations

from dataclasses import dataclass, field

from aml_maint.domain.messages import Language, Message
from aml_maint.gui.drafts import Drafts
from aml_maint.gui.painted_parts import hear_painted_parts
from aml_maint.gui.session import Session
from aml_maint.gui.settings import Settings
from aml_maint.gui.theme import Theme, ThemeChoice
from aml_maint.gui.turns import Turns
from aml_maint.gui.words import Words


@dataclass(frozen=True, eq=False, kw_only=True)
class Looks:
    """What widgets need that show no patient: words, look, what the window remembers."""

    words: Words
    theme: Theme
    settings: Settings
    turns: Turns = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "turns", Turns())
        self.words.changed.connect(self._speak)
        self._speak()
        hear_painted_parts()

    def why_not(self, *commands: str) -> Message | None:
        """Why nobody here may give any of these commands; where no file is open, anybody may."""
        return None

    def _speak(self) -> None:
        """Each language has a font that suits it."""
        self.theme.speak(self.words.language)

    def use_language(self, language: Language) -> None:
        """Switch the language and remember it."""
        self.settings.language = language
        self.words.use(language)

    def use_theme(self, choice: ThemeChoice) -> None:
        """Switch the theme and remember it."""
        self.settings.theme = choice
        self.theme.use(choice)

    def use_scale(self, percent: int) -> None:
        """Change the size of text and remember it."""
        self.settings.scale = percent
        self.theme.use(scale=percent)


@dataclass(frozen=True, eq=False, kw_only=True)
class Desk(Looks):
    """A desk at an open ward file, with the forms that its person has not finished."""

    session: Session
    drafts: Drafts = field(init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "drafts", Drafts(self.session))

    def why_not(self, *commands: str) -> Message | None:
        """Why whoever sits here may give none of these commands; None if they may give one."""
        return self.session.why_not(*commands)

    def may(self, *commands: str) -> bool:
        """May whoever sits here give one of these commands? The window says why not."""
        why = self.why_not(*commands)
        if why is not None:
            self.session.told.emit(why)
        return why is None
