"""A page with nothing to show: its picture is drawn only where somebody sees it."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from aml_maint.domain.messages import say
from aml_maint.gui.desk import Looks
from aml_maint.gui.widgets.empty_state import EmptyState


def test_its_picture_is_drawn_when_it_is_shown_and_follows_the_look(
    looks: Looks, qtbot: QtBot
) -> None:
    state = EmptyState(
        looks, "cohort", say("cohort_page.empty"), say("cohort_page.empty.advice"),
        say("cohort_page.empty.verb"),
    )  # fmt: skip
    qtbot.addWidget(state)
    looks.theme.use(scale=150)
    assert state.sign.pixmap().isNull()
    state.show()
    assert state.sign.pixmap().width() == looks.theme.unit(12)
    looks.theme.use(scale=100)
    assert state.sign.pixmap().width() == looks.theme.unit(12)
