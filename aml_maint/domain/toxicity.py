"""WHO toxicity grading: a value in, a grade with its reason and source out.

The printed WHO table leaves gaps between grades. Here each grade runs from its own limit up to
its neighbour's, and a value is graded as reported, never rounded, so a value in a gap takes the
worse grade (clinical rules, "WHO grading"). There is no grade 5: death is an outcome.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import IntEnum, StrEnum

from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import Message, Name, say
from aml_maint.domain.quantities import Comparator, Interval, LabValue, lab_text, lab_unit_text
from aml_maint.domain.regimen import Source
from aml_maint.domain.toxicity_published import Expected, Reported

MULTIPLE = "{xULN}"
_PRESSURE = re.compile(r"\s*(\d+)\s*/\s*(\d+)\s*")


class Grade(IntEnum):
    """How bad a toxicity is: 0 (looked for, none) to 4."""

    ZERO = 0
    ONE = 1
    TWO = 2
    THREE = 3
    FOUR = 4


class Scale(StrEnum):
    """Whose words the grades are."""

    WHO1979 = "WHO1979"
    GENERAL = "GENERAL"


class Kind(StrEnum):
    """What an item is graded by."""

    NUMERIC = "numeric"
    NUMERIC_PAIR = "numeric_pair"
    DESCRIPTIVE = "descriptive"


class BodySystem(StrEnum):
    """The organ system that a table lists an item under."""

    HAEMATOLOGICAL = "haematological"
    HEPATIC = "gastrointestinal_hepatic"
    GASTROINTESTINAL = "gastrointestinal"
    RENAL_BLADDER = "renal_bladder"
    RESPIRATORY = "respiratory"
    CARDIAC = "cardiac"
    VASCULAR = "vascular"
    NEUROLOGICAL = "neurological"
    PSYCHIATRIC = "psychiatric"
    SKIN = "skin"
    MUSCULOSKELETAL = "musculoskeletal"
    ENDOCRINE = "endocrine"
    IMMUNE = "immune"
    INFECTION = "infection"
    CONSTITUTIONAL = "constitutional"
    OTHER = "other"


class Association(StrEnum):
    """How closely an item belongs to a drug."""

    CHARACTERISTIC = "characteristic"
    POSSIBLE = "possible"


@dataclass(frozen=True)
class GradeBand:
    """One grade of an item: its words, and the values that earn it, in the item's unit.

    `values` is None for a grade that is a clinical diagnosis and never computed. `diastolic`
    belongs to a pair of values, whose `values` are the systolic ones. `printed` is the range as
    the source prints it, gaps and all.
    """

    grade: Grade
    text: Name
    values: Interval | None = None
    diastolic: Interval | None = None
    printed: str = ""


@dataclass(frozen=True)
class Plausible:
    """What a value can be at all; outside, the unit or the number is mistaken (site default).

    `highest_multiple` bounds values given as a multiple of the upper limit of normal.
    """

    low: Decimal
    high: Decimal
    unit: str
    source: Source
    highest_multiple: Decimal | None = None


@dataclass(frozen=True)
class ToxicityItem:
    """One toxicity term with the words and limits of its five grades.

    `unit` is the unit of the limits, `{xULN}` where they are multiples of the laboratory's
    upper limit of normal; `units` are those a value may come in. `verify` marks grades that
    were not checked against the source. `who_item` is the WHO item that an event of this term
    would otherwise be counted under, so that it is counted once.
    """

    id: str
    scale: Scale
    term: Name
    body_system: BodySystem
    kind: Kind
    bands: tuple[GradeBand, ...]
    sources: tuple[Source, ...]
    verify: bool = False
    unit: str | None = None
    units: tuple[str, ...] = ()
    plausible: Plausible | None = None
    dipstick: Mapping[str, Grade] = field(default_factory=dict, hash=False)
    drugs: Mapping[str, Association] = field(default_factory=dict, hash=False)
    aliases: tuple[str, ...] = ()
    loinc: tuple[str, ...] = ()
    note: Name | None = None
    who_item: str | None = None
    expected: Expected | None = None
    reported: Reported | None = None
    asked: bool = False
    pinyin: str = ""

    @property
    def source(self) -> str:
        """Where the grades come from, as printed beside a verdict."""
        return "; ".join(source.citation for source in self.sources)

    @property
    def by_upper_limit(self) -> bool:
        """Are the limits multiples of the laboratory's upper limit of normal?"""
        return self.unit == MULTIPLE

    def band(self, grade: int) -> GradeBand:
        """The words and limits of one grade."""
        return self.bands[grade]


@dataclass(frozen=True)
class GradeVerdict:
    """A computed grade with its evidence; `grade` None means not gradable, which is no grade 0."""

    item: ToxicityItem
    grade: Grade | None
    reason: Message
    source: str
    value: LabValue | None = None
    uln: LabValue | None = None
    diastolic: LabValue | None = None


def grade(
    item: ToxicityItem, value: LabValue, upper_limit: LabValue | Decimal | None = None
) -> GradeVerdict:
    """Grade one measured value.

    `upper_limit` is the laboratory's upper limit of normal for that result, a bare number
    meaning the value's own unit. Raises BadInput for an item that is not measured, a unit that
    does not measure it, and a value that can't be in that unit.
    """
    if item.kind is not Kind.NUMERIC:
        hint = say("error.item_not_measured.words")
        if item.kind is Kind.NUMERIC_PAIR:
            hint = say("error.item_not_measured.pressure")
        raise BadInput(say("error.item_not_measured", item=item.term), hint=hint, field="item")
    check_plausible(item, value)
    if not item.by_upper_limit or value.unit == MULTIPLE:
        measured = value.to(item.unit or value.unit, item.id)
        return _verdict(item, value, None, _possible(item.bands, measured.interval, Decimal(1)))
    if upper_limit is None:
        reason = say("grade.no_upper_limit", value=lab_text(value))
        return GradeVerdict(item, None, reason, item.source, value)
    limit = _limit_in(item, value.unit, upper_limit)
    return _verdict(item, value, limit, _possible(item.bands, value.interval, limit.value))


def grade_blood_pressure(
    item: ToxicityItem, systolic: LabValue, diastolic: LabValue
) -> GradeVerdict:
    """Grade a blood pressure: the worse of its systolic and its diastolic grade.

    Raises BadInput for another item, a unit that is no pressure, and values that can't be.
    """
    if item.kind is not Kind.NUMERIC_PAIR:
        raise BadInput(say("error.item_not_pressure", item=item.term), field="item")
    for value, name in ((systolic, "systolic"), (diastolic, "diastolic")):
        check_plausible(item, value, name)
    if systolic.value <= diastolic.value:
        raise BadInput(
            say("error.pressure_swapped"), hint=say("error.pressure_swapped.hint"), field="value"
        )
    upper = _possible(item.bands, systolic.interval, Decimal(1))
    lower = [
        band
        for band in item.bands
        if band.diastolic is not None and _overlap(band.diastolic, diastolic.interval)
    ]
    low = max(upper[0].grade, lower[0].grade)
    high = max(upper[-1].grade, lower[-1].grade)
    shown = say("grade.pressure", systolic=systolic.printed, diastolic=lab_text(diastolic))
    if low != high:
        grades = tuple(range(low, high + 1))
        reason = say("grade.undecided", value=shown, grades=grades)
        return GradeVerdict(item, None, reason, item.source, systolic, None, diastolic)
    reason = _reason(item, low, say("grade.numeric", value=shown, **_told(item, low)))
    return GradeVerdict(item, low, reason, item.source, systolic, None, diastolic)


def grade_dipstick(item: ToxicityItem, text: str) -> GradeVerdict:
    """Grade a urine dipstick such as `2+`. Raises BadInput for another item or another word."""
    if not item.dipstick:
        raise BadInput(say("error.no_dipstick", item=item.term), field="item")
    found = item.dipstick.get(folded(text))
    if found is None:
        raise BadInput(
            say("error.unknown_dipstick", text=text.strip() or "–"),
            hint=say("error.unknown_dipstick.hint"),
            field="value",
        )
    reason = say("grade.dipstick", text=text.strip(), **_told(item, found))
    return GradeVerdict(item, found, _reason(item, found, reason), item.source)


def grade_entry(
    item: ToxicityItem, text: str, unit: str, upper_limit: LabValue | Decimal | None = None
) -> GradeVerdict:
    """Grade a result as typed: `74.5`, `< 10`, a dipstick `2+`, a blood pressure `150/95`.

    Raises BadInput as the gradings themselves do.
    """
    if item.kind is Kind.NUMERIC_PAIR and (pair := _PRESSURE.fullmatch(text)) is not None:
        return grade_blood_pressure(
            item, LabValue.parse(pair[1], unit), LabValue.parse(pair[2], unit)
        )
    if folded(text) in item.dipstick:
        return grade_dipstick(item, text)
    return grade(item, LabValue.parse(text, unit), upper_limit)


def check_plausible(item: ToxicityItem, value: LabValue, field: str = "value") -> None:
    """Refuse a value that can't be this item's: BadInput, naming the unit it may have been in."""
    if value.unit not in item.units:
        known = tuple(lab_unit_text(unit) for unit in item.units)
        raise BadInput(
            say("error.unit_not_for_item", item=item.term),
            hint=say("error.unit_not_for_item.hint", known=known),
            field="unit",
        )
    if _is_plausible(item, value):
        return
    hint = say("error.implausible_value.hint")
    for unit in item.units:
        if unit != MULTIPLE and _is_plausible(item, LabValue(value.value, unit, value.comparator)):
            hint = say("error.implausible_value.unit", unit=lab_unit_text(unit))
            break
    raise BadInput(
        say("error.implausible_value", item=item.term, value=lab_text(value)),
        hint=hint,
        field=field,
    )


def worse_than(baseline: int | None, grade: int | None) -> bool | None:
    """Is a grade worse than the baseline grade? None when either was not evaluated."""
    if baseline is None or grade is None:
        return None
    return grade > baseline


def find_item(items: Iterable[ToxicityItem], text: str) -> ToxicityItem:
    """The item of an id, term or alias; BadInput, with the nearest names, when there is none."""
    known: dict[str, ToxicityItem] = {}
    for item in items:
        for name in (item.id, item.term.en, item.term.zh, *item.aliases):
            known.setdefault(folded(name), item)
    wanted = folded(text)
    if wanted in known:
        return known[wanted]
    from difflib import get_close_matches

    near = tuple(dict.fromkeys(known[name].term for name in get_close_matches(wanted, known)))
    raise BadInput(
        say("error.unknown_item", item=text.strip() or "–"),
        hint=say("error.unknown_item.near", near=near) if near else say("error.unknown_item.hint"),
        field="item",
    )


def folded(text: str) -> str:
    """A name as it is compared: case, underscores and spacing make no difference."""
    return " ".join(text.casefold().replace("_", " ").split())


def _possible(bands: Iterable[GradeBand], meant: Interval, unit: Decimal) -> list[GradeBand]:
    """The grades that a result can have, with the limits in multiples of `unit`."""
    return [
        band
        for band in bands
        if band.values is not None and _overlap(_times(band.values, unit), meant)
    ]


def _times(band: Interval, unit: Decimal) -> Interval:
    # The limit is multiplied, never the value divided: 5 × 40 is exactly 200.
    low = None if band.low is None else band.low * unit
    high = None if band.high is None else band.high * unit
    return Interval(low, band.low_inside, high, band.high_inside)


def _overlap(one: Interval, other: Interval) -> bool:
    return not (_below(one, other) or _below(other, one))


def _below(one: Interval, other: Interval) -> bool:
    """Does `one` end before `other` begins?"""
    if one.high is None or other.low is None:
        return False
    touching = one.high_inside and other.low_inside
    return one.high < other.low or (one.high == other.low and not touching)


def _verdict(
    item: ToxicityItem, value: LabValue, limit: LabValue | None, possible: list[GradeBand]
) -> GradeVerdict:
    shown = lab_text(value)
    if len(possible) != 1:
        grades = tuple(int(band.grade) for band in possible)
        reason = say("grade.undecided", value=shown, grades=grades)
        return GradeVerdict(item, None, reason, item.source, value, limit)
    found = possible[0].grade
    told = _told(item, found)
    if limit is None:
        reason = say("grade.numeric", value=shown, **told)
    else:
        reason = say("grade.against_limit", value=shown, limit=lab_text(limit), **told)
    return GradeVerdict(item, found, _reason(item, found, reason), item.source, value, limit)


def _told(item: ToxicityItem, found: Grade) -> dict[str, object]:
    return {"grade": int(found), "band": item.band(found).text}


def _reason(item: ToxicityItem, found: Grade, reason: Message) -> Message:
    """The reason, and at the worst grade a number can give, what no number can show."""
    worse = found + 1
    if worse < len(item.bands) and item.band(worse).values is None:
        return say("grade.clinical", reason=reason, worse=worse, words=item.band(worse).text)
    return reason


def _limit_in(item: ToxicityItem, unit: str, limit: LabValue | Decimal) -> LabValue:
    """The upper limit of normal in the value's unit; BadInput if it can't be one."""
    given = LabValue(limit, unit) if isinstance(limit, Decimal) else limit
    if given.value <= 0 or given.comparator is not Comparator.EXACT or given.unit == MULTIPLE:
        raise BadInput(
            say("error.bad_upper_limit", item=item.term),
            hint=say("error.bad_upper_limit.hint"),
            field="uln",
        )
    check_plausible(item, given, "uln")
    return given.to(unit, item.id)


def _is_plausible(item: ToxicityItem, value: LabValue) -> bool:
    bounds = item.plausible
    if bounds is None:
        return True
    if value.unit == MULTIPLE:
        return bounds.highest_multiple is None or value.value <= bounds.highest_multiple
    number = value.to(bounds.unit, item.id).value
    # "< 2" prints the assay's limit, which may lie below every value that it can measure.
    censored = value.comparator in {Comparator.BELOW, Comparator.AT_MOST}
    return number <= bounds.high and (censored or number >= bounds.low)
