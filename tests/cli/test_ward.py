"""The daily work and the care of the ward file, from the command line."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from aml_maint import bootstrap
from aml_maint.cli import seat
from aml_maint.services import passphrase, proof
from aml_maint.services.clock import SetClock
from aml_maint.services.demo import DEMO_PASSPHRASE
from aml_maint.services.workplace import Workplace
from aml_maint.store import doses, engine, replay
from tests.builders import PASSPHRASE, moment
from tests.cli.conftest import Call

ROOT = Path(__file__).resolve().parents[2]
COHORT = ROOT / "tests" / "data" / "cohort19.csv"
ID = "6f1c7c0e-6f0e-4a43-9f3b-000000000001"


def events(call: Call) -> int:
    done: int = call("verify", "--json").json["events"]
    return done


def row_of(call: Call, component: str, day: str, slot: str) -> dict[str, Any]:
    rows = call("worklist", "--date", day, "--json").json["rows"]
    (row,) = [r for r in rows if (r["component"], r["date"], r["slot"]) == (component, day, slot)]
    return dict(row)


# The daily work


def test_a_dose_that_is_logged_stands_on_the_worklist(call: Call, on_course: str) -> None:
    assert row_of(call, "sorafenib", "2026-03-20", "morning")["state"] == "overdue"
    done = call("log", on_course, "sorafenib", "--date", "2026-03-20", "--slot", "morning",
                "--status", "given", "--given", "2026-03-20T07:05", "--json")  # fmt: skip
    assert done.code == 0
    assert done.json["saved"] is True and done.json["replayed"] is False
    assert row_of(call, "sorafenib", "2026-03-20", "morning")["state"] == "given"


def test_a_command_sent_twice_under_one_id_is_carried_out_once(call: Call, on_course: str) -> None:
    log = ("log", on_course, "danshen", "--date", "2026-03-20", "--slot", "morning", "--status",
           "given", "--given", "2026-03-20T08:00", "--command-id", ID, "--json")  # fmt: skip
    first, again = call(*log), call(*log)
    assert (first.code, again.code) == (0, 0)
    assert again.json["replayed"] is True
    assert again.json["sequence"] == first.json["sequence"] == events(call)


@pytest.mark.parametrize(
    "command",
    [
        ("admit", "1002", "Wang", "Fang"),
        ("count", "1001", "platelets", "99", "10*9/L", "--collected", "2026-03-19T08:00"),
        ("log", "confirm", "1001", "--from", "2026-03-18", "--to", "2026-03-19"),
        ("log", "correct", "1001", "sorafenib", "--date", "2026-03-20", "--slot", "morning",
         "--status", "missed", "--reason", "forgotten", "--why", "typed wrong"),
        ("log", "undo", "1001", "sorafenib", "--date", "2026-03-20", "--slot", "morning"),
        ("start-cycle", "1001", "--start", "2026-03-30"),
        ("import-cohort", str(COHORT)),
    ],
)  # fmt: skip
def test_every_write_is_carried_out_once_per_id(
    call: Call, on_course: str, command: tuple[str, ...]
) -> None:
    call("log", on_course, "sorafenib", "--date", "2026-03-20", "--slot", "morning",
         "--status", "given", "--given", "2026-03-20T07:05")  # fmt: skip
    before = events(call)
    first = call(*command, "--command-id", ID, "--json")
    again = call(*command, "--command-id", ID, "--json")
    assert (first.code, again.code) == (0, 0), again.err
    assert events(call) == before + 1


def test_a_closed_gate_refuses_and_an_override_by_name_and_reason_gives(
    call: Call, on_course: str
) -> None:
    call("count", on_course, "platelets", "50", "10*9/L", "--collected", "2026-03-19T08:00")
    log = ("log", on_course, "danshen", "--date", "2026-03-20", "--slot", "morning",
           "--status", "given", "--given", "2026-03-20T08:00")  # fmt: skip
    refused = call(*log, "--json")
    assert refused.code == 4
    assert refused.json["error"]["kind"] == "refused"
    assert "50 × 10⁹/L" in refused.json["error"]["message"]
    assert call(*log, "--override-by", "Dr Wu").code == 3
    assert call(*log, "--override-by", "Dr Wu", "--override-reason", "round done").code == 0


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"--status": "eaten"}, 3, "partly_given"),
        ({"--slot": None}, 3, "morning, evening"),
        ({"--slot": "noon"}, 3, "morning, evening"),
        ({"--date": "2026-02-01"}, 3, "01-Feb-2026"),
        ({"--date": "2026-03-21"}, 4, "21-Mar-2026"),
        ({"--status": "missed", "--given": None}, 3, "reason"),
        ({"--status": "missed"}, 3, "not taken has no time"),
        ({"--site": "knee"}, 3, "knee"),
        ({"--given": "noon"}, 3, "noon"),
        ({"--given": "2026-03-20T13:00"}, 3, "future"),
        ({"--command-id": "1"}, 3, "UUID"),
    ],
)
def test_what_can_not_be_meant_is_refused_and_nothing_is_written(
    call: Call, on_course: str, change: dict[str, str | None], code: int, words: str
) -> None:
    before = events(call)
    options = {"--date": "2026-03-20", "--slot": "morning", "--status": "given",
               "--given": "2026-03-20T07:05"} | change  # fmt: skip
    typed = [word for pair in options.items() if pair[1] is not None for word in pair]
    done = call("log", on_course, "sorafenib", *typed)
    assert (done.code, words in done.err) == (code, True), done.err
    assert events(call) == before


def test_an_unknown_patient_component_or_course_is_named(call: Call, on_course: str) -> None:
    rest = ("--date", "2026-03-20", "--status", "given")
    assert "2002" in call("log", "2002", "sorafenib", *rest).err
    assert "danshen" in call("log", on_course, "aspirin", *rest).err
    call("admit", "1002", "Wang")
    assert "1002" in call("log", "1002", "sorafenib", *rest).err
    assert call("log", "confirm", on_course, "--from", "2026-03-18", "--to", "2026-03-19",
                "--component", "aspirin").code == 3  # fmt: skip
    assert call("log", "confirm", on_course, "--from", "2026-03-19", "--to", "2026-03-18").code == 3


def test_a_stretch_is_confirmed_at_once_and_only_of_the_components_named(
    call: Call, on_course: str
) -> None:
    done = call("log", "confirm", on_course, "--from", "2026-03-18", "--to", "2026-03-19",
                "--component", "sorafenib")  # fmt: skip
    assert done.code == 0
    rows = call("worklist", "--date", "2026-03-20", "--json").json["rows"]
    left = {(r["component"], r["date"]) for r in rows if r["section"] == "to_resolve"}
    assert ("sorafenib", "2026-03-18") not in left and ("sorafenib", "2026-03-19") not in left
    assert ("thalidomide", "2026-03-19") in left and ("sorafenib", "2026-03-17") in left


def test_a_record_is_corrected_with_a_reason_and_taken_back(call: Call, on_course: str) -> None:
    slot = (on_course, "sorafenib", "--date", "2026-03-20", "--slot", "morning")
    assert call("log", "undo", *slot).code == 3, "nothing is recorded yet"
    call("log", *slot, "--status", "given", "--given", "2026-03-20T07:05", "--dose", "200", "mg")
    changed = call("log", "correct", *slot, "--status", "missed", "--reason", "forgotten",
                   "--why", "wrong patient")  # fmt: skip
    assert changed.code == 0
    assert row_of(call, "sorafenib", "2026-03-20", "morning")["state"] == "missed"
    assert call("log", "undo", *slot).code == 0
    assert row_of(call, "sorafenib", "2026-03-20", "morning")["state"] == "given"


def test_confirming_tells_how_many_doses_it_recorded(call: Call, on_course: str) -> None:
    done = call("log", "confirm", on_course, "--from", "2026-03-18", "--to", "2026-03-19",
                "--component", "sorafenib", "--command-id", ID, "--json")  # fmt: skip
    again = call("log", "confirm", on_course, "--from", "2026-03-18", "--to", "2026-03-19",
                 "--command-id", ID, "--json")  # fmt: skip
    assert (done.json["count"], again.json["count"], again.json["replayed"]) == (4, 4, True)
    assert again.json["at"] == done.json["at"]
    text = call("log", "confirm", on_course, "--from", "2026-03-18", "--to", "2026-03-18")
    assert text.out.strip().endswith(": 6")


def test_an_id_that_was_used_for_another_dose_is_refused_and_never_called_saved(
    call: Call, on_course: str
) -> None:
    dose = ("log", on_course, "sorafenib", "--date", "2026-03-19", "--status", "given",
            "--command-id", ID, "--json")  # fmt: skip
    assert call(*dose, "--slot", "morning", "--given", "2026-03-19T07:00").code == 0
    before = events(call)
    other = call(*dose, "--slot", "evening", "--given", "2026-03-19T19:30")
    assert (other.code, other.json["error"]["kind"]) == (4, "refused")
    act = call("admit", "1002", "Wang", "--command-id", ID, "--json")
    assert (act.code, act.json["error"]["field"]) == (4, "command_id")
    assert events(call) == before


def test_a_correction_keeps_what_it_does_not_name(
    call: Call, on_course: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    maker = bootstrap.local_actor().name
    monkeypatch.setenv("AML_MAINT_USER", maker)
    own = tmp_path / "zhao.txt"
    own.write_text("nine quiet harbours\n", "utf-8")
    own.chmod(0o600)
    added = call("accounts", "add", "Zhao Yan", "--role", "nurse", "--new-passphrase-file", own)
    assert added.code == 0
    dose = (on_course, "interferon", "--date", "2026-03-18")
    call("log", *dose, "--status", "given", "--given", "2026-03-18T19:05", "--site", "arm_left",
         "--lot", "A7", "--temperature", "36.9", "--witness", "Zhao Yan",
         "--witness-passphrase-file", own)  # fmt: skip
    done = call("log", "correct", *dose, "--status", "given", "--site", "arm_right", "--why", "no")
    assert done.code == 0
    path = Path(os.environ["AML_MAINT_DATABASE"])
    with bootstrap.open_ward(path, PASSPHRASE, name=maker).store as store:
        day = date(2026, 3, 18)
        (record,) = doses.live_between(store, day, day).values()
    assert (record.site, record.lot, str(record.temperature)) == ("arm_right", "A7", "36.9")
    assert record.witness == "Zhao Yan"
    assert record.given == moment("2026-03-18T19:05")


def test_taking_back_an_old_record_needs_a_reason(
    call: Call, on_course: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    slot = (on_course, "sorafenib", "--date", "2026-03-20", "--slot", "morning")
    call("log", *slot, "--status", "given", "--given", "2026-03-20T07:05")
    monkeypatch.setattr(
        bootstrap, "SystemClock", lambda zone: SetClock(moment("2026-03-21T12:00", zone))
    )
    assert call("log", "undo", *slot).code == 3
    assert call("log", "undo", *slot, "--why", "another patient's").code == 0


def test_a_count_that_arrives_late_names_the_doses_it_would_have_held_back(
    call: Call, on_course: str
) -> None:
    call("log", on_course, "danshen", "--date", "2026-03-20", "--slot", "morning",
         "--status", "given", "--given", "2026-03-20T08:00")  # fmt: skip
    count = ("count", on_course, "platelets")
    low = call(*count, "50", "10*9/L", "--collected", "2026-03-20T07:00", "--json")
    assert low.code == 0
    assert low.json["deviations"] == [
        {"component": "danshen", "date": "2026-03-20", "slot": "morning",
         "given": "2026-03-20T08:00:00+08:00"},
    ]  # fmt: skip
    assert "compound Danshen" in low.err and "20-Mar-2026 08:00" in low.err
    back = ("count", "withdraw", on_course, "platelets", "--collected",
            "2026-03-20T07:00", "--why", "another patient's", "--json")  # fmt: skip
    done = call(*back)
    assert (done.code, done.json["deviations"]) == (0, [])
    assert call(*back).code == 3, "there is no such result any more"


def test_a_name_can_not_steer_the_terminal(call: Call, ward: Path) -> None:
    call("admit", "1003", "Chen\x1b[2J", "Wei\nroot")
    out = call("patients").out
    assert "\x1b" not in out
    assert next(line for line in out.splitlines() if "CHEN" in line).startswith("1003")
    assert call("patients", "--json").json[0]["given_name"] == "Wei\nroot"


def test_an_argument_that_is_no_text_is_bad_input(call: Call, on_course: str) -> None:
    half = "\udcff"  # how a byte that is no UTF-8 arrives
    for command in (
        ("start-cycle", half, "--start", "2026-03-30"),
        ("admit", "1003", half),
        ("patients", half, "--json"),
    ):
        assert call(*command).code in (0, 3)
    assert call("admit", half, "Chen", "--json").code == 3


@pytest.mark.parametrize(
    "born", ["0001-01-01", "1899-12-31", "2026-03-21", "9999-12-31", "1970-02-30", "1970"]
)
def test_an_impossible_birth_date_is_refused_and_nobody_admitted(
    call: Call, ward: Path, born: str
) -> None:
    done = call("admit", "1003", "Chen", "--born", born, "--json")
    assert (done.code, done.json["error"]["field"]) == (3, "born_on")
    assert call("patients", "--json").json == []


def test_the_worklist_as_text_is_in_sections_and_aligned_in_chinese_too(
    call: Call, on_course: str
) -> None:
    call("admit", "1002", "陈", "伟")
    call("start-course", "1002", "sorafenib_iti", "--start", "2026-03-19",
         "--dose", "ibuprofen", "300", "mg")  # fmt: skip
    english = call("worklist", "--date", "2026-03-20").out
    assert english.index("Overdue") < english.index("Upcoming") < english.index("To resolve")
    assert "19-Mar 07:00" in english and "陈伟" in english and "LI, Mei" in english
    assert "2026年3月20日工作清单" in call("worklist", "--language", "zh").out
    assert call("worklist", "--date", "2025-01-01").out.endswith("Nothing is due\n")


def test_patients_are_listed_with_where_they_are_in_their_course(
    call: Call, on_course: str
) -> None:
    (row,) = call("patients", "--json").json
    assert (row["mrn"], row["cycle"], row["day"]) == (on_course, 1, 19)
    assert call("patients", "nobody", "--json").json == []
    assert "cycle 1, day 19" in call("patients", "li").out


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (("admit", "1001", "Doe"), 3),
        (("admit", "1002", " "), 3),
        (("admit", "1002", "Doe", "--sex", "f"), 3),
        (("admit", "1002", "Doe", "--born", "2026-02-30"), 3),
        (("count", "1001", "mood", "5", "g/L", "--collected", "2026-03-19"), 3),
        (("count", "1001", "platelets", "5", "Cel", "--collected", "2026-03-19"), 3),
        (("count", "1001", "platelets", "5", "10*9/L", "--collected", "2026-03-21"), 3),
        (("start-course", "1001", "sorafenib_iti", "--start", "2026-03-21"), 4),
        (("start-course", "1001", "nope", "--start", "2026-03-21"), 4),
        (("start-cycle", "1001", "--start", "2026-03-21"), 4),
    ],
)
def test_other_writes_that_can_not_be_meant_are_refused_too(
    call: Call, on_course: str, command: tuple[str, ...], code: int
) -> None:
    before = events(call)
    assert call(*command).code == code
    assert events(call) == before


# The cohort


def test_the_19_patients_are_new_at_first_and_the_same_after(call: Call, ward: Path) -> None:
    counts = ("new", "same", "changed", "rejected")
    dry = call("import-cohort", COHORT, "--dry-run", "--json").json
    first = call("import-cohort", COHORT, "--json").json
    second = call("import-cohort", COHORT, "--json").json
    assert [dry[name] for name in counts] == [19, 0, 0, 0] and dry["written"] is False
    assert [first[name] for name in counts] == [19, 0, 0, 0] and first["written"] is True
    assert [second[name] for name in counts] == [0, 19, 0, 0] and second["written"] is False
    assert events(call) == 2
    assert "19 the same" in call("import-cohort", COHORT).out


def test_one_bad_row_refuses_the_file_and_nothing_is_written(
    call: Call, ward: Path, tmp_path: Path
) -> None:
    file = tmp_path / "cohort.csv"
    file.write_text(COHORT.read_text("utf-8").replace("1,M,59", "1,M,159", 1), "utf-8")
    for option in ((), ("--dry-run",)):
        done = call("import-cohort", file, *option, "--json")
        assert done.code == 3
        assert (done.json["new"], done.json["rejected"]) == (18, 1)
        (row,) = done.json["error"]["rows"]
        assert (row["row"], row["field"]) == (2, "age_years")
        assert "159" in done.err
    assert call("patients", "--json").json == []


def test_other_facts_are_refused_until_they_are_accepted(
    call: Call, ward: Path, tmp_path: Path
) -> None:
    call("import-cohort", COHORT)
    file = tmp_path / "cohort.csv"
    file.write_text(COHORT.read_text("utf-8").replace("1,M,59", "1,F,60", 1), "utf-8")
    done = call("import-cohort", file, "--json")
    assert (done.code, done.json["changed"]) == (4, 1)
    assert {row["field"] for row in done.json["error"]["rows"]} == {"sex", "age_years"}
    assert call("import-cohort", file, "--accept-changes").code == 0
    assert call("import-cohort", file, "--json").json["same"] == 19


def test_a_column_that_is_not_known_is_named_and_left_out(
    call: Call, ward: Path, tmp_path: Path
) -> None:
    file = tmp_path / "cohort.csv"
    header, _, rest = COHORT.read_text("utf-8").partition("\n")
    lines = [f"{line},x" for line in rest.splitlines()]
    file.write_text("\n".join([f"{header},shoe_size", *lines]), "utf-8")
    done = call("import-cohort", file, "--json")
    assert (done.code, done.json["ignored_columns"]) == (0, ["shoe_size"])
    assert "shoe_size" in done.err


# The report


@pytest.mark.parametrize(("language", "words"), [("en", "sorafenib"), ("zh", "索拉非尼")])
def test_the_report_of_a_cycle_is_a_pdf_in_the_language_asked_for(
    call: Call, on_course: str, tmp_path: Path, language: str, words: str
) -> None:
    file = tmp_path / "report.pdf"
    done = call(
        "report", on_course, "--cycle", "1", "--out", file, "--language", language, "--json"
    )
    assert done.code == 0
    assert done.json["size"] == file.stat().st_size
    text = "".join(page.extract_text() for page in PdfReader(file).pages)
    assert words in text
    assert os.name == "nt" or file.stat().st_mode & 0o077 == 0
    assert list(tmp_path.glob("*.part")) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"--cycle": "2"}, 3),
        ({"--cycle": "one"}, 3),
        ({"--out": "."}, 3),
        ({"--out": "no/such/folder/report.pdf"}, 3),
    ],
)
def test_a_report_that_can_not_be_made_leaves_no_file(
    call: Call, on_course: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    change: dict[str, str], code: int,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    before = set(tmp_path.rglob("*"))
    options = {"--cycle": "1", "--out": "report.pdf"} | change
    assert call("report", on_course, *(w for pair in options.items() for w in pair)).code == code
    assert set(tmp_path.rglob("*")) == before


# The ward file


def test_a_ward_file_is_made_once_and_the_passphrase_has_15_characters(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "new" / "ward.amldb"
    monkeypatch.setenv("AML_MAINT_PASSPHRASE", "14 characters!")
    assert call("create", "--database", path).code == 3
    assert not path.exists()
    monkeypatch.setenv("AML_MAINT_PASSPHRASE", "15 characters!!")
    assert call("create", "--database", path).code == 0
    assert call("create", "--database", path).code == 5
    assert call("create", "--demo").code == 2
    assert call("patients", "--database", path).code == 0


def test_a_passphrase_comes_from_a_file_before_the_environment(
    call: Call, ward: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AML_MAINT_PASSPHRASE", "a wrong passphrase")
    assert call("patients").code == 5
    file = tmp_path / "passphrase"
    file.write_text(f"{PASSPHRASE}\n")
    assert call("patients", "--passphrase-file", file).code == 0
    file.write_text("")
    assert call("patients", "--passphrase-file", file).code == 3
    assert call("patients", "--passphrase-file", tmp_path / "none").code == 3


def test_without_a_passphrase_and_without_a_terminal_the_ways_are_told(
    call: Call, ward: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AML_MAINT_PASSPHRASE")
    done = call("patients")
    assert done.code == 5
    assert "AML_MAINT_PASSPHRASE" in done.err and "--passphrase-file" in done.err


def test_at_a_terminal_the_passphrase_is_asked_for(
    call: Call, ward: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def typed(prompt: str, stream: object) -> str:
        asked.append(prompt)
        return PASSPHRASE

    monkeypatch.delenv("AML_MAINT_PASSPHRASE")
    monkeypatch.setattr(seat.sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr(seat.getpass, "getpass", typed)
    assert call("patients").code == 0
    assert asked == ["Passphrase of ward.amldb: "]
    other = ward.with_name("other.amldb")
    assert call("create", "--database", other, "--language", "zh").code == 0
    assert asked[1:] == ["请为 other.amldb 设置新口令（至少 15 个字符）： ", "请再次输入该口令： "]


def test_a_new_passphrase_is_typed_twice_alike(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = iter(["correct horse battery", "correct horse batery"])
    monkeypatch.setattr(seat.sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr(seat.getpass, "getpass", lambda prompt, stream: next(typed))
    path = tmp_path / "ward.amldb"
    assert call("create", "--database", path).code == 3
    assert not path.exists()


def test_a_remembered_passphrase_opens_the_file_without_being_given(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: dict[Path, str] = {}
    monkeypatch.setattr(passphrase, "remember", lambda path, secret: kept.update({path: secret}))
    monkeypatch.setattr(passphrase, "_remembered", kept.get)
    path = tmp_path / "ward.amldb"
    monkeypatch.setenv("AML_MAINT_PASSPHRASE", PASSPHRASE)
    assert call("create", "--remember", "--database", path).code == 0
    monkeypatch.delenv("AML_MAINT_PASSPHRASE")
    assert call("patients", "--database", path).code == 0


def test_a_missing_ward_file_is_told_before_anyone_is_asked(call: Call, tmp_path: Path) -> None:
    done = call("patients", "--database", tmp_path / "none.amldb")
    assert done.code == 5
    assert "create" in done.err
    assert not (tmp_path / "none.amldb").exists()


def test_a_backup_restores_what_was_there_and_the_newer_file_is_kept(
    call: Call, on_course: str, ward: Path, tmp_path: Path
) -> None:
    made = call("backup", "--json").json
    assert Path(made["backup"]).parent == ward.parent / "backups"
    call("admit", "1002", "Wang")
    refused = call("restore", made["backup"], ward)
    assert refused.code == 5
    done = call("restore", made["backup"], ward, "--replace", "--json")
    assert done.code == 0
    assert Path(done.json["kept"]).exists()
    assert [row["mrn"] for row in call("patients", "--json").json] == [on_course]
    elsewhere = tmp_path / "elsewhere.amldb"
    assert call("restore", made["backup"], elsewhere).code == 0
    assert call("verify", "--database", elsewhere).code == 0


def test_a_backup_goes_into_the_folder_that_is_named(
    call: Call, ward: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "usb"
    made = call("backup", folder, "--json").json
    assert Path(made["backup"]).parent == folder
    assert made["verified"] is True and made["removed"] == []


def test_a_spoilt_ward_file_or_backup_is_refused(call: Call, ward: Path, tmp_path: Path) -> None:
    backup = Path(call("backup", "--json").json["backup"])
    for file in (ward, backup):
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 1
        file.write_bytes(content)
    assert call("verify").code == 5
    assert call("restore", backup, tmp_path / "new.amldb").code == 5
    assert not (tmp_path / "new.amldb").exists()


def test_verify_tells_the_head_that_reports_print(call: Call, ward: Path) -> None:
    found = call("verify", "--json").json
    assert found["ok"] is True
    assert found["head"]["hash"][:16] in call("verify").out


def test_verify_goes_through_the_trail_once(
    call: Call, on_course: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[int] = []
    whole = replay.verify_chain

    def counted(*given: Any, **named: Any) -> Any:
        done.append(1)
        return whole(*given, **named)

    monkeypatch.setattr(replay, "verify_chain", counted)
    monkeypatch.setattr(proof, "verify_chain", counted)
    assert call("verify").code == 0
    assert len(done) == 1
    assert call("patients").code == 0
    assert len(done) == 2


def test_wrong_tries_before_a_verification_are_recorded(
    call: Call, ward: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = call("verify", "--json").json["events"]
    monkeypatch.setenv("AML_MAINT_PASSPHRASE", "a wrong passphrase")
    assert call("verify").code == 5
    monkeypatch.setenv("AML_MAINT_PASSPHRASE", PASSPHRASE)
    assert call("verify").code == 0
    assert call("verify", "--json").json["events"] == events + 1


def test_the_demo_ward_needs_no_file_and_no_passphrase(
    call: Call, demo_ward_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = shutil.copy(demo_ward_file, tmp_path / "demo.amldb")
    clock = SetClock(moment("2026-03-10T15:00"))
    monkeypatch.setattr(engine, "KDF_ITERATIONS", 256_000)  # as that file was made

    def open_demo(told: Callable[[int, int], None]) -> Workplace:
        told(25, 50)
        told(50, 50)
        return bootstrap.open_ward(file, DEMO_PASSPHRASE, clock)

    monkeypatch.setattr(bootstrap, "open_demo", open_demo)
    done = call("--demo", "worklist", "--json")
    assert (done.code, done.err) == (0, "The demo ward of today is being built\n")
    assert done.json["date"] == "2026-03-10"
    assert done.json["rows"]


def test_as_processes_two_commands_in_a_row_see_each_others_work(tmp_path: Path) -> None:
    environment = os.environ | {
        "AML_MAINT_DATABASE": str(tmp_path / "ward.amldb"), "AML_MAINT_PASSPHRASE": PASSPHRASE,
    }  # fmt: skip

    def started(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "aml_maint", "--json", *arguments],
            cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip

    assert started("create").returncode == 0
    assert json.loads(started("import-cohort", str(COHORT)).stdout)["new"] == 19
    again = started("import-cohort", str(COHORT))
    assert (again.returncode, json.loads(again.stdout)["same"]) == (0, 19)
