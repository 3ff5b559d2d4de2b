"""The key of a ward file opens by each person's own passphrase, and by nothing else."""

from __future__ import annotations

import json
import os
import stat
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aml_maint.domain.errors import BadInput, StorageProblem
from aml_maint.store import key_slots
from aml_maint.store.key_slots import Cost, KeyFile, Slot, SlotKind, WrongPassphrase

KEY = key_slots.new_key()
SECRET = "velvet otters at noon"


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_slots, "COST", Cost(1, 8, 1))


def filled(*people: tuple[str, str]) -> KeyFile:
    """A key file with a slot for each name and passphrase."""
    keys = key_slots.new_file()
    for name, secret in people:
        keys = keys.with_slot(key_slots.seal(keys, KEY, name, secret, SlotKind.ACCOUNT))
    return keys


def only(keys: KeyFile) -> Slot:
    """The only slot of a key file."""
    (slot,) = keys.slots
    return slot


def test_each_persons_passphrase_gives_the_same_key() -> None:
    keys = filled(("Li Na", SECRET), ("Wu Min", "nine quiet harbours"))
    assert [
        key_slots.unseal(keys, slot, secret)
        for slot, secret in zip(keys.slots, (SECRET, "nine quiet harbours"), strict=True)
    ] == [KEY, KEY]


@pytest.mark.parametrize("typed", ["velvet otters at Noon", "velvet otters at noon ", "x"])
def test_another_passphrase_gives_nothing(typed: str) -> None:
    keys = filled(("Li Na", SECRET))
    with pytest.raises(WrongPassphrase):
        key_slots.unseal(keys, only(keys), typed)


def test_an_empty_passphrase_is_no_passphrase() -> None:
    keys = filled(("Li Na", SECRET))
    with pytest.raises(BadInput):
        key_slots.unseal(keys, only(keys), "  ")


def test_the_same_letters_typed_in_another_way_open_it() -> None:
    keys = filled(("Li Na", "caf\u00e9 by the harbour"))
    assert key_slots.unseal(keys, only(keys), "cafe\u0301 by the harbour") == KEY


@pytest.mark.parametrize(
    "changed",
    [
        lambda slot: replace(slot, name="Wu Min"),
        lambda slot: replace(slot, id="another"),
        lambda slot: replace(slot, kind=SlotKind.RECOVERY),
        lambda slot: replace(slot, cost=Cost(2, 8, 1)),
        lambda slot: replace(slot, salt=bytes(16)),
        lambda slot: replace(slot, sealed=slot.sealed[:-1] + bytes([slot.sealed[-1] ^ 1])),
        lambda slot: replace(slot, sealed=slot.sealed[:-1]),
    ],
    ids=["name", "id", "kind", "cost", "salt", "one bit", "cut"],
)
def test_a_slot_that_was_tampered_with_does_not_open(changed: object) -> None:
    keys = filled(("Li Na", SECRET))
    assert callable(changed)
    slot = changed(only(keys))
    with pytest.raises(WrongPassphrase):
        key_slots.unseal(keys.with_slot(slot), slot, SECRET)


def test_a_slot_moved_to_another_ward_does_not_open() -> None:
    keys = filled(("Li Na", SECRET))
    with pytest.raises(WrongPassphrase):
        key_slots.unseal(replace(keys, ward="another"), only(keys), SECRET)


def test_two_slots_of_one_passphrase_have_nothing_in_common() -> None:
    first, second = filled(("Li Na", SECRET), ("Wu Min", SECRET)).slots
    assert first.salt != second.salt
    assert first.sealed != second.sealed


def test_the_key_file_comes_back_as_it_was_written(tmp_path: Path) -> None:
    ward = tmp_path / "ward.amldb"
    keys = filled(("李娜", SECRET))
    failed = replace(only(keys), failures=3, failed_at=datetime(2026, 3, 2, tzinfo=UTC))
    keys = keys.with_slot(failed)
    key_slots.write(ward, keys)
    assert key_slots.read(ward) == keys


@pytest.mark.skipif(sys.platform == "win32", reason="no such modes there")
def test_only_its_owner_can_read_the_key_file(tmp_path: Path) -> None:
    ward = tmp_path / "ward.amldb"
    key_slots.write(ward, filled(("Li Na", SECRET)))
    assert stat.S_IMODE(os.stat(key_slots.path_of(ward)).st_mode) == 0o600


def test_the_key_is_nowhere_in_the_key_file(tmp_path: Path) -> None:
    ward = tmp_path / "ward.amldb"
    key_slots.write(ward, filled(("Li Na", SECRET)))
    content = key_slots.path_of(ward).read_bytes()
    assert KEY[2:-1].encode() not in content
    assert SECRET.encode() not in content


def test_a_ward_without_a_key_file_has_none(tmp_path: Path) -> None:
    assert key_slots.read(tmp_path / "ward.amldb") is None


def spoilt(content: dict[str, object], **changes: object) -> bytes:
    """The file with something in it changed."""
    slots = content["slots"]
    assert isinstance(slots, list)
    return json.dumps({**content, "slots": [{**slots[0], **changes}]}).encode()


@pytest.mark.parametrize(
    "changes",
    [
        {"argon2id": [1, 99_999_999, 1]},
        {"argon2id": [1, 8]},
        {"salt": "not base64!"},
        {"kind": "guest"},
        {"failures": "many"},
        {"failed_at": "yesterday"},
    ],
    ids=lambda changes: str(*changes),
)
def test_a_damaged_key_file_is_told_and_never_guessed_at(
    tmp_path: Path, changes: dict[str, object]
) -> None:
    ward = tmp_path / "ward.amldb"
    key_slots.write(ward, filled(("Li Na", SECRET)))
    content = json.loads(key_slots.path_of(ward).read_text("utf-8"))
    key_slots.path_of(ward).write_bytes(spoilt(content, **changes))
    with pytest.raises(StorageProblem) as problem:
        key_slots.read(ward)
    assert problem.value.message.key == "keys.unreadable"


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff\xfe", b"null", b"x" * 1_000_001])
def test_a_file_that_is_no_key_file_is_told(tmp_path: Path, content: bytes) -> None:
    ward = tmp_path / "ward.amldb"
    key_slots.path_of(ward).write_bytes(content)
    with pytest.raises(StorageProblem):
        key_slots.read(ward)


@pytest.mark.parametrize("typed", ["li na", "LI  NA", " Li Na ", "Ｌｉ Ｎａ"])
def test_a_name_is_found_however_it_is_typed(typed: str) -> None:
    keys = filled(("Li Na", SECRET))
    assert keys.named(typed) == only(keys)


def test_the_recovery_key_is_no_account() -> None:
    keys = key_slots.new_file()
    keys = keys.with_slot(key_slots.seal(keys, KEY, "recovery", SECRET, SlotKind.RECOVERY))
    assert keys.named("recovery") is None
    assert keys.recovery is not None


def test_a_guess_costs_64_mib_and_three_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert Cost(passes=3, memory=65_536, lanes=4) == key_slots.COST
