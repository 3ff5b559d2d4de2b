"""The pages of whoever sits down at a ward, made in turns of the event loop: no key waits long."""

from __future__ import annotations

from collections.abc import Callable

from aml_maint.gui.after_painting import AfterPainting
from aml_maint.gui.desk import Desk
from aml_maint.gui.held_looks import held
from aml_maint.gui.pages.today_page import TodayPage
from aml_maint.gui.workspace import Workspace


def make_workspace(
    desk: Desk,
    is_wanted: Callable[[], bool],
    made: Callable[[Workspace], None],
    ready: Callable[[Workspace], None],
) -> None:
    """Make Today now, what stands around it in the next turn, and then it is `ready` to be shown.

    Nothing more is made once it is not wanted any more: withdrawn, or the window was closed.
    """
    today = held(desk, TodayPage)

    def make() -> None:
        if is_wanted():
            workspace = Workspace(desk, today)
            made(workspace)
            AfterPainting(lambda: show(workspace), workspace).ask()

    def show(workspace: Workspace) -> None:
        if is_wanted():
            ready(workspace)

    AfterPainting(make, today).ask()
