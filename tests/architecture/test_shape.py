"""The shape of the code: sizes, names, and calls that have one place or none."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "aml_maint"
MODULES = sorted(PACKAGE.rglob("*.py"))
SHIPPED = [*MODULES, *sorted((ROOT / "packaging").rglob("*.py"))]

LINES_PER_MODULE = 400
LINES_PER_FUNCTION = 60

NAMES_THAT_SAY_NOTHING = {
    "base", "common", "core", "data", "helper", "helpers", "lib", "manager", "managers", "misc",
    "shared", "stuff", "tools", "util", "utils",
}  # fmt: skip

# Where now() and today() come from; everything else gets the moment as an argument.
CLOCK = PACKAGE / "services" / "clock.py"
CLOCK_CALLS = {
    "date.today", "datetime.now", "datetime.today", "datetime.utcnow", "time.ctime", "time.gmtime",
    "time.localtime", "time.time", "time.time_ns", "QDate.currentDate", "QTime.currentTime",
    "QDateTime.currentDateTime", "QDateTime.currentDateTimeUtc", "QDateTime.currentMSecsSinceEpoch",
    "QDateTime.currentSecsSinceEpoch",
}  # fmt: skip
SQL_CLOCK = re.compile(r"\b(?:date|time|datetime|julianday|strftime|unixepoch)\s*\([^()]*'now'")
SQL_CLOCK_WORD = re.compile(r"\bCURRENT_(?:DATE|TIME|TIMESTAMP)\b")

GUI_BANS = {
    "setStyleSheet": "colours and sizes come from the theme, through the palette",
    "processEvents": "work off the window's thread instead",
    "repaint": "update() lets Qt draw when it is time",
}
HEX_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{8}|[0-9a-fA-F]{6}|[0-9a-fA-F]{3})\b")

TOP_LEVEL = {
    "LICENSE",
    "README.md",
    "aml_maint",
    "packaging",
    "pyproject.toml",
    "resources",
    "tests",
}
MADE_HERE = {"build", "dist"}  # ignored by git; the tools and start.py write there


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def source(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), name_of(path))


def dotted(node: ast.expr) -> str:
    """`a.b.c` of an attribute chain; empty for anything else."""
    match node:
        case ast.Name():
            return node.id
        case ast.Attribute():
            return f"{dotted(node.value)}.{node.attr}"
        case _:
            return ""


def calls(path: Path) -> Iterator[tuple[str, int]]:
    """Each call of a module: what is called, as written, and the line."""
    for node in ast.walk(source(path)):
        if isinstance(node, ast.Call):
            yield dotted(node.func) or getattr(node.func, "attr", ""), node.lineno


def strings(path: Path) -> Iterator[tuple[str, int]]:
    """Each text constant of a module that is no docstring, and the line."""
    tree = source(path)
    prose = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield node.value, node.lineno


def test_the_top_level_holds_only_the_fixed_set() -> None:
    found = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    assert found - MADE_HERE == TOP_LEVEL


def test_no_module_is_longer_than_400_lines() -> None:
    lengths = {name_of(path): len(path.read_text("utf-8").splitlines()) for path in SHIPPED}
    assert {name: n for name, n in lengths.items() if n > LINES_PER_MODULE} == {}


def test_no_function_is_longer_than_60_lines() -> None:
    long = {
        f"{name_of(path)}:{node.lineno} {node.name}": (node.end_lineno or 0) - node.lineno + 1
        for path in SHIPPED
        for node in ast.walk(source(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > LINES_PER_FUNCTION
    }
    assert long == {}


def test_every_module_and_folder_is_named_for_what_it_is_about() -> None:
    parts = {part for path in MODULES for part in path.relative_to(PACKAGE).with_suffix("").parts}
    assert parts & NAMES_THAT_SAY_NOTHING == set()


def test_every_module_says_what_it_is_for() -> None:
    assert [name_of(path) for path in SHIPPED if not ast.get_docstring(source(path))] == []


def test_only_the_clock_service_asks_what_time_it_is() -> None:
    asked = [
        f"{name_of(path)}:{line} {call}"
        for path in MODULES
        if path != CLOCK
        for call, line in calls(path)
        if ".".join(call.split(".")[-2:]) in CLOCK_CALLS
    ]
    assert asked == []


def test_sql_does_not_ask_the_database_what_time_it_is() -> None:
    statements = [
        (name_of(path), line, text) for path in MODULES for text, line in strings(path)
    ] + [(name_of(path), 1, path.read_text("utf-8")) for path in sorted(PACKAGE.rglob("*.sql"))]
    asked = [
        f"{name}:{line}"
        for name, line, text in statements
        if SQL_CLOCK.search(text) or SQL_CLOCK_WORD.search(text)
    ]
    assert asked == []


@pytest.mark.parametrize(("call", "reason"), GUI_BANS.items())
def test_no_window_calls(call: str, reason: str) -> None:
    used = [
        f"{name_of(path)}:{line}"
        for path in (PACKAGE / "gui").rglob("*.py")
        for written, line in calls(path)
        if written.split(".")[-1] == call
    ]
    assert used == [], reason


def test_no_window_sleeps() -> None:
    slept = [
        f"{name_of(path)}:{line}"
        for path in (PACKAGE / "gui").rglob("*.py")
        for written, line in calls(path)
        if written in {"time.sleep", "sleep", "QThread.sleep", "QThread.msleep", "QTest.qWait"}
    ]
    assert slept == []


def test_pythons_garbage_is_collected_in_one_place() -> None:
    """On the window's thread: on another one the collector would destroy widgets there.

    The command line, which has no window and which none uses, only lets it stand still.
    """
    asked = [
        (path, f"{name_of(path)}:{line} {call}")
        for path in MODULES
        if path != PACKAGE / "gui" / "collecting.py"
        for call, line in calls(path)
        if call.startswith("gc.")
    ]
    elsewhere = [told for path, told in asked if path != PACKAGE / "cli" / "collecting.py"]
    assert elsewhere == []
    used = {told.rpartition(" ")[2] for _, told in asked}
    assert used <= {"gc.isenabled", "gc.disable", "gc.enable"}


def test_only_the_application_itself_runs_an_event_loop() -> None:
    loops = [
        f"{name_of(path)}:{line}"
        for path in (PACKAGE / "gui").rglob("*.py")
        if path != PACKAGE / "gui" / "app.py"
        for written, line in calls(path)
        if written.split(".")[-1] in {"exec", "exec_"}
    ]
    assert loops == [], "dialogs are opened with open() and answer by a signal"


def test_no_window_names_a_colour() -> None:
    colours = [
        f"{name_of(path)}:{line} {text}"
        for path in (PACKAGE / "gui").rglob("*.py")
        for text, line in strings(path)
        if HEX_COLOUR.search(text)
    ]
    assert colours == [], "a widget asks the theme for a meaning"
