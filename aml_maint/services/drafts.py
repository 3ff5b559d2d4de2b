"""Forms that were not finished: kept for the person who typed, in the encrypted ward file.

They are no acts: nobody's record changes, so there is no command and no audit entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aml_maint.domain.patient import Patient
from aml_maint.services.workplace import Workplace
from aml_maint.store import drafts, patients
from aml_maint.store.drafts import Draft

__all__ = ["Draft", "UnfinishedForm", "drop_draft", "keep_draft", "unfinished_forms"]


@dataclass(frozen=True)
class UnfinishedForm:
    """A draft and the patient it is about, None for a form about nobody yet."""

    draft: Draft
    patient: Patient | None


def keep_draft(
    place: Workplace, name: str, title: str, patient_id: str, typed: Mapping[str, str]
) -> None:
    """Keep what a person has typed into a form so far."""
    draft = Draft(name, title, patient_id, typed, place.clock.now().utc)
    drafts.keep(place.store, place.actor.name, draft)


def drop_draft(place: Workplace, name: str) -> None:
    """Forget a form that was saved, or that its person does not want any more."""
    drafts.drop(place.store, place.actor.name, name)


def unfinished_forms(place: Workplace) -> tuple[UnfinishedForm, ...]:
    """The unfinished forms of the person at the desk, the latest first."""
    found = drafts.of(place.store, place.actor.name)
    people = patients.by_ids(place.store, [one.patient_id for one in found if one.patient_id])
    return tuple(UnfinishedForm(one, people.get(one.patient_id)) for one in found)
