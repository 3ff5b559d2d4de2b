"""The manual in a window of its own: contents, search, and the page that helps here."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QKeySequence, QPalette, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QStackedWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from aml_maint.domain.messages import say
from aml_maint.gui.desk import Looks
from aml_maint.gui.forms.inputs import TextInput
from aml_maint.gui.idle_work import IdleWork
from aml_maint.gui.widgets.button import Button, IconButton
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.manual_view import ManualView
from aml_maint.gui.widgets.quick_switches import switch_language
from aml_maint.services.manual import START, Hit, manual

TARGET = Qt.ItemDataRole.UserRole
_READ_AFTER_MS = 50
_PAUSE_MS = 150  # after the last letter, before the manual is searched


class HelpWindow(QWidget):
    """Keyboard: F1 contents, Ctrl+F search, Alt+Left and Alt+Right back and forward, Esc close."""

    tour_wanted = Signal()

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self._looks = looks
        self._way: list[str] = []
        self._at = -1
        # The program ends with its main window, whether the manual is open or not.
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self.view = ManualView(looks)
        self.contents = QTreeWidget()
        self.found = QListWidget()
        self.search = TextInput(looks, say("help.search"))
        self._loupe = self.search.addAction(
            looks.theme.icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition
        )
        self.count = Label(looks, role="small", token="muted", wrap=True)
        self.back = IconButton(looks, "back", say("help.back"), token="text")
        self.forward = IconButton(looks, "forward", say("help.forward"), token="text")
        self.home = IconButton(looks, "contents", say("help.home"), token="text")
        self.language = Button(looks, say("rail.other_language"), "language")
        self.tour = Button(looks, say("help.tour"), "start")
        self.side = QStackedWidget()
        self._reading: IdleWork | None = None
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._lay_out()
        self._connect()
        self.retranslate()
        self.resize(looks.theme.unit(290), looks.theme.unit(190))

    # -- pages ---------------------------------------------------------------------------------

    def show_page(self, target: str) -> None:
        """Show `page` or `page#heading`; where one came from is one step back."""
        if self._at < 0 or self._way[self._at] != target:
            del self._way[self._at + 1 :]
            self._way.append(target)
            self._at += 1
        self._turn()

    @property
    def shown(self) -> str:
        """What is shown: `page` or `page#heading`."""
        return self._way[self._at] if self._at >= 0 else START

    def _turn(self) -> None:
        name, _, anchor = self.shown.partition("#")
        page = manual(self._looks.words.language).page(name)
        self.view.show_page(page, anchor)
        self.setWindowTitle(self._looks.words.text(say("help.title", page=page.title)))
        self.back.setEnabled(self._at > 0)
        self.forward.setEnabled(self._at < len(self._way) - 1)
        self._mark(name)

    def _step(self, by: int) -> None:
        if 0 <= self._at + by < len(self._way):
            self._at += by
            self._turn()

    def _follow(self, target: str) -> None:
        """A link of the page: to another page, to a heading of this one, or out of the program."""
        name, _, anchor = target.partition("#")
        if "://" in target:
            QDesktopServices.openUrl(QUrl(target))
            return
        page = name.removesuffix(".md") or self.shown.partition("#")[0]
        self.show_page(f"{page}#{anchor}" if anchor else page)

    # -- contents and search -------------------------------------------------------------------

    def look_for(self, words: str) -> None:
        """List the parts of the manual that have all these words; nothing typed: the contents."""
        hits = manual(self._looks.words.language).search(words)
        self.found.clear()
        for hit in hits:
            self.found.addItem(_line(hit))
        searching = bool(words.strip())
        self.side.setCurrentWidget(self.found if searching else self.contents)
        self.count.setVisible(searching)
        self.count.say(say("help.count", count=len(hits)) if hits else say("help.nothing"))
        if hits:
            self.found.setCurrentRow(0)

    def _look(self) -> None:
        """Look for what is typed, once every page is read."""
        if self._reading is not None:
            self._reading.then(lambda: self.look_for(self.search.text()))

    def _list_contents(self) -> None:
        self.contents.clear()
        row = QSize(0, self._looks.theme.unit(6.5))
        for section in manual(self._looks.words.language).sections:
            head = QTreeWidgetItem([section.title])
            head.setFlags(Qt.ItemFlag.ItemIsEnabled)
            head.setFont(0, self._looks.theme.font("strong"))
            head.setSizeHint(0, row)
            self.contents.addTopLevelItem(head)
            for page in section.pages:
                item = QTreeWidgetItem([page.title])
                item.setData(0, TARGET, page.name)
                item.setSizeHint(0, row)
                item.setToolTip(0, page.title)
                head.addChild(item)
        self.contents.expandAll()

    def _mark(self, name: str) -> None:
        """Mark the page in the contents, without going there again."""
        for at in range(self.contents.topLevelItemCount()):
            section = self.contents.topLevelItem(at)
            for inside in range(section.childCount() if section is not None else 0):
                item = section.child(inside) if section is not None else None
                if item is not None and item.data(0, TARGET) == name:
                    self.contents.blockSignals(True)
                    self.contents.setCurrentItem(item)
                    self.contents.blockSignals(False)
                    return

    def _go_on(self, item: QTreeWidgetItem | None) -> None:
        target = item.data(0, TARGET) if item is not None else None
        if target:
            self.show_page(target)

    def _go_to_hit(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.show_page(item.data(TARGET))

    def _read_on(self) -> None:
        """From the search into the page."""
        if self._pause.isActive():
            self._pause.stop()
            self.look_for(self.search.text())
        if self.search.text().strip():
            self._go_to_hit(self.found.currentItem())
        self.view.setFocus()

    def _begin_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    # -- looks ---------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Show contents, page and search in the language of the window."""
        words = self._looks.words
        self._read_ahead()
        self.contents.setAccessibleName(words.text("help.contents"))
        self.found.setAccessibleName(words.text("help.found"))
        self._list_contents()
        self.look_for(self.search.text())
        if self._at >= 0:
            self._turn()

    def _read_ahead(self) -> None:
        """Read the pages one by one: the first search would read them all at once."""
        if self._reading is not None:
            self._reading.stop()
            self._reading.deleteLater()
        pages = manual(self._looks.words.language).pages.values()
        each = [partial(getattr, page, "parts") for page in pages]
        # Beside a page that is still written, a piece of each would share a turn.
        self._reading = IdleWork(
            each, self, first_ms=_READ_AFTER_MS, waits=lambda: not self.view.is_whole
        )

    def restyle(self) -> None:
        """Take colours and fonts from the theme."""
        theme = self._looks.theme
        self._loupe.setIcon(theme.icon("search", "muted"))
        for widget in (self.contents, self.found):
            palette = theme.table_palette()
            palette.setColor(QPalette.ColorRole.Base, theme.color("surface"))
            widget.setPalette(palette)
            widget.setFont(theme.font())
        self._list_contents()
        if self._at >= 0:
            self._mark(self.shown.partition("#")[0])

    def _scale(self, step: int) -> None:
        self._looks.use_scale(self._looks.theme.scale + step)

    def _connect(self) -> None:
        self.view.wanted.connect(self._follow)
        self.contents.currentItemChanged.connect(lambda item, _: self._go_on(item))
        self.contents.itemActivated.connect(lambda *_: self.view.setFocus())
        self.found.currentItemChanged.connect(lambda item, _: self._go_to_hit(item))
        self.found.itemActivated.connect(lambda *_: self.view.setFocus())
        self._pause.timeout.connect(self._look)
        self.search.textEdited.connect(lambda _: self._pause.start())
        self.search.returnPressed.connect(self._read_on)
        self.back.clicked.connect(lambda: self._step(-1))
        self.forward.clicked.connect(lambda: self._step(1))
        self.home.clicked.connect(lambda: self.show_page(START))
        self.language.clicked.connect(lambda: switch_language(self._looks))
        self.tour.clicked.connect(self.tour_wanted)
        keys = {
            "Alt+Left": lambda: self._step(-1),
            "Alt+Right": lambda: self._step(1),
            "Alt+Home": lambda: self.show_page(START),
            "F1": lambda: self.show_page(START),
            "Ctrl+F": self._begin_search,
            "Ctrl++": lambda: self._scale(10),
            "Ctrl+=": lambda: self._scale(10),
            "Ctrl+-": lambda: self._scale(-10),
            "Ctrl+0": lambda: self._looks.use_scale(100),
            "Escape": self.close,
        }
        for sequence, act in keys.items():
            QShortcut(QKeySequence(sequence), self, act)
        self._looks.words.changed.connect(self.retranslate)
        self._looks.theme.changed.connect(self.restyle)

    def _lay_out(self) -> None:
        theme = self._looks.theme
        self.contents.setHeaderHidden(True)
        self.contents.setRootIsDecorated(False)
        self.contents.setIndentation(theme.unit(3))
        self.contents.setWordWrap(True)
        self.found.setWordWrap(True)
        self.found.setSpacing(theme.unit(0.5))
        for widget in (self.contents, self.found):
            widget.setFrameShape(QTreeWidget.Shape.NoFrame)
            widget.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            self.side.addWidget(widget)
        self.count.hide()
        bar = QHBoxLayout()
        bar.setSpacing(theme.unit(1))
        for button in (self.back, self.forward, self.home):
            bar.addWidget(button)
        bar.addStretch(1)
        bar.addWidget(self.tour)
        bar.addWidget(self.language)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, theme.unit(2), 0)
        column.addWidget(self.search)
        column.addWidget(self.count)
        column.addWidget(self.side, 1)
        parts = QSplitter(Qt.Orientation.Horizontal)
        parts.setChildrenCollapsible(False)
        parts.addWidget(left)
        parts.addWidget(self.view)
        parts.setStretchFactor(1, 1)
        parts.setSizes([theme.unit(75), theme.unit(215)])
        box = QVBoxLayout(self)
        box.setContentsMargins(*[theme.unit(3)] * 4)
        box.setSpacing(theme.unit(2))
        box.addLayout(bar)
        box.addWidget(parts, 1)
        self.setMinimumSize(theme.unit(150), theme.unit(100))
        self.restyle()


def _line(hit: Hit) -> QListWidgetItem:
    title = hit.page.title if hit.part.level <= 1 else f"{hit.page.title} › {hit.part.title}"
    words = f"{hit.before}{hit.found}{hit.after}".strip()
    item = QListWidgetItem(f"{title}\n{words}" if words else title)
    target = hit.page.name if hit.part.level <= 1 else f"{hit.page.name}#{hit.part.anchor}"
    item.setData(TARGET, target)
    return item
