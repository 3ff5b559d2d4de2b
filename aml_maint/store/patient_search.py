"""Full-text search of patients, by SQLite's FTS5, in memory only.

The index follows from the patients' rows and from how this program reads names. So it is built
from them when somebody searches first, and again when a patient was written since: there is
nothing in the file that could differ from the record, be restored from a backup without it, or
lie on a disk. Ten thousand patients take about half a second, once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from aml_maint.store import engine

_PLAIN = frozenset("abcdefghijklmnopqrstuvwyz0123456789")  # x begins what is written as a number


class PatientIndex:
    """Who has keys that begin with the words of a search."""

    def __init__(self, keys: Mapping[str, Iterable[str]]) -> None:
        """`keys` by the id of the patient."""
        self._ids = tuple(keys)
        self._memory = engine.memory()
        # Without positions: a search asks only whether somebody has a key that begins so.
        self._memory.execute(
            "CREATE VIRTUAL TABLE keys USING fts5(words, tokenize = 'ascii', detail = 'none',"
            " content = '')"
        )
        self._memory.executemany(
            "INSERT INTO keys (rowid, words) VALUES (?, ?)",
            ((at, " ".join(map(_token, mine))) for at, mine in enumerate(keys.values())),
        )

    def find(self, words: Sequence[str]) -> frozenset[str]:
        """The ids of those who have, for each word, a key that begins with it."""
        if not words:
            return frozenset(self._ids)
        wanted = " AND ".join(f"{_token(word)}*" for word in words)
        rows = self._memory.execute("SELECT rowid FROM keys WHERE keys MATCH ?", (wanted,))
        return frozenset(self._ids[at] for (at,) in rows)


def _token(text: str) -> str:
    """A text as one token of letters and digits, of which the beginning is the text's beginning.

    The engine would cut at hyphens, join what it takes for one letter, and read some words as
    operators; so no letter that it could mistake reaches it.
    """
    return "k" + "".join(
        letter if letter in _PLAIN else f"x{ord(letter):06x}" for letter in text
    )  # fmt: skip
