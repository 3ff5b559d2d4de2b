"""Every role walks the whole window: it is offered what the table allows, and nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot

from aml_maint.domain.assessment import Assessment, AssessmentKind, Finding
from aml_maint.domain.command import Actor, Role
from aml_maint.domain.errors import UserError
from aml_maint.domain.follow_up import Contact, Means
from aml_maint.domain.roles import MATRIX
from aml_maint.domain.supply import SupplyEntry, SupplyKind
from aml_maint.gui.desk import Desk, Looks
from aml_maint.gui.dialogs.changes_dialog import ChangesDialog
from aml_maint.gui.dialogs.laboratories_dialog import LaboratoriesDialog
from aml_maint.gui.dialogs.restore_dialog import RestoreDialog
from aml_maint.gui.dialogs.review_dialog import ReviewDialog
from aml_maint.gui.session import Session
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.word_table import WordTable
from aml_maint.gui.workspace import Workspace
from aml_maint.services.assessments import record_assessment
from aml_maint.services.follow_up import record_contact
from aml_maint.services.home_supply import record_supply
from aml_maint.services.marrow import record_marrow
from aml_maint.services.toxicities import record_event
from aml_maint.services.workplace import Workplace
from aml_maint.store import engine
from tests.builders import a_marrow, moment
from tests.gui.test_toxicity_tab import an_event
from tests.gui.ward import COURSE, FIRST_DAY, ON_COURSE, Ward, build_ward
from tests.services.test_home_supply import MG_200

Settled = Callable[[Session], None]
Walking = Callable[..., "Walk"]

_TABS = ("overview", "cycle", "toxicity", "marrow", "labs", "course", "reports", "history")
_PARTS = ("deviations", "decisions", "diagnosis", "follow_up")

PLACES: dict[str, Callable[[Workspace], object]] = {
    "today": lambda w: w.go("today"),
    "patients": lambda w: (w.go("patients"), w.patients.show_part("all")),
    "ask after": lambda w: (w.go("patients"), w.patients.show_part("due")),
    "cohort": lambda w: w.go("cohort"),
    "reports": lambda w: w.go("reports"),
    **{
        f"settings: {name}": lambda w, n=name: (w.go("settings"), w.settings.show_tab(n))  # type: ignore[misc]
        for name in ("general", "site", "drugs")
    },
    **{
        f"patient: {name}": lambda w, n=name: (w.show_patient(ON_COURSE), w.patient.show_tab(n))  # type: ignore[misc]
        for name in _TABS
    },
    **{
        f"course: {part}": lambda w, p=part: (
            w.show_patient(ON_COURSE),
            w.patient.show_part("course", p),
        )  # type: ignore[misc]
        for part in _PARTS
    },
}

# Dialogs that everybody may read in, with the button off that writes: the drill of a restore, the
# decisions on a plan, the toxicities that wait for a signature, the laboratories' limits.
TO_READ = (RestoreDialog, ChangesDialog, ReviewDialog, LaboratoriesDialog)

# The letters that act in each place; pressing them is one more way to the same commands.
KEYS = {
    "today": "EHRMUTF\r",
    "patient: cycle": "GLPHRMUECASODX\r",
    "patient: toxicity": "ASG\r",
    "patient: overview": "DU\r",
    "ask after": "C",
    "course: follow_up": "CE",
    "settings: site": "A\r",
    "settings: drugs": "\r",
}


def story(place: Workplace) -> None:
    """One of everything that can be acted upon."""
    record_event(place, an_event("rash", 2))
    assessed = Assessment(
        "", ON_COURSE, COURSE, 1, AssessmentKind.VISIT, FIRST_DAY + timedelta(days=3),
        (Finding("myalgia", 0),),
    )  # fmt: skip
    record_assessment(place, assessed)
    record_marrow(place, a_marrow(ON_COURSE, "2026-02-20T09:00", "2.0", None))
    record_contact(place, Contact("", ON_COURSE, date(2026, 3, 3), Means.TELEPHONE))
    dispensed = moment("2026-03-02T06:00")
    record_supply(
        place, COURSE,
        SupplyEntry("", "sorafenib", MG_200, SupplyKind.DISPENSED, 112, dispensed, ""),
    )  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Ward:
    """Built once; each role gets a copy of the file."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "KDF_ITERATIONS", 1_000)
        ward = build_ward(tmp_path_factory.mktemp("roles") / "ward.amldb")
        place = ward.open()
        story(place)
        place.close()
    return ward


@dataclass(frozen=True)
class Control:
    """A button or an entry of a menu, by where it stands and what it says."""

    place: str
    text: str
    number: int

    def __str__(self) -> str:
        return f"{self.place}: {self.text} #{self.number}"


@dataclass
class Walk:
    """What a person of some roles is offered, and what came of everything they tried."""

    roles: tuple[Role, ...]
    enabled: dict[Control, bool] = field(default_factory=dict)
    commands: dict[Control, tuple[str, ...]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    tried: int = 0

    def may(self, commands: tuple[str, ...]) -> bool:
        return not commands or any(set(self.roles) & MATRIX[one] for one in commands)


class Walker:
    """Goes to every place, looks at every control, and tries what is switched on."""

    def __init__(self, desk: Desk, settled: Settled, walk: Walk) -> None:
        self.desk, self.settle, self.walk = desk, settled, walk
        self.space = Workspace(desk)
        self.space.resize(1366, 768)
        self.space.show()
        desk.session.problem.connect(self._hear)

    def go(self, place: str) -> None:
        PLACES[place](self.space)
        self.settle(self.desk.session)
        for table in self.space.shown.findChildren(WordTable):
            if table.current is None:
                table.go_to(0)  # as it does when the keyboard comes to it

    def run(self, places: Iterable[str], *, trying: bool) -> None:
        for place in places:
            self.go(place)
            known = dict(self._controls(place, self.space.shown))
            for control, item in known.items():
                self._look(control, item)
            for control in known if trying else ():
                self._try(control)
            for key in KEYS.get(place, "") if trying else "":
                self._press(place, key)

    def _controls(self, place: str, root: QWidget) -> Iterator[tuple[Control, Button | QAction]]:
        counts: dict[str, int] = {}
        for button in root.findChildren(Button):
            items: list[Button | QAction] = [button] if button.isVisible() else []
            if button.isVisible():
                items += [a for a in button.findChildren(QAction) if a.text() and a.isVisible()]
            for item in items:
                text = item.text().replace("&", "")
                counts[text] = counts.get(text, 0) + 1
                yield Control(place, text, counts[text]), item

    def _look(self, control: Control, item: Button | QAction) -> None:
        walk = self.walk
        commands = item.commands if isinstance(item, Button) else item.property("commands") or ()
        walk.commands[control] = tuple(commands)
        walk.enabled[control] = item.isEnabled()
        if not walk.may(tuple(commands)):
            if item.isEnabled():
                walk.faults.append(f"{control} is on, and is for others")
            if not item.toolTip().startswith("This may be done by: "):
                walk.faults.append(f"{control} doesn't say whose it is")
            if isinstance(item, Button) and not item.accessibleDescription():
                walk.faults.append(f"{control} doesn't tell a reader of the screen whose it is")

    def _try(self, control: Control) -> None:
        if not self.walk.enabled[control]:
            return
        item = dict(self._controls(control.place, self.space.shown)).get(control)
        if item is None or not item.isEnabled():
            return
        self.walk.tried += 1
        item.trigger() if isinstance(item, QAction) else item.click()
        self._see(str(control), self.walk.commands[control])
        self.go(control.place)

    def _press(self, place: str, key: str) -> None:
        self.walk.tried += 1
        target = self.space.shown
        while (proxy := target.focusProxy()) is not None:
            target = proxy
        QTest.keyClick(target, Qt.Key.Key_Return if key == "\r" else key.lower())  # type: ignore[arg-type]
        self._see(f"{place}: key {key!r}", ())
        self.go(place)

    def _see(self, what: str, commands: tuple[str, ...]) -> None:
        """Whatever opened can be saved by this person, and is what the control spoke of."""
        self.settle(self.desk.session)
        menu = QApplication.activePopupWidget()
        if menu is not None:
            menu.close()
        for dialog in self._dialogs():
            writes: tuple[str, ...] = getattr(dialog, "COMMANDS", ())
            kind = type(dialog).__name__
            if not self.walk.may(writes) and not isinstance(dialog, TO_READ):
                self.walk.faults.append(f"{what} opens {kind}, which is for others")
            if commands and writes and not set(commands) & set(writes):
                self.walk.faults.append(f"{what} speaks of {commands}, {kind} writes {writes}")
            for control, item in self._controls(f"{what} > {kind}", dialog):
                self._look(control, item)
            dialog.reject()
        self.settle(self.desk.session)
        for dialog in self._dialogs():
            dialog.reject()

    def _dialogs(self) -> list[QDialog]:
        return [one for one in self.space.findChildren(QDialog) if one.isVisible()]

    def _hear(self, error: UserError) -> None:
        if error.message.key == "error.role":
            self.walk.faults.append(f"refused only when it was tried: {error.message.params}")


@pytest.fixture
def walked(
    built: Ward, looks: Looks, qtbot: QtBot, settled: Settled, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Walking]:  # fmt: skip
    """Walks the window as somebody of some roles."""
    monkeypatch.setattr(engine, "KDF_ITERATIONS", 1_000)
    sessions: list[Session] = []

    def walk(
        roles: tuple[Role, ...], places: Iterable[str] = tuple(PLACES), *, trying: bool = True
    ) -> Walk:
        path = tmp_path / f"{len(sessions)}.amldb"
        shutil.copy(built.path, path)
        ward = replace(built, path=path)
        actor = Actor("Li Na", roles[0], "test", roles[1:])
        session = Session(lambda: ward.open().acting_as(actor), path.name)
        sessions.append(session)
        with qtbot.waitSignal(session.opened):
            pass
        desk = Desk(
            session=session, words=looks.words, theme=looks.theme, settings=looks.settings
        )  # fmt: skip
        found = Walk(roles)
        walker = Walker(desk, settled, found)
        qtbot.addWidget(walker.space)
        walker.run(places, trying=trying)
        walker.space.hide()
        settled(session)
        return found

    yield walk
    for session in sessions:
        session.close()


@pytest.mark.parametrize("role", list(Role))
def test_nothing_that_a_role_can_press_is_refused_or_opens_what_is_for_others(
    walked: Walking, role: Role
) -> None:
    """Every button, every entry of a menu and every key, in every place of the window."""
    walk = walked((role,))
    assert walk.faults == []
    assert walk.tried > 60


def test_nothing_is_off_for_a_role_that_the_table_allows_it(walked: Walking) -> None:
    """What is on for somebody of all roles is on for each that may do it, and off for no other."""
    everybody = walked(tuple(Role), trying=False)
    assert everybody.faults == []
    assert len(everybody.enabled) > 90
    for role in Role:
        walk = walked((role,), trying=False)
        differs = {
            str(control): on
            for control, on in walk.enabled.items()
            if on != (everybody.enabled[control] and walk.may(everybody.commands[control]))
        }
        assert (role, differs) == (role, {})


def test_the_walk_bites_when_the_screens_ask_nobody(
    walked: Walking, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: with every button on for everybody the walk finds what is for others."""
    monkeypatch.setattr(Session, "why_not", lambda *_: None)
    walk = walked((Role.READER,), ["patients"])
    assert any("is on, and is for others" in fault for fault in walk.faults)
    assert any("opens AdmitDialog" in fault for fault in walk.faults)
