"""`sheet` and `worklist --pdf`: pages to print."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.cli.conftest import Call


def test_the_page_is_written_in_the_language_asked_for(
    call: Call, on_course: str, tmp_path: Path
) -> None:
    file = tmp_path / "sheet.pdf"
    done = call("sheet", on_course, "--cycle", "1", "--pdf", file, "--language", "zh", "--json")
    assert done.code == 0
    assert done.json == {
        "sheet": str(file), "cycle": 1, "language": "zh", "size": file.stat().st_size,
    }  # fmt: skip
    assert "用药流程表" in PdfReader(file).pages[0].extract_text()
    assert os.name == "nt" or file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "options", [("--pdf", "sheet.txt"), ("--pdf", "sheet.pdf", "--cycle", "2")]
)
def test_a_page_that_can_not_be_made_leaves_no_file(
    call: Call, on_course: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    options: tuple[str, ...],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    before = set(tmp_path.rglob("*"))
    done = call("sheet", on_course, *options)
    assert done.code == 3 and done.err.strip()
    assert set(tmp_path.rglob("*.pdf")) <= before


def test_todays_worklist_is_written_as_pages(call: Call, on_course: str, tmp_path: Path) -> None:
    file = tmp_path / "list.pdf"
    done = call("worklist", "--pdf", file, "--json")
    assert done.code == 0
    assert (done.json["patients"], done.json["size"]) == (1, file.stat().st_size)
    assert call("worklist", "--pdf", file, "--date", "2026-03-05").code == 3
    assert call("worklist", "--pdf", tmp_path / "list.txt").code == 3
