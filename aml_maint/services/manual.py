"""The manual: its pages in their order, what helps at a place of the window, and the search."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from aml_maint import files
from aml_maint.domain.messages import Language, Name
from aml_maint.services.manual_markup import Part, parts_of, title_of

START = "start"
"""The page that the manual opens with."""

WHATS_NEW = "whats-new"
"""The page of the newest changes."""

FOLDER = "manual"
PICTURES = "pictures"

MOST_FOUND = 40
_AROUND = 60  # letters shown on both sides of what was found


@dataclass(frozen=True)
class Page:
    """One page: its name, which is its file's, its title, and its text as Markdown."""

    name: str
    title: str
    text: str

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """What stands under each heading, in words that can be searched."""
        return parts_of(self.text)


@dataclass(frozen=True)
class Section:
    """Pages for one reader."""

    name: str
    title: str
    pages: tuple[Page, ...]


@dataclass(frozen=True)
class Hit:
    """A part of a page that has all the words: where, and the words around the first of them."""

    page: Page
    part: Part
    before: str
    found: str
    after: str


@dataclass(frozen=True)
class Manual:
    """The manual in one language."""

    language: Language
    sections: tuple[Section, ...]

    @property
    def pages(self) -> Mapping[str, Page]:
        """Every page by its name."""
        return {page.name: page for section in self.sections for page in section.pages}

    def page(self, name: str) -> Page:
        """A page by its name; KeyError where there is none (a bug)."""
        return self.pages[name]

    def search(self, wanted: str) -> tuple[Hit, ...]:
        """The parts that have all the words: those that have them in a title stand first."""
        words = _folded(wanted).split()
        if not words:
            return ()
        ranked: list[tuple[int, int, Hit]] = []
        for page in self.pages.values():
            for part in page.parts:
                rank = _rank(words, page, part)
                if rank is not None:
                    ranked.append((rank, len(ranked), _hit(words, page, part)))
        return tuple(hit for _, _, hit in sorted(ranked, key=lambda found: found[:2]))[:MOST_FOUND]


@cache
def manual(language: Language) -> Manual:
    """The manual, read once; KeyError or FileNotFoundError for a page that is not there (a bug)."""
    data = files.read_toml(FOLDER, "contents.toml")
    return Manual(
        language,
        tuple(
            Section(
                section["name"],
                Name(section["en"], section["zh"]).text(language),
                tuple(_page(name, language) for name in section["pages"]),
            )
            for section in data["sections"]
        ),
    )


@cache
def help_places() -> Mapping[str, str]:
    """The page, and the heading of it, that helps at a place: by the name of the widget's class."""
    places: dict[str, str] = files.read_toml(FOLDER, "contents.toml")["places"]
    return places


def picture(name: str, language: Language) -> Path | None:
    """The file of a picture of the manual, or None: pictures are made by the build."""
    path = files.resource(FOLDER) / PICTURES / language / name
    return path if path.is_file() else None


def _page(name: str, language: Language) -> Page:
    text = files.resource(FOLDER, language, f"{name}.md").read_text("utf-8")
    return Page(name, title_of(text), text)


def _rank(words: list[str], page: Page, part: Part) -> int | None:
    """How well a part answers: 0 is a page's own title, then a heading, then the text."""
    title, heading, text = _folded(page.title), _folded(part.title), _folded(part.text)
    if not all(word in title or word in heading or word in text for word in words):
        return None
    # Words of the page's title alone would bring every part of it.
    if not any(word in heading or word in text for word in words):
        return None
    if all(word in heading for word in words):
        return 0 if part.level == 1 else 1
    if all(word in heading or word in text for word in words):
        return 2
    return 3


def _hit(words: list[str], page: Page, part: Part) -> Hit:
    text = part.text.replace("\n", " ")
    places = [(at, word) for word in words if (at := _folded(text).find(word)) >= 0]
    if not places:
        return Hit(page, part, text[: 2 * _AROUND], "", "")
    at, word = min(places)
    end = at + len(word)
    start = max(0, at - _AROUND)
    before = text[start:at]
    if start and " " in before:  # not from the middle of a word
        before = f"… {before.partition(' ')[2]}"
    return Hit(page, part, before, text[at:end], text[end : end + 2 * _AROUND])


def _folded(text: str) -> str:
    """Letters alike in their size and spaces alike in their width; the length stays as it is."""
    return re.sub(r"\s", " ", text.lower())
