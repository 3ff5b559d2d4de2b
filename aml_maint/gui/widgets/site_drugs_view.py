"""Drugs given as needed and tablets to take home: the program's, and those of the ward's own."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout

from aml_maint.domain.messages import Message, say
from aml_maint.domain.moment import Moment
from aml_maint.domain.quantities import dose_text
from aml_maint.domain.regimen import AsNeeded
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.site_drug_dialog import EndDrugDialog, SiteDrugDialog, StrengthsDialog
from aml_maint.gui.models.rows_model import Column, RowsModel
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.first_focus import FirstFocus
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.panel import Panel
from aml_maint.gui.widgets.word_table import WordTable
from aml_maint.services.changes import Changes, Touched
from aml_maint.services.site_drugs import KnownDrug, known_drugs


@dataclass(frozen=True)
class _Decision:
    """One line of a drug's past."""

    decided: Moment
    what: Message
    by: str
    reason: str


def _whose(one: KnownDrug) -> Message:
    if one.own is None:
        return say("site_drug.whose.program")
    return say("site_drug.whose.ward" if one.drug.in_use else "site_drug.whose.ended")


def _indications(one: KnownDrug) -> Message | str:
    rules = one.drug.as_needed
    if rules is None:
        return say("site_drug.by_plan")
    told = tuple(say(f"indication.{name}") for name in rules.indications)
    return say("follow_up.listed", parts=told)


def limits_told(rules: AsNeeded | None) -> Message | str:
    """The limits of a drug given as needed."""
    if rules is None:
        return ""
    parts = []
    if rules.min_gap_minutes is not None:
        hours, rest = divmod(rules.min_gap_minutes, 60)
        gap = (
            say("as_needed.minutes", minutes=rules.min_gap_minutes)
            if rest
            else say("as_needed.hours", hours=hours)
        )
        parts.append(say("as_needed.gap", gap=gap))
    if rules.most is not None:
        parts.append(say("unplanned.now.most", most=dose_text(rules.most)))
    if rules.most_doses is not None:
        parts.append(say("unplanned.now.doses", most=rules.most_doses))
    if not parts:
        return say("site_drug.no_limit")
    return say("follow_up.listed", parts=tuple(parts))


def _tablets(one: KnownDrug) -> Message | str:
    added = {strength.dose for strength in one.added}
    parts = tuple(
        say("site_drug.strength.ward", dose=dose_text(strength.dose))
        if strength.dose in added
        else dose_text(strength.dose)
        for strength in one.drug.strengths
    )
    return say("follow_up.listed", parts=parts) if parts else ""


def _token(one: KnownDrug) -> str:
    return "text" if one.drug.in_use else "muted"


COLUMNS: tuple[Column[KnownDrug], ...] = (
    Column(say("as_needed.head.drug"), lambda one: one.drug.name, share=3, token=_token),
    Column(say("site_drug.head.whose"), _whose, share=2, token=_token),
    Column(say("site_drug.indications"), _indications, share=4, token=_token),
    Column(
        say("as_needed.head.limits"), lambda one: limits_told(one.drug.as_needed), share=4,
        token=_token,
    ),
    Column(say("site_drug.head.strengths"), _tablets, share=3, token=_token),
)  # fmt: skip
PAST: tuple[Column[_Decision], ...] = (
    Column(say("site_drug.head.when"), lambda one: say("site_drug.at", at=one.decided.local)),
    Column(say("plan_changes.what"), lambda one: one.what, share=4),
    Column(say("plan_changes.decided_by"), lambda one: one.by, share=2),
    Column(say("plan_changes.why"), lambda one: one.reason, share=4),
)


class SiteDrugsView(FirstFocus):
    """Up and Down walk the drugs; Enter changes one of the ward's own, or a drug's tablets."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.dialog: QDialog | None = None
        self.story = Label(desk, "site_drug.story", token="muted", wrap=True)
        change = "change_site_drug"
        self.add = Button(
            desk, say("site_drug.act.new"), "plus", kind="primary", leads_to="add_site_drug"
        )  # fmt: skip
        self.change = Button(desk, say("site_drug.act.change"), leads_to=change)
        self.strengths = Button(
            desk, say("site_drug.act.strengths"), leads_to="set_site_strengths"
        )  # fmt: skip
        self.end = Button(desk, say("site_drug.act.end"), leads_to=change)
        self.model: RowsModel[KnownDrug] = RowsModel(desk, COLUMNS, self)
        self.table = WordTable(desk, self.model, raised=True)
        self.past: RowsModel[_Decision] = RowsModel(desk, PAST, self)
        self.history = WordTable(desk, self.past, raised=True)
        self._lay_out()
        self.setFocusProxy(self.table)
        self.add.clicked.connect(lambda: self._open(SiteDrugDialog(desk, None, self.window())))
        self.change.clicked.connect(self._change)
        self.strengths.clicked.connect(self._strengths)
        self.end.clicked.connect(self._end)
        self.table.chosen.connect(self._chosen)
        self.table.opened.connect(self._enter)
        desk.session.changed.connect(self._heard)
        desk.words.changed.connect(self.retranslate)
        self.retranslate()
        self._chosen(None)

    @property
    def selected(self) -> KnownDrug | None:
        """The drug under the cursor."""
        found: KnownDrug | None = self.table.current
        return found

    def showEvent(self, event: QShowEvent) -> None:
        """Nothing is read before someone looks."""
        super().showEvent(event)
        self.reload()

    def reload(self) -> None:
        """Read the drugs again."""
        self._desk.session.read(known_drugs, self._show, self)

    def retranslate(self) -> None:
        """Name the tables."""
        words = self._desk.words
        self.table.setAccessibleName(words.text("settings.drugs"))
        self.history.setAccessibleName(words.text("site_drug.history"))
        self.setAccessibleName(words.text("settings.drugs"))

    def _heard(self, changes: Changes) -> None:
        if Touched.SETTINGS in changes.touched and self.isVisible():
            self.reload()

    def _show(self, found: tuple[KnownDrug, ...]) -> None:
        kept = self.selected
        self.model.set_rows(found)
        ids = [one.drug.id for one in found]
        if kept is not None and kept.drug.id in ids:
            self.table.go_to(ids.index(kept.drug.id))
        self._chosen(self.selected)

    def _chosen(self, one: KnownDrug | None) -> None:
        own = one is not None and one.own is not None
        self.change.setEnabled(own)
        self.end.setEnabled(own)
        self.strengths.setEnabled(one is not None)
        ended = one is not None and not one.drug.in_use
        self.end.say(say("site_drug.act.resume" if ended else "site_drug.act.end"))
        self.past.set_rows([] if one is None else _past(one))

    def _enter(self, one: KnownDrug) -> None:
        (self._change if one.own is not None else self._strengths)()

    def _change(self) -> None:
        one = self.selected
        if one is not None and one.own is not None and self.change.isEnabled():
            self._open(SiteDrugDialog(self._desk, one.own.drug, self.window()))

    def _strengths(self) -> None:
        one = self.selected
        if one is not None and self.strengths.isEnabled():
            self._open(StrengthsDialog(self._desk, one, self.window()))

    def _end(self) -> None:
        one = self.selected
        if one is not None and one.own is not None:
            self._open(EndDrugDialog(self._desk, one.own.drug, self.window()))

    def _open(self, dialog: QDialog) -> None:
        self.dialog = dialog
        dialog.open()

    def _lay_out(self) -> None:
        theme = self._desk.theme
        head = QHBoxLayout()
        head.setSpacing(theme.unit(2))
        head.addWidget(self.story, 1)
        for button in (self.change, self.strengths, self.end, self.add):
            head.addWidget(button)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, theme.unit(2), 0, 0)
        box.setSpacing(theme.unit(2))
        box.addLayout(head)
        for title, table, share in (
            ("", self.table, 2), ("site_drug.history", self.history, 1),
        ):  # fmt: skip
            panel = Panel(self._desk)
            inside = QVBoxLayout(panel)
            inside.setContentsMargins(1, 1, 1, 1)
            inside.setSpacing(0)
            if title:
                heading = Label(self._desk, title, role="strong")
                heading.setContentsMargins(*[theme.unit(2.5)] * 4)
                inside.addWidget(heading)
            inside.addWidget(table, 1)
            box.addWidget(panel, share)


def _past(one: KnownDrug) -> list[_Decision]:
    """What was decided on a drug and its tablets, the latest first."""
    found = [
        _Decision(v.decided, _version_told(one, number), v.decided_by, v.reason)
        for number, v in enumerate(one.versions)
    ]
    found += [
        _Decision(
            s.decided,
            say("site_drug.past.strength", dose=dose_text(s.dose))
            if s.stands
            else say("site_drug.past.strength_gone", dose=dose_text(s.dose)),
            s.decided_by,
            s.reason,
        )
        for s in one.strengths
    ]
    return sorted(found, key=lambda line: line.decided.utc, reverse=True)


def _version_told(one: KnownDrug, number: int) -> Message:
    """A version against the one before it; `versions` has the latest first."""
    drug = one.versions[number].drug
    before = one.versions[number + 1].drug if number + 1 < len(one.versions) else None
    limits = limits_told(drug.as_drug().as_needed)
    if before is None:
        return say("site_drug.past.entered", limits=limits)
    if before.in_use != drug.in_use:
        return say("site_drug.past.resumed" if drug.in_use else "site_drug.past.ended")
    return say("site_drug.past.changed", limits=limits)
