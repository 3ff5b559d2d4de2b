"""Regimens on the shelf: every version stays, the newest is the one offered."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from aml_maint import files
from aml_maint.domain.errors import BadInput
from aml_maint.services import library


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the shipped regimens that a test may add to."""
    folder = tmp_path / "resources"
    shutil.copytree(files.resource("regimens"), folder / "regimens")
    monkeypatch.setattr(files, "resources", lambda: folder)
    for read in (library.drugs, library.regimens, library._versions):
        read.cache_clear()
    yield folder / "regimens"
    for read in (library.drugs, library.regimens, library._versions):
        read.cache_clear()


def add_version_2(shelf: Path) -> None:
    text = (shelf / "sorafenib_iti.toml").read_text("utf-8")
    newer = text.replace("version = 1", "version = 2", 1).replace('at = "07:00"', 'at = "06:30"')
    (shelf / "sorafenib_iti-2.toml").write_text(newer, "utf-8")


def test_a_running_course_finds_the_version_it_started_with(shelf: Path) -> None:
    add_version_2(shelf)
    old, new = library.regimen("sorafenib_iti", 1), library.regimen("sorafenib_iti", 2)
    times = [str(one.component("sorafenib").slots[0].at) for one in (old, new)]
    assert times == ["07:00:00", "06:30:00"]


def test_a_new_course_takes_the_newest_version(shelf: Path) -> None:
    add_version_2(shelf)
    assert library.regimen("sorafenib_iti").version == 2
    assert library.regimens()["sorafenib_iti"].version == 2


def test_a_version_that_was_never_shipped_is_refused(shelf: Path) -> None:
    with pytest.raises(BadInput):
        library.regimen("sorafenib_iti", 3)


def test_two_files_of_one_version_are_a_fault_of_the_shelf(shelf: Path) -> None:
    shutil.copy(shelf / "iti.toml", shelf / "iti-again.toml")
    with pytest.raises(ValueError, match="stands twice"):
        library.regimens()


def test_of_the_regimens_only_the_one_asked_for_is_read(
    shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    whole = library._read
    monkeypatch.setattr(library, "_read", lambda path: read.append(path.name) or whole(path))
    add_version_2(shelf)
    library.regimen("sorafenib_iti", 1)
    assert {*read} == {"drugs.toml", "sorafenib_iti-2.toml", "sorafenib_iti.toml"}


def test_a_file_that_bears_the_name_of_another_regimen_is_a_fault_of_the_shelf(
    shelf: Path,
) -> None:
    shutil.copy(shelf / "iti.toml", shelf / "sormain-again.toml")
    with pytest.raises(ValueError, match="named by another"):
        library.regimens()


@pytest.mark.parametrize("name", ["drugs", "sorafenib", "sorafenib_iti-2", ""])
def test_what_is_no_regimen_is_refused_with_those_that_are(name: str) -> None:
    with pytest.raises(BadInput) as refused:
        library.regimen(name)
    assert refused.value.hint is not None
    assert "sormain" in refused.value.hint.params["known"]
