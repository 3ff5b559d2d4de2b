"""Collects the licences of everything that the program is made of into resources/licences.

    .venv/bin/python packaging/licences.py

Names and versions come from packaging/requirements.lock, licences and their texts from the
installed distributions, and what those lack from packaging/licences/parts.toml.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "packaging" / "requirements.lock"
OWN = ROOT / "packaging" / "licences"
TARGET = ROOT / "resources" / "licences"
TEXT = re.compile(r"(^|[/_.-])(licen[cs]es?|copying|notice)([/_.-]|$)", re.I)
PINNED = re.compile(r"^([a-z0-9._-]+)==([^ ;]+)", re.M)
LIBRARY_CODE = (".py", ".pyc", ".so", ".dll", ".pyd", ".spdx", ".json")
# Comes with sqlite-utils, which could install plugins with it; the program never does, and the
# frozen one leaves it out, with all that it holds.
NOT_TAKEN_APART = {"pip"}


def main() -> int:
    """Writes the list and the texts anew; the exit status."""
    own = tomllib.loads((OWN / "parts.toml").read_text("utf-8"))
    shutil.rmtree(TARGET, ignore_errors=True)
    texts = Texts(TARGET / "texts")
    parts = [*own_parts(own, texts), *distributions(own, texts)]
    parts.sort(key=lambda part: str(part["name"]).casefold())
    itself = texts.name_of((ROOT / "LICENSE").read_text("utf-8"), "aml_maint")
    parts.insert(0, {"name": "aml_maint", "versions": [], "in": [], "licence": "MIT",
                     "page": "", "texts": [itself]})  # fmt: skip
    head = "# Made by packaging/licences.py; not to be changed by hand.\n"
    (TARGET / "parts.toml").write_text(head + "".join(map(as_toml, parts)), "utf-8")
    size = sum(path.stat().st_size for path in TARGET.rglob("*.txt"))
    print(f"{len(parts)} parts, {len(texts.known)} texts, {size // 1024} kB")
    return 0


class Texts:
    """Each licence text once, however many parts are under it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.known: dict[str, str] = {}
        folder.mkdir(parents=True)

    def name_of(self, text: str, part: str) -> str:
        """The file that holds a text; the first part that has it gives it its name."""
        text = "\n".join(line.rstrip() for line in text.strip().splitlines()) + "\n"
        if text not in self.known:
            stem = re.sub(r"[^a-z0-9]+", "-", part.casefold()).strip("-")
            number = sum(1 for name in self.known.values() if name.startswith(f"{stem}-")) + 1
            self.known[text] = f"{stem}-{number}.txt"
            (self._folder / self.known[text]).write_text(text, "utf-8", newline="\n")
        return self.known[text]


def locked() -> dict[str, list[str]]:
    """Each distribution of the lock with its versions; some have one for older Pythons."""
    found: dict[str, list[str]] = {}
    for name, version in PINNED.findall(LOCK.read_text("utf-8")):
        found.setdefault(name, []).append(version)
    return found


def own_parts(own: dict[str, Any], texts: Texts) -> Iterator[dict[str, object]]:
    """What is inside a distribution under a name of its own."""
    for part in own["part"]:
        files = [texts.name_of((OWN / file).read_text("utf-8"), part["name"])
                 for file in part["texts"]]  # fmt: skip
        yield {
            "name": part["name"], "versions": [], "in": part.get("of", []),
            "licence": part["licence"], "page": part["page"], "texts": files,
        }  # fmt: skip


def distributions(own: dict[str, Any], texts: Texts) -> Iterator[dict[str, object]]:
    """The distributions of the lock."""
    for name, versions in locked().items():
        about, found = described(name)
        found = [*found, *((OWN / file).read_text("utf-8") for file in own["text"].get(name, []))]
        if not found:
            raise SystemExit(f"{name} brings no licence text: add it to packaging/licences")
        licence = own["licence"].get(name) or about.get("License-Expression")
        licence = licence or about.get("License", "")
        if not licence or "\n" in licence:
            raise SystemExit(f"{name} names no licence: add it to packaging/licences/parts.toml")
        yield {
            "name": name, "versions": versions, "in": [], "licence": licence,
            "page": own["page"].get(name) or page(about),
            "texts": list(dict.fromkeys(texts.name_of(text, name) for text in found)),
        }  # fmt: skip


def described(name: str) -> tuple[dict[str, Any], list[str]]:
    """The metadata and the licence texts of a distribution; nothing for one of another system."""
    try:
        found = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return {}, []
    files = [file for file in found.files or [] if is_text(name, str(file))]
    paths = (Path(str(found.locate_file(file))) for file in sorted(files, key=str))
    texts = [path.read_text("utf-8", "replace") for path in paths if path.is_file()]
    about: dict[str, Any] = dict(found.metadata.items())
    about["Project-URL"] = found.metadata.get_all("Project-URL") or []
    return about, texts


def is_text(name: str, file: str) -> bool:
    """Is a file of a distribution the text of a licence?"""
    if name in NOT_TAKEN_APART and "/src/" in file:
        return False
    return bool(TEXT.search(file)) and not file.endswith((*LIBRARY_CODE, "AUTHORS.txt"))


def page(about: dict[str, Any]) -> str:
    """Where a distribution is at home, as it says itself."""
    urls: Iterable[list[str]] = (url.split(", ", 1) for url in about.get("Project-URL", []))
    named = {label.casefold(): url for label, url in urls}
    for label in ("homepage", "home", "source", "repository", "source code", "github"):
        if label in named:
            return named[label]
    return str(about.get("Home-page") or next(iter(named.values()), ""))


def as_toml(part: dict[str, object]) -> str:
    """A part as a table of an array; what JSON writes here, TOML reads the same."""
    lines = (f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in part.items())
    return "\n[[part]]\n" + "".join(lines)


if __name__ == "__main__":
    sys.exit(main())
