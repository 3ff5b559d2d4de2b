"""The small ward file that window tests open: two patients of one family name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from aml_maint.domain.command import Actor, Role
from aml_maint.domain.moment import Moment
from aml_maint.domain.patient import AllergyState, Flt3Itd, Patient, Risk, Sex
from aml_maint.domain.quantities import Dose, LabValue
from aml_maint.services.clock import SetClock
from aml_maint.services.observations import record_count
from aml_maint.services.people import admit_patient
from aml_maint.services.treatment import start_course
from aml_maint.services.workplace import Workplace
from aml_maint.store.database import Kind, Store

ZONE = "Asia/Shanghai"
NOW = datetime(2026, 3, 5, 9, 4)
FIRST_DAY = date(2026, 3, 1)
NURSE = Actor("Li Na", Role.NURSE, "test", (Role.PHYSICIAN, Role.COORDINATOR, Role.ADMINISTRATOR))
PASSPHRASE = "a passphrase for tests only"

ON_COURSE = "00000000-0000-4000-8000-000000000001"
NEW = "00000000-0000-4000-8000-000000000002"
COURSE = "00000000-0000-4000-8000-000000000009"

PATIENTS = (
    Patient(
        ON_COURSE, "Chen", "Wei", "T-0001", Sex.MALE, date(1961, 7, 14), "cw", "Ward A", "12",
        AllergyState.KNOWN, "penicillin", "AML", date(2025, 9, 1), Flt3Itd.POSITIVE, Risk.ADVERSE,
    ),
    Patient(NEW, "Chen", "Wen", "T-0002", Sex.FEMALE, date(1958, 2, 2), "cw", "Ward A", "07"),
)  # fmt: skip


@dataclass(frozen=True)
class Ward:
    """A ward file and its clock, which stands until a test sets it."""

    path: Path
    clock: SetClock
    passphrase: str = PASSPHRASE

    def open(self) -> Workplace:
        """The ward file as a workplace; a session runs this on its own thread."""
        return Workplace(Store.open(self.path, self.passphrase), self.clock, NURSE, ZONE)


def build_ward(path: Path, kind: Kind = "ward", passphrase: str = PASSPHRASE) -> Ward:
    """One patient is on day 5 of cycle 1 and has platelets of 96; the other has no course."""
    clock = SetClock(Moment.at(datetime(2026, 3, 1, 6, 0), ZONE))
    store = Store.create(path, passphrase, kind, durable=False)
    place = Workplace(store, clock, NURSE, ZONE)
    for patient in PATIENTS:
        admit_patient(place, patient)
    orders = {"ibuprofen": Dose(Decimal(200), "mg")}
    start_course(place, ON_COURSE, "sorafenib_iti", FIRST_DAY, course_id=COURSE, orders=orders)
    clock.set(datetime(2026, 3, 5, 8, 0))
    record_count(place, ON_COURSE, "platelets", LabValue(Decimal(96), "10*9/L"), clock.now())
    store.close()
    clock.set(NOW)
    return Ward(path, clock, passphrase)
