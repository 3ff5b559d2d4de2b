"""What a patient can be found by: the beginnings of words, numbers, pinyin and initials.

One rule for everybody who searches: each word typed has to be the beginning of one of a patient's
keys. Capitals, accents and the width of letters make no difference.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from itertools import islice, product

# Nobody types more; what is longer is a slip, such as a text pasted into the field.
MOST_WORDS = 8
MOST_LETTERS = 64
# A name of three characters with two readings each has eight; rarer readings come last.
_MOST_READINGS = 24
_MOST_SPLITS = 4
_STUDY_ID = "p-"  # what a study id begins with: its letters are chance, and no name
_LONGEST_SPLIT = 24  # letters: four syllables at their longest


@dataclass(frozen=True)
class Readings:
    """How characters are read, without tones.

    Names are written with a few hundred characters of the twenty thousand: only what was asked
    for is taken apart.
    """

    characters: Mapping[str, str]
    """By syllable, those that are read so."""
    _found: dict[str, tuple[str, ...]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    def of(self, character: str) -> tuple[str, ...]:
        """The syllables that a character is read as; none for what is no Chinese character."""
        found = self._found.get(character)
        if found is None:
            found = tuple(one for one, all_ in self.characters.items() if character in all_)
            self._found[character] = found
        return found

    @property
    def syllables(self) -> Set[str]:
        """Every syllable there is."""
        return self.characters.keys()


def folded(text: str) -> str:
    """A text as it is compared: without capitals, accents, and other widths of the same letters."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def search_words(query: str) -> tuple[str, ...]:
    """The words of a search; whatever is typed is a search, if perhaps for nobody."""
    words = folded(query).split()
    return tuple(_unmarked(word)[:MOST_LETTERS] for word in words[:MOST_WORDS])


def _unmarked(word: str) -> str:
    """A word without the letter that every study id begins with, so P is nobody’s."""
    return word[1:] if word.startswith(_STUDY_ID) else word


def matches(keys: Iterable[str], words: Iterable[str]) -> bool:
    """Is each word the beginning of a key?"""
    known = tuple(keys)
    return all(any(key.startswith(word) for key in known) for word in words)


def search_keys(
    family: str, given: str, initials: str, number: str, others: Iterable[str], known: Readings,
    *, study_id: str = "",
) -> frozenset[str]:  # fmt: skip
    """The keys of a patient: names in any order and spelling, the record number from any digit on.

    `others` are found by their beginnings, such as ward and bed; a study id only as such, for its
    letters would be anybody's initials.
    """
    found: set[str] = {*_names(folded(family), folded(given), known)}
    found.update(_words(folded(initials)))
    record = folded(number)
    joined = re.sub(r"\W|_", "", record)
    found.update(text[at:] for text in (record, joined) for at in range(len(text)))
    for other in others:
        found.update(_words(folded(other)))
    found.update(_unmarked(key) for key in (*found, folded(study_id)))
    return frozenset(key for key in found if key and not key[0].isspace())


def _words(text: str) -> Iterator[str]:
    """The text, its words, and the parts of words written with a hyphen or a dot."""
    yield "".join(text.split())
    for word in text.split():
        yield word
        yield from re.split(r"[\W_]+", word)


def _names(family: str, given: str, known: Readings) -> Iterator[str]:
    whole = "".join((family + given).split())
    yield from (*_words(family), *_words(given), whole, "".join((given + family).split()))
    if any(known.of(letter) for letter in whole):
        yield from (whole[at:] for at in range(len(whole)))
        for spelt in islice(product(*(_read(letter, known) for letter in whole)), _MOST_READINGS):
            yield from _spelt(spelt)
        return
    for first in _splits(re.sub(r"[\W_]", "", family), known):
        for second in _splits(re.sub(r"[\W_]", "", given), known):
            yield from _spelt((*first, *second))


def _spelt(syllables: tuple[str, ...]) -> Iterator[str]:
    """A name by its syllables from any of them on, and by their initials."""
    for at in range(len(syllables)):
        rest = syllables[at:]
        whole = "".join(rest)
        yield whole
        yield whole.replace("v", "u")  # as many write ü where they find none
        yield "".join(syllable[:1] for syllable in rest)


def _read(letter: str, known: Readings) -> tuple[str, ...]:
    return known.of(letter) or (letter,)


def _splits(word: str, known: Readings) -> list[tuple[str, ...]]:
    """A name in Latin letters as pinyin syllables; as one piece where it is no pinyin."""
    short = word if len(word) <= _LONGEST_SPLIT else ""
    found = list(islice(_syllables(short, known.syllables), _MOST_SPLITS))
    return found or ([(word,)] if word else [()])


def _syllables(word: str, known: Set[str], longest: int = 6) -> Iterator[tuple[str, ...]]:
    if not word:
        return
    for size in range(min(longest, len(word)), 0, -1):
        first, rest = word[:size], word[size:]
        if first in known and (size > 1 or first in "aeo"):
            if not rest:
                yield (first,)
            for others in _syllables(rest, known, longest):
                yield (first, *others)
