"""Where a passphrase comes from, in order, and what a new one needs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail, null
from keyring.errors import KeyringLocked

from aml_maint.domain.errors import BadInput, StorageProblem
from aml_maint.services import passphrase

SECRET = "correct horse battery"


class Memory(KeyringBackend):
    """A keyring that keeps what it is given."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password


class Locked(Memory):
    """A keyring that its owner did not unlock."""

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked

    def set_password(self, service: str, username: str, password: str) -> None:
        raise KeyringLocked


@pytest.fixture(autouse=True)
def _keyring() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(null.Keyring())
    yield
    keyring.set_keyring(before)


@pytest.fixture
def ward(tmp_path: Path) -> Path:
    return tmp_path / "ward.amldb"


def test_the_file_comes_before_the_environment_and_that_before_the_keyring(
    ward: Path, tmp_path: Path
) -> None:
    keyring.set_keyring(Memory())
    passphrase.remember(ward, "from the keyring")
    file = tmp_path / "secret"
    file.write_text("from the file\r\n")
    environment = {passphrase.VARIABLE: "from the environment"}
    assert passphrase.find(ward, file, environment) == "from the file"
    assert passphrase.find(ward, None, environment) == "from the environment"
    assert passphrase.find(ward, None, {passphrase.VARIABLE: ""}) == "from the keyring"
    assert passphrase.find(ward, None, {}) == "from the keyring"


def test_the_keyring_keeps_one_passphrase_for_each_file(ward: Path) -> None:
    backend = Memory()
    keyring.set_keyring(backend)
    passphrase.remember(ward, SECRET)
    assert backend.kept == {("aml_maint", str(ward.resolve())): SECRET}
    assert passphrase.find(ward.with_name("other.amldb"), None, {}) is None


@pytest.mark.parametrize("backend", [null.Keyring, fail.Keyring, Locked])
def test_without_a_keyring_that_works_somebody_has_to_be_asked(
    ward: Path, backend: type[KeyringBackend]
) -> None:
    keyring.set_keyring(backend())
    assert passphrase.find(ward, None, {}) is None
    with pytest.raises(StorageProblem):
        passphrase.remember(ward, SECRET)


def test_a_keyring_that_is_not_installed_or_broken_is_like_none(
    ward: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken(Memory):
        """A keyring whose service is gone."""

        def get_password(self, service: str, username: str) -> str | None:
            raise ConnectionRefusedError("no bus")

        set_password = get_password  # type: ignore[assignment]

    keyring.set_keyring(Broken())
    assert passphrase.find(ward, None, {}) is None
    monkeypatch.setitem(sys.modules, "keyring", None)
    monkeypatch.setitem(sys.modules, "keyring.errors", None)
    assert passphrase.find(ward, None, {}) is None
    with pytest.raises(StorageProblem):
        passphrase.remember(ward, SECRET)


@pytest.mark.parametrize(
    "content",
    [
        SECRET.encode(),
        SECRET.encode() + b"\r\n",
        b"\xef\xbb\xbf" + SECRET.encode() + b"\n\n",
        ("\ufeff" + SECRET + "\r\n").encode("utf-16-le"),  # PowerShell's >
        ("\ufeff" + SECRET + "\n").encode("utf-16-be"),
    ],
)
def test_a_passphrase_file_is_read_as_each_system_writes_it(
    ward: Path, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "secret"
    file.write_bytes(content)
    assert passphrase.find(ward, file, {}) == SECRET


@pytest.mark.parametrize("content", [b"", b"\n", b"  \n", b"one\ntwo\n", b"\xff\xfe", b"x" * 5_000])
def test_a_passphrase_file_holds_one_line_of_text(
    ward: Path, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "secret"
    file.write_bytes(content)
    with pytest.raises(BadInput):
        passphrase.find(ward, file, {})


def test_a_passphrase_file_keeps_its_blanks_and_loses_its_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_bytes(b"\xef\xbb\xbf" + " 口令 with blanks \n".encode())
    assert passphrase.from_file(file) == " 口令 with blanks "


@pytest.mark.parametrize("folder", [".", "missing/secret"])
def test_a_passphrase_file_that_can_not_be_read_is_named(tmp_path: Path, folder: str) -> None:
    with pytest.raises(BadInput) as refused:
        passphrase.from_file(tmp_path / folder)
    assert refused.value.field == "passphrase_file"


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ("velvet-otter-5", False),
        ("velvet-otter-57", True),
        ("velvet-otter-5 ", False),
        ("", False),
        ("晚风吹过白色屋顶和一条安静小河", True),
    ],
)
def test_a_new_passphrase_has_15_characters_of_any_kind(text: str, accepted: bool) -> None:
    if accepted:
        passphrase.check_new(text)
    else:
        with pytest.raises(BadInput):
            passphrase.check_new(text)


@pytest.mark.parametrize(
    "text",
    [
        "x" * 15,
        "口" * 15,
        "abababababababab",
        "123456789012345",
        "qwertyuiopasdfghjkl",
        "lkjhgfdsapoiuytrewq",
        "Correct Horse Battery Staple",
        "password-1234567890",
        "Li Na Li Na Li Na Li Na",
        "LiNa-LiNa-12345",
    ],
)
def test_a_passphrase_that_is_guessed_first_is_refused_however_long(text: str) -> None:
    with pytest.raises(BadInput) as refused:
        passphrase.check_new(text, "Li Na")
    assert refused.value.message.key == "passphrase.guessed"


def test_a_passphrase_may_hold_the_name_of_its_owner_beside_enough_else() -> None:
    passphrase.check_new("Li Na walks her seven dogs", "Li Na")
