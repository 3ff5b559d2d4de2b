"""What can still be read of a damaged ward file, written as plain tables into one folder.

Whoever has a passphrase of the ward and a role that may export gets it, for a damaged file can't
record who did. The folder is there whole or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from aml_maint.domain import roles
from aml_maint.domain.command import Role
from aml_maint.domain.errors import Refused, StorageProblem
from aml_maint.domain.messages import Catalogue, Language, Message, say
from aml_maint.reports.table_file import TableFile, TableFormat, table_bytes
from aml_maint.services.language import catalogue
from aml_maint.services.long_work import Step, Watch, unwatched, watched
from aml_maint.services.saving import new_folder
from aml_maint.services.workplace import Workplace
from aml_maint.store import accounts, salvage
from aml_maint.store.salvage import Lost, Row, Stretch, Trail
from aml_maint.store.viewing import View

ACTION = "salvage_ward"
OVERVIEW = "READ-ME-FIRST.txt"
_MARKS = {True: "yes", False: "NO", None: "unknown"}


@dataclass(frozen=True)
class Part:
    """One table: how many rows were read, came back from the trail, are as the trail says."""

    table: str
    read: int
    from_trail: int
    confirmed: int
    differing: int
    gaps: int

    @property
    def is_whole(self) -> bool:
        """Was every row read that the readable trail knows, with nothing wrong?"""
        return not (self.from_trail or self.differing or self.gaps)


@dataclass(frozen=True)
class Salvaged:
    """What lies in the folder now."""

    folder: Path
    parts: tuple[Part, ...]
    trail: tuple[Stretch, ...]
    events: int
    role_known: bool


def salvage_ward(
    place: Workplace, folder: Path, kind: TableFormat, language: Language,
    watch: Watch = unwatched,
) -> Salvaged:  # fmt: skip
    """Write every readable row of a damaged file, the trail, and what could not be read.

    Refused for roles that may not export, if the accounts can be read; BadInput if the folder is
    there already.
    """
    view = place.store
    assert isinstance(view, View)
    role_known = _expect_allowed(place)
    watch(Step.READING, 0, 0)
    trail = salvage.read_trail(view)
    parts: list[Part] = []
    with new_folder(folder) as inside:
        tables = list(view.columns)
        for done, table in enumerate(tables):
            watch(Step.READING, done, len(tables) + 1)
            part, rows = _part(view, table, trail, watch)
            parts.append(part)
            columns = ("id", "seq", *(c for c in view.columns[table] if c != "id"))
            if rows:
                _write(inside, table, ("found_in", "as_trail_says", *columns), rows, kind)
        watch(Step.WRITING, len(tables), len(tables) + 1)
        events = _write_trail(inside, view, watch)
        done_with = Salvaged(folder, tuple(parts), tuple(trail.stretches), events, role_known)
        told = "\r\n".join(_overview(done_with, place, catalogue(language)))
        (inside / OVERVIEW).write_text(told + "\r\n", "utf-8-sig", newline="")
        watch(Step.SAVING, 0, 0)
    return done_with


def _expect_allowed(place: Workplace) -> bool:
    """Refused for a person whose readable account has no role for it; was it readable?"""
    try:
        known = [one for one in accounts.all_accounts(place.store) if one.name == place.actor.name]
    except (StorageProblem, ValueError):
        return False
    if known and roles.may(ACTION, known[0].roles) is None:
        allowed = tuple(say(f"role.{r.value}") for r in Role if r in roles.MATRIX[ACTION])
        raise Refused(say("error.role", allowed=allowed), hint=say("error.role.hint"))
    return bool(known)


def _part(
    view: View, table: str, trail: Trail, watch: Watch
) -> tuple[Part, list[tuple[str, str, Row]]]:
    columns = ("id", "seq", *(c for c in view.columns[table] if c != "id"))
    rows: list[tuple[str, str, Row]] = []
    gaps, marks = 0, {True: 0, False: 0, None: 0}
    left = set(trail.latest.get(table, {}))
    for row in watched(salvage.rows_past_damage(view, table, columns), Step.READING, watch):
        if isinstance(row, Lost):
            gaps += 1
            continue
        confirmed = trail.confirms(table, row)
        marks[confirmed] += 1
        left.discard(str(row["id"]))
        rows.append(("table", _MARKS[confirmed], row))
    read = len(rows)
    for row in salvage.states_in_trail(view, {table: left}).get(table, {}).values() if left else ():
        rows.append(("trail", _MARKS[None], row))
    return Part(table, read, len(rows) - read, marks[True], marks[False], gaps), rows


def _write(
    folder: Path, name: str, heads: tuple[str, ...], rows: list[tuple[str, str, Row]],
    kind: TableFormat,
) -> None:  # fmt: skip
    cells = tuple(
        (origin, mark, *(_cell(row.get(column)) for column in heads[2:]))
        for origin, mark, row in rows
    )
    (folder / f"{name}.{kind}").write_bytes(table_bytes(TableFile(name, heads, cells), kind))


def _write_trail(folder: Path, view: View, watch: Watch) -> int:
    """The entries of the trail, always as CSV: a workbook would cut the long ones."""
    columns = ("seq", "command_id", "event", "hash")
    found = salvage.rows_past_damage(view, "audit", columns)
    rows = tuple(
        tuple(_cell(row[column]) for column in columns)
        for row in watched(found, Step.WRITING, watch)
        if not isinstance(row, Lost)
    )
    content = table_bytes(TableFile("audit", columns, rows), "csv")
    (folder / "audit.csv").write_bytes(content)
    return len(rows)


def _cell(value: object) -> str | int | None:
    return value if value is None or isinstance(value, int) else str(value)


# -- the page that says what it is ---------------------------------------------------------------


def _overview(done: Salvaged, place: Workplace, words: Catalogue) -> Iterator[str]:
    now = place.clock.now().local
    told: list[Message] = [
        say("salvage.title", at=now, by=place.actor.name),
        say("salvage.privacy"),
        say("salvage.columns"),
    ]
    if not done.role_known:
        told.append(say("salvage.role_unknown"))
    told += [say("salvage.tables"), *map(part_told, done.parts)]
    told += [say("salvage.trail", count=done.events), *trail_told(done)]
    return map(words.text, told)


def part_told(part: Part) -> Message:
    """What became of a table, in a line."""
    key = "salvage.part.whole" if part.is_whole else "salvage.part.damaged"
    return Message(key, {
        "table": part.table, "read": part.read, "trail": part.from_trail, "gaps": part.gaps,
        "confirmed": part.confirmed, "differing": part.differing,
    })  # fmt: skip


def trail_told(done: Salvaged) -> Iterator[Message]:
    """The verdict on each stretch of the trail."""
    for stretch in done.trail:
        key = "salvage.stretch.broken" if stretch.ends_badly else "salvage.stretch"
        yield Message(key, {"first": stretch.first, "last": stretch.last})
    if not done.trail:
        yield say("salvage.stretch.none")
