"""The report of one cycle: the very file that is printed, signed and saved from here."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from aml_maint.domain.messages import DOCUMENT_LANGUAGES, DocumentLanguage, Message, say
from aml_maint.domain.signed_report import Standing, change_text
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.dossier_dialog import DossierDialog
from aml_maint.gui.dialogs.report_dialog import ReportDialog
from aml_maint.gui.dialogs.sign_dialog import SignDialog
from aml_maint.gui.forms.inputs import ChoiceInput
from aml_maint.gui.pdf_pages import PageImage, page_images
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.menu_button import MenuButton
from aml_maint.gui.widgets.panel import Panel
from aml_maint.gui.widgets.pdf_view import PdfView
from aml_maint.services.report_list import ReportLine, ShownReport, shown_report
from aml_maint.services.workplace import Workplace


@dataclass(frozen=True)
class _Wanted:
    """What is to be shown; an answer to an earlier question is dropped."""

    course_id: str
    cycle: int
    edition: int | None
    language: DocumentLanguage
    width: int


class ReportPane(QWidget):
    """Shows one line of a list of reports; a line is shown again when records may have changed."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._wanted: _Wanted | None = None
        self.line: ReportLine | None = None
        self.shown: ShownReport | None = None
        self.dialog: ReportDialog | SignDialog | DossierDialog | None = None
        self.edition: ChoiceInput[int | None] = ChoiceInput(desk, [(None, "reports.now")])
        self.language: ChoiceInput[DocumentLanguage] = ChoiceInput(
            desk, [(one, f"report_language.{one}") for one in DOCUMENT_LANGUAGES]
        )
        self.sign = Button(
            desk, "reports.sign", "check", kind="primary", leads_to="sign_report"
        )  # fmt: skip
        self.save = Button(desk, "reports.save", "folder")
        self.more = MenuButton(desk, "reports.more", ("medicines", "summary"), "reports.more")
        self.changes = Panel(desk, token="warning_surface", line="warning")
        self.changed = Label(desk, wrap=True)
        self.view = PdfView(desk)
        self._lay_out()
        self.edition.chosen.connect(self._read_report)
        self.language.chosen.connect(self._read_report)
        self.view.width_wanted.connect(self._read_report)
        self.sign.clicked.connect(self.open_signing)
        self.save.clicked.connect(self.open_saving)
        self.more.wanted.connect(self.open_document)
        desk.words.changed.connect(self._retranslate)
        self._retranslate()
        self.forget()

    def show_line(self, line: ReportLine | None) -> None:
        """Offer what there is of a cycle, its editions and what is recorded now; show the newest.

        Of the same cycle, with no new edition, what was chosen stays. None shows nothing.
        """
        before = self.line
        if line is None or before is None or _key(line) != _key(before):
            self.forget()
        self.line = line
        if line is None:
            return
        if before is None or _key(line) != _key(before) or line.editions != before.editions:
            numbers = [edition.signature.edition for edition in reversed(line.editions)]
            editions = [(n, say("reports.edition_number", edition=n)) for n in numbers]
            self.edition.offer([*editions, (None, say("reports.now"))])
        self._read_report()

    def open_signing(self) -> None:
        """Ask for the signature of the cycle under the cursor."""
        if self.line is not None and self.shown is not None:
            self._open(SignDialog(self._desk, self.line, self.shown.standing, self.window()))

    def open_saving(self) -> None:
        """Ask where to save what is shown."""
        if self.line is not None and self.shown is not None:
            dialog = ReportDialog(
                self._desk, self.line.course_id, self.line.cycle, self.window(),
                edition=self.shown.edition,
            )  # fmt: skip
            dialog.language.set_value(self.language.value())
            self._open(dialog)

    def open_document(self, kind: str) -> None:
        """Ask where to save the list of medicines, or the summary of the whole course."""
        line, parent = self.line, self.window()
        if line is not None and kind == "medicines":
            self._open(DossierDialog(self._desk, "medicines", line.patient.id, parent))
        elif line is not None:
            self._open(DossierDialog(self._desk, "summary", line.course_id, parent))

    def _open(self, dialog: ReportDialog | SignDialog | DossierDialog) -> None:
        self.dialog = dialog
        dialog.open()

    def _read_report(self) -> None:
        line = self.line
        if line is None:
            return
        wanted = _Wanted(
            line.course_id, line.cycle, self.edition.value(), self.language.value(),
            self.view.page_width,
        )  # fmt: skip
        before = self._wanted
        other = before is None or replace(wanted, width=before.width) != before
        self._wanted = wanted

        def work(place: Workplace) -> tuple[ShownReport, tuple[PageImage, ...]]:
            shown = shown_report(
                place, wanted.course_id, wanted.cycle, wanted.edition, wanted.language
            )
            return shown, page_images(shown.document, wanted.width)

        def show(found: tuple[ShownReport, tuple[PageImage, ...]]) -> None:
            if wanted == self._wanted:
                self._show_report(*found, from_top=other)

        self._desk.session.read(work, show, self)

    def _show_report(
        self, shown: ShownReport, pages: tuple[PageImage, ...], *, from_top: bool
    ) -> None:
        same = self.shown is not None and self.shown.document == shown.document
        self.shown = shown
        if not same or pages[0].image.size() != self.view.pages[0].image.size():
            self.view.show_pages(pages, from_top=from_top)
        standing = shown.standing.standing
        self.sign.say("reports.sign_again" if shown.standing.editions else "reports.sign")
        self.sign.setEnabled(True)
        self.sign.forbid(self._why_not_signed(standing))
        # A draft is only read; a copy of a signed report is noted in the trail.
        self.save.lead_to(() if shown.edition is None else "copy_report")
        self.save.setEnabled(True)
        self.more.setEnabled(True)
        self.changes.setVisible(standing is Standing.SUPERSEDED)
        if standing is Standing.SUPERSEDED:
            self.changed.setText(self._told_changes(shown))

    def _why_not_signed(self, standing: Standing) -> Message | None:
        match standing:
            case Standing.RUNNING:
                return say("signing.running")
            case Standing.SIGNED:
                return say("signing.unchanged")
            case _:
                return None

    def _told_changes(self, shown: ShownReport) -> str:
        words = self._desk.words
        told = (words.text(change_text(one, words.language)) for one in shown.standing.changes)
        count = len(shown.standing.changes)
        return "\n".join([words.text("reports.changed", count=count), *(f"• {t}" for t in told)])

    def forget(self) -> None:
        """Nothing of another patient may stay in sight."""
        self.line = None
        self._wanted = None
        self.shown = None
        self.view.clear()
        self.changes.hide()
        self.sign.setEnabled(False)
        self.save.setEnabled(False)
        self.more.setEnabled(False)

    def _retranslate(self) -> None:
        words = self._desk.words
        self.edition.setAccessibleName(words.text("reports.edition"))
        self.language.setAccessibleName(words.text("report_dialog.language"))
        self.language.set_value(words.language)
        if self.shown is not None:
            self._read_report()

    def _lay_out(self) -> None:
        theme = self._desk.theme
        head = QHBoxLayout()
        head.setSpacing(theme.unit(2))
        for part in (self.edition, self.language):
            head.addWidget(part)
        head.addStretch(1)
        head.addWidget(self.more)
        head.addWidget(self.save)
        head.addWidget(self.sign)
        inside = QVBoxLayout(self.changes)
        inside.setContentsMargins(*[theme.unit(3)] * 4)
        inside.addWidget(self.changed)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.unit(2), 0, 0, 0)
        column.setSpacing(theme.unit(2))
        column.addLayout(head)
        column.addWidget(self.changes)
        column.addWidget(self.view, 1)


def _key(line: ReportLine) -> tuple[str, int]:
    return line.course_id, line.cycle
