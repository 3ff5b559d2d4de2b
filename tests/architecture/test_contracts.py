"""The import contracts of pyproject.toml hold, and each of them bites."""

from __future__ import annotations

import itertools
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
    "contracts"
]
FORBIDDING = [contract for contract in CONTRACTS if contract["type"] == "forbidden"]
LAYERS = next(contract for contract in CONTRACTS if contract["type"] == "layers")["layers"]


def lint(folder: Path, *contracts: str) -> tuple[bool, str]:
    """Whether import-linter finds nothing in that copy, and what it prints."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run"]
    command[-1] += "; run()"
    limits = [word for contract in contracts for word in ("--contract", contract)]
    done = subprocess.run(
        [*command, "--no-cache", *limits], cwd=folder, capture_output=True, text=True, check=False
    )
    assert "Traceback" not in done.stderr, done.stderr
    # Long chains are wrapped; single spaces make them easy to look for.
    return done.returncode == 0, " ".join(done.stdout.split())


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The package and its contracts, free to be spoilt."""
    shutil.copytree(
        ROOT / "aml_maint",
        tmp_path / "aml_maint",
        ignore=shutil.ignore_patterns("__pycache__", "_resources"),
    )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def plant(copy: Path, source: str, imported: str) -> str:
    """Adds an import to a module, or to a new module of a package; the spoilt module's name."""
    place = copy.joinpath(*source.split("."))
    if place.is_dir():
        place, source = place / "planted.py", f"{source}.planted"
    else:
        place = place.with_suffix(".py")
    before = place.read_text("utf-8") if place.exists() else ""
    place.write_text(f"{before}\nimport {imported}\n", "utf-8")
    return source


def test_the_package_keeps_every_contract() -> None:
    kept, report = lint(ROOT)
    assert kept, report


def test_each_forbidden_import_is_found_in_each_part_that_must_not_have_it(copy: Path) -> None:
    planted = [
        (plant(copy, source, imported), imported)
        for contract in FORBIDDING
        for source in contract["source_modules"]
        for imported in contract["forbidden_modules"]
    ]
    kept, report = lint(copy, *(contract["id"] for contract in FORBIDDING))
    assert not kept
    unseen = [pair for pair in planted if f"{pair[0]} -> {pair[1]} (l." not in report]
    assert not unseen
    for contract in FORBIDDING:
        assert f"{contract['name']} BROKEN" in report


def test_an_import_upwards_is_found_at_every_step_between_layers(copy: Path) -> None:
    names = [layer.split(" | ") for layer in LAYERS]
    planted = []
    for upper, lower in itertools.pairwise(names):
        for name in lower:
            imported = f"aml_maint.{upper[0]}"
            planted.append((plant(copy, f"aml_maint.{name}", imported), imported))
    kept, report = lint(copy, "layers")
    assert not kept
    assert not [pair for pair in planted if f"{pair[0]} -> {pair[1]} (l." not in report]


@pytest.mark.parametrize("layer", [layer for layer in LAYERS if " | " in layer])
def test_siblings_of_one_layer_may_not_import_each_other(copy: Path, layer: str) -> None:
    one, other = layer.split(" | ")
    spoilt = plant(copy, f"aml_maint.{one}", f"aml_maint.{other}")
    kept, report = lint(copy, "layers")
    assert not kept
    assert f"{spoilt} -> aml_maint.{other} (l." in report


def test_a_module_outside_the_declared_layers_is_refused(copy: Path) -> None:
    (copy / "aml_maint" / "stray.py").write_text("", "utf-8")
    kept, report = lint(copy, "layers")
    assert not kept
    assert "stray" in report
