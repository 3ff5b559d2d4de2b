"""The signs of a dose tell all states apart without colour, and read on both themes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations

import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from aml_maint.domain.administration import CellState
from aml_maint.gui.desk import Looks
from aml_maint.gui.theme import Theme, ThemeName
from aml_maint.gui.widgets.cell_marks import draw_mark
from aml_maint.gui.widgets.cell_sign import (
    contrast,
    draw_sign,
    draw_struck,
    ink_on,
    sign_pixmap,
)
from aml_maint.gui.widgets.criteria_list import GradeChip
from aml_maint.gui.widgets.flow_sheet import FlowSheet
from aml_maint.gui.widgets.legend import SHOWN, Legend
from aml_maint.gui.widgets.sign_pictures import SignPictures
from aml_maint.services.plan_marks import Mark
from aml_maint.services.sheet import cycle_sheet
from tests.gui.ward import COURSE, Ward

# A column of the flow sheet at its narrowest, and its usual sign.
CELL, SIGN = 26, 18

# Two signs that differ in fewer pixels than this look alike at a glance.
DIFFERENT_PIXELS = 14
# Of 255 greys: less is no difference that an eye sees beside others.
VISIBLE = 48

# Signs whose letter stands on a filled body.
FILLED = (
    CellState.OVERDUE, CellState.GIVEN, CellState.GIVEN_LATE, CellState.GIVEN_EARLY,
    CellState.HELD, CellState.REFUSED,
)  # fmt: skip


LEGEND_MARKS = (Mark.MOVED_LATER, Mark.MOVED_AWAY, Mark.LOWER_DOSE)


class OneGrey(Theme):
    """A theme in which every state has the same colour, so that shape alone must tell."""

    def color(self, token: str) -> QColor:
        return super().color("text" if token.startswith("state_") else token)


def drawn(theme: Theme, state: CellState, text: str = "") -> QImage:
    """A cell with a sign."""
    image = QImage(CELL, CELL, QImage.Format.Format_RGB32)
    image.fill(theme.color("surface_raised"))
    painter = QPainter(image)
    draw_sign(painter, QRectF(0, 0, CELL, CELL), state, theme, size=SIGN, text=text)
    painter.end()
    return image


def grey(image: QImage) -> list[int]:
    """The grey values of a picture, row by row."""
    copy = image.convertToFormat(QImage.Format.Format_Grayscale8)
    return [
        copy.pixelColor(x, y).value() for y in range(copy.height()) for x in range(copy.width())
    ]


def greys(theme: Theme, state: CellState, text: str = "") -> list[int]:
    """The grey values of a cell with a sign."""
    return grey(drawn(theme, state, text))


def shown(theme: Theme, state: CellState) -> list[int]:
    return greys(theme, state, "48" if state is CellState.GATE_CLOSED else "")


def different(one: list[int], other: list[int]) -> int:
    return sum(abs(a - b) > VISIBLE for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("make", [Theme, OneGrey], ids=["grey copy", "one colour"])
@pytest.mark.parametrize("name", ["light", "dark"])
def test_every_two_states_differ_in_a_grey_copy(
    looks: Looks, make: type[Theme], name: ThemeName
) -> None:
    theme = make(name)
    cells = {state: shown(theme, state) for state in CellState}
    alike = {
        (one, other): different(cells[one], cells[other])
        for one, other in combinations(CellState, 2)
        if different(cells[one], cells[other]) < DIFFERENT_PIXELS
    }
    assert alike == {}


class OneGrade(Theme):
    """A theme in which every grade has the same colours, so that the number alone must tell."""

    def color(self, token: str) -> QColor:
        for kind in ("on_grade", "grade"):
            if token.startswith(kind):
                return super().color(f"{kind}1")
        return super().color(token)


@pytest.mark.parametrize("meant", [True, False])
@pytest.mark.parametrize("name", ["light", "dark"])
def test_every_two_grades_differ_by_their_number_and_not_by_colour_only(
    looks: Looks, qtbot: QtBot, name: ThemeName, meant: bool
) -> None:
    plain = Looks(words=looks.words, theme=OneGrade(name), settings=looks.settings)
    pictures = []
    for grade in range(5):
        chip = GradeChip(plain, grade)
        qtbot.addWidget(chip)
        chip.mark(meant)
        chip.resize(chip.sizeHint())
        pictures.append(grey(chip.grab().toImage()))
    assert all(different(one, other) >= 8 for one, other in combinations(pictures, 2))


# How people with a deficiency of one cone type see linear red, green and blue (Machado and others,
# IEEE Trans Vis Comput Graph 2009;15:1291, severity 1).
SEEN_BY = {
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216),
                   (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413),
                     (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602),
                   (0.004733, 0.691367, 0.303900)),
}  # fmt: skip


def seen(color: QColor, rows: tuple[tuple[float, float, float], ...]) -> tuple[int, ...]:
    """A colour as the eyes of a matrix see it, in 255 steps per channel."""
    linear = [_linear(c) for c in (color.redF(), color.greenF(), color.blueF())]
    mixed = [sum(a * b for a, b in zip(row, linear, strict=True)) for row in rows]
    return tuple(round(255 * _gamma(min(max(c, 0.0), 1.0))) for c in mixed)


def _linear(share: float) -> float:
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)


def _gamma(share: float) -> float:
    return share * 12.92 if share <= 0.0031308 else float(1.055 * share ** (1 / 2.4) - 0.055)


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("eyes", SEEN_BY)
def test_every_two_states_differ_for_eyes_that_lack_a_cone_type(
    looks: Looks, name: ThemeName, eyes: str
) -> None:
    theme = Theme(name)
    known: dict[int, tuple[int, ...]] = {}

    def pixels(state: CellState) -> list[tuple[int, ...]]:
        image = drawn(theme, state, "48" if state is CellState.GATE_CLOSED else "")
        found = []
        for y in range(CELL):
            for x in range(CELL):
                rgb = image.pixel(x, y)
                if rgb not in known:
                    known[rgb] = seen(QColor(rgb), SEEN_BY[eyes])
                found.append(known[rgb])
        return found

    cells = {state: pixels(state) for state in CellState}
    alike = {
        (one, other)
        for one, other in combinations(CellState, 2)
        if sum(
            max(abs(a - b) for a, b in zip(left, right, strict=True)) > VISIBLE
            for left, right in zip(cells[one], cells[other], strict=True)
        )
        < DIFFERENT_PIXELS
    }
    assert alike == set()


@pytest.mark.parametrize("state", CellState)
def test_the_mark_of_an_earlier_entry_shows_beside_every_sign_in_a_grey_copy(
    looks: Looks, state: CellState
) -> None:
    plain = drawn(looks.theme, state)
    marked = drawn(looks.theme, state)
    painter = QPainter(marked)
    draw_struck(painter, QPointF(CELL * 0.82, CELL * 0.78), looks.theme, size=SIGN / 2)
    painter.end()
    assert different(grey(plain), grey(marked)) >= DIFFERENT_PIXELS


@pytest.mark.parametrize("name", ["light", "dark"])
def test_on_the_sheet_itself_all_states_of_a_row_are_told_apart_in_a_grey_copy(
    looks: Looks, ward: Ward, qtbot: QtBot, name: ThemeName
) -> None:
    place = ward.open()
    sheet = cycle_sheet(place, COURSE)
    place.store.close()
    looks.use_theme(name)
    # Days to come are not shaded: all cells have one ground, and only the signs differ.
    columns = {state: 8 + number for number, state in enumerate(CellState)}
    cells = list(sheet.rows[0].cells)
    for state, column in columns.items():
        pair = cells[column]
        assert pair is not None
        cells[column] = replace(pair, main=replace(pair.main, state=state))
    row = replace(sheet.rows[0], cells=tuple(cells))
    flow = FlowSheet(looks)
    qtbot.addWidget(flow)
    flow.resize(1500, 760)
    flow.show()
    flow.show_sheet(replace(sheet, rows=(row, *sheet.rows[1:])), {})
    scene = flow.scene()
    assert scene is not None
    picture = flow.viewport().grab().toImage()
    ratio = picture.devicePixelRatio()
    found = {}
    for state, column in columns.items():
        cell = scene.cell(0, column).adjusted(1, 1, -2, -2)
        part = picture.copy(round(cell.x() * ratio), round(cell.y() * ratio), CELL, CELL)
        found[state] = grey(part)
    alike = {
        (one, other)
        for one, other in combinations(CellState, 2)
        if different(found[one], found[other]) < DIFFERENT_PIXELS
    }
    assert alike == set()


@pytest.mark.parametrize("name", ["light", "dark"])
def test_every_sign_stands_out_from_the_cell_at_least_three_to_one(
    looks: Looks, name: ThemeName
) -> None:
    theme = Theme(name)
    pale = {
        state: ratio
        for state in CellState
        if (ratio := contrast(theme.color(f"state_{state}"), theme.color("surface_raised"))) < 3
    }
    assert pale == {}


@pytest.mark.parametrize("name", ["light", "dark"])
def test_every_letter_stands_out_from_its_sign_at_least_four_to_one(
    looks: Looks, name: ThemeName
) -> None:
    theme = Theme(name)
    faint = {
        state: ratio
        for state in FILLED
        for fill in [theme.color(f"state_{state}")]
        if (ratio := contrast(ink_on(fill, theme), fill)) < 4
    }
    assert faint == {}


def test_a_closed_gate_shows_the_count_that_keeps_it_closed(looks: Looks) -> None:
    theme = looks.theme
    with_count = greys(theme, CellState.GATE_CLOSED, "48")
    assert different(with_count, greys(theme, CellState.GATE_CLOSED, "12")) > 0
    assert different(with_count, greys(theme, CellState.GATE_CLOSED)) > DIFFERENT_PIXELS


@pytest.mark.parametrize("name", ["light", "dark"])
def test_every_two_marks_differ_in_a_grey_copy_and_none_hides_in_its_sign(
    looks: Looks, name: ThemeName
) -> None:
    theme = Theme(name)
    cells = {mark: marked(theme, mark) for mark in Mark}
    cells["none"] = marked(theme, None)
    alike = {
        (one, other): different(cells[one], cells[other])
        for one, other in combinations(cells, 2)
        if different(cells[one], cells[other]) < DIFFERENT_PIXELS // 2
    }
    assert alike == {}


def marked(theme: Theme, mark: Mark | None) -> list[int]:
    """The grey values of a planned dose's cell with a mark at its upper left."""
    image = QImage(CELL, CELL, QImage.Format.Format_RGB32)
    image.fill(theme.color("surface_raised"))
    painter = QPainter(image)
    draw_sign(painter, QRectF(0, 0, CELL, CELL), CellState.PLANNED, theme, size=SIGN)
    if mark is not None:
        draw_mark(painter, QPointF(6, 6), mark, theme, size=9)
    painter.end()
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    return [grey.pixelColor(x, y).value() for y in range(CELL) for x in range(CELL)]


def test_contrast_of_black_and_white_is_twenty_one(looks: Looks) -> None:
    assert contrast(QColor("black"), QColor("white")) == pytest.approx(21)


@pytest.mark.parametrize("state", CellState)
def test_a_sign_as_a_picture_has_the_asked_size_on_any_screen(
    looks: Looks, state: CellState
) -> None:
    picture = sign_pixmap(state, looks.theme, size=20, ratio=2)
    assert (picture.width(), picture.height()) == (40, 40)
    assert picture.deviceIndependentSize().toSize().width() == 20
    assert picture.hasAlpha()


def test_the_legend_names_every_sign_that_can_be_on_the_sheet(looks: Looks) -> None:
    legend = Legend(looks)
    words = [looks.words.text(f"state.{state}") for state in SHOWN]
    words += [looks.words.text(f"mark.{mark}") for mark in LEGEND_MARKS]
    words += [looks.words.text(f"legend.{mark}") for mark in ("care", "struck", "longer")]
    assert legend.accessibleDescription() == ", ".join(words)
    assert set(CellState) - set(SHOWN) == {CellState.STOPPED}


def test_the_legend_takes_a_second_line_rather_than_cutting_a_word(looks: Looks) -> None:
    legend = Legend(looks)
    assert legend.heightForWidth(600) > legend.heightForWidth(4000)


def test_the_legend_follows_the_language(looks: Looks) -> None:
    legend = Legend(looks)
    looks.words.use("zh")
    assert looks.words.text("state.held") in legend.accessibleDescription()


@pytest.mark.parametrize("box", [QRectF(3, 2, 21, 24), QRectF(4, 5, 20, 23)])
def test_a_stopped_dose_kept_as_a_picture_hatches_its_cell_and_follows_the_theme(
    qapp: QApplication, box: QRectF
) -> None:
    theme = Theme("light")
    signs = SignPictures(theme)

    def shown(act: Callable[[QPainter], None]) -> QImage:
        image = QImage(40, 40, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.white)
        painter = QPainter(image)
        act(painter)
        painter.end()
        return image

    def far(one: QImage, other: QImage) -> int:
        pairs = zip(bytes(one.constBits()), bytes(other.constBits()), strict=True)
        return max(abs(left - right) for left, right in pairs)

    stopped = CellState.STOPPED
    light = shown(lambda painter: draw_sign(painter, box, stopped, theme, size=18))
    for _ in range(2):
        assert far(light, shown(lambda painter: signs.draw(painter, box, stopped, 18))) < 4
    theme.use("dark")
    signs.forget()
    dark = shown(lambda painter: draw_sign(painter, box, stopped, theme, size=18))
    assert far(dark, shown(lambda painter: signs.draw(painter, box, stopped, 18))) < 4
    assert far(light, dark) > 20
