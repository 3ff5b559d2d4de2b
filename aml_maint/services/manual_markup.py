"""One page of the manual: Markdown as it is written, as HTML, and in parts that can be searched."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from aml_maint.domain.messages import NBSP

if TYPE_CHECKING:
    from markdown_it.token import Token

_HEADING = re.compile(r"^(#{1,6}) +(.*?)(?: *<!-- #([a-z0-9-]+) -->)? *$")
_ANCHOR = re.compile(r"<!-- #([a-z0-9-]+) -->")
_FENCE = "```"
# A number and its unit stand in one line.
_MEASURE = re.compile(
    r"(?<=[0-9]) (?=%|mg|°C|×|micrograms|million|tablets|(?:days?|hours?|min(?:utes?)?)\b|天|小时)"
)
_CHINESE = re.compile(r"[\u3000-\u9fff\uff00-\uffef]\n|\n[\u3000-\u9fff\uff00-\uffef]")

# What is left of a line when only its words count.
_MARKS = (
    (re.compile(r"!\[([^\]]*)\]\([^)]*\)"), r"\1"),
    (re.compile(r"\[([^\]]*)\]\([^)]*\)"), r"\1"),
    (re.compile(r"<br>"), " "),
    (re.compile(r"</?kbd>"), ""),
    (re.compile(r"\*\*|`|(?<!\w)\*(?=\S)|(?<=\S)\*(?!\w)"), ""),
    (re.compile(r"^\|?(?:\s*:?-{3,}:?\s*\|)+\s*:?-*:?\s*$"), ""),
    (re.compile(r"\s*\|\s*"), " · "),
    (re.compile(r"^\s*(?:[-*>]|\d+\.)\s+"), ""),
    (re.compile(r"^[\s·]+|[\s·]+$"), ""),
)


@dataclass(frozen=True)
class Part:
    """What stands under one heading: its level, its words, where a link finds it."""

    level: int
    title: str
    anchor: str
    text: str


def anchor_of(number: int) -> str:
    """The anchor of a heading that names none: the same in both languages."""
    return f"part-{number}"


def parts_of(page: str) -> tuple[Part, ...]:
    """The page heading by heading, in plain words; what comes before a heading has none."""
    parts: list[Part] = []
    lines: list[str] = []
    head = (0, "", "")
    fenced = False

    def close() -> None:
        text = _joined(lines)
        if head[0] or text:
            parts.append(Part(*head, text))

    for line in page.splitlines():
        fenced ^= line.startswith(_FENCE)
        found = None if fenced else _HEADING.match(line)
        if found is None:
            if not line.startswith(_FENCE):
                lines.append(line)
            continue
        close()
        number = len([part for part in parts if part.level]) + 1
        head = (len(found[1]), _words(found[2]), found[3] or anchor_of(number))
        lines = []
    close()
    return tuple(parts)


def title_of(page: str) -> str:
    """The words of the page's first heading; ValueError for a page without one (a bug)."""
    for line in page.splitlines():
        found = _HEADING.match(line)
        if found is not None:
            return _words(found[2])
    raise ValueError("a page has no heading")


def pieces_of(page: str, least: int) -> Iterator[tuple[int, str]]:
    """The page in pieces that can be drawn one after the other, of at least so many letters.

    Each begins with a heading and is told with the number of that heading on the page.
    """
    lines: list[str] = []
    number = first = letters = 0
    fenced = False
    for line in page.splitlines():
        fenced ^= line.startswith(_FENCE)
        if not fenced and _HEADING.match(line):
            number += 1
            if letters >= least:
                yield first, "\n".join(lines)
                lines, letters, first = [], 0, number
        first = first or number
        lines.append(line)
        letters += len(line)
    yield max(first, 1), "\n".join(lines)


def load_markup() -> None:
    """Load what turns Markdown into HTML, which takes as long as drawing a page."""
    import markdown_it  # noqa: F401


def _joined(lines: Sequence[str]) -> str:
    """Lines in plain words; Chinese goes on without a break, but not from row to row of a table."""
    text = ""
    for line in lines:
        words = _words(line)
        seam = f"{text[-1:]}\n{words[:1]}"
        if text and words and (line.startswith("|") or not _CHINESE.search(seam)):
            text += "\n"
        text += words
    return text


def _words(line: str) -> str:
    for pattern, instead in _MARKS:
        line = pattern.sub(instead, line)
    return line


def links_of(page: str) -> tuple[str, ...]:
    """Every target of a link or a picture of the page."""
    return tuple(re.findall(r"\]\(([^)\s]+)\)", page))


def html_of(
    page: str, *, link: Callable[[str], str], picture: Callable[[str, str], str], first: int = 1
) -> str:
    """The page as HTML. `link` says where a link leads, `picture` draws one (target, caption).

    `first` is the number of the first heading, if it is a piece of a page.
    """
    # Half of its time is spent on loading: nobody waits for that who reads no manual.
    from markdown_it import MarkdownIt

    markdown = MarkdownIt("commonmark", {"html": True}).enable("table")
    tokens = markdown.parse(page)
    _name_headings(tokens, first)
    for token in tokens:
        _join_chinese(token.children or [])
        for child in token.children or ():
            if child.type == "link_open":
                child.attrSet("href", link(str(child.attrGet("href"))))
            elif child.type == "text":
                child.content = _MEASURE.sub(NBSP, child.content)
            elif child.type == "image":
                child.type = "html_inline"
                child.content = picture(str(child.attrGet("src")), child.content)
            elif child.type == "html_inline" and child.content == "<kbd>":
                child.content = f"<kbd>{NBSP}"
            elif child.type == "html_inline" and child.content == "</kbd>":
                child.content = f"{NBSP}</kbd>"
    rendered: str = markdown.renderer.render(tokens, markdown.options, {})
    return rendered


def _join_chinese(children: list[Token]) -> None:
    """A line that goes on below within Chinese text goes on without a space."""
    for before, child, after in zip(children, children[1:], children[2:], strict=False):
        if child.type == "softbreak" and _CHINESE.search(
            f"{before.content[-1:]}\n{after.content[:1]}"
        ):
            child.type = "text"
            child.content = ""


def _name_headings(tokens: Sequence[Token], first: int) -> None:
    """Give each heading its anchor, and take the anchor from its words."""
    number = first - 1
    for opening, inside in pairwise(tokens):
        if opening.type != "heading_open" or not inside.children:
            continue
        number += 1
        found = _ANCHOR.fullmatch(inside.children[-1].content)
        if found:
            inside.children.pop()
        anchor = found[1] if found else anchor_of(number)
        opening.attrSet("id", anchor)
