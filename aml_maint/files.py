"""The one door to the program's resources and to the user's folders."""

from __future__ import annotations

import sys
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import platformdirs

WARD_FILE = ".amldb"
"""How the name of a ward file ends."""
_PACKAGE = Path(__file__).resolve().parent


@cache
def resources() -> Path:
    """The resources folder: inside the package when installed, beside it in a source tree."""
    installed = _PACKAGE / "_resources"
    return installed if installed.is_dir() else _PACKAGE.parent / "resources"


def resource(*parts: str) -> Path:
    """The path of one resource; FileNotFoundError when it is not shipped (a bug)."""
    path = resources().joinpath(*parts)
    if not path.exists():
        raise FileNotFoundError("/".join(parts))
    return path


def read_toml(*parts: str) -> dict[str, Any]:
    """A TOML resource as plain data."""
    return tomllib.loads(resource(*parts).read_text("utf-8"))


def listing(*parts: str, suffix: str) -> list[Path]:
    """The resource files of a folder with that suffix, in name order."""
    return sorted(path for path in resource(*parts).iterdir() if path.name.endswith(suffix))


def is_frozen() -> bool:
    """Is this a program of its own, with its Python inside, and not run by one?"""
    return bool(getattr(sys, "frozen", False))


def program() -> list[str]:
    """What to start for another process of this program."""
    return [sys.executable] if is_frozen() else [sys.executable, "-m", "aml_maint"]


def user_data() -> Path:
    """Where a person's ward file and backups lie unless they choose another place."""
    return platformdirs.user_data_path("aml_maint", appauthor=False)


def default_database() -> Path:
    """The ward file that is opened when none is named."""
    return user_data() / "ward.amldb"


def log_file() -> Path:
    """Where the program notes what became of it; no patient's data goes there."""
    return platformdirs.user_log_path("aml_maint", appauthor=False) / "aml_maint.log"


def meeting_folder() -> Path:
    """Where a second start of the program meets the first one."""
    return platformdirs.user_cache_path("aml_maint", appauthor=False) / "windows"


def demo_folder() -> Path:
    """Where the synthetic demo ward is built: never in the folder of real data."""
    return platformdirs.user_cache_path("aml_maint", appauthor=False)
