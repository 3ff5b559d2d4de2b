"""The closed file is damaged: never a raw error, and never a changed value that goes unnoticed."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from aml_maint.domain.errors import StorageProblem, Unchecked
from aml_maint.store import engine
from aml_maint.store.database import Store
from tests.faults import tally
from tests.faults.disk_tape import quick_disk
from tests.store.rows import (
    PASSPHRASE,
    a_command,
    a_lab_value,
    an_administration,
    content,
    insert,
    started_course,
)

FLIPS, CUTS, ZEROED, FOREIGN, BESIDE = 800, 100, 80, 20, 60
REASONS = {"store.damaged", "store.not_opened", "store.cut_short", "store.empty"}

Content = dict[str, list[dict[str, object]]]


@pytest.fixture
def sound(store: Store, path: Path) -> tuple[bytes, Content]:
    """The bytes and the content of a closed file."""
    course = started_course(store)
    for number in range(40):
        insert(store, "administrations", an_administration(course, number))
        insert(store, "lab_values", a_lab_value(course["patient_id"], value=f"{number}.10"))
    assert store.rows("PRAGMA freelist_count") == [{"freelist_count": 0}]  # every page counts
    found = content(store)
    store.close()
    return path.read_bytes(), found


def noticed(path: Path, expected: Content) -> bool:
    """Whether opening is refused with a reason; if not, nothing may read otherwise than before."""
    refused: StorageProblem | None = None
    try:
        with quick_disk(), Store.open(path, PASSPHRASE) as store:
            found = content(store)
    except StorageProblem as problem:
        refused = problem
    if refused is None:
        assert found == expected
        return False
    assert refused.message.key in REASONS
    assert refused.hint is not None
    return True


@pytest.mark.parametrize("batch", tally.BATCHES)
def test_flipped_bits_are_noticed_or_harm_nothing(
    path: Path, sound: tuple[bytes, Content], batch: int
) -> None:
    original, expected = sound
    chance = tally.chances("flips", batch)
    found = 0
    for _ in range(FLIPS):
        spoilt = bytearray(original)
        spoilt[chance.randrange(len(spoilt))] ^= 1 << chance.randrange(8)
        path.write_bytes(spoilt)
        found += noticed(path, expected)
    tally.tried("damaged_file", FLIPS, undetected=FLIPS - found)  # every page is in use


@pytest.mark.parametrize("batch", tally.BATCHES)
def test_truncations_are_noticed(path: Path, sound: tuple[bytes, Content], batch: int) -> None:
    original, expected = sound
    chance = tally.chances("cuts", batch)
    pages = len(original) // engine.PAGE_SIZE
    sizes = [chance.randrange(len(original)) for _ in range(CUTS // 2)]
    sizes += [chance.randrange(pages) * engine.PAGE_SIZE for _ in range(CUTS // 2)]
    for size in sizes:
        path.write_bytes(original[:size])
        assert noticed(path, expected)
    tally.tried("damaged_file", len(sizes))


@pytest.mark.parametrize("batch", tally.BATCHES)
def test_zeroed_pages_are_noticed(path: Path, sound: tuple[bytes, Content], batch: int) -> None:
    original, expected = sound
    pages = len(original) // engine.PAGE_SIZE
    for page in tally.chances("zeroed", batch).choices(range(pages), k=ZEROED):
        spoilt = bytearray(original)
        spoilt[page * engine.PAGE_SIZE : (page + 1) * engine.PAGE_SIZE] = bytes(engine.PAGE_SIZE)
        path.write_bytes(spoilt)
        assert noticed(path, expected)
    tally.tried("damaged_file", ZEROED)


def test_two_pages_of_one_file_that_changed_places_are_noticed(
    path: Path, sound: tuple[bytes, Content]
) -> None:
    original, expected = sound
    size = engine.PAGE_SIZE
    pages = [original[start : start + size] for start in range(0, len(original), size)]
    pages[4], pages[9] = pages[9], pages[4]
    path.write_bytes(b"".join(pages))
    assert noticed(path, expected)


def test_a_page_that_fell_back_to_an_older_state_is_noticed(store: Store, path: Path) -> None:
    """Each page's own seal is right, so only the audit trail can tell."""
    course = started_course(store)
    older, newer = b"", path.read_bytes()
    number = 0
    # Only pages of files of one size can change places: the row must find room in a page.
    while number < 5 or len(older) != len(newer):
        older = newer
        insert(store, "administrations", an_administration(course, number))
        newer, number = path.read_bytes(), number + 1
    store.close()
    size = engine.PAGE_SIZE
    changed = [start for start in range(0, len(newer), size)
               if newer[start : start + size] != older[start : start + size]]  # fmt: skip
    assert len(changed) > 3
    with Store.open(path, PASSPHRASE) as again:
        expected = content(again)
    for start in changed[1:]:  # the first holds only counters
        path.write_bytes(newer[:start] + older[start : start + size] + newer[start + size :])
        with pytest.raises(StorageProblem):
            Store.open(path, PASSPHRASE)
    path.write_bytes(newer)
    assert not noticed(path, expected)
    tally.tried("damaged_file", len(changed) - 1)
    tally.control(
        "damaged_file", unseen_without_the_trail(path, newer, older, changed[1:]), len(changed) - 1
    )


def unseen_without_the_trail(path: Path, newer: bytes, older: bytes, pages: list[int]) -> int:
    """The control: of pages that fell back, those that the seals alone let pass."""
    unseen = 0
    for start in pages:
        end = start + engine.PAGE_SIZE
        path.write_bytes(newer[:start] + older[start:end] + newer[end:])
        with suppress(StorageProblem), Store.open(path, PASSPHRASE, check=False):
            unseen += 1
    return unseen


@pytest.mark.parametrize("batch", tally.BATCHES)
def test_damage_is_noticed_beside_the_first_use_as_it_is_before_it_and_nothing_is_written(
    path: Path, sound: tuple[bytes, Content], batch: int
) -> None:
    original, expected = sound
    chance, size = tally.chances("beside", batch), engine.PAGE_SIZE
    for number in range(BESIDE):
        spoilt = bytearray(original)
        if number % 3 == 0:
            del spoilt[chance.randrange(len(original) // size) * size :]
        elif number % 3 == 1:
            start = chance.randrange(len(original) // size) * size
            spoilt[start : start + size] = bytes(size)
        else:
            spoilt[chance.randrange(len(spoilt))] ^= 1 << chance.randrange(8)
        path.write_bytes(spoilt)
        seen = noticed(path, expected)
        path.write_bytes(spoilt)
        refused: StorageProblem | None = None
        try:
            with quick_disk(), Store.open(path, PASSPHRASE, check="beside") as store:
                with pytest.raises(Unchecked), store.write(a_command()):
                    pass
                with suppress(StorageProblem):
                    content(store)  # what a screen may meet before the check is done
                store.check.finish()
        except StorageProblem as problem:
            refused = problem
        assert (refused is not None) == seen
        assert refused is None or (refused.message.key in REASONS and path.read_bytes() == spoilt)
    tally.tried("damaged_file", BESIDE)


@pytest.mark.parametrize("batch", tally.BATCHES)
def test_foreign_files_are_refused_and_left_alone(path: Path, batch: int) -> None:
    chance = tally.chances("foreign", batch)
    beginnings = [b"\x89PNG\r\n\x1a\n", b"%PDF-1.7\n", b"PK\x03\x04", b"SQLite format 3\0", b""]
    for number in range(FOREIGN):
        start = beginnings[number % len(beginnings)]
        pages = chance.randint(1, 5) * engine.PAGE_SIZE
        foreign = start + chance.randbytes(pages - len(start))
        path.write_bytes(foreign)
        with pytest.raises(StorageProblem) as caught:
            Store.open(path, PASSPHRASE)
        assert caught.value.message.key == "store.not_opened"
        assert path.read_bytes() == foreign
    tally.tried("damaged_file", FOREIGN)
