"""Drugs and strengths of the ward's own: rows and domain objects. A version is never changed."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import uuid4

from aml_maint.domain.messages import Name
from aml_maint.domain.quantities import Dose
from aml_maint.domain.site_drug import SiteDrug, SiteDrugVersion, SiteStrength
from aml_maint.store.columns import (
    Row,
    Value,
    decimal_text,
    decimal_value,
    moment_columns,
    moment_value,
)
from aml_maint.store.database import Store
from aml_maint.store.transaction import Transaction

# What everything here is read from.
TABLES = ("site_drugs", "site_strengths")


def put(transaction: Transaction, drug: SiteDrug, reason: str) -> None:
    """Put a version in the place of the one that stands, if there is one."""
    known = transaction.row(
        "SELECT id FROM site_drugs WHERE drug = ? AND state = 'live'", (drug.code,)
    )
    if known is not None:
        transaction.update("site_drugs", known["id"], {"state": "replaced"})
    transaction.insert(
        "site_drugs",
        {
            "id": str(uuid4()),
            "drug": drug.code,
            "name_en": drug.name.en,
            "name_zh": drug.name.zh,
            "routes": " ".join(drug.routes),
            "dose_unit": drug.unit,
            "indications": " ".join(drug.indications),
            "min_gap_minutes": drug.min_gap_minutes,
            "most_value": decimal_text(drug.most),
            "most_doses": drug.most_doses,
            "in_use": int(drug.in_use),
            **_decided(transaction, reason),
        },
    )


def put_strengths(transaction: Transaction, code: str, wanted: Iterable[Dose], reason: str) -> None:
    """Strike the strengths of a drug that are no more, add those that are new."""
    left = list(wanted)
    for row in transaction.rows(
        "SELECT * FROM site_strengths WHERE drug = ? AND state = 'live' ORDER BY rowid", (code,)
    ):
        if (dose := _dose(row)) in left:
            left.remove(dose)
        else:
            transaction.update("site_strengths", row["id"], {"state": "replaced"})
    for dose in left:
        transaction.insert(
            "site_strengths",
            {
                "id": str(uuid4()),
                "drug": code,
                "value": decimal_text(dose.value),
                "unit": dose.unit,
                **_decided(transaction, reason),
            },
        )


def versions(store: Store) -> tuple[SiteDrugVersion, ...]:
    """Every version of every drug, the oldest first."""
    known: tuple[SiteDrugVersion, ...] | None = store.memory.find("site drugs", None)
    if known is None:
        rows = store.rows("SELECT * FROM site_drugs ORDER BY seq, rowid")
        known = tuple(_version(row) for row in rows)
        store.memory.keep("site drugs", None, TABLES[:1], known)
    return known


def strengths(store: Store) -> tuple[SiteStrength, ...]:
    """Every strength that was ever entered, the oldest first."""
    known: tuple[SiteStrength, ...] | None = store.memory.find("site strengths", None)
    if known is None:
        rows = store.rows("SELECT * FROM site_strengths ORDER BY seq, rowid")
        known = tuple(_strength(row) for row in rows)
        store.memory.keep("site strengths", None, TABLES[1:], known)
    return known


def _decided(transaction: Transaction, reason: str) -> dict[str, Value]:
    command = transaction.command
    return {
        "reason": reason,
        "decided_by": command.actor.name,
        **moment_columns("decided", command.recorded),
    }


def _version(row: Row) -> SiteDrugVersion:
    return SiteDrugVersion(
        row["id"],
        SiteDrug(
            row["drug"],
            Name(row["name_en"], row["name_zh"]),
            tuple(row["routes"].split()),
            row["dose_unit"],
            tuple(row["indications"].split()),
            row["min_gap_minutes"],
            decimal_value(row["most_value"]),
            row["most_doses"],
            bool(row["in_use"]),
        ),
        row["reason"],
        row["decided_by"],
        moment_value(row, "decided"),
        row["state"] == "live",
    )


def _strength(row: Row) -> SiteStrength:
    return SiteStrength(
        row["id"],
        row["drug"],
        _dose(row),
        row["reason"],
        row["decided_by"],
        moment_value(row, "decided"),
        row["state"] == "live",
    )


def _dose(row: Row) -> Dose:
    value = decimal_value(row["value"])
    assert value is not None  # the column is NOT NULL
    return Dose(value, row["unit"])
