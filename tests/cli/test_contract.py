"""The contract every command keeps: exit codes, streams, one JSON document, two languages."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from aml_maint.cli import main, parser
from aml_maint.cli.parser import MODULES, command_of, glance, help_key
from aml_maint.domain.errors import StorageProblem
from aml_maint.domain.messages import say
from tests.cli.conftest import Call

ROOT = Path(__file__).resolve().parents[2]
PLAN = ("plan", "sorafenib_iti", "--start", "2026-03-02")


@pytest.mark.parametrize(
    ("arguments", "code", "kind"),
    [
        (PLAN, 0, None),
        (("plan", "sorafenib_iti"), 2, "wrong_use"),
        (("plan",), 2, "wrong_use"),
        (("plans",), 2, "wrong_use"),
        ((*PLAN, "--colour"), 2, "wrong_use"),
        ((*PLAN, "--language", "fr"), 2, "wrong_use"),
        ((), 2, "wrong_use"),
        (("demo",), 2, "wrong_use"),
        (("grade", "platelets", "50"), 2, "wrong_use"),
        (("worklist", "--demo", "--database", "x.amldb"), 2, "wrong_use"),
        (("plan", "nope", "--start", "2026-03-02"), 3, "bad_input"),
        (("plan", "sorafenib_iti", "--start", "2026-02-30"), 3, "bad_input"),
        (("plan", "sorafenib_iti", "--start", "02/03/2026"), 3, "bad_input"),
        (("plan", "sorafenib_iti", "--start", "20260302"), 3, "bad_input"),
        (("plan", "sorafenib_iti", "--start", "9999-12-31"), 3, "bad_input"),
        ((*PLAN, "--cycles", "0"), 3, "bad_input"),
        ((*PLAN, "--cycles", "-1"), 3, "bad_input"),
        ((*PLAN, "--cycles", "two"), 3, "bad_input"),
        ((*PLAN, "--zone", "Mars/Olympus"), 3, "bad_input"),
        (("grade", "platelets", "50", "furlong"), 3, "bad_input"),
        (("grade", "platelets", "1e5", "10*9/L"), 3, "bad_input"),
        (("grade", "happiness", "50", "10*9/L"), 3, "bad_input"),
        (("grade", "--batch", "no-such-file.json"), 3, "bad_input"),
        (("import-cohort", "no-such-file.csv"), 3, "bad_input"),
        (("worklist", "--date", "2026-13-01"), 3, "bad_input"),
        (("worklist", "--database", "missing.amldb"), 5, "storage"),
    ],
)
def test_each_end_has_its_exit_code_and_with_json_its_kind(
    call: Call, arguments: tuple[str, ...], code: int, kind: str | None
) -> None:
    plain = call(*arguments)
    assert plain.code == code
    assert bool(plain.out) == (code == 0)
    assert bool(plain.err) == (code != 0)
    told = call(*arguments, "--json")
    assert told.code == code
    assert told.json.get("error", {}).get("kind") == kind
    if kind is not None:
        assert set(told.json["error"]) >= {"kind", "message", "hint", "rows"}


@pytest.mark.parametrize("arguments", [("--json", *PLAN), (*PLAN, "--json")])
def test_global_options_stand_before_or_after_the_command(
    call: Call, arguments: tuple[str, ...]
) -> None:
    done = call(*arguments)
    assert done.code == 0 and done.err == ""
    assert done.out.count("\n") == 1
    assert done.json["cycles"] == 1


def test_an_answer_in_json_is_one_document_and_messages_go_to_standard_error(call: Call) -> None:
    done = call("plan", "nope", "--start", "2026-03-02", "--json")
    assert done.out.count("\n") == 1
    error = done.json["error"]
    assert error["message"] in done.err and error["hint"] in done.err
    assert "sorafenib_iti" in error["hint"]
    assert error["field"] == "regimen"


def test_the_language_is_the_one_asked_for_wherever_it_stands(call: Call) -> None:
    for arguments in (("--language", "zh", "plan", "x"), ("plan", "x", "--language=zh")):
        done = call(*arguments)
        assert (done.code, done.err.splitlines()[0]) == (2, "缺少：--start")


@pytest.mark.parametrize(
    ("variable", "value", "language"),
    [
        ("LANG", "zh_CN.UTF-8", "zh"),
        ("LANG", "de_DE.UTF-8", "en"),
        ("LC_ALL", "zh_TW.UTF-8", "zh"),
        ("LANG", "C", "en"),
    ],
)
def test_without_being_asked_it_speaks_the_language_of_the_system(
    call: Call, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, language: str
) -> None:
    monkeypatch.setenv(variable, value)
    error = call("plan", "nope", "--start", "2026-03-02").err
    assert ("没有" in error) == (language == "zh")


def test_without_any_variable_the_system_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(main.locale, "getlocale", lambda: ("Chinese (Simplified)_China", "936"))
    assert main._language(None, {}) == "zh"
    monkeypatch.setattr(main.locale, "getlocale", lambda: (None, None))
    assert main._language(None, {}) == "en"
    assert main._language("fr", {}) == "en"


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("command", [None, *MODULES])
def test_help_names_every_argument_in_either_language(
    call: Call, command: str | None, language: str
) -> None:
    words = command.split() if command else []
    done = call(*words, "--help", "--language", language)
    assert done.code == 0 and done.err == ""
    assert done.out.startswith("usage:" if language == "en" else "用法：")
    assert "cli.help" not in done.out
    assert "--passphrase-file" in done.out


def test_every_text_of_help_exists_in_both_languages() -> None:
    used = {"cli.help", "cli.help.exit_codes", *(help_key(name) for name in MODULES)}
    for name, module in MODULES.items():
        if module is not None:
            declared = argparse.ArgumentParser(add_help=False)
            command_of(name).arguments(declared)
            used |= {str(action.help) for action in declared._actions}
    for language in ("en", "zh"):
        texts = tomllib.loads((ROOT / f"resources/i18n/cli.{language}.toml").read_text("utf-8"))
        assert used - texts.keys() == set()


def test_the_demo_command_is_in_the_help_and_tells_where_it_has_to_stand(call: Call) -> None:
    assert "demo" in call("--help").out
    assert "aml-maint demo" in call("--language", "en", "demo").err


def test_the_version_is_told(call: Call) -> None:
    assert call("--version").out.startswith("aml-maint ")


@pytest.mark.parametrize(
    ("written", "command", "words"),
    [
        (["log", "confirm", "1"], "log confirm", ["log confirm", "1"]),
        (["log", "1", "undo"], "log", ["log", "1", "undo"]),
        (["--database", "log", "verify"], "verify", ["--database", "log", "verify"]),
        (["--json", "log", "undo", "1"], "log undo", ["--json", "log undo", "1"]),
        (["--language"], None, ["--language"]),
    ],
)
def test_the_command_is_found_behind_options_and_in_two_words(
    written: list[str], command: str | None, words: list[str]
) -> None:
    assert glance(written)[:2] == (words, command)


def test_a_fault_of_the_program_is_code_1_and_shows_no_value(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "".join(("Can", "ary"))  # the lines of the source are shown, so not in one piece

    def fail(_name: str) -> object:
        raise ZeroDivisionError(name)

    monkeypatch.setattr(main, "command_of", fail)
    done = call(*PLAN, "--json")
    assert done.code == 1
    assert done.json["error"]["kind"] == "bug"
    assert "ZeroDivisionError" in done.err and "test_contract.py" in done.err
    assert name not in done.err + done.out


def test_an_interrupt_ends_quietly_as_shells_expect(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_name: str) -> object:
        raise KeyboardInterrupt

    monkeypatch.setattr(main, "command_of", interrupted)
    assert call(*PLAN) == (130, "", "")


def test_a_problem_of_the_storage_is_code_5(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_name: str) -> object:
        raise StorageProblem(say("store.disk_full"))

    monkeypatch.setattr(main, "command_of", fail)
    assert call(*PLAN).code == 5


def test_wrong_use_that_has_no_words_of_its_own_still_tells_what_is_wrong(call: Call) -> None:
    done = call(*PLAN, "--cycles")
    assert done.code == 2
    assert "--cycles" in done.err and "aml-maint plan --help" in done.err
    assert parser.PROGRAM in done.err


def started(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "aml_maint", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=os.environ | environment, capture_output=True, check=False
    )


def test_as_a_process_it_writes_utf_8_and_returns_the_code() -> None:
    done = started("plan", "nope", "--start", "2026-03-02", "--language", "zh", "--json",
                   LC_ALL="C", PYTHONIOENCODING="ascii", PYTHONUTF8="0")  # fmt: skip
    assert done.returncode == 3
    assert json.loads(done.stdout.decode())["error"]["message"] == "没有名为“nope”的方案"


def test_nobody_reading_on_is_no_error() -> None:
    command = [sys.executable, "-m", "aml_maint", *PLAN, "--cycles", "13"]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""


@pytest.mark.parametrize(
    "arguments",
    [
        PLAN,
        ("grade", "platelets", "50", "10*9/L"),
        ("gate", "danshen", "--value", "50", "--unit", "10*9/L", "--collected",
         "2026-03-02", "--at", "2026-03-02"),
        ("--help",),
        ("regimens",),
    ],
)  # fmt: skip
def test_a_command_that_needs_no_ward_file_loads_no_database_and_no_window(
    arguments: tuple[str, ...],
) -> None:
    code = (
        "import sys; from aml_maint.cli.main import run; code = run(sys.argv[1:]); "
        "heavy = {'sqlite3', 'sqlcipher3', 'sqlite_utils', 'PySide6', 'typst', 'keyring'}; "
        "print(sorted(heavy & set(sys.modules)), "
        "[m for m in sys.modules if m.startswith('aml_maint.store')], file=sys.stderr); "
        "sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr.strip()) == (0, "[] []")


def test_nobody_reading_the_error_either_is_still_bad_input() -> None:
    command = [sys.executable, "-m", "aml_maint", "plan", "nope", "--start", "x", "--json"]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        told = process.stderr.read().decode()
    assert "Traceback" not in told and "fault" not in told
    assert process.returncode in (3, main.PIPE_CLOSED)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("arguments", [PLAN, (*PLAN, "--json"), ("plan", "no", "--start", "x")])
def test_an_answer_that_can_not_be_written_is_told_and_no_fault_of_the_program(
    arguments: tuple[str, ...],
) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "aml_maint", *arguments], cwd=ROOT, stdout=full,
            stderr=subprocess.PIPE, check=False,
        )  # fmt: skip
    assert done.returncode == (5 if arguments[1] != "no" else 3), done.stderr
    assert b"Traceback" not in done.stderr and b"File " not in done.stderr


def test_without_any_stream_a_command_still_does_its_work() -> None:
    code = (
        "import os, sys; os.close(1); os.close(2); sys.stdout = sys.stderr = None; "
        "from aml_maint.cli.main import run; sys.exit(run(sys.argv[1:]))"
    )
    done = subprocess.run([sys.executable, "-c", code, *PLAN], cwd=ROOT, check=False)
    assert done.returncode == 0
