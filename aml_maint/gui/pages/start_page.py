"""The first page: open a ward file, create one, or look around in the demo ward."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from aml_maint import __version__
from aml_maint.domain.errors import UserError
from aml_maint.domain.messages import Message, say
from aml_maint.gui.desk import Looks
from aml_maint.gui.helping import ask_help
from aml_maint.gui.widgets.button import Button, Kind
from aml_maint.gui.widgets.first_focus import FirstFocus
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.notice_bar import NoticeBar
from aml_maint.gui.widgets.ornament import Ornament
from aml_maint.gui.widgets.panel import Panel
from aml_maint.gui.widgets.quick_switches import other_theme, switch_language, switch_theme
from aml_maint.gui.widgets.scrolling import Scrolling

if TYPE_CHECKING:
    from aml_maint.gui.dialogs.about_dialog import AboutDialog

_WIDEST = 280  # of the three cards together, in steps of the grid


class StartCard(Panel):
    """One way to begin: what it is, and the button that does it."""

    wanted = Signal()

    def __init__(
        self, looks: Looks, name: str, icon: str, verb: Message | str, *, kind: Kind = "plain",
        token: str = "accent",
    ) -> None:  # fmt: skip
        super().__init__(looks, radius=8)
        self._icon = icon
        self._icon_token = token
        self.picture = Ornament()
        self.title = Label(looks, f"start.{name}.title", role="heading")
        self.story = Label(looks, f"start.{name}.story", token="muted", wrap=True)
        self.extra = Label(looks, role="small", token="muted", wrap=True)
        self.extra.hide()
        self.button = Button(looks, verb, kind=kind)
        self.button.clicked.connect(self.wanted)
        theme = looks.theme
        box = QVBoxLayout(self)
        box.setContentsMargins(*[theme.unit(6)] * 4)
        box.setSpacing(theme.unit(2))
        box.addWidget(self.picture)
        box.addSpacing(theme.unit())
        box.addWidget(self.title)
        box.addWidget(self.story)
        box.addWidget(self.extra)
        box.addStretch(1)
        box.addSpacing(theme.unit(2))
        box.addWidget(self.button)
        looks.theme.changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        theme = self._looks.theme
        self.setMinimumSize(theme.unit(40), theme.unit(64))
        size = theme.unit(9)
        icon = self._looks.theme.icon(self._icon, self._icon_token)
        self.picture.setPixmap(icon.pixmap(QSize(size, size)))


class StartPage(FirstFocus):
    """Shown while no ward file is open."""

    open_wanted = Signal(object)
    """Path of the file to open, None to choose one."""
    create_wanted = Signal()
    demo_wanted = Signal()

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self._looks = looks
        recent = looks.settings.last_file
        self.open_card = StartCard(
            looks, "open", "ward", say("start.open.verb"),
            kind="primary" if recent else "plain",
        )  # fmt: skip
        self.create_card = StartCard(looks, "create", "plus", say("start.create.verb"))
        self.demo_card = StartCard(
            looks, "demo", "start", say("start.demo.verb"),
            kind="plain" if recent else "primary", token="demo",
        )  # fmt: skip
        self.open_card.wanted.connect(lambda: self.open_wanted.emit(self._looks.settings.last_file))
        self.create_card.wanted.connect(self.create_wanted)
        self.demo_card.wanted.connect(self.demo_wanted)
        self.about = Button(looks, "about.button", "info")
        self.about.clicked.connect(self.show_about)
        self.help = Button(looks, "help.button", "help")
        self.help.clicked.connect(lambda: ask_help(self))
        self.language = Button(looks, say("rail.other_language"), "language")
        self.language.clicked.connect(lambda: switch_language(looks))
        self.theme = Button(looks, other_theme(looks), "theme")
        self.theme.clicked.connect(lambda: switch_theme(looks))
        looks.theme.changed.connect(self._tell_theme)
        self.notice = NoticeBar(looks)
        if recent is not None:
            self._show_recent(recent)
        self._lay_out()
        # Begin at the card that most people want.
        first = self.open_card if recent is not None else self.demo_card
        self.setFocusProxy(first.button)

    def show_problem(self, error: UserError) -> None:
        """Say why no ward file was opened."""
        self.notice.show_problem(error)

    def show_about(self) -> AboutDialog:
        """Tell what the program is, and the licences of its parts."""
        from aml_maint.gui.dialogs.about_dialog import AboutDialog

        dialog = AboutDialog(self._looks, self)
        dialog.open()
        return dialog

    def _show_recent(self, recent: Path) -> None:
        self.open_card.extra.say(say("start.open.recent", file=recent.name))
        self.open_card.extra.setToolTip(str(recent))
        self.open_card.extra.show()

    def _tell_theme(self) -> None:
        self.theme.say(other_theme(self._looks))

    def _lay_out(self) -> None:
        theme = self._looks.theme
        head = QVBoxLayout()
        head.setSpacing(theme.unit(1.5))
        head.addWidget(Label(self._looks, "app.name", role="title"))
        head.addWidget(Label(self._looks, "app.purpose", token="muted", wrap=True))
        cards = QHBoxLayout()
        cards.setSpacing(theme.unit(4))
        for card in (self.open_card, self.create_card, self.demo_card):
            cards.addWidget(card, 1)
        version = Label(
            self._looks, say("app.version", version=__version__), role="small", token="muted"
        )
        foot = QHBoxLayout()
        foot.setSpacing(theme.unit(2))
        foot.addWidget(version)
        foot.addStretch(1)
        foot.addWidget(self.about)
        foot.addWidget(self.help)
        foot.addWidget(self.language)
        foot.addWidget(self.theme)
        column = QWidget()
        column.setMaximumWidth(theme.unit(_WIDEST))
        middle = QVBoxLayout(column)
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(theme.unit(6))
        middle.addStretch(2)
        middle.addLayout(head)
        middle.addWidget(self.notice)
        middle.addLayout(cards)
        middle.addLayout(foot)
        middle.addStretch(3)
        inside = QWidget()
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(Scrolling(inside))
        across = QHBoxLayout(inside)
        across.setContentsMargins(*[theme.unit(8)] * 4)
        across.addStretch(1)
        across.addWidget(column, 8)
        across.addStretch(1)
