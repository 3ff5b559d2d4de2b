"""The body map: chosen by keys and clicks, read aloud, told apart without colour."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from aml_maint.domain.injection import ReactionKind, SiteReaction, SiteUse, site_map
from aml_maint.domain.messages import Name
from aml_maint.domain.moment import Moment
from aml_maint.gui.desk import Looks
from aml_maint.gui.widgets import body_picture, body_shape
from aml_maint.gui.widgets.body_map import BodyMap
from aml_maint.services.injections import InjectionSites
from aml_maint.services.library import regimen

ZONE = "Asia/Shanghai"
TODAY = date(2026, 3, 21)
DRUGS: Mapping[str, Name] = {
    component.id: component.drug.name
    for component in regimen("sorafenib_iti").components
    if component.rotate_site
}


def use(site: str, days: int, component: str = "interferon") -> SiteUse:
    day = TODAY - timedelta(days=days)
    given = datetime(day.year, day.month, day.day, 19)
    return SiteUse(site, component, Moment.at(given, ZONE))


def sites(*uses: SiteUse, reactions: tuple[SiteReaction, ...] = ()) -> InjectionSites:
    return InjectionSites(site_map("interferon", TODAY, ZONE, uses, reactions, 4), DRUGS)


BRUISE = SiteReaction("r", "p", "abdomen_right", ReactionKind.BRUISE, TODAY)


@pytest.fixture
def body(looks: Looks, qtbot: QtBot) -> BodyMap:
    """A map with the left abdomen used by both drugs, a bruise on the right."""
    body = BodyMap(looks)
    qtbot.addWidget(body)
    body.show_sites(
        sites(use("abdomen_left", 2), use("abdomen_left", 6, "interleukin2"), reactions=(BRUISE,))
    )
    body.resize(560, 320)
    body.show()
    body.setFocus()
    return body


@pytest.mark.parametrize(
    ("keys", "site"),
    [
        ([Qt.Key.Key_1], "arm_right"),
        ([Qt.Key.Key_4], "abdomen_left"),
        ([Qt.Key.Key_6], "thigh_left"),
        ([Qt.Key.Key_1, Qt.Key.Key_Right], "arm_left"),
        ([Qt.Key.Key_1, Qt.Key.Key_Left], "arm_right"),
        ([Qt.Key.Key_2, Qt.Key.Key_Right], "arm_left"),
        ([Qt.Key.Key_1, Qt.Key.Key_Down], "abdomen_right"),
        ([Qt.Key.Key_1, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down], "thigh_right"),
        ([Qt.Key.Key_6, Qt.Key.Key_Up], "abdomen_left"),
        ([Qt.Key.Key_Right], "thigh_left"),
        ([Qt.Key.Key_3, Qt.Key.Key_Delete], None),
        ([Qt.Key.Key_3, Qt.Key.Key_7], "abdomen_right"),
    ],
)
def test_numbers_choose_and_arrows_go_to_the_neighbour_on_the_body(
    body: BodyMap, qtbot: QtBot, keys: list[Qt.Key], site: str | None
) -> None:
    for key in keys:
        qtbot.keyClick(body.picture, key)
    assert body.value() == site


def test_the_first_arrow_goes_to_the_suggestion(body: BodyMap, qtbot: QtBot) -> None:
    assert body.picture.map is not None
    qtbot.keyClick(body.picture, Qt.Key.Key_Down)
    assert body.value() == body.picture.map.suggested


@pytest.mark.parametrize("site", body_shape.ORDER)
@pytest.mark.parametrize("width", [560, 240])
def test_a_click_on_a_site_or_on_its_label_chooses_it(
    body: BodyMap, qtbot: QtBot, site: str, width: int
) -> None:
    body.resize(width, 700)
    where = body_picture.places(body._looks.theme, body.picture.width())
    assert where.beside is (width == 560)
    zone = where.body.map(body_shape.zone(site)).boundingRect()
    for point in (zone.center(), where.labels[site].center()):
        body.set_value(None)
        qtbot.mouseClick(body.picture, Qt.MouseButton.LeftButton, pos=_pixel(point))
        assert body.value() == site


def _pixel(point: object) -> QPoint:
    return QPoint(round(point.x()), round(point.y()))  # type: ignore[attr-defined]


def test_what_speaks_against_a_site_is_said_when_it_is_chosen(body: BodyMap) -> None:
    assert body.told.text().startswith("Suggested: thigh, left")
    body.set_value("abdomen_right")
    assert body.told.text() == "Reaction at this site: abdomen, right (bruise)"
    body.set_value("abdomen_left")
    assert "19-Mar-2026" in body.told.text()
    body.set_value("thigh_left")
    assert body.told.text().startswith("Suggested")


def test_the_site_chosen_is_described_with_its_last_use_by_each_drug(body: BodyMap) -> None:
    body.set_value("abdomen_left")
    told = body.picture.accessibleDescription()
    assert "4  abdomen, left" in told
    assert "interferon alfa-1b on 19-Mar-2026" in told
    assert "interleukin-2 on 15-Mar-2026" in told


def test_the_map_speaks_the_language_shown(body: BodyMap, looks: Looks) -> None:
    body.set_value("abdomen_left")
    looks.words.use("zh")
    assert "重组人干扰素α1b：2026年3月19日" in body.picture.accessibleDescription()
    assert body.told.text().startswith("左腹部于")


def test_no_two_labels_overlap_and_each_lies_inside_the_map(looks: Looks) -> None:
    for scale in (80, 100, 200):
        looks.theme.use(scale=scale)
        for width in (looks.theme.unit(52), looks.theme.unit(130), looks.theme.unit(220)):
            where = body_picture.places(looks.theme, width)
            labels = list(where.labels.values())
            for number, label in enumerate(labels):
                assert label.left() >= 0 and label.right() <= width
                assert label.bottom() <= where.height + 1
                assert not any(label.intersects(other) for other in labels[number + 1 :])


def test_a_map_to_look_at_takes_neither_keyboard_nor_click(looks: Looks, qtbot: QtBot) -> None:
    body = BodyMap(looks, editable=False)
    qtbot.addWidget(body)
    body.show_sites(sites())
    body.resize(560, 320)
    body.show()
    where = body_picture.places(looks.theme, body.picture.width())
    point = _pixel(where.labels["arm_left"].center())
    qtbot.mouseClick(body.picture, Qt.MouseButton.LeftButton, pos=point)
    assert body.value() is None
    assert body.picture.focusPolicy() is Qt.FocusPolicy.NoFocus


def test_a_draft_keeps_the_site(body: BodyMap) -> None:
    body.set_value("arm_left")
    raw = body.raw()
    body.set_value(None)
    body.set_raw(raw)
    assert body.value() == "arm_left"
    body.set_raw("knee")
    assert body.value() is None


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_in_grey_a_free_a_hatched_a_suggested_and_a_chosen_site_look_different(
    looks: Looks, qtbot: QtBot, theme: str, painted: Callable[[BodyMap, str], bytes]
) -> None:
    looks.theme.use("dark" if theme == "dark" else "light")
    body = BodyMap(looks)
    qtbot.addWidget(body)
    body.resize(560, 320)
    plain, used = sites(), sites(use("thigh_right", 1))
    hurt = SiteReaction("r", "p", "thigh_right", ReactionKind.PAIN, TODAY)
    looksof = []
    for shown, chosen in (
        (plain, None), (used, None), (sites(reactions=(hurt,)), None), (plain, "thigh_right"),
        (sites(*(use(s, 5) for s in body_shape.ORDER if s != "thigh_right")), None),
    ):  # fmt: skip
        body.show_sites(shown)
        body.set_value(chosen)
        looksof.append(painted(body, "thigh_right"))
    assert len(set(looksof)) == 5


@pytest.fixture
def painted() -> Callable[[BodyMap, str], bytes]:
    """The grey pixels of a site and its surroundings."""

    def grey(body: BodyMap, site: str) -> bytes:
        picture = body.picture.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
        where = body_picture.places(body._looks.theme, body.picture.width())
        box = where.body.map(body_shape.zone(site)).boundingRect().adjusted(-8, -14, 8, 8)
        return bytes(picture.copy(box.toAlignedRect()).constBits())

    return grey


def test_the_sites_lie_inside_the_body_and_apart_from_each_other() -> None:
    outline = body_shape.outline()
    zones = [body_shape.zone(site) for site in body_shape.ORDER]
    for number, zone in enumerate(zones):
        assert outline.contains(zone.boundingRect().center())
        assert not any(zone.intersects(other) for other in zones[number + 1 :])
