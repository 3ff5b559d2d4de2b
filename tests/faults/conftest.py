"""A ward file for each test of the store, made and opened in milliseconds."""

from __future__ import annotations

import os
import time
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from aml_maint.store import engine
from aml_maint.store.database import Store
from tests.faults import tally
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


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what an earlier piece of the same run has done."""
    done = tally.passed()
    config.hook.pytest_deselected(items=[item for item in items if item.nodeid in done])
    items[:] = [item for item in items if item.nodeid not in done]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Note what came of a test, and stop when the time is up."""
    tally.begin()
    yield
    tally.keep(item.nodeid)
    if time.time() > float(os.environ.get(tally.UNTIL, "inf")):
        item.session.shouldstop = "the time is up"
