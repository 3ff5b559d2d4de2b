"""A cycle with scores of departures and very long names: nothing is lost, cut off or hidden."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pypdfium2
import pytest

from aml_maint.domain.messages import Language
from aml_maint.reports.cycle_report import CycleReport
from aml_maint.reports.cycle_report_pdf import content, cycle_report_document
from aml_maint.services.language import catalogue
from tests.reports.stress_cycle import AMENDED, DEPARTURES, NURSE, PHYSICIAN, stressed_report
from tests.reports.test_cycle_report_pdf import needs_chinese_font, squeezed, texts

# Points; a printer reaches no further to the edge, and the margins are wider.
EDGE = 14
# Heads and feet stand beyond these, in points from the upper and the lower edge.
HEAD, FOOT = 40, 34
# A hyphen at the end of a line, as pdfium tells it.
AT_LINE_END = ("\x02", "\ufffe")
# More would be no report any more.
MOST_PAGES = 6
PAGE = {"en": "Page {} of {}", "zh": "第{}页，共{}页"}
LANGUAGES: tuple[Language, ...] = ("en", "zh")


@pytest.fixture(scope="module")
def report() -> CycleReport:
    """The report of that cycle."""
    return stressed_report(signed=True)


@pytest.fixture(scope="module")
def pdf(report: CycleReport) -> Iterator[pypdfium2.PdfDocument]:
    """Its PDF in both languages."""
    document = pypdfium2.PdfDocument(cycle_report_document(report, *map(catalogue, LANGUAGES)))
    yield document
    document.close()


def plain(text: str) -> str:
    for mark in AT_LINE_END:
        text = text.replace(mark, "-")
    return squeezed(text)


def parts(pdf: pypdfium2.PdfDocument, *, body: bool = False) -> dict[Language, list[str]]:
    """The pages of each language, without their heads and feet if only the body is wanted."""
    told = [plain(page.get_textpage().get_text_bounded()) for page in pdf]
    middle = next(at for at, text in enumerate(told) if "维持治疗周期报告" in text)
    if body:
        told = [
            plain(page.get_textpage().get_text_bounded(bottom=FOOT, top=page.get_height() - HEAD))
            for page in pdf
        ]
    return {"en": told[:middle], "zh": told[middle:]}


def wanted(report: CycleReport, language: Language) -> list[str]:
    told: dict[str, Any] = content(report, catalogue(language))
    # What stands only where there was nothing to show is left out; the ward is cut to one line.
    shown = {
        key: {k: v for k, v in value.items() if k != "none"} if isinstance(value, dict) else value
        for key, value in told.items()
    }
    return list(texts(shown))


def test_it_is_as_hard_as_it_says(report: CycleReport) -> None:
    assert len(report.deviations) >= DEPARTURES and len(report.amendments) == AMENDED
    assert report.overrun_days == 14 and len(report.toxicities) == 18


@needs_chinese_font
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_stands_on_its_pages_which_are_counted_by_language(
    report: CycleReport, pdf: pypdfium2.PdfDocument, language: Language
) -> None:
    told = parts(pdf)[language]
    assert 3 <= len(told) <= MOST_PAGES
    for number, text in enumerate(told, 1):
        assert squeezed(PAGE[language].format(number, len(told))) in text
    printed = "".join(told) + "".join(parts(pdf, body=True)[language])
    assert [text for text in wanted(report, language) if squeezed(text) not in printed] == []


@needs_chinese_font
def test_no_letter_is_cut_off_at_the_edge_of_a_page(pdf: pypdfium2.PdfDocument) -> None:
    for page in pdf:
        width, height = page.get_size()
        text = page.get_textpage()
        for at in range(text.count_chars()):
            left, bottom, right, top = text.get_charbox(at)
            if right > left:  # not a blank
                assert left >= EDGE and right <= width - EDGE
                assert bottom >= EDGE and top <= height - EDGE


@needs_chinese_font
@pytest.mark.parametrize("searched", [PHYSICIAN.split()[-1], NURSE[:5], "trimethoprim"])
def test_long_names_are_found_by_the_search_of_a_viewer(
    pdf: pypdfium2.PdfDocument, searched: str
) -> None:
    assert any(page.get_textpage().search(searched).get_next() for page in pdf)
