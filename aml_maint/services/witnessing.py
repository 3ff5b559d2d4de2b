"""The second person of a dose, and whoever signs: present, and not only named.

Where a ward has accounts, a witness types their own passphrase, and so does a person who signs.
"""

from __future__ import annotations

from collections.abc import Iterable

from aml_maint.domain.administration import Administration
from aml_maint.domain.errors import BadInput, Refused, StorageProblem
from aml_maint.domain.injection import checked_witness, is_same_person
from aml_maint.domain.messages import Name, say
from aml_maint.services import accounts
from aml_maint.services.workplace import Workplace
from aml_maint.store import key_slots

# What signing in calls its fields, as the form of a dose calls them.
_FIELDS = {"name": "witness", "passphrase": "witness_passphrase"}


def asks_passphrases(place: Workplace) -> bool:
    """Does each person here have a passphrase of their own?"""
    return key_slots.read(place.store.path) is not None


def confirm_signer(place: Workplace, typed: str) -> None:
    """Ask whoever signs for their passphrase again, where people have one.

    Raises as `accounts.confirm_person` does, and BadInput for nothing typed.
    """
    if not asks_passphrases(place):
        return
    if not typed:
        raise BadInput(say("signing.passphrase_needed"), field="passphrase")
    accounts.confirm_person(place, place.actor.name, typed)


def confirmed_witness(
    place: Workplace,
    name: str | None,
    typed: str,
    drug: Name,
    *,
    needed: bool,
    replaced: Administration | None = None,
) -> str | None:
    """The witness to record. A correction keeps the witness of the record that it replaces.

    BadInput if one is needed and not named, is the recorder, has no account, or did not confirm
    it by their passphrase. Refused while they have to wait after wrong tries.
    """
    told = checked_witness(name, place.actor.name, drug, needed=needed)
    if told is None or not asks_passphrases(place):
        return told
    if replaced is not None and replaced.witness and is_same_person(replaced.witness, told):
        return replaced.witness
    if not typed:
        raise BadInput(
            say("injection.error.witness_passphrase", name=told), field="witness_passphrase"
        )
    try:
        return accounts.confirm_person(place, told, typed).name
    except StorageProblem as problem:
        if problem.field not in _FIELDS:
            raise
        field = _FIELDS[problem.field]
        raise BadInput(problem.message, hint=problem.hint, field=field) from problem
    except Refused as refused:
        raise BadInput(refused.message, hint=refused.hint, field="witness_passphrase") from refused


def people_to_witness(place: Workplace, seen: Iterable[str]) -> tuple[str, ...]:
    """Who may be offered as the witness: everybody with an account, else who was named before."""
    if asks_passphrases(place):
        seen = sorted(account.name for account in accounts.accounts_of(place) if account.is_active)
    return tuple(name for name in seen if not is_same_person(name, place.actor.name))
