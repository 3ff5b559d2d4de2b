"""Whether the pages of a file read back whole."""

from __future__ import annotations

from aml_maint.domain.errors import StorageProblem
from aml_maint.store.audit import Reader

# Reads every row.
QUICK = ("quick_check",)
# Also compares every index with its rows: a page that fell back to an older state shows only so.
FULL = ("integrity_check",)
# Also follows every reference, and checks the seal of pages that hold nothing.
EVERY_PAGE = ("cipher_integrity_check", "integrity_check", "foreign_key_check")


def are_whole(reader: Reader, checks: tuple[str, ...]) -> bool:
    """Whether the engine's checks find nothing, and can be made at all."""
    try:
        found = [row for check in checks for row in reader.rows(f"PRAGMA {check}")]
    except StorageProblem:
        return False
    return all(set(row.values()) == {"ok"} for row in found)
