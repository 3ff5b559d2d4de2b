"""A real ward file for each test of a service."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from aml_maint.services.workplace import Workplace
from aml_maint.store import engine
from aml_maint.store.database import Store
from tests.builders import PASSPHRASE, a_ward


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workplace]:
    """A desk at a new, empty ward file at 07:05 on 2 March 2026."""
    monkeypatch.setattr(engine, "KDF_ITERATIONS", 1_000)
    with Store.create(tmp_path / "ward.amldb", PASSPHRASE, "ward") as store:
        yield a_ward(store)
