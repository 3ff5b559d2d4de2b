"""Opens the card of a planned dose, and hands on what it says."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from aml_maint.domain.administration import Status
from aml_maint.domain.errors import UserError
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.dose_dialog import DoseDialog
from aml_maint.gui.dialogs.dose_heading import DoseHeading
from aml_maint.gui.dialogs.override_dialog import OverrideDialog
from aml_maint.gui.dose_refusal import whose
from aml_maint.gui.dose_targets import DoseTarget
from aml_maint.services.dose_view import DoseView
from aml_maint.services.dosing import DoseEntry, Override
from aml_maint.services.injections import GivingCard


def open_card(
    desk: Desk, page: QWidget, target: DoseTarget, view: DoseView, status: Status | None,
    card: GivingCard, submitted: Callable[[DoseEntry, DoseDialog], None],
) -> None:  # fmt: skip
    """Open a dose's card; `status` is what it begins with, `submitted` records what it says."""
    dialog = DoseDialog(desk, page, target, view.slot, card, status)

    def decide(error: UserError) -> None:
        heading = DoseHeading(desk, [(target, view)])
        asking = OverrideDialog(desk, dialog, heading, error, **whose([(target, view)]))

        def submit_with(decision: Override) -> None:
            asking.finish()
            dialog.submit_with(decision)

        asking.submitted.connect(submit_with)
        asking.open()

    dialog.submitted.connect(lambda entry: submitted(entry, dialog))
    dialog.override_wanted.connect(decide)
    dialog.open_in_its_turn()
