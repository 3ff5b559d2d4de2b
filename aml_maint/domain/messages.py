"""Texts as values: a rule says *what* it means by key, a catalogue says it in a language.

Rules, errors and reports carry a `Message`; only the edge of the program (window, report,
command line) turns it into English or Chinese. So a language can change while the program
runs, and no rule knows a language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from types import MappingProxyType
from typing import Literal

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")

DocumentLanguage = Literal["en", "zh", "both"]
DOCUMENT_LANGUAGES: tuple[DocumentLanguage, ...] = ("en", "zh", "both")


def languages_of(choice: DocumentLanguage) -> tuple[Language, ...]:
    """The languages that a document is made in, in their order."""
    return LANGUAGES if choice == "both" else (choice,)


NBSP = "\N{NO-BREAK SPACE}"

_ENGLISH_MONTHS = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip


@dataclass(frozen=True)
class Name:
    """A fixed name known in both languages, such as a drug's."""

    en: str
    zh: str

    def __post_init__(self) -> None:
        if not self.en.strip() or not self.zh.strip():
            raise ValueError("a name needs its English and its Chinese form")

    def text(self, language: Language) -> str:
        """The name in `language`."""
        return self.zh if language == "zh" else self.en


_NOTHING: Mapping[str, object] = MappingProxyType({})  # most texts tell no value


@dataclass(frozen=True, slots=True)
class Message:
    """A text by key with its values; values may be messages and names themselves."""

    key: str
    params: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        given = MappingProxyType(dict(self.params)) if self.params else _NOTHING
        object.__setattr__(self, "params", given)

    def __hash__(self) -> int:
        return hash((self.key, tuple(sorted((k, str(v)) for k, v in self.params.items()))))


def say(key: str, **params: object) -> Message:
    """Short form of `Message(key, params)`."""
    return Message(key, params)


@dataclass(frozen=True)
class Catalogue:
    """The texts of one language, ready to render messages."""

    language: Language
    templates: Mapping[str, str]

    def text(self, message: Message | Name | str, **params: object) -> str:
        """Render a message, a name, or the text of a key.

        Raises KeyError for a key that the catalogue does not hold: a missing text is a bug.
        """
        if isinstance(message, Name):
            return message.text(self.language)
        # Most texts are asked for by their key, thousands at a time: those make no message.
        key, given = (
            (message, params) if isinstance(message, str) else (message.key, message.params)
        )
        return self.templates[key].format_map({n: self.value(value) for n, value in given.items()})

    def value(self, value: object) -> str:
        """One value as people read it: dates with month names, decimals as reported."""
        if isinstance(value, str):  # most are
            return str(value)
        match value:
            case Message() | Name():
                return self.text(value)
            case datetime():
                return self.moment(value)
            case date():
                return self.day(value)
            case time():
                return value.strftime("%H:%M")
            case Decimal():
                return f"{value:f}"
            case tuple() | list():
                joint = "、" if self.language == "zh" else ", "
                return joint.join(self.value(item) for item in value)
            case _:
                return str(value)

    def day(self, day: date) -> str:
        """`05-Mar-2026`, or `2026年3月5日`: never a form that can be read two ways."""
        if self.language == "zh":
            return f"{day.year}年{day.month}月{day.day}日"
        return f"{day.day:02d}-{_ENGLISH_MONTHS[day.month - 1]}-{day.year}"

    def short_day(self, day: date) -> str:
        """Day and month only, for column heads whose year stands beside them."""
        if self.language == "zh":
            return f"{day.month}月{day.day}日"
        return f"{day.day:02d}-{_ENGLISH_MONTHS[day.month - 1]}"

    def moment(self, at: datetime) -> str:
        """Date and 24-hour time."""
        return f"{self.day(at.date())}{NBSP}{at:%H:%M}"
