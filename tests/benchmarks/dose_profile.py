"""A dose from the key to its painted row, stage by stage: what the window and the store do.

The row that the table of speed measures is given; the stages told begin with its key and end
with what is read once it is painted. The functions that cost most are told of the service alone,
which is the greatest part.
"""

from __future__ import annotations

import cProfile
import io
import pstats
import time
from collections.abc import Callable, Iterator
from functools import partial

from aml_maint.domain.administration import Status
from aml_maint.domain.moment import Moment
from aml_maint.gui import today_reading
from aml_maint.gui.dose_logging import DoseLogger
from aml_maint.gui.models.worklist_model import WorklistModel
from aml_maint.gui.pages.today_page import TodayPage
from aml_maint.gui.reading import Reading
from aml_maint.gui.session import Session
from aml_maint.gui.widgets.checks_pane import ChecksPane
from aml_maint.gui.widgets.dose_panel import DosePanel
from aml_maint.gui.widgets.status_bar import StatusBar
from aml_maint.gui.widgets.worklist_view import WorklistView
from aml_maint.services import dosing
from aml_maint.services.clock import SetClock
from aml_maint.services.demo_step import NURSE
from aml_maint.services.dose_entry import DoseEntry
from aml_maint.services.dose_rules import DoseRules
from aml_maint.services.local_zone import DEFAULT_ZONE
from aml_maint.services.worklist import Section, worklist
from aml_maint.services.workplace import Workplace
from aml_maint.store import courses
from aml_maint.store.database import Store
from aml_maint.store.transaction import Transaction
from tests.benchmarks import scale_ward
from tests.benchmarks.in_the_window import Saving, application
from tests.benchmarks.measuring import Setting
from tests.benchmarks.spans import Spans

_STAGES = (
    (WorklistView, "keyPressEvent", "the key"),
    (Session, "_run", "on the store's thread"),
    (dosing, "log_doses", "the service"),
    (Workplace, "done_before", "done before?"),
    (courses, "course", "the course"),
    (DoseRules, "__init__", "what the rules need is read"),
    (DoseRules, "records", "the rules"),
    (Workplace, "write", "the write"),
    (Transaction, "insert", "the row"),
    (Transaction, "finish", "the audit event"),
    (Store, "_commit", "the commit"),
    (DoseRules, "standing", "how the dose stands since"),
    (Session, "_saved", "told to the window"),
    (DoseLogger, "_finish", "the undo is offered"),
    (StatusBar, "show_saved", "the status bar"),
    (WorklistModel, "put", "the row is changed"),
    (WorklistView, "paintEvent", "painted"),
    (TodayPage, "_read", "then: the patient is read again"),
    (Reading, "part", "rows, checks and order"),
    (today_reading, "kept", "each row in its place"),
    (TodayPage, "_follow", "then: the rest is shown"),
    (WorklistModel, "follow", "rows"),
    (ChecksPane, "show_checks", "checks"),
    (DosePanel, "show_rows", "the dose in full"),
)
_TOP = 25


def lines(setting: Setting) -> Iterator[str]:
    """The stages of a dose on Today, and the functions of the service."""
    application()
    ward = setting.folder / "saving.amldb"
    size = scale_ward.Size(20 if setting.small else 200, cycles=2, longest=2, days=2)
    scale_ward.build(ward, size).close()
    spans = Spans()
    for owner, attribute, name in _STAGES:
        spans.wrap(owner, attribute, name)
    desk = Saving(ward, setting.folder)
    desk.watch = spans
    desk.give()
    spans.rounds.clear()
    took = [desk.give() * 1000 for _ in range(setting.rounds)]
    plain = [_timed(desk.insert) for _ in range(setting.rounds)]
    desk.close()
    spans.undo()
    yield f"key to durable and painted: {sorted(took)[len(took) // 2]:.1f} ms by the clock"
    yield f"a bare durable INSERT: {sorted(plain)[len(plain) // 2]:.2f} ms of the processor"
    yield from spans.lines()
    yield from _service(setting)


def _timed(act: Callable[[], object]) -> float:
    began = time.thread_time()
    act()
    return (time.thread_time() - began) * 1000


def _service(setting: Setting) -> Iterator[str]:
    """The functions that cost most while the service alone records doses."""
    path = setting.folder / "alone.amldb"
    scale_ward.build(path, scale_ward.Size(20, cycles=2, longest=2, days=2)).close()
    clock = SetClock(Moment.at(scale_ward.NOW, DEFAULT_ZONE))
    store = Store.open(path, scale_ward.PASSPHRASE, check=False)
    place = Workplace(store, clock, NURSE, DEFAULT_ZONE)
    due = [row.pair.main.slot for row in worklist(place).section(Section.DUE)]
    profile, took = cProfile.Profile(time.thread_time), []
    for number, slot in enumerate(due):
        entry = DoseEntry(slot, Status.GIVEN, place.clock.now())
        if number % 2:
            profile.runcall(dosing.log_dose, place, entry)
        else:
            took.append(_timed(partial(dosing.log_dose, place, entry)))
    store.close()
    alone = sorted(took)[len(took) // 2]
    yield f"the service alone: {alone:.2f} ms of the processor; top functions:"
    told = io.StringIO()
    pstats.Stats(profile, stream=told).sort_stats("cumulative").print_stats(_TOP)
    yield from (line for line in told.getvalue().splitlines() if line.strip())
