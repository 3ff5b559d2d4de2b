"""Commands as programs call them: arguments in, exit code and the two streams out."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from aml_maint import bootstrap
from aml_maint.cli.main import run
from aml_maint.services.clock import SetClock
from aml_maint.store import engine
from tests.builders import PASSPHRASE, ZONE, moment

NOW = "2026-03-20T12:00"


class Done(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on standard output."""
        return json.loads(self.out)


Call = Callable[..., Done]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """English, one time zone, one moment, no ward file of the person who runs the tests."""
    for name in ("LC_ALL", "LC_MESSAGES", "AML_MAINT_DATABASE", "AML_MAINT_PASSPHRASE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    monkeypatch.setenv("TZ", ZONE)
    monkeypatch.setattr(engine, "KDF_ITERATIONS", 1_000)
    monkeypatch.setattr(bootstrap, "SystemClock", lambda zone: SetClock(moment(NOW, zone)))


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    """Runs a command in this process."""

    def run_it(*arguments: object) -> Done:
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        return Done(code, *capsys.readouterr())

    return run_it


@pytest.fixture
def ward(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new ward file that commands find without being told."""
    path = tmp_path / "ward.amldb"
    monkeypatch.setenv("AML_MAINT_DATABASE", str(path))
    monkeypatch.setenv("AML_MAINT_PASSPHRASE", PASSPHRASE)
    assert call("create").code == 0
    return path


@pytest.fixture
def on_course(call: Call, ward: Path) -> str:
    """The record number of a patient on day 19 of cycle 1, with a count that opens the gates."""
    mrn = "1001"
    for command in (
        ("admit", mrn, "Li", "Mei", "--born", "1970-02-03", "--flt3-itd", "positive"),
        ("start-course", mrn, "sorafenib_iti", "--start", "2026-03-02"),
        ("count", mrn, "platelets", "120", "10*9/L", "--collected", "2026-03-17T08:00"),
    ):
        assert call(*command).code == 0
    return mrn
