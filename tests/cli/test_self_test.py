"""`self-test` finds a whole program whole, and names what is missing, damaged or broken."""

from __future__ import annotations

import hashlib
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from aml_maint import files
from aml_maint.cli.commands import self_test as command
from aml_maint.domain.messages import say
from aml_maint.services import language, self_test
from aml_maint.services.self_test import CONTENTS, ON_A_WARD, Verdict, tried
from tests.cli.conftest import Call


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The resources as a package holds them, with the list of what it was made with."""
    folder = tmp_path / "resources"
    shutil.copytree(files.resources(), folder)
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder).as_posix()}\n"
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]
    (folder / CONTENTS).write_text("".join(lines), "utf-8")
    monkeypatch.setattr(files, "resources", lambda: folder)
    yield folder
    language.catalogue.cache_clear()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what the test is about: not the window, nor what takes seconds on a ward file."""
    monkeypatch.setattr(command, "_window", lambda *_: say("self_test.window", count=0))
    monkeypatch.setattr(self_test, "ON_A_WARD", {"store": ON_A_WARD["store"]})


def test_every_part_of_this_program_works(call: Call) -> None:
    done = call("self-test", "--json")
    told = {part["part"]: part["told"] for part in done.json["parts"]}
    assert (done.code, done.json["ok"]) == (0, True), told
    assert list(told) == [
        "resources", "definitions", "calendars", "ward_file", "store", "reports", "exports",
        "figures", "window",
    ]  # fmt: skip
    assert {part["verdict"] for part in done.json["parts"]} == {"ok"}
    pages = int(told["window"].split()[0])
    assert pages > 40, "each page and tab, in both languages"


@pytest.mark.usefixtures("quick")
def test_a_missing_resource_is_named_and_the_exit_code_is_1(call: Call, copied: Path) -> None:
    assert call("self-test").code == 0
    (copied / "icons" / "today.svg").unlink()
    done = call("self-test")
    assert done.code == 1
    assert "✗ Resources: Missing: icons/today.svg" in done.out
    assert "1 of its parts failed" in done.err
    told = call("self-test", "--json")
    assert (told.code, told.json["ok"]) == (1, False)
    assert told.json["error"]["kind"] == "incomplete"


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("file", "content", "told"),
    [
        ("regimens/iti.toml", b"id = 'other'", "regimens/iti.toml is not as it was made"),
        ("manual/en/trust.md", b"", "manual/en/trust.md is not as it was made"),
    ],
)
def test_a_resource_that_was_changed_is_named(
    call: Call, copied: Path, file: str, content: bytes, told: str
) -> None:
    (copied / file).write_bytes(content)
    done = call("self-test")
    assert done.code == 1 and told in done.out


@pytest.mark.parametrize("content", [b"a = ", b"\xff\xfe"])
def test_a_resource_that_can_not_be_read_is_found_without_a_list_too(
    copied: Path, content: bytes
) -> None:
    (copied / CONTENTS).unlink()
    assert tried("resources", self_test.resources).verdict is Verdict.OK
    (copied / "site.toml").write_bytes(content)
    assert tried("resources", self_test.resources).verdict is Verdict.FAILED


def test_a_fault_in_a_part_is_its_verdict_and_the_other_parts_are_tried_all_the_same(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ImportError("libscipy is gone")

    only = {"store": broken, "exports": lambda *_: say("self_test.exports", formats="csv")}
    monkeypatch.setattr(self_test, "ON_A_WARD", only)
    monkeypatch.setattr(command, "_window", lambda *_: say("self_test.window", count=0))
    done = call("self-test")
    assert done.code == 1
    assert "✗ Record: ImportError: libscipy is gone" in done.out
    assert "✓ Exports: csv" in done.out


def test_a_window_that_can_not_start_is_told_with_its_last_words(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = "import sys; print('today'); print('no Qt here', file=sys.stderr); sys.exit(6)"
    monkeypatch.setattr(files, "program", lambda: [sys.executable, "-c", code])
    monkeypatch.setattr(self_test, "ON_A_WARD", {})
    done = call("self-test")
    assert done.code == 1
    assert "✗ Window: failed at “today” (code 6): no Qt here" in done.out
