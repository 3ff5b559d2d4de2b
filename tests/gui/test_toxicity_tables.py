"""The tables of toxicity in the window: the paper's figures, and a fever logged with two keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from aml_maint.domain.administration import Status
from aml_maint.domain.moment import Moment
from aml_maint.domain.schedule import SlotId
from aml_maint.domain.toxicity_event import Criterion, ToxicityEvent
from aml_maint.gui.desk import Desk
from aml_maint.gui.dialogs.quick_toxicity_dialog import QuickToxicityDialog
from aml_maint.gui.pages.cohort_page import CohortPage
from aml_maint.gui.session import Session
from aml_maint.gui.workspace import Workspace
from aml_maint.services.dosing import DoseEntry, log_dose
from aml_maint.services.library import toxicity_items
from aml_maint.services.people import admit_patient
from aml_maint.services.quick_toxicity import FeverEntry, log_fever, quick_context
from aml_maint.services.toxicities import record_event
from aml_maint.services.toxicity_figures import TABLES, ToxicityTable
from aml_maint.services.treatment import start_course
from aml_maint.services.workplace import Workplace
from tests.builders import a_patient
from tests.gui.ward import COURSE, FIRST_DAY, ON_COURSE, ZONE, Ward
from tests.services.test_toxicity_tables import PAPER

Settle = Callable[[Session], None]


def shown(page: CohortPage) -> list[list[str]]:
    """The lines of the table in sight."""
    return [line.split("\t") for line in page.view.table.text().splitlines()]


def turn_to(page: CohortPage, qtbot: QtBot, name: str) -> None:
    if page.tab_name != "toxicity":
        page.show_tab("toxicity")
    page.toxicity.set_value(name)
    page.toxicity.chosen.emit()
    qtbot.waitUntil(lambda: page.is_settled, timeout=20_000)


def cohort_of(desk: Desk, qtbot: QtBot) -> CohortPage:
    page = CohortPage(desk)
    qtbot.addWidget(page)
    page.resize(1200, 700)
    page.show()
    qtbot.waitUntil(lambda: page.is_settled and page.found is not None, timeout=20_000)
    return page


def done(desk: Desk, settled: Settle, work: Callable[[Workplace], None]) -> None:
    desk.session.read(work, lambda _: None, desk.session)
    settled(desk.session)


@pytest.fixture
def nineteen(ward: Ward) -> Ward:
    """The paper's 19 patients with its toxicities, entered through the services."""
    place = ward.open()
    people = [_treated(place, ward, f"{number:02d}") for number in range(1, 20)]
    ward.clock.set(datetime(2026, 4, 20, 9, 0))
    for term, patients, mild, *_ in PAPER:
        for number in range(patients):
            patient, course = people[number]
            grade = 1 + number % 2 if number < mild else 3
            onset = FIRST_DAY + timedelta(days=2)
            event = ToxicityEvent.of(patient, course, term, ZONE, grade, onset, onset)
            record_event(place, event)
    place.close()
    return ward


def _treated(place: Workplace, ward: Ward, mrn: str) -> tuple[str, str]:
    ward.clock.set(datetime(2026, 3, 1, 7, 5))
    patient = a_patient(f"P-{mrn}", family_name=f"P{mrn}")
    admit_patient(place, patient)
    course = f"00000000-0000-4000-8000-0000000001{mrn}"
    start_course(place, patient.id, "sorafenib_iti", FIRST_DAY, course_id=course)
    slot = SlotId(course, "sorafenib", FIRST_DAY, "morning")
    log_dose(place, DoseEntry(slot, Status.GIVEN))
    return patient.id, course


def test_the_papers_incidence_stands_in_the_window_with_its_rule_and_denominator(
    nineteen: Ward, desk: Desk, qtbot: QtBot
) -> None:
    page = cohort_of(desk, qtbot)
    turn_to(page, qtbot, "toxicity_incidence")
    lines = {line[0]: line[1:] for line in shown(page)}
    assert lines["Fever (drug-related)"][:4] == [
        "17 (89.5)",
        "66.9 to 98.7",
        "16 (84.2)",
        "1 (5.3)",
    ]
    assert lines["Fever (drug-related)"][6] == "17/19"
    names = {item.id: item.term.en for item in toxicity_items()}
    for term, patients, mild, severe, *shares in PAPER:
        counted = zip((patients, mild, severe), shares, strict=True)
        expected = [f"{count} ({share})" for count, share in counted]
        line = lines[names[term]]
        assert [line[0], line[2], line[3]] == expected
    notes = page.view.notes.text()
    assert "the 19 patients with at least one dose; 1 without are left out" in notes
    assert "28 days after the last" in notes and "Clopper-Pearson" in notes
    desk.words.use("zh")
    assert shown(page)[2][1] == "17 (89.5)"
    assert "19" in page.view.notes.text()


def test_every_table_is_shown_with_its_own_rule(
    ward: Ward, desk: Desk, qtbot: QtBot, settled: Settle
) -> None:
    def record(place: Workplace) -> None:
        slot = SlotId(COURSE, "sorafenib", date(2026, 3, 5), "morning")
        given = Moment.at(datetime(2026, 3, 5, 7, 10), ZONE)
        log_dose(place, DoseEntry(slot, Status.GIVEN, given))
        event = ToxicityEvent.of(ON_COURSE, COURSE, "diarrhoea", ZONE, 3, date(2026, 3, 5))
        criteria = frozenset({Criterion.HOSPITALISATION})
        record_event(place, replace(event, serious=True, criteria=criteria))

    done(desk, settled, record)
    page = cohort_of(desk, qtbot)
    for table in ToxicityTable:
        turn_to(page, qtbot, f"toxicity_{table.value}")
        assert page.view.exhibit is not None
        assert page.view.exhibit.id == f"toxicity_{table.value}"
        assert ("24 hours" if table is ToxicityTable.FEVER else "28") in page.view.notes.text()
        empty = {ToxicityTable.ATTRIBUTION, ToxicityTable.FEVER}
        assert (len(shown(page)) > 1) is (table not in empty)
    turn_to(page, qtbot, "toxicity_serious")
    wanted: list[str] = []
    page.patient_wanted.connect(wanted.append)
    page.view.table.go_to(0)
    QTest.keyClick(page.view.table, Qt.Key.Key_Return)
    assert wanted == [ON_COURSE]
    assert len(TABLES) == len(ToxicityTable) + 1  # incidence by WHO items, too


def test_a_fever_logged_with_two_keys_from_today_stands_in_grid_flow_sheet_and_table(
    ward: Ward, desk: Desk, qtbot: QtBot, settled: Settle
) -> None:
    def record(place: Workplace) -> None:
        for day in (3, 5):
            ward.clock.set(datetime(2026, 3, day, 19, 2))
            slot = SlotId(COURSE, "interferon", date(2026, 3, day), "evening")
            log_dose(place, DoseEntry(slot, Status.GIVEN))
            ward.clock.set(datetime(2026, 3, day + 1, 9, 0))
            if day == 3:
                fever = FeverEntry(Decimal("38.4"), 4, 6)
                log_fever(place, quick_context(place, ON_COURSE), fever)

    done(desk, settled, record)
    window = Workspace(desk)
    qtbot.addWidget(window)
    window.resize(1366, 768)
    window.show()
    settled(desk.session)
    window.go("today")
    settled(desk.session)

    QTest.keyClick(window.today.ui.view, Qt.Key.Key_F)
    settled(desk.session)
    (asked,) = [w for w in QApplication.topLevelWidgets() if isinstance(w, QuickToxicityDialog)]
    QTest.keyClick(asked, Qt.Key.Key_1)
    settled(desk.session)

    window.show_patient(ON_COURSE)
    window.patient.show_tab("toxicity")
    settled(desk.session)
    chart = window.patient.tab("toxicity").chart
    (row,) = [row for row in chart.rows if row.item.id == "fever_drug"]
    assert [(cell.grade, cell.episodes) for cell in row.cells if cell.episodes] == [(2, 2)]
    window.patient.show_tab("cycle")
    settled(desk.session)
    sheet = window.patient.cycle.sheet.sheet
    assert [event.onset.iso for event in sheet.toxicities] == [
        "2026-03-03T23:02", "2026-03-05T23:02",
    ]  # fmt: skip
    window.go("cohort")
    page = window.cohort
    qtbot.waitUntil(lambda: page.is_settled and page.found is not None, timeout=20_000)
    turn_to(page, qtbot, "toxicity_incidence")
    assert shown(page)[2][:2] == ["Fever (drug-related)", "1 (100.0)"]
