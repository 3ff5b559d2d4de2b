"""What the program is: its version, what it is made of under which licences, where it runs."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from aml_maint import __version__, files
from aml_maint.store import engine, migrations

# What libraries call licences that have no short name of their own.
_OWN_NAME = "LicenseRef-"


@dataclass(frozen=True)
class Part:
    """Something that the program is made of; `inside` names the parts that bring it.

    A part without versions has that of what brings it. The program itself is the first.
    """

    name: str
    versions: tuple[str, ...]
    inside: tuple[str, ...]
    licence: str
    page: str
    texts: tuple[str, ...]

    @property
    def text(self) -> str:
        """The full licence, as its makers wrote it."""
        read = (files.resource("licences", "texts", name).read_text("utf-8") for name in self.texts)
        return "\n\n".join(read)


@cache
def parts() -> tuple[Part, ...]:
    """Every part by its name, the program before them."""
    here = {"aml_maint": [__version__], "Python": [platform.python_version()]}
    return tuple(
        Part(
            part["name"], tuple(here.get(part["name"], part["versions"])), tuple(part["in"]),
            part["licence"].replace(_OWN_NAME, ""), part["page"], tuple(part["texts"]),
        )
        for part in files.read_toml("licences", "parts.toml")["part"]
    )  # fmt: skip


def schema() -> int:
    """The version of the tables in the ward files that this program writes."""
    return migrations.latest()


def versions(qt: str) -> tuple[tuple[str, str], ...]:
    """What a fault may depend on, by name and version; `qt` is told by whoever has it."""
    return (
        ("aml_maint", __version__),
        ("schema", str(schema())),
        ("Python", platform.python_version()),
        ("Qt", qt),
        ("SQLite", engine.sqlite_version()),
        ("system", f"{platform.system()} {platform.release()}"),
        ("machine", platform.machine()),
        ("package", "standalone" if files.is_frozen() else "Python"),
    )


def diagnostics(qt: str, more: Iterable[tuple[str, str]]) -> str:
    """Facts for whoever maintains the program: no patient, no person, no name of a file."""
    return "".join(f"{name}: {value}\n" for name, value in (*versions(qt), *more))
