"""`toxicity table`: the same figures for people and for programs, with the rule of counting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from aml_maint.domain.administration import Status
from aml_maint.domain.schedule import SlotId
from aml_maint.domain.toxicity_event import Causality, Cause, Criterion, ToxicityEvent
from aml_maint.services.dosing import DoseEntry, log_dose
from aml_maint.services.toxicities import record_event
from aml_maint.store.database import Store
from tests.builders import DAY_1, PASSPHRASE, ZONE, a_ward, on_course, set_clock
from tests.cli.conftest import Call

TABLES = ["incidence", "rates", "worst", "attribution", "timing", "shift", "serious", "fever"]


@pytest.fixture
def ward(tmp_path: Path) -> tuple[str, ...]:
    """A ward with one treated patient who had a serious diarrhoea; the options that open it."""
    path, key = tmp_path / "ward.amldb", tmp_path / "key"
    key.write_text(PASSPHRASE)
    with Store.create(path, PASSPHRASE, "ward") as store:
        place = a_ward(store)
        patient, course = on_course(place)
        for component in ("sorafenib", "interferon"):
            slot = "morning" if component == "sorafenib" else "evening"
            set_clock(place, f"2026-03-02T{'07:05' if slot == 'morning' else '19:02'}")
            log_dose(place, DoseEntry(SlotId(course, component, DAY_1, slot), Status.GIVEN))
        set_clock(place, "2026-03-12T09:00")
        onset = DAY_1 + timedelta(days=3)
        event = ToxicityEvent.of(patient.id, course, "diarrhoea", ZONE, 3, onset, onset)
        record_event(place, replace(
            event, serious=True, criteria=frozenset({Criterion.HOSPITALISATION}),
            causes=(Cause("sorafenib", Causality.PROBABLE, "Wu Min"),),
        ))  # fmt: skip
    return "--database", str(path), "--passphrase-file", str(key)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_table_is_printed_with_its_rule(
    call: Call, ward: tuple[str, ...], table: str, language: str
) -> None:
    done = call("toxicity", "table", table, *ward, "--language", language)
    assert done.code == 0
    assert len(done.out.splitlines()) > 4
    assert ("24" if table == "fever" else "28") in done.out  # the rule names its days


EXPECTED: list[tuple[str, Callable[[list[dict[str, Any]]], object], object]] = [
    ("incidence", lambda rows: [(r["term"], r["any"], r["grade_1_2"], r["grade_3_4"],
     r["denominator"], r["percent"]["any"]) for r in rows],
     [("any", 1, 0, 1, 1, 100.0), ("diarrhoea", 1, 0, 1, 1, 100.0)]),
    ("rates", lambda rows: [(r["patients"], r["days_at_risk"]) for r in rows], [(1, 4), (1, 4)]),
    ("worst", lambda rows: rows,
     [{"mrn": "MRN-1", "term": "diarrhoea", "cycle": 1, "grade": 3}]),
    ("attribution", lambda rows: [(r["drug"], r["related"], r["judged"]) for r in rows],
     [("sorafenib", 1, {"probable": 1})]),
    ("timing", lambda rows: [(r["onset_day"]["median"], r["duration_days"]["most"]) for r in rows],
     [(4, 1)]),
    ("shift", lambda rows: [r["counts"][5] for r in rows], [[0, 0, 0, 1, 0]]),
    ("serious", lambda rows: [(r["mrn"], r["criteria"], r["outcome"]) for r in rows],
     [("MRN-1", ["hospitalisation"], "recovered")]),
    ("fever", lambda rows: [(r["pairing"], r["injections"], r["observed"], r["percent"])
     for r in rows], [("not_recorded", 1, 0, None)]),
]  # fmt: skip


@pytest.mark.parametrize(("table", "of", "expected"), [pytest.param(*e, id=e[0]) for e in EXPECTED])
def test_programs_get_the_same_figures(
    call: Call, ward: tuple[str, ...], table: str,
    of: Callable[[list[dict[str, Any]]], object], expected: object,
) -> None:  # fmt: skip
    found = call("toxicity", "table", table, *ward, "--json").json
    assert found["table"] == table
    assert found["rule"]
    assert of(found["rows"]) == expected


@pytest.mark.parametrize(
    "arguments",
    [("prevalence",), ("--until", "2030-01-01"), ("--regimen", "nope"), ("--until", "soon")],
)
def test_a_table_that_cannot_be_is_refused(
    call: Call, ward: tuple[str, ...], arguments: tuple[str, ...]
) -> None:
    assert call("toxicity", "table", *arguments, *ward).code == 3


def test_a_ward_without_toxicities_has_an_empty_table(call: Call, ward: tuple[str, ...]) -> None:
    done = call("toxicity", "table", "--regimen", "sormain", "--by-who", *ward)
    assert done.code == 0
    assert "Nothing to count" in done.out


def test_an_assessment_opens_the_way_to_the_next_cycle(call: Call, tmp_path: Path) -> None:
    path, key = tmp_path / "next.amldb", tmp_path / "key"
    key.write_text(PASSPHRASE)
    with Store.create(path, PASSPHRASE, "ward") as store:
        on_course(a_ward(store), first_day=date(2026, 2, 20))
    ward = ("--database", path, "--passphrase-file", key)
    start = ("start-cycle", "MRN-1", "--start", "2026-03-20")
    assert call(*start, *ward).code == 4
    for wrong in ("rash", "rash=5", "hiccup=1", "rash=-1"):
        assert call("assess", "MRN-1", "before", wrong, *ward).code == 3
    assert call("assess", "MRN-1", "during", "rash=1", *ward).code == 3
    done = call("assess", "MRN-1", "before", "rash=1", "fatigue=-", "--rest-none", *ward, "--json")
    assert (done.code, done.json["cycle"]) == (0, 2)
    assert done.json["terms"] > 20
    assert call(*start, *ward).code == 0


def test_a_cycle_can_start_without_it_by_a_named_decision(call: Call, tmp_path: Path) -> None:
    path, key = tmp_path / "next.amldb", tmp_path / "key"
    key.write_text(PASSPHRASE)
    with Store.create(path, PASSPHRASE, "ward") as store:
        on_course(a_ward(store), first_day=date(2026, 2, 20))
    ward = ("--database", path, "--passphrase-file", key)
    start = ("start-cycle", "MRN-1", "--start", "2026-03-20", *ward)
    assert call(*start, "--unassessed", "Wu Min", " ").code == 3
    assert call(*start, "--unassessed", "Wu Min", "assessed on paper").code == 0
