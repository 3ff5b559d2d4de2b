"""Is this computer's clock behind the record? Then entries would seem older than they are."""

from __future__ import annotations

from datetime import timedelta

from aml_maint.domain.moment import Moment
from aml_maint.store import audit
from aml_maint.store.audit import Reader

# Reliability guidance, "Time": a clock may be corrected by less than this without a word.
TOLERATED = timedelta(minutes=2)


def clock_behind(reader: Reader, now: Moment) -> timedelta | None:
    """How far the clock is behind the last entry of the audit trail; None if it is not.

    Entries keep their order by number all the same.
    """
    last = audit.last_recorded(reader)
    if last is None or last - now.utc <= TOLERATED:
        return None
    return last - now.utc
