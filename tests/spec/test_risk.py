"""Genetic risk at diagnosis after ELN 2022, line by line (clinical rules, "Marrow, MRD")."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from aml_maint.domain.patient import Flt3Itd, Risk
from aml_maint.domain.risk import (
    MYELODYSPLASIA_GENES,
    Cebpa,
    Genetics,
    Lesion,
    eln2022,
    flt3_known,
    lesion_of,
)
from aml_maint.services.language import catalogue

CASES = json.loads(
    (Path(__file__).parents[1] / "data" / "eln_cases.json").read_text("utf-8"),
    parse_float=Decimal,
)


def genetics(facts: dict[str, Any]) -> Genetics:
    cytogenetics = facts.get("cytogenetics", ())
    vaf = facts.get("tp53_vaf_percent")
    return Genetics(
        None if cytogenetics is None else tuple(cytogenetics),
        tuple(facts["mutations"]),
        facts["flt3_itd"],
        None if vaf is None else Decimal(vaf),
        Cebpa(facts.get("cebpa", "unspecified")),
    )


def words(messages: Any) -> list[str]:
    text = catalogue("en").text
    return [text(message).replace("\u00a0", " ") for message in messages]


@pytest.mark.parametrize("case", CASES["cohort"], ids=lambda case: f"patient {case['patient']}")
def test_each_of_the_19_patients_has_the_papers_risk_by_the_expected_line(
    case: dict[str, Any],
) -> None:
    verdict = eln2022(genetics(case["input"]))
    assert verdict.risk == case["paper"]
    assert (verdict.rule, words([verdict.reason])) == (case["rule"], [case["reason"]])
    assert words(verdict.flags) == case["flags"]


def test_the_19_are_3_favourable_9_intermediate_and_7_adverse() -> None:
    found = Counter(eln2022(genetics(case["input"])).word for case in CASES["cohort"])
    assert found == CASES["expected_counts"]


@pytest.mark.parametrize("case", CASES["edge_cases"], ids=lambda case: case["name"])
def test_edge_cases(case: dict[str, Any]) -> None:
    verdict = eln2022(genetics(case["input"]))
    assert (verdict.word, verdict.rule) == (case["expected"], case["rule"])
    assert words(verdict.flags) == case["flags"]


# cytogenetics, mutations, FLT3-ITD, TP53 VAF, CEBPA → risk, line
MORE: list[tuple[Any, ...]] = [
    (("t(15;17)",), (), None, None, "unspecified", "out_of_scope", "E0"),
    (("t(9;11)",), ("TP53", "ASXL1"), True, None, "unspecified", "intermediate", "E2"),
    (("t(9;11)", "complex"), (), False, None, "unspecified", "intermediate", "E2"),
    (("complex",), ("NPM1",), False, None, "unspecified", "adverse", "E3"),
    (("monosomal",), (), False, None, "unspecified", "adverse", "E3"),
    ((), ("TP53", "CEBPA"), False, 40, "bzip_inframe", "adverse", "E4"),
    ((), ("TP53",), False, 10, "unspecified", "adverse", "E4"),
    ((), ("CEBPA", "ASXL1"), False, None, "bzip_inframe", "favourable", "E5"),
    ((), ("CEBPA",), False, None, "other", "intermediate", "E10"),
    ((), ("NPM1", "RUNX1"), None, None, "unspecified", "indeterminate", "E11"),
    ((), ("RUNX1",), None, None, "unspecified", "adverse", "E7"),
    ((), (), None, None, "unspecified", "intermediate", "E10"),
    ((), (), True, None, "unspecified", "intermediate", "E9"),
    (("+8",), (), False, None, "unspecified", "intermediate", "E10"),
    (None, ("TP53",), True, 50, "unspecified", "indeterminate", "E11"),
]


@pytest.mark.parametrize(("cytogenetics", "genes", "itd", "vaf", "cebpa", "risk", "rule"), MORE)
def test_the_first_line_that_fits_decides(
    cytogenetics: Any, genes: Any, itd: bool | None, vaf: int | None, cebpa: str, risk: str,
    rule: str,
) -> None:  # fmt: skip
    percent = None if vaf is None else Decimal(vaf)
    verdict = eln2022(Genetics(cytogenetics, genes, itd, percent, Cebpa(cebpa)))
    assert (verdict.word, verdict.rule) == (risk, rule)


@pytest.mark.parametrize("gene", MYELODYSPLASIA_GENES)
def test_each_myelodysplasia_gene_is_adverse_with_itd_and_not_beside_npm1_without(
    gene: str,
) -> None:
    assert eln2022(Genetics((), (gene.lower(),), True)).risk is Risk.ADVERSE
    assert eln2022(Genetics((), ("NPM1", gene), False)).risk is Risk.FAVOURABLE


# as laboratories write them → finding
SPELLINGS = [
    ("t(8;21)(q22;q22)", Lesion.T_8_21),
    ("t (8; 21)", Lesion.T_8_21),
    ("RUNX1::RUNX1T1 (AML1-ETO)", Lesion.T_8_21),
    ("inv(16)(p13q22)", Lesion.INV_16),
    ("CBFB::MYH11", Lesion.INV_16),
    ("t(9;11)(p21.3;q23.3)", Lesion.T_9_11),
    ("t(6;11)(q27;q23.3)", Lesion.KMT2A),
    ("t(11;19)(q23;p13.1)", Lesion.KMT2A),
    ("t(6;9)(p23;q34)", Lesion.T_6_9),
    ("del(5q)", Lesion.LOSS_5),
    ("-5", Lesion.LOSS_5),
    ("Monosomy 7", Lesion.LOSS_7),
    ("-7", Lesion.LOSS_7),
    ("-17", Lesion.LOSS_17),
    ("del(17p)", Lesion.LOSS_17),
    ("Complex karyotype", Lesion.COMPLEX),
    ("t(3;3)(q21;q26)", Lesion.INV_3),
    ("t(9;22)(q34;q11)", Lesion.BCR_ABL1),
    ("t(15;17)(q24;q21)", Lesion.APL),
    ("+8", None),
    ("normal", None),
    ("-Y", None),
    ("-75", None),
]


@pytest.mark.parametrize(("text", "lesion"), SPELLINGS)
def test_findings_are_known_by_the_words_of_laboratories(text: str, lesion: Lesion | None) -> None:
    assert lesion_of(text) is lesion


def test_genes_of_drug_metabolism_are_no_mutations() -> None:
    assert Genetics((), ("ABCB1", " npm1 ", "CYP2C19", ""), True).mutations == ("NPM1",)


def test_flt3_is_unknown_unless_a_laboratory_said_so() -> None:
    assert [flt3_known(value) for value in Flt3Itd] == [True, False, None, None]
