"""The class of one flow MRD result on both tracks, with its reason (rules, "Marrow, MRD").

The study calls 0.01 % positive (Cheng 2025), ELN 0.1 % (ELN 2021, D3). Nothing is negative that
could not have been found: too few events, too old a sample, diluted, or an assay that does not
reach the cut-off.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from aml_maint.domain.marrow import FlowResult, PcrResult
from aml_maint.domain.messages import NBSP, Message, say


class Track(StrEnum):
    """Whose rule a verdict follows."""

    STUDY = "study"
    ELN = "eln"


# Cheng 2025, Methods: MRD positive at 0.01 % or more by flow.
STUDY_CUT_OFF = Decimal("0.01")
# ELN 2021 MRD guideline, D3: 0.1 % for multiparameter flow.
ELN_CUT_OFF = Decimal("0.1")
CUT_OFFS = {Track.STUDY: STUDY_CUT_OFF, Track.ELN: ELN_CUT_OFF}
# Cheng 2025: at least 500 000 events; ELN 2021, A11, says more than 500 000 CD45-positive cells.
LEAST_EVENTS = 500_000
# ELN 2021, A6: processed within 3 days.
OLDEST_HOURS = 72


class MrdClass(StrEnum):
    """What a flow result means on one track."""

    POSITIVE = "positive"
    POSITIVE_LOW_QUALITY = "positive_low_quality"
    NEGATIVE = "negative"
    NEGATIVE_DETECTABLE = "negative_detectable"
    NEGATIVE_UNVERIFIED = "negative_unverified"
    BELOW_ELN = "detected_below_0.1"
    INDETERMINATE = "indeterminate"


POSITIVE = frozenset({MrdClass.POSITIVE, MrdClass.POSITIVE_LOW_QUALITY})
# Negative with enough events, so that it can end a positive state.
NEGATIVE = frozenset({MrdClass.NEGATIVE, MrdClass.NEGATIVE_DETECTABLE})


@dataclass(frozen=True)
class MrdVerdict:
    """The classes of a flow result, and why. `shortfalls` say what the sample lacked."""

    study: MrdClass
    eln: MrdClass
    reason: Message
    eln_reason: Message
    shortfalls: tuple[Message, ...]
    percent: Decimal | None

    def on(self, track: Track) -> MrdClass:
        """The class on one track."""
        return self.study if track is Track.STUDY else self.eln

    def is_positive(self, track: Track) -> bool:
        """Positive on that track, whatever the quality?"""
        return self.on(track) in POSITIVE

    def is_negative(self, track: Track) -> bool:
        """Negative on that track in a sample that could have shown it?

        Below ELN's cut-off counts there, if the sample was good enough to trust the figure.
        """
        if track is Track.ELN and self.eln is MrdClass.BELOW_ELN:
            return not self.shortfalls
        return self.on(track) in NEGATIVE


def classify(
    flow: FlowResult, *, haemodilute: bool = False, waited_hours: int | None = None
) -> MrdVerdict | None:
    """The verdict on a flow result; None when it brings neither a percentage nor "not detected".

    `waited_hours` is the time to the laboratory's door, for when it does not tell the age.
    """
    if flow.percent is None and not flow.not_detected:
        return None
    shortfalls = _shortfalls(flow, haemodilute, waited_hours)
    study, reason = _study(flow, shortfalls)
    eln, eln_reason = _eln(flow, shortfalls)
    return MrdVerdict(study, eln, reason, eln_reason, shortfalls, flow.value)


def _shortfalls(
    flow: FlowResult, haemodilute: bool, waited_hours: int | None
) -> tuple[Message, ...]:
    found = []
    if flow.events is not None and flow.events < LEAST_EVENTS:
        found.append(say("mrd.lack.events", least=f"{LEAST_EVENTS:,}".replace(",", NBSP)))
    age = flow.age_hours if flow.age_hours is not None else waited_hours
    if age is not None and age > OLDEST_HOURS:
        found.append(say("mrd.lack.age", hours=age, most=OLDEST_HOURS))
    if haemodilute:
        found.append(say("mrd.lack.haemodilute"))
    return tuple(found)


def _study(flow: FlowResult, shortfalls: tuple[Message, ...]) -> tuple[MrdClass, Message]:
    value = flow.value
    if value is not None and value >= STUDY_CUT_OFF:
        told: dict[str, object] = {"percent": value, "limit": STUDY_CUT_OFF}
        if shortfalls:
            reason = Message("mrd.positive_low_quality", told | {"why": shortfalls})
            return MrdClass.POSITIVE_LOW_QUALITY, reason
        return MrdClass.POSITIVE, Message("mrd.positive", told)
    return _below(flow, shortfalls, STUDY_CUT_OFF)


def _eln(flow: FlowResult, shortfalls: tuple[Message, ...]) -> tuple[MrdClass, Message]:
    value = flow.value
    if value is None:
        return _below(flow, shortfalls, ELN_CUT_OFF)
    told: dict[str, object] = {"percent": value, "limit": ELN_CUT_OFF}
    if value >= ELN_CUT_OFF:
        return MrdClass.POSITIVE, Message("mrd.positive", told)
    return MrdClass.BELOW_ELN, Message("mrd.below_eln", told)


def _below(
    flow: FlowResult, shortfalls: tuple[Message, ...], limit: Decimal
) -> tuple[MrdClass, Message]:
    """Nothing at or above the cut-off: negative only if it would have been seen."""
    reach = flow.limit_percent
    if flow.value is None and reach is not None and reach > limit:
        shortfalls = (*shortfalls, say("mrd.lack.limit", reach=reach, limit=limit))
    if shortfalls:
        return MrdClass.INDETERMINATE, say("mrd.indeterminate", why=shortfalls)
    if flow.value is not None:
        reason = say("mrd.negative_detectable", percent=flow.value, limit=limit)
        return MrdClass.NEGATIVE_DETECTABLE, reason
    if flow.events is None:
        return MrdClass.NEGATIVE_UNVERIFIED, say("mrd.negative_unverified")
    return MrdClass.NEGATIVE, say("mrd.negative", events=f"{flow.events:,}".replace(",", NBSP))


@dataclass(frozen=True)
class PcrChange:
    """How a PCR ratio moved, in log10; None where one of the two was not detected or unknown.

    PCR never sets the study's MRD class: the paper gives no cut-off for it. `alert` is a reason
    to look again, after ELN: back from undetectable, or up by a power of ten.
    """

    since_diagnosis: Decimal | None
    since_last: Decimal | None
    alert: Message | None


def pcr_change(now: PcrResult, last: PcrResult | None, diagnosis: PcrResult | None) -> PcrChange:
    """The change of a ratio against the last one and the one at diagnosis, same target."""
    alert = None
    since_last = log_change(now.value, last.value if last else None)
    if last is not None and last.value is None and last.not_detected and now.value is not None:
        alert = say("mrd.pcr.reappeared")
    elif since_last is not None and since_last >= 1:
        alert = say("mrd.pcr.risen", logs=rounded(since_last))
    since_diagnosis = log_change(now.value, diagnosis.value if diagnosis else None)
    return PcrChange(since_diagnosis, since_last, alert)


def log_change(now: Decimal | None, before: Decimal | None) -> Decimal | None:
    """log10 of now ÷ before; None if either is not above nought."""
    if now is None or before is None or now <= 0 or before <= 0:
        return None
    return (now / before).log10()


def rounded(logs: Decimal) -> Decimal:
    """A change of logarithms with one decimal, as people speak of it."""
    return logs.quantize(Decimal("0.1"))
