"""The manual as it is read, searched and put into HTML."""

from __future__ import annotations

import pytest

from aml_maint.domain.messages import LANGUAGES, Language
from aml_maint.services.manual import START, manual
from aml_maint.services.manual_markup import html_of, parts_of, pieces_of

PAGE = """# Give a dose

First **words**.

## Late <!-- #late -->

Press <kbd>L</kbd>, see [the list](other.md#top).

| Key | Meaning |
|---|---|
| `L` | late |

## Then
第一行
第二行
"""


def test_a_page_is_read_heading_by_heading_in_plain_words() -> None:
    parts = parts_of(PAGE)
    assert [(part.level, part.title, part.anchor) for part in parts] == [
        (1, "Give a dose", "part-1"),
        (2, "Late", "late"),
        (2, "Then", "part-3"),
    ]
    assert parts[0].text == "First words."
    assert parts[1].text == "Press L, see the list.\nKey · Meaning\nL · late"


def test_chinese_goes_on_in_the_next_line_without_a_space() -> None:
    assert parts_of(PAGE)[2].text == "第一行第二行"
    assert "第一行第二行" in html_of(PAGE, link=str, picture=lambda *_: "")


def test_html_has_the_same_anchors_and_asks_where_links_and_pictures_lead() -> None:
    text = PAGE + "\n![a view](pictures/a.png)\n"
    written = html_of(text, link=lambda to: f"to:{to}", picture=lambda to, told: f"<{to}|{told}>")
    assert 'id="late"' in written
    assert 'id="part-3"' in written
    assert "<!--" not in written
    assert 'href="to:other.md#top"' in written
    assert "<pictures/a.png|a view>" in written


def test_pieces_of_a_page_begin_with_headings_and_have_its_anchors() -> None:
    assert list(pieces_of(PAGE, 1_000)) == [(1, PAGE.rstrip("\n"))]
    pieces = list(pieces_of(PAGE, 1))
    assert [first for first, _ in pieces] == [1, 2, 3]
    assert "\n".join(text for _, text in pieces) == PAGE.rstrip("\n")
    # After so many letters a piece ends with the next heading.
    assert [first for first, _ in pieces_of(PAGE, 40)] == [1, 3]
    written = [
        html_of(text, link=str, picture=lambda *_: "", first=first) for first, text in pieces
    ]
    assert "".join(written) == html_of(PAGE, link=str, picture=lambda *_: "")
    assert list(pieces_of("```\n# no heading\n```\n# One", 1))[1:] == [(1, "# One")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_begins_with_its_title(language: Language) -> None:
    for page in manual(language).pages.values():
        assert page.parts[0].level == 1
        assert page.title == page.parts[0].title != ""


def test_the_search_wants_all_words_and_shows_titles_first() -> None:
    book = manual("en")
    assert book.search("  ") == ()
    assert book.search("zyzzyva") == ()
    hits = book.search("ROUND ward")
    assert hits[0].page.name == "ward-round"
    assert hits[0].part.level == 1
    shown = book.search("similar name record")[0]
    assert (shown.page.name, shown.part.anchor) == ("ward-round", "sections")
    assert shown.found.lower() in ("similar", "name", "record")


def test_chinese_is_found_without_spaces_between_words() -> None:
    hit = manual("zh").search("病案号")[0]
    assert hit.found == "病案号"
    assert manual("zh").page(START).title == "使用手册"
