"""The generator of registries: what the services would have written, and worth counting."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from aml_maint.domain.cohort_member import LastKnown
from aml_maint.domain.endpoints import Endpoint
from aml_maint.domain.moment import Moment
from aml_maint.services.clock import SetClock
from aml_maint.services.cohort import cohort
from aml_maint.services.demo_step import NURSE
from aml_maint.services.local_zone import DEFAULT_ZONE
from aml_maint.services.workplace import Workplace
from aml_maint.store import engine, replay
from aml_maint.store.database import Store
from tests.benchmarks import scale_registry
from tests.benchmarks.scale_ward import NOW, PASSPHRASE


@pytest.fixture(autouse=True)
def _quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "KDF_ITERATIONS", 1_000)


def test_a_registry_passes_every_check_of_opening_and_holds_outcomes(tmp_path: Path) -> None:
    path, people = tmp_path / "registry.amldb", 14
    scale_registry.build(path, people, stories=7).close()
    with Store.open(path, PASSPHRASE) as store:
        assert store.integrity(full=True)
        assert replay.verify_chain(store).ok
        place = Workplace(store, SetClock(Moment.at(NOW, DEFAULT_ZONE)), NURSE, DEFAULT_ZONE)
        found = cohort(place)
    members = found.members
    assert len(members) == people and len({member.label for member in members}) == people
    assert {member.last_known for member in members} >= {LastKnown.ALIVE, LastKnown.DEAD}
    assert len(found.regimens) > 1 and len({member.sex for member in members}) > 1
    # Of who is on therapy every copy is; the others' stories were moved to other years.
    running = [one for one in members if one.fate.maintenance_from >= date(2025, 3, 1)]
    assert len(running) >= 2 and min(m.fate.maintenance_from for m in members) < date(2020, 1, 1)
    outcome = found.outcome(Endpoint.RFS_ANY)
    assert 0 < outcome.events < outcome.n == people
    assert found.toxicity.incidence
