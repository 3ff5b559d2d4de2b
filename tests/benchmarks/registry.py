"""What cohort work takes in a registry: `python -m tests.benchmarks.registry`.

Each question is asked at 1,000 and at 10,000 patients (`scale_registry` makes both; a file that is
there already can be named). A line says the processor's time at both sizes, and the exponent that
fits them: 1 is in proportion, 2 with the square. `--small` only proves that it works. `--window`
tells how long the window keeps people waiting meanwhile.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from math import log
from pathlib import Path
from typing import TYPE_CHECKING

from aml_maint.domain.cohort_tables import Grouping
from aml_maint.domain.moment import Moment
from aml_maint.domain.patient import Risk
from aml_maint.services.clock import SetClock
from aml_maint.services.cohort import CohortFilter, chosen, read_everyone
from aml_maint.services.cohort_figures import EXHIBITS, Choice
from aml_maint.services.demo_step import NURSE
from aml_maint.services.follow_up import open_follow_ups
from aml_maint.services.language import catalogue
from aml_maint.services.local_zone import DEFAULT_ZONE
from aml_maint.services.long_work import Parts, whole
from aml_maint.services.people import list_patients
from aml_maint.services.toxicity_tables import toxicity_record
from aml_maint.services.workplace import Workplace
from aml_maint.store.database import Store
from tests.benchmarks import scale_registry
from tests.benchmarks.scale_ward import NOW, PASSPHRASE

if TYPE_CHECKING:
    from tests.benchmarks.event_loop import Ticks

# The pictures that are drawn; the others look alike.
_DRAWN = ("rfs_any_relapse", "swimmer", "mrd_strip", "toxicity", "completeness")


def opened(path: Path) -> Store:
    """A registry of invented patients, not looked through at opening."""
    return Store.open(path, PASSPHRASE, check=False)


def desk(store: Store) -> Workplace:
    """A nurse's desk on the day that the registry was made for."""
    return Workplace(store, SetClock(Moment.at(NOW, DEFAULT_ZONE)), NURSE, DEFAULT_ZONE)


def took(work: Callable[[], object]) -> float:
    """The processor's seconds that something took; as in the window nothing collects meanwhile."""
    gc.disable()
    began = time.process_time()
    work()
    seconds = time.process_time() - began
    gc.enable()
    return seconds


def longest_part(parts: Parts[object]) -> float:
    """The longest that a write would have had to wait, in the processor's seconds."""
    longest, end = 0.0, object()
    while True:
        began = time.process_time()
        last = next(parts, end) is end
        longest = max(longest, time.process_time() - began)
        if last:
            return longest


def questions(place: Workplace) -> Iterator[tuple[str, float]]:
    """Every question of cohort work by name, and the processor's seconds that it takes."""
    # What is loaded or worked out once for a day is no part of a question.
    warm = chosen(whole(read_everyone(place)), CohortFilter(), None, whole(toxicity_record(place)))
    for make in EXHIBITS.values():
        make(warm, Choice())
    del warm
    yield "read everybody", took(lambda: whole(read_everyone(place)))
    yield "  its longest part", longest_part(read_everyone(place))
    yield "read the toxicities", took(lambda: whole(toxicity_record(place)))
    yield "  its longest part", longest_part(toxicity_record(place))
    everyone, record = whole(read_everyone(place)), whole(toxicity_record(place))
    adverse = CohortFilter(risk=Risk.ADVERSE)
    yield "another filter", took(lambda: chosen(everyone, adverse, None, record))
    found, split = chosen(everyone, CohortFilter(), None, record), Choice(grouping=Grouping.RISK)
    for name, make in EXHIBITS.items():
        yield f"figure or table: {name}", took(lambda make=make: make(found, split))
    from aml_maint.reports.figures.picture import picture

    words = catalogue("en")
    for name in _DRAWN:
        exhibit = EXHIBITS[name](found, split)
        yield f"draw {name}", took(lambda shown=exhibit: picture(shown, words, "png"))
    list_patients(place)
    yield "list of patients", took(lambda: list_patients(place))
    for text in ("zh", "zhang wei", "S-0001"):
        yield f"search “{text}”", took(lambda text=text: list_patients(place, text))
    yield "whom to ask after", took(lambda: open_follow_ups(place))


def exponent(few: float, many: float, ratio: float) -> str:
    """By which power of the number of patients the time grew; nothing of what is below 1 ms."""
    return f"{log(many / few) / log(ratio):.2f}" if few > 0.001 and many > 0 else "–"


def at_the_window(path: Path, folder: Path) -> dict[str, Ticks]:
    """How late the event loop was while the Cohort and the Patients page were used."""
    from PySide6.QtCore import QEventLoop, Qt
    from PySide6.QtTest import QTest

    from aml_maint.gui.desk import Desk
    from aml_maint.gui.pages.cohort_page import CohortPage
    from aml_maint.gui.pages.patients_page import PatientsPage
    from aml_maint.gui.session import Session
    from aml_maint.gui.settings import Settings
    from aml_maint.gui.theme import Theme
    from aml_maint.gui.words import Words
    from tests.benchmarks.event_loop import Watch
    from tests.benchmarks.windows import wait

    session, loop = Session(lambda: desk(opened(path))), QEventLoop()
    session.opened.connect(loop.quit)
    loop.exec()
    settings = Settings(folder / "registry.ini")
    seat = Desk(session=session, words=Words("en"), theme=Theme("light"), settings=settings)
    watch = Watch()
    late: dict[str, Ticks] = {}

    def measured(name: str, act: Callable[[], object], until: Callable[[], bool]) -> None:
        watch.begin()
        act()
        wait(50)
        while not until():
            wait(20)
        late[name] = watch.ticks

    def answered() -> bool:
        inner, done = QEventLoop(), []
        session.read(lambda _: None, lambda _: (done.append(1), inner.quit()), inner)
        if not done:
            inner.exec()
        return True

    page = PatientsPage(seat)
    page.resize(1366, 768)
    measured("list of patients", page.show, answered)
    for text in ("z", "zh", "zha"):
        measured(f"type “{text}”", lambda text=text: page.filter.setText(text), answered)
    measured("all of them again", page.filter.clear, answered)
    keys = (Qt.Key.Key_PageDown, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_Home)

    def press() -> None:
        for key in keys:
            QTest.keyClick(page.table, key)
            wait(1)

    measured("scroll them", press, answered)
    measured("sort them by platelets", lambda: page.table.sortByColumn(
        5, Qt.SortOrder.AscendingOrder), answered)  # fmt: skip
    page.hide()
    cohort = CohortPage(seat)
    cohort.resize(1366, 768)
    measured("open the cohort", cohort.show, lambda: cohort.is_settled)
    measured("another filter", lambda: (
        cohort.filters.risk.set_value(Risk.ADVERSE), cohort.filters.changed.emit()
    ), lambda: cohort.is_settled)  # fmt: skip
    cohort.filters.risk.set_value(None)
    for tab in ("table_2", "survival", "swimmer", "mrd_strip", "toxicity", "completeness"):
        measured(f"tab {tab}", lambda tab=tab: cohort.show_tab(tab), lambda: cohort.is_settled)
    session.close()
    return late


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--small", action="store_true", help="20 and 40 patients")
    parser.add_argument("--few", type=Path, help="a registry of 1,000 that is there already")
    parser.add_argument("--many", type=Path, help="one of 10,000")
    parser.add_argument("--window", action="store_true", help="the event loop with the larger one")
    options = parser.parse_args()
    few, many = (20, 40) if options.small else (1_000, 10_000)
    with tempfile.TemporaryDirectory(prefix="aml-bench-") as folder:
        small, large = (
            named or Path(folder) / f"{number}.amldb"
            for number, named in enumerate((options.few, options.many))
        )
        if options.window:
            if not large.exists():
                scale_registry.build(large, many).close()
            _tell_window(large, Path(folder))
            return
        for path, people in ((small, few), (large, many)):
            if not path.exists():
                scale_registry.build(path, people, stories=min(people, 240)).close()
        with opened(small) as one, opened(large) as other:
            found = [list(questions(desk(store))) for store in (one, other)]
    print(f"load {os.getloadavg()[0]:.1f}, processor's time")
    print(f"{'':36}{few:>10,}{many:>10,}  exponent")
    for (name, less), (_, more) in zip(*found, strict=True):
        told = exponent(less, more, many / few)
        print(f"{name:36}{less * 1000:8.0f}ms{more * 1000:8.0f}ms  {told:>8}")


def _tell_window(path: Path, folder: Path) -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    from aml_maint.gui.collecting import Collecting
    from aml_maint.gui.ending import end

    app = QApplication(["aml_maint"])
    Collecting(app)
    late = at_the_window(path, folder)
    print(f"load {os.getloadavg()[0]:.1f}; the longest stall, and the window's own work, in ms")
    for name, ticks in late.items():
        print(f"{name:36}{max(ticks.late):8.0f}{max(ticks.worked):8.0f}")
    end(app)


if __name__ == "__main__":
    sys.exit(main())
