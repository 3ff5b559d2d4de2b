"""A call past the screen: each command in each role, and what only others may do is refused."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import aml_maint
from aml_maint.domain.command import Actor, Role
from aml_maint.domain.errors import Refused
from aml_maint.domain.roles import MATRIX
from aml_maint.services.changes import Touched
from aml_maint.services.workplace import Workplace
from aml_maint.store import audit
from aml_maint.store.database import Store
from aml_maint.store.transaction import Transaction
from tests.builders import a_ward
from tests.faults import tally
from tests.store.rows import PASSPHRASE, a_command, a_patient


def forge(transaction: Transaction) -> None:
    transaction.insert("patients", a_patient())


def test_a_forged_call_in_every_role_writes_nothing_and_is_recorded(path: Path) -> None:
    with Store.create(path, PASSPHRASE, "ward", durable=False) as store:
        tried, slipped = forge_all(a_ward(store))
        assert store.counts()["patients"] == 0
    tally.tried("forged_calls", tried, undetected=slipped)


def forge_all(place: Workplace) -> tuple[int, int]:
    """Every command in every role that may not; how many, and how many were not recorded so."""
    tried = slipped = 0
    for role in Role:
        desk = place.acting_as(Actor("Li Na", role, "pc"))
        for action, allowed in MATRIX.items():
            if role in allowed:
                continue
            before = place.store.head().sequence
            with pytest.raises(Refused):
                desk.write(action, forge, touched=Touched.PATIENTS)
            event = audit.event(place.store, before + 1)
            assert event is not None and place.store.head().sequence == before + 1
            recorded = (event.command.action, dict(event.note), event.changes)
            slipped += recorded != ("refused", {"action": action}, ())
            tried += 1
    return tried, slipped


def test_below_the_services_nobody_asks_for_a_role(store: Store) -> None:
    """The control: the table is asked by the services' door, not by luck."""
    with store.write(a_command()) as transaction:
        forge(transaction)
    tally.control("forged_calls", store.counts()["patients"])


def test_no_service_writes_past_the_door_that_asks_for_the_role() -> None:
    """Every service writes by `place.write`, never by `place.store.write`."""
    services = Path(aml_maint.__file__).parent / "services"
    past = [
        file.name
        for file in services.glob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "write"
        and isinstance(node.func.value, ast.Attribute)
        and node.func.value.attr == "store"
        and isinstance(node.func.value.value, ast.Name)
        and node.func.value.value.id == "place"
    ]
    assert past == []
