"""The disk fails, or is full, at the Nth operation, for every N: nothing saved is lost, no half."""

from __future__ import annotations

from pathlib import Path

import pytest

from aml_maint.store.database import Store
from tests.faults import flows, tally
from tests.faults.disk_tape import FULL, available
from tests.faults.failing import FailsAt, operations, run

pytestmark = pytest.mark.skipif(not available(), reason="this build hides the engine's VFS")


@pytest.mark.parametrize("batch", tally.BATCHES)
@pytest.mark.parametrize("name", flows.WRITES)
def test_whichever_operation_fails_what_is_told_of_a_write_is_true(
    path: Path, name: str, batch: int
) -> None:
    flow, built = flows.WRITES[name], flows.built(batch)
    count = operations(path, built, lambda fault: run(path, built, flow, fault))
    assert count > 20
    told = [
        run(path, built, flow, fault)
        for number in range(1, count + 1)
        for fault in (FailsAt(number), FailsAt(number, FULL, for_good=True))
    ]
    assert {True, False} <= set(told), "some fail before the point of no return, some after it"
    tally.tried("io_errors", len(told))


def test_a_store_that_takes_an_error_for_success_is_found_out(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control."""
    monkeypatch.setattr(Store, "_settle", lambda *_: None)
    built, found = flows.built(), 0
    count = operations(path, built, lambda fault: run(path, built, flows.give_dose, fault))
    for number in range(count - 8, count + 1):
        try:
            run(path, built, flows.give_dose, FailsAt(number))
        except AssertionError:
            found += 1
    tally.control("io_errors", found, 9)
