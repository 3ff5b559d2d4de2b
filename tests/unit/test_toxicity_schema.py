"""Toxicity files are read strictly: each slip is refused with the place it stands at."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest

from aml_maint.domain.quantities import Interval
from aml_maint.domain.toxicity import Kind
from aml_maint.domain.toxicity_schema import ToxicityProblem, items_from_data

Data = dict[str, Any]


def words(number: int, **more: object) -> Data:
    return {"grade": number, "text": {"en": f"grade {number}", "zh": f"{number} 级"}, **more}


def a_file() -> Data:
    """A falling count, a rising value with a clinical grade 4, a pressure, a plain term."""
    return {
        "scale": "WHO1979",
        "sources": {"a": {"evidence": "published", "citation": "A 1979"}},
        "grades": [words(n) for n in range(5)],
        "items": [
            {
                "id": "count",
                "term": {"en": "Count", "zh": "计数"},
                "body_system": "haematological",
                "kind": "numeric",
                "unit": "10*9/L",
                "units": ["10*9/L", "/uL"],
                "plausible": {"low": "0", "high": "900", "unit": "10*9/L", "source": "a"},
                "sources": ["a"],
                "characteristic": ["sorafenib"],
                "possible": ["ibuprofen"],
                "aliases": ["cnt"],
                "grades": [
                    words(0, at_least="4"), words(1, above="3"), words(2, at_least="2"),
                    words(3, at_least="1"), words(4),
                ],
            },
            {
                "id": "heat",
                "term": {"en": "Heat", "zh": "热"},
                "body_system": "constitutional",
                "kind": "numeric",
                "unit": "Cel",
                "units": ["Cel"],
                "plausible": {"low": "30", "high": "45", "unit": "Cel", "source": "a"},
                "sources": ["a"],
                "dipstick": {"warm": 1},
                "expected": {"days": 3, "source": "a"},
                "grades": [
                    words(0, below="37.3"), words(1, below="38"), words(2, at_most="40"),
                    words(3), words(4),
                ],
            },
            {
                "id": "pressure",
                "term": {"en": "Pressure", "zh": "血压"},
                "body_system": "cardiac",
                "kind": "numeric_pair",
                "unit": "mm[Hg]",
                "units": ["mm[Hg]"],
                "plausible": {"low": "20", "high": "350", "unit": "mm[Hg]", "source": "a"},
                "sources": ["a"],
                "grades": [
                    words(0, systolic_below="120", diastolic_below="80"),
                    words(1, systolic_below="140", diastolic_below="90"),
                    words(2, systolic_below="160"),
                    words(3),
                    words(4),
                ],
            },
            {
                "id": "term",
                "term": {"en": "Term", "zh": "条目"},
                "body_system": "other",
                "kind": "descriptive",
                "sources": ["a"],
            },
        ],
    }  # fmt: skip


Change = Callable[[Data], object]


def put(value: object, *path: str | int) -> Change:
    """A change that sets one place of the file."""

    def change(data: Any) -> None:
        for step in path[:-1]:
            data = data[step]
        data[path[-1]] = value

    return change


def drop(*path: str | int) -> Change:
    """A change that removes one place of the file."""

    def change(data: Any) -> None:
        for step in path[:-1]:
            data = data[step]
        del data[path[-1]]

    return change


PLANTED: list[tuple[str, Change]] = [
    ("scale", put("WHO1980", "scale")),
    ("sources.a.evidence", put("hearsay", "sources", "a", "evidence")),
    ("items[0].id", put("Count", "items", 0, "id")),
    ("items[0].colour", put("red", "items", 0, "colour")),
    ("items[0].body_system", put("humours", "items", 0, "body_system")),
    ("items[0].kind", put("vague", "items", 0, "kind")),
    ("items[0].unit", put("10^9/L", "items", 0, "unit")),
    ("items[0].units", put(["/uL"], "items", 0, "units")),
    ("items[0].units", put(["10*9/L", "g/L"], "items", 0, "units")),
    ("items[0].plausible", drop("items", 0, "plausible")),
    ("items[0].plausible.high", put("0", "items", 0, "plausible", "high")),
    ("items[0].plausible.source", put("b", "items", 0, "plausible", "source")),
    ("items[0].sources", drop("items", 0, "sources")),
    ("items[0].sources[0]", put(["b"], "items", 0, "sources")),
    ("items[0].possible", put(["sorafenib"], "items", 0, "possible")),
    ("items[0].verify", put("yes", "items", 0, "verify")),
    ("items[1].aliases", put(["CNT"], "items", 1, "aliases")),
    ("items[1].id", put("count", "items", 1, "id")),
    ("items[1].dipstick.warm", put(5, "items", 1, "dipstick", "warm")),
    ("items[1].expected", put(0, "items", 1, "expected", "days")),
    ("items[0].grades", drop("items", 0, "grades", 4)),
    ("items[0].grades[2].grade", put(3, "items", 0, "grades", 2, "grade")),
    ("items[0].grades[2].grade", put("2", "items", 0, "grades", 2, "grade")),
    ("items[0].grades[2].text.zh", drop("items", 0, "grades", 2, "text", "zh")),
    ("items[0].grades[2].at_least", put(2.0, "items", 0, "grades", 2, "at_least")),
    ("items[0].grades[2]", put("3", "items", 0, "grades", 2, "at_least")),
    ("items[0].grades[2]", put("5", "items", 0, "grades", 2, "at_least")),
    ("items[0].grades[1].grade", put("3", "items", 0, "grades", 1, "at_least")),
    ("items[0].grades", put("0", "items", 0, "grades", 4, "at_least")),
    ("items[0].grades", drop("items", 0, "grades", 1, "above")),
    ("items[1].grades[1]", put("37.3", "items", 1, "grades", 1, "below")),
    ("items[1].grades[2]", put(words(2, at_least="40"), "items", 1, "grades", 2)),
    ("items[2].grades", drop("items", 2, "grades", 0, "diastolic_below")),
    ("items[3].unit", put("g/L", "items", 3, "unit")),
    ("items[3].sources", put("a", "items", 3, "sources")),
    ("items[3].sources", put([""], "items", 3, "sources")),
    ("grades", drop("grades", 0)),
    ("items", put({}, "items")),
    ("items[3]", put("term", "items", 3)),
    ("sources", drop("sources")),
]


@pytest.mark.parametrize(("path", "change"), PLANTED)
def test_a_slip_in_a_toxicity_file_is_refused_at_its_place(path: str, change: Change) -> None:
    data = deepcopy(a_file())
    change(data)
    with pytest.raises(ToxicityProblem) as refused:
        items_from_data(data)
    assert refused.value.path == path
    assert str(refused.value).startswith(f"{path}: ")


def test_an_item_without_words_needs_the_files_general_ones() -> None:
    data = a_file()
    del data["grades"]
    with pytest.raises(ToxicityProblem) as refused:
        items_from_data(data)
    assert refused.value.path == "items[3].grades"


def test_no_file_without_tables() -> None:
    with pytest.raises(ToxicityProblem, match=r"^file: is not a table$"):
        items_from_data([])  # type: ignore[arg-type]


def test_grades_run_from_edge_to_edge() -> None:
    count, heat, pressure, term = items_from_data(a_file())
    one, two, three, four = (Decimal(n) for n in (1, 2, 3, 4))
    assert [band.values for band in count.bands] == [
        Interval(four, True, None, False),
        Interval(three, False, four, False),
        Interval(two, True, three, True),
        Interval(one, True, two, False),
        Interval(None, False, one, False),
    ]
    assert [band.values for band in heat.bands] == [
        Interval(None, False, Decimal("37.3"), False),
        Interval(Decimal("37.3"), True, Decimal(38), False),
        Interval(Decimal(38), True, Decimal(40), True),
        Interval(Decimal(40), False, None, False),
        None,
    ]
    assert [band.diastolic is None for band in pressure.bands] == [False, False, False, True, True]
    assert [band.values is None for band in pressure.bands] == [False] * 4 + [True]
    assert term.kind is Kind.DESCRIPTIVE
    assert [band.text.en for band in term.bands] == [f"grade {n}" for n in range(5)]
