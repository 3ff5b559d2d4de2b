"""Reactions at injection sites: rows and domain objects. Taken back, never deleted."""

from __future__ import annotations

from datetime import date

from aml_maint.domain.errors import Refused
from aml_maint.domain.injection import ReactionKind, SiteReaction
from aml_maint.domain.messages import say
from aml_maint.store.columns import Row, day_text, day_value
from aml_maint.store.database import Store
from aml_maint.store.transaction import Transaction

_LIVE = "SELECT * FROM site_reactions WHERE state = 'live'"


def add(transaction: Transaction, reaction: SiteReaction) -> None:
    """Add a reaction."""
    transaction.insert(
        "site_reactions",
        {
            "id": reaction.id,
            "patient_id": reaction.patient_id,
            "site": reaction.site,
            "kind": reaction.kind.value,
            "first_day": day_text(reaction.first_day),
            "last_day": day_text(reaction.last_day),
            "note": reaction.note,
            "recorded_by": reaction.recorded_by,
            "state": "live",
        },
    )


def end(transaction: Transaction, reaction: SiteReaction, last_day: date) -> None:
    """Say on which day a reaction was last there."""
    transaction.update("site_reactions", reaction.id, {"last_day": day_text(last_day)})


def withdraw(transaction: Transaction, reaction: SiteReaction) -> None:
    """Mark a reaction as entered in error."""
    transaction.update("site_reactions", reaction.id, {"state": "undone"})


def live(store: Store, reaction_id: str) -> SiteReaction:
    """The reaction of an id that still stands; Refused if it was taken back or never was."""
    row = store.row(f"{_LIVE} AND id = ?", (reaction_id,))
    if row is None:
        raise Refused(say("error.record_changed"), hint=say("error.record_changed.hint"))
    return _reaction(row)


def of_patient(store: Store, patient_id: str) -> list[SiteReaction]:
    """A patient's reactions, the latest first."""
    rows = store.rows(
        f"{_LIVE} AND patient_id = ? ORDER BY first_day DESC, site, kind", (patient_id,)
    )
    return [_reaction(row) for row in rows]


def _reaction(row: Row) -> SiteReaction:
    return SiteReaction(
        row["id"],
        row["patient_id"],
        row["site"],
        ReactionKind(row["kind"]),
        date.fromisoformat(row["first_day"]),
        day_value(row["last_day"]),
        row["note"],
        row["recorded_by"],
    )
