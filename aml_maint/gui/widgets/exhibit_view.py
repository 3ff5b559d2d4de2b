"""A figure or table with all that belongs to it: notes, values, and the ways to take it along."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QMimeData, Qt, Signal
from PySide6.QtGui import QGuiApplication, QImage, QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from aml_maint.domain.errors import UserError
from aml_maint.domain.messages import Message, say
from aml_maint.gui.computing import Computing
from aml_maint.gui.desk import Desk
from aml_maint.gui.forms.inputs import ChoiceInput
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.figure_view import FigureView
from aml_maint.gui.widgets.first_focus import FirstFocus
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.panel import Panel
from aml_maint.gui.widgets.scrolling import FillingStack, Scrolling
from aml_maint.gui.widgets.values_table import ValuesTable
from aml_maint.reports.figures.exhibit import Exhibit, Values
from aml_maint.reports.figures.picture import picture
from aml_maint.reports.figures.sheet import Look


class ExhibitView(FirstFocus):
    """Shows one exhibit after the other; a picker for what is shown may stand in its head."""

    save_wanted = Signal(object)
    """The exhibit that is to be saved."""
    patient_wanted = Signal(str)
    wanted = Signal()
    """There is nothing to show yet, and somebody wants it read again."""

    def __init__(self, desk: Desk, computing: Computing) -> None:
        super().__init__()
        self._desk = desk
        self._computing = computing
        self.exhibit: Exhibit | None = None
        self.title = Label(desk, role="heading")
        self.copy_figure = Button(desk, say("exhibit.copy_figure"), "copy")
        self.copy_values = Button(desk, say("exhibit.copy_values"), "copy")
        self.save = Button(desk, say("exhibit.save"), "save")
        self.which: ChoiceInput[Values | None] = ChoiceInput(desk, [])
        self.which.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.nothing = Label(desk, say("exhibit.nothing"), token="muted")
        self.nothing.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.waiting = Label(desk, say("exhibit.waiting"), role="heading", token="muted")
        self.waiting.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.again = Button(desk, say("exhibit.again"), "refresh", kind="primary")
        self.figure = FigureView(desk, computing)
        self.notes = Label(desk, role="small", token="muted", wrap=True)
        self.told = Label(desk, role="small", token="success")
        self.table = ValuesTable(desk)
        self._lay_out()
        self.copy_figure.clicked.connect(self._copy_figure)
        self.copy_values.clicked.connect(self._copy_values)
        self.save.clicked.connect(self._save)
        self.again.clicked.connect(self.wanted)
        self.which.chosen.connect(self._show_values)
        self.table.patient_wanted.connect(self.patient_wanted)
        keys = QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self.figure)
        keys.activated.connect(self._copy_figure)
        desk.words.changed.connect(self.retranslate)
        self.retranslate()

    @property
    def main_part(self) -> QWidget:
        """What takes the keyboard first: the values, or the word that there are none."""
        if self.exhibit is None:
            return self.waiting if self.again.isHidden() else self.again
        return self.nothing if self.table.isHidden() else self.table

    def show_waiting(self, *, stopped: bool = False) -> None:
        """Unless something is shown: say that it is being read, or how to go on if that stopped."""
        had_focus = self._has_keyboard()
        self.waiting.say(say("exhibit.stopped" if stopped else "exhibit.waiting"))
        self.again.setVisible(stopped)
        if had_focus:
            self.main_part.setFocus()

    def show_exhibit(self, exhibit: Exhibit) -> None:
        """Show an exhibit with the table that was chosen, if it has that, too."""
        had_focus = self.exhibit is None and self._has_keyboard()
        kept = self.which.currentIndex() if self._as_before(exhibit) else 0
        self.exhibit = exhibit
        self.title.say(exhibit.title)
        self._picture.setVisible(exhibit.drawing is not None)
        self.copy_figure.setVisible(exhibit.drawing is not None)
        if exhibit.drawing is not None:
            self.figure.show_figure(exhibit)
        self.which.offer([(values, values.title) for values in exhibit.tables])
        self.which.setVisible(len(exhibit.tables) > 1)
        self.which.setCurrentIndex(max(kept, 0))
        self.told.setText("")
        self.retranslate()
        self._show_values()
        self._parts.setCurrentWidget(self._whole)
        if had_focus:
            self.main_part.setFocus()

    def retranslate(self) -> None:
        """Set notes and names in the language shown."""
        words = self._desk.words
        self.which.setAccessibleName(words.text("exhibit.which"))
        if self.exhibit is not None:
            told = (*self.exhibit.notes, self.exhibit.foot)
            self.notes.setText(" ".join(words.text(one) for one in told))
            title = words.text(self.exhibit.title)
            self.table.tell(title, "\n".join(words.text(one) for one in told))

    def _has_keyboard(self) -> bool:
        """Does the main part have it, or get it when the window comes to the front again?"""
        return self.window().focusWidget() is self.main_part

    def _as_before(self, exhibit: Exhibit) -> bool:
        return self.exhibit is not None and len(self.exhibit.tables) == len(exhibit.tables)

    def _show_values(self) -> None:
        values = self.which.value()
        if values is not None:
            self.table.show_values(values)
            shown: QWidget = self.table
            hidden: QWidget = self.nothing
            if not values.rows:
                shown, hidden = hidden, shown
            shown.show()
            if hidden.hasFocus():
                shown.setFocus()
            hidden.hide()

    def _save(self) -> None:
        if self.exhibit is not None:
            self.save_wanted.emit(self.exhibit)

    def _copy_values(self) -> None:
        self.table.copy()
        self._tell(say("exhibit.values_copied"), "success")

    def _copy_figure(self) -> None:
        """Copy the whole figure with its notes, for paper: as picture and as drawing."""
        exhibit, words = self.exhibit, self._desk.words.catalogue
        if exhibit is None or exhibit.drawing is None:
            return
        look = Look(ratio=2.0)

        def both() -> tuple[bytes, bytes]:
            return picture(exhibit, words, "png", look), picture(exhibit, words, "svg", look)

        self._tell(say("figure.drawing"), "muted")
        self._computing.run(both, self._put_on_clipboard, self, self._fail)

    def _put_on_clipboard(self, found: tuple[bytes, bytes]) -> None:
        png, svg = found
        kept = QMimeData()
        kept.setImageData(QImage.fromData(png))
        kept.setData("image/svg+xml", QByteArray(svg))
        QGuiApplication.clipboard().setMimeData(kept)
        self._tell(say("exhibit.figure_copied"), "success")

    def _fail(self, error: UserError) -> None:
        self._tell(error.message, "danger")

    def _tell(self, message: Message, token: str) -> None:
        self.told.use_token(token)
        self.told.say(message)

    def _lay_out(self) -> None:
        theme = self._desk.theme
        self.head = QHBoxLayout()
        self.head.setSpacing(theme.unit(2))
        self.head.addWidget(self.title)
        self.head.addStretch(1)
        self.head.addWidget(self.told)
        self.head.addWidget(self.which)
        self.head.addWidget(self.copy_figure)
        self.head.addWidget(self.copy_values)
        self.head.addWidget(self.save)
        self._picture = Panel(self._desk)
        around = QVBoxLayout(self._picture)
        around.setContentsMargins(*[theme.unit(2)] * 4)
        around.addWidget(Scrolling(self.figure))
        values = Panel(self._desk)
        inside = QVBoxLayout(values)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.addWidget(self.table)
        inside.addWidget(self.nothing, 1, Qt.AlignmentFlag.AlignCenter)
        sides = QSplitter()
        sides.setChildrenCollapsible(False)
        sides.setHandleWidth(theme.unit(3))
        for part, share in ((self._picture, 8), (values, 5)):
            sides.addWidget(part)
            sides.setStretchFactor(sides.indexOf(part), share)
        sides.setSizes([800, 500])  # shared out in that ratio
        self._whole = QWidget()
        box = QVBoxLayout(self._whole)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.unit(2))
        box.addLayout(self.head)
        box.addWidget(sides, 1)
        box.addWidget(self.notes)
        self._parts = FillingStack()
        self._parts.addWidget(self._not_yet())
        self._parts.addWidget(self._whole)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(self._parts)

    def _not_yet(self) -> QWidget:
        """What is here until there is something to show."""
        panel = Panel(self._desk)
        box = QVBoxLayout(panel)
        box.setSpacing(self._desk.theme.unit(3))
        box.addStretch(2)
        box.addWidget(self.waiting, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addWidget(self.again, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addStretch(3)
        self.again.hide()
        return panel
