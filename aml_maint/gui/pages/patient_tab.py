"""What every tab of the patient page is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal

from aml_maint.gui.widgets.first_focus import FirstFocus
from aml_maint.services.dose_view import DosePair


class PatientTab(FirstFocus):
    """One tab of a patient: it reads for itself, and is told when to read.

    The page calls `show_patient` when the tab comes into sight, after each write that touches
    the patient, and once a minute; never while the tab is hidden. Of another patient's data
    nothing may stay in sight from that call on; of the same patient cursor and scroll stay. The
    keyboard goes where the tab's focus proxy is.
    """

    tab_wanted = Signal(str)
    """The name of another tab that shall be shown."""
    part_wanted = Signal(str, str)
    """The name of another tab, and of the part of it that shall be shown."""
    dose_wanted = Signal(object, int)
    """A SlotId to be shown on the Cycle tab, and the cycle that it lies in now."""

    def show_patient(self, patient_id: str) -> None:
        """Show a patient, or read the same one again."""
        raise NotImplementedError

    def put(self, pairs: Sequence[DosePair]) -> None:
        """Show at once how some doses stand; `show_patient` follows. Few tabs show doses."""

    def show_part(self, name: str) -> None:
        """Show one of its parts by name; a tab without parts has nothing to do."""
