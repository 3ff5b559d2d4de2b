"""Find a patient by name, pinyin, initials, record number or ward, from the keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem

from aml_maint.domain.messages import say
from aml_maint.gui.desk import Desk
from aml_maint.gui.dose_words import patient_name
from aml_maint.gui.forms.inputs import TextInput

if TYPE_CHECKING:
    from aml_maint.services.people import PatientRow
    from aml_maint.services.workplace import Workplace

MOST_SHOWN = 12
_PAUSE_MS = 120  # after the last letter, before the ward is searched


class SearchBox(TextInput):
    """A search field with the found patients in a list below it."""

    picked = Signal(str)
    """The id of the patient chosen."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, say("search.placeholder"))
        self._desk = desk
        self._loupe = self.addAction(
            desk.theme.icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition
        )
        self.setClearButtonEnabled(True)
        self.list = QListWidget()
        self.list.setFrameShape(QFrame.Shape.StyledPanel)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemClicked.connect(self._pick)
        self.list.hide()
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._search)
        self.textEdited.connect(lambda _: self._pause.start())
        QShortcut(QKeySequence("Ctrl+K"), self, self._begin)
        desk.theme.changed.connect(self._recolour)
        self.installEventFilter(self)
        self._recolour()
        self._name()
        desk.words.changed.connect(self._name)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows walk through the list, Enter takes the patient, Escape closes the list."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(event.key())
        if event.type() == QEvent.Type.FocusOut:
            self.list.hide()
        return False

    def _key(self, key: int) -> bool:
        rows = self.list.count()
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up) and rows:
            step = 1 if key == Qt.Key.Key_Down else -1
            self.list.setCurrentRow((self.list.currentRow() + step) % rows)
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self._pause.isActive() or not self.list.isVisible():
                self._pause.stop()
                self._search(pick_only=True)
            else:
                self._pick(self.list.currentItem())
            return True
        if key == Qt.Key.Key_Escape:
            self.list.hide()
            self.clear()
            return True
        return False

    def retranslate(self) -> None:
        """Name the sign in the field, too."""
        super().retranslate()
        if hasattr(self, "_loupe"):
            self._loupe.setText(self._looks.words.text(self._placeholder))

    def _begin(self) -> None:
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()

    def _search(self, *, pick_only: bool = False) -> None:
        """Look for the words typed; with `pick_only`, a single find is taken at once."""
        wanted = self.value()
        if not wanted:
            self.list.hide()
            return

        def work(place: Workplace) -> tuple[PatientRow, ...]:
            from aml_maint.services.people import list_patients

            return list_patients(place, wanted)

        def show(found: tuple[PatientRow, ...]) -> None:
            # An answer to letters that have changed since is of no use.
            if self.value() != wanted:
                return
            self._show(found)
            if pick_only and len(found) == 1:
                self._pick(self.list.item(0))

        self._desk.session.read(work, show, self)

    def _show(self, found: tuple[PatientRow, ...]) -> None:
        self.list.clear()
        for row in found[:MOST_SHOWN]:
            item = QListWidgetItem(self._line(row))
            item.setData(Qt.ItemDataRole.UserRole, row.patient.id)
            item.setSizeHint(QSize(0, self._desk.theme.unit(8)))
            self.list.addItem(item)
        if not found:
            self._add_note(self._desk.words.text("search.nobody"))
        elif len(found) > MOST_SHOWN:
            more = len(found) - MOST_SHOWN
            self._add_note(self._desk.words.text(say("search.more", count=more)))
        if found:
            self.list.setCurrentRow(0)
        self._place_list()

    def _add_note(self, text: str) -> None:
        note = QListWidgetItem(text)
        note.setFlags(Qt.ItemFlag.NoItemFlags)
        note.setSizeHint(QSize(0, self._desk.theme.unit(8)))
        self.list.addItem(note)

    def _line(self, row: PatientRow) -> str:
        """Name, born, record number, bed: enough to tell two people of one name apart."""
        words, patient = self._desk.words, row.patient
        similar = row.has_similar_name and not row.reported
        name = patient_name(patient)
        parts = [words.text(say("patients.name.similar", name=name) if similar else name)]
        if patient.born_on is not None:
            parts.append(words.text(say("patient.born", day=patient.born_on)))
        parts.append(words.text(say("patient.mrn", mrn=patient.mrn)))
        parts += [" ".join(part for part in (patient.ward, patient.bed) if part)]
        return "   ".join(part for part in parts if part)

    def _place_list(self) -> None:
        """Put the list over the window, below the field."""
        window = self.window()
        self.list.setParent(window)
        self.list.setFont(self._desk.theme.font())
        width = max(self.width(), self._desk.theme.unit(130))
        height = self.list.count() * self._desk.theme.unit(8) + 2 * self.list.frameWidth()
        below = self.mapTo(window, QPoint(0, self.height() + 1))
        self.list.setGeometry(below.x(), below.y(), min(width, window.width() - below.x()), height)
        self.list.show()
        self.list.raise_()

    def _pick(self, item: QListWidgetItem | None) -> None:
        patient_id = item.data(Qt.ItemDataRole.UserRole) if item is not None else None
        if not patient_id:
            return
        self.list.hide()
        self.clear()
        self.picked.emit(patient_id)

    def _recolour(self) -> None:
        self._loupe.setIcon(self._desk.theme.icon("search", "muted"))
        self.list.setPalette(self._desk.theme.table_palette())

    def _name(self) -> None:
        text = self._desk.words.text("search.placeholder")
        self.setAccessibleName(text)
        self.setToolTip("Ctrl+K")
        self.list.setAccessibleName(self._desk.words.text("search.found"))
