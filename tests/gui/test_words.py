"""The window's language can be switched while it runs, Qt's own texts with it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLocale
from pytestqt.qtbot import QtBot

from aml_maint.domain.messages import say
from aml_maint.gui.desk import Looks
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.label import Label


def test_a_switch_tells_every_widget_once(looks: Looks) -> None:
    heard: list[str] = []
    looks.words.changed.connect(lambda: heard.append(looks.words.language))
    looks.words.use("zh")
    looks.words.use("zh")
    assert heard == ["zh"]


def test_labels_and_buttons_follow_the_language_by_themselves(looks: Looks, qtbot: QtBot) -> None:
    label = Label(looks, say("status.undo", seconds=7))
    button = Button(looks, "action.cancel")
    qtbot.addWidget(label)
    qtbot.addWidget(button)
    assert (label.text(), button.text()) == ("Undo (7 s)", "Cancel")
    looks.words.use("zh")
    assert (label.text(), button.text()) == ("撤销（7 秒）", "取消")
    assert button.accessibleName() == "取消"


def test_a_label_shows_markup_in_a_name_as_it_was_typed(looks: Looks, qtbot: QtBot) -> None:
    label = Label(looks, say("patients.plain", text="<b>Chen</b> & Co"))
    qtbot.addWidget(label)
    plain = Label(looks, say("patients.plain", text="x" * 17))
    qtbot.addWidget(plain)
    assert label.text() == "<b>Chen</b> & Co"
    assert label.sizeHint().width() > plain.sizeHint().width() // 2


def test_qts_own_texts_follow_the_language_and_come_back(looks: Looks) -> None:
    def cancel() -> str:
        return QCoreApplication.translate("QPlatformTheme", "Cancel")

    assert cancel() == "Cancel"
    looks.words.use("zh")
    assert cancel() == "取消"
    looks.words.use("en")
    assert cancel() == "Cancel"


def test_the_week_of_calendars_begins_on_monday_in_both_languages(looks: Looks) -> None:
    for language in ("en", "zh"):
        looks.words.use("en" if language == "en" else "zh")
        assert looks.words.locale.firstDayOfWeek().value == 1
        assert QLocale() == looks.words.locale
