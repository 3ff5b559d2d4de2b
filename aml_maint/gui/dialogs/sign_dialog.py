"""Sign the report of a cycle, or sign it again after records behind it changed."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say
from aml_maint.domain.signed_report import change_text
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.patient_dialog import PatientDialog
from aml_maint.gui.forms.inputs import PassphraseInput, TextInput
from aml_maint.gui.widgets.label import Label
from aml_maint.services.report_list import ReportLine
from aml_maint.services.report_signing import CycleStanding, sign_report

# More changes than these are counted, not listed: the report's page lists them all.
_LISTED = 8


class SignDialog(PatientDialog):
    """Says what the signature means, and asks for the passphrase where people have one."""

    COMMANDS = ("sign_report",)

    def __init__(
        self, desk: Desk, line: ReportLine, standing: CycleStanding, parent: QWidget | None
    ) -> None:
        again = standing.signed is not None
        super().__init__(
            desk, line.patient, say("sign.again" if again else "sign.title", cycle=line.cycle),
            say("sign.verb"), draft=f"sign/{line.course_id}/{line.cycle}", columns=1, parent=parent,
        )  # fmt: skip
        self._line = line
        self.meaning = Label(desk, "signing.meaning", role="strong", wrap=True)
        self.who = Label(desk, say("sign.who", name=desk.session.actor.name), wrap=True)
        self.changes = Label(desk, wrap=True)
        self.reason = TextInput(desk)
        self.passphrase = PassphraseInput(desk)
        if again:
            self._tell_changes(standing)
            self.form.add_row("reason", say("sign.reason"), self.reason, say("sign.reason.help"))
        if desk.session.has_accounts:
            self.form.add_row(
                "passphrase", say("sign.passphrase"), self.passphrase, say("sign.passphrase.help")
            )
        self.ready()
        for place, label in enumerate((self.meaning, self.who, self.changes), 2):
            self.body.insertWidget(place, label)
        self.changes.setVisible(again)

    def submit(self) -> None:
        """Sign; what was typed stays if it is refused, but never the passphrase."""
        line, reason, typed = self._line, self.reason.value(), self.passphrase.value()
        if self._desk.session.has_accounts and not typed:
            raise BadInput(say("ward.no_passphrase"), field="passphrase")
        self.write(
            lambda place: sign_report(
                place, line.course_id, line.cycle, typed, reason, self.command_id
            )
        )

    def _tell_changes(self, standing: CycleStanding) -> None:
        words = self._desk.words
        told = [words.text(change_text(one, words.language)) for one in standing.changes[:_LISTED]]
        if len(standing.changes) > _LISTED:
            told.append(words.text("sign.more", count=len(standing.changes) - _LISTED))
        self.changes.setText("\n".join([words.text("sign.changed"), *(f"• {t}" for t in told)]))
