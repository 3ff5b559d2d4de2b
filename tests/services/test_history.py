"""The audit trail of a patient in words: never raw rows, nothing of other patients, in pages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from aml_maint.domain.administration import Status
from aml_maint.domain.assessment import Assessment, AssessmentKind, Finding
from aml_maint.domain.course import EndReason, HoldReason
from aml_maint.domain.marrow import Assay, FlowResult, Marrow, Purpose, Specimen
from aml_maint.domain.messages import LANGUAGES
from aml_maint.domain.quantities import Dose, LabValue
from aml_maint.domain.schedule import SlotId
from aml_maint.domain.shift import ShiftScope
from aml_maint.domain.toxicity_event import ToxicityEvent
from aml_maint.services.assessments import record_assessment
from aml_maint.services.dosing import (
    DoseEntry,
    RangeConfirmation,
    confirm_range,
    correct_dose,
    log_dose,
    undo_doses,
)
from aml_maint.services.findings import dismiss_finding
from aml_maint.services.history import Group, HistoryEntry, Wanted, patient_history, people_of
from aml_maint.services.history_names import Names
from aml_maint.services.history_rows import described
from aml_maint.services.importing import import_cohort, preview_cohort
from aml_maint.services.language import catalogue
from aml_maint.services.marrow import record_marrow, record_specimen
from aml_maint.services.observations import (
    record_counts,
    withdraw_count,
)
from aml_maint.services.people import list_patients
from aml_maint.services.replanning import (
    WantedOmission,
    WantedShift,
    change_plan,
    changes_of,
    undo_change,
)
from aml_maint.services.toxicities import record_event
from aml_maint.services.treatment import (
    end_course,
    hold_component,
    resume_component,
    set_dose,
    start_cycle,
)
from aml_maint.services.workplace import Workplace
from aml_maint.store import courses, labs, marrows
from tests.builders import (
    DAY_1,
    PHYSICIAN,
    UNASSESSED,
    ZONE,
    a_patient,
    moment,
    on_course,
    set_clock,
)

COHORT = Path(__file__).resolve().parents[1] / "data" / "cohort19.csv"


def told(place: Workplace, patient_id: str, **wanted: object) -> list[str]:
    """The entries in English, the latest first."""
    page = patient_history(place, patient_id, Wanted(**wanted))  # type: ignore[arg-type]
    return [words(entry) for entry in page.entries]


def words(entry: HistoryEntry) -> str:
    return catalogue("en").text(entry.what).replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture
def story(place: Workplace) -> str:
    """A patient to whom everything happens that can be recorded; the patient's id."""
    place = place.acting_as(PHYSICIAN)
    patient, course = on_course(place)
    set_clock(place, "2026-03-02T20:00")
    values = {"platelets": LabValue.parse("120", "10*9/L"), "alt": LabValue.parse("40", "U/L")}
    record_counts(place, patient.id, values, moment("2026-03-02T06:00"))
    morning = SlotId(course, "sorafenib", DAY_1, "morning")
    given = log_dose(place, DoseEntry(morning, Status.GIVEN, moment("2026-03-02T07:05")))
    (record,) = given.made
    corrected = correct_dose(
        place, record, DoseEntry(morning, Status.MISSED, reason="forgotten"), "wrong patient"
    )
    undo_doses(place, corrected.made)
    confirm_range(place, RangeConfirmation(course, DAY_1, DAY_1))
    event = ToxicityEvent.of(patient.id, course, "nausea_vomiting", ZONE, 1, DAY_1)
    record_event(place, replace(event, note="seen twice"))
    found = Assessment(
        "", patient.id, course, 1, AssessmentKind.BEFORE, DAY_1,
        (Finding("nausea_vomiting", 2), Finding("diarrhoea", 0)),
    )  # fmt: skip
    record_assessment(place, found)
    marrow = Marrow(
        "", patient.id, moment("2026-03-02T10:00"), Purpose.BASELINE,
        (Specimen("", Assay.FLOW), Specimen("", Assay.MORPHOLOGY)),
    )  # fmt: skip
    record_marrow(place, marrow)
    (kept,) = marrows.of_patient(place.store, patient.id)
    back = replace(kept.specimens[0], result=FlowResult(None, not_detected=True))
    record_specimen(place, kept.id, back)
    hold_component(place, course, "thalidomide", DAY_1, HoldReason.TOXICITY, decided_by="Wu Min")
    set_clock(place, "2026-03-03T20:00")
    (hold,) = courses.course(place.store, course, place.shelf).holds
    resume_component(place, course, hold.id, DAY_1 + timedelta(days=1))
    set_dose(place, course, "thalidomide", Dose.of("50", "mg"), date(2026, 3, 6), "drowsy")
    wanted = WantedShift(ShiftScope.ONWARD, date(2026, 3, 20), 1, "travels", "Wu Min")
    change_plan(place, course, wanted)
    undo_change(place, course, changes_of(place, course)[0].id, "stays")
    change_plan(place, course, WantedOmission("interferon", date(2026, 3, 10), "fever", "Wu Min"))
    result = labs.of_patient(place.store, patient.id)[0]
    withdraw_count(place, result.id, "wrong tube")
    dismiss_finding(place, patient.id, "dose_overdue", "home leave")
    set_clock(place, "2026-03-30T09:00")
    start_cycle(place, course, date(2026, 3, 30), override=UNASSESSED)
    end_course(place, course, date(2026, 3, 30), EndReason.WISH, override=UNASSESSED)
    return patient.id


STORY = [
    "Course ended: Sorafenib + ITI maintenance, version 1, from 02-Mar-2026 to 30-Mar-2026 "
    "(patient’s wish), without the assessment at the end of cycle 2 (assessed on paper; "
    "decided by Wu Min)",
    "Cycle started: cycle 2, day 1 on 30-Mar-2026",
    "Finding set aside: Overdue: home leave",
    "Result taken back: platelets 120 × 10⁹/L of 02-Mar-2026 06:00",
    "Doses left out: interferon alfa-1b, 10-Mar-2026 (fever; decided by Wu Min)",
    "Decision taken back: everything from 20-Mar-2026 on: one day later (travels; decided by "
    "Wu Min)",
    "Doses moved: everything from 20-Mar-2026 on: one day later (travels; decided by Wu Min)",
    "Dose ordered: thalidomide 50 mg from 06-Mar-2026",
    "Resumed: thalidomide from 02-Mar-2026 to 03-Mar-2026 (toxicity; decided by Wu Min)",
    "Held: thalidomide from 02-Mar-2026 (toxicity; decided by Wu Min)",
    "Specimen: flow cytometry: flow MRD not detected",
    "Marrow recorded: taken on 02-Mar-2026 (baseline before maintenance), sent for flow "
    "cytometry, morphology",
    "Assessment recorded: before cycle 1, on 02-Mar-2026: Nausea / vomiting 2",
    "Toxicity recorded: Nausea / vomiting: grade 1 since 02-Mar-2026. Note: seen twice",
    "Doses recorded: 7 doses of 02-Mar-2026: compound Danshen tablets, ibuprofen, "
    "interferon alfa-1b, interleukin-2, sorafenib",
    "Record taken back: 2 doses of 02-Mar-2026: sorafenib",
    "Record corrected: sorafenib planned for 02-Mar-2026 07:00: missed (forgotten)",
    "Dose recorded: sorafenib 400 mg planned for 02-Mar-2026 07:00: given, 07:05",
    "Results recorded: platelets 120 × 10⁹/L, ALT 40 U/L, collected 02-Mar-2026 06:00",
    "Course started: Sorafenib + ITI maintenance, version 1, day 1 on 02-Mar-2026",
    "Admitted: Chen Wei, MRN MRN-1, Male, born 14-Jul-1961, FLT3-ITD positive, ELN 2022 risk "
    "intermediate",
]


def test_every_entry_is_a_sentence_and_the_latest_comes_first(place: Workplace, story: str) -> None:
    found = told(place, story)
    for line, expected in zip(found, STORY, strict=True):
        assert line.replace("version 2", "version 1") == expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_entry_shows_a_row_as_it_is_stored(place: Workplace, story: str, language: str) -> None:
    texts = catalogue("zh" if language == "zh" else "en")
    for entry in patient_history(place, story).entries:
        said = [texts.text(entry.what), *(texts.text(one.after) for one in entry.details)]
        assert not any(mark in line for line in said for mark in "{}[]_"), said


def test_an_entry_says_who_when_and_why(place: Workplace, story: str) -> None:
    page = patient_history(place, story)
    entry = next(one for one in page.entries if one.action == "withdraw_count")
    assert (entry.by, entry.role, entry.workstation) == ("Wu Min", "physician", "ward-pc-1")
    assert entry.reason == "wrong tube"
    assert entry.recorded == moment("2026-03-03T20:00")


def test_an_undo_without_words_has_no_reason(place: Workplace, story: str) -> None:
    page = patient_history(place, story)
    entry = next(one for one in page.entries if one.action == "undo_dose")
    assert entry.reason == ""


def test_the_details_of_a_correction_name_both_records(place: Workplace, story: str) -> None:
    page = patient_history(place, story)
    entry = next(one for one in page.entries if one.action == "correct_dose")
    texts = [catalogue("en").text(detail.after) for detail in entry.details]
    assert texts[0].startswith("no longer stands, corrected: sorafenib")
    assert "missed (forgotten)" in texts[1]


def test_the_details_of_a_changed_record_show_it_before_and_after(
    place: Workplace, story: str
) -> None:
    page = patient_history(place, story)
    entry = next(one for one in page.entries if one.action == "resume_component")
    (detail,) = entry.details
    assert detail.before is not None
    assert catalogue("en").text(detail.before).startswith("thalidomide from 02-Mar-2026 (")
    assert "to 03-Mar-2026" in catalogue("en").text(detail.after)


def test_what_happened_on_another_day_than_it_was_recorded_is_marked(
    place: Workplace, story: str
) -> None:
    late = {entry.action: entry.backdated for entry in patient_history(place, story).entries}
    assert late["log_dose"] is False
    set_clock(place, "2026-03-31T09:00")
    values = {"platelets": LabValue.parse("90", "10*9/L")}
    record_counts(place, story, values, moment("2026-03-20T06:00"))
    assert patient_history(place, story).entries[0].backdated


# -- filters and pages ---------------------------------------------------------------------------


def test_entries_are_filtered_by_what_they_are_about(place: Workplace, story: str) -> None:
    assert [line.split(":")[0] for line in told(place, story, group=Group.RESULTS)] == [
        "Result taken back", "Results recorded",
    ]  # fmt: skip
    counts = [len(told(place, story, group=group)) for group in Group]
    assert sum(counts) == len(STORY)


def test_entries_are_filtered_by_person(place: Workplace, story: str) -> None:
    values = {"platelets": LabValue.parse("90", "10*9/L")}
    record_counts(place, story, values, moment("2026-03-20T06:00"))
    assert people_of(place, story) == ("Li Na", "Wu Min")
    assert len(told(place, story, by="Li Na")) == 1
    assert len(told(place, story, by="Wu Min")) == len(STORY)


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("THALIDOMIDE", 3),
        ("wrong tube", 1),
        ("wu min", len(STORY)),
        ("nothing of the kind", 0),
        ("  ", len(STORY)),
    ],
)
def test_entries_are_found_by_their_words_reasons_and_names(
    place: Workplace, story: str, text: str, hits: int
) -> None:
    assert len(told(place, story, text=text)) == hits


def test_words_are_found_in_the_language_shown(place: Workplace, story: str) -> None:
    page = patient_history(place, story, Wanted(text="沙利度胺"), language="zh")
    assert len(page.entries) == 3


def test_a_long_trail_is_read_in_pages_without_gap_or_overlap(place: Workplace, story: str) -> None:
    whole = [entry.sequence for entry in patient_history(place, story).entries]
    found: list[int] = []
    before, more = None, True
    while more:
        page = patient_history(place, story, before=before, limit=4)
        found += [entry.sequence for entry in page.entries]
        before, more = found[-1], page.more
    assert found == whole


def test_a_page_that_is_filtered_by_words_reads_on_until_it_is_full(
    place: Workplace, story: str
) -> None:
    page = patient_history(place, story, Wanted(text="thalidomide"), limit=2)
    assert len(page.entries) == 2 and page.more
    rest = patient_history(
        place, story, Wanted(text="thalidomide"), before=page.entries[-1].sequence, limit=2
    )
    assert len(rest.entries) == 1 and not rest.more


# -- other patients ------------------------------------------------------------------------------


def test_another_patients_entries_are_not_told(place: Workplace, story: str) -> None:
    other, _ = on_course(place.acting_as(PHYSICIAN), a_patient("MRN-2"), date(2026, 3, 30))
    assert len(told(place, other.id)) == 2
    assert len(told(place, story)) == len(STORY)


def test_an_import_tells_each_patient_only_of_themselves(place: Workplace) -> None:
    place = place.acting_as(PHYSICIAN)
    import_cohort(place, preview_cohort(place, COHORT.read_bytes(), "Cheng2025"))
    for row in list_patients(place):
        (entry,) = patient_history(place, row.patient.id).entries
        assert row.patient.mrn in words(entry)
        assert len([d for d in entry.details if "MRN" in catalogue("en").text(d.after)]) == 1


def test_a_row_of_an_older_program_is_told_as_far_as_it_can_be(place: Workplace) -> None:
    row = {"id": "x", "term": "nausea", "state": "live"}
    assert described("toxicities", row, Names({}, {})).key == "history.table.toxicities"
