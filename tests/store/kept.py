"""Makes the ward file of the present schema that is kept for ever: `python -m tests.store.kept`.

Every later program has to open it. The note beside it says what it must still hold.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from aml_maint.store import migrations
from aml_maint.store.database import Store
from tests.faults import flows

FOLDER = Path(__file__).parents[1] / "data" / "wards"


@dataclass(frozen=True)
class Kept:
    """A kept file, the head it ended in, and how many rows each table had."""

    path: Path
    sequence: int
    hash: str
    counts: dict[str, int]


def path_of(version: int, folder: Path = FOLDER) -> Path:
    """Where the file of a schema version lies; not named like a ward, which git leaves out."""
    return folder / f"{version:04}.kept"


def make(folder: Path) -> Kept:
    """Make the file of the present schema, with its note."""
    folder.mkdir(parents=True, exist_ok=True)
    path = path_of(migrations.latest(), folder)
    flows.build(path)
    with Store.open(path, flows.KEY, check=False) as store:
        head, counts = store.head(), store.counts()
    note = {"sequence": head.sequence, "hash": head.hash, "counts": counts}
    path.with_suffix(".json").write_text(json.dumps(note, indent=1) + "\n", "utf-8")
    return read(path)


def read(path: Path) -> Kept:
    """A kept file with its note."""
    note = json.loads(path.with_suffix(".json").read_text("utf-8"))
    return Kept(path, note["sequence"], note["hash"], note["counts"])


if __name__ == "__main__":
    make(FOLDER)
