"""Half-filled forms outlive dialog, window and power, and nobody but their person sees them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from PySide6.QtWidgets import QDialog, QWidget
from pytestqt.qtbot import QtBot

from aml_maint.domain.administration import Status
from aml_maint.domain.command import Actor, Role
from aml_maint.domain.schedule import SlotId
from aml_maint.gui.desk import Desk, Looks
from aml_maint.gui.dialogs.admit_dialog import AdmitDialog
from aml_maint.gui.dialogs.dose_dialog import DoseDialog
from aml_maint.gui.dialogs.lab_grid_dialog import LabGridDialog
from aml_maint.gui.dialogs.reason_dialog import ReasonDialog
from aml_maint.gui.dose_targets import DoseTarget
from aml_maint.gui.forms.lab_grid import TIME
from aml_maint.gui.session import Session
from aml_maint.gui.workspace import Workspace
from aml_maint.services.dose_reading import pairs_of
from aml_maint.services.drafts import UnfinishedForm, unfinished_forms
from aml_maint.services.injections import GivingCard, giving_card
from tests.gui.lab_typing import typed
from tests.gui.ward import COURSE, ON_COURSE, PATIENTS, ZONE, Ward

Settle = Callable[[Session], None]


@pytest.fixture
def page(qtbot: QtBot) -> QWidget:
    """A window for dialogs."""
    page = QWidget()
    qtbot.addWidget(page)
    page.show()
    return page


@pytest.fixture
def restart(
    looks: Looks, ward: Ward, qtbot: QtBot, settled: Settle
) -> Iterator[Callable[..., Workspace]]:
    """Opens the ward's file anew, as the next start of the program does."""
    sessions: list[Session] = []

    def start(actor: Actor | None = None) -> Workspace:
        def opener() -> object:
            place = ward.open()
            return place if actor is None else replace(place, actor=actor)

        session = Session(opener, ward.path.name)  # type: ignore[arg-type]
        with qtbot.waitSignal(session.opened):
            pass
        sessions.append(session)
        desk = Desk(session=session, words=looks.words, theme=looks.theme, settings=looks.settings)
        workspace = Workspace(desk)
        qtbot.addWidget(workspace)
        workspace.resize(1400, 860)
        workspace.show()
        settled(session)
        return workspace

    yield start
    for session in sessions:
        session.close()


@pytest.fixture
def restart_with_a_draft(
    desk: Desk, page: QWidget, qtbot: QtBot, restart: Callable[..., Workspace]
) -> Callable[..., Workspace]:
    """Types half a count, puts its form away, and opens the ward's file anew."""

    def start(*actor: Actor) -> Workspace:
        dialog = counting(desk, page)
        type_platelets(qtbot, dialog, "48")
        dialog.reject()
        desk.session.close()
        return restart(*actor)

    return start


def kept(desk: Desk, settled: Settle) -> list[UnfinishedForm]:
    """What the ward's file holds of unfinished forms."""
    found: list[tuple[UnfinishedForm, ...]] = []
    desk.session.read(unfinished_forms, found.append, desk.session)
    settled(desk.session)
    return list(found[0])


def counting(desk: Desk, page: QWidget) -> LabGridDialog:
    dialog = LabGridDialog(desk, PATIENTS[0], ZONE, page)
    dialog.open()
    return dialog


def type_platelets(qtbot: QtBot, dialog: LabGridDialog, digits: str) -> None:
    """Type into the grid and leave the cell open: nobody has pressed Enter."""
    dialog.grid.setCurrentCell(dialog.grid.row_of("platelets"), 1)
    qtbot.keyClicks(dialog.grid, digits[0])
    editor = dialog.grid.focusWidget()
    assert editor is not None
    qtbot.keyClicks(editor, digits[1:])


def open_dialog(workspace: Workspace) -> QDialog:
    (found,) = [d for d in workspace.findChildren(QDialog) if d.isVisible()]
    return found


def test_what_is_typed_is_in_the_wards_file_before_anything_is_closed(
    desk: Desk, page: QWidget, qtbot: QtBot, settled: Settle
) -> None:
    dialog = counting(desk, page)
    with qtbot.waitSignal(desk.drafts.changed):
        type_platelets(qtbot, dialog, "48")
    (form,) = kept(desk, settled)
    assert form.draft.name == f"labs/{ON_COURSE}"
    assert form.draft.title == "Laboratory results"
    assert "48" in form.draft.typed["values"]
    assert form.patient is not None and form.patient.mrn == "T-0001"
    dialog.reject()


def test_a_form_that_nobody_typed_into_leaves_no_draft(
    desk: Desk, page: QWidget, settled: Settle
) -> None:
    counting(desk, page).reject()
    assert kept(desk, settled) == []


def test_the_last_letters_are_kept_when_the_window_closes_under_them(
    desk: Desk, page: QWidget, qtbot: QtBot, restart: Callable[..., Workspace]
) -> None:
    dialog = counting(desk, page)
    type_platelets(qtbot, dialog, "48")
    desk.session.close()
    dialog.close()
    workspace = restart()
    assert workspace.drafts.isVisible()


def test_after_a_restart_the_bar_leads_back_to_each_form_with_what_was_typed(
    desk: Desk, page: QWidget, qtbot: QtBot, settled: Settle, restart: Callable[..., Workspace]
) -> None:
    dialog = counting(desk, page)
    type_platelets(qtbot, dialog, "48")
    dialog.reject()
    admission = AdmitDialog(desk, page)
    admission.open()
    qtbot.keyClicks(admission.family, "Ouyang")
    admission.reject()
    desk.session.close()

    workspace = restart()
    session = workspace._desk.session
    bar = workspace.drafts
    assert bar.message.text() == "2 forms were not finished: what you typed was kept"
    by_title = {button.text().partition(" · ")[0]: button for button in bar.buttons}
    assert "CHEN, Wei" in by_title["Laboratory results"].text()

    by_title["Laboratory results"].click()
    settled(session)
    again = open_dialog(workspace)
    assert isinstance(again, LabGridDialog) and again.continued.isVisible()
    assert typed(again, "platelets") == "48"
    assert workspace.patient.patient_id == ON_COURSE
    again.grid.set_text(TIME, 1, "0900")
    again.save.click()
    settled(session)

    assert bar.message.text() == "A form was not finished: what you typed was kept"
    bar.buttons[0].click()
    settled(session)
    admitting = open_dialog(workspace)
    assert isinstance(admitting, AdmitDialog) and admitting.family.text() == "Ouyang"
    admitting.afresh.click()
    assert bar.isHidden()
    admitting.reject()
    assert kept(workspace._desk, settled) == []


def test_the_form_that_is_gone_on_with_waits_until_the_sheet_is_painted(
    settled: Settle, restart_with_a_draft: Callable[..., Workspace]
) -> None:
    workspace = restart_with_a_draft()
    tab = workspace.patient.cycle_tab
    order: list[str] = []
    show, open_form = tab._show, tab.acts.open

    def shown(found: Any) -> None:
        show(found)
        order.append("sheet")

    def opened(*given: Any) -> None:
        order.append("form")
        open_form(*given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tab, "_show", shown)
        patch.setattr(tab.acts, "open", opened)
        workspace.drafts.buttons[0].click()
        settled(workspace._desk.session)
    assert order[0] == "sheet" and order.count("form") == 1
    again = open_dialog(workspace)
    assert isinstance(again, LabGridDialog)
    again.reject()
    settled(workspace._desk.session)


def test_a_half_filled_card_of_a_dose_is_opened_in_its_cycle(
    desk: Desk, page: QWidget, qtbot: QtBot, settled: Settle, restart: Callable[..., Workspace]
) -> None:
    slot = SlotId(COURSE, "sorafenib", date(2026, 3, 2), "evening")
    target = pair_target(desk, slot, settled)
    cards: list[GivingCard] = []
    desk.session.read(lambda place: giving_card(place, slot), cards.append, page)
    settled(desk.session)
    dialog = DoseDialog(desk, page, target, slot, cards[0])
    dialog.open()
    qtbot.keyClicks(dialog.note, "found in the box")
    dialog.reject()
    desk.session.close()
    workspace = restart()
    workspace.drafts.buttons[0].click()
    settled(workspace._desk.session)
    again = open_dialog(workspace)
    assert isinstance(again, DoseDialog) and again.note.text() == "found in the box"
    sheet = workspace.patient.cycle.sheet
    assert sheet.pair is not None and sheet.pair.main.slot == slot
    again.reject()


def test_nobody_else_gets_a_persons_half_filled_form(
    restart_with_a_draft: Callable[..., Workspace],
) -> None:
    other = restart_with_a_draft(Actor("Wu Min", Role.PHYSICIAN, "test"))
    assert other.drafts.isHidden()
    assert f"labs/{ON_COURSE}" not in other._desk.drafts


def test_all_drafts_can_be_thrown_away_at_once(
    settled: Settle, restart_with_a_draft: Callable[..., Workspace]
) -> None:
    workspace = restart_with_a_draft()
    workspace.drafts.discard.click()
    assert workspace.drafts.isHidden()
    assert kept(workspace._desk, settled) == []


def test_of_a_reason_half_given_the_note_comes_back_and_the_reason_does_not(
    desk: Desk, page: QWidget, qtbot: QtBot, settled: Settle
) -> None:
    slot = SlotId(COURSE, "sorafenib", date(2026, 3, 5), "morning")
    target = pair_target(desk, slot, settled)
    doses = [(target, target.pair.main)]
    dialog = ReasonDialog(desk, page, Status.HELD, doses)
    dialog.open()
    dialog.reasons.choose(2)
    dialog.note_input.setText("rash since yesterday")
    dialog.reject()
    again = ReasonDialog(desk, page, Status.HELD, doses)
    assert again.note == "rash since yesterday"
    assert again.reason is None
    again.reject()


def pair_target(desk: Desk, slot: SlotId, settled: Settle) -> DoseTarget:
    found: list[DoseTarget] = []
    desk.session.read(
        lambda place: DoseTarget(PATIENTS[0], pairs_of(place, [slot])[slot]),
        found.append,
        desk.session,
    )
    settled(desk.session)
    return found[0]
