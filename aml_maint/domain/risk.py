"""Genetic risk at diagnosis after ELN 2022 (Döhner et al., Blood 2022;140:1345-77, Table 6).

The lines of the table are asked in a fixed order, E0 to E11, and the first that fits decides.
What cannot be decided is indeterminate, never silently intermediate. The FLT3-ITD allelic ratio is
not used any more. A physician may overrule the verdict with a reason.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import Message, say
from aml_maint.domain.patient import Flt3Itd, Risk

# Myelodysplasia-related genes of ELN 2022.
MYELODYSPLASIA_GENES = (
    "ASXL1", "BCOR", "EZH2", "RUNX1", "SF3B1", "SRSF2", "STAG2", "U2AF1", "ZRSR2",
)  # fmt: skip
# Genes of drug metabolism that some panels list; they are no driver mutations.
PHARMACOGENES = frozenset({"ABCB1", "CYP2C19"})
# ELN 2022, footnote: TP53 counts from this allele frequency on.
TP53_LEAST_VAF = Decimal(10)


class Lesion(StrEnum):
    """Cytogenetic findings that ELN 2022 names."""

    APL = "t(15;17)"
    T_8_21 = "t(8;21)"
    INV_16 = "inv(16)/t(16;16)"
    T_9_11 = "t(9;11)"
    T_6_9 = "t(6;9)"
    KMT2A = "t(v;11q23.3)"
    BCR_ABL1 = "t(9;22)"
    T_8_16 = "t(8;16)"
    INV_3 = "inv(3)/t(3;3)"
    MECOM = "t(3q26.2;v)"
    LOSS_5 = "-5/del(5q)"
    LOSS_7 = "-7"
    LOSS_17 = "-17/abn(17p)"
    COMPLEX = "complex"
    MONOSOMAL = "monosomal"


CORE_BINDING_FACTOR = frozenset({Lesion.T_8_21, Lesion.INV_16})
ADVERSE = frozenset(
    {
        Lesion.T_6_9, Lesion.KMT2A, Lesion.BCR_ABL1, Lesion.T_8_16, Lesion.INV_3, Lesion.MECOM,
        Lesion.LOSS_5, Lesion.LOSS_7, Lesion.LOSS_17, Lesion.COMPLEX, Lesion.MONOSOMAL,
    }
)  # fmt: skip

# How laboratories write them; matched from the start of the text, blanks and case aside.
_SPELLINGS: tuple[tuple[str, Lesion], ...] = (
    (r"t\(15;17\)|pml-rara|pml::rara|apl$", Lesion.APL),
    (r"t\(8;21\)|runx1-runx1t1|runx1::runx1t1|aml1-eto", Lesion.T_8_21),
    (r"inv\(16\)|t\(16;16\)|cbfb-myh11|cbfb::myh11", Lesion.INV_16),
    (r"t\(9;11\)|mllt3-kmt2a|mllt3::kmt2a|kmt2a::mllt3", Lesion.T_9_11),
    (r"t\(6;9\)|dek-nup214|dek::nup214", Lesion.T_6_9),
    (r"t\(9;22\)|bcr-abl1?|bcr::abl1", Lesion.BCR_ABL1),
    (r"t\(8;16\)|kat6a-crebbp|kat6a::crebbp", Lesion.T_8_16),
    (r"inv\(3\)|t\(3;3\)|gata2,?mecom", Lesion.INV_3),
    (r"t\(3q26\.?2?;v\)|mecom-?r", Lesion.MECOM),
    (r"t\(v;11q23(\.3)?\)|t\(\d+;11\)\(.*q23|t\(11;\d+\)\(q23|kmt2a-?r", Lesion.KMT2A),
    (r"[-−]5($|[/,])|del\(5q\)|monosomy5", Lesion.LOSS_5),
    (r"[-−]7($|[/,])|monosomy7", Lesion.LOSS_7),
    (r"[-−]17($|[/,])|abn\(17p\)|del\(17p\)|i\(17q\)|monosomy17", Lesion.LOSS_17),
    (r"complex", Lesion.COMPLEX),
    (r"monosomal", Lesion.MONOSOMAL),
)  # fmt: skip


def lesion_of(text: str) -> Lesion | None:
    """The named finding of a laboratory's wording; None for one that ELN 2022 does not name."""
    plain = re.sub(r"\s", "", text).casefold()
    for pattern, lesion in _SPELLINGS:
        if re.match(pattern, plain):
            return lesion
    return None


class Cebpa(StrEnum):
    """Where CEBPA is mutated; only the in-frame kind in the bZIP region is favourable."""

    UNSPECIFIED = "unspecified"
    BZIP_INFRAME = "bzip_inframe"
    OTHER = "other"


@dataclass(frozen=True)
class Genetics:
    """The genetics at diagnosis. `cytogenetics` None is "not known", an empty tuple is normal.

    `tp53_vaf_percent` and `cebpa` count only when the gene is among the mutations.
    """

    cytogenetics: tuple[str, ...] | None
    mutations: tuple[str, ...]
    flt3_itd: bool | None
    tp53_vaf_percent: Decimal | None = None
    cebpa: Cebpa = Cebpa.UNSPECIFIED

    def __post_init__(self) -> None:
        vaf = self.tp53_vaf_percent
        if vaf is not None and not 0 <= vaf <= 100:
            raise BadInput(say("error.percent_range", value=vaf), field="tp53_vaf_percent")
        genes = tuple(g.strip().upper() for g in self.mutations if g.strip())
        object.__setattr__(self, "mutations", tuple(g for g in genes if g not in PHARMACOGENES))

    @property
    def lesions(self) -> tuple[Lesion, ...]:
        """The named cytogenetic findings, in the order given."""
        found = (lesion_of(text) for text in self.cytogenetics or ())
        return tuple(lesion for lesion in found if lesion is not None)

    def has(self, gene: str) -> bool:
        """Is a gene mutated?"""
        return gene in self.mutations


@dataclass(frozen=True)
class RiskVerdict:
    """The risk, the line of the procedure that gave it, and what a physician must still look at.

    `risk` is None for acute promyelocytic leukaemia, which the table leaves out.
    """

    risk: Risk | None
    rule: str
    reason: Message
    flags: tuple[Message, ...]

    @property
    def word(self) -> str:
        """The risk as a code word."""
        return self.risk.value if self.risk else "out_of_scope"


def flt3_known(flt3: Flt3Itd) -> bool | None:
    """FLT3-ITD as yes, no or unknown."""
    return {Flt3Itd.POSITIVE: True, Flt3Itd.NEGATIVE: False}.get(flt3)


def eln2022(genetics: Genetics) -> RiskVerdict:
    """The risk by the procedure E0 to E11."""
    risk, rule, reason = _line(genetics)
    return RiskVerdict(risk, rule, reason, tuple(_flags(genetics, rule)))


def _line(genetics: Genetics) -> tuple[Risk | None, str, Message]:
    lesions, has = set(genetics.lesions), genetics.has
    if Lesion.APL in lesions:
        return None, "E0", say("risk.reason.apl")
    if lesions & CORE_BINDING_FACTOR:
        return Risk.FAVOURABLE, "E1", say("risk.reason.cbf")
    if genetics.cytogenetics is None:
        return Risk.INDETERMINATE, "E11", say("risk.reason.no_cytogenetics")
    if Lesion.T_9_11 in lesions:
        return Risk.INTERMEDIATE, "E2", say("risk.reason.t_9_11")
    if adverse := tuple(lesion.value for lesion in genetics.lesions if lesion in ADVERSE):
        key = "risk.reason.adverse_npm1" if has("NPM1") else "risk.reason.adverse"
        return Risk.ADVERSE, "E3", Message(key, {"lesions": adverse})
    if has("TP53") and not _small_tp53(genetics):
        return Risk.ADVERSE, "E4", say("risk.reason.tp53")
    if has("CEBPA") and genetics.cebpa is Cebpa.BZIP_INFRAME:
        return Risk.FAVOURABLE, "E5", say("risk.reason.cebpa")
    return _by_genes(genetics)


def _by_genes(genetics: Genetics) -> tuple[Risk, str, Message]:
    """The lines that rest on NPM1, FLT3-ITD and the myelodysplasia-related genes."""
    has, itd = genetics.has, genetics.flt3_itd
    related = tuple(gene for gene in genetics.mutations if gene in MYELODYSPLASIA_GENES)
    if has("NPM1") and itd is None:
        return Risk.INDETERMINATE, "E11", say("risk.reason.npm1_itd_unknown")
    if has("NPM1") and itd is False:
        return Risk.FAVOURABLE, "E6", say("risk.reason.npm1")
    if related:
        return Risk.ADVERSE, "E7", say("risk.reason.myelodysplasia", genes=related)
    if has("NPM1"):
        return Risk.INTERMEDIATE, "E8", say("risk.reason.npm1_itd")
    if itd:
        return Risk.INTERMEDIATE, "E9", say("risk.reason.itd")
    return Risk.INTERMEDIATE, "E10", say("risk.reason.other")


def _small_tp53(genetics: Genetics) -> bool:
    vaf = genetics.tp53_vaf_percent
    return vaf is not None and vaf < TP53_LEAST_VAF


def _flags(genetics: Genetics, rule: str) -> list[Message]:
    """What the verdict leaves for a physician to check."""
    found = []
    if genetics.flt3_itd is None and rule in {"E10", "E11"} and genetics.cytogenetics is not None:
        found.append(say("risk.flag.itd_unknown"))
    if genetics.has("TP53") and rule == "E4" and genetics.tp53_vaf_percent is None:
        found.append(say("risk.flag.tp53_no_vaf"))
    if genetics.has("TP53") and _small_tp53(genetics):
        found.append(say("risk.flag.tp53_small"))
    if genetics.has("CEBPA"):
        found += _cebpa_flags(genetics, rule)
    return found


def _cebpa_flags(genetics: Genetics, rule: str) -> list[Message]:
    unspecified = genetics.cebpa is Cebpa.UNSPECIFIED
    if rule == "E3" and unspecified:
        return [say("risk.flag.cebpa_adverse")]
    if rule in {"E7", "E8", "E9", "E10"} and unspecified:
        return [say("risk.flag.cebpa_unspecified")]
    if rule == "E5" and genetics.flt3_itd:
        return [say("risk.flag.cebpa_itd")]
    return []
