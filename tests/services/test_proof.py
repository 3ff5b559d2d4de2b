"""The whole record against itself and against heads noted outside: backups, paper."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest

from aml_maint.domain.errors import BadInput, Refused, StorageProblem
from aml_maint.services import trust
from aml_maint.services.proof import head_slip_pdf, prove, typed_head
from aml_maint.services.workplace import Workplace
from aml_maint.store import audit, copies
from aml_maint.store.audit import Head
from tests.builders import moment, on_course, platelets


def ward(place: Workplace) -> Head:
    """A patient on course, a backup, and something recorded since; the head of the backup."""
    patient, _ = on_course(place)
    made = trust.backup_ward(place).report
    platelets(place, patient, "120", "2026-03-02T06:00")
    return made.head


def test_a_whole_record_holds_the_heads_of_its_backups_and_those_typed(place: Workplace) -> None:
    noted = ward(place)
    found = prove(place, typed=[typed_head(str(noted.sequence), noted.short)])
    assert (found.ward.head, len(found.held), found.replaced) == (place.store.head(), 2, 0)


def test_progress_is_told_from_nothing_to_all(place: Workplace) -> None:
    ward(place)
    steps: list[tuple[int, int]] = []
    prove(place, lambda done, of: not steps.append((done, of)))  # type: ignore[func-returns-value]
    end = place.store.head().sequence
    assert (steps[0], steps[-1]) == ((0, end), (end, end))


def test_a_check_that_is_stopped_says_so(place: Workplace) -> None:
    ward(place)
    with pytest.raises(Refused) as caught:
        prove(place, lambda done, of: done > 0)
    assert caught.value.message.key == "proof.stopped"


@pytest.mark.parametrize("digits", ["0123456789abcdef", "F" * 64])
def test_a_head_that_the_record_does_not_hold_is_told(place: Workplace, digits: str) -> None:
    ward(place)
    with pytest.raises(StorageProblem) as caught:
        prove(place, typed=[typed_head("2", digits)])
    assert caught.value.message.key == "store.chain.rewritten"


def test_a_head_beyond_the_end_shows_that_the_end_was_cut(place: Workplace) -> None:
    head = ward(place)
    with pytest.raises(StorageProblem) as caught:
        prove(place, typed=[typed_head("999", head.short)])
    assert caught.value.message.key == "store.chain.cut"


def test_two_heads_of_one_entry_must_both_be_right(place: Workplace) -> None:
    noted = ward(place)
    with pytest.raises(StorageProblem):
        prove(place, typed=[typed_head(str(noted.sequence), "0" * 16)])


def test_the_note_beside_a_backup_in_the_second_folder_counts_too(
    place: Workplace, tmp_path: Path
) -> None:
    ward(place)
    second = tmp_path / "stick"
    made = trust.backup_ward(place, second).report
    assert len(prove(place, second=second).held) == 2
    beside = copies.sidecar(made.path)
    beside.write_text(beside.read_text().replace(made.head.hash, "0" * 64))
    with pytest.raises(StorageProblem):
        prove(place, second=second)


@pytest.mark.parametrize(
    ("sequence", "digits", "field"),
    [
        ("", "0" * 16, "sequence"), ("0", "0" * 16, "sequence"), ("-1", "0" * 16, "sequence"),
        ("x", "0" * 16, "sequence"), ("٣", "0" * 16, "sequence"), ("3", "", "digits"),
        ("3", "0" * 15, "digits"), ("3", "0" * 17, "digits"), ("3", "g" * 16, "digits"),
    ],
)  # fmt: skip
def test_what_can_be_no_head_is_told_beside_its_field(
    sequence: str, digits: str, field: str
) -> None:
    with pytest.raises(BadInput) as caught:
        typed_head(sequence, digits)
    assert caught.value.field == field


def test_a_head_may_be_typed_with_the_spaces_and_capitals_of_paper() -> None:
    assert typed_head(" 1 234 ", "01AB 23cd-45EF 6789") == Head(1234, "01ab23cd45ef6789")


def test_heads_of_a_record_that_a_restore_replaced_are_counted_and_not_held_against_it(
    place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a restore: later backups note heads that the restored record never had."""
    noted = ward(place)
    later = trust.backup_ward(place).report
    beside = copies.sidecar(later.path)
    beside.write_text(beside.read_text().replace(later.head.hash, "0" * 64))
    with pytest.raises(StorageProblem):
        prove(place)
    (last,) = audit.latest(place.store, 1)
    command = replace(last.command, recorded=moment("2026-03-09T07:00"))
    restored = replace(last, sequence=noted.sequence + 1, command=command)
    monkeypatch.setattr(audit, "of_action", lambda *_: [restored])
    found = prove(place)
    assert (len(found.held), found.replaced) == (1, 1)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_head_slip_bears_number_and_digits_and_no_patient(
    place: Workplace, language: str
) -> None:
    pypdf = pytest.importorskip("pypdf")
    ward(place)
    name, document = head_slip_pdf(place, language)  # type: ignore[arg-type]
    (page,) = pypdf.PdfReader(io.BytesIO(document)).pages
    text = page.extract_text().replace(" ", "")
    head = place.store.head()
    assert head.short in text and str(head.sequence) in text
    assert "Chen" not in text and "MRN" not in text and "Chen" not in name
