"""Tables are measured when somebody sees them."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QStackedWidget, QWidget
from pytestqt.qtbot import QtBot

from aml_maint.domain.messages import Name, say
from aml_maint.gui.desk import Looks
from aml_maint.gui.models.rows_model import Column, RowsModel
from aml_maint.gui.widgets.word_table import WordTable

SHORT = Name("Yes", "是")
LONG = Name("It is said at length here so that it takes several lines in a narrow column", "否")


def test_a_hidden_table_is_measured_when_it_is_shown_and_not_with_every_change_of_the_look(
    looks: Looks, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    fitted: list[object] = []
    fit = WordTable.fit_columns

    def noted(table: WordTable) -> None:
        fitted.append(table)
        fit(table)

    monkeypatch.setattr(WordTable, "fit_columns", noted)
    column: Column[Name] = Column(say("settings.language"), looks.words.text, 1)
    model = RowsModel(looks, [column])
    model.set_rows([SHORT, LONG])
    table, stack = WordTable(looks, model), QStackedWidget()
    qtbot.addWidget(stack)
    stack.addWidget(QWidget())
    stack.addWidget(table)
    stack.resize(200, 300)
    with qtbot.waitExposed(stack):
        stack.show()
    looks.words.use("zh")
    looks.theme.use(scale=150)
    qtbot.wait(1)
    assert fitted == []
    stack.setCurrentWidget(table)
    qtbot.waitUntil(lambda: not table._turn.isActive())
    assert len(fitted) == 1
    large = table.rowHeight(0)
    assert table.rowHeight(1) == large
    looks.theme.use(scale=100)
    looks.words.use("en")
    qtbot.waitUntil(lambda: not table._turn.isActive())
    assert len(fitted) == 2  # once for both
    assert table.rowHeight(0) < large and table.rowHeight(1) > 2 * table.rowHeight(0)


def test_another_width_wraps_what_was_read_and_other_texts_are_read(
    looks: Looks, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    texts = RowsModel.texts

    def noted(model: RowsModel[Name], first: int = 0) -> list[list[str]]:
        read.append(first)
        return texts(model, first)

    monkeypatch.setattr(RowsModel, "texts", noted)
    column: Column[Name] = Column(say("settings.language"), looks.words.text, 1)
    model = RowsModel(looks, [column])
    model.set_rows([SHORT, LONG])
    table = WordTable(looks, model)
    qtbot.addWidget(table)
    table.resize(1200, 300)
    with qtbot.waitExposed(table):
        table.show()
    qtbot.waitUntil(lambda: not table._turn.isActive())
    low, read[:] = table.rowHeight(1), []
    table.resize(160, 300)
    qtbot.waitUntil(lambda: table.rowHeight(1) > 2 * low)
    assert read == []
    model.set_rows([LONG, SHORT])
    qtbot.waitUntil(lambda: table.rowHeight(0) > 2 * low)
    assert table.rowHeight(1) == low
    looks.words.use("zh")
    qtbot.waitUntil(lambda: table.rowHeight(0) == table.rowHeight(1))
    assert read == [0] * len(read) != []
