"""The scenes: each turns the window to one state that people see in their work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any, cast

from PySide6.QtWidgets import QPushButton

from aml_maint.domain.errors import StorageProblem
from aml_maint.domain.messages import say
from aml_maint.gui.pages.cohort_page import TABS as COHORT_TABS
from aml_maint.gui.pages.cycle_tab import CycleTab
from aml_maint.gui.widgets.worklist_view import Verb
from aml_maint.services.worklist import Section
from tests.gallery.stage import Stage

# Patients of the demo ward that have much to show of one kind.
RUNNING = "Zhao"  # in the middle of a cycle
CHANGED = "Zhou"  # decisions about the plan
RELAPSING = "Yang"  # a positive marrow after negative ones
TOXIC = "欧阳"  # toxicities with courses and causes


@dataclass(frozen=True)
class Scene:
    """A state of the window by name; `show` turns to it, and leaves a dialog open if it is one."""

    name: str
    show: Callable[[Stage], None]

    @property
    def is_dialog(self) -> bool:
        """Is a dialog on top in this scene?"""
        return "." in self.name


def _page(name: str) -> Scene:
    return Scene(name, lambda stage: stage.go(name))


def _tab(name: str, family: str) -> Scene:
    return Scene(f"patient-{name}", lambda stage: cast(None, stage.tab(family, name)))


def _course_part(part: str) -> Scene:
    def show(stage: Stage) -> None:
        stage.tab(RELAPSING if part == "diagnosis" else CHANGED, "course").show_part(part)

    return Scene(f"patient-course-{part}", show)


def _cohort(name: str) -> Scene:
    def show(stage: Stage) -> None:
        stage.go("cohort")
        stage.workspace.cohort.show_tab(name)

    return Scene(f"cohort-{name}", show)


def _settings(name: str) -> Scene:
    def show(stage: Stage) -> None:
        stage.go("settings")
        stage.workspace.settings.show_tab(name)

    return Scene(f"settings-{name}", show)


def _on_page(page: str, name: str, act: Callable[[Any], object]) -> Scene:
    """A dialog that a page opens by itself."""

    def show(stage: Stage) -> None:
        stage.go(page)
        act(getattr(stage.workspace, page))

    return Scene(f"{page}.{name}", show)


def _on_tab(tab: str, name: str, family: str, act: Callable[[Any], object]) -> Scene:
    """A dialog that a tab of the patient page opens."""

    def show(stage: Stage) -> None:
        act(stage.tab(family, tab))

    return Scene(f"{tab}.{name}", show)


def _dose(name: str, verb: Verb, component: str = "") -> Scene:
    """A dialog about the first dose of Today, of any drug or of one, that has no record yet."""

    def show(stage: Stage) -> None:
        stage.go("today")
        page = stage.workspace.today
        latest = page.model.latest
        assert latest is not None
        row = next(
            row
            for row in latest.rows
            if row.section is not Section.DONE and component in row.pair.main.slot.component
        )
        page.ui.view.select([row.pair.main.slot])
        page.do(verb)

    return Scene(f"today.{name}", show)


def _cycle_act(name: str, family: str = RUNNING, row: int = 0, column: int = 0) -> Scene:
    """A dialog of the cycle's acts, for a cell."""

    def act(tab: CycleTab) -> None:
        tab.view.sheet.move_to(row, column)
        tab.view.act_wanted.emit(name)

    return _on_tab("cycle", name, family, act)


def _press(button: QPushButton) -> None:
    assert button.isEnabled(), button.text()
    button.click()


def _start(stage: Stage) -> None:
    stage.window.stack.setCurrentWidget(stage.window.start)


def _opening(stage: Stage) -> None:
    stage.window.opening.begin(say("opening.file"))
    stage.window.opening.show_progress(31, 100)
    stage.window.stack.setCurrentWidget(stage.window.opening)


def _crash(stage: Stage) -> None:
    from aml_maint.gui.crash import CrashDialog, details

    try:
        raise LookupError("a fault made for the picture")
    except LookupError as fault:
        told = details(type(fault), fault.__traceback__)
    stage.go("today")
    CrashDialog(stage.window.looks, told, stage.window.last_entry, stage.window).open()


def _damaged(stage: Stage) -> None:
    stage.window._recover(
        stage.folder / "ward.amldb", StorageProblem(say("store.damaged"), field="file")
    )


def _ward_dialog(name: str, ask: str) -> Scene:
    def show(stage: Stage) -> None:
        _start(stage)
        getattr(stage.window, ask)(stage.folder / "ward.amldb")

    return Scene(f"start.{name}", show)


def pages() -> Iterator[Scene]:
    """What fills the window."""
    yield Scene("start", _start)
    yield Scene("opening", _opening)
    yield _page("today")
    yield _page("patients")
    yield Scene("patients-due", _patients_due)
    yield _tab("overview", RUNNING)
    yield _tab("cycle", RUNNING)
    yield Scene("patient-cycle-changed", lambda stage: cast(None, stage.tab(CHANGED, "cycle")))
    yield _tab("toxicity", TOXIC)
    yield _tab("marrow", RELAPSING)
    yield _tab("labs", RUNNING)
    for part in ("deviations", "decisions", "diagnosis", "follow_up"):
        yield _course_part(part)
    yield _tab("reports", CHANGED)
    yield _tab("history", RUNNING)
    yield from map(_cohort, COHORT_TABS)
    yield _page("reports")
    for name in ("general", "site", "drugs"):
        yield _settings(name)
    yield Scene("recovery", _damaged)


def _patients_due(stage: Stage) -> None:
    stage.go("patients")
    stage.workspace.patients.show_part("due")


def dialogs() -> Iterator[Scene]:
    """What lies over a page and asks."""
    yield _ward_dialog("open", "ask_open")
    yield _ward_dialog("create", "ask_create")
    yield _ward_dialog("recover", "ask_recover")
    yield Scene("start.first_steps", lambda stage: cast(None, stage.window.show_first_steps()))
    yield Scene("today.crash", _crash)
    yield from _today_dialogs()
    yield _on_page("patients", "admit", lambda page: page.open_admission())
    yield _on_page("patients", "import", lambda page: page.open_import())
    yield from _cycle_dialogs()
    yield from _toxicity_dialogs()
    yield from _marrow_dialogs()
    yield from _lab_dialogs()
    yield from _course_dialogs()
    yield _on_tab("history", "print", RUNNING, lambda tab: tab.open_print())
    for name, act in (
        ("sign", lambda pane: pane.open_signing()),
        ("save", lambda pane: pane.open_saving()),
        ("medicines", lambda pane: pane.open_document("medicines")),
        ("summary", lambda pane: pane.open_document("summary")),
    ):
        yield _on_tab("reports", name, CHANGED, lambda tab, act=act: act(tab.pane))
    yield _on_page("cohort", "save", lambda page: page.open_saving())
    yield _on_page("cohort", "import", lambda page: page.open_import())
    yield _on_page("reports", "batch", lambda page: page.open_batch())
    yield _on_page("reports", "export", lambda page: page.open_export())
    yield from _settings_dialogs()


def _today_dialogs() -> Iterator[Scene]:
    yield _dose("injection", Verb.EDIT, "interferon")
    yield _dose("tablet", Verb.EDIT, "sorafenib")
    yield _dose("held", Verb.HOLD)
    yield _dose("refused", Verb.REFUSE)
    yield _dose("missed", Verb.MISS)
    yield _dose("toxicity", Verb.TOXICITY)
    yield _on_page("today", "print", lambda page: page.print_list())
    yield _on_page("today", "dismiss", lambda page: page.ask_reason(page.ui.checks.list.current))


def _cycle_dialogs() -> Iterator[Scene]:
    for name in (
        "count", "hold", "resume", "dose", "shift", "omit", "stop", "regimen", "as_needed",
        "supply", "start_cycle", "calendar", "clock_time", "pregnancy_test", "childbearing",
        "print", "report",
    ):  # fmt: skip
        yield _cycle_act(name)
    yield _cycle_act("changes", CHANGED)
    yield _cycle_act("reaction", row=2, column=0)
    yield _on_tab("cycle", "unplanned", RUNNING, lambda tab: tab.view.add_unplanned())
    yield _on_tab("cycle", "course", RUNNING, lambda tab: tab.open_course())


def _toxicity_dialogs() -> Iterator[Scene]:
    def event(act: str) -> Callable[[Any], object]:
        def press(tab: Any) -> None:
            chart = tab.chart
            tab._event_act(act, chart.events[0])

        return press

    yield _on_tab("toxicity", "new", TOXIC, lambda tab: tab.open_event())
    yield _on_tab("toxicity", "assessment", TOXIC, lambda tab: tab.open_assessment())
    yield _on_tab("toxicity", "review", TOXIC, lambda tab: tab.open_review())
    for act in ("edit", "grade", "over", "withdraw", "history", "report"):
        yield _on_tab("toxicity", act, TOXIC, event(act))


def _marrow_dialogs() -> Iterator[Scene]:
    yield _on_tab("marrow", "new", RELAPSING, lambda tab: tab.open_marrow())
    yield _on_tab(
        "marrow", "specimen", RELAPSING,
        lambda tab: tab.open_specimen(tab.current.marrow.specimens[0]),
    )  # fmt: skip
    yield _on_tab("marrow", "save", RELAPSING, lambda tab: tab.save_board())
    for act in ("overrule", "add", "withdraw"):
        yield _on_tab("marrow", act, RELAPSING, lambda tab, act=act: tab._act(act))


def _lab_dialogs() -> Iterator[Scene]:
    yield _on_tab("labs", "entry", RUNNING, lambda tab: tab.open_entry())
    yield _on_tab("labs", "import", RUNNING, lambda tab: tab.open_import())
    yield _on_tab("labs", "laboratories", RUNNING, lambda tab: tab.open_laboratories())
    yield _on_tab("labs", "withdraw", RUNNING, _withdraw_result)


def _withdraw_result(tab: Any) -> None:
    model = tab.table.model()
    cells = product(range(model.rowCount()), range(model.columnCount()))
    for row, column in cells:
        tab.table.setCurrentIndex(model.index(row, column))
        if tab.current is not None:
            break
    tab.open_withdrawal()


def _course_dialogs() -> Iterator[Scene]:
    yield _on_tab("course", "export", CHANGED, lambda tab: tab.open_export())
    yield _on_tab("course", "contact", CHANGED, lambda tab: tab.open_contact())
    for part, name in (
        ("follow_up", "event"), ("diagnosis", "therapy"), ("diagnosis", "diagnosis"),
        ("diagnosis", "risk"),
    ):  # fmt: skip
        yield _on_tab(
            "course", name, RELAPSING,
            lambda tab, p=part, n=name: getattr(getattr(tab, p), f"{n}_wanted").emit(),
        )  # fmt: skip


def _settings_dialogs() -> Iterator[Scene]:
    yield Scene("settings.setting", lambda stage: _site(stage).change())
    yield Scene("settings.accept", lambda stage: _site(stage).accept())
    for name in ("add", "change", "strengths"):
        yield Scene(
            f"settings.drug_{name}", lambda stage, n=name: _press(getattr(_drugs(stage), n))
        )
    yield _on_page("settings", "restore", lambda page: page.general.backup.open_restore())
    yield _on_page("settings", "proof", lambda page: page.general.trust.open_proof())
    yield _on_page("settings", "slip", lambda page: page.general.trust.open_slip())
    yield _on_page("settings", "account", lambda page: page.general.accounts._add().open())


def _site(stage: Stage) -> Any:
    stage.go("settings")
    stage.workspace.settings.show_tab("site")
    stage.settle()
    return stage.workspace.settings.site


def _drugs(stage: Stage) -> Any:
    stage.go("settings")
    stage.workspace.settings.show_tab("drugs")
    stage.settle()
    drugs = stage.workspace.settings.drugs
    own = next(at for at, one in enumerate(drugs.model.rows) if one.own is not None)
    drugs.table.go_to(own)
    return drugs


def empty() -> Iterator[Scene]:
    """The pages of a ward that nobody has written into: each says what to do next."""
    for name in ("today", "patients", "cohort", "reports"):
        yield Scene(f"empty-{name}", lambda stage, n=name: stage.go(n))
    yield Scene("empty-patients-due", _patients_due)
