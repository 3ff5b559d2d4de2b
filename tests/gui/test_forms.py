"""Forms: dates and times as typed, errors beside their input, nothing unnamed, nothing lost."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QFont, QWheelEvent
from PySide6.QtWidgets import QApplication, QCalendarWidget, QTableView
from pytestqt.qtbot import QtBot

from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say
from aml_maint.gui.desk import Looks
from aml_maint.gui.forms.date_input import DateInput
from aml_maint.gui.forms.date_text import read_date, read_time
from aml_maint.gui.forms.form import Form
from aml_maint.gui.forms.grade_input import GradeInput
from aml_maint.gui.forms.inputs import (
    ChoiceInput,
    DecimalInput,
    PassphraseInput,
    TextInput,
    TimeInput,
)
from aml_maint.gui.widgets.text_block import TextBlock

MARCH_5 = date(2026, 3, 5)


@pytest.mark.parametrize(
    "typed",
    [
        "2026-03-05", "2026-3-5", "2026.03.05", "2026/3/5", "20260305", " 2026-03-05 ",
        "05-Mar-2026", "5 mar 2026", "5 March 2026", "05mar2026", "2026年3月5日", "2026年03月05日",
        "05\N{NON-BREAKING HYPHEN}Mar\N{NON-BREAKING HYPHEN}2026",
    ],
)  # fmt: skip
def test_a_date_whose_day_and_month_cannot_be_mixed_up_is_read(typed: str) -> None:
    assert read_date(typed) == MARCH_5


@pytest.mark.parametrize("typed", ["", "   "])
def test_an_empty_date_is_no_date_and_no_error(typed: str) -> None:
    assert read_date(typed) is None


@pytest.mark.parametrize(
    "typed", ["03/05/2026", "5.3.2026", "3-5-26", "260305", "2026-03", "tomorrow", "5 Foo 2026"]
)
def test_a_date_that_can_be_read_two_ways_is_refused(typed: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_date(typed)
    assert refused.value.message == say("error.not_a_date", text=typed)


@pytest.mark.parametrize("typed", ["2026-02-29", "31-Apr-2026", "20261301", "0000-01-01"])
def test_a_day_that_the_calendar_lacks_is_named_as_such(typed: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_date(typed)
    assert refused.value.message == say("error.no_such_date", text=typed)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("09:05", time(9, 5)), ("9:05", time(9, 5)), ("0905", time(9, 5)), ("00:00", time(0, 0)),
     ("23:59", time(23, 59)), ("19：30", time(19, 30)), ("", None)],
)  # fmt: skip
def test_times_are_read_as_24_hours(typed: str, meant: time | None) -> None:
    assert read_time(typed) == meant


@pytest.mark.parametrize("typed", ["24:00", "9:60", "905", "9", "9:5", "9 pm"])
def test_a_time_that_is_none_is_refused(typed: str) -> None:
    with pytest.raises(BadInput):
        read_time(typed)


def test_a_typed_date_is_shown_back_with_the_name_of_its_month(looks: Looks, qtbot: QtBot) -> None:
    field = DateInput(looks, "born_on")
    qtbot.addWidget(field)
    field.show()
    qtbot.keyClicks(field.edit, "2026-03-05")
    qtbot.keyClick(field.edit, Qt.Key.Key_Return)
    assert field.edit.text() == "05-Mar-2026"
    looks.words.use("zh")
    assert field.edit.text() == "2026年3月5日"
    assert field.day() == MARCH_5


def test_a_date_in_a_draft_bears_no_language(looks: Looks, qtbot: QtBot) -> None:
    day = DateInput(looks, "day")
    qtbot.addWidget(day)
    day.set_day(date(2026, 3, 5))
    before = day.raw()
    looks.words.use("zh")
    assert day.edit.text() == "2026年3月5日"
    assert day.raw() == before == "2026-03-05"
    looks.words.use("en")
    day.set_raw("05.03.26")
    assert day.raw() == "05.03.26"


def test_a_text_that_is_no_date_stays_as_typed_and_names_its_input(
    looks: Looks, qtbot: QtBot
) -> None:
    field = DateInput(looks, "born_on")
    qtbot.addWidget(field)
    field.set_raw("03/05/2026")
    assert field.raw() == "03/05/2026"
    with pytest.raises(BadInput) as refused:
        field.day()
    assert refused.value.field == "born_on"


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_a_day_can_be_taken_from_the_calendar(looks: Looks, qtbot: QtBot) -> None:
    field = DateInput(looks, "born_on")
    qtbot.addWidget(field)
    field.set_day(MARCH_5)
    field.show()
    calendar = field.open_calendar()
    assert isinstance(calendar, QCalendarWidget)
    days = calendar.findChild(QTableView)
    assert days is not None
    qtbot.keyClick(days, Qt.Key.Key_Right)
    qtbot.keyClick(days, Qt.Key.Key_Return)
    assert field.day() == date(2026, 3, 6)


def test_a_decimal_passes_through_no_binary_float(looks: Looks, qtbot: QtBot) -> None:
    field = DecimalInput(looks)
    qtbot.addWidget(field)
    field.setText("0.10")
    assert field.number() == Decimal("0.10")
    assert str(field.number()) == "0.10"
    field.setText("")
    assert field.number() is None
    field.setText("1,5")
    with pytest.raises(BadInput):
        field.number()


def test_a_time_input_shows_and_reads_24_hours(looks: Looks, qtbot: QtBot) -> None:
    field = TimeInput(looks)
    qtbot.addWidget(field)
    field.set_time(time(7, 5))
    assert field.text() == "07:05"
    assert field.clock_time() == time(7, 5)


def turn_wheel(choice: ChoiceInput[str]) -> None:
    event = QWheelEvent(
        QPointF(5, 5), QPointF(choice.mapToGlobal(QPoint(5, 5))), QPoint(0, -120),
        QPoint(0, -120), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(choice, event)


def test_the_wheel_changes_no_choice_that_lacks_the_focus(looks: Looks, qtbot: QtBot) -> None:
    choice = ChoiceInput(looks, [("a", "action.save"), ("b", "action.cancel")])
    qtbot.addWidget(choice)
    choice.show()
    choice.clearFocus()
    turn_wheel(choice)
    assert choice.value() == "a"


@pytest.fixture
def form(looks: Looks, qtbot: QtBot) -> Form:
    """A form of three inputs."""
    form = Form(looks, columns=2)
    form.add_row("mrn", say("field.mrn"), TextInput(looks))
    form.add_row("born_on", say("admit.born"), DateInput(looks, "born_on"), say("admit.bed"))
    form.add_row("secret", say("ward.passphrase"), PassphraseInput(looks))
    form.finish()
    qtbot.addWidget(form)
    form.show()
    return form


def test_each_input_bears_its_label_as_accessible_name_in_the_language_shown(
    form: Form, looks: Looks
) -> None:
    born = form.rows["born_on"]
    assert isinstance(born.field, DateInput)
    assert born.field.edit.accessibleName() == "Born"
    assert born.field.edit.accessibleDescription() == "Bed"
    assert born.label.buddy() is born.field.edit
    looks.words.use("zh")
    assert born.field.edit.accessibleName() == "出生日期"


def test_an_error_is_told_beside_the_input_it_names_and_the_keyboard_goes_there(
    form: Form, qtbot: QtBot
) -> None:
    form.show_error(BadInput(say("error.date_in_future"), field="born_on"))
    row = form.rows["born_on"]
    assert row.note.isVisible()
    assert row.note.text() == "This date lies in the future"
    assert row.field.accessibleDescription() == "This date lies in the future"
    assert form.focusWidget() is row.field.focusProxy()
    assert not form.general.isVisible()


def test_an_error_that_names_no_input_is_told_below_the_form_with_its_advice(form: Form) -> None:
    form.show_error(BadInput(say("error.record_changed"), hint=say("error.record_changed.hint")))
    assert form.general.isVisible()
    assert form.general.text() == (
        "This record was corrected or taken back in the meantime. "
        "Refresh and look at the dose again"
    )


def test_clearing_errors_brings_the_help_back(form: Form) -> None:
    form.show_error(BadInput(say("error.date_in_future"), field="born_on"))
    form.clear_errors()
    assert form.rows["born_on"].note.text() == "Bed"
    assert form.rows["born_on"].error is None


def test_a_draft_holds_everything_typed_but_the_passphrase(form: Form, looks: Looks) -> None:
    for name, raw in (("mrn", "17"), ("born_on", "soon"), ("secret", "open sesame")):
        row = form.rows[name].field
        assert isinstance(row, TextInput | DateInput)
        row.set_raw(raw)
    draft = form.draft()
    assert draft == {"mrn": "17", "born_on": "soon", "secret": ""}
    form.set_draft({"mrn": "18", "of an older version": "x"})
    assert form.draft()["mrn"] == "18"


def test_choices_are_put_in_all_at_once(looks: Looks, qtbot: QtBot) -> None:
    field = ChoiceInput(looks, [(1, "action.save"), (2, "action.cancel")])
    qtbot.addWidget(field)
    assert [field.itemText(n) for n in range(2)] == ["Save", "Cancel"]
    told: list[tuple[int, int]] = []
    field.model().rowsInserted.connect(lambda _, first, last: told.append((first, last)))
    field.offer([(3, "action.close"), (4, "action.save"), (5, "action.cancel")])
    assert told == [(0, 2)] and field.value() == 3 and field.currentText() == "Close"


def test_the_words_of_a_grade_are_laid_out_once_for_a_width(
    looks: Looks, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    laid_out: list[str] = []
    lay_out = TextBlock.__init__

    def noted(self: TextBlock, pieces: list[tuple[str, QFont]], width: float) -> None:
        laid_out.append(pieces[0][0])
        lay_out(self, pieces, width)

    monkeypatch.setattr(TextBlock, "__init__", noted)
    field = GradeInput(looks)
    qtbot.addWidget(field)
    height = field.heightForWidth(400)
    assert len(laid_out) == 5
    assert field.heightForWidth(400) == height and len(laid_out) == 5
    field.heightForWidth(300)
    assert len(laid_out) == 10
    # Other words, and letters of another size, are laid out anew.
    looks.words.use("zh")
    field.heightForWidth(400)
    assert len(laid_out) == 15 and laid_out[10] != laid_out[0]
    looks.theme.use(scale=150)
    assert field.heightForWidth(400) > height and len(laid_out) == 20
