"""The report of a cohort: what stands in it, by what patients are named, and who may take it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from uuid import uuid4

import pypdfium2
import pytest

from aml_maint.domain.cohort_tables import Grouping
from aml_maint.domain.command import Actor, Role
from aml_maint.domain.endpoints import Counting, Endpoint
from aml_maint.domain.errors import Refused
from aml_maint.reports.figures.swimmer_figure import SwimmerDrawing
from aml_maint.services.cohort import WARD, Cohort, CohortFilter, cohort
from aml_maint.services.cohort_figures import EXHIBITS, Choice
from aml_maint.services.cohort_report import (
    Frame,
    Listing,
    ReportChoice,
    counted_report,
    is_noted,
    note_report,
    report_frame,
    report_name,
    report_pdf,
)
from aml_maint.services.figure_release import released
from aml_maint.services.importing import import_cohort, preview_cohort
from aml_maint.services.workplace import Workplace
from aml_maint.store import audit
from tests.builders import a_patient, on_course

FILE = Path(__file__).parents[1] / "data" / "cohort19.csv"
STUDY = "Cheng2025"
ONLY_COUNTED = ReportChoice(listing=Listing.NONE)


@pytest.fixture
def everyone(place: Workplace) -> Cohort:
    """One patient of the ward, and the 19 of the paper."""
    on_course(place, a_patient(mrn="MRN-4711", family_name="Ouyang"))
    import_cohort(place, preview_cohort(place, FILE.read_bytes(), STUDY), uuid4())
    return cohort(place)


def only(place: Workplace, study: str) -> Cohort:
    return cohort(place, CohortFilter(study=study))


def pages(document: bytes) -> list[str]:
    """The text of each page in one line, with plain spaces."""
    pdf = pypdfium2.PdfDocument(document)
    try:
        return [" ".join(page.get_textpage().get_text_bounded().split()) for page in pdf]
    finally:
        pdf.close()


def printed(frame: Frame) -> str:
    document = report_pdf(frame)
    assert document is not None
    return " ".join(pages(document))


def test_the_report_prints_what_the_cohort_page_shows_in_both_languages_page_by_page(
    place: Workplace, everyone: Cohort
) -> None:
    found = only(place, STUDY)
    document = report_pdf(report_frame(place, found, ReportChoice(language="both")))
    assert document is not None
    told = pages(document)
    middle = next(at for at, page in enumerate(told) if "队列报告" in page)
    for start, part in ((("Page {} of {}"), told[:middle]), ("第 {} 页，共 {} 页", told[middle:])):
        for number, page in enumerate(part, 1):
            assert start.format(number, len(part)) in page
    english = " ".join(told[:middle])
    for wanted in (
        "Cohort report · n = 19", "19 of 20 patients", "Cheng2025",
        "Only 19 patients, fewer than 30",
        "Table 1: the patients", "Overall survival", "From diagnosis to death of any cause",
        "Kaplan-Meier 94.4 %", "Swimmer plot", "MRD over time", "Table 2: patient by patient",
        "The paper checked", "Definitions and methods", "never taken as normal",
    ):  # fmt: skip
        assert wanted in english, wanted
    for wanted in ("表 1", "总生存", "解读注意", "定义与方法", "泳道图"):
        assert wanted in " ".join(told[middle:]), wanted


def test_the_wards_patients_stand_by_study_id_unless_record_numbers_are_asked_for(
    place: Workplace, everyone: Cohort
) -> None:
    found = only(place, WARD)
    text = printed(report_frame(place, found, ReportChoice()))
    assert "P-" in text and "MRN-4711" not in text and "Ouyang" not in text
    frame = report_frame(place, found, ReportChoice(listing=Listing.NUMBERS))
    assert "MRN-4711" in repr(counted_report(frame)) and "Ouyang" not in repr(frame.cohort.members)
    assert "MRN" not in report_name(frame)


def test_that_patients_leave_one_by_one_is_recorded_and_asks_the_roles(
    place: Workplace, everyone: Cohort
) -> None:
    found = only(place, WARD)
    for listing, action in (
        (Listing.STUDY_IDS, "export_research_data"),
        (Listing.NUMBERS, "export_identified_data"),
    ):
        frame = report_frame(place, found, ReportChoice(listing=listing))
        changes = note_report(place, found, frame, uuid4())
        event = audit.event(place.store, changes.sequence)
        assert event is not None and event.command.action == action
        assert event.note["format"] == "cohort_report"
    nurse = place.acting_as(Actor("Li", Role.NURSE, "pc"))
    with pytest.raises(Refused):
        report_frame(nurse, found, ReportChoice())
    frame = report_frame(nurse, found, ONLY_COUNTED)
    assert not is_noted(found, frame), "counts are nobody's data"


def test_counts_only_lists_nobody(place: Workplace, everyone: Cohort) -> None:
    found = only(place, WARD)
    report = counted_report(report_frame(place, found, ONLY_COUNTED))
    ids = [chapter.exhibit.id for chapter in report.chapters]
    assert ids == ["table_1", "outcomes", "os", "rfs_any_relapse", "toxicity", "completeness"]
    tables = repr([(chapter.tables, chapter.notes) for chapter in report.chapters])
    assert "P-" not in tables and "MRN-4711" not in tables


def test_a_stop_between_two_figures_makes_no_report(place: Workplace, everyone: Cohort) -> None:
    told: list[tuple[int, int]] = []
    frame = report_frame(place, only(place, STUDY), ReportChoice())
    assert report_pdf(frame, lambda *step: told.append(step), lambda: len(told) == 1) is None
    assert told == [(1, 4)]


def test_what_is_withheld_is_not_counted_as_missing(place: Workplace, everyone: Cohort) -> None:
    found = only(place, WARD)
    known = replace(found, members=tuple(replace(m, earlier="3+7*1") for m in found.members))
    left = released(place, known, ["completeness"])
    assert all("earlier" not in member.missing for member in left.members)
    assert "withheld" in repr(EXHIBITS["table_2"](left, Choice()).tables[0].rows)
    bare = released(place, found, ["completeness"])
    assert all("earlier" in member.missing for member in bare.members), "none is on record"


def test_a_split_and_a_cut_off_are_told_in_the_head_and_warned_of(
    place: Workplace, everyone: Cohort
) -> None:
    choice = Choice(Counting(date(2026, 3, 1), censor_at_transplant=True), Grouping.SEX)
    wanted = ReportChoice(choice, Endpoint.RFS_OR_DEATH)
    report = counted_report(report_frame(place, everyone, wanted))
    facts = repr(report.facts)
    for one in ("2026, 3, 1", "split.sex", "transplant.censored", "study_ids"):
        assert one in facts, one
    warned = [warning.key for warning in report.warnings]
    assert {"cohort_report.few", "table_1.few", "figure.mixed"} <= set(warned)
    assert "rfs_relapse_or_death" in [chapter.exhibit.id for chapter in report.chapters]


def test_every_definition_of_an_outcome_has_its_line_and_its_words(
    place: Workplace, everyone: Cohort
) -> None:
    report = counted_report(report_frame(place, only(place, STUDY), ONLY_COUNTED))
    table = next(c for c in report.chapters if c.exhibit.id == "outcomes")
    assert len(table.tables[0].rows) == len(Endpoint)
    assert sum(note.key == "outcomes.defined" for note in table.notes) == len(Endpoint)


def many(of: Cohort, count: int) -> Cohort:
    member = of.members[0]
    return replace(of, members=tuple(
        replace(member, id=str(number), label=str(number)) for number in range(count)
    ))  # fmt: skip


@pytest.mark.parametrize(("count", "plates"), [(54, 1), (55, 2), (150, 3)])
def test_lanes_of_many_patients_go_over_several_pages_on_one_scale(
    place: Workplace, everyone: Cohort, count: int, plates: int
) -> None:
    report = counted_report(report_frame(place, many(only(place, STUDY), count), ReportChoice()))
    made = {chapter.exhibit.id: chapter.plates for chapter in report.chapters}
    assert len(made["swimmer"]) == len(made["mrd_strip"]) == plates
    drawings = [one.drawing for one in made["swimmer"] if isinstance(one.drawing, SwimmerDrawing)]
    assert {drawing.longest for drawing in drawings} == {drawings[0].lanes[0].months}
    assert sum(len(drawing.lanes) for drawing in drawings) == count
