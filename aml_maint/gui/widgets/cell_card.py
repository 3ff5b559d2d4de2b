"""The side panel of the flow sheet: always the focused cell in full, with what can be done."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from aml_maint.domain.course import Course
from aml_maint.domain.messages import Message, say
from aml_maint.domain.premedication_gap import GapFit
from aml_maint.domain.schedule import SlotId
from aml_maint.gui.desk import Looks
from aml_maint.gui.viewports import viewport
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.dose_acts import DoseActs
from aml_maint.gui.widgets.dose_card import DoseCard
from aml_maint.gui.widgets.facts import literal
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.role_line import RoleLine
from aml_maint.gui.widgets.sheet_words import (
    line_words,
    marrow_words,
    point_words,
    toxicity_words,
    vacated_words,
)
from aml_maint.gui.widgets.site_panel import SitePanel
from aml_maint.services.dose_history import EarlierRecord
from aml_maint.services.dose_view import DosePair, DoseView
from aml_maint.services.injections import InjectionSites
from aml_maint.services.sheet import CycleSheet
from aml_maint.services.sheet_lines import (
    DoseLine,
    LaneLine,
    Line,
    MarrowLine,
    ToxicityLine,
    pair_at,
)

# The keys that act on a dose, in the order of their buttons.
ACTIONS = ("G", "L", "P", "H", "R", "M")
_DOSE = ("log_dose", "correct_dose")
_MOST_ENTRIES = 6


class CellCard(QWidget):
    """Shows a dose, a result, a toxicity or a marrow; the buttons do what the keys do."""

    acted = Signal(str)
    """A letter key that acts on doses, or "enter"."""
    act_wanted = Signal(str)
    """An act of the cycle that opens a dialog."""

    def __init__(self, looks: Looks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._looks = looks
        self._shown: tuple[CycleSheet, Line, int] | None = None
        self._selected = 1
        self.day = Label(looks, role="heading", wrap=True)
        self.about = Label(looks, token="muted", wrap=True)
        self.doses = (DoseCard(looks), DoseCard(looks))
        self.gap = Label(looks, role="small", token="muted", wrap=True)
        self.sites = SitePanel(looks)
        self.sites.wanted.connect(self.act_wanted)
        self.acts = DoseActs(looks)
        self.acts.wanted.connect(self.act_wanted)
        self.selected = Label(looks, role="strong", token="accent", wrap=True)
        self.entries = [Label(looks, wrap=True) for _ in range(_MOST_ENTRIES)]
        self.buttons = {
            key: Button(looks, f"card.act.{key}", leads_to=_DOSE) for key in ACTIONS
        }  # fmt: skip
        self.details = Button(looks, "card.act.enter", leads_to=_DOSE)
        self.reason = RoleLine(looks, _DOSE, "today.verbs.off")
        for key, button in self.buttons.items():
            button.clicked.connect(lambda _=False, key=key: self.acted.emit(key))
        self.details.clicked.connect(lambda: self.acted.emit("enter"))
        self._lay_out()
        looks.words.changed.connect(self._again)
        self._again()
        self.clear()

    def clear(self) -> None:
        """Show nothing."""
        self._shown = None
        for widget in (
            self.about,
            self.gap,
            self.sites,
            self.acts,
            self.selected,
            *self.doses,
            *self.entries,
        ):
            widget.hide()
        self.day.setText("")
        self._tools.hide()

    def show_cell(self, sheet: CycleSheet, line: Line, column: int, *, selected: int = 1) -> None:
        """Show a cell; `selected` doses are what the buttons act on."""
        self._shown, self._selected = (sheet, line, column), selected
        day = sheet.days[column]
        self.day.say(say("card.day", day=day.number, on=day.on))
        pair = pair_at(line, column)
        self._show_pair(pair)
        self._show_entries([] if pair is not None else self._texts(line, column))
        self.about.setVisible(pair is None)
        self.about.say(literal(line_words(self._looks.words, line)))
        self.selected.setVisible(selected > 1)
        self.selected.say(say("card.selected", count=selected))
        open_now = pair is not None and day.on <= sheet.now.local.date()
        self._tools.setVisible(open_now)
        recorded = pair is not None and all(view.record is not None for view in pair.parts)
        for button in self.buttons.values():
            button.setVisible(not recorded or selected > 1)
        self.details.setEnabled(open_now)

    def show_earlier(self, slot: SlotId, entries: Sequence[EarlierRecord]) -> None:
        """Show a dose's earlier entries, unless another dose is shown by now."""
        for card, view in zip(self.doses, self._views(), strict=False):
            if view.slot == slot:
                card.history.show_entries(entries)

    @property
    def injection(self) -> DoseView | None:
        """The injection shown, whose sites are wanted; None for anything else."""
        views = self._views()
        return views[-1] if views and views[-1].planned.component.rotate_site else None

    def show_sites(self, slot: SlotId, sites: InjectionSites) -> None:
        """Show the sites of an injection, unless another dose is shown by now."""
        if self.injection is not None and self.injection.slot == slot:
            self.sites.show_sites(sites)
            self.sites.show()

    @property
    def slots(self) -> tuple[SlotId, ...]:
        """The doses shown."""
        return tuple(view.slot for view in self._views())

    @property
    def _course(self) -> Course | None:
        return None if self._shown is None else self._shown[0].course

    def _views(self) -> tuple[DoseView, ...]:
        if self._shown is None:
            return ()
        pair = pair_at(self._shown[1], self._shown[2])
        return () if pair is None else pair.parts

    def _show_pair(self, pair: DosePair | None) -> None:
        views = () if pair is None else pair.parts
        for place, card in enumerate(self.doses):
            card.setVisible(place < len(views))
            if place < len(views):
                card.show_view(views[place], self._course)
        self.acts.show_views(views)
        if self.injection is None:
            self.sites.hide()
        gap = pair.gap if pair is not None else None
        self.gap.setVisible(gap is not None)
        if gap is not None and pair is not None and pair.premedication is not None:
            self.gap.use_token("muted" if gap.fit is GapFit.IN_WINDOW else "warning")
            self.gap.say(
                say("card.gap", told=gap.told,
                    first=pair.premedication.planned.component.drug.name,
                    then=pair.main.planned.component.drug.name)
            )  # fmt: skip

    def _show_entries(self, texts: Sequence[str]) -> None:
        for place, label in enumerate(self.entries):
            label.setVisible(place < len(texts))
            if place < len(texts):
                label.say(literal(texts[place]))

    def _texts(self, line: Line, column: int) -> list[str]:
        """What is recorded in a cell that holds no dose."""
        words = self._looks.words
        told: list[Message] = []
        match line:
            case DoseLine():
                told = [say("card.not_planned"), *vacated_words(line, column)]
            case LaneLine():
                told = [point_words(point) for point in line.by_column.get(column, ())]
            case ToxicityLine():
                bar = line.at(column)
                told = [toxicity_words(bar.event)] if bar else []
            case MarrowLine():
                told = [marrow_words(marrow) for marrow in line.by_column.get(column, ())]
        return [words.text(text) for text in told] or [words.text("sheet.say.no_entry")]

    def _again(self) -> None:
        self._area.setAccessibleName(self._looks.words.text("card.name"))
        if self._shown is not None:
            self.show_cell(*self._shown, selected=self._selected)

    def _lay_out(self) -> None:
        theme = self._looks.theme
        inner = QWidget()
        box = QVBoxLayout(inner)
        box.setContentsMargins(*[theme.unit(3)] * 4)
        box.setSpacing(theme.unit(3))
        for widget in (self.day, self.about, *self.entries, *self.doses, self.gap, self.sites,
                       self.acts):  # fmt: skip
            box.addWidget(widget)
        box.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        # Reached by Tab, so that the keyboard can scroll to the earlier entries.
        area.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._area = area
        area.setWidget(inner)
        # The panel behind shows through.
        viewport(area).setAutoFillBackground(False)
        inner.setAutoFillBackground(False)
        self.selected.setContentsMargins(theme.unit(3), 0, theme.unit(3), 0)
        self._tools = QWidget()
        grid = QGridLayout(self._tools)
        grid.setContentsMargins(*[theme.unit(3)] * 4)
        grid.setSpacing(theme.unit(1.5))
        for place, button in enumerate(self.buttons.values()):
            grid.addWidget(button, place // 2, place % 2)
        grid.addWidget(self.details, 3, 0, 1, 2)
        grid.addWidget(self.reason, 4, 0, 1, 2)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(area, 1)
        whole.addWidget(self.selected)
        whole.addWidget(self._tools)
