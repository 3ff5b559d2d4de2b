"""What only a running interpreter can show: what gets loaded, and a fault of a Qt release."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QObject

ROOT = Path(__file__).resolve().parents[2]
QT = {"PySide6", "shiboken6"}
SQL = {"sqlite3", "sqlcipher3", "sqlite_utils"}
HEAVY = {"numpy", "pandas", "matplotlib", "scipy"}


def loaded_by(module: str) -> set[str]:
    """The top-level modules that a fresh interpreter holds after importing that one."""
    code = (
        f"import json, sys, {module}; "
        "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(json.loads(done.stdout))


def domain_modules() -> list[str]:
    folder = ROOT / "aml_maint" / "domain"
    return [f"aml_maint.domain.{path.stem}" for path in sorted(folder.glob("[!_]*.py"))]


def test_the_whole_domain_loads_without_qt_and_without_a_database() -> None:
    loaded = loaded_by(", ".join(domain_modules()))
    assert loaded & (QT | SQL | HEAVY) == set()
    assert "aml_maint" in loaded


@pytest.mark.parametrize("module", ["aml_maint.cli", "aml_maint.services", "aml_maint.reports"])
def test_commands_services_and_reports_load_without_qt(module: str) -> None:
    assert loaded_by(module) & QT == set()


def test_reading_the_version_loads_nothing_else() -> None:
    assert loaded_by("aml_maint") & (QT | SQL | HEAVY | {"platformdirs"}) == set()


def test_calls_into_qt_do_not_use_up_references_of_none() -> None:
    # PySide6 6.12.0 on Python 3.11 drops one reference in each call that returns nothing, and
    # the process aborts after some thousand of them.
    thing = QObject()
    before = sys.getrefcount(None)
    for _ in range(100):
        thing.setObjectName("x")
    assert sys.getrefcount(None) > before - 50
