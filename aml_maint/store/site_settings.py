"""A ward's decisions on its settings: rows and domain objects. Appended, never changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import uuid4

from aml_maint.domain.site import Setting, SettingValue
from aml_maint.domain.site_history import SettingChange, SiteHistory
from aml_maint.store.columns import day_text, moment_columns, moment_value
from aml_maint.store.database import Store
from aml_maint.store.transaction import Transaction

# What a history is read from.
TABLES = ("site_settings",)


def add(
    transaction: Transaction,
    catalogue: Mapping[str, Setting],
    values: Mapping[str, SettingValue],
    from_day: date,
    reason: str,
) -> None:
    """Add a decision on each of some settings, by whoever gave the command."""
    command = transaction.command
    for key, value in values.items():
        transaction.insert(
            "site_settings",
            {
                "id": str(uuid4()),
                "name": key,
                "value": catalogue[key].written(value),
                "from_day": day_text(from_day),
                "reason": reason,
                "decided_by": command.actor.name,
                **moment_columns("decided", command.recorded),
            },
        )


def history(store: Store, catalogue: Mapping[str, Setting]) -> SiteHistory:
    """Every decision in the order they were taken; one on a setting that is no more is left out."""
    known: SiteHistory | None = store.memory.find("site settings", catalogue)
    if known is None:
        known = _history(store, catalogue)
        store.memory.keep("site settings", catalogue, TABLES, known)
    return known


def _history(store: Store, catalogue: Mapping[str, Setting]) -> SiteHistory:
    rows = store.rows("SELECT * FROM site_settings ORDER BY seq, rowid")
    changes = (
        SettingChange(
            row["name"],
            catalogue[row["name"]].read(row["value"]),
            date.fromisoformat(row["from_day"]),
            row["reason"],
            row["decided_by"],
            moment_value(row, "decided"),
            row["seq"],
        )
        for row in rows
        if row["name"] in catalogue
    )
    return SiteHistory(catalogue, tuple(changes))
