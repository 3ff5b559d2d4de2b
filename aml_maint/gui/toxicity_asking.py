"""Asks for a toxicity of the patient of a dose: the usual ones first, and any other by its form."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.quick_toxicity_dialog import QuickToxicityDialog
from aml_maint.gui.dialogs.toxicity_dialog import ToxicityDialog
from aml_maint.gui.dose_targets import DoseTarget
from aml_maint.services.quick_toxicity import QuickContext, quick_context
from aml_maint.services.toxicity_entry import EntryContext, entry_context


def ask_toxicity(
    desk: Desk, target: DoseTarget, page: QWidget, ended: Callable[[], object]
) -> None:
    """Offer the usual toxicities of a patient, after the injection of this row if it is one."""
    patient_id = target.patient.id
    record = target.pair.main.record
    injection = record.id if record is not None else None

    def show(context: QuickContext) -> None:
        dialog = QuickToxicityDialog(desk, context, page.window())
        dialog.other_wanted.connect(lambda patient: _ask_other(desk, patient, page))
        dialog.finished.connect(ended)
        dialog.open_in_its_turn()

    desk.session.read(lambda p: quick_context(p, patient_id, injection), show, page)


def _ask_other(desk: Desk, patient_id: str, page: QWidget) -> None:
    """Any toxicity, by the form with everything."""

    def show(context: EntryContext) -> None:
        ToxicityDialog(desk, context, page.window()).open_in_its_turn()

    desk.session.read(lambda place: entry_context(place, patient_id), show, page)
