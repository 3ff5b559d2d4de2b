"""Language, look and size of text, backups, people; the site's settings; what this is made of."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from aml_maint import __version__
from aml_maint.domain.messages import Language, Message, say
from aml_maint.gui.backups import Backups
from aml_maint.gui.desk import Desk, Looks
from aml_maint.gui.forms.form import Form
from aml_maint.gui.forms.inputs import ChoiceInput
from aml_maint.gui.theme import LARGEST_SCALE, SMALLEST_SCALE, ThemeChoice
from aml_maint.gui.widgets.accounts_panel import AccountsPanel
from aml_maint.gui.widgets.backup_panel import BackupPanel
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.first_focus import FirstFocus
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.panel import Panel
from aml_maint.gui.widgets.scrolling import Content
from aml_maint.gui.widgets.site_drugs_view import SiteDrugsView
from aml_maint.gui.widgets.site_settings import SiteSettingsView
from aml_maint.gui.widgets.tab_bar import TabBar
from aml_maint.gui.widgets.trust_panel import TrustPanel

if TYPE_CHECKING:
    from aml_maint.gui.dialogs.about_dialog import AboutDialog

_THEMES: tuple[ThemeChoice, ...] = ("system", "light", "dark")
_LANGUAGES: tuple[Language, ...] = ("en", "zh")
_SCALE_STEP = 10
_IN_THE_FIRST_COLUMN = 3  # panels, where there are two columns
_UNITS_FOR_TWO = 300  # the page's width from which two columns of panels stand side by side


class SettingsPage(FirstFocus):
    """The window, backups and people on one tab; the site's settings; its own drugs."""

    TABS = ("general", "site", "drugs")

    def __init__(self, desk: Desk, backups: Backups) -> None:
        super().__init__()
        self._desk = desk
        self.general = GeneralSettings(desk, backups)
        self.bar = TabBar(
            desk, "settings.tabs", [(name, say(f"settings.{name}")) for name in self.TABS]
        )
        self.body = QStackedWidget()
        self.body.addWidget(self.general)
        self.bar.chosen.connect(self.show_tab)
        for number, name in enumerate(self.TABS, 1):
            keys = QShortcut(QKeySequence(f"Ctrl+{number}"), self)
            keys.activated.connect(lambda name=name: self.show_tab(name))
        self._lay_out()
        desk.words.changed.connect(self.retranslate)
        self.retranslate()
        self.show_tab(self.TABS[0])

    @cached_property
    def site(self) -> SiteSettingsView:
        """The site's settings: hardly ever looked at, so made when somebody does."""
        view = SiteSettingsView(self._desk)
        self.body.addWidget(view)
        return view

    @cached_property
    def drugs(self) -> SiteDrugsView:
        """The site's own drugs, made when somebody looks at them."""
        view = SiteDrugsView(self._desk)
        self.body.addWidget(view)
        return view

    def show_tab(self, name: str) -> None:
        """Show a tab and put the keyboard there."""
        shown: QWidget = getattr(self, name)
        self.bar.mark(name)
        self.body.setCurrentWidget(shown)
        self.setFocusProxy(shown)
        if self.isVisible():
            self.setFocus()

    def retranslate(self) -> None:
        """Name the page in the language shown."""
        self.setAccessibleName(self._desk.words.text("page.settings"))

    def _lay_out(self) -> None:
        theme = self._desk.theme
        box = QVBoxLayout(self)
        box.setContentsMargins(*[theme.unit(4)] * 4)
        box.setSpacing(theme.unit(2))
        box.addWidget(Label(self._desk, "page.settings", role="title"))
        box.addWidget(self.bar)
        box.addWidget(self.body, 1)


class GeneralSettings(QScrollArea):
    """Every choice takes effect at once and is remembered; there is nothing to save."""

    def __init__(self, desk: Desk, backups: Backups) -> None:
        super().__init__()
        looks: Looks = desk
        self._looks = looks
        self.backup = BackupPanel(desk, backups)
        self.accounts = AccountsPanel(desk)
        self.trust = TrustPanel(desk, backups)
        self.language: ChoiceInput[Language] = ChoiceInput(
            looks, [(name, Message(f"language.{name}")) for name in _LANGUAGES]
        )
        self.theme: ChoiceInput[ThemeChoice] = ChoiceInput(
            looks, [(name, Message(f"theme.{name}")) for name in _THEMES]
        )
        self.scale: ChoiceInput[int] = ChoiceInput(
            looks,
            [
                (percent, say("settings.percent", percent=percent))
                for percent in range(SMALLEST_SCALE, LARGEST_SCALE + 1, _SCALE_STEP)
            ],
        )
        self.language.chosen.connect(lambda: looks.use_language(self.language.value()))
        self.theme.chosen.connect(lambda: looks.use_theme(self.theme.value()))
        self.scale.chosen.connect(lambda: looks.use_scale(self.scale.value()))
        self.about = self._about()
        self._panels = (
            self._choices(),
            self._panel("backup.title", self.backup),
            self._panel("accounts.title", self.accounts),
            self._panel("checks.title", self.trust),
            self.about,
        )
        self._row = QHBoxLayout()
        self._row.setContentsMargins(0, desk.theme.unit(2), 0, 0)
        self._row.setSpacing(desk.theme.unit(4))
        self._sides = (QVBoxLayout(), QVBoxLayout())
        for side, share in zip(self._sides, (1, 0), strict=True):
            side.setSpacing(desk.theme.unit(4))
            side.addStretch(1)
            self._row.addLayout(side, share)
        self._columns = 0
        self._lay_out()
        self._place_panels()
        self.setFocusProxy(self.language)
        for changed in (looks.words.changed, looks.theme.changed):
            changed.connect(self.show_chosen)
        self.show_chosen()

    def show_chosen(self) -> None:
        """Show what is chosen now, also when the rail's quick switches chose it."""
        looks = self._looks
        self.language.set_value(looks.words.language)
        self.theme.set_value(looks.theme.choice)
        steps = round((looks.theme.scale - SMALLEST_SCALE) / _SCALE_STEP)
        self.scale.setCurrentIndex(steps)
        self.setAccessibleName(looks.words.text("settings.general"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One column of panels, or two where there is room."""
        super().resizeEvent(event)
        self._place_panels()

    def _place_panels(self) -> None:
        columns = 2 if self.width() >= self._looks.theme.unit(_UNITS_FOR_TWO) else 1
        if columns == self._columns:
            return
        self._columns = columns
        for number, panel in enumerate(self._panels):
            beside = columns == 2 and number >= _IN_THE_FIRST_COLUMN
            for side in self._sides:
                side.removeWidget(panel)
            place = number - _IN_THE_FIRST_COLUMN if beside else number
            self._sides[beside].insertWidget(place, panel)
        self._row.setStretch(1, columns - 1)

    def _lay_out(self) -> None:
        inside = Content()
        box = QVBoxLayout(inside)
        box.setContentsMargins(0, 0, 0, 0)
        box.addLayout(self._row, 1)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def _choices(self) -> QWidget:
        form = Form(self._looks, columns=3)
        form.add_row("language", say("settings.language"), self.language)
        form.add_row("theme", say("settings.theme"), self.theme)
        form.add_row("scale", say("settings.scale"), self.scale)
        form.finish()
        return self._panel("settings.look", form)

    def _about(self) -> QWidget:
        looks, theme = self._looks, self._looks.theme
        content = QWidget()
        box = QVBoxLayout(content)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.unit(2))
        box.addWidget(Label(looks, say("app.version", version=__version__)))
        box.addWidget(Label(looks, "app.not_a_prescriber", token="muted", wrap=True))
        self.more = Button(looks, "about.button", "info")
        self.more.clicked.connect(self.show_about)
        box.addSpacing(theme.unit())
        box.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        return self._panel("settings.about", content)

    def show_about(self) -> AboutDialog:
        """Tell what the program is, and the licences of its parts."""
        from aml_maint.gui.dialogs.about_dialog import AboutDialog

        dialog = AboutDialog(self._looks, self)
        dialog.open()
        return dialog

    def _panel(self, title: str, content: QWidget) -> Panel:
        theme = self._looks.theme
        panel = Panel(self._looks)
        box = QVBoxLayout(panel)
        box.setContentsMargins(*[theme.unit(5)] * 4)
        box.setSpacing(theme.unit(3))
        box.addWidget(Label(self._looks, title, role="heading"))
        box.addWidget(content)
        return panel
