"""Injection sites: where each drug went last, where the next one may go, and what a site shows.

The advice never forbids: a person chooses the site. What the paper leaves open (how long a site
rests, who asks for a temperature or a witness) is in `InjectionRules`, for a site to change.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from aml_maint.domain.administration import INJECTION_SITES
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import Message, Name, say
from aml_maint.domain.moment import Moment

# How far back uses of a site are shown; one not used for so long counts as never used.
HISTORY_DAYS = 28


@dataclass(frozen=True)
class InjectionRules:
    """What a site decides about injections (settings injection.* and witness.*).

    `rest_days`: a site used fewer days ago is not suggested. Two injections every other day
    over six sites come back to a site after six days, so the default of four leaves room for
    two sites that react. `temperature_first`: components before which a temperature is asked
    for (clinical rules: ask before ibuprofen, which hides a fever), unless one was taken
    `temperature_minutes` ago or less. `witnessed`: components whose doses a second person
    witnesses.
    """

    rest_days: int
    temperature_first: tuple[str, ...]
    temperature_minutes: int
    witnessed: tuple[str, ...]


class ReactionKind(StrEnum):
    """What is seen or felt at an injection site."""

    REDNESS = "redness"
    INDURATION = "induration"
    PAIN = "pain"
    BRUISE = "bruise"
    NODULE = "nodule"


@dataclass(frozen=True)
class SiteReaction:
    """A reaction at one injection site, from a day to a day; no last day while it is there."""

    id: str
    patient_id: str
    site: str
    kind: ReactionKind
    first_day: date
    last_day: date | None = None
    note: str = ""
    recorded_by: str = ""

    def __post_init__(self) -> None:
        if self.site not in INJECTION_SITES:
            raise BadInput(say("error.unknown_site", site=self.site), field="site")
        if self.last_day is not None and self.last_day < self.first_day:
            raise BadInput(say("injection.error.ends_first"), field="last_day")

    def covers(self, day: date) -> bool:
        """Is it there on that day? Its last day belongs to it."""
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)


@dataclass(frozen=True)
class SiteUse:
    """When and for which component an injection site was used."""

    site: str
    component: str
    given: Moment


class Fit(StrEnum):
    """May a site be suggested for the next injection, and if not, why not."""

    FREE = "free"
    RECENT = "recent"
    OTHER_DRUG = "other_drug"
    REACTING = "reacting"


@dataclass(frozen=True)
class SiteState:
    """One site on the day of an injection, with the last use by each drug, the latest first."""

    site: str
    fit: Fit
    uses: tuple[SiteUse, ...]
    reactions: tuple[SiteReaction, ...]

    def last_of(self, component: str) -> SiteUse | None:
        """The last use by one component."""
        return next((use for use in self.uses if use.component == component), None)


@dataclass(frozen=True)
class SiteMap:
    """All sites on the day of an injection of `component`, and the one to take next.

    `suggested` is None when every site reacts or took the other drug that day.
    """

    component: str
    on: date
    zone: str
    rest_days: int
    sites: tuple[SiteState, ...]
    suggested: str | None

    def state(self, site: str) -> SiteState:
        """One site; KeyError for an unknown one."""
        return {state.site: state for state in self.sites}[site]

    @property
    def advice(self) -> Message:
        """Which site to take next, and why that one."""
        if self.suggested is None:
            return say("injection.advice.none")
        state, name = self.state(self.suggested), say(f"site.{self.suggested}")
        if not state.uses:
            return say("injection.advice.unused", site=name, days=HISTORY_DAYS)
        day = state.uses[0].given.day_in(self.zone)
        if state.fit is Fit.RECENT:
            return say("injection.advice.all_recent", site=name, day=day, days=self.rest_days)
        return say("injection.advice.rested", site=name, day=day)

    def caution(self, site: str) -> Message | None:
        """What speaks against a site; None when nothing does."""
        state = self.state(site)
        name = say(f"site.{site}")
        match state.fit:
            case Fit.REACTING:
                kinds = tuple(say(f"injection.kind.{r.kind.value}") for r in state.reactions)
                return say("injection.caution.reacting", site=name, kinds=kinds)
            case Fit.OTHER_DRUG:
                return say("injection.caution.other_drug", site=name)
            case Fit.RECENT:
                day = state.uses[0].given.day_in(self.zone)
                return say("injection.caution.recent", site=name, day=day, days=self.rest_days)
            case Fit.FREE:
                return None


def site_map(
    component: str, on: date, zone: str, uses: Iterable[SiteUse],
    reactions: Iterable[SiteReaction], rest_days: int,
) -> SiteMap:  # fmt: skip
    """Each site as it stands for an injection of `component` on a day of the course's zone.

    Suggested is the site used longest ago by either drug, one never used first: not one that
    reacts that day, not the one that took another drug that day, and one that has rested if any
    has. Between sites alike, a part of the body other than that day's other injection.
    """
    near = [use for use in uses if abs((on - use.given.day_in(zone)).days) <= HISTORY_DAYS]
    present = [reaction for reaction in reactions if reaction.covers(on)]
    today = {u.site for u in near if u.component != component and u.given.day_in(zone) == on}
    states = []
    for site in INJECTION_SITES:
        mine = _last_of_each(use for use in near if use.site == site)
        here = tuple(reaction for reaction in present if reaction.site == site)
        rested = all(abs((on - u.given.day_in(zone)).days) >= rest_days for u in mine)
        fit = Fit.FREE if rested else Fit.RECENT
        if site in today:
            fit = Fit.OTHER_DRUG
        states.append(SiteState(site, Fit.REACTING if here else fit, mine, here))
    return SiteMap(component, on, zone, rest_days, tuple(states), _suggested(states, today, zone))


def _last_of_each(uses: Iterable[SiteUse]) -> tuple[SiteUse, ...]:
    """The last use by each component, the latest first."""
    latest: dict[str, SiteUse] = {}
    for use in sorted(uses, key=lambda use: use.given.utc, reverse=True):
        latest.setdefault(use.component, use)
    return tuple(latest.values())


def _suggested(states: Sequence[SiteState], taken_today: set[str], zone: str) -> str | None:
    busy = {_part(site) for site in taken_today}

    def order(state: SiteState) -> tuple[date, bool]:
        last = state.uses[0].given.day_in(zone) if state.uses else date.min
        return last, _part(state.site) in busy

    for fit in (Fit.FREE, Fit.RECENT):
        open_to = [state for state in states if state.fit is fit]
        if open_to:
            return min(open_to, key=order).site
    return None


def _part(site: str) -> str:
    """The part of the body without its side."""
    return site.rpartition("_")[0]


def is_same_person(one: str, other: str) -> bool:
    """Are two names as typed one person's? Case and spacing make no difference."""
    return "".join(one.casefold().split()) == "".join(other.casefold().split())


def checked_witness(name: str | None, recorder: str, drug: Name, *, needed: bool) -> str | None:
    """The second person of a dose. BadInput if one is needed and none or the recorder is named."""
    told = (name or "").strip()
    if not told:
        if needed:
            raise BadInput(say("injection.error.witness_needed", drug=drug), field="witness")
        return None
    if is_same_person(told, recorder):
        raise BadInput(say("injection.error.witness_is_recorder", name=told), field="witness")
    return told


def temperature_is_fresh(taken: datetime, now: datetime, minutes: int) -> bool:
    """Is a temperature recent enough not to be asked for again?"""
    return timedelta() <= now - taken <= timedelta(minutes=minutes)
