"""`self-test`: tries every part of the installed program and tells what is missing or damaged."""

from __future__ import annotations

import os
import platform
import secrets
import subprocess
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import ClassVar

from aml_maint import __version__, bootstrap, files
from aml_maint.cli.command import Answer, Command
from aml_maint.domain.errors import StorageProblem, UserError
from aml_maint.domain.messages import Catalogue, Message, say
from aml_maint.services import self_test
from aml_maint.services.self_test import Incomplete, Part, Verdict, tried

_NAME = "Self-test"
_PATIENCE = 300  # seconds for all pages of the window, also on a slow computer
_SIGNS = {Verdict.OK: "✓", Verdict.WARNING: "!", Verdict.FAILED: "✗"}


class ProgramIncomplete(UserError):
    """A part of the program can't do its work here."""

    kind: ClassVar[str] = "incomplete"


def _arguments(_: ArgumentParser) -> None:
    """It takes none."""


def _self_test(_: Namespace) -> Answer:
    parts = list(_parts())
    failed = [part for part in parts if part.verdict is Verdict.FAILED]
    data = {
        "ok": not failed,
        "version": __version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "frozen": files.is_frozen(),
        "parts": [
            {
                "part": part.name,
                "verdict": part.verdict,
                "told": part.told,
                "milliseconds": round(part.seconds * 1000),
            }
            for part in parts
        ],
    }

    def lines(words: Catalogue) -> Iterable[str]:
        for part in parts:
            name, told = words.text(f"self_test.part.{part.name}"), words.text(part.told)
            yield f"{_SIGNS[part.verdict]} {name}: {told} ({part.seconds:.1f} s)"
        if not failed:
            yield words.text("self_test.whole")

    names = [part.name for part in failed]
    problem = ProgramIncomplete(
        say("self_test.incomplete", count=len(names)), hint=say("self_test.incomplete.hint")
    )
    return Answer(data, lines, problem=problem if failed else None)


def _parts() -> Iterator[Part]:
    for name, trial in self_test.BEFORE.items():
        yield tried(name, trial)
    with tempfile.TemporaryDirectory(prefix="aml_maint-self-test-") as folder:
        yield from _on_a_ward(Path(folder))


def _on_a_ward(folder: Path) -> Iterator[Part]:
    """What needs a ward file: a new one in the folder, with a passphrase that nobody sees."""
    path, passphrase = folder / "self-test.amldb", secrets.token_urlsafe(24)

    def sealed() -> Message:
        bootstrap.create_ward(path, passphrase, name=_NAME).close()
        try:
            bootstrap.open_ward(path, f"not {passphrase}").close()
        except StorageProblem:
            return say("self_test.sealed")
        raise Incomplete(say("self_test.not_sealed"))

    yield tried("ward_file", sealed)
    if not path.exists():
        return
    place = bootstrap.open_ward(path, passphrase)
    try:
        for name, trial in self_test.ON_A_WARD.items():
            yield tried(name, partial(trial, place, folder))
    finally:
        place.close()
    yield tried("window", partial(_window, path, passphrase, folder))


def _window(path: Path, passphrase: str, folder: Path) -> Message:
    """Paint every page in a process of its own: where Qt can't start, it ends its process."""
    command = [*files.program(), "--check-pages", str(folder), "--database", str(path)]
    environment = {
        **os.environ, "AML_MAINT_PASSPHRASE": passphrase, "QT_QPA_PLATFORM": "offscreen",
    }  # fmt: skip
    environment.pop("AML_MAINT_USER", None)
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, check=False, timeout=_PATIENCE,
            encoding="utf-8", errors="replace",
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise Incomplete(say("self_test.window_slow", seconds=_PATIENCE)) from None
    pages = done.stdout.split()
    if done.returncode:
        last = [line for line in done.stderr.splitlines() if line.strip()][-1:] or ["?"]
        at = pages[-1] if pages else "–"
        raise Incomplete(
            say("self_test.window_failed", page=at, code=done.returncode, text=last[0])
        )
    return say("self_test.window", count=len(pages))


COMMANDS = {"self-test": Command(_arguments, _self_test)}
