"""The list of medicines, the report of a toxicity and the summary of a course, as printed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from io import BytesIO

import pytest
from pypdf import PdfReader

from aml_maint.domain.administration import Status
from aml_maint.domain.course import HoldReason
from aml_maint.domain.errors import BadInput
from aml_maint.domain.moment import Moment
from aml_maint.domain.schedule import SlotId
from aml_maint.domain.toxicity_event import (
    Causality,
    Cause,
    Challenge,
    Criterion,
    DrugAction,
    ToxicityEvent,
)
from aml_maint.services.dosing import DoseEntry, log_dose
from aml_maint.services.dossiers import course_summary, medication_list, toxicity_report
from aml_maint.services.marrow import record_marrow
from aml_maint.services.people import admit_patient
from aml_maint.services.toxicities import record_event
from aml_maint.services.treatment import hold_component
from aml_maint.services.workplace import Workplace
from tests.builders import DAY_1, ZONE, a_marrow, a_patient, on_course, set_clock


def printed(document: bytes) -> str:
    """The text of a PDF in one line, with plain spaces."""
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(document)).pages)
    return " ".join(text.split())


def test_the_list_of_medicines_tells_dose_route_and_frequency_in_words(place: Workplace) -> None:
    patient, _ = on_course(place)
    text = printed(medication_list(place, patient.id, "en").content)
    for wanted in ("sorafenib 400 mg by mouth twice a day", "interleukin-2 1 million units",
                   "every other day", "60 micrograms", "Medicines on 02-Mar-2026"):  # fmt: skip
        assert wanted in text, wanted
    for wanted in ("Allergies No known allergies", "cycle 1, day 1", "18:00",
                   "platelets must be above 50 × 10⁹/L, by a result not older"):  # fmt: skip
        assert wanted in text, wanted
    for unsafe in ("QOD", "BID", " IU", "μg", "400.0", "1.0 m"):
        assert unsafe not in text


def test_a_medicine_on_hold_says_not_to_give_it(place: Workplace) -> None:
    patient, course = on_course(place)
    hold_component(place, course, "sorafenib", DAY_1, HoldReason.TOXICITY, decided_by="Wu Min")
    text = printed(medication_list(place, patient.id, "en").content)
    assert "held since 02-Mar-2026" in text and "do not give" in text


def test_without_a_running_course_there_is_no_list(place: Workplace) -> None:
    patient = a_patient()
    admit_patient(place, patient)
    with pytest.raises(BadInput):
        medication_list(place, patient.id, "en")


def a_serious_fever(patient_id: str, course: str) -> ToxicityEvent:
    plain = ToxicityEvent.of(patient_id, course, "fever_drug", ZONE, 3, date(2026, 3, 4))
    return replace(
        plain,
        serious=True,
        criteria=frozenset({Criterion.HOSPITALISATION}),
        treatment="paracetamol",
        causes=(
            Cause(
                "interferon_alfa_1b", Causality.PROBABLE, "Wu Min", DrugAction.INTERRUPTED,
                Challenge.POSITIVE, Challenge.NOT_DONE,
            ),
        ),
    )  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_report_of_a_toxicity_has_the_fields_of_a_safety_report(
    place: Workplace, language: str
) -> None:
    patient, course = on_course(place)
    set_clock(place, "2026-03-06T12:00")
    slot = SlotId(course, "interferon", DAY_1, "evening")
    given = Moment.at(datetime(2026, 3, 2, 19, 4), ZONE)
    log_dose(place, DoseEntry(slot, Status.GIVEN, given=given, lot="A17", site="arm_left"))
    record_event(place, a_serious_fever(patient.id, course))
    event_id = place.store.rows("SELECT event_id FROM toxicities")[0]["event_id"]
    made = toxicity_report(place, event_id, "zh" if language == "zh" else "en")
    text = printed(made.content)
    wanted = {
        "en": ("grade 3", "admission to hospital", "probable (Wu Min)", "interrupted",
               "paracetamol", "60 micrograms, under the skin, every other day", "CIOMS",
               "Day of the course cycle 1, day 3", "Age at onset 64 years", "Suspected medicines",
               "Other medicines at the time", "last dose by onset 02-Mar-2026 19:04",
               "lot A17", "To be completed by hand", "Earlier episodes of it none recorded"),
        "zh": ("3 级", "很可能", "CIOMS", "paracetamol", "怀疑药品", "并用药品", "第 1 周期第 3 天",
               "64 岁", "民族", "体重（kg）", "批号 A17", "停药或减量后是否减轻"),
    }[language]  # fmt: skip
    for one in wanted:  # a line may end anywhere in Chinese
        assert one.replace(" ", "") in text.replace(" ", ""), one
    assert patient.mrn not in made.name and "Chen" not in made.name


def test_the_summary_tells_cycles_toxicities_marrow_and_decisions(place: Workplace) -> None:
    patient, course = on_course(place)
    set_clock(place, "2026-03-09T12:00")
    record_event(place, a_serious_fever(patient.id, course))
    record_marrow(place, a_marrow(patient.id, "2026-03-09T09:00", "1.50", "0.020"))
    hold_component(
        place, course, "sorafenib", date(2026, 3, 9), HoldReason.TOXICITY, decided_by="Wu Min"
    )
    text = printed(course_summary(place, course, "en").content)
    for wanted in ("Cycle 1 02-Mar-2026", "grade 3", "blasts 1.50 %", "from 09-Mar-2026",
                   "Days on the course 8 days"):  # fmt: skip
        assert wanted in text, wanted


def test_what_was_not_recorded_is_said_so_and_not_left_blank(place: Workplace) -> None:
    _, course = on_course(place)
    text = printed(course_summary(place, course, "en").content)
    assert "That nothing is recorded does not mean that there was none." in text
    assert "No marrow examination is recorded." in text
