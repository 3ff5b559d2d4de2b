"""How columns of the first schema are written: each kind of value with the check that keeps it.

Frozen with the steps that use it: a form that changes is a new one beside the old.
"""

from __future__ import annotations

_DIGIT = "[0-9]"
_UTC_FORM = (
    f"{_DIGIT * 4}-[01]{_DIGIT}-[0-3]{_DIGIT}T[0-2]{_DIGIT}:[0-5]{_DIGIT}:[0-5]{_DIGIT}"
    f".{_DIGIT * 6}Z"
)
KEY = (
    "id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 36), "
    # No foreign key to the audit: the event comes last, so the key would have to be deferred,
    # and each new event would search every table for rows that wait for it (11 ms measured on
    # 30,000 administrations). Replaying the trail proves the same, and more.
    "seq INTEGER NOT NULL"
)


def one_of(name: str, *words: str, null: bool = False) -> str:
    """A column that holds one of some code words."""
    listed = ", ".join(f"'{word}'" for word in words)
    return f"{name} TEXT{'' if null else ' NOT NULL'} CHECK ({name} IN ({listed}))"


def decimal(name: str, *, null: bool = False) -> str:
    """A column that holds a plain decimal number as text: no exponent, no binary float."""
    return (
        f"{name} TEXT{'' if null else ' NOT NULL'} "
        f"CHECK ({name} NOT GLOB '*[^0-9.+-]*' AND {name} GLOB '*[0-9]*')"
    )


def day(name: str, *, null: bool = False) -> str:
    """A column that holds a calendar day that exists, as YYYY-MM-DD."""
    return f"{name} TEXT{'' if null else ' NOT NULL'} CHECK ({name} IS date({name}))"


def flag(name: str, *, null: bool = False, default: str = "") -> str:
    """A column that holds 0 or 1."""
    return f"{name} INTEGER{'' if null else ' NOT NULL'}{default} CHECK ({name} IN (0, 1))"


def moment(name: str, *, null: bool = False) -> str:
    """Three columns that hold an instant with the clock it was read on."""
    need = "" if null else " NOT NULL"
    together = (
        f" CHECK (({name}_utc IS NULL) = ({name}_offset IS NULL)"
        f" AND ({name}_utc IS NULL) = ({name}_zone IS NULL))"
    )
    return (
        f"{name}_utc TEXT{need} CHECK ({name}_utc GLOB '{_UTC_FORM}'), "
        f"{name}_offset INTEGER{need} CHECK ({name}_offset BETWEEN -1439 AND 1439), "
        f"{name}_zone TEXT{need}{together if null else ''}"
    )


def known_time(name: str, *, null: bool = False) -> str:
    """A column that holds a civil time as exactly as it is known: ISO 8601, month to minute."""
    month = f"{_DIGIT * 4}-[01]{_DIGIT}"
    forms = (month, f"{month}-[0-3]{_DIGIT}", f"{month}-[0-3]{_DIGIT}T[0-2]{_DIGIT}",
             f"{month}-[0-3]{_DIGIT}T[0-2]{_DIGIT}:[0-5]{_DIGIT}")  # fmt: skip
    listed = " OR ".join(f"{name} GLOB '{form}'" for form in forms)
    return f"{name} TEXT{'' if null else ' NOT NULL'} CHECK ({listed})"


def challenge(name: str) -> str:
    """A column for what stopping a drug or giving it again showed."""
    return one_of(name, "positive", "negative", "unknown", "not_done", null=True)


def text(name: str) -> str:
    """A column of free text that may be empty."""
    return f"{name} TEXT NOT NULL DEFAULT ''"


STATE = one_of("state", "live", "replaced", "undone").replace("NULL", "NULL DEFAULT 'live'", 1)
PATIENT = "patient_id TEXT NOT NULL REFERENCES patients(id)"
