"""What a person says of planned doses: an entry, a confirmed stretch, an override."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from aml_maint.domain.administration import Status
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say
from aml_maint.domain.moment import Moment
from aml_maint.domain.quantities import Dose
from aml_maint.domain.schedule import SlotId


@dataclass(frozen=True)
class Override:
    """A named decision to give a dose that a rule holds back, with its reason."""

    by: str
    reason: str

    def __post_init__(self) -> None:
        if not self.by.strip() or not self.reason.strip():
            raise BadInput(say("error.override_needs_name_and_reason"), field="override")


@dataclass(frozen=True)
class DoseEntry:
    """What a person says of one planned dose.

    For a dose given, `given` defaults to now and `dose` to the planned dose; of one partly given
    the amount must be said. One given outside its window needs a coded `reason`.
    """

    slot: SlotId
    status: Status
    given: Moment | None = None
    dose: Dose | None = None
    reason: str | None = None
    note: str = ""
    site: str | None = None
    lot: str | None = None
    temperature: Decimal | None = None
    override: Override | None = None
    witness: str | None = None
    witness_passphrase: str = field(default="", repr=False)
    """What the witness typed to confirm it; asked of them where people have accounts."""


@dataclass(frozen=True)
class RangeConfirmation:
    """Doses of several days confirmed as taken at a visit, with the exceptions typed.

    `components` and `slots` narrow it to some drugs, or to some planned doses.
    """

    course_id: str
    first: date
    last: date
    components: tuple[str, ...] = ()
    exceptions: Mapping[SlotId, DoseEntry] = field(default_factory=dict)
    slots: frozenset[SlotId] = frozenset()

    def wants(self, slot: SlotId) -> bool:
        """Is a planned dose of those days meant?"""
        if self.components and slot.component not in self.components:
            return False
        return not self.slots or slot in self.slots
