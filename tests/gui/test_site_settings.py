"""The site's settings in the window: listed, explained, changed with a reason, accepted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QCheckBox
from pytestqt.qtbot import QtBot

from aml_maint.domain.command import Actor, Role
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.setting_dialog import SettingDialog
from aml_maint.gui.forms.check_list import CheckList
from aml_maint.gui.models.settings_model import Column, SettingsModel, Shown
from aml_maint.gui.session import Session
from aml_maint.gui.widgets.site_settings import SiteSettingsView
from aml_maint.services.changes import Changes
from aml_maint.services.library import site_catalogue
from aml_maint.services.site_settings import change_setting, setting_history
from aml_maint.services.workplace import Workplace
from tests.gui.ward import Ward

Settled = Callable[[Session], None]
Write = Callable[[Callable[[Workplace], Changes]], None]


@pytest.fixture
def view(desk: Desk, qtbot: QtBot, settled: Settled) -> SiteSettingsView:
    """All settings on the screen, the keyboard in the table."""
    view = SiteSettingsView(desk)
    qtbot.addWidget(view)
    view.resize(1100, 600)
    view.show()
    settled(desk.session)
    view.table.setFocus()
    return view


@pytest.fixture
def write(desk: Desk, settled: Settled) -> Write:
    """A write by another screen."""

    def done(work: Callable[[Workplace], Changes]) -> None:
        desk.session.write(work, None, None, desk.session)
        settled(desk.session)

    return done


def row(view: SiteSettingsView, key: str) -> list[str]:
    """The texts of a setting's line."""
    found = view.model.row_of(key)
    assert found is not None
    return [str(view.model.index(found, column).data()) for column in Column]


def changed(view: SiteSettingsView, key: str) -> SettingDialog:
    view.select(key)
    dialog = view.change()
    assert dialog is not None
    return dialog


def typed(dialog: SettingDialog, qtbot: QtBot, key: str, text: str) -> None:
    field = dialog.inputs[key].widget
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(field, text)


def test_every_setting_stands_in_the_list_under_its_section(view: SiteSettingsView) -> None:
    shown = [line.setting.key for r in range(view.model.rowCount())
             if (line := view.model.line(r)) and line.setting is not None]  # fmt: skip
    assert shown == list(site_catalogue())
    assert row(view, "gate.stale_after") == [
        "A platelet count is good for", "7\N{NO-BREAK SPACE}days", "7\N{NO-BREAK SPACE}days",
        "not accepted yet", "this program",
    ]  # fmt: skip
    assert view.count.text() == f"0 of {len(shown)} decided by the site"


def test_a_section_head_is_passed_over_by_the_keys(view: SiteSettingsView, qtbot: QtBot) -> None:
    view.select("clock.hdc_il2.evening")
    qtbot.keyClick(view.table, Qt.Key.Key_Down)
    assert view.selected is not None
    assert view.selected.key == "days.interleukin2"


def test_enter_changes_a_setting_with_a_reason_from_tomorrow_on(
    view: SiteSettingsView, desk: Desk, qtbot: QtBot, settled: Settled
) -> None:
    view.select("ibuprofen.platelets_least")
    qtbot.keyClick(view.table, Qt.Key.Key_Return)
    dialog = view.window().findChild(SettingDialog)
    assert dialog is not None
    assert dialog.from_day.day() == date(2026, 3, 6)
    typed(dialog, qtbot, "ibuprofen.platelets_least", "60")
    qtbot.keyClicks(dialog.reason, "our haemostasis team")
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    settled(desk.session)
    facts = dict(view.card.facts.texts)
    assert facts["In force"] == "50\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}10⁹/L"
    assert facts["To come"].startswith("60")
    decisions = [label.text() for label in view.card.decisions if not label.isHidden()]
    assert len(decisions) == 1
    assert "Li Na" in decisions[0]
    assert "our haemostasis team" in decisions[0]


@pytest.mark.parametrize(
    ("value", "reason", "field"),
    [
        ("400", "x", "ibuprofen.platelets_least"),
        ("sixty", "x", "ibuprofen.platelets_least"),
        ("50", "x", "ibuprofen.platelets_least"),  # the same
        ("60", "", "reason"),
    ],
)
def test_what_is_refused_is_said_beside_its_input_and_nothing_typed_is_lost(
    view: SiteSettingsView, desk: Desk, qtbot: QtBot, settled: Settled,
    value: str, reason: str, field: str,
) -> None:  # fmt: skip
    dialog = changed(view, "ibuprofen.platelets_least")
    typed(dialog, qtbot, "ibuprofen.platelets_least", value)
    qtbot.keyClicks(dialog.reason, reason)
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    settled(desk.session)
    assert dialog.form.rows[field].error is not None
    assert dialog.form.draft()["ibuprofen.platelets_least"] == value
    dialog.close()


def test_settings_bound_to_each_other_are_changed_in_one_dialog(
    view: SiteSettingsView, desk: Desk, qtbot: QtBot, settled: Settled
) -> None:
    dialog = changed(view, "premedication.before")
    names = {"premedication.before", "premedication.earliest", "premedication.latest"}
    assert set(dialog.inputs) == names
    typed(dialog, qtbot, "premedication.before", "90")
    qtbot.keyClicks(dialog.reason, "slow absorption")
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    settled(desk.session)
    assert "must not" in dialog.form.general.text()
    typed(dialog, qtbot, "premedication.earliest", "105")
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    settled(desk.session)
    assert dict(view.card.facts.texts)["To come"].startswith("90")


def test_a_list_of_drugs_is_ticked(
    view: SiteSettingsView, desk: Desk, qtbot: QtBot, settled: Settled, ward: Ward
) -> None:
    dialog = changed(view, "injection.temperature_first")
    boxes = dialog.inputs["injection.temperature_first"].widget
    assert isinstance(boxes, CheckList)
    box: QCheckBox = boxes.boxes["interleukin2"]
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    qtbot.keyClicks(dialog.reason, "once is enough")
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    settled(desk.session)
    told: list[object] = []
    desk.session.read(
        lambda place: [c.value for c in setting_history(place, "injection.temperature_first")],
        told.append,
        view,
    )
    settled(desk.session)
    assert told == [[("ibuprofen", "interferon")]]


def test_a_changed_value_is_marked_by_words_and_strong_letters(
    view: SiteSettingsView, desk: Desk, write: Write, ward: Ward, settled: Settled
) -> None:
    write(lambda place: change_setting(place, "gate.stale_after", 5, "stricter"))
    ward.clock.set(datetime(2026, 3, 6, 8, 0))
    view.reload()
    settled(desk.session)
    assert row(view, "gate.stale_after")[1:4] == [
        "5\N{NO-BREAK SPACE}days", "7\N{NO-BREAK SPACE}days", "changed",
    ]  # fmt: skip
    found = view.model.row_of("gate.stale_after")
    assert found is not None
    font = view.model.index(found, Column.VALUE).data(Qt.ItemDataRole.FontRole)
    assert font.bold() or font.weight() > 400
    view.shown.set_value(Shown.CHANGED)
    view.shown.chosen.emit()
    lines = [view.model.line(r) for r in range(view.model.rowCount())]
    assert [line.setting.key for line in lines if line and line.setting] == ["gate.stale_after"]


def test_defaults_are_accepted_one_by_one_or_all_together(
    view: SiteSettingsView, desk: Desk, qtbot: QtBot, settled: Settled
) -> None:
    view.select("gate.watch_after")
    qtbot.keyClick(view.table, Qt.Key.Key_A)
    one = view.accept()
    assert one is not None
    one.close()
    qtbot.mouseClick(view.accept_all, Qt.MouseButton.LeftButton)
    total = len(site_catalogue())
    dialog = view._open_accept(list(site_catalogue()))
    assert dialog is not None
    qtbot.keyClicks(dialog.reason, "ward meeting")
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    settled(desk.session)
    assert view.count.text() == f"{total} of {total} decided by the site"
    assert not view.accept_all.isEnabled()
    for left in view.window().findChildren(type(dialog)):
        left.close()


def test_who_may_not_decide_is_told_and_can_still_read(
    desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, settled: Settled
) -> None:
    nurse = Actor("Li Na", Role.NURSE, "test")
    place = desk.session._opened()
    monkeypatch.setattr(desk.session, "_place", place.acting_as(nurse))
    view = SiteSettingsView(desk)
    qtbot.addWidget(view)
    view.show()
    settled(desk.session)
    view.select("gate.watch_after")
    assert not view.card.change.isEnabled()
    assert view.card.not_allowed.isVisible()
    with qtbot.waitSignal(desk.session.told) as told:
        assert view.change() is None
    assert told.args is not None and told.args[0].key == "error.role"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_model_holds_what_qt_asks_of_one_and_every_card_can_be_shown(
    view: SiteSettingsView, desk: Desk, qtmodeltester: object, language: str
) -> None:
    desk.words.use("zh" if language == "zh" else "en")
    model = SettingsModel(desk)
    qtmodeltester.check(model)  # type: ignore[attr-defined]
    qtmodeltester.check(view.model)  # type: ignore[attr-defined]
    for key in site_catalogue():
        view.select(key)
        assert view.card.name.text()
