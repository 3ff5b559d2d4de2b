"""Opens the dialog of an unplanned dose, and has the logger of the page record what it says."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtWidgets import QWidget

from aml_maint.domain.administration import Administration
from aml_maint.domain.errors import UserError
from aml_maint.domain.patient import Patient
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.override_dialog import OverrideDialog
from aml_maint.gui.dialogs.unplanned_dialog import Offered, UnplannedDialog
from aml_maint.gui.widgets.banner import PatientLine
from aml_maint.services.as_needed import medicines_now
from aml_maint.services.changes import Changes
from aml_maint.services.dose_view import DoseView
from aml_maint.services.dosing import Override, undo_doses
from aml_maint.services.injections import injection_rules, injection_sites
from aml_maint.services.unplanned import UnplannedEntry, correct_unplanned, log_unplanned
from aml_maint.services.workplace import Workplace

if TYPE_CHECKING:
    from aml_maint.gui.dose_logging import DoseLogger


def open_unplanned(
    desk: Desk,
    page: QWidget,
    logger: DoseLogger,
    patient: Patient,
    course_id: str,
    view: DoseView | None = None,
    *,
    on: date | None = None,
) -> None:
    """Read what can be given now, and ask; `view` is a dose that is to be corrected."""

    def read(place: Workplace) -> Offered:
        old = None if view is None else view.slot.component
        known = medicines_now(place, course_id, old)
        medicines = tuple(n for n in known if n.offered or n.medicine.drug.id == old)
        today = place.clock.now().local.date()
        injected = [now.medicine.component for now in medicines if now.medicine.is_injected]
        sites = {c.id: injection_sites(place, course_id, c.id, today) for c in injected}
        return Offered(medicines, sites, injection_rules(place).witnessed)

    def show(found: Offered) -> None:
        dialog = UnplannedDialog(desk, patient, course_id, found, on, view, page)
        _connect(desk, logger, dialog, view.record if view is not None else None)
        dialog.open_in_its_turn()

    desk.session.read(read, show, logger)


def _connect(
    desk: Desk, logger: DoseLogger, dialog: UnplannedDialog, old: Administration | None
) -> None:
    def submit(entry: UnplannedEntry) -> None:
        def work(place: Workplace, command: UUID) -> tuple[Changes, str]:
            if old is None:
                return log_unplanned(place, entry, command), entry.id
            reason = dialog.correction_reason
            return correct_unplanned(place, old.id, entry, reason, command), entry.id

        logger.carry_out(work, dialog)

    def take_back(reason: str) -> None:
        if old is not None:
            ids = [old.id]
            desk.session.write(
                lambda place: undo_doses(place, ids, dialog.command_id, reason=reason),
                lambda _: dialog.finish(),
                dialog.fail,
                logger,
            )

    def decide(error: UserError) -> None:
        heading = PatientLine(desk, dialog.patient)
        draft = f"unplanned/{dialog.course}"
        asking = OverrideDialog(desk, dialog, heading, error, about=dialog.patient.id, draft=draft)

        def submit_with(decision: Override) -> None:
            asking.finish()
            dialog.submit_with(decision)

        asking.submitted.connect(submit_with)
        asking.open()

    dialog.submitted.connect(submit)
    dialog.taken_back.connect(take_back)
    dialog.override_wanted.connect(decide)
