"""Fifty texts that a program may trip over, and for each a patient with it in every field."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from uuid import uuid4

from aml_maint.domain.administration import Status
from aml_maint.domain.disease import Diagnosis
from aml_maint.domain.follow_up import Contact, Means
from aml_maint.domain.known_time import KnownTime
from aml_maint.domain.patient import AllergyState, Patient
from aml_maint.domain.toxicity_event import ToxicityEvent
from aml_maint.services.disease import record_diagnosis
from aml_maint.services.dosing import DoseEntry, log_dose
from aml_maint.services.follow_up import record_contact
from aml_maint.services.toxicities import record_event
from aml_maint.services.workplace import Workplace
from tests.builders import ZONE, a_patient, on_course
from tests.faults import flows

TEXTS = (
    # markup
    "<img src=x onerror=alert(1)>", "&amp;<b>bold</b>", "<script>alert(1)</script>",
    "<a href='file:///etc/passwd'>here</a>", "</td></tr><h1>x", "<!-- gone -->", "<![CDATA[x]]>",
    "<?xml version='1.0'?>", "A&B &lt;", "&Save", "#let x = 1; $x$ *y* _z_ \\ @ref <lab>",
    "#image(\"/etc/passwd\")", "*bold* _it_ `code`", "[link](http://x)", "\\textbf{x} %",
    # formulas
    "=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "-2+3", "=HYPERLINK(\"http://x\",\"y\")",
    "\u3000=2+2", "'=1+1", "\uff1d1+1", "=1+1;=2", "#REF!",
    # direction and hidden letters
    "\u202eGNAHZ", "\u2066x\u2069", "a\u200bb", "\ufeffx", "x\u00ady", "אבג abc", "مريض 12",
    # commands and places
    "'; DROP TABLE patients; --", "%s %n {0} {name}", "../../etc/passwd", "C:\\nul", "$HOME `id`",
    "nul \0 byte", "a\"b'c", "\\\\server\\share", "x\x1b[31m",
    # length and form
    "x" * 300, "王" * 300, "long " * 58 + "end", "a\u0301\u0301\u0301", "NULL", "nan",
    "１２３", "_x0041_", "ß·ı·İ·ﬁ",
)  # fmt: skip

OF_PATIENT = (
    "family_name", "given_name", "mrn", "ward", "bed", "allergies", "diagnosis", "note",
)  # fmt: skip
# Free texts of other records: the table and column that keep each.
BESIDE = (
    ("administrations", "note"), ("toxicities", "detail"), ("toxicities", "treatment"),
    ("toxicities", "note"), ("contacts", "note"), ("diagnoses", "who_class"),
    ("diagnoses", "fab"), ("diagnoses", "karyotype"), ("diagnoses", "fusion"),
    ("diagnoses", "no_transplant_note"),
)  # fmt: skip
FIELDS = len(OF_PATIENT) + len(BESIDE)


@dataclass(frozen=True)
class Treated:
    """A patient whose every free text is one of the fifty."""

    text: str
    patient: Patient
    course: str


def with_text(text: str) -> Patient:
    """A patient with one text in every field; the record number tells them apart anyway."""
    one = a_patient("MRN-1", allergy_state=AllergyState.KNOWN)
    return replace(one, **dict.fromkeys(OF_PATIENT, text))


def treat(place: Workplace, text: str) -> Treated:
    """Take in a patient, start the course, and record a little of everything, all with the text."""
    patient, course = on_course(place, with_text(text))
    entry = DoseEntry(flows.slot(course, 1), Status.HELD, reason="toxicity", note=text)
    log_dose(place, entry)
    onset = KnownTime.parse("2026-03-02")
    event = ToxicityEvent.of(patient.id, course, "diarrhoea", ZONE, 1, onset)
    record_event(place, replace(event, detail=text, treatment=text, note=text))
    record_contact(
        place, Contact(str(uuid4()), patient.id, date(2026, 3, 2), next(iter(Means)), text)
    )
    found = Diagnosis(
        patient.id, who_class=text, fab=text, karyotype=text, fusion=text, no_transplant_note=text
    )
    record_diagnosis(place, found, "typed")
    return Treated(text, patient, course)


def kept_beside(place: Workplace, patient_id: str) -> list[str]:
    """What the file holds in the fields of the patient's other records."""
    return [
        place.store.rows(f"SELECT {column} t FROM {table} WHERE patient_id = ?", (patient_id,))[0][
            "t"
        ]
        for table, column in BESIDE
    ]
