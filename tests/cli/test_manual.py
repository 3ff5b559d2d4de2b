"""`manual`: a folder of pages that needs no server, no dead link, both languages."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from aml_maint.services.manual import manual
from tests.cli.conftest import Call


class Links(HTMLParser):
    """What a page links to, what it shows, what it can be linked at."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.anchors: set[str] = set()
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in {"meta", "link", "input", "img", "br", "hr"}:
            self.open.append(tag)
        for name, value in attrs:
            if name in {"href", "src"} and value is not None:
                self.targets.append(value)
            if name == "id" and value is not None:
                self.anchors.add(value)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture
def site(tmp_path: Path, call: Call) -> Path:
    folder = tmp_path / "site"
    assert call("manual", "--out", folder).code == 0
    return folder


def test_every_page_of_both_languages_is_written_and_told(tmp_path: Path, call: Call) -> None:
    done = call("manual", "--out", tmp_path / "a" / "b", "--json", "--language", "zh")
    assert done.code == 0
    names = set(manual("en").pages)
    assert done.json["pages"] == 2 * len(names) + 1
    for language in ("en", "zh"):
        made = {path.stem for path in (tmp_path / "a" / "b" / language).glob("*.html")}
        assert made == names
    assert "url=zh/start.html" in Path(done.json["first"]).read_text("utf-8")


def test_no_link_is_dead_and_no_picture_missing(site: Path) -> None:
    pages = {path: Links(path.read_text("utf-8")) for path in site.rglob("*.html")}
    assert len(pages) > 8
    dead = []
    for path, page in pages.items():
        assert page.open == []
        for target in page.targets:
            name, _, anchor = target.partition("#")
            place = (path.parent / name).resolve() if name else path
            there = place.is_file() and (not anchor or anchor in pages[place].anchors)
            if not there:
                dead.append(f"{path.name}: {target}")
    assert dead == []


def test_nothing_is_fetched_from_elsewhere(site: Path) -> None:
    for path in site.rglob("*"):
        if path.suffix in {".html", ".js", ".css"}:
            assert not re.search(r"https?://", path.read_text("utf-8")), path.name


def test_the_search_index_leads_to_every_part(site: Path) -> None:
    text = (site / "zh" / "search-index.js").read_text("utf-8")
    parts = json.loads(text.removeprefix("window.PARTS = ").rstrip(";\n"))
    assert len(parts) == sum(len(page.parts) for page in manual("zh").pages.values())
    for part in parts:
        name, _, anchor = part["href"].partition("#")
        written = (site / "zh" / name).read_text("utf-8")
        assert not anchor or f'id="{anchor}"' in written


def test_a_file_in_the_way_is_told_and_stays(tmp_path: Path, call: Call) -> None:
    way = tmp_path / "site"
    way.write_text("mine", "utf-8")
    assert call("manual", "--out", way).code == 3
    assert way.read_text("utf-8") == "mine"
