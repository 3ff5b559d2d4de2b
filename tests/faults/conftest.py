"""A ward file for each test of the store, made and opened in milliseconds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from aml_maint.store import engine
from aml_maint.store.database import Store
from tests.store.rows import FEW_ROUNDS, PASSPHRASE


@pytest.fixture(autouse=True)
def quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys cost a thousandth of a second instead of a tenth."""
    monkeypatch.setattr(engine, "KDF_ITERATIONS", FEW_ROUNDS)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ward.amldb"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    """A new, empty ward file, open."""
    with Store.create(path, PASSPHRASE, "ward") as store:
        yield store
