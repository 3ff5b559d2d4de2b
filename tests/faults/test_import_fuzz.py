"""Files that somebody broke on purpose: refused in words and soon, or read; never half written."""

from __future__ import annotations

import csv
import io
import json
import random
import time
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from aml_maint.domain.errors import UserError
from aml_maint.domain.pseudonym import Privacy
from aml_maint.reports.table_file import TableFile, xlsx_bytes
from aml_maint.services.exporting import DataFormat, Wanted, export_data
from aml_maint.services.fhir_importing import RowState as BundleState
from aml_maint.services.fhir_importing import import_bundle, preview_bundle
from aml_maint.services.importing import import_cohort, preview_cohort
from aml_maint.services.lab_import import Accepted, import_labs, preview_labs
from aml_maint.services.lab_import import RowState as LabState
from aml_maint.services.language import catalogue
from aml_maint.services.workplace import Workplace
from aml_maint.store import cohorts
from aml_maint.store.database import Store
from tests.builders import a_patient, a_ward
from tests.faults import flows, tally
from tests.faults.disk_tape import quick_disk
from tests.faults.failing import lay

ROUNDS = 5_000
AT_ONE_DESK = 10  # what one file brought in makes the next ones the same again
SLOWEST, LARGEST = 2.0, 300 * 2**20  # seconds of the processor, bytes
LABS = """MRN,采样时间,项目,结果,单位,参考范围
MRN-9,2026-03-01 06:30,PLT,96,10^9/L,125-350
MRN-9,2026/3/1 06:30,谷丙转氨酶,60 ↑,U/L,9–50
""".encode()
BITS = (
    b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b'"', b'""', b"\r", b"\n", b",", b";", b"\t", b"=1+1",
    b"\xed\xa0\x80", b"9" * 400, b"1e999", b"-", b"NaN", "\u202e".encode(), "😀".encode(),
    "病".encode("gb18030"), b"PK\x03\x04", b"<!DOCTYPE x [<!ENTITY a 'a'>]>", b"{}", b"x" * 20_000,
)  # fmt: skip

Reader = Callable[[Workplace, bytes], object]
"""Looks at a file and takes it in if nothing stands against it; the rows that it has to add."""


@cache
def prepared() -> bytes:
    """A closed ward file with one patient on a course."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "ward.amldb"
        with Store.create(path, flows.KEY, "ward", durable=False) as store:
            flows.on_course(a_ward(store), a_patient("MRN-9"))
        return path.read_bytes()


@contextmanager
def at_desk(path: Path) -> Iterator[Workplace]:
    """The ward as it was before any import."""
    lay(path, prepared())
    with quick_disk(), Store.open(path, flows.KEY, check=False) as store:
        yield a_ward(store)


@pytest.fixture
def place(path: Path) -> Iterator[Workplace]:
    with at_desk(path) as place:
        yield place


def read_cohort(place: Workplace, data: bytes) -> int:
    found = preview_cohort(place, data, "Fuzz")
    import_cohort(place, found)
    return found.new


def read_labs(place: Workplace, data: bytes) -> int:
    found = preview_labs(place, data)
    import_labs(place, found, Accepted())
    return sum(row.state is LabState.NEW for row in found.rows)


def read_bundle(place: Workplace, data: bytes) -> int:
    found = preview_bundle(place, data)
    import_bundle(place, found)
    return found.count(BundleState.NEW)


@cache
def a_workbook(data: bytes) -> bytes:
    """The table of a text file as a workbook."""
    head, *rows = csv.reader(io.StringIO(data.decode("utf-8-sig")))
    return xlsx_bytes(TableFile("t", tuple(head), tuple(tuple(row) for row in rows)))


@cache
def a_bundle() -> bytes:
    """Everything of a small ward as the program exports it."""
    with TemporaryDirectory() as folder, quick_disk():
        path = Path(folder) / "other.amldb"
        flows.build(path)
        with Store.open(path, flows.KEY, check=False) as store:
            target = Path(folder) / "bundle.json"
            export_data(
                a_ward(store, flows.NOW), Wanted(DataFormat.FHIR, Privacy.IDENTIFIED), target
            )
            return target.read_bytes()


def broken(data: bytes, chance: random.Random) -> bytes:
    """A file with some bytes changed, cut out, doubled, or put in."""
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(data) + 1)
        cut = chance.choice((0, 0, 1, 3, 40, len(data)))
        put = chance.choice((b"", chance.choice(BITS), chance.randbytes(3), data[at : at + 60]))
        data = data[:at] + put + data[at + cut :]
    return data


def broken_inside(data: bytes, chance: random.Random) -> bytes:
    """A packed file with one part broken before it was packed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as book, zipfile.ZipFile(out, "w") as packed:
        spoilt = chance.choice(book.namelist())
        for name in book.namelist():
            part = book.read(name)
            packed.writestr(name, broken(part, chance) if name == spoilt else part)
    return out.getvalue()


def broken_meaning(data: bytes, chance: random.Random) -> bytes:
    """A JSON file of sound grammar in which values were taken away, exchanged or made strange."""
    whole = json.loads(data)
    for _ in range(chance.randint(1, 3)):
        holder = whole
        while True:
            keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
            key = chance.choice(keys)
            inner = holder[key]
            if not isinstance(inner, dict | list) or not inner or chance.random() < 0.1:
                break
            holder = inner
        if chance.random() < 0.3:
            del holder[key]
        else:
            holder[key] = chance.choice(STRANGE)
        if not whole:
            break
    return json.dumps(whole).encode()


STRANGE = (
    None, True, -1, 10**400, 1e308, "", "\0", "x" * 20_000, [], {}, [[]], "2026-02-30", "NaN",
    "../../etc", "'; DROP TABLE patients; --", "\ud800", {"table": "accounts"}, "urn:uuid:x",
)  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """A kind of file: how it is read, how a sound one is made and broken, how often of a 100."""

    read: Reader
    sound: Callable[[], bytes]
    broken: Callable[[bytes, random.Random], bytes]
    share: int


KINDS = {
    "cohort, CSV": Kind(read_cohort, lambda: flows.COHORT, broken, 34),
    "results, CSV": Kind(read_labs, lambda: LABS, broken, 34),
    "cohort, XLSX": Kind(read_cohort, lambda: a_workbook(flows.COHORT), broken, 6),
    "cohort, XLSX inside": Kind(read_cohort, lambda: a_workbook(flows.COHORT), broken_inside, 8),
    "results, XLSX inside": Kind(read_labs, lambda: a_workbook(LABS), broken_inside, 8),
    "bundle, JSON": Kind(read_bundle, a_bundle, broken, 5),
    "bundle, JSON inside": Kind(read_bundle, a_bundle, broken_meaning, 5),
}


def size_of(place: Workplace) -> int:
    """How many rows of people, values and records the ward has."""
    counts = place.store.counts()
    return sum(counts[table] for table in counts if table not in {"audit", "meta"})


def answer(place: Workplace, read: Reader, data: bytes) -> bool:
    """Whether a file was refused: in words, soon, and with nothing written."""
    before, rows = place.store.head(), size_of(place)
    began = time.process_time()
    refused: UserError | None = None
    try:
        added = read(place, data)
    except UserError as error:
        refused = error
    assert time.process_time() - began < SLOWEST
    if refused is None:
        written = place.store.head().sequence - before.sequence
        assert written == bool(added) and size_of(place) >= rows + added
        return False
    assert catalogue("zh").text(refused.message)
    assert (place.store.head(), size_of(place)) == (before, rows)
    return True


@pytest.mark.parametrize("batch", tally.BATCHES)
@pytest.mark.parametrize("name", KINDS)
def test_broken_files_are_refused_in_words_or_wholly_taken_in(
    path: Path, name: str, batch: int
) -> None:
    kind, chance = KINDS[name], tally.chances(name, batch)
    tries, refused = ROUNDS * kind.share // 100, 0
    for _ in range(tries // AT_ONE_DESK):
        with at_desk(path) as place:
            files = (kind.broken(kind.sound(), chance) for _ in range(AT_ONE_DESK))
            refused += sum(answer(place, kind.read, data) for data in files)
    assert refused > 0
    tally.tried("import_fuzz", tries)


@pytest.mark.parametrize("name", KINDS)
def test_a_sound_file_of_the_kind_is_taken_in(place: Workplace, name: str) -> None:
    assert not answer(place, KINDS[name].read, KINDS[name].sound())


def test_the_kinds_together_are_tried_5000_times() -> None:
    assert sum(kind.share for kind in KINDS.values()) == 100
    assert all(ROUNDS * kind.share // 100 % AT_ONE_DESK == 0 for kind in KINDS.values())


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
    for read in (read_cohort, read_labs):
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
    tally.tried("import_fuzz", 3)


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
