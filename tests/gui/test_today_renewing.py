"""After a dose Today reads its patient anew; after any other write it reads the whole ward."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from aml_maint.domain.administration import Status
from aml_maint.domain.quantities import LabValue
from aml_maint.gui import reading, today_reading
from aml_maint.gui.desk import Desk
from aml_maint.gui.pages.today_page import TodayPage
from aml_maint.gui.session import Session
from aml_maint.services import dose_reading
from aml_maint.services.dose_reading import Reading
from aml_maint.services.dosing import DoseEntry, log_dose
from aml_maint.services.long_work import Parts
from aml_maint.services.observations import record_count
from aml_maint.services.worklist import renewed, worklist_in_parts
from tests.gui.test_today import SORAFENIB
from tests.gui.ward import ON_COURSE

Settle = Callable[[Session], None]


def test_a_dose_reads_its_patient_and_a_count_reads_all(
    desk: Desk, qtbot: QtBot, settled: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[object] = []
    monkeypatch.setattr(
        dose_reading,
        "worklist_in_parts",
        lambda place: (read.append("ward"), worklist_in_parts(place))[1],
    )
    monkeypatch.setattr(
        dose_reading,
        "renewed",
        lambda place, former, who: (read.append(who), renewed(place, former, who))[1],
    )
    page = TodayPage(desk)
    qtbot.addWidget(page)
    page.resize(1200, 700)
    page.show()
    settled(desk.session)
    assert read == ["ward"]
    desk.session.write(
        lambda place: log_dose(place, DoseEntry(SORAFENIB, Status.HELD, reason="toxicity")),
        None,
        None,
        page,
    )
    settled(desk.session)
    assert read == ["ward", frozenset({ON_COURSE})]
    row = page.model.row_of(SORAFENIB)
    assert row is not None and row.pair.main.record is not None
    count = LabValue.parse("50", "10*9/L")
    desk.session.write(
        lambda place: record_count(place, ON_COURSE, "platelets", count, place.clock.now()),
        None, None, page,
    )  # fmt: skip
    settled(desk.session)
    assert read[2:] == ["ward"]
    page.renew()
    settled(desk.session)
    assert read[3:] == ["ward"]


def test_a_dose_given_while_the_ward_is_read_is_saved_before_the_rest_of_it_is_read(
    desk: Desk, qtbot: QtBot, settled: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = TodayPage(desk)
    qtbot.addWidget(page)
    page.show()
    settled(desk.session)
    order: list[str] = []

    def in_two_parts(*given: Any) -> Parts[Reading]:
        order.append("begun")
        yield 1, 2
        found = yield from dose_reading.ward_now(*given)
        order.append("read")
        return found

    monkeypatch.setattr(today_reading, "ward_now", in_two_parts)
    monkeypatch.setattr(reading, "_PART_SECONDS", 0)  # as if either part took longer
    page.renew()
    desk.session.write(
        lambda place: log_dose(place, DoseEntry(SORAFENIB, Status.HELD, reason="toxicity")),
        lambda _: order.append("saved"), None, page,
    )  # fmt: skip
    settled(desk.session)
    assert order[:2] == ["begun", "saved"] and order.count("read") == 2
    row = page.model.row_of(SORAFENIB)
    assert row is not None and row.pair.main.record is not None
