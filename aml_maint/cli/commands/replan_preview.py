"""How a preview of a decision is answered: before, after, conflicts, notices and effects."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from aml_maint.cli.command import Answer
from aml_maint.cli.output import table
from aml_maint.domain.errors import Refused
from aml_maint.domain.messages import Catalogue, Message, say
from aml_maint.domain.quantities import dose_text
from aml_maint.domain.replan import Preview
from aml_maint.domain.replan_effect import IntensityEffect
from aml_maint.domain.replan_words import told
from aml_maint.domain.schedule import PlannedDose, SlotId


def previewed(found: Preview, what: Message | None = None) -> Answer:
    """The preview of what is wanted; with conflicts the command ends as the write would."""
    what = what or told(found.course, found.facts)
    data = {
        "saved": False,
        "what": what,
        "before": [_dose(dose) for dose in found.before],
        "after": [_dose(dose) for dose in found.after],
        "conflicts": list(found.conflicts),
        "notices": list(found.notices),
        "counts": [count._asdict() for count in found.counts],
        "seams": [seam._asdict() for seam in found.seams],
        "intensities": [_intensity(effect) for effect in found.intensities],
    }
    problem = Refused(found.conflicts[0]) if found.conflicts else None
    return Answer(data, lambda words: _lines(words, found, what), problem=problem)


def _dose(dose: PlannedDose) -> dict[str, object]:
    amount = dose.dose
    return {
        "slot": str(dose.id),
        "component": dose.id.component,
        "cycle": dose.cycle,
        "cycle_day": dose.day,
        "ideal": dose.ideal,
        "planned": dose.at,
        "dose": None if amount is None else {"value": amount.value, "unit": amount.unit},
        "held": dose.hold is not None,
        "omitted": dose.is_omitted,
    }


def _intensity(effect: IntensityEffect) -> dict[str, object]:
    shares = (None if s is None else _percent(s) for s in (effect.before, effect.after))
    before, after = shares
    return {
        "component": effect.component,
        "cycle": effect.cycle,
        "before_percent": before,
        "after_percent": after,
    }


def _percent(share: Decimal) -> Decimal:
    return (share * 100).quantize(Decimal("0.1"))


def _lines(words: Catalogue, found: Preview, what: Message) -> Iterable[str]:
    yield words.text("cli.preview", what=what)
    rows = list(_rows(words, found))
    yield words.text("cli.preview.changed", doses=len(rows))
    yield from table(rows)
    for count in found.counts:
        if count.before != count.after:
            yield words.text("cli.preview.count", **count._asdict())
    for seam in found.seams:
        yield words.text("cli.preview.seam", **seam._asdict())
    for effect in found.intensities:
        shares = {"before": _share(effect.before), "after": _share(effect.after)}
        yield words.text("cli.preview.intensity", **{**effect._asdict(), **shares})
    for notice in found.notices:
        yield words.text("cli.preview.notice", notice=notice)
    for conflict in found.conflicts:
        yield words.text("cli.preview.conflict", conflict=conflict)


def _share(share: Decimal | None) -> Message:
    if share is None:
        return say("cli.preview.unknown")
    return say("cli.preview.percent", share=_percent(share))


def _rows(words: Catalogue, found: Preview) -> Iterable[tuple[str, str, str]]:
    """One line per dose that people would notice to have changed."""
    old: dict[SlotId, PlannedDose] = {dose.id: dose for dose in found.before}
    new: dict[SlotId, PlannedDose] = {dose.id: dose for dose in found.after}
    for slot in sorted({*old, *new}, key=lambda slot: (slot.planned_on, slot.component, slot.slot)):
        before, after = old.get(slot), new.get(slot)
        dose = before or after
        assert dose is not None  # the slot is from one of the two
        texts = [_standing(words, one) for one in (before, after)]
        texts[0] = texts[0] or words.text("cli.preview.new")
        texts[1] = texts[1] or words.text("cli.preview.gone")
        if texts[0] != texts[1]:
            yield f"  {words.text(dose.component.drug.name)}", texts[0], f"→ {texts[1]}"


def _standing(words: Catalogue, dose: PlannedDose | None) -> str:
    if dose is None:
        return ""
    told = [words.value(dose.at)]
    if dose.hold is not None:
        told.append(words.text("cli.preview.held"))
    elif dose.is_omitted:
        told.append(words.text("cli.preview.omitted"))
    elif dose.dose is not None:
        told.append(words.text(dose_text(dose.dose)))
    return ", ".join(told)
