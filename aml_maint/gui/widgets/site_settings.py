"""The site's settings: the table of them all, and the chosen one in full beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout

from aml_maint.domain.messages import say
from aml_maint.domain.site import Setting
from aml_maint.domain.site_history import SiteHistory
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.setting_dialog import AcceptDialog, SettingDialog
from aml_maint.gui.forms.inputs import ChoiceInput
from aml_maint.gui.models.settings_model import Column, SettingsModel, Shown
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.first_focus import FirstFocus
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.panel import Panel
from aml_maint.gui.widgets.setting_card import SettingCard
from aml_maint.gui.widgets.table import Table
from aml_maint.services.changes import Changes, Touched
from aml_maint.services.site_settings import earliest_day, site_history
from aml_maint.services.workplace import Workplace


@dataclass(frozen=True)
class _Found:
    """What is read at once."""

    history: SiteHistory
    today: date
    earliest: dict[str, date]


# So much of the width a column gets at most where not all fit; the card has every text in full.
_SHARES = {Column.NAME: 0.37, Column.VALUE: 0.17, Column.DEFAULT: 0.15}


class SettingsTable(Table):
    """Never wider than its place: long texts are cut short, the card has them in full."""

    def fit_columns(self) -> None:
        """Share the width; long columns give way first."""
        super().fit_columns()
        self._cut()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the new width."""
        super().resizeEvent(event)
        self._cut()

    def _cut(self) -> None:
        head, room = self.horizontalHeader(), self.viewport().width()
        sizes = [head.sectionSize(column) for column in range(head.count())]
        for column, share in _SHARES.items():
            over = sum(sizes) - room
            if sizes and over > 0:
                sizes[column] = max(sizes[column] - over, round(room * share))
                head.resizeSection(column, sizes[column])


class SiteSettingsView(FirstFocus):
    """Up and Down walk the settings, Enter changes one, A accepts its default."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._found: _Found | None = None
        self.model = SettingsModel(desk)
        self.story = Label(desk, "setting.story", token="muted", wrap=True)
        self.shown: ChoiceInput[Shown] = ChoiceInput(
            desk, [(shown, f"setting.shown.{shown.name.lower()}") for shown in Shown]
        )
        self.shown.chosen.connect(self._show)
        self.count = Label(desk, role="small", token="muted")
        self.accept_all = Button(
            desk, "setting.accept_all", "check", leads_to="accept_settings"
        )  # fmt: skip
        self.accept_all.clicked.connect(self._accept_all)
        self.table = SettingsTable(desk)
        self.card = SettingCard(desk)
        self.card.change_wanted.connect(self.change)
        self.card.accept_wanted.connect(self.accept)
        self._set_up_table()
        self._lay_out()
        self.setFocusProxy(self.table)
        desk.session.changed.connect(self._heard)
        desk.words.changed.connect(self.retranslate)
        self.retranslate()

    def showEvent(self, event: QShowEvent) -> None:
        """Nothing is read before someone looks."""
        super().showEvent(event)
        self.reload()

    @property
    def selected(self) -> Setting | None:
        """The setting that is marked."""
        line = self.model.line(self.table.currentIndex().row())
        return line.setting if line is not None else None

    def reload(self) -> None:
        """Read the settings again."""

        def work(place: Workplace) -> _Found:
            history = site_history(place)
            days = {key: earliest_day(place, one) for key, one in history.catalogue.items()}
            return _Found(history, place.clock.now().local.date(), days)

        def show(found: _Found) -> None:
            self._found = found
            self._show()

        self._desk.session.read(work, show, self)

    def select(self, key: str) -> None:
        """Mark a setting, if it is shown."""
        row = self.model.row_of(key)
        if row is not None:
            self.table.setCurrentIndex(self.model.index(row, Column.NAME))

    def change(self) -> SettingDialog | None:
        """Open the dialog that decides on the marked setting."""
        setting, found = self.selected, self._found
        if setting is None or found is None or not self._desk.may("change_settings"):
            return None
        dialog = SettingDialog(
            self._desk, found.history, setting.key, found.earliest[setting.key], self.window()
        )
        dialog.open()
        return dialog

    def accept(self) -> AcceptDialog | None:
        """Open the dialog that accepts the marked setting's default."""
        setting = self.selected
        return None if setting is None else self._open_accept([setting.key])

    def retranslate(self) -> None:
        """Set the accessible names in the language shown."""
        words = self._desk.words
        self.table.setAccessibleName(words.text("settings.site"))
        self.shown.setAccessibleName(words.text("setting.shown"))
        self.table.refit()

    def _accept_all(self) -> None:
        self._open_accept(self._not_accepted())

    def _open_accept(self, keys: list[str]) -> AcceptDialog | None:
        waiting = [key for key in keys if key in self._not_accepted()]
        if not waiting or not self._desk.may("accept_settings"):
            return None
        dialog = AcceptDialog(self._desk, waiting, self.window())
        dialog.open()
        return dialog

    def _not_accepted(self) -> list[str]:
        found = self._found
        if found is None:
            return []
        settings = found.history.on(found.today)
        return [
            key
            for key in found.history.catalogue
            if not settings.is_accepted(key) and not found.history.to_come(key, found.today)
        ]

    def _heard(self, changes: Changes) -> None:
        if Touched.SETTINGS in changes.touched and self.isVisible():
            self.reload()

    def _show(self) -> None:
        found = self._found
        if found is None or not self._desk.session.is_open:
            return  # nothing is read yet, or the window is closing
        kept = self.selected
        self.model.show_history(found.history, found.today, self.shown.value())
        self.table.clearSpans()
        for row in self.model.heads:
            self.table.setSpan(row, 0, 1, len(Column))
        self.table.refit()
        left = len(self._not_accepted())
        total = len(found.history.catalogue)
        self.count.say(say("setting.count", accepted=total - left, count=total))
        self.accept_all.setEnabled(bool(left))
        self.card.setVisible(bool(self.model.rowCount()))
        if self.model.rowCount():
            self._mark(kept)

    def _mark(self, kept: Setting | None) -> None:
        """Mark the setting marked before, or the first one; row 0 is the first section's head."""
        row = None if kept is None else self.model.row_of(kept.key)
        self.table.setCurrentIndex(self.model.index(1 if row is None else row, Column.NAME))

    def _show_card(self) -> None:
        setting, found = self.selected, self._found
        if setting is not None and found is not None:
            self.card.show_setting(setting, found.history, found.today)

    def _set_up_table(self) -> None:
        table = self.table
        table.setModel(self.model)
        table.doubleClicked.connect(lambda _: self.change())
        table.selectionModel().currentRowChanged.connect(lambda *_: self._show_card())
        for key, act in (
            (Qt.Key.Key_Return, self.change),
            (Qt.Key.Key_Enter, self.change),
            (Qt.Key.Key_A, self.accept),
        ):
            shortcut = QShortcut(QKeySequence(key), table)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(act)

    def _lay_out(self) -> None:
        theme = self._desk.theme
        head = QHBoxLayout()
        head.setSpacing(theme.unit(3))
        head.addWidget(self.shown)
        head.addWidget(self.count)
        head.addStretch(1)
        head.addWidget(self.accept_all)
        left, right = Panel(self._desk), Panel(self._desk)
        for panel, widget in ((left, self.table), (right, self.card)):
            around = QVBoxLayout(panel)
            around.setContentsMargins(1, 1, 1, 1)
            around.addWidget(widget)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setHandleWidth(theme.unit(3))
        split.setChildrenCollapsible(False)
        split.addWidget(left)
        split.addWidget(right)
        split.setStretchFactor(0, 1)
        right.setMinimumWidth(theme.unit(78))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.unit(3))
        box.addWidget(self.story)
        box.addLayout(head)
        box.addWidget(split, 1)
