"""The list of patients that the person at the desk cares for in this shift."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say
from aml_maint.services.changes import Changes, Touched
from aml_maint.services.workplace import Workplace
from aml_maint.store import care_lists
from aml_maint.store.transaction import Transaction


def my_patients(place: Workplace) -> frozenset[str]:
    """The ids of the patients on the list of the person at the desk."""
    return care_lists.patients_of(place.store, place.actor.name)


def change_my_list(
    place: Workplace,
    on: Collection[str],
    off: Collection[str] = (),
    command_id: UUID | None = None,
) -> Changes:
    """Put patients on one's own list and take others off it, in one act.

    BadInput when that changes nothing.
    """
    if (done := place.done_before(command_id, "change_care_list")) is not None:
        return done
    known = my_patients(place)
    new, gone = set(on) - known, set(off) & known - set(on)
    if not new and not gone:
        raise BadInput(say("error.list_unchanged"))
    nurse = place.actor.name

    def work(transaction: Transaction) -> None:
        care_lists.take_off(transaction, nurse, gone)
        care_lists.put_on(transaction, nurse, new)

    changed = sorted(new | gone)
    return place.write(
        "change_care_list",
        work,
        touched=Touched.CARE,
        patient_id=changed[0] if len(changed) == 1 else None,
        command_id=command_id,
    )
