"""How an injection site reads beside the picture of the body, and aloud."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aml_maint.domain.injection import HISTORY_DAYS, Fit, SiteMap, SiteState
from aml_maint.domain.messages import Message, Name, say
from aml_maint.gui.widgets.body_shape import ORDER
from aml_maint.gui.words import Words

# Components with a letter of their own; the others have a dot.
_LETTERS = frozenset({"interferon", "interleukin2", "histamine"})


@dataclass(frozen=True)
class Mark:
    """The last use of a site by one drug: the drug's place among the drugs, letter and day."""

    drug: int
    letter: str
    day: str


@dataclass(frozen=True)
class SiteTexts:
    """What stands beside a site."""

    name: str
    marks: tuple[Mark, ...]
    unused: str
    reactions: str
    suggested: str


def letter(words: Words, component: str) -> str:
    """One letter for a drug, the same wherever its sites are shown."""
    known = component if component in _LETTERS else "other"
    return words.text(f"injection.letter.{known}")


def site_texts(
    words: Words, found: SiteMap, drugs: Mapping[str, Name], state: SiteState
) -> SiteTexts:
    """The texts of one site in the language shown."""
    names = list(drugs)
    marks = []
    for use in state.uses:
        drug = names.index(use.component) if use.component in names else len(names)
        day = words.short_day(use.given.day_in(found.zone))
        marks.append(Mark(drug, letter(words, use.component), day))
    marks.sort(key=lambda mark: mark.drug)
    number = ORDER.index(state.site) + 1
    kinds = tuple(say(f"injection.kind.{one.kind.value}") for one in state.reactions)
    return SiteTexts(
        words.text("injection.map.site", number=number, site=say(f"site.{state.site}")),
        tuple(marks),
        "" if marks else words.text("injection.map.unused", days=HISTORY_DAYS),
        words.value(kinds) if kinds else "",
        words.text("injection.map.suggested") if state.site == found.suggested else "",
    )


def spoken(words: Words, found: SiteMap, drugs: Mapping[str, Name], site: str) -> str:
    """The whole sentence of one site, for a screen reader."""
    state = found.state(site)
    told: list[Message | str] = [site_texts(words, found, drugs, state).name]
    if site == found.suggested:
        told.append(say("injection.map.suggested"))
    for use in state.uses:
        drug = drugs.get(use.component, say("injection.map.other_drug"))
        told.append(say("injection.map.used", drug=drug, day=use.given.day_in(found.zone)))
    if not state.uses:
        told.append(say("injection.map.unused", days=HISTORY_DAYS))
    if state.fit is not Fit.FREE and (caution := found.caution(site)) is not None:
        told.append(caution)
    return words.text("injection.map.spoken", parts=tuple(told))
