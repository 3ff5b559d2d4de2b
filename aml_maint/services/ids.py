"""Ids of what is recorded many times a day: in the order of time (UUID version 7, RFC 9562).

An index of wholly random ids is written and checked all over its pages; one of these grows at its
end. On 5 million doses that is the greater part of looking through the file. The time in an id is
the one at which the record says it was made; ids that leave in a pseudonymised export are digests.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from aml_maint.services.clock import SystemClock

_AFTER_VERSION = (1 << 76) - 1  # 12 random bits, the variant of every UUID, 62 random bits


def timed_id(at: datetime) -> UUID:
    """A new id of an instant (UTC), random behind its millisecond."""
    milliseconds = int(at.timestamp() * 1000)
    return UUID(int=milliseconds << 80 | 7 << 76 | uuid4().int & _AFTER_VERSION)


def new_command() -> UUID:
    """The id of an act that somebody begins now."""
    return timed_id(SystemClock("UTC").now().utc)
