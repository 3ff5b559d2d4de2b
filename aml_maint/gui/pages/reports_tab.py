"""The Reports tab: the report of each cycle, how it stands, and the very file that is printed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from aml_maint.domain.messages import Language, Message, say
from aml_maint.domain.signed_report import Standing, change_text
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.report_dialog import ReportDialog
from aml_maint.gui.dialogs.sign_dialog import SignDialog
from aml_maint.gui.forms.inputs import ChoiceInput
from aml_maint.gui.models.rows_model import Column, RowsModel
from aml_maint.gui.pages.patient_tab import PatientTab
from aml_maint.gui.pdf_pages import PageImage, page_images
from aml_maint.gui.report_words import standing_text, standing_token
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.panel import Panel
from aml_maint.gui.widgets.pdf_view import PdfView
from aml_maint.gui.widgets.word_table import WordTable
from aml_maint.services.report_list import (
    ReportLine,
    ShownReport,
    patient_reports,
    shown_report,
)
from aml_maint.services.workplace import Workplace

_COLUMNS: tuple[Column[ReportLine], ...] = (
    Column(say("reports.column.cycle"), lambda line: say("reports.cycle", cycle=line.cycle)),
    Column(
        say("reports.column.dates"),
        lambda line: say("finding.days", first=line.first_day, last=line.last_day),
    ),
    Column(
        say("reports.column.standing"),
        lambda line: standing_text(line.standing, line.signed),
        share=1,
        token=lambda line: standing_token(line.standing),
    ),
)


@dataclass(frozen=True)
class _Wanted:
    """What the preview is asked to show; an answer to an earlier question is dropped."""

    course_id: str
    cycle: int
    edition: int | None
    language: Language
    width: int


class ReportsTab(PatientTab):
    """At the left the cycles, at the right the report of the one under the cursor."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._patient_id = ""
        self._wanted: _Wanted | None = None
        self.shown: ShownReport | None = None
        self.dialog: ReportDialog | SignDialog | None = None
        self.model: RowsModel[ReportLine] = RowsModel(desk, _COLUMNS, self)
        self.table = WordTable(desk, self.model)
        self.nothing = Label(desk, "reports.none", token="muted", wrap=True)
        self.edition: ChoiceInput[int | None] = ChoiceInput(desk, [(None, "reports.now")])
        self.language: ChoiceInput[Language] = ChoiceInput(
            desk, [("en", "language.en"), ("zh", "language.zh")]
        )
        self.sign = Button(desk, "reports.sign", "check", kind="primary")
        self.save = Button(desk, "reports.save", "folder")
        self.changes = Panel(desk, token="warning_surface", line="warning")
        self.changed = Label(desk, wrap=True)
        self.view = PdfView(desk)
        self.body = QStackedWidget()
        self._lay_out()
        self.setFocusProxy(self.table)
        self.table.chosen.connect(self._choose)
        self.table.opened.connect(lambda _: self.view.setFocus())
        self.edition.chosen.connect(self._read_report)
        self.language.chosen.connect(self._read_report)
        self.view.width_wanted.connect(self._read_report)
        self.sign.clicked.connect(self.open_signing)
        self.save.clicked.connect(self.open_saving)
        desk.words.changed.connect(self._retranslate)
        self._retranslate()

    @property
    def line(self) -> ReportLine | None:
        """The cycle under the cursor."""
        current: ReportLine | None = self.table.current
        return current

    def show_patient(self, patient_id: str) -> None:
        """Show a patient's reports; of the same patient cursor and page stay."""
        if patient_id != self._patient_id:
            self._patient_id = patient_id
            self.model.set_rows([])
            self._forget()

        def show(lines: tuple[ReportLine, ...]) -> None:
            if patient_id == self._patient_id:
                self._show_lines(lines)

        self._desk.session.read(lambda place: patient_reports(place, patient_id), show, self)

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

    def _open(self, dialog: ReportDialog | SignDialog) -> None:
        self.dialog = dialog
        dialog.open()

    # -- the list ------------------------------------------------------------------------------

    def _show_lines(self, lines: tuple[ReportLine, ...]) -> None:
        kept = self.line
        if lines and self.model.rows == list(lines):
            self._read_report()  # what is told of them may have changed
            return
        # The cursor is nowhere while the rows change; what is shown stays until it is back.
        with QSignalBlocker(self.table):
            self.model.set_rows(lines)
        places = {(line.course_id, line.cycle): at for at, line in enumerate(lines)}
        at = places.get((kept.course_id, kept.cycle), 0) if kept is not None else 0
        self.table.go_to(at)
        self._choose(self.line)
        self.body.setCurrentIndex(0 if lines else 1)

    def _choose(self, line: ReportLine | None) -> None:
        """Offer what there is of a cycle: its editions, and what is recorded now."""
        if line is None:
            self._forget()
            return
        newest = line.signed.signature.edition if line.signed else None
        editions = [
            (edition.signature.edition, _edition_name(edition.signature.edition))
            for edition in reversed(line.editions)
        ]
        self.edition.offer([*editions, (None, say("reports.now"))])
        self.edition.set_value(newest)
        self._read_report()

    # -- the report ----------------------------------------------------------------------------

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
        self.save.setEnabled(True)
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
                return self._desk.session.why_not("sign_report")

    def _told_changes(self, shown: ShownReport) -> str:
        words = self._desk.words
        told = (words.text(change_text(one, words.language)) for one in shown.standing.changes)
        count = len(shown.standing.changes)
        return "\n".join([words.text("reports.changed", count=count), *(f"• {t}" for t in told)])

    def _forget(self) -> None:
        """Nothing of another patient may stay in sight."""
        self._wanted = None
        self.shown = None
        self.view.clear()
        self.changes.hide()
        self.sign.setEnabled(False)
        self.save.setEnabled(False)

    def _retranslate(self) -> None:
        words = self._desk.words
        for part, name in (
            (self.table, "tab.reports"), (self.edition, "reports.edition"),
            (self.language, "report_dialog.language"),
        ):  # fmt: skip
            part.setAccessibleName(words.text(name))
        if self.shown is not None:
            self.language.set_value(words.language)
            self._read_report()

    def _lay_out(self) -> None:
        theme = self._desk.theme
        self.language.set_value(self._desk.words.language)
        head = QHBoxLayout()
        head.setSpacing(theme.unit(2))
        for part in (self.edition, self.language):
            head.addWidget(part)
        head.addStretch(1)
        head.addWidget(self.save)
        head.addWidget(self.sign)
        inside = QVBoxLayout(self.changes)
        inside.setContentsMargins(*[theme.unit(3)] * 4)
        inside.addWidget(self.changed)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(theme.unit(2), 0, 0, 0)
        column.setSpacing(theme.unit(2))
        column.addLayout(head)
        column.addWidget(self.changes)
        column.addWidget(self.view, 1)
        list_panel = Panel(self._desk, radius=0)
        listed = QVBoxLayout(list_panel)
        listed.setContentsMargins(0, 0, 0, 0)
        listed.addWidget(self.table)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.addWidget(list_panel)
        split.addWidget(right)
        split.setStretchFactor(1, 1)
        split.setSizes([theme.unit(115), theme.unit(170)])
        empty = QWidget()
        told = QVBoxLayout(empty)
        told.addWidget(self.nothing, 0, Qt.AlignmentFlag.AlignTop)
        self.body.addWidget(split)
        self.body.addWidget(empty)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, theme.unit(2), 0, 0)
        box.addWidget(self.body)
        self._forget()


def _edition_name(number: int) -> Message:
    return say("reports.edition_number", edition=number)
