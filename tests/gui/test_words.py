"""The window's language can be switched while it runs, Qt's own texts with it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, QLocale, Qt
from PySide6.QtGui import QAccessible, QGuiApplication, QTextLayout
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from aml_maint.domain.messages import say
from aml_maint.gui.desk import Looks
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.text_block import TextBlock
from aml_maint.gui.words import Words, plain, unbroken

HELD = "held since 20-Nov-2026, 21-Nov"
COUNTED = "血小板 142（2026年11月3日 06:30采集）已超过 7 天"


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


def test_words_of_before_that_were_never_collected_leave_qt_no_chinese(looks: Looks) -> None:
    before = Words("zh")
    looks.words.use("zh")
    looks.words.use("en")
    assert before.language == "zh"
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "Cancel"


def test_the_week_of_calendars_begins_on_monday_in_both_languages(looks: Looks) -> None:
    for language in ("en", "zh"):
        looks.words.use("en" if language == "en" else "zh")
        assert looks.words.locale.firstDayOfWeek().value == 1
        assert QLocale() == looks.words.locale


# -- dates in one piece --------------------------------------------------------------------------


@pytest.mark.parametrize("width", range(91, 260, 7))
def test_no_line_ends_inside_a_date_in_any_label_wide_enough_for_one(
    looks: Looks, qtbot: QtBot, width: int
) -> None:
    label = Label(looks, say("patients.plain", text=HELD), wrap=True)
    qtbot.addWidget(label)
    lines = TextBlock([(QLabel.text(label), label.font())], width).lines
    told = " ".join(plain(line).strip() for line in lines)
    assert told == HELD
    assert all("20-Nov-2026" in plain(line) for line in lines if "Nov" in line and "20" in line)
    assert not any(line.rstrip(", ").endswith("-") for line in map(plain, lines))


@pytest.mark.parametrize("width", range(110, 260, 7))
def test_no_line_ends_inside_a_chinese_date_either(looks: Looks, qtbot: QtBot, width: int) -> None:
    label = Label(looks, say("patients.plain", text=COUNTED), wrap=True)
    qtbot.addWidget(label)
    assert label.text() == COUNTED
    lines = [plain(line) for line in TextBlock([(COUNTED, label.font())], width).lines]
    assert "".join(lines) == COUNTED
    assert sum("2026年11月3日" in line for line in lines) == 1


def test_each_piece_keeps_its_font_when_a_date_in_it_is_kept_together(looks: Looks) -> None:
    pieces = (("2026年11月3日", looks.theme.font()), ("采集", looks.theme.font("strong")))
    one = TextBlock(pieces, 400)
    alone = [TextBlock([piece], 400).width for piece in pieces]
    assert one.width == pytest.approx(sum(alone), abs=1)


def test_a_label_without_the_care_would_part_a_date_at_its_hyphen(
    looks: Looks, qtbot: QtBot
) -> None:
    """The control for the test above."""
    label = QLabel(HELD)
    label.setFont(looks.theme.font())
    qtbot.addWidget(label)
    layout = QTextLayout(label.text(), label.font())
    layout.beginLayout()
    first = layout.createLine()
    first.setLineWidth(label.fontMetrics().horizontalAdvance("held since 20-N"))
    layout.endLayout()
    assert layout.text()[: first.textLength()] == "held since 20-"


@pytest.mark.parametrize("text", ["T-05-Mar-2026", "FLT3-ITD", "2026-11-20", "MRN 005-Mar-20"])
def test_only_dates_are_written_with_another_hyphen(text: str) -> None:
    assert unbroken(text) == text


def test_who_reads_hears_or_copies_a_label_gets_ordinary_hyphens(
    looks: Looks, qtbot: QtBot
) -> None:
    label = Label(looks, say("patients.plain", text=HELD))
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    qtbot.addWidget(label)
    assert label.text() == HELD
    heard = QAccessible.queryAccessibleInterface(label)
    assert heard is not None
    assert heard.text(QAccessible.Text.Name) == HELD
    label.setSelection(0, len(HELD))
    qtbot.keyClick(label, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == HELD


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_other_hyphen_is_as_wide_as_the_ordinary_one(looks: Looks, theme: str) -> None:
    """So columns of dates stay columns, whether a label or a table shows them."""
    looks.theme.use("dark" if theme == "dark" else "light")
    metrics = Label(looks, role="strong").fontMetrics()
    for text in (HELD, COUNTED):
        assert metrics.horizontalAdvance(unbroken(text)) == metrics.horizontalAdvance(text)
