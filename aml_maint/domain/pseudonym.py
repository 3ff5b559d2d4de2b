"""Study ids and moved dates: what takes the place of what would tell who a patient is.

Both follow from a secret of the ward's file by HMAC-SHA-256, so that a later export has the same
ids and the same distances, and nobody without the file can work them out or back.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from enum import StrEnum
from functools import lru_cache

_SHIFT_DAYS = 364


class Privacy(StrEnum):
    """What an export tells of persons."""

    SHIFTED = "shifted"
    """Study ids; every date of a patient moved back by the same unknown number of days."""
    INTERVALS = "intervals"
    """Study ids; dates as days from the patient's day 0."""
    IDENTIFIED = "identified"
    """Everything as it is on record, names included."""

    @property
    def is_pseudonymised(self) -> bool:
        """Are names, numbers and free text left out?"""
        return self is not Privacy.IDENTIFIED


class Pseudonyms:
    """The ids and shifts of one ward's file."""

    def __init__(self, secret: str) -> None:
        self._key = hashlib.sha256(b"aml_maint pseudonyms 1\0" + secret.encode()).digest()
        # A patient's comes with every row of theirs.
        self._patients = lru_cache(maxsize=8_192)(self._of_patient)
        # Each record's begins alike: what that comes to is worked out once.
        self._record = hmac.new(self._key, b"record\0", "sha256")

    def study_id(self, patient_id: str) -> str:
        """The id of a patient in pseudonymised exports, such as `P-K7QX2M9D4T`."""
        return self._patients(patient_id)[0]

    def record(self, record_id: str) -> str:
        """The id of any other record there."""
        made = self._record.copy()
        made.update(record_id.encode())
        return made.hexdigest()[:16]

    def days_back(self, patient_id: str) -> int:
        """By how many days a patient's dates are moved back: 1 to 364."""
        return self._patients(patient_id)[1]

    def _of_patient(self, id: str) -> tuple[str, int]:
        name = base64.b32encode(self._digest("patient", id)).decode()[:10]
        number = int.from_bytes(self._digest("shift", id)[:8], "big")
        return f"P-{name}", 1 + number % _SHIFT_DAYS

    def _digest(self, kind: str, id: str) -> bytes:
        return hmac.digest(self._key, f"{kind}\0{id}".encode(), "sha256")
