"""A ward in the middle of a cycle, and five things people do in it, each sent under a command."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from aml_maint.domain.administration import Status
from aml_maint.domain.known_time import KnownTime
from aml_maint.domain.schedule import SlotId
from aml_maint.domain.toxicity_event import ToxicityEvent
from aml_maint.services import toxicities, trust
from aml_maint.services.dosing import DoseEntry, correct_dose, log_dose
from aml_maint.services.importing import import_cohort, preview_cohort
from aml_maint.services.people import admit_patient
from aml_maint.services.workplace import Workplace
from aml_maint.store.database import Store
from tests.builders import DAY_1, ZONE, a_patient, a_ward, on_course, platelets, set_clock

KEY = f"x'{'05' * 32}'"  # takes no time to derive
NOW = "2026-03-05T07:05"
COHORT = (Path(__file__).parents[1] / "data" / "cohort19.csv").read_bytes()

Flow = Callable[[Workplace, UUID], object]


def build(path: Path, others: int = 0) -> None:
    """One patient on day 4 of a cycle: a dose that was given and a toxicity to sign.

    Others on the ward make the file larger, so that the same writes reach other pages.
    """
    with Store.create(path, KEY, "ward", durable=False) as store:
        place = a_ward(store)
        patient, course = on_course(place)
        platelets(place, patient, "120", "2026-03-02T06:00")
        log_dose(place, DoseEntry(slot(course, 1), Status.GIVEN))
        set_clock(place, NOW)
        onset = KnownTime.parse("2026-03-04")
        event = ToxicityEvent.of(patient.id, course, "diarrhoea", ZONE, 2, onset)
        toxicities.record_event(place, event)
        for number in range(others):
            admit_patient(place, a_patient(f"MRN-other-{number}", note="x" * 700 * number))


@cache
def built(batch: int = 0) -> bytes:
    """The closed file at the beginning of each flow; another one in each batch of the night."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "ward.amldb"
        build(path, 3 * batch)
        return path.read_bytes()


def sit_down(store: Store) -> Workplace:
    """A desk at the ward that was built."""
    return a_ward(store, NOW)


def slot(course: str, day: int) -> SlotId:
    return SlotId(course, "sorafenib", DAY_1 + timedelta(days=day - 1), "morning")


def _course(place: Workplace) -> str:
    (row,) = place.store.rows("SELECT id FROM courses")
    return str(row["id"])


def give_dose(place: Workplace, command: UUID) -> object:
    """Record today's dose as given."""
    return log_dose(place, DoseEntry(slot(_course(place), 4), Status.GIVEN), command)


def correct_record(place: Workplace, command: UUID) -> object:
    """Correct the first dose: it was held."""
    row = place.store.row("SELECT id FROM administrations ORDER BY seq LIMIT 1")
    assert row is not None
    entry = DoseEntry(slot(_course(place), 1), Status.HELD, reason="toxicity")
    return correct_dose(place, row["id"], entry, "wrong bed", command)


def sign(place: Workplace, command: UUID) -> object:
    """Sign the toxicity as reviewed."""
    (row,) = place.store.rows("SELECT id, event_id FROM toxicities")
    return toxicities.sign_events(place, [(row["event_id"], row["id"])], "seen", command)


def note_toxicity(place: Workplace, command: UUID) -> object:
    """Record another toxicity: nothing but its command tells two of them apart."""
    (row,) = place.store.rows("SELECT id, patient_id FROM courses")
    onset = KnownTime.parse("2026-03-05")
    event = ToxicityEvent.of(row["patient_id"], row["id"], "rash", ZONE, 1, onset)
    return toxicities.record_event(place, event, command)


def take_in(place: Workplace, command: UUID) -> object:
    """Import the patients of a published cohort."""
    return import_cohort(place, preview_cohort(place, COHORT, "Cheng2025"), command)


def back_up(place: Workplace, _: UUID) -> object:
    """Make a backup and test it."""
    return trust.backup_ward(place)


WRITES: dict[str, Flow] = {
    "dose": give_dose, "correction": correct_record, "signature": sign, "import": take_in,
}  # fmt: skip
