"""Files that somebody broke on purpose: refused in words and soon, or read; never half written."""

from __future__ import annotations

import io
import random
import time
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from aml_maint.domain.errors import UserError
from aml_maint.services.importing import check_importable, import_cohort, preview_cohort
from aml_maint.services.lab_import import preview_labs
from aml_maint.services.language import catalogue
from aml_maint.services.workplace import Workplace
from aml_maint.store import cohorts
from aml_maint.store.database import Store
from tests.builders import a_patient, a_ward
from tests.faults import flows, tally

ROUNDS = 5_000
SLOWEST, LARGEST = 2.0, 300 * 2**20  # seconds of the processor, bytes
LABS = """MRN,采样时间,项目,结果,单位,参考范围
MRN-1,2026-03-01 06:30,PLT,96,10^9/L,125-350
MRN-1,2026/3/1 06:30,谷丙转氨酶,60 ↑,U/L,9–50
""".encode()
BITS = (
    b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b'"', b'""', b"\r", b"\n", b",", b";", b"\t", b"=1+1",
    b"\xed\xa0\x80", b"9" * 400, b"1e999", b"-", b"NaN", "\u202e".encode(), "😀".encode(),
    "病".encode("gb18030"), b"PK\x03\x04", b"<!DOCTYPE x [<!ENTITY a 'a'>]>", b"{}", b"x" * 20_000,
)  # fmt: skip

Reader = Callable[[Workplace, bytes], object]


@pytest.fixture
def place(path: Path) -> Iterator[Workplace]:
    with Store.create(path, flows.KEY, "ward", durable=False) as store:
        place = a_ward(store)
        flows.on_course(place, a_patient("MRN-1"))
        yield place


def read_cohort(place: Workplace, data: bytes) -> object:
    check_importable(found := preview_cohort(place, data, "Fuzz"))
    return found


READERS: tuple[tuple[Reader, bytes], ...] = ((read_cohort, flows.COHORT), (preview_labs, LABS))


def broken(data: bytes, chance: random.Random) -> bytes:
    """A file with some bytes changed, cut out, doubled, or put in."""
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(data) + 1)
        cut = chance.choice((0, 0, 1, 3, 40, len(data)))
        put = chance.choice((b"", chance.choice(BITS), chance.randbytes(3), data[at : at + 60]))
        data = data[:at] + put + data[at + cut :]
    return data


def answer(place: Workplace, read: Reader, data: bytes) -> bool:
    """Whether a file was refused; the refusal has its words, and nothing takes long."""
    began = time.process_time()
    refused: UserError | None = None
    try:
        read(place, data)
    except UserError as error:
        refused = error
    assert time.process_time() - began < SLOWEST
    assert refused is None or catalogue("zh").text(refused.message)
    return refused is not None


@pytest.mark.parametrize("batch", tally.BATCHES)
def test_broken_files_are_refused_in_words_or_read_and_nothing_is_written(
    place: Workplace, batch: int
) -> None:
    before, chance = place.store.head(), tally.chances("import_fuzz", batch)
    refused = 0
    for number in range(ROUNDS):
        read, sound = READERS[number % 2]
        refused += answer(place, read, broken(sound, chance))
    assert place.store.head() == before
    assert refused > 0
    tally.tried("import_fuzz", ROUNDS)


def a_bomb() -> bytes:
    """A small packed file that is 200 MiB when it is unpacked."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as bomb:
        bomb.writestr("xl/worksheets/sheet1.xml", bytes(200 * 2**20))
    return packed.getvalue()


HEAD = flows.COHORT.split(b"\n")[0]
HUGE: dict[str, Callable[[], bytes]] = {
    "larger than it looks": a_bomb,
    "too large": lambda: b"x," * (6 * 2**20),
    "too many rows": lambda: HEAD + b"\n1" * 100_000,
    "too many columns": lambda: b"c," * (4 * 2**20) + b"\n1",
    "one cell": lambda: HEAD + b"\n" + b"9" * (9 * 2**20),
    "a quote that never ends": lambda: HEAD + b'\n"' + b"a\n" * (4 * 2**20),
    "zeros": lambda: bytes(9 * 2**20),
}


@pytest.mark.parametrize("name", HUGE)
def test_huge_files_are_refused_soon_and_take_little_memory(place: Workplace, name: str) -> None:
    before, data = place.store.head(), HUGE[name]()
    for read, _ in READERS:
        assert answer(place, read, data)
    tracemalloc.start()
    try:
        with pytest.raises(UserError):
            read_cohort(place, data)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < LARGEST
    assert place.store.head() == before
    tally.tried("import_fuzz", len(READERS) + 1)


def test_an_import_that_breaks_off_half_way_leaves_nothing(
    place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = preview_cohort(place, flows.COHORT, "Cheng2025")
    whole, done = cohorts.add, 0

    def breaks_off(*given: object) -> None:
        nonlocal done
        done += 1
        if done == 10:
            raise ZeroDivisionError
        whole(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(cohorts, "add", breaks_off)
    before = place.store.counts()["patients"]
    with pytest.raises(ZeroDivisionError):
        import_cohort(place, found)
    assert place.store.counts()["patients"] == before
    done = 0
    # The control: a store that keeps what was done so far is left with half an import.
    monkeypatch.setattr(Store, "_undo", lambda store, _: store._connection.execute("COMMIT"))
    with pytest.raises(ZeroDivisionError):
        import_cohort(place, found)
    tally.control("import_fuzz", place.store.counts()["patients"] - before, 19)
