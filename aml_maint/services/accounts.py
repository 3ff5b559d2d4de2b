"""The people of a ward: their accounts, roles and passphrases, and the recovery key."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

from aml_maint.domain.account import Account, check_someone_manages
from aml_maint.domain.command import Actor, Command, Role
from aml_maint.domain.errors import BadInput, Refused, StorageProblem
from aml_maint.domain.messages import Language, say
from aml_maint.services import passphrase, sign_in
from aml_maint.services.changes import Changes, Touched
from aml_maint.services.language import catalogue
from aml_maint.services.sign_in import Unlocked
from aml_maint.services.workplace import Workplace
from aml_maint.store import accounts, key_slots, location
from aml_maint.store.database import Store
from aml_maint.store.key_slots import KeyFile, SlotKind
from aml_maint.store.transaction import Transaction

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's, without look-alikes
_GROUPS, _GROUP = 8, 4  # 160 bits


def create_with(path: Path, own_passphrase: str, account: Account, creation: Command) -> Store:
    """A new ward file and its key file, with the account of the person who makes it.

    Raises StorageProblem if either is there already, BadInput for a weak passphrase.
    """
    passphrase.check_new(own_passphrase, account.name)
    if key_slots.path_of(path).exists():
        file = str(key_slots.path_of(path))
        raise StorageProblem(say("store.exists", file=file), hint=say("keys.left_behind.hint"))
    key, keys = key_slots.new_key(), key_slots.new_file()
    slot = key_slots.seal(keys, key, account.name, own_passphrase, SlotKind.ACCOUNT, account.id)
    place = location.new_place(path)
    key_slots.write(place, keys.with_slot(slot))
    try:
        return Store.create(
            place, key, "ward", command=creation,
            first=lambda transaction: accounts.add(transaction, account),
        )  # fmt: skip
    except BaseException:
        key_slots.path_of(place).unlink(missing_ok=True)
        raise


def signed_in(place: Workplace, unlocked: Unlocked, *, announce: bool) -> Actor:
    """The person whose passphrase opened the file. Refused if their account was ended.

    In a file that is still being checked the sign-in is recorded when that has passed.
    """
    account = accounts.account(place.store, unlocked.account or "")
    if account is None or not account.is_active:
        raise Refused(say("accounts.ended"))
    actor = account.actor(place.actor.workstation)
    if announce or unlocked.failures:
        now = place.clock.now()

        def record() -> None:
            place.acting_as(actor).write(
                "sign_in",
                lambda transaction: transaction.note({"failed_before": unlocked.failures}),
                touched=Touched.ACCOUNTS,
                occurred=now,
            )

        place.store.check.then(record, owed=True)
    return actor


def switch_to(place: Workplace, name: str, typed: str) -> Actor:
    """Let another person, or the same one, sit down at an open file; recorded as a sign-in.

    Raises WrongPassphrase, and Refused while they have to wait after wrong tries.
    """
    slot = None if (keys := key_slots.read(place.store.path)) is None else keys.named(name)
    account = confirm_person(place, name, typed)
    unlocked = Unlocked("", account.id, slot.failures if slot else 0)
    return signed_in(place, unlocked, announce=True)


def accounts_of(place: Workplace) -> tuple[Account, ...]:
    """Every account of the ward, those that were retired too."""
    return accounts.all_accounts(place.store)


def account_of(place: Workplace, name: str) -> Account | None:
    """The active account of a name, however its letters are cased; None if there is none."""
    return next((a for a in accounts_of(place) if a.is_active and _is(a, name)), None)


def add_account(
    place: Workplace,
    name: str,
    roles: Sequence[Role],
    first_passphrase: str,
    command_id: UUID | None = None,
) -> Changes:
    """Let another person open the file. BadInput for a name in use or a weak passphrase."""
    if (done := place.done_before(command_id, "add_account")) is not None:
        return done
    account = Account(str(uuid4()), " ".join(name.split()), tuple(roles))
    keys = _keys(place)
    wanted = key_slots.sign_in_form(account.name)
    # Records name people by name: that of one who left is not given to another.
    if any(key_slots.sign_in_form(known.name) == wanted for known in accounts_of(place)):
        raise BadInput(say("accounts.name_taken", name=account.name), field="name")
    passphrase.check_new(first_passphrase, account.name)
    slot = key_slots.seal(
        keys, place.store.key, account.name, first_passphrase, SlotKind.ACCOUNT, account.id
    )
    return _write(
        place, "add_account", command_id, "",
        lambda transaction: accounts.add(transaction, account), keys.with_slot(slot),
    )  # fmt: skip


def change_roles(
    place: Workplace,
    account_id: str,
    roles: Sequence[Role],
    reason: str,
    command_id: UUID | None = None,
) -> Changes:
    """Give a person other roles. Refused if no administrator would be left."""
    if (done := place.done_before(command_id, "change_account")) is not None:
        return done
    changed = replace(_active(place, account_id), roles=tuple(roles))
    _check_others(place, changed)
    return _write(
        place, "change_account", command_id, _reason(reason),
        lambda transaction: accounts.change(transaction, changed),
    )  # fmt: skip


def retire_account(
    place: Workplace, account_id: str, reason: str, command_id: UUID | None = None
) -> Changes:
    """End a person's access. Their name stays on what they recorded."""
    if (done := place.done_before(command_id, "retire_account")) is not None:
        return done
    retired = replace(_active(place, account_id), is_active=False)
    _check_others(place, retired)
    return _write(
        place, "retire_account", command_id, _reason(reason),
        lambda transaction: accounts.change(transaction, retired),
        _keys(place).without([account_id]),
    )  # fmt: skip


def change_passphrase(
    place: Workplace, old: str, new: str, command_id: UUID | None = None
) -> Changes:
    """Change one's own passphrase. WrongPassphrase if the old one is not it."""
    if (done := place.done_before(command_id, "change_passphrase")) is not None:
        return done
    account = confirm_person(place, place.actor.name, old)
    return _renew(place, account, new, "change_passphrase", "", command_id)


def reset_passphrase(
    place: Workplace, account_id: str, new: str, reason: str, command_id: UUID | None = None
) -> Changes:
    """Give a person who forgot theirs a new passphrase."""
    if (done := place.done_before(command_id, "reset_passphrase")) is not None:
        return done
    account = _active(place, account_id)
    return _renew(place, account, new, "reset_passphrase", _reason(reason), command_id)


def make_recovery_key(place: Workplace, command_id: UUID | None = None) -> tuple[Changes, str]:
    """A recovery key to print and lock away; an earlier one no longer opens the file."""
    keys = _keys(place)
    letters = "".join(secrets.choice(_LETTERS) for _ in range(_GROUPS * _GROUP))
    slot = key_slots.seal(keys, place.store.key, "recovery", letters, SlotKind.RECOVERY)
    kept = keys.without([keys.recovery.id] if keys.recovery else [])
    changes = _write(
        place, "make_recovery_key", command_id, "",
        lambda transaction: transaction.note({"slot": slot.id}), kept.with_slot(slot),
    )  # fmt: skip
    groups = (letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))
    return changes, "-".join(groups)


def has_recovery_key(place: Workplace) -> bool:
    """Was a recovery key made that still opens the file?"""
    keys = key_slots.read(place.store.path)
    return keys is not None and keys.recovery is not None


def recovery_sheet_pdf(place: Workplace, key: str, language: Language) -> tuple[str, bytes]:
    """The sheet with a recovery key, to print: a name for its file, and the PDF."""
    from aml_maint.reports.recovery_sheet import recovery_sheet  # seldom wanted, slow to load

    at, by = place.clock.now(), place.actor.name
    document = recovery_sheet(key, place.store.path.name, by, at, catalogue(language))
    return f"recovery-key-{at.local:%Y%m%d-%H%M}.pdf", document


def recover(place: Workplace, name: str, new: str) -> Changes:
    """Give an administrator a new passphrase in a file that the recovery key opened."""
    account = account_of(place, name)
    if account is None or not account.is_administrator:
        raise Refused(say("accounts.not_an_administrator", name=name), field="name")
    place = place.acting_as(account.actor(place.actor.workstation))
    return _renew(place, account, new, "reset_passphrase", "recovery key", None)


def confirm_person(place: Workplace, name: str, typed: str) -> Account:
    """Ask a person for their passphrase again, as before signing or witnessing.

    Raises WrongPassphrase, and Refused while they have to wait after wrong tries.
    """
    account = account_of(place, name)
    if account is None:
        raise StorageProblem(say("keys.no_account", name=name), field="name")
    sign_in.unlock(place.store.path, account.name, typed, place.clock.now().utc)
    return account


def _renew(
    place: Workplace, account: Account, new: str, action: str, reason: str, command_id: UUID | None
) -> Changes:
    passphrase.check_new(new, account.name)
    keys = _keys(place)
    slot = key_slots.seal(keys, place.store.key, account.name, new, SlotKind.ACCOUNT, account.id)
    return _write(
        place, action, command_id, reason,
        lambda transaction: transaction.note({"account": account.id}), keys.with_slot(slot),
    )  # fmt: skip


def _write(
    place: Workplace,
    action: str,
    command_id: UUID | None,
    reason: str,
    work: Callable[[Transaction], None],
    keys: KeyFile | None = None,
) -> Changes:
    """One write of the ward file together with its key file, which is put back if it fails."""
    with _key_file(place, keys) as put:

        def both(transaction: Transaction) -> None:
            work(transaction)
            put()

        return place.write(
            action, both, touched=Touched.ACCOUNTS, command_id=command_id, reason=reason
        )


@contextmanager
def _key_file(place: Workplace, keys: KeyFile | None) -> Iterator[Callable[[], None]]:
    before = key_slots.read(place.store.path)
    written = False

    def put() -> None:
        nonlocal written
        if keys is not None:
            key_slots.write(place.store.path, keys)
            written = True

    try:
        yield put
    except BaseException:
        if written and before is not None:
            key_slots.write(place.store.path, before)
        raise


def _keys(place: Workplace) -> KeyFile:
    keys = key_slots.read(place.store.path)
    if keys is None:
        raise Refused(say("accounts.none_here"), hint=say("accounts.none_here.hint"))
    return keys


def _active(place: Workplace, account_id: str) -> Account:
    account = accounts.account(place.store, account_id)
    if account is None or not account.is_active:
        raise BadInput(say("accounts.unknown"), field="account")
    return account


def _check_others(place: Workplace, changed: Account) -> None:
    others = [one for one in accounts_of(place) if one.id != changed.id]
    check_someone_manages([*others, changed])


def _is(account: Account, name: str) -> bool:
    return key_slots.sign_in_form(account.name) == key_slots.sign_in_form(name)


def _reason(reason: str) -> str:
    if not reason.strip():
        raise BadInput(say("error.reason_needed"), field="reason")
    return reason.strip()
