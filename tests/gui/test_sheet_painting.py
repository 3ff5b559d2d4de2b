"""Of the flow sheet only what changed is painted again, and it then looks as if all had been."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import cast

import pytest
from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QRegion
from pytestqt.qtbot import QtBot

from aml_maint.domain.administration import Status
from aml_maint.domain.schedule import SlotId
from aml_maint.gui.desk import Looks
from aml_maint.gui.widgets.flow_sheet import FlowSheet
from aml_maint.gui.widgets.sheet_cells import paint_body
from aml_maint.gui.widgets.sheet_heads import paint_heads
from aml_maint.services.dosing import DoseEntry, log_dose
from aml_maint.services.library import toxicity_items
from aml_maint.services.sheet import cycle_sheet
from aml_maint.services.workplace import Workplace
from tests.gui.ward import COURSE, NOW, Ward

TERMS = {item.id: item.term for item in toxicity_items()}
DANSHEN = SlotId(COURSE, "danshen", NOW.date(), "morning")
Change = Callable[[FlowSheet, Workplace], None]


class Painted(QObject):
    """The parts of a viewport that were painted since it was made."""

    def __init__(self, sheet: FlowSheet) -> None:
        super().__init__(sheet)
        self.region = QRegion()
        sheet.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.region = self.region.united(event.region())
        return False


def picture(sheet: FlowSheet) -> QImage:
    """The sheet as it is when all of it is painted."""
    size = sheet.viewport().size()
    image = QImage(size, QImage.Format.Format_RGB32)
    paint(sheet, image, QRegion(QRect(0, 0, size.width(), size.height())))
    return image


def paint(sheet: FlowSheet, image: QImage, region: QRegion) -> None:
    scene = sheet.scene()
    assert scene is not None
    painter = QPainter(image)
    for dirty in cast(Iterable[QRect], region):
        paint_body(painter, scene, dirty)
        paint_heads(painter, scene, dirty)
    painter.end()


def key(*keys: Qt.Key) -> Change:
    def press(sheet: FlowSheet, _: Workplace) -> None:
        for one in keys:
            QtBot.keyClick(sheet, one)

    return press


def give(sheet: FlowSheet, place: Workplace) -> None:
    changes = log_dose(place, DoseEntry(DANSHEN, Status.GIVEN))
    assert len(changes.pairs) == 1
    sheet.put(changes.pairs)


@pytest.mark.parametrize(
    ("change", "most"),
    [
        (key(Qt.Key.Key_Right), 0.1),
        (key(Qt.Key.Key_Down), 0.1),
        (key(Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down), 0.2),
        (key(Qt.Key.Key_End), 0.1),
        (give, 0.01),
    ],
    ids=["right", "down", "to the next component", "last day", "a dose is given"],
)
def test_what_is_painted_again_makes_the_whole_sheet_right(
    looks: Looks, qtbot: QtBot, ward: Ward, change: Change, most: float
) -> None:
    place = ward.open()
    sheet = FlowSheet(looks)
    qtbot.addWidget(sheet)
    sheet.resize(1500, 760)
    with qtbot.waitExposed(sheet):
        sheet.show()
    sheet.show_sheet(cycle_sheet(place, COURSE), TERMS)
    sheet.setFocus()
    qtbot.waitUntil(sheet.hasFocus)
    whole = Painted(sheet)
    sheet.viewport().update()
    qtbot.waitUntil(lambda: whole.region.contains(sheet.viewport().rect()))
    before, painted = picture(sheet), Painted(sheet)
    change(sheet, place)
    place.close()
    qtbot.waitUntil(lambda: not painted.region.isEmpty())
    now = picture(sheet)
    assert before != now, "nothing was changed"
    paint(sheet, before, painted.region)
    assert before == now
    area = sum(box.width() * box.height() for box in cast(Iterable[QRect], painted.region))
    assert area <= most * now.width() * now.height()
