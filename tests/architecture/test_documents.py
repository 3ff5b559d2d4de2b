"""The documents for those who work on the program lead where they say, and say what is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from aml_maint import __version__
from aml_maint.store import migrations

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [
    ROOT / ".github" / "CONTRIBUTING.md",
    ROOT / "packaging" / "CHANGELOG.md",
    ROOT / "packaging" / "README.md",
    ROOT / "packaging" / "decisions.md",
]
NAMED = re.compile(r"`((?:aml_maint|resources|tests|packaging|\.ci|\.github)/[\w./-]+?)`")
LINKED = re.compile(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)")
MADE_UP = ("my_tab", "my_regimen")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_that_a_document_names_or_links_is_there(document: Path) -> None:
    text = document.read_text("utf-8")
    gone = [
        name
        for name in NAMED.findall(text)
        if not any(word in name for word in MADE_UP) and not (ROOT / name).exists()
    ]
    gone += [link for link in LINKED.findall(text) if not (document.parent / link).exists()]
    assert gone == []


def test_the_screenshot_of_the_readme_is_small() -> None:
    assert "![" in (ROOT / "README.md").read_text("utf-8").split("\n## ")[0]
    assert (ROOT / ".github" / "screenshot.png").stat().st_size <= 150_000


def test_the_changelog_knows_the_schema_of_the_files_that_are_written_now() -> None:
    changes = (ROOT / "packaging" / "CHANGELOG.md").read_text("utf-8")
    assert f"- Schema {migrations.latest()}." in changes
    released = re.findall(r"^## \[(\d+\.\d+\.\d+)\]", changes, re.M)
    assert "## [Unreleased]" in changes or __version__ in released
