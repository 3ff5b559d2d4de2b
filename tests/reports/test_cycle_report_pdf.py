"""The cycle report as a PDF: what its text layer holds, in both languages, and what it refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import typst
from pypdf import PdfReader

from aml_maint.domain.course import CycleStart
from aml_maint.domain.errors import UserError
from aml_maint.domain.messages import LANGUAGES, NBSP, Language
from aml_maint.domain.signed_report import Signature
from aml_maint.domain.toxicity_event import ToxicityEvent
from aml_maint.reports import pdf
from aml_maint.reports.cycle_report import CycleReport
from aml_maint.reports.cycle_report_pdf import content, cycle_report_document
from aml_maint.reports.pdf import CHINESE_FAMILIES, FontMissing, PdfFault, typeset
from aml_maint.services.language import catalogue
from tests.reports.sample_cycle import (
    FIRST,
    PATIENT,
    TOXICITIES,
    ZONE,
    make_report,
    pages_of,
    text_of,
)
from tests.reports.sample_cycle import the_course as course_with

# Parts of the content that are no text on page 1.
# Codes that are drawn, and texts that stand elsewhere than on the page.
NOT_PRINTED = {
    "alt", "document_title", "language", "keep_together", "running", "page", "signs", "legend",
    "marks", "limits", "decades", "months", "runs",
}  # fmt: skip

families = {family.casefold() for family in typst.Fonts().families()}
needs_chinese_font = pytest.mark.skipif(
    not any(name.casefold() in families for name in CHINESE_FAMILIES),
    reason="this machine has no Chinese font",
)
in_each_language = pytest.mark.parametrize(
    "language", ["en", pytest.param("zh", marks=needs_chinese_font)]
)


def document(report: CycleReport, language: Language = "en") -> bytes:
    return cycle_report_document(report, catalogue(language))


def squeezed(text: str) -> str:
    """Without any blank: lines break where there is room, not where the text says so."""
    return "".join(text.split())


def texts(value: Any, key: str = "") -> Iterator[str]:
    """Every text of the content that must stand on the page."""
    match value:
        case dict():
            for name, inner in value.items():
                if name not in NOT_PRINTED:
                    yield from texts(inner, name)
        case list() | tuple():
            for inner in value:
                yield from texts(inner, key)
        case bool() | None:
            return
        case str() | int():
            yield str(value)


@pytest.fixture
def no_system_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A computer that has only the fonts built into typst: none of them Chinese."""
    fonts = typst.Fonts(include_system_fonts=False)

    def built_in() -> typst.Fonts:
        return fonts

    built_in.cache_clear = lambda: None  # type: ignore[attr-defined]
    monkeypatch.setattr(pdf, "_fonts", built_in)


@in_each_language
def test_the_text_layer_holds_every_text_and_every_figure(language: Language) -> None:
    report = make_report()
    told = content(report, catalogue(language))
    assert told["counts"]["rows"] and told["toxicities"]["rows"] and told["marrows"]["items"]
    # What stands only where there was nothing to show is left out.
    wanted = {
        key: {k: v for k, v in value.items() if k != "none"} if isinstance(value, dict) else value
        for key, value in told.items()
    }
    printed = squeezed(text_of(document(report, language)))
    lacking = [text for text in texts(wanted) if squeezed(text) not in printed]
    assert lacking == []


def test_the_english_report_reads_as_people_write_doses_dates_and_counts() -> None:
    printed = text_of(document(make_report()))
    for wanted in (
        "CHEN, Wei", "born 14-Jul-1961 (64 y)", "MRN 004217", "Known: penicillin",
        "FLT3-ITD positive", "Sorafenib + ITI maintenance, version 1",
        "Cycle 1: 02-Mar-2026 – 29-Mar-2026", "28 days planned, 28 actual",
        "60 micrograms, under the skin, every other day", "1 million units",
        "780 of 840 micrograms", "missed 1: forgotten", "held 2: toxicity",
        "gate closed 6: platelets 46 × 10⁹/L (11-Mar-2026)", "22,200 of 22,400 mg", "99.1 %",
        "day 15: planned at 07:00; given 10:20; asleep", "lowest 46 × 10⁹/L (day 10, 11-Mar-2026)",
        "highest 38.6 °C", "flow MRD not detected", "RUNX1::RUNX1T1 by PCR 0.10 %",
        "entry 812, chain head 9f3a61c22b4c77d0", "Generated 30-Mar-2026 09:00 by Wu Min",
    ):  # fmt: skip
        assert wanted in printed, wanted


@needs_chinese_font
def test_the_chinese_report_is_chinese_down_to_its_dates() -> None:
    patient = replace(PATIENT, family_name="陈", given_name="伟", diagnosis="急性髓系白血病")
    printed = text_of(document(make_report(patient=patient), "zh"))
    for wanted in (
        "陈伟", "1961年7月14日", "第 1 周期：2026年3月2日至2026年3月29日", "60 微克（μg）",
        "100 万国际单位", "隔日 1 次", "780 / 840 微克", "草稿", "未签名", "第 1 页，共 1 页",
        "最低 46 × 10⁹/L", "漏用 1 次：忘记",
    ):  # fmt: skip
        assert squeezed(wanted) in squeezed(printed), wanted
    assert not re.search(r"\d-[A-Z][a-z]{2}-\d{4}", printed)
    assert "DRAFT" not in printed


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_number_can_part_from_its_unit(language: Language) -> None:
    units = "mg|micrograms|million|tablets?|minutes|days?|°C|g/L|%|微克|万|片|天|分钟|小时|次|岁"
    loose = [
        text
        for text in texts(content(make_report(), catalogue(language)))
        if re.search(rf"\d ({units})(?![a-z])", text) or re.search(r"\d × ?10|× 10", text)
    ]
    assert loose == []


@in_each_language
def test_every_page_names_the_patient_the_draft_and_its_number(language: Language) -> None:
    many = tuple(
        replace(TOXICITIES[0], event=ToxicityEvent.of("p1", "c1", f"t{i}", ZONE, 1, FIRST))
        for i in range(60)
    )
    pages = pages_of(document(make_report(toxicities=many), language))
    assert len(pages) > 1
    draft = catalogue(language).text("report.draft")
    for number, page in enumerate(pages, 1):
        assert "CHEN" in page and "Wei" in page and "004217" in page
        assert draft in page
        told = catalogue(language).text("report.page", page=number, pages=len(pages))
        assert squeezed(told) in squeezed(page)


@in_each_language
@pytest.mark.parametrize("demo", [False, True])
def test_a_usual_cycle_fits_one_page(language: Language, demo: bool) -> None:
    assert len(pages_of(document(make_report(demo=demo), language))) == 1


@in_each_language
def test_a_usual_cycle_still_fits_one_page_once_it_is_signed(language: Language) -> None:
    report = make_report()
    signed = replace(report, signature=Signature("Wu Min", "physician", report.generated))
    pages = pages_of(document(signed, language))
    assert len(pages) == 1
    assert "Wu Min" in pages[0] and "9f3a61c22b4c77d0" in pages[0]


@needs_chinese_font
def test_both_languages_make_one_file_in_which_each_counts_its_own_pages() -> None:
    document = cycle_report_document(make_report(), catalogue("en"), catalogue("zh"))
    english, chinese = pages_of(document)
    assert "Page 1 of 1" in english.replace("\N{NO-BREAK SPACE}", " ")
    assert "第1页，共1页" in squeezed(chinese)
    assert "Doses" in english and "Doses" not in chinese
    assert "Haematology day clinic" in chinese  # the head of a first page


def test_an_unfinished_cycle_says_so_and_counts_to_date() -> None:
    printed = text_of(document(make_report(day=12, ended=False)))
    assert "Unfinished cycle: all figures to date, 13-Mar-2026 09:00" in printed
    assert "Cycle 1: 02-Mar-2026 to date, planned to 29-Mar-2026" in printed
    assert "day 12 of 28, to date" in printed
    assert "Unfinished" not in text_of(document(make_report()))


def test_a_long_overrun_goes_on_in_a_second_block_of_days() -> None:
    report = make_report(day=40, ended=False)
    strip = content(report, catalogue("en"))["strip"]
    assert [len(block["days"]) for block in strip["blocks"]] == [28, 12]
    printed = text_of(document(report))
    assert "28 days planned, 40 to date (overrun 12)" in printed
    assert "Doses given on overrun days count in dose and RDI" in printed


def test_a_demo_ward_marks_its_reports_and_a_real_one_does_not() -> None:
    assert "synthetic data, no real patient" in text_of(document(make_report(demo=True)))
    assert "DEMO" not in text_of(document(make_report()))


@pytest.mark.parametrize(
    "name",
    [
        '#import "evil" *bold* $x$ _i_ `raw` <label> @ref // /* [[',
        "O’Brien \"Bob\" 'x' \\n \\u{41} {0} {family} %s",
        '#panic("no") #sys.inputs.data ~ -- --- ... 1. + - =',
        "<b>Ann</b> &amp; <script>",
    ],
)
def test_a_name_prints_literally_whatever_it_holds(name: str) -> None:
    patient = replace(PATIENT, family_name="Zz", given_name=name, diagnosis=name, ward=name)
    printed = squeezed(text_of(document(make_report(patient=patient, generated_by=name))))
    assert printed.count(squeezed(name)) >= 4


def test_a_name_of_300_letters_is_printed_whole_over_several_lines() -> None:
    name = " ".join(f"name{i:03d}" for i in range(40))
    unbroken = "X" * 300
    patient = replace(PATIENT, family_name=unbroken, given_name=name)
    made = document(make_report(patient=patient))
    assert squeezed(name) in squeezed(text_of(made)) and unbroken in squeezed(text_of(made))
    lines = PdfReader(BytesIO(made)).pages[0].extract_text().splitlines()
    assert max(line.count("X") for line in lines) < 100


def test_right_to_left_names_print_and_direction_marks_are_left_out() -> None:
    patient = replace(PATIENT, family_name="\u202eDlrow", given_name="שלום")
    report = make_report(patient=patient)
    printed = text_of(document(report))
    assert "DLROW" in printed and "\u202e" not in printed
    assert "שלום" in printed or "שלום"[::-1] in printed


def test_control_characters_in_a_name_become_blanks() -> None:
    patient = replace(PATIENT, family_name="A\x00B\nC\tD\x1bE", given_name="\u2028F")
    assert "ABCDE" in squeezed(text_of(document(make_report(patient=patient))))


def test_the_same_report_gives_the_same_bytes() -> None:
    first = document(make_report())
    document(make_report(day=12, ended=False))
    assert document(make_report()) == first


def test_the_only_time_in_the_file_is_that_of_the_report() -> None:
    report = make_report()
    made = PdfReader(BytesIO(document(report))).metadata
    assert made is not None and made.creation_date is not None
    assert made.creation_date.astimezone(UTC) == report.generated.utc


def test_the_document_title_that_viewers_show_names_no_patient() -> None:
    reader = PdfReader(BytesIO(document(make_report())))
    assert reader.metadata is not None
    assert reader.metadata.title == "Maintenance cycle report, cycle 1, draft"
    told = " ".join(str(value) for value in reader.metadata.values())
    assert "Chen" not in told and "CHEN" not in told and "004217" not in told


@in_each_language
def test_the_file_is_archivable_tagged_and_in_its_language(language: Language) -> None:
    reader = PdfReader(BytesIO(document(make_report(), language)))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert str(root["/Lang"]).startswith(language)
    xmp = root["/Metadata"].get_data().decode()
    assert re.search(r"pdfaid:part[>=\"]+2", xmp) and re.search(r"pdfaid:conformance[>=\"]+A", xmp)
    assert re.search(r"pdfuaid:part[>=\"]+1", xmp)


def alternatives(element: Any) -> Iterator[str]:
    """The alternative texts in a PDF's structure tree."""
    node = element.get_object()
    if isinstance(node, list):
        for inner in node:
            yield from alternatives(inner)
    elif isinstance(node, dict):
        if "/Alt" in node:
            yield str(node["/Alt"])
        if "/K" in node:
            yield from alternatives(node["/K"])


def test_the_flow_strip_is_told_in_words_to_those_who_cannot_see_it() -> None:
    reader = PdfReader(BytesIO(document(make_report())))
    told = " ".join(alternatives(reader.trailer["/Root"]["/StructTreeRoot"]))
    assert "sorafenib 07:00: given on days 1–14, 16–28; given late on days 15." in told
    assert "compound Danshen tablets 13:00: given on days 1–9, 12–23, 25–28;" in told
    assert "gate closed on days 10–11; unconfirmed on days 24." in told


@pytest.mark.usefixtures("no_system_fonts")
def test_a_chinese_report_without_a_chinese_font_says_what_to_install() -> None:
    with pytest.raises(FontMissing) as caught:
        document(make_report(), "zh")
    assert isinstance(caught.value, UserError)
    assert caught.value.message.key == "report.error.no_chinese_font"
    assert caught.value.hint is not None
    assert "fonts-noto-cjk" in catalogue("en").text(caught.value.hint)
    assert "字体" in catalogue("zh").text(caught.value.hint)


@pytest.mark.usefixtures("no_system_fonts")
def test_a_chinese_name_in_an_english_report_without_a_font_is_no_box_but_a_refusal() -> None:
    patient = replace(PATIENT, family_name="陈", given_name="伟")
    with pytest.raises(FontMissing) as caught:
        document(make_report(patient=patient))
    told = catalogue("en").text(caught.value.message)
    assert "伟" in told and "陈" in told


def test_a_mark_that_came_along_with_a_copied_text_is_left_out() -> None:
    patient = replace(PATIENT, family_name="\ufeffChen", ward="A\ufeff")
    assert "CHEN, Wei" in text_of(document(make_report(patient=patient)))


def test_a_character_of_a_hospitals_own_font_is_named_and_refused() -> None:
    """A font of the computer may have it; a PDF to be kept may not."""
    diagnostic = 'PDF/A-2a error: the PDF contains the codepoint `"\\u{e000}"`'
    assert pdf._named(pdf._PRIVATE, diagnostic) == ["U+E000"]
    patient = replace(PATIENT, family_name="\ue000")
    with pytest.raises(FontMissing) as caught:
        document(make_report(patient=patient))
    assert "U+E000" in catalogue("en").text(caught.value.message)


@pytest.mark.usefixtures("no_system_fonts")
def test_an_english_report_needs_no_installed_font_at_all() -> None:
    assert "CHEN, Wei" in text_of(document(make_report()))


def test_a_font_installed_in_between_is_found_the_next_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pdf, "CHINESE_FAMILIES", ("No Such Font",))
    before = pdf._fonts()
    with pytest.raises(FontMissing):
        pdf.typeface("zh")
    assert pdf._fonts() is not before


def a_template(folder: Path, monkeypatch: pytest.MonkeyPatch, source: str) -> None:
    (folder / "templates").mkdir()
    (folder / "templates" / "t.typ").write_text(source, "utf-8")
    monkeypatch.setattr(pdf.files, "resource", lambda *parts: folder.joinpath(*parts))


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ('#set document(title: "t")\n#set text(lang: "en", font: "No Such Font")\nx', "unknown"),
        ('#set document(title: "t")\n#panic("broken")', "panicked"),
        ('#set document(title: "t")\n#read("/etc/hostname")', "file not found"),
        ('#import "@preview/none:1.0.0": x', "package"),
    ],
)
def test_a_template_that_warns_or_fails_makes_no_document(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, fault: str
) -> None:
    a_template(tmp_path, monkeypatch, source)
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")  # packages are never fetched
    with pytest.raises(PdfFault, match=fault):
        typeset("t.typ", {"name": "CHEN"}, "en", make_report().generated.utc)


def test_making_a_report_writes_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("TMPDIR", "TEMP", "TMP", "HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    assert document(make_report()).startswith(b"%PDF")
    assert list(tmp_path.rglob("*")) == []


@pytest.mark.parametrize(
    ("later", "told"),
    [
        (28, "as planned"),
        (29, f"1{NBSP}day later than planned"),
        (31, f"3{NBSP}days later than planned"),
    ],
)
def test_the_start_of_a_cycle_is_told_as_planned_or_by_its_delay(later: int, told: str) -> None:
    second = CycleStart(2, FIRST + timedelta(later))
    report = make_report(course=course_with(cycles=(CycleStart(1, FIRST), second)), cycle=2)
    facts = dict(content(report, catalogue("en"))["facts"])
    assert facts["Cycle start"] == told


def test_what_was_not_recorded_is_said_and_never_left_blank() -> None:
    patient = replace(
        PATIENT, born_on=None, diagnosis="", diagnosed_on=None, ward="", allergies="",
        allergy_state=type(PATIENT.allergy_state).NOT_RECORDED,
    )  # fmt: skip
    report = make_report(
        patient=patient, readings=(), toxicities=(), marrows=(), board=None, chain=None
    )
    printed = text_of(document(report))
    for wanted in (
        "birth date not recorded", "Ward not recorded", "Not recorded",
        "No count or temperature recorded in this cycle.", "None recorded in this cycle.",
        "No marrow examination recorded in this cycle.", "Audit trail: no entry.",
    ):  # fmt: skip
        assert wanted in printed


def test_the_small_print_marks_the_site_defaults_and_tells_the_definitions() -> None:
    printed = text_of(document(make_report()))
    for wanted in (
        "sorafenib, thalidomide, compound Danshen tablets ± 2 h [D]",
        "ibuprofen 45 to 75 minutes before interferon alfa-1b [D]",
        "compound Danshen tablets: platelets must be above 50 × 10⁹/L",
        "not older than 7 days, or 3 days when the last was below 75 × 10⁹/L",
        "RDI, relative dose intensity =", "is not due", "Cheng 2025",
    ):  # fmt: skip
        assert wanted in printed, wanted


def test_no_birthday_makes_anyone_older_than_on_the_last_day_of_the_cycle() -> None:
    patient = replace(PATIENT, born_on=date(1961, 3, 29))
    assert "(65 y)" in text_of(document(make_report(patient=patient)))
    assert "(64 y)" in text_of(document(make_report(patient=patient, day=12, ended=False)))
