"""The chapter of keys: `keys.toml`, held against the tables of keys in the window's code."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from aml_maint.domain.messages import LANGUAGES, Language
from tests.manual.table import Both, table

GUI = Path(__file__).parents[2] / "aml_maint" / "gui"
TITLE: Both = {"en": "Keys", "zh": "按键"}
STORY: Both = {
    "en": "Everything can be done without a mouse. Letters act where the keyboard is: in a list or"
    " on the flow sheet, not in a field that takes text.",
    "zh": "全部操作都可以不用鼠标。字母键在列表和流程表中起作用，在输入框中则是输入文字。",
}
COLUMNS: dict[str, tuple[str, ...]] = {"en": ("Key", "What it does"), "zh": ("按键", "作用")}
ARROWS = {"Left": "←", "Right": "→", "Up": "↑", "Down": "↓", "Return": "Enter"}


@cache
def places() -> list[dict[str, Any]]:
    """The places with their keys."""
    found: list[dict[str, Any]] = tomllib.loads(
        Path(__file__).with_name("keys.toml").read_text("utf-8")
    )["places"]
    return found


def declared(place: str = "") -> set[str]:
    """Every key of a place, or of all."""
    return {
        key
        for one in places()
        if place in ("", one["id"])
        for line in one["keys"]
        for key in line["keys"].split(" ")
    }


def sequences() -> set[str]:
    """Every key with Ctrl or Alt, and every F key, that the code of the window names."""
    found = set()
    for path in GUI.rglob("*.py"):
        if path.name == "help_window.py":
            continue  # the manual's own keys stand on its first page
        text = path.read_text("utf-8")
        for name in re.findall(r'"((?:Ctrl|Alt)\+[A-Za-z]+|F[0-9]+)"', text):
            head, plus, last = name.rpartition("+")
            found.add(head + plus + ARROWS.get(last, last))
        found |= {f"{name}+1" for name in re.findall(r'f"(Ctrl|Alt)\+\{number\}"', text)}
        found |= set(re.findall(r"Key_(F[0-9]+)\b", text))
    return found


def chapters() -> Iterator[tuple[str, str, str]]:
    """Language, name and text."""
    for language in LANGUAGES:
        yield language, "keys", _text(language)


def _text(language: Language) -> str:
    lines = [f"# {TITLE[language]}", "", STORY[language], ""]
    for place in places():
        lines += [f"## {place[language]} <!-- #{place['id']} -->", ""]
        rows = [[_keys(line["keys"]), line[language]] for line in place["keys"]]
        lines += table(COLUMNS[language], rows)
    return "\n".join(lines).rstrip() + "\n"


def _keys(written: str) -> str:
    def key(one: str) -> str:
        parts = [part or "+" for part in re.split(r"(?<=.)\+", one)]
        return "+".join(f"<kbd>{part}</kbd>" for part in parts)

    return " ".join(map(key, written.split(" ")))
