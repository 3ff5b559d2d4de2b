"""The program ends after the Nth disk operation, for every N: what was called saved is there."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest

from aml_maint.domain.errors import StorageProblem
from aml_maint.store.database import Store
from tests.faults import flows, tally
from tests.faults.disk_tape import Op, available, quick_disk, recording
from tests.faults.failing import lay
from tests.faults.power import AfterCut, killed, lay_out

pytestmark = pytest.mark.skipif(not available(), reason="this build hides the engine's VFS")

FLOWS = {**flows.WRITES, "backup": flows.back_up}


def record(path: Path, name: str, batch: int) -> tuple[list[Op], dict[str, bytes]]:
    """The disk operations on the ward file while something is done, and the file before."""
    lay(path, flows.built(batch))
    command = uuid4()
    with recording() as tape, Store.open(path, flows.KEY, check=False) as store:
        FLOWS[name](flows.sit_down(store), command)
        if name in flows.WRITES:
            tape.acknowledge(str(command))
        store.close()
    ours = {path.name, f"{path.name}-journal"}
    return [op for op in tape.ops if op.kind == "ack" or op.name in ours], {
        path.name: flows.built(batch)
    }


def lost(found: AfterCut, folder: Path, name: str) -> bool:
    """Whether the file is not whole, or a command that was called saved is not in it."""
    lay_out(folder, found.files)
    try:
        with quick_disk(), Store.open(folder / name, flows.KEY) as store:
            known = {row["command_id"] for row in store.rows("SELECT command_id FROM audit")}
    except StorageProblem:
        return True
    return not found.acknowledged <= known


@pytest.mark.parametrize("batch", tally.BATCHES)
@pytest.mark.parametrize("name", FLOWS)
def test_the_program_may_end_after_any_operation_on_the_disk(
    path: Path, tmp_path: Path, name: str, batch: int
) -> None:
    ops, before = record(path, name, batch)
    states = list(killed(ops, before))
    gone = sum(lost(state, tmp_path / "after", path.name) for state in states)
    assert name == "backup" or states[-1].acknowledged
    tally.tried("killed_at_every_operation", len(states), lost=gone)


def test_a_promise_before_the_disk_has_it_is_found_out(path: Path, tmp_path: Path) -> None:
    """The control: acknowledged before the first byte is written, the same ends lose doses."""
    ops, before = record(path, "dose", 0)
    early = sorted(ops, key=lambda op: op.kind != "ack")
    states = list(killed(early, before))
    found = sum(lost(state, tmp_path / "after", path.name) for state in states)
    tally.control("killed_at_every_operation", found, len(states))
