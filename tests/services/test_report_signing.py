"""Signing freezes a report; what changes behind it supersedes it, and every edition stays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest
from pypdf import PdfReader

from aml_maint import bootstrap
from aml_maint.domain.administration import Status
from aml_maint.domain.command import Role
from aml_maint.domain.errors import BadInput, Refused
from aml_maint.domain.messages import LANGUAGES, Language
from aml_maint.domain.schedule import SlotId
from aml_maint.domain.signed_report import Standing, change_text, fact_changes
from aml_maint.domain.toxicity_event import ToxicityEvent
from aml_maint.reports.report_facts import report_facts
from aml_maint.services import accounts, report_signing
from aml_maint.services.changes import Touched
from aml_maint.services.clock import SetClock
from aml_maint.services.dosing import DoseEntry, RangeConfirmation, confirm_range, log_dose
from aml_maint.services.language import catalogue
from aml_maint.services.reporting import cycle_report
from aml_maint.services.toxicities import record_event
from aml_maint.services.treatment import start_cycle
from aml_maint.services.workplace import Workplace
from aml_maint.store import audit, engine, key_slots
from aml_maint.store.key_slots import Cost, WrongPassphrase
from tests.builders import DAY_1, UNASSESSED, ZONE, moment, on_course, platelets, set_clock

OWN = "velvet otters at noon"
HERS = "nine quiet harbours"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workplace]:
    """A ward with accounts whose maker, the physician Wu Min, sits at it."""
    monkeypatch.setattr(key_slots, "COST", Cost(1, 8, 1))
    monkeypatch.setattr(engine, "KDF_ITERATIONS", 1_000)
    clock = SetClock(moment("2026-03-02T07:05"))
    with bootstrap.create_ward(tmp_path / "w.amldb", OWN, clock, name="Wu Min").store as store:
        (account,) = accounts.accounts_of(Workplace(store, clock, bootstrap.local_actor(), "UTC"))
        yield Workplace(store, clock, account.actor("pc"), "Asia/Shanghai")


def over(place: Workplace) -> str:
    """A course whose first cycle is over, with all of day 1 given."""
    patient, course = on_course(place)
    platelets(place, patient, "120", "2026-03-02T06:00")
    set_clock(place, "2026-03-02T23:00")
    confirm_range(place, RangeConfirmation(course, DAY_1, DAY_1))
    set_clock(place, "2026-03-30T07:00")
    start_cycle(place, course, date(2026, 3, 30), override=UNASSESSED)
    set_clock(place, "2026-03-30T09:00")
    return course


def a_late_entry(place: Workplace, course: str) -> None:
    """Day 2's first sorafenib, recorded as missed after the report was signed."""
    slot = SlotId(course, "sorafenib", DAY_1 + timedelta(days=1), "morning")
    log_dose(place, DoseEntry(slot, Status.MISSED, reason="forgotten"))


def printed(document: bytes) -> str:
    """The text of a PDF in one line, with plain spaces."""
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(document)).pages)
    return " ".join(text.split())


def test_the_report_of_a_running_cycle_is_a_draft_that_nobody_can_sign(place: Workplace) -> None:
    course = over(place)
    with pytest.raises(Refused) as refused:
        report_signing.sign_report(place, course, 2, OWN)
    assert refused.value.message.key == "signing.running"
    standings = [one.standing for one in report_signing.course_standings(place, course)]
    assert standings == [Standing.TO_SIGN, Standing.RUNNING]


def test_signing_asks_for_the_passphrase_again_and_a_wrong_one_signs_nothing(
    place: Workplace,
) -> None:
    course = over(place)
    with pytest.raises(WrongPassphrase):
        report_signing.sign_report(place, course, 1, "not the passphrase")
    assert report_signing.cycle_standing(place, course, 1).standing is Standing.TO_SIGN


def test_only_a_physician_signs_and_the_refusal_is_recorded(place: Workplace) -> None:
    course = over(place)
    accounts.add_account(place, "Li Na", [Role.NURSE], HERS)
    nurse = accounts.account_of(place, "Li Na")
    assert nurse is not None
    with pytest.raises(Refused):
        report_signing.sign_report(place.acting_as(nurse.actor("pc")), course, 1, HERS)
    event = audit.event(place.store, place.store.head().sequence)
    assert event is not None and event.command.action == "refused"


def test_a_signed_report_prints_name_time_meaning_and_trail_and_is_no_draft(
    place: Workplace,
) -> None:
    course = over(place)
    head = place.store.head()
    report_signing.sign_report(place, course, 1, OWN)
    signed = report_signing.cycle_standing(place, course, 1).signed
    assert signed is not None
    text = printed(report_signing.signed_pdf(place, signed.id, "en"))
    for wanted in ("Wu Min", "signed electronically on 30-Mar-2026 09:00", "I have reviewed",
                   f"entry {head.sequence}, {head.short}", "Signed · edition 1"):  # fmt: skip
        assert wanted in text, wanted
    assert "DRAFT" not in text


def test_the_signed_document_is_the_same_bytes_however_late_it_is_printed(
    place: Workplace,
) -> None:
    course = over(place)
    report_signing.sign_report(place, course, 1, OWN)
    report = report_signing.cycle_standing(place, course, 1).signed
    assert report is not None
    before = report_signing.signed_pdf(place, report.id, "en")
    set_clock(place, "2026-04-20T12:00")
    a_late_entry(place, course)
    assert report_signing.signed_pdf(place, report.id, "en") == before


def test_what_lies_outside_the_cycle_leaves_its_report_signed(place: Workplace) -> None:
    course = over(place)
    report_signing.sign_report(place, course, 1, OWN)
    set_clock(place, "2026-03-30T23:00")
    confirm_range(place, RangeConfirmation(course, date(2026, 3, 30), date(2026, 3, 30)))
    assert report_signing.cycle_standing(place, course, 1).standing is Standing.SIGNED


def test_a_dose_recorded_afterwards_supersedes_the_report_and_is_named(place: Workplace) -> None:
    course = over(place)
    report_signing.sign_report(place, course, 1, OWN)
    a_late_entry(place, course)
    found = report_signing.cycle_standing(place, course, 1)
    assert found.standing is Standing.SUPERSEDED
    (change,) = found.changes
    text = catalogue("en").text(change_text(change, "en")).replace("\N{NO-BREAK SPACE}", " ")
    assert text == "sorafenib, day 2, morning: signed: unconfirmed; now: missed"
    assert "漏用" in catalogue("zh").text(change_text(change, "zh"))


def test_a_toxicity_entered_afterwards_is_a_fact_that_came(place: Workplace) -> None:
    course = over(place)
    report_signing.sign_report(place, course, 1, OWN)
    patient = report_signing.edition_of(place, course, 1, 1).patient_id
    fever = ToxicityEvent.of(patient, course, "fever_drug", ZONE, 2, date(2026, 3, 4))
    record_event(place, fever)
    (change,) = report_signing.cycle_standing(place, course, 1).changes
    assert change.before is None and change.fact.id.startswith("toxicity ")


def test_signing_again_needs_a_change_and_a_reason_and_keeps_both_editions(
    place: Workplace,
) -> None:
    course = over(place)
    report_signing.sign_report(place, course, 1, OWN)
    with pytest.raises(Refused) as refused:
        report_signing.sign_report(place, course, 1, OWN, "to be sure")
    assert refused.value.message.key == "signing.unchanged"
    a_late_entry(place, course)
    with pytest.raises(BadInput) as bad:
        report_signing.sign_report(place, course, 1, OWN)
    assert bad.value.field == "reason"
    report_signing.sign_report(place, course, 1, OWN, "a dose came to light")
    found = report_signing.cycle_standing(place, course, 1)
    assert found.standing is Standing.SIGNED
    assert [one.signature.edition for one in found.editions] == [1, 2]
    assert found.signed is not None
    assert "a dose came to light" in printed(
        report_signing.signed_pdf(place, found.signed.id, "en")
    )


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_copy_is_known_by_its_bytes_and_one_changed_byte_is_noticed(
    place: Workplace, language: Language
) -> None:
    course = over(place)
    report_signing.sign_report(place, course, 1, OWN)
    report = report_signing.cycle_standing(place, course, 1).signed
    assert report is not None
    changes, name, document = report_signing.give_copy(place, report.id, language)
    assert changes.touched == {Touched.REPORTS} and name.endswith(f"-e1-{language}.pdf")
    found = report_signing.check_report(place, document)
    assert found is not None
    assert (found.report.id, found.newest, found.changes) == (report.id, 1, ())
    for at in range(0, len(document), len(document) // 7):
        forged = bytearray(document)
        forged[at] ^= 1
        assert report_signing.check_report(place, bytes(forged)) is None


def test_a_checked_copy_says_that_a_later_edition_replaced_it(place: Workplace) -> None:
    course = over(place)
    report_signing.sign_report(place, course, 1, OWN)
    first = report_signing.cycle_standing(place, course, 1).signed
    assert first is not None
    _, _, document = report_signing.give_copy(place, first.id, "en")
    a_late_entry(place, course)
    report_signing.sign_report(place, course, 1, OWN, "a dose came to light")
    found = report_signing.check_report(place, document)
    assert found is not None and found.newest == 2 and len(found.changes) == 1


def test_a_command_sent_twice_signs_once(place: Workplace) -> None:
    course, command = over(place), uuid4()
    first = report_signing.sign_report(place, course, 1, OWN, command_id=command)
    again = report_signing.sign_report(place, course, 1, OWN, command_id=command)
    assert again.replayed and again.sequence == first.sequence


def test_the_frozen_form_is_the_digest_kept_in_the_trail(place: Workplace) -> None:
    course = over(place)
    report_signing.sign_report(place, course, 1, OWN)
    report = report_signing.edition_of(place, course, 1, 1)
    event = audit.event(place.store, report.sequence)
    assert event is not None
    (change,) = event.changes
    assert change.after is not None and change.after["digest"] == report.digest
    altered = replace(report, facts=report.facts[1:])
    assert altered.digest != report.digest


def test_two_readings_of_one_minute_are_two_facts(place: Workplace) -> None:
    course = over(place)
    report = cycle_report(place, course, 1)
    first = report.readings[0]
    twice = replace(report, readings=(*report.readings, replace(first, grade=2)))
    facts = report_facts(twice, {one: catalogue(one) for one in LANGUAGES})
    ids = [fact.id for fact in facts]
    assert len(set(ids)) == len(ids)
    assert fact_changes(facts, facts) == ()
