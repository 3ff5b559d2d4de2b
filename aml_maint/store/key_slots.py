"""The key of a ward file, locked once for each person who may open it.

The database key is random and never changes. A small file beside the ward file holds it once per
slot, encrypted under one person's passphrase (Argon2id, then AES-256-GCM). So people come and go
and change their passphrases without a byte of the ward file being encrypted again, and the ward
file alone is noise to everybody.
"""

from __future__ import annotations

import base64
import json
import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import uuid4

from aml_maint.domain.errors import BadInput, StorageProblem
from aml_maint.domain.messages import say
from aml_maint.store import disk

_VERSION = 1
_KEY_BYTES = 32
_NONCE_BYTES = 12
_SALT_BYTES = 16
_LARGEST_FILE = 1_000_000  # bytes


@dataclass(frozen=True)
class Cost:
    """How much work one guess at a passphrase is: Argon2id passes, KiB of memory, lanes."""

    passes: int
    memory: int
    lanes: int


# The second recommended choice of RFC 9106: 64 MiB. About 0.1 s here.
COST = Cost(3, 65_536, 4)


class SlotKind(StrEnum):
    """Whose slot it is: an account's, or the printed recovery key's."""

    ACCOUNT = "account"
    RECOVERY = "recovery"


@dataclass(frozen=True)
class Slot:
    """The database key under one passphrase, and how often that was guessed wrong since."""

    id: str
    name: str
    kind: SlotKind
    cost: Cost
    salt: bytes
    sealed: bytes
    failures: int = 0
    failed_at: datetime | None = None


@dataclass(frozen=True)
class KeyFile:
    """All slots of one ward file."""

    ward: str
    slots: tuple[Slot, ...] = field(default=())

    def named(self, name: str) -> Slot | None:
        """The account's slot of a sign-in name, however its letters are cased."""
        wanted = sign_in_form(name)
        accounts = (slot for slot in self.slots if slot.kind is SlotKind.ACCOUNT)
        return next((slot for slot in accounts if sign_in_form(slot.name) == wanted), None)

    @property
    def recovery(self) -> Slot | None:
        """The slot of the recovery key; None if none was made."""
        return next((slot for slot in self.slots if slot.kind is SlotKind.RECOVERY), None)

    def with_slot(self, slot: Slot) -> KeyFile:
        """The same with a slot added, or put in the place of the one with its id."""
        others = tuple(one for one in self.slots if one.id != slot.id)
        return replace(self, slots=(*others, slot))

    def without(self, ids: Iterable[str]) -> KeyFile:
        """The same without some slots."""
        gone = set(ids)
        return replace(self, slots=tuple(one for one in self.slots if one.id not in gone))


class WrongPassphrase(StorageProblem):
    """The passphrase does not open the slot."""

    def __init__(self) -> None:
        super().__init__(
            say("keys.wrong_passphrase"), hint=say("keys.wrong_passphrase.hint"),
            field="passphrase",
        )  # fmt: skip


def path_of(ward: Path) -> Path:
    """Where the key file of a ward file, or of a backup, lies."""
    return ward.with_name(f"{ward.name}.keys")


def new_key() -> str:
    """A random database key in the engine's form for a key that is no passphrase."""
    return f"x'{secrets.token_bytes(_KEY_BYTES).hex()}'"


def new_file() -> KeyFile:
    """A key file without slots, for a new ward file."""
    return KeyFile(str(uuid4()))


def sign_in_form(name: str) -> str:
    """A sign-in name as it is compared: case and ways of typing a letter make no difference."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def seal(
    keys: KeyFile, key: str, name: str, passphrase: str, kind: SlotKind, id: str | None = None
) -> Slot:
    """A slot that holds the database key under a passphrase, at today's cost."""
    slot = Slot(id or str(uuid4()), name, kind, COST, secrets.token_bytes(_SALT_BYTES), b"")
    nonce = secrets.token_bytes(_NONCE_BYTES)
    raw = bytes.fromhex(key[2:-1])
    return replace(
        slot, sealed=nonce + _cipher(slot, passphrase).encrypt(nonce, raw, _bound(keys, slot))
    )


def unseal(keys: KeyFile, slot: Slot, passphrase: str) -> str:
    """The database key of a slot. WrongPassphrase, also for a slot that was tampered with."""
    from cryptography.exceptions import InvalidTag

    nonce, sealed = slot.sealed[:_NONCE_BYTES], slot.sealed[_NONCE_BYTES:]
    try:
        raw = _cipher(slot, passphrase).decrypt(nonce, sealed, _bound(keys, slot))
    except InvalidTag as error:
        raise WrongPassphrase from error
    return f"x'{raw.hex()}'"


def read(ward: Path) -> KeyFile | None:
    """The key file beside a ward file; None without one, StorageProblem if it is damaged."""
    path = path_of(ward)
    try:
        if not path.exists():
            return None
        if path.stat().st_size > _LARGEST_FILE:
            raise ValueError("too large")
        return _parsed(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise StorageProblem(
            say("keys.unreadable", file=path.name), hint=say("keys.unreadable.hint")
        ) from error


def write(ward: Path, keys: KeyFile) -> None:
    """Put the key file beside a ward file, whole or not at all, readable by its owner only."""
    with disk.file_problems(path_of(ward)):
        disk.write_private(path_of(ward), _text(keys))


def _cipher(slot: Slot, passphrase: str) -> Any:
    from argon2.low_level import Type, hash_secret_raw
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    text = unicodedata.normalize("NFKC", passphrase)
    if not text.strip():
        raise BadInput(say("store.passphrase_empty"), field="passphrase")
    secret = hash_secret_raw(
        text.encode("utf-8", "surrogatepass"), slot.salt, time_cost=slot.cost.passes,
        memory_cost=slot.cost.memory, parallelism=slot.cost.lanes, hash_len=_KEY_BYTES,
        type=Type.ID,
    )  # fmt: skip
    return AESGCM(secret)


def _bound(keys: KeyFile, slot: Slot) -> bytes:
    """What a slot is bound to: moved to another ward, person or kind, it no longer opens."""
    return "\n".join(("aml_maint key 1", keys.ward, slot.id, slot.name, slot.kind)).encode()


def _text(keys: KeyFile) -> bytes:
    content = {
        "version": _VERSION,
        "ward": keys.ward,
        "slots": [
            {
                "id": slot.id,
                "name": slot.name,
                "kind": slot.kind.value,
                "argon2id": [slot.cost.passes, slot.cost.memory, slot.cost.lanes],
                "salt": base64.b64encode(slot.salt).decode(),
                "sealed": base64.b64encode(slot.sealed).decode(),
                "failures": slot.failures,
                "failed_at": slot.failed_at.isoformat() if slot.failed_at else None,
            }
            for slot in keys.slots
        ],
    }
    return json.dumps(content, indent=1, ensure_ascii=False).encode() + b"\n"


def _parsed(content: Any) -> KeyFile:
    if content["version"] != _VERSION:
        raise ValueError("another version")
    return KeyFile(
        str(content["ward"]),
        tuple(
            Slot(
                str(slot["id"]),
                str(slot["name"]),
                SlotKind(slot["kind"]),
                _cost(slot["argon2id"]),
                base64.b64decode(slot["salt"], validate=True),
                base64.b64decode(slot["sealed"], validate=True),
                int(slot["failures"]),
                datetime.fromisoformat(slot["failed_at"]) if slot["failed_at"] else None,
            )
            for slot in content["slots"]
        ),
    )


def _cost(numbers: list[int]) -> Cost:
    """The cost that a slot names; ValueError for one that would hang or exhaust this computer."""
    cost = Cost(*numbers)
    if not (1 <= cost.passes <= 20 and 8 <= cost.memory <= 1_048_576 and 1 <= cost.lanes <= 16):
        raise ValueError("not a cost")
    return cost
