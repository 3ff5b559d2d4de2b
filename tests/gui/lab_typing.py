"""Types results into the grid that every way of entering laboratory values leads to."""

from __future__ import annotations

from aml_maint.gui.dialogs.lab_grid_dialog import LabGridDialog
from aml_maint.gui.forms.lab_grid import DAY, TIME


def type_result(
    dialog: LabGridDialog,
    analyte: str,
    text: str,
    *,
    time: str = "",
    day: str = "",
    unit: str | None = None,
) -> None:
    """Put a result into the first sample, with its time and, if it is not today, its day."""
    if day:
        dialog.grid.set_text(DAY, 1, day)
    if time:
        dialog.grid.set_text(TIME, 1, time)
    if unit is not None:
        dialog.grid.unit_of(analyte).set_value(unit)
    dialog.grid.set_text(dialog.grid.row_of(analyte), 1, text)


def typed(dialog: LabGridDialog, analyte: str) -> str:
    """What stands in the first sample for an analyte."""
    item = dialog.grid.item(dialog.grid.row_of(analyte), 1)
    return "" if item is None else item.text()
