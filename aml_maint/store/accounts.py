"""Accounts: the people of a ward, rows to values and back. Their passphrases are never here."""

from __future__ import annotations

from aml_maint.domain.account import Account
from aml_maint.domain.command import Role
from aml_maint.store.audit import Reader
from aml_maint.store.columns import Row
from aml_maint.store.transaction import Transaction


def all_accounts(reader: Reader) -> tuple[Account, ...]:
    """Every account, those that were retired too, by name."""
    return tuple(_account(row) for row in reader.rows("SELECT * FROM accounts ORDER BY name"))


def account(reader: Reader, id: str) -> Account | None:
    """One account by its id, which is also that of its key slot."""
    rows = reader.rows("SELECT * FROM accounts WHERE id = ?", (id,))
    return _account(rows[0]) if rows else None


def add(transaction: Transaction, account: Account) -> None:
    """Add an account."""
    transaction.insert("accounts", {"id": account.id, "name": account.name, **_standing(account)})


def change(transaction: Transaction, account: Account) -> None:
    """Give an account other roles, or retire it."""
    transaction.update("accounts", account.id, _standing(account))


def _account(row: Row) -> Account:
    roles = tuple(Role(word) for word in row["roles"].split())
    return Account(row["id"], row["name"], roles, row["state"] == "active")


def _standing(account: Account) -> dict[str, str]:
    roles = " ".join(role.value for role in account.roles)
    return {"roles": roles, "state": "active" if account.is_active else "retired"}
