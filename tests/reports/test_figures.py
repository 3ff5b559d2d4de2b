"""Figures as files: every letter has a glyph, and no copy loses its definition, n and day."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pytest

from aml_maint.domain.cohort import read_row
from aml_maint.domain.cohort_member import Member, reported_member
from aml_maint.domain.cohort_tables import Grouping
from aml_maint.domain.endpoints import Endpoint
from aml_maint.domain.messages import Language, say
from aml_maint.domain.outcome_estimate import estimate
from aml_maint.reports.figures import lettering
from aml_maint.reports.figures.exhibit import Exhibit, Values
from aml_maint.reports.figures.mrd_figure import mrd_exhibit
from aml_maint.reports.figures.picture import Part, picture, spoken, table_csv
from aml_maint.reports.figures.sheet import Look, Paper
from aml_maint.reports.figures.survival_figure import survival_exhibit
from aml_maint.reports.figures.swimmer_figure import swimmer_exhibit
from aml_maint.reports.pdf import FontMissing
from aml_maint.services.language import catalogue

ROWS = csv.DictReader(
    (Path(__file__).parents[1] / "data" / "cohort19.csv").read_text("utf-8").splitlines()
)
NINETEEN = [
    reported_member(str(number), "Cheng2025", patient)
    for number, row in enumerate(ROWS)
    if (patient := read_row(row, 2)[0]) is not None
]
DAY = date(2026, 3, 5)
PNG = b"\x89PNG\r\n\x1a\n"


def survival(grouping: Grouping = Grouping.NONE, members: Sequence[Member] = ()) -> Exhibit:
    found = estimate(members or NINETEEN, Endpoint.RFS_ANY, None, grouping)
    return survival_exhibit(found, (12, 24), DAY)


def figures() -> list[Exhibit]:
    return [
        survival(), survival(Grouping.RISK), swimmer_exhibit(NINETEEN, None, DAY),
        mrd_exhibit(NINETEEN, None, DAY),
    ]  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("paper", ["light", "dark"])
def test_each_figure_is_drawn_in_both_languages_on_both_papers(
    language: Language, paper: Paper
) -> None:
    for exhibit in figures():
        assert picture(exhibit, catalogue(language), "png", Look(paper)).startswith(PNG)


def test_an_svg_is_told_in_words_and_needs_no_font_of_the_computer() -> None:
    svg = picture(survival(), catalogue("en"), "svg").decode()
    root = ElementTree.fromstring(svg)
    assert root.get("role") == "img"
    told = {child.tag.rpartition("}")[2]: child.text or "" for child in root}
    assert told["title"] == "Relapse-free survival, any relapse"
    for part in ("Kaplan-Meier 66.0\u00a0%", "From maintenance start to any relapse", "19; as of"):
        assert part in told["desc"]
    assert "<text" not in svg and "font-family" not in svg


def test_the_same_figure_is_the_same_file() -> None:
    one, other = (picture(survival(), catalogue("en"), "svg") for _ in range(2))
    assert one == other


def test_a_finer_screen_gets_more_pixels_and_the_same_size() -> None:
    sizes = []
    for ratio in (1.0, 2.0):
        png = picture(survival(), catalogue("en"), "png", Look(ratio=ratio), Part(600, 400))
        sizes.append((int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")))
    assert sizes == [(600, 400), (1200, 800)]


def test_a_letter_that_no_font_has_is_refused_and_never_a_box() -> None:
    title = say("table_1.category", indent="", category="\U00012000")
    titled = Exhibit("odd", title, 1, DAY, (), (), (), survival().drawing)
    with pytest.raises(FontMissing):
        picture(titled, catalogue("en"), "png")


def test_chinese_without_a_chinese_font_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lettering, "CHINESE_FAMILIES", ())
    with pytest.raises(FontMissing):
        picture(survival(), catalogue("zh"), "png")
    assert picture(survival(), catalogue("en"), "png").startswith(PNG)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_table_begins_with_title_definition_n_and_day(language: Language) -> None:
    exhibit = survival()
    words = catalogue(language)
    for values in exhibit.tables:
        text = table_csv(exhibit, values, words).decode("utf-8-sig")
        head = [line for line in text.splitlines() if line.startswith("#")]
        assert head[0] == f"# {words.text(exhibit.title)}"
        assert f"# {words.text(exhibit.notes[0])}" in head
        assert re.search(r"n\u00a0=\u00a019", head[-1]) and words.day(DAY) in head[-1]


def test_the_steps_are_numbers_that_a_statistics_program_reads() -> None:
    exhibit = survival()
    text = table_csv(exhibit, exhibit.tables[1], catalogue("en")).decode("utf-8-sig")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    rows = list(csv.DictReader(lines))
    last = next(row for row in rows if row["Months"] == "16")
    assert (last["At risk"], last["Events"], last["Survival"]) == ("11", "2", "0.6598")


def test_a_text_that_looks_like_a_formula_is_made_harmless() -> None:
    values = Values("", say("figure.group"), ("A", "B"), (("=1+1", Decimal("-1")),))
    exhibit = Exhibit("x", say("figure.group"), 1, DAY, (), (values,))
    text = table_csv(exhibit, values, catalogue("en")).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text)))[-1] == ["'=1+1", "-1"]


def test_a_figure_in_words_says_what_is_not_reached_and_by_which_definition() -> None:
    told = spoken(survival(), catalogue("en")).replace("\u00a0", " ")
    assert "median not reached" in told and "as in the paper" in told
    assert "At 12 months: Kaplan-Meier 88.0 %" in told
    told = spoken(survival(Grouping.RISK), catalogue("en"))
    assert "Adverse risk: 7" in told and "Log-rank: p" in told


def test_without_anybody_there_is_a_table_and_no_drawing() -> None:
    nobody = survival_exhibit(estimate([], Endpoint.OS), (12,), DAY)
    assert nobody.drawing is None and nobody.tables[0].rows == ()
    assert swimmer_exhibit([], None, DAY).drawing is None
    assert mrd_exhibit([], None, DAY).drawing is None
    with pytest.raises(ValueError, match="no drawing"):
        picture(nobody, catalogue("en"), "png")
