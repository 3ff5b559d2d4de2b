"""Finds toxicity terms by a part of a name, in English, Chinese, pinyin or by another name."""

from __future__ import annotations

from collections.abc import Iterable

from aml_maint.domain.toxicity import ToxicityItem, folded


def matching(items: Iterable[ToxicityItem], text: str) -> list[ToxicityItem]:
    """The items that a part of a name may mean: a word, a part of one, pinyin or its initials.

    Whole names go before beginnings, and beginnings before parts.
    """
    wanted, known = folded(text), list(items)
    if not wanted:
        return []
    for fits in (str.__eq__, str.startswith, str.__contains__):
        found = [item for item in known if any(fits(name, wanted) for name in spellings(item))]
        if found:
            return found
    return []


def spellings(item: ToxicityItem) -> tuple[str, ...]:
    """Everything an item can be found by, as it is compared."""
    syllables = item.pinyin.split()
    latin = ("".join(syllables), "".join(syllable[0] for syllable in syllables))
    names = (item.id, item.term.en, item.term.zh, *item.aliases, *latin)
    return tuple(folded(name) for name in names if name)
