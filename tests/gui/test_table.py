"""Tables of text are drawn in the look that is shown."""

from __future__ import annotations

from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from aml_maint.domain.messages import say
from aml_maint.gui.desk import Looks
from aml_maint.gui.models.rows_model import Column, RowsModel
from aml_maint.gui.widgets.table import Table


def test_a_cell_takes_its_colours_and_sizes_anew_when_the_look_changes(
    looks: Looks, qtbot: QtBot
) -> None:
    looks.theme.use("light")
    rows: RowsModel[str] = RowsModel(looks, [Column(say("page.today"), str)])
    rows.set_rows(["word"])
    table = Table(looks)
    table.setModel(rows)
    table.resize(300, 200)
    qtbot.addWidget(table)
    with qtbot.waitExposed(table):
        table.show()

    def hairline() -> QColor:
        box = table.visualRect(rows.index(0, 0))
        return table.viewport().grab().toImage().pixelColor(box.right() - 2, box.bottom())

    def needed() -> int:
        table.resizeColumnToContents(0)
        return table.columnWidth(0)

    assert hairline() == looks.theme.color("line")
    light, narrow = hairline(), needed()
    looks.theme.use("dark", scale=200)
    assert hairline() == looks.theme.color("line") != light
    assert needed() > narrow
