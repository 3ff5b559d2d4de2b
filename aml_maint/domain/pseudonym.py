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
        # A patient's and a course's come with every row of theirs.
        self._digest = lru_cache(maxsize=8_192)(self._worked_out)

    def study_id(self, patient_id: str) -> str:
        """The id of a patient in pseudonymised exports, such as `P-K7QX2M9D4T`."""
        return f"P-{base64.b32encode(self._digest('patient', patient_id)).decode()[:10]}"

    def record(self, record_id: str) -> str:
        """The id of any other record there."""
        return self._digest("record", record_id).hex()[:16]

    def days_back(self, patient_id: str) -> int:
        """By how many days a patient's dates are moved back: 1 to 364."""
        number = int.from_bytes(self._digest("shift", patient_id)[:8], "big")
        return 1 + number % _SHIFT_DAYS

    def _worked_out(self, kind: str, id: str) -> bytes:
        return hmac.new(self._key, f"{kind}\0{id}".encode(), hashlib.sha256).digest()
