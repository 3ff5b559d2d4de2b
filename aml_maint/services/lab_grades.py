"""Grades of laboratory results, the same on every screen and in every table."""

from __future__ import annotations

from aml_maint.domain.lab_judgement import grade_result
from aml_maint.domain.labs import LabResult
from aml_maint.domain.toxicity import GradeVerdict
from aml_maint.services.library import item_of, lab_catalogue


def verdict_of(result: LabResult) -> GradeVerdict | None:
    """The grade of a result with its reason; None for what no item grades."""
    analyte = lab_catalogue().analytes.get(result.analyte)
    return None if analyte is None else grade_result(analyte, item_of(result.analyte), result)


def grade_of(result: LabResult) -> int | None:
    """The same as a bare number; None when not graded, which is no grade 0."""
    verdict = verdict_of(result)
    return None if verdict is None or verdict.grade is None else int(verdict.grade)
