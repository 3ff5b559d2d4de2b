"""About the program: what it is and is not, versions, and the licences of all its parts."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QSize, Qt, qVersion
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPlainTextEdit,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from aml_maint import __version__
from aml_maint.domain.messages import Message, say
from aml_maint.gui.desk import Looks
from aml_maint.gui.desktop import app_icon
from aml_maint.gui.dialogs.screen_dialog import ScreenDialog
from aml_maint.gui.models.rows_model import Column, RowsModel
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.ornament import Ornament
from aml_maint.gui.widgets.word_table import WordTable
from aml_maint.services import about
from aml_maint.services.about import Part

_ICON = 12  # steps of the grid
_FACTS_IN_A_ROW = 3


def _version(part: Part) -> Message | str:
    if part.inside:
        return say("about.inside", parts=", ".join(part.inside))
    return " / ".join(part.versions)


class AboutDialog(ScreenDialog):
    """Reads nothing of a ward; what it copies tells of no patient."""

    COLUMNS: tuple[Column[Part], ...] = (
        Column(say("about.part"), lambda part: part.name, share=3),
        Column(say("about.version"), _version, share=2, token=lambda _: "muted"),
        Column(say("about.licence"), lambda part: part.licence, share=3, token=lambda _: "muted"),
    )

    def __init__(self, looks: Looks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._looks = looks
        self.model: RowsModel[Part] = RowsModel(looks, self.COLUMNS, self)
        self.model.set_rows(about.parts())
        self.table = WordTable(looks, self.model, raised=True)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setFrameShape(QFrame.Shape.StyledPanel)
        self.picture = Ornament()
        self.copy = Button(looks, "about.copy", "copy")
        self.copy.clicked.connect(self.copy_diagnostics)
        self.copied = Label(looks, role="small", token="success", wrap=True)
        self.close_button = Button(looks, "action.close", kind="primary")
        self.close_button.setDefault(True)
        self.close_button.clicked.connect(self.accept)
        self.table.selectionModel().currentRowChanged.connect(self._chosen)
        self._lay_out()
        self._restyle()
        looks.words.changed.connect(self.retranslate)
        looks.theme.changed.connect(self._restyle)
        self.retranslate()
        self.resize(looks.theme.unit(270), looks.theme.unit(165))
        chosen = QItemSelectionModel.SelectionFlag.ClearAndSelect
        rows = QItemSelectionModel.SelectionFlag.Rows
        self.table.selectionModel().setCurrentIndex(self.model.index(0, 0), chosen | rows)
        self.table.setFocus()

    @property
    def diagnostics(self) -> str:
        """Facts for whoever maintains the program: no patient, no person, no file's name."""
        looks, screen = self._looks, QGuiApplication.primaryScreen()
        size = screen.size()
        return about.diagnostics(
            qVersion(),
            (
                ("platform", QGuiApplication.platformName()),
                ("screen", f"{size.width()} × {size.height()}, {screen.devicePixelRatio():g}×"),
                ("language", looks.words.language),
                ("theme", f"{looks.theme.choice}, {looks.theme.scale} %"),
            ),
        )

    def copy_diagnostics(self) -> None:
        """Put the facts on the clipboard, and say so."""
        QGuiApplication.clipboard().setText(self.diagnostics)
        self.copied.say("about.copied")

    def retranslate(self) -> None:
        """Set the texts that are not labels."""
        text = self._looks.words.text
        self.setWindowTitle(text("about.title"))
        self.table.setAccessibleName(text("about.parts"))
        self._chosen(self.table.currentIndex(), QModelIndex())

    def _chosen(self, index: QModelIndex, _: QModelIndex) -> None:
        if not index.isValid():
            return
        part = self.model.rows[index.row()]
        self.text.setPlainText(f"{part.page}\n\n{part.text}".strip())
        named = say("about.licence_of", part=part.name)
        self.text.setAccessibleName(self._looks.words.text(named))

    def _restyle(self) -> None:
        theme = self._looks.theme
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        fixed.setPixelSize(theme.pixels(11))
        self.text.setFont(fixed)
        self.text.document().setDocumentMargin(theme.unit(2))
        size = theme.unit(_ICON)
        self.picture.setPixmap(app_icon().pixmap(QSize(size, size), self.devicePixelRatioF()))

    def _head(self) -> QHBoxLayout:
        """The icon beside the name, what the program is, and what it is not."""
        looks, theme = self._looks, self._looks.theme
        version = say("about.version_and_schema", version=__version__, schema=about.schema())
        words = QVBoxLayout()
        words.setSpacing(theme.unit())
        words.addWidget(Label(looks, "app.name", role="title"))
        words.addWidget(Label(looks, version, token="muted"))
        words.addSpacing(theme.unit())
        words.addWidget(Label(looks, "app.purpose"))
        words.addWidget(Label(looks, "app.not_a_prescriber", token="muted", wrap=True))
        words.addWidget(Label(looks, "about.no_device", token="muted", wrap=True))
        row = QHBoxLayout()
        row.setSpacing(theme.unit(4))
        row.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        return row

    def _facts(self) -> QGridLayout:
        """Versions of what a fault may depend on, by name."""
        theme = self._looks.theme
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.unit(2))
        grid.setVerticalSpacing(theme.unit())
        for number, (name, value) in enumerate(about.versions(qVersion())[2:]):
            line, place = divmod(number, _FACTS_IN_A_ROW)
            key = Label(self._looks, Message(f"about.fact.{name.casefold()}"), token="muted")
            grid.addWidget(key, line, 2 * place)
            grid.addWidget(Label(self._looks, say("settings.plain", text=value)), line,
                           2 * place + 1)  # fmt: skip
            grid.setColumnStretch(2 * place + 1, 1)
        return grid

    def _lay_out(self) -> None:
        theme = self._looks.theme
        parts = QSplitter(Qt.Orientation.Horizontal)
        parts.setChildrenCollapsible(False)
        parts.addWidget(self.table)
        parts.addWidget(self.text)
        parts.setSizes([theme.unit(110), theme.unit(150)])
        foot = QHBoxLayout()
        foot.setSpacing(theme.unit(2))
        foot.addWidget(self.copy)
        foot.addWidget(self.copied, 1)
        foot.addWidget(self.close_button)
        box = QVBoxLayout(self)
        box.setContentsMargins(*[theme.unit(5)] * 4)
        box.setSpacing(theme.unit(4))
        box.addLayout(self._head())
        box.addLayout(self._facts())
        box.addWidget(Label(self._looks, "about.parts", role="heading"))
        box.addWidget(parts, 1)
        box.addLayout(foot)
