"""Where the passphrase of a ward file comes from when nobody types it, and what a new one needs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from aml_maint import files
from aml_maint.domain.errors import BadInput, StorageProblem
from aml_maint.domain.messages import say

SHORTEST = 15  # characters (design: no rule about which characters, but long)
VARIABLE = "AML_MAINT_PASSPHRASE"
_SERVICE = "aml_maint"
_FEWEST_LETTERS = 5
_LARGEST_FILE = 4096  # bytes; anything larger is another file than was meant


class PassphraseWanted(StorageProblem):
    """Nothing on this computer gives the passphrase: somebody must be asked for it."""

    def __init__(self) -> None:
        super().__init__(say("passphrase.wanted"), field="passphrase")


def find(database: Path, file: Path | None, environment: Mapping[str, str]) -> str | None:
    """The passphrase of a ward file: from a file, the environment or the system's keyring.

    None if none of them has it and somebody must be asked. BadInput for a file that holds none.
    """
    if file is not None:
        return from_file(file)
    return environment.get(VARIABLE) or _remembered(database)


def from_file(file: Path) -> str:
    """The only line of a text file; BadInput if it can't be read, is empty or holds more."""
    try:
        with file.open("rb") as opened:
            content = opened.read(_LARGEST_FILE + 1)
        # PowerShell's > writes UTF-16.
        wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
        text = content.decode("utf-16" if wide else "utf-8-sig")
    except (OSError, ValueError) as error:
        raise BadInput(
            say("passphrase.file_unreadable", file=str(file)), field="passphrase_file"
        ) from error
    lines = text.rstrip("\r\n").splitlines()
    if len(content) > _LARGEST_FILE or len(lines) != 1 or not lines[0].strip():
        raise BadInput(say("passphrase.file_not_one_line", file=str(file)), field="passphrase_file")
    return lines[0]


def check_new(passphrase: str, name: str = "") -> None:
    """BadInput if nobody should use this passphrase, least of all the person of that name.

    Long and not guessed first: no rule about which characters (NIST SP 800-63B, 5.1.1).
    """
    if len(passphrase.strip()) < SHORTEST:
        raise BadInput(
            say("passphrase.too_short", shortest=SHORTEST),
            hint=say("passphrase.too_short.hint"),
            field="passphrase",
        )
    bare = "".join(letter for letter in passphrase.casefold() if letter.isalnum())
    own = "".join(letter for letter in name.casefold() if letter.isalnum())
    left = bare.replace(own, "") if len(own) > 2 else bare
    guessed = len(set(bare)) < _FEWEST_LETTERS or bare in _blocked() or _is_run(bare)
    if guessed or len(left) < SHORTEST // 2:
        raise BadInput(
            say("passphrase.guessed"), hint=say("passphrase.too_short.hint"), field="passphrase"
        )


def _is_run(text: str) -> bool:
    """Is it keys in a row, or one short piece again and again?"""
    rows = ("0123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")
    endless = [row * 4 for row in rows] + [row[::-1] * 4 for row in rows]
    repeated = any(text == (text[:n] * len(text))[: len(text)] for n in range(1, 6))
    return repeated or any(text in keys for keys in endless)


@cache
def _blocked() -> frozenset[str]:
    lines = files.resource("passphrases.txt").read_text("utf-8").splitlines()
    return frozenset("".join(letter for letter in line if letter.isalnum()) for line in lines)


def remember(database: Path, passphrase: str) -> None:
    """Keep the passphrase in the system's keyring; StorageProblem if there is none to keep it."""
    try:
        import keyring

        keyring.set_password(_SERVICE, _account(database), passphrase)
        kept = keyring.get_password(_SERVICE, _account(database))
    except _keyring_errors() as error:
        raise StorageProblem(say("passphrase.no_keyring")) from error
    if kept != passphrase:  # the backend that keeps nothing says nothing either
        raise StorageProblem(say("passphrase.no_keyring"))


def _remembered(database: Path) -> str | None:
    try:
        import keyring

        return keyring.get_password(_SERVICE, _account(database))
    except _keyring_errors():
        # No keyring here, or it is locked and nobody unlocked it: there are other ways.
        return None


def _keyring_errors() -> tuple[type[Exception], ...]:
    """What is raised where there is no keyring, a broken one, or one that nobody unlocked."""
    try:
        from keyring.errors import KeyringError
    except ImportError:
        return (ImportError,)
    return (KeyringError, ImportError, OSError, RuntimeError)


def _account(database: Path) -> str:
    return str(database.resolve())
