"""A deviation in words: one set of them for the report and the command line."""

from __future__ import annotations

from aml_maint.domain.deviations import Deviation, DeviationKind, Group
from aml_maint.domain.messages import Message, say

# What stands for the plan of these is the rule that was set aside.
_AGAINST = frozenset({
    DeviationKind.OVERRIDE, DeviationKind.GATE, DeviationKind.GAP_OVERRIDE,
    DeviationKind.HOLD_OVERRIDE,
})  # fmt: skip


def kind_told(one: Deviation) -> Message:
    """In what way it departs, and which drugs."""
    kind = say(f"deviation.kind.{one.kind.value}")
    return say("deviation.told.of", drugs=one.drugs, kind=kind) if one.drugs else kind


def happened(one: Deviation, *, by: bool) -> Message:
    """What was planned or what rule stood, what was done, why, and, if wanted, `by` whom."""
    told = one.done
    if one.group is Group.NOT_GIVEN and one.planned is not None:
        # The kind says already what became of it.
        told = say("deviation.told.planned", planned=one.planned)
    elif one.planned is not None:
        key = "deviation.told.although" if one.kind in _AGAINST else "deviation.told.instead"
        told = Message(key, {"planned": one.planned, "done": told})
    if one.why is not None:
        told = say("deviation.told.because", what=told, why=one.why)
    return say("deviation.told.by", what=told, by=one.by) if by and one.by else told
