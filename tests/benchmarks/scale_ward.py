"""A ward of any size: `python -m tests.benchmarks.scale_ward FILE --patients 1000 --doses 5000000`.

A few patients' stories are told through the services, as in the demo ward. Each of their audit
events is then repeated for many patients, with other ids, names and days, in the order of time,
chained anew, with the rows that it says. So the file is what the services would have written, at
a fraction of the time: `tests/store/test_scale_ward.py` repeats a ward as it is and gets the same
rows, entries and last hash, and a ward of repeated patients passes every check of opening.

The patients on therapy stand at all days of a cycle, some after years; those of before make up
the number of doses, spread over the years. Keep this program, not the file.
"""

from __future__ import annotations

import argparse
import hashlib
import heapq
import json
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from random import Random
from typing import Any

from aml_maint.domain.moment import Moment
from aml_maint.services.clock import SetClock
from aml_maint.services.demo_step import NURSE
from aml_maint.services.demo_story import steps_of
from aml_maint.services.local_zone import DEFAULT_ZONE
from aml_maint.services.workplace import Workplace
from aml_maint.store import audit, event_rows
from aml_maint.store.database import Store
from aml_maint.store.event_rows import State

PASSPHRASE = "scale ward, no secrets here"
NOW = datetime(2026, 3, 10, 7, 15)  # before the first doses of the day
CYCLE_DAYS = 28
# What stands in a story for the names and the number of whoever repeats it.
FAMILY, GIVEN, MRN = "Xqfamily", "Xqgiven", "Xqnumber"
_TOKEN = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\d{4}-\d\d-\d\d"
    rf"|{FAMILY}|{GIVEN}|{MRN}|(?<=\"prior\":)\d+|(?<=\"seq\":)\d+(?=,\"v\":1}}$)"
)
_FAMILIES = (
    "Bai Cai Cao Chang Chen Cheng Cui Dai Deng Ding Dong Du Duan Fan Fang Feng Fu Gao Gong Gu Guo"
    " Han Hao He Hou Hu Huang Jia Jiang Jin Kang Kong Lai Lei Li Liang Liao Lin Liu Long Lu Luo Ma"
    " Mao Meng Mo Niu Pan Peng Qian Qiao Qin Qiu Ren Shao Shen Shi Song Su Sun Tan Tang Tao Tian"
    " Wan Wang Wei Wen Wu Xia Xiang Xiao Xie Xiong Xu Xue Yan Yang Yao Ye Yi Yin Yu Yuan Zeng Zhang"
    " Zhao Zheng Zhong Zhou Zhu Zou"
)
_SYLLABLES = (
    "an bin bo chao cheng chun dan fang fei gang guo hai hao hong hua hui jia jian jie jing jun kai"
    " lan lei li lin ling long mei min ming na ning peng ping qi qiang qing rong rui shan shu ting"
    " tao wei wen xia xin xiu xue yan yang yi ying yong yu yuan yun ze zhen zhi"
)
_CHANCE = (1 << 62) - 1
_OF_PATIENT = " AND seq IN (SELECT seq FROM audit_patients WHERE patient_id = ?)"
_DOSES_OF = "SELECT count(*) AS n FROM administrations WHERE patient_id = ?"
_COMMIT_EVERY = 4_000  # events
_CACHE_KIB = 1_500_000


@dataclass(frozen=True)
class Size:
    """How large a ward is to be: who is on therapy, in which cycles, and all doses."""

    patients: int
    doses: int = 0
    years: int = 20
    cycles: int = 12
    longest: int = 65
    least: int = 1
    days: int = CYCLE_DAYS
    """How many different days of a cycle the patients stand at."""


@dataclass(frozen=True)
class Entry:
    """One audit event as text in pieces, every second of which is replaced in a copy."""

    sequence: int
    at: int
    """Days since year 1 times 86,400, and seconds: when it was recorded (UTC)."""
    pieces: tuple[str, ...]
    tokens: tuple[str, ...]
    """The different pieces to replace."""
    places: tuple[int, ...]
    """Which of them stands at each place."""


@dataclass(frozen=True)
class Story:
    """All that was ever recorded of one patient."""

    entries: tuple[Entry, ...]
    doses: int


@dataclass(frozen=True)
class Copy:
    """One more patient with another's story, so many days earlier."""

    story: Story
    number: int | None
    """None for the patient as they are: nothing is replaced but numbers of events."""
    days_earlier: int = 0


def told(folder: Path, name: str, now: datetime, **facts: Any) -> Story:
    """A patient's story, told through the services in a ward of its own."""
    path = folder / f"story-{name}.amldb"
    with Store.create(path, PASSPHRASE, "ward", durable=False) as store:
        tell(store, name, now, **facts)
        found = story_in(store)
    path.unlink()
    return found


def tell(store: Store, name: str, now: datetime, **facts: Any) -> None:
    """Write a patient's story through the services, as the demo ward's are."""
    story = {
        "family": FAMILY, "given": GIVEN, "initials": "xq", "mrn": f"{MRN}{name}",
        "sex": "female", "born": "1968-05-01", "ward": "Ward A", "bed": "1",
        "risk": "intermediate", "regimen": "sorafenib_iti", "platelets": 128, "ibuprofen": 200,
        "delays": {}, "story": "", "mrd": "negative",
    }  # fmt: skip
    clock = SetClock(Moment.at(now, DEFAULT_ZONE))
    place = Workplace(store, clock, NURSE, DEFAULT_ZONE)
    steps = [one for one in steps_of(story | facts, now.date()) if one.at <= now]
    for step in sorted(steps, key=lambda step: step.at):
        clock.set(step.at)
        step.act(place.acting_as(step.actor))


def story_in(store: Store, patient_id: str | None = None) -> Story:
    """Everything after the first event of a file, or of one patient, as what can be repeated."""
    whose, values = ("", ()) if patient_id is None else (_OF_PATIENT, (patient_id,))
    rows = store.rows(f"SELECT seq, event FROM audit WHERE seq > 1{whose} ORDER BY seq", values)
    if patient_id is None:
        doses = store.counts()["administrations"]
    else:
        doses = store.rows(_DOSES_OF, values)[0]["n"]
    return Story(tuple(_entry(row["seq"], row["event"]) for row in rows), doses)


def _entry(sequence: int, text: str) -> Entry:
    pieces = _split(text)
    tokens = tuple(dict.fromkeys(pieces[1::2]))
    at = datetime.fromisoformat(json.loads(text)["command"]["recorded"]["utc"])
    seconds = at.toordinal() * 86_400 + at.hour * 3600 + at.minute * 60 + at.second
    places = tuple(tokens.index(piece) for piece in pieces[1::2])
    return Entry(sequence, seconds, tuple(pieces), tokens, places)


def _split(text: str) -> list[str]:
    """Text, token, text, token, …, text."""
    pieces, end = [], 0
    for found in _TOKEN.finditer(text):
        pieces += [text[end : found.start()], found[0]]
        end = found.end()
    return [*pieces, text[end:]]


class Copier:
    """Writes the events of one copy, each when its turn comes."""

    def __init__(self, copy: Copy) -> None:
        self.copy = copy
        self._known: dict[str, str] = {}
        self._sequences: dict[str, str] = {}
        number = copy.number
        self._mask = 0
        if number is not None:
            seed = hashlib.blake2b(str(number).encode(), digest_size=16).digest()
            self._mask = int.from_bytes(seed, "big")
            self._known[FAMILY], self._known[GIVEN] = _name(number)
            self._known[MRN] = f"S-{number:06}-"
        self._days: dict[str, str] = {}

    def turns(self) -> Iterator[tuple[int, int, Entry, Copier]]:
        """When each event was recorded, what settles ties, the event, and this."""
        earlier = self.copy.days_earlier * 86_400
        number = self.copy.number or 0
        for entry in self.copy.story.entries:
            yield entry.at - earlier, number, entry, self

    def text(self, entry: Entry, sequence: int) -> str:
        """The event as the next of a chain."""
        given = str(sequence)
        self._sequences[str(entry.sequence)] = given
        values = [self._value(token) for token in entry.tokens]
        pieces = list(entry.pieces)
        pieces[1::2] = [values[place] for place in entry.places]
        return "".join(pieces)

    def _value(self, token: str) -> str:
        size = len(token)
        if size == 36:
            return self._id(token)
        if size == 10 and token[4] == "-":
            return self._day(token)
        return self._known[token] if token in self._known else self._sequences.get(token, token)

    def _id(self, token: str) -> str:
        if not self._mask:
            return token
        id = int(token.replace("-", ""), 16)
        if token[14] == "7":
            # The first 48 bits are the time in milliseconds, the last 62 nothing but chance.
            id = (id - (self.copy.days_earlier * 86_400_000 << 80)) ^ (self._mask & _CHANCE)
        else:
            id ^= self._mask
        h = f"{id:032x}"
        return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"

    def _day(self, token: str) -> str:
        if not self.copy.days_earlier:
            return token
        known = self._days.get(token)
        if known is None:
            day = date.fromisoformat(token) - timedelta(days=self.copy.days_earlier)
            known = self._days[token] = day.isoformat()
        return known


def _name(number: int) -> tuple[str, str]:
    """An invented name, always the same for a number."""
    random = Random(number)
    given = random.choice(_SYLLABLES.split()) + random.choice(
        ("", random.choice(_SYLLABLES.split()))
    )
    return random.choice(_FAMILIES.split()), given.capitalize()


class Loader:
    """Puts events and their rows into an open file, as the store does, many in one commit."""

    def __init__(self, store: Store) -> None:
        self._connection, self._guard = store._connection, store._guard
        self._columns = store.columns
        head = store.head()
        self.sequence, self.hash = head.sequence, head.hash
        self._course_patient: dict[str, str] = {}
        self._inserts: dict[str, str] = {}

    def load(self, copies: Iterable[Copy]) -> None:
        """Every event of every copy, in the order of time."""
        turns = heapq.merge(
            *(Copier(copy).turns() for copy in copies),
            key=lambda turn: (turn[0], turn[1], turn[2].sequence),
        )
        execute, guard = self._connection.execute, self._guard
        guard.writing = True
        execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        execute("BEGIN IMMEDIATE")
        for _, _, entry, copier in turns:
            self._take(copier.text(entry, self.sequence + 1))
            if self.sequence % _COMMIT_EVERY == 0:
                execute("COMMIT")
                execute("BEGIN IMMEDIATE")
        execute("COMMIT")
        guard.writing = False

    def _take(self, text: str) -> None:
        self.sequence += 1
        event = json.loads(text)
        self.hash = audit.event_hash(self.sequence, text.encode(), self.hash)
        patients: set[str | None] = set()
        states = event_rows.states(event, self._columns)
        for (table, is_new), alike in groupby(states, lambda one: (one.table, one.before is None)):
            found = list(alike)
            self._write(table, [one.after for one in found], is_new=is_new)
            for one in found:
                self._touch(one, patients)
        self._connection.execute(
            "INSERT INTO audit (seq, command_id, event, hash) VALUES (?, ?, ?, ?)",
            (self.sequence, event["command"]["id"], text, self.hash),
        )
        self._connection.executemany(
            "INSERT INTO audit_patients (patient_id, seq) VALUES (?, ?)",
            [(patient, self.sequence) for patient in sorted(filter(None, patients))],
        )

    def _touch(self, state: State, patients: set[str | None]) -> None:
        table, before, after, _ = state
        if table == "courses":
            self._course_patient[after["id"]] = after["patient_id"]
        known = self._course_patient.get
        patients.add(audit.touches(table, after, known))
        if before:
            patients.add(audit.touches(table, {**after, **before}, known))

    def _write(self, table: str, rows: list[dict[str, Any]], *, is_new: bool) -> None:
        columns = self._columns[table]
        sequence = self.sequence
        if is_new:
            sql = self._inserts.get(table)
            if sql is None:
                names = ", ".join((*columns, "seq"))
                marks = ", ".join("?" * (len(columns) + 1))
                sql = self._inserts[table] = f"INSERT INTO {table} ({names}) VALUES ({marks})"
            # The rows of an event have their names in the order of the list of columns.
            self._connection.executemany(sql, [(*row.values(), sequence) for row in rows])
            return
        setting = ", ".join(f"{name} = ?" for name in (*columns, "seq"))
        self._connection.executemany(
            f"UPDATE {table} SET {setting} WHERE id = ?",
            [(*row.values(), sequence, row["id"]) for row in rows],
        )


def copies_for(folder: Path, size: Size, now: datetime) -> Iterator[Copy]:
    """The patients on therapy, then those of before until there are doses enough."""
    random = Random(size.patients)
    on_therapy = []
    for day in range(1, size.days + 1):
        long = day == size.days and size.longest > size.cycles
        cycles = size.longest if long else max(size.least, 1 + day * 5 % size.cycles)
        day_of = day * CYCLE_DAYS // size.days
        on_therapy.append(told(folder, f"on{day}", now, cycles=cycles, day=day_of))
    number = doses = 0
    while number < size.patients:
        number += 1
        story = on_therapy[number % len(on_therapy)]
        doses += story.doses
        yield Copy(story, number)
    if doses >= size.doses:
        return
    former = [
        told(folder, f"former{cycles}", now, cycles=cycles, day=CYCLE_DAYS, ended=40,
             story="completed")
        for cycles in (1, 2, 4, 6, 8, 12) if cycles <= size.cycles
    ]  # fmt: skip
    while doses < size.doses:
        number += 1
        story = random.choice(former)
        doses += story.doses
        yield Copy(story, number, 7 * random.randrange(size.years * 52))


def build(
    path: Path, size: Size, now: datetime = NOW, say: Callable[[str], None] | None = None
) -> Store:
    """A ward of that size in a new file, open; it is closed by the caller."""
    with tempfile.TemporaryDirectory() as folder:
        copies = list(copies_for(Path(folder), size, now))
    if say is not None:
        say(f"{len(copies)} patients, {sum(copy.story.doses for copy in copies)} doses to write")
    return written(path, copies)


def written(path: Path, copies: Iterable[Copy]) -> Store:
    """All copies in a new file, open; it is closed by the caller."""
    store = Store.create(path, PASSPHRASE, "ward", durable=False)
    Loader(store).load(copies)
    return store


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--patients", type=int, default=1_000)
    parser.add_argument("--doses", type=int, default=5_000_000)
    parser.add_argument("--years", type=int, default=20)
    options = parser.parse_args()
    began = time.perf_counter()

    def say(text: str) -> None:
        print(f"{time.perf_counter() - began:7.1f} s  {text}", flush=True)

    size = Size(options.patients, options.doses, options.years)
    with build(options.file, size, say=say) as store:
        say("written")
        counts = store.counts()
        told_counts = ", ".join(
            f"{counts[name]:,} {name}" for name in ("patients", "administrations", "audit")
        )
        say(f"{told_counts}; {options.file.stat().st_size / 1e6:,.0f} MB")


if __name__ == "__main__":
    sys.exit(main())
