"""The pages of the manual are there in both languages, and their links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

MANUAL = Path(__file__).parents[2] / "resources" / "manual"
PAGES = sorted(MANUAL.glob("*.md"))


def test_every_page_is_there_in_both_languages() -> None:
    names = {language: {p.name.split(".")[0] for p in MANUAL.glob(f"*.{language}.md")}
             for language in ("en", "zh")}  # fmt: skip
    assert names["en"] == names["zh"] != set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_to_pages_of_the_same_language(page: Path) -> None:
    language = page.name.split(".")[1]
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8")):
        if not target.startswith("http"):
            assert (MANUAL / target).exists() and target.endswith(f".{language}.md")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_both_languages_have_the_same_headings_and_tables(page: Path) -> None:
    name = page.name.split(".")[0]
    shapes = []
    for language in ("en", "zh"):
        lines = (MANUAL / f"{name}.{language}.md").read_text("utf-8").splitlines()
        heads = [line.split(" ")[0] for line in lines if line.startswith("#")]
        shapes.append((heads, sum(line.startswith("|") for line in lines)))
    assert shapes[0] == shapes[1]
