"""The site's settings as a table: a head for each section, a line for each setting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from aml_maint.domain.messages import Message, say
from aml_maint.domain.site import Setting, SiteSettings
from aml_maint.domain.site_history import SiteHistory
from aml_maint.gui.desk import Looks
from aml_maint.gui.models.rows_model import cell_spoken

Index = QModelIndex | QPersistentModelIndex
_TEXTS = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)


class Column(IntEnum):
    """The columns of the table."""

    NAME = 0
    VALUE = 1
    DEFAULT = 2
    STANDING = 3
    SOURCE = 4


class Shown(IntEnum):
    """Which settings the table shows."""

    ALL = 0
    CHANGED = 1
    NOT_ACCEPTED = 2


@dataclass(frozen=True)
class Line:
    """A head (no setting), or a setting."""

    section: str
    setting: Setting | None = None


def standing(setting: Setting, settings: SiteSettings) -> Message:
    """Whether a value is the default, accepted by the site, or the site's own."""
    if settings.is_changed(setting.key):
        return say("site.standing.changed")
    accepted = settings.is_accepted(setting.key)
    return say("site.standing.accepted") if accepted else say("site.standing.default")


class SettingsModel(QAbstractTableModel):
    """Values in force today; what the site has changed stands in strong letters and says so."""

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self._looks = looks
        self._lines: list[Line] = []
        self._settings: SiteSettings | None = None
        looks.words.changed.connect(self._all_changed)
        looks.theme.changed.connect(self._all_changed)

    def show_history(self, found: SiteHistory, today: date, shown: Shown) -> None:
        """Show the settings in force on a day, all or some of them."""
        self.beginResetModel()
        self._settings = settings = found.on(today)
        self._lines = []
        for setting in found.catalogue.values():
            changed = settings.is_changed(setting.key)
            if shown is Shown.CHANGED and not (changed or found.to_come(setting.key, today)):
                continue
            if shown is Shown.NOT_ACCEPTED and settings.is_accepted(setting.key):
                continue
            if not self._lines or self._lines[-1].section != setting.section:
                self._lines.append(Line(setting.section))
            self._lines.append(Line(setting.section, setting))
        self.endResetModel()

    def line(self, row: int) -> Line | None:
        """What stands in a row."""
        return self._lines[row] if 0 <= row < len(self._lines) else None

    def row_of(self, key: str) -> int | None:
        """The row of a setting, None while it is not shown."""
        rows = (row for row, line in enumerate(self._lines) if line.setting is not None
                and line.setting.key == key)  # fmt: skip
        return next(rows, None)

    @property
    def heads(self) -> list[int]:
        """The rows of the heads."""
        return [row for row, line in enumerate(self._lines) if line.setting is None]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """How many lines there are."""
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """How many columns there are."""
        return 0 if parent.isValid() else len(Column)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """A head is passed over."""
        line = self.line(index.row())
        if line is None or line.setting is None:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The heads of the columns."""
        known = 0 <= section < len(Column)
        if known and orientation is Qt.Orientation.Horizontal and role in _TEXTS:
            return self._looks.words.text(f"settings.column.{Column(section).name.lower()}")
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What stands in a cell, how it is spoken, and in which letters."""
        line = self.line(index.row()) if index.isValid() else None
        if line is None or self._settings is None:
            return None
        column = Column(index.column())
        if role in _TEXTS:
            spoken = role == Qt.ItemDataRole.AccessibleTextRole
            if line.setting is None:
                # A head is heard wherever the cursor of assistive technology comes to it.
                return self._text(line, Column.NAME if spoken else column)
            text = self._text(line, column)
            if not spoken:
                return text
            return cell_spoken(
                self._looks, self.headerData(column, Qt.Orientation.Horizontal), text
            )
        return self._look(line, column, role)

    def _text(self, line: Line, column: Column) -> str:
        words = self._looks.words
        if line.setting is None:
            return words.text(f"site.section.{line.section}") if column is Column.NAME else ""
        assert self._settings is not None  # asked by data alone
        setting = line.setting
        match column:
            case Column.NAME:
                return words.text(setting.name)
            case Column.VALUE:
                return words.text(self._settings.shown(setting.key))
            case Column.DEFAULT:
                return words.text(setting.shown(setting.default))
            case Column.STANDING:
                return words.text(standing(setting, self._settings))
            case Column.SOURCE:
                return words.text(f"site.status.{setting.status.value}")

    def _look(self, line: Line, column: Column, role: int) -> Any:
        theme = self._looks.theme
        if line.setting is None:
            return theme.font("strong") if role == Qt.ItemDataRole.FontRole else None
        assert self._settings is not None  # asked by data alone
        changed = self._settings.is_changed(line.setting.key)
        own = changed and column in (Column.VALUE, Column.STANDING)
        if role == Qt.ItemDataRole.FontRole and own:
            return theme.font("strong")
        if role == Qt.ItemDataRole.ForegroundRole and not own:
            quiet = column in (Column.DEFAULT, Column.STANDING, Column.SOURCE)
            return theme.color("muted") if quiet else None
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._looks.words.text(line.setting.why)
        return None

    def _all_changed(self) -> None:
        if self._lines:
            corner = self.index(len(self._lines) - 1, len(Column) - 1)
            self.dataChanged.emit(self.index(0, 0), corner)
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(Column) - 1)
