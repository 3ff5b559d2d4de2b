"""Drafts: what was typed into a form and not saved. No part of the record, so not audited."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from aml_maint.store.columns import utc_text, utc_value
from aml_maint.store.database import Store


@dataclass(frozen=True)
class Draft:
    """A form that was not finished, by its name, as its owner left it.

    `title` is the form's title as it was read; `patient_id` is empty for a form about nobody yet.
    """

    name: str
    title: str
    patient_id: str
    typed: Mapping[str, str]
    kept: datetime


def keep(store: Store, owner: str, draft: Draft) -> None:
    """Keep a draft in the place of the owner's earlier one of that name."""
    typed = json.dumps(dict(draft.typed), ensure_ascii=False, sort_keys=True)
    store.jot(
        "INSERT INTO drafts (owner, name, title, patient_id, typed, kept_utc)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (owner, name) DO UPDATE SET"
        " title = excluded.title, patient_id = excluded.patient_id,"
        " typed = excluded.typed, kept_utc = excluded.kept_utc",
        (owner, draft.name, draft.title, draft.patient_id, typed, utc_text(draft.kept)),
    )


def drop(store: Store, owner: str, name: str) -> None:
    """Forget a draft, if there is one of that name."""
    store.jot("DELETE FROM drafts WHERE owner = ? AND name = ?", (owner, name))


def of(store: Store, owner: str) -> list[Draft]:
    """A person's drafts, the latest first."""
    rows = store.rows("SELECT * FROM drafts WHERE owner = ? ORDER BY kept_utc DESC, name", (owner,))
    return [
        Draft(
            row["name"], row["title"], row["patient_id"], json.loads(row["typed"]),
            utc_value(row["kept_utc"]),
        )
        for row in rows
    ]  # fmt: skip
