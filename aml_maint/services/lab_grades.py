"""Grades of laboratory results, the same on every screen and in every table."""

from __future__ import annotations

from aml_maint.domain.lab_judgement import grade_result
from aml_maint.domain.labs import LabResult
from aml_maint.domain.toxicity import GradeVerdict
from aml_maint.services.library import lab_catalogue
from aml_maint.services.site_items import site_item_of
from aml_maint.services.workplace import Workplace


def verdict_of(place: Workplace, result: LabResult) -> GradeVerdict | None:
    """The grade of a result with its reason; None for what no item grades."""
    analyte = lab_catalogue().analytes.get(result.analyte)
    return (
        None
        if analyte is None
        else grade_result(analyte, site_item_of(place, result.analyte), result)
    )


def grade_of(place: Workplace, result: LabResult) -> int | None:
    """The same as a bare number; None when not graded, which is no grade 0."""
    verdict = verdict_of(place, result)
    return None if verdict is None or verdict.grade is None else int(verdict.grade)
