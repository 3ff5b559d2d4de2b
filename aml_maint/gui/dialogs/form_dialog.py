"""A dialog around a form: says errors beside the inputs, and never loses what was typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from aml_maint.domain.errors import UserError
from aml_maint.domain.messages import Message, say
from aml_maint.gui.desk import Desk, Looks
from aml_maint.gui.dialogs.screen_dialog import ScreenDialog
from aml_maint.gui.drafts import Drafts
from aml_maint.gui.forms.form import Form
from aml_maint.gui.widgets.button import Button
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.role_line import RoleLine
from aml_maint.gui.widgets.scrolling import Content, Scrolling
from aml_maint.services.ids import new_command

_SHARE_OF_SCREEN = 0.95

# A crash loses at most what was typed since.
_KEPT_EVERY_MS = 600


class FormDialog(ScreenDialog):
    """Opened with open(); `submit` reads the form, and calls `fail` or `finish` later.

    With a `draft` name, what is typed is kept while it is typed, so that it outlives the dialog,
    the window and the power, and is there when the next dialog of that name opens. `about` is the
    id of the patient whom the form is about, if it is about one. `command_id` stays the same over
    repeated attempts, so that a command is carried out once.
    """

    COMMANDS: tuple[str, ...] = ()
    """What saving it can write; whoever may give none of these commands can't save it."""
    ALSO: tuple[str, ...] = ()
    """What it writes besides, or in some cases only; its other buttons say so themselves."""

    def __init__(
        self, looks: Looks, title: Message | str, verb: Message | str, *, columns: int = 1,
        draft: str = "", parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._looks = looks
        self._title = title
        self._draft = draft
        self._untouched: dict[str, str] = {}
        self._kept: Mapping[str, str] = {}
        self.about = ""
        self._keeper = QTimer(self, interval=_KEPT_EVERY_MS)
        self._keeper.timeout.connect(self._keep_draft)
        self.command_id = new_command()
        self.heading = Label(looks, title, role="heading")
        self.form = Form(looks, columns)
        self.continued = Label(looks, say("dialog.continued"), role="small", token="muted")
        self.afresh = Button(looks, "dialog.afresh")
        self.afresh.clicked.connect(self._start_afresh)
        self.save = Button(looks, verb, kind="primary", leads_to=self.COMMANDS)
        self.not_theirs = RoleLine(looks, self.COMMANDS)
        self.save.setDefault(True)
        self.save.clicked.connect(self._save)
        self.cancel = Button(looks, "action.cancel")
        self.cancel.clicked.connect(self.reject)
        self._lay_out()
        self._show_continued(False)
        looks.words.changed.connect(self._retitle)
        self._retitle()

    def ready(self) -> None:
        """Call when all rows are in the form: closes it and puts a draft back."""
        self.form.finish()
        self._untouched = self._kept = self.draft()
        drafts = self._drafts
        if drafts is None:
            return
        if self._draft in drafts:
            self._kept = drafts.typed(self._draft)
            self.form.set_draft(self._kept)
            self._show_continued(True)
        self._keeper.start()
        assert isinstance(self._looks, Desk)  # only a desk has drafts
        self._looks.session.closing.connect(self._keep_draft)

    def fill(self, put: Callable[[], None]) -> None:
        """Let the program put something in after `ready`: that is nothing that anybody typed."""
        untouched = self.draft() == self._untouched
        put()
        if untouched:
            self._untouched = self._kept = self.draft()

    def draft(self) -> dict[str, str]:
        """What a draft keeps of the form."""
        return self.form.draft()

    def submit(self) -> None:
        """Read the form and begin saving. A UserError is said in the form."""
        raise NotImplementedError

    def fail(self, error: UserError) -> None:
        """Saving was refused: say why; everything typed is still there."""
        self.save.setEnabled(True)
        self.form.show_error(error)
        row = self.form.rows.get(error.field or "")
        if row is not None:
            self.body.activate()  # the words of the error have just taken their place
            self._around.ensureWidgetVisible(row)

    def finish(self) -> None:
        """It is saved: forget the draft and close."""
        self._keeper.stop()
        if self._drafts is not None:
            self._drafts.drop(self._draft)
        self._draft = ""
        self.accept()

    def reject(self) -> None:
        """Close without saving; what was typed is kept as a draft."""
        self._keep_draft()
        super().reject()

    def _grow(self, hidden: int) -> None:
        """Grow to the content as far as the screen goes, for errors that take more lines."""
        screen = self.screen().availableGeometry()
        largest = round(screen.height() * _SHARE_OF_SCREEN)
        self.resize(self.width(), min(self.height() + hidden, largest))
        over = self.frameGeometry().bottom() - screen.bottom()
        if over > 0:
            self.move(self.x(), max(self.y() - over, screen.top()))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing by the window's own button loses nothing either."""
        self._keep_draft()
        super().closeEvent(event)

    @property
    def _drafts(self) -> Drafts | None:
        """Where this form's draft is kept, if it has one."""
        return self._looks.drafts if self._draft and isinstance(self._looks, Desk) else None

    def _keep_draft(self) -> None:
        """Keep what is typed by now, if it is something new; nothing typed is no draft."""
        typed, drafts = self.draft(), self._drafts
        if drafts is None or typed == self._kept:
            return
        self._kept = typed
        if typed == self._untouched:
            drafts.drop(self._draft)
        else:
            title = self._looks.words.text(self._title)
            drafts.keep(self._draft, title, self.about, typed)

    def _start_afresh(self) -> None:
        self.form.set_draft(self._untouched)
        self.form.clear_errors()
        self._keep_draft()
        self._show_continued(False)

    def _show_continued(self, shown: bool) -> None:
        self.continued.setVisible(shown)
        self.afresh.setVisible(shown)

    def _save(self) -> None:
        self.form.clear_errors()
        self.save.setEnabled(False)
        try:
            self.submit()
        except UserError as error:
            self.fail(error)

    def _retitle(self) -> None:
        self.setWindowTitle(self._looks.words.text(self._title))

    def _lay_out(self) -> None:
        theme = self._looks.theme
        again = QHBoxLayout()
        again.addWidget(self.continued, 1)
        again.addWidget(self.afresh)
        self.foot = QHBoxLayout()
        self.foot.setSpacing(theme.unit(2))
        self.foot.addStretch(1)
        self.foot.addWidget(self.cancel)
        self.foot.addWidget(self.save)
        inside = Content()
        self.body = QVBoxLayout(inside)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(theme.unit(3))
        self.body.addWidget(self.heading)
        self.body.addLayout(again)
        self.body.addWidget(self.form, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(*[theme.unit(5)] * 4)
        box.setSpacing(theme.unit(4))
        self._around = Scrolling(inside)
        self._around.overfull.connect(self._grow)
        box.addWidget(self._around, 1)
        box.addWidget(self.not_theirs)
        box.addLayout(self.foot)
