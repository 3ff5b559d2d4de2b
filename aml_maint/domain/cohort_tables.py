"""Table 1 of a cohort: who the patients are, by group and with a test between the groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from aml_maint.domain.cohort_member import Member
from aml_maint.domain.disease import SorafenibTiming
from aml_maint.domain.exact_interval import Share
from aml_maint.domain.group_tests import GroupTest, compare_shares, kruskal_wallis, mann_whitney
from aml_maint.domain.messages import Message, say
from aml_maint.domain.patient import Flt3Itd, Risk, Sex
from aml_maint.domain.risk import PHARMACOGENES

# Genes of Table 1, in this order; others are listed if several patients have them mutated.
_LEAST_WITH_GENE = 2
USUAL_GENES = ("NPM1", "DNMT3A", "TET2", "IDH2", "RUNX1", "ASXL1", "CEBPA", "TP53")


class Grouping(StrEnum):
    """By what a cohort is split."""

    NONE = "none"
    SEX = "sex"
    RISK = "risk"
    BASELINE_MRD = "baseline_mrd"
    SORAFENIB = "sorafenib"
    NPM1 = "npm1"
    AGE_60 = "age_60"
    REGIMEN = "regimen"


@dataclass(frozen=True)
class Range:
    """A median with the extremes, over so many who have a value."""

    n: int
    middle: Decimal
    low: Decimal
    high: Decimal


@dataclass(frozen=True)
class Line:
    """One line of Table 1. `cells` are by group, "" is everyone; `test` compares the groups.

    `key` names the fact, `category` the value that is counted ("" for a median).
    """

    key: str
    category: str
    title: Message | str
    cells: Mapping[str, Range | Share | None]
    test: GroupTest | None


def group_of(member: Member, grouping: Grouping) -> str | None:
    """The group that a member falls into; None where the fact is not known."""
    match grouping:
        case Grouping.NONE:
            return ""
        case Grouping.SEX:
            return None if member.sex is Sex.UNKNOWN else member.sex.value
        case Grouping.RISK:
            return None if member.risk is Risk.NOT_RECORDED else member.risk.value
        case Grouping.BASELINE_MRD:
            return {True: "positive", False: "negative", None: None}[member.fate.baseline_positive]
        case Grouping.SORAFENIB:
            unknown = member.sorafenib is SorafenibTiming.NOT_RECORDED
            return None if unknown else member.sorafenib.value
        case Grouping.NPM1:
            if member.genes is None:
                return None
            return "mutated" if "NPM1" in member.genes else "wild_type"
        case Grouping.AGE_60:
            if member.age is None:
                return None
            return "from_60" if member.age >= 60 else "below_60"
        case Grouping.REGIMEN:
            return member.regimen or None


def grouped(members: Sequence[Member], grouping: Grouping) -> dict[str, list[Member]]:
    """The members by group, in a fixed order; those of whom the fact is not known are left out."""
    found: dict[str, list[Member]] = {}
    for member in members:
        group = group_of(member, grouping)
        if group is not None:
            found.setdefault(group, []).append(member)
    order = {group: number for number, group in enumerate(_ORDER)}
    return dict(sorted(found.items(), key=lambda item: (order.get(item[0], 99), item[0])))


_ORDER = (
    "", "male", "female", "favourable", "intermediate", "adverse", "indeterminate", "negative",
    "positive", "induction", "consolidation", "maintenance", "not_given", "wild_type", "mutated",
    "below_60", "from_60",
)  # fmt: skip


def table_1(members: Sequence[Member], grouping: Grouping = Grouping.NONE) -> tuple[Line, ...]:
    """Table 1 over everyone, and over each group beside it."""
    builder = _Builder(members, grouped(members, grouping) if grouping.value != "none" else {})
    lines = [
        *builder.counted("sex", lambda m: m.sex.value, _words(Sex, "sex", Sex.UNKNOWN)),
        builder.middle("age", lambda m: m.age),
        builder.middle("wbc", lambda m: m.wbc),
        builder.middle("blasts", lambda m: m.blasts),
        *builder.counted("fab", lambda m: m.fab or None, None),
        *builder.counted(
            "karyotype",
            lambda m: {True: "normal", False: "abnormal", None: None}[m.normal_karyotype],
            {"normal": say("cohort.normal"), "abnormal": say("cohort.abnormal")},
        ),
        *builder.counted(
            "flt3_itd",
            lambda m: None if m.flt3_itd is Flt3Itd.NOT_RECORDED else m.flt3_itd.value,
            {f.value: say(f"cohort.flt3.{f.value}") for f in (Flt3Itd.POSITIVE, Flt3Itd.NEGATIVE)},
        ),
        *builder.genes(),
        *builder.counted(
            "risk",
            lambda m: None if m.risk is Risk.NOT_RECORDED else m.risk.value,
            _words(Risk, "risk", Risk.NOT_RECORDED),
        ),
        *builder.counted(
            "sorafenib",
            lambda m: m.sorafenib.value,
            _words(SorafenibTiming, "sorafenib", SorafenibTiming.NOT_RECORDED),
        ),
        *builder.counted(
            "baseline_mrd",
            lambda m: {True: "positive", False: "negative", None: None}[m.fate.baseline_positive],
            {word: say(f"cohort.mrd.{word}") for word in ("negative", "positive")},
        ),
    ]
    return tuple(line for line in lines if line is not None)


def _words(words: type[StrEnum], prefix: str, unknown: StrEnum) -> dict[str, Message | str]:
    return {word.value: say(f"{prefix}.{word.value}") for word in words if word is not unknown}


class _Builder:
    """Fills the lines of Table 1."""

    def __init__(self, members: Sequence[Member], groups: Mapping[str, Sequence[Member]]) -> None:
        self.members = members
        self.groups = groups
        self.columns: dict[str, Sequence[Member]] = {"": members, **groups}

    def middle(self, key: str, value: Callable[[Member], Decimal | None]) -> Line | None:
        """A line with medians; None if nobody has a value."""
        found = {
            group: [v for m in column if (v := value(m)) is not None]
            for group, column in self.columns.items()
        }
        if not found[""]:
            return None
        test = None
        if len(self.groups) == 2:
            one, other = ([float(v) for v in found[group]] for group in self.groups)
            test = mann_whitney(one, other)
        elif len(self.groups) > 2:
            test = kruskal_wallis([[float(v) for v in found[group]] for group in self.groups])
        cells = {group: _range(values) for group, values in found.items()}
        return Line(key, "", say(f"cohort.fact.{key}"), cells, test)

    def counted(
        self,
        key: str,
        category: Callable[[Member], str | None],
        titles: Mapping[str, Message | str] | None,
    ) -> list[Line]:
        """A line for each category that somebody has; unknown ones are in no denominator."""
        by_group = {
            group: Counter(c for m in column if (c := category(m)) is not None)
            for group, column in self.columns.items()
        }
        kinds = [c for c in titles if by_group[""][c]] if titles else sorted(by_group[""])
        table = [[by_group[group][kind] for group in self.groups] for kind in kinds]
        test = compare_shares(table) if len(self.groups) > 1 else None
        return [
            Line(
                key,
                kind,
                titles[kind] if titles else kind,
                {g: Share(c[kind], sum(c.values())) for g, c in by_group.items()},
                test if number == 0 else None,
            )
            for number, kind in enumerate(kinds)
        ]

    def genes(self) -> list[Line]:
        """A line for each mutated gene, those of the usual list first."""
        known = [m for m in self.members if m.genes is not None]
        found = Counter(gene for m in known for gene in m.genes or ())
        usual = [gene for gene in USUAL_GENES if found[gene]]
        others = sorted(found.keys() - PHARMACOGENES - set(usual), key=lambda g: (-found[g], g))
        genes = usual + [gene for gene in others if found[gene] >= _LEAST_WITH_GENE]
        lines = []
        for gene in genes:
            cells = {
                group: Share(
                    sum(gene in (m.genes or ()) for m in column),
                    sum(m.genes is not None for m in column),
                )
                for group, column in self.columns.items()
            }
            shares = [cells[group] for group in self.groups]
            table = [[s.count for s in shares], [s.of - s.count for s in shares]]
            test = compare_shares(table) if len(shares) > 1 else None
            lines.append(Line("mutation", gene, gene, dict(cells), test))
        return lines


def _range(values: Sequence[Decimal]) -> Range | None:
    if not values:
        return None
    from statistics import median

    return Range(len(values), median(values), min(values), max(values))
