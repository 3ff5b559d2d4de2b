"""The numbers behind the MRD board: each kind of result as printed, and nobody's name."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from aml_maint.domain.course import Course, CycleStart
from aml_maint.domain.marrow import (
    Assay,
    FlowResult,
    Flt3Result,
    GeneVariant,
    Marrow,
    Morphology,
    NgsResult,
    PcrResult,
    Result,
    Specimen,
    Tube,
)
from aml_maint.domain.response_words import board_notes
from aml_maint.reports.mrd_table import mrd_table
from aml_maint.services.language import catalogue
from aml_maint.services.library import regimen
from tests.builders import DAY_1, ZONE, moment
from tests.reports.sample_cycle import board_of

COURSE = Course("c", "p", regimen("sorafenib_iti"), ZONE, (CycleStart(1, DAY_1),))

# assay, result → target, result, value, unit, limit, events, age
CASES: list[tuple[Assay, Result | None, list[list[object]]]] = [
    (
        Assay.MORPHOLOGY, Morphology(Decimal("1.50")),
        [["", "blasts", "1.50", "%", None, None, None]],
    ),
    (Assay.MORPHOLOGY, Morphology(), [["", "no figure", None, "%", None, None, None]]),
    (
        Assay.FLOW, FlowResult(Decimal("0.10"), False, 600_000, 24, Decimal("0.002")),
        [["", "detected", "0.10", "%", "0.002", 600_000, 24]],
    ),
    (
        Assay.FLOW, FlowResult(None, True),
        [["", "not detected", None, "%", None, None, None]],
    ),
    (Assay.FLOW, None, [["", "not back yet", None, "", None, None, None]]),
    (
        Assay.PCR, PcrResult("RUNX1::RUNX1T1", Decimal("0.0011")),
        [["RUNX1::RUNX1T1", "detected", "0.0011", "% of the control gene", None, None, None]],
    ),
    (
        Assay.NGS, NgsResult((GeneVariant("TP53", "p.R175H", Decimal("12.0")), GeneVariant("KIT"))),
        [["TP53 p.R175H", "detected", "12.0", "% VAF", None, None, None],
         ["KIT", "detected", None, "% VAF", None, None, None]],
    ),
    (Assay.NGS, NgsResult(), [["", "not detected", None, "% VAF", None, None, None]]),
    (
        Assay.FLT3_ITD, Flt3Result(Decimal("0.08")),
        [["FLT3-ITD", "detected", "0.08", "mutant to wild type", None, None, None]],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("assay", "result", "lines"), CASES)
def test_each_kind_of_result_stands_as_it_was_printed(
    assay: Assay, result: Result | None, lines: list[list[object]]
) -> None:
    specimen = Specimen("s", assay, Tube.EDTA, "Central lab of Dr Wu", result=result)
    marrow = Marrow("m", "p", moment("2026-03-02T09:00"), specimens=(specimen,), note="Zhang Wei")
    board = board_of((marrow,), COURSE, DAY_1)
    table = mrd_table(board, board_notes(board), catalogue("en"))
    found = [list(row[3:10]) for row in table.rows]
    assert found == lines
    assert all(row[0] == date(2026, 3, 2) and row[10] == "EDTA" for row in table.rows)
    everything = f"{table.heads} {table.rows} {table.remarks}"
    assert "Wu" not in everything and "Zhang" not in everything
    assert table.remarks[-1].replace("\N{NO-BREAK SPACE}", " ") == "1 marrow, as of 02-Mar-2026"
