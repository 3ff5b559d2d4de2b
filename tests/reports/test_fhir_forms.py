"""A resource filled into a form is, sign by sign, the one that is built of its row."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

import pytest

from aml_maint.domain.data_dictionary import Cell
from aml_maint.reports.fhir_bundle import NEXT, entry
from aml_maint.reports.fhir_forms import FORMS, FormWriter
from aml_maint.services.fhir_exporting import fhir_words

WORDS = fhir_words("zh")
ROWS: dict[str, dict[str, tuple[Cell, ...]]] = {
    "administrations": {
        "administration_id": ("0123456789abcdef", "a_b/ü" * 20), "patient_id": ("P-K7QX2M9D4T",),
        "course_id": ("c1",), "order_id": (None, "o1"),
        "given": (datetime(2026, 3, 2, 7, 5), datetime(2026, 3, 2, 7, 5, 9, 12), None),
        "planned": (datetime(2026, 3, 2, 7), None), "planned_on": (date(2026, 3, 1),),
        "dose_value": (Decimal("400"), Decimal("1E+2"), Decimal("0.50"), Decimal(0), 3, None),
        "dose_unit": ("mg", None), "note": (None, '"100 %" \\ zQ00Qz\n血 %s'),
        "status": ("given", "partly_given", "missed", "held", "refused", "not_applicable"),
        "reason_code": (None, "vomited", "other"), "component": ("sorafenib", "il2"),
        "site": (None, "thigh_left"), "route": (None, "oral"), "recorded": (None,),
    },
    "lab_values": {
        "result_id": ("r1",), "patient_id": ("P-K7QX2M9D4T",),
        "collected": (datetime(2026, 3, 2, 7),),
        "value": (Decimal("120.50"), Decimal("0.0"), 7, None), "unit": ("10*9/L", "%"),
        "analyte": ("platelets", "unknown"), "comparator": (None, "lt", "ge"),
        "lower_limit": (None, Decimal("0"), Decimal("1.5")), "upper_limit": (None, Decimal("4")),
    },
}  # fmt: skip


def rows(values: dict[str, tuple[Cell, ...]]) -> Iterator[dict[str, Cell]]:
    """Each value of each two cells together, the other cells as at first."""
    first = {name: found[0] for name, found in values.items()}
    for one, ones in values.items():
        for other, others in values.items():
            for mine in ones:
                yield from ({**first, one: mine, other: its} for its in others)


@pytest.mark.parametrize("table", list(FORMS))
def test_a_filled_in_form_is_the_resource_that_would_be_built(table: str) -> None:
    found = list(rows(ROWS[table]))
    columns = {name: [row[name] for row in found] for name in found[0]}
    filled = FormWriter(FORMS[table], WORDS).entries(columns)
    built = [entry(one) for row in found for one in FORMS[table].build(row, WORDS)]
    assert filled.text.split(NEXT) == [one.text for one in built]
    assert filled.number == len(built) and {filled.kind} == {one.kind for one in built}
    assert set(filled.codes) == {code for one in built for code in one.codes} != set()


def test_of_many_forms_the_last_are_kept_and_the_others_made_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("aml_maint.reports.fhir_forms._MOST", 2)
    found = list(rows(ROWS["lab_values"]))
    columns = {name: [row[name] for row in found] for name in found[0]}
    few = FormWriter(FORMS["lab_values"], WORDS).entries(columns)
    monkeypatch.undo()
    assert FormWriter(FORMS["lab_values"], WORDS).entries(columns).text == few.text
